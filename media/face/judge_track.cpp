#include "media/face/judge_track.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "media/align/face_alignment.h"
#include "media/base/median.h"
#include "media/base/parallel_for.h"
#include "media/face/head_pose.h"

namespace understudy::media {

namespace {

constexpr size_t kLeastFaces = 40;    // below this nothing is usual
constexpr size_t kMostModels = 256;   // faces that every other is compared with
constexpr size_t kAlike = 12;         // of them, those in the most similar pose
constexpr int64_t kLongestNear = 24;  // frames: what passes by does not excuse itself
constexpr int kBlock = 4;             // pixels of a look
constexpr int kBlocks = FaceLook::kSide / kBlock;
constexpr double kPoseGap = 90;        // degrees that double what is tolerated
constexpr double kOddBlock = 5;        // deviations
constexpr double kDetectorBox = 1.28;  // of the template's side, see FaceFinder::patchFor

using Blocks = std::array<float, kBlocks * kBlocks>;

// What a value is in deviations from the usual, above it only.
struct Usual {
    float middle = 0;
    float deviation = 1;

    static Usual of(const std::vector<float>& values, float least) {
        Usual usual;
        usual.middle = medianOf(values);
        std::vector<float> apart;
        for (const float value : values) {
            apart.push_back(std::abs(value - usual.middle));
        }
        usual.deviation = std::max(least, 1.4826f * medianOf(std::move(apart)));
        return usual;
    }
    float above(float value) const { return std::max(0.0f, (value - middle) / deviation); }
};

// One face ready to be compared: pixels without the light's strength, inner landmarks in the crop.
struct Compared {
    size_t frame = 0;  // index
    std::array<float, FaceLook::kSide * FaceLook::kSide> pixels{};
    std::array<Point, kLandmarkCount - 17> shape{};
    double yaw = 0;
    double pitch = 0;
};

Compared comparedOf(size_t frame, const FaceFound& face, const FaceQualities& measured) {
    Compared result;
    result.frame = frame;
    result.yaw = measured.yaw;
    result.pitch = measured.pitch;
    // Median and quartiles: a hand in a quarter of the picture does not move them much.
    std::array<uint8_t, FaceLook::kSide* FaceLook::kSide> sorted = face.look.pixels;
    std::sort(sorted.begin(), sorted.end());
    const float middle = sorted[sorted.size() / 2];
    const float range = std::max(8.0f, static_cast<float>(sorted[3 * sorted.size() / 4]) -
                                           static_cast<float>(sorted[sorted.size() / 4]));
    for (size_t i = 0; i < sorted.size(); ++i) {
        result.pixels[i] = (static_cast<float>(face.look.pixels[i]) - middle) / range;
    }
    const Affine crop = alignedFromFrame(face.landmarks, FaceType::fullFace, 1);
    for (size_t i = 0; i < result.shape.size(); ++i) {
        result.shape[i] = crop(face.landmarks[i + 17]);
    }
    return result;
}

float shapeDistance(const Compared& a, const Compared& b) {
    double sum = 0;
    for (size_t i = 0; i < a.shape.size(); ++i) {
        sum += distance(a.shape[i], b.shape[i]);
    }
    return static_cast<float>(sum / static_cast<double>(a.shape.size()));
}

void blockDistances(const Compared& a, const Compared& b, Blocks& least) {
    for (int by = 0; by < kBlocks; ++by) {
        for (int bx = 0; bx < kBlocks; ++bx) {
            float sum = 0;
            for (int y = by * kBlock; y < (by + 1) * kBlock; ++y) {
                for (int x = bx * kBlock; x < (bx + 1) * kBlock; ++x) {
                    const size_t i = static_cast<size_t>(y * FaceLook::kSide + x);
                    sum += std::abs(a.pixels[i] - b.pixels[i]);
                }
            }
            float& best = least[static_cast<size_t>(by * kBlocks + bx)];
            best = std::min(best, sum / (kBlock * kBlock));
        }
    }
}

// How unlike the faces in its pose at other times a face is.
struct Unlike {
    Blocks blocks{};
    float picture = 0;
    float shape = 0;
    float tolerance = 1;  // more where nobody else has this pose
};

Unlike unlikeOthers(const Compared& face, const std::vector<Compared>& models,
                    std::span<const FrameNumber> numbers, int64_t nearFrames) {
    std::vector<std::pair<double, const Compared*>> others;
    for (const Compared& model : models) {
        if (std::abs(numbers[model.frame] - numbers[face.frame]) > nearFrames) {
            others.emplace_back(std::hypot(model.yaw - face.yaw, model.pitch - face.pitch), &model);
        }
    }
    const size_t count = std::min(kAlike, others.size());
    std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(count),
                      others.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Unlike unlike;
    if (count > 0) {
        const double gap = others[std::min<size_t>(count, 4) - 1].first;
        unlike.tolerance = static_cast<float>(1 + gap / kPoseGap);
    }
    unlike.blocks.fill(1e9f);
    unlike.shape = 1e9f;
    for (size_t i = 0; i < count; ++i) {
        blockDistances(face, *others[i].second, unlike.blocks);
        unlike.shape = std::min(unlike.shape, shapeDistance(face, *others[i].second));
    }
    for (const float block : unlike.blocks) {
        unlike.picture += block / static_cast<float>(unlike.blocks.size());
    }
    return unlike;
}

// Blocks that show the face rather than what is around it.
bool isFaceBlock(int block) {
    const double x = (block % kBlocks + 0.5) / kBlocks - 0.5;
    const double y = (block / kBlocks + 0.5) / kBlocks - 0.5;
    return std::hypot(x / 0.38, y / 0.46) < 1;
}

// What makes a face ready to be compared, by its place in the clip.
using Comparing = std::function<Compared(size_t frame)>;

void judgeAgainstOthers(const std::vector<size_t>& faces, const Comparing& compared,
                        std::span<const FrameNumber> numbers, int threads,
                        std::vector<std::optional<FaceQualities>>& result) {
    std::vector<Compared> models;
    const size_t step = (faces.size() + kMostModels - 1) / kMostModels;
    for (size_t i = 0; i < faces.size(); i += step) {
        models.push_back(compared(faces[i]));
    }
    const int64_t span = numbers[faces.back()] - numbers[faces.front()];
    const int64_t nearFrames = std::min<int64_t>(kLongestNear, span / 5);
    std::vector<Unlike> unlikes(faces.size());
    parallelFor(faces.size(), threads, [&](size_t i) {
        unlikes[i] = unlikeOthers(compared(faces[i]), models, numbers, nearFrames);
    });
    const auto usual = [&](auto value, float least) {
        std::vector<float> values;
        for (const Unlike& one : unlikes) {
            values.push_back(value(one));
        }
        return Usual::of(values, least);
    };
    std::array<Usual, kBlocks * kBlocks> blocks;
    for (size_t b = 0; b < blocks.size(); ++b) {
        blocks[b] = usual([b](const Unlike& one) { return one.blocks[b]; }, 0.03f);
    }
    const Usual picture = usual([](const Unlike& one) { return one.picture; }, 0.01f);
    const Usual shape = usual([](const Unlike& one) { return one.shape; }, 0.002f);
    for (size_t i = 0; i < faces.size(); ++i) {
        int odd = 0;
        int all = 0;
        for (int b = 0; b < kBlocks * kBlocks; ++b) {
            if (isFaceBlock(b)) {
                ++all;
                odd += blocks[static_cast<size_t>(b)].above(
                           unlikes[i].blocks[static_cast<size_t>(b)]) >
                       kOddBlock * unlikes[i].tolerance;
            }
        }
        FaceQualities& quality = *result[faces[i]];
        quality.occlusion = static_cast<float>(odd) / static_cast<float>(all);
        quality.outlier =
            std::max(picture.above(unlikes[i].picture), shape.above(unlikes[i].shape)) /
            unlikes[i].tolerance;
    }
}

}  // namespace

std::vector<std::optional<FaceQualities>> judgeTrack(
    std::span<const FrameNumber> numbers, std::span<const std::optional<FaceFound>> track,
    std::span<const std::optional<Landmarks>> plate, double pixelAspect, int threads) {
    std::vector<size_t> found;
    for (size_t i = 0; i < track.size(); ++i) {
        if (track[i]) {
            found.push_back(i);
        }
    }
    std::vector<std::optional<FaceQualities>> result(track.size());
    parallelFor(found.size(), threads, [&](size_t f) {
        const size_t i = found[f];
        const Landmarks square = transformed(*plate[i], Affine{pixelAspect, 0, 0, 0, 1, 0});
        const HeadAngles angles = headAngles(square);
        FaceQualities quality;
        quality.sharpness = track[i]->look.sharpness;
        quality.brightness = track[i]->look.brightness;
        quality.hash = perceptualHash(track[i]->look);
        quality.yaw = static_cast<float>(angles.yaw);
        quality.pitch = static_cast<float>(angles.pitch);
        quality.roll = static_cast<float>(angles.roll);
        const double side = alignedFromFrame(*plate[i], FaceType::halfFace, 1).scale();
        quality.size = side > 1e-9 ? static_cast<float>(kDetectorBox / side) : 0.0f;
        result[i] = quality;
    });
    if (found.size() >= kLeastFaces) {
        // Made when they are needed: all of a long clip would be too many to keep.
        const auto compared = [&](size_t i) { return comparedOf(i, *track[i], *result[i]); };
        judgeAgainstOthers(found, compared, numbers, threads, result);
    }
    return result;
}

}  // namespace understudy::media
