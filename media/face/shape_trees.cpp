#include "media/face/shape_trees.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/base/check.h"
#include "media/base/wide.h"

namespace understudy::media {

namespace {

constexpr int kValues = 2 * kLandmarkCount;
constexpr size_t kAhead = 12;  // leaves fetched before they are needed

// Adds the leaves, one for each box in turn, to the sums of the boxes.
US_WIDE void sumLeaves(const int16_t* table, std::span<const uint32_t> leaves, size_t boxes,
                       int32_t* sums) {
    for (size_t i = 0; i < leaves.size(); ++i) {
        // The leaves of a model are more than a cache holds and come in no order.
        if (i + kAhead < leaves.size()) {
            const int16_t* soon = table + size_t{leaves[i + kAhead]} * kValues;
            for (int line = 0; line < kValues; line += 32) {
                __builtin_prefetch(soon + line);
            }
        }
        const int16_t* leaf = table + size_t{leaves[i]} * kValues;
        int32_t* sum = sums + i % boxes * kValues;
        for (int k = 0; k < kValues; ++k) {
            sum[k] += leaf[k];
        }
    }
}

// The turn and scale, without the shift, that brings the mean shape nearest to a shape.
struct Turn {
    float a = 1;
    float b = 0;
};

Turn turnBetween(std::span<const float> mean, std::span<const float> shape) {
    const size_t points = mean.size() / 2;
    double centre[4] = {};
    for (size_t i = 0; i < points; ++i) {
        centre[0] += mean[2 * i], centre[1] += mean[2 * i + 1];
        centre[2] += shape[2 * i], centre[3] += shape[2 * i + 1];
    }
    for (double& c : centre) {
        c /= static_cast<double>(points);
    }
    double along = 0, across = 0, size = 0;
    for (size_t i = 0; i < points; ++i) {
        const double x = mean[2 * i] - centre[0];
        const double y = mean[2 * i + 1] - centre[1];
        const double u = shape[2 * i] - centre[2];
        const double v = shape[2 * i + 1] - centre[3];
        along += x * u + y * v;
        across += x * v - y * u;
        size += x * x + y * y;
    }
    if (!(size > 0)) {
        return {};
    }
    return {static_cast<float>(along / size), static_cast<float>(across / size)};
}

}  // namespace

void ShapeTrees::probePixels(const Stage& stage, const Image& gray, const FaceBox& box,
                             std::span<const float> shape, std::span<int16_t> pixels) const {
    const Turn turn = turnBetween(mean_, shape);
    // The unit square spans the centres of the box's outermost pixels.
    const auto width = static_cast<float>(box.right - box.left - 1);
    const auto height = static_cast<float>(box.bottom - box.top - 1);
    const auto left = static_cast<float>(box.left) + 0.5F;
    const auto top = static_cast<float>(box.top) + 0.5F;
    for (size_t i = 0; i < stage.probes.size(); ++i) {
        const Probe& probe = stage.probes[i];
        const float u = turn.a * probe.x - turn.b * probe.y + shape[2 * probe.point];
        const float v = turn.b * probe.x + turn.a * probe.y + shape[2 * probe.point + 1];
        const float x = std::floor(left + u * width);
        const float y = std::floor(top + v * height);
        const bool inside = x >= 0 && y >= 0 && x < static_cast<float>(gray.width()) &&
                            y < static_cast<float>(gray.height());
        pixels[i] = inside ? gray.row<uint8_t>(static_cast<int>(y))[static_cast<int>(x)]
                           : static_cast<int16_t>(0);
    }
}

void ShapeTrees::findLeaves(const Stage& stage, std::span<const int16_t> pixels,
                            std::span<uint32_t> leaves) const {
    const size_t splits = (size_t{1} << depth_) - 1;
    const size_t boxes = leaves.size() / stage.trees;
    const size_t probes = stage.probes.size();
    for (size_t t = 0; t < stage.trees; ++t) {
        const Split* tree = stage.splits.data() + t * splits;
        for (size_t k = 0; k < boxes; ++k) {
            const int16_t* seen = pixels.data() + k * probes;
            size_t node = 0;
            for (size_t level = 0; level < depth_; ++level) {
                const Split& split = tree[node];
                const bool first = seen[split.a] - seen[split.b] > split.threshold;
                node = 2 * node + 2 - static_cast<size_t>(first);
            }
            leaves[t * boxes + k] = static_cast<uint32_t>(t * (splits + 1) + node - splits);
        }
    }
}

void ShapeTrees::addLeaves(const Stage& stage, std::span<const uint32_t> leaves,
                           std::span<float> shapes) const {
    const size_t boxes = leaves.size() / stage.trees;
    std::vector<int32_t> sums(boxes * kValues, 0);
    sumLeaves(stage.leaves.data(), leaves, boxes, sums.data());
    for (size_t i = 0; i < sums.size(); ++i) {
        shapes[i] += stage.scale * static_cast<float>(sums[i]);
    }
}

std::vector<Landmarks> ShapeTrees::place(const Image& gray, std::span<const FaceBox> boxes) const {
    US_CHECK(gray.channels() == 1 && gray.type() == SampleType::u8);
    std::vector<float> shapes;
    for (size_t k = 0; k < boxes.size(); ++k) {
        shapes.insert(shapes.end(), mean_.begin(), mean_.end());
    }
    std::vector<int16_t> pixels;
    std::vector<uint32_t> leaves;
    for (const Stage& stage : stages_) {
        const size_t probes = stage.probes.size();
        pixels.resize(boxes.size() * probes);
        for (size_t k = 0; k < boxes.size(); ++k) {
            probePixels(stage, gray, boxes[k], std::span(shapes).subspan(k * kValues, kValues),
                        std::span(pixels).subspan(k * probes, probes));
        }
        leaves.resize(boxes.size() * stage.trees);
        findLeaves(stage, pixels, leaves);
        addLeaves(stage, leaves, shapes);
    }
    std::vector<Landmarks> result(boxes.size());
    for (size_t k = 0; k < boxes.size(); ++k) {
        const FaceBox& box = boxes[k];
        const float* shape = shapes.data() + k * kValues;
        for (int i = 0; i < kLandmarkCount; ++i) {
            result[k][i] = {box.left + 0.5 + shape[2 * i] * (box.right - box.left - 1),
                            box.top + 0.5 + shape[2 * i + 1] * (box.bottom - box.top - 1)};
        }
    }
    return result;
}

}  // namespace understudy::media
