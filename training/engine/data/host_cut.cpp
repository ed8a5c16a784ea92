#include "training/engine/data/host_cut.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>
#include <vector>

#include "media/base/wide.h"
#include "training/engine/data/host_rows.h"

namespace understudy::training {

namespace {

constexpr int kLanes = 4;   // channels that lie together
constexpr int kBorder = 4;  // pixels around a face, so that no sample leaves it
constexpr int kColors = 3;

// Pixels of a face, `kLanes` channels together, with a border that repeats its edge.
struct Interleaved {
    std::vector<float> pixels;
    int stride = 0;  // pixels

    float* at(int x, int y) {
        return pixels.data() + (static_cast<size_t>(y + kBorder) * stride + x + kBorder) * kLanes;
    }
};

// `planes` first planes of a picture of `size`, u8 or float.
template <class Sample>
void interleave(const Sample* in, int planes, int size, Interleaved& out) {
    out.stride = size + 2 * kBorder;
    out.pixels.resize(static_cast<size_t>(out.stride) * out.stride * kLanes);
    const auto plane = static_cast<size_t>(size) * size;
    for (int y = 0; y < size; ++y) {
        float* row = out.at(0, y);
        for (int c = 0; c < kLanes; ++c) {
            const Sample* from =
                in + std::min(c, planes - 1) * plane + static_cast<size_t>(y) * size;
            for (int x = 0; x < size; ++x) {
                row[x * kLanes + c] = static_cast<float>(from[x]);
            }
        }
        for (int x = 1; x <= kBorder; ++x) {
            std::memcpy(out.at(-x, y), row, kLanes * sizeof(float));
            std::memcpy(out.at(size - 1 + x, y), out.at(size - 1, y), kLanes * sizeof(float));
        }
    }
    const size_t line = static_cast<size_t>(out.stride) * kLanes * sizeof(float);
    for (int y = 1; y <= kBorder; ++y) {
        std::memcpy(out.at(-kBorder, -y), out.at(-kBorder, 0), line);
        std::memcpy(out.at(-kBorder, size - 1 + y), out.at(-kBorder, size - 1), line);
    }
}

// Where a row of the output lies in the stored face: x = matrix[0] u + matrix[1] v + matrix[2].
US_CLONES void place(const float* __restrict axis, float v, const float* __restrict matrix,
                     float* __restrict x, float* __restrict y, int count) {
    for (int i = 0; i < count; ++i) {
        x[i] = matrix[0] * axis[i] + (matrix[1] * v + matrix[2]);
        y[i] = matrix[3] * axis[i] + (matrix[4] * v + matrix[5]);
    }
}

// Moves the places by what the warp moves u and v.
US_CLONES void bend(const float* __restrict du, const float* __restrict dv,
                    const float* __restrict matrix, float* __restrict x, float* __restrict y,
                    int count) {
    for (int i = 0; i < count; ++i) {
        x[i] += matrix[0] * du[i] + matrix[1] * dv[i];
        y[i] += matrix[3] * du[i] + matrix[4] * dv[i];
    }
}

// The samples of a row along one axis: the first of the four pixels that each is made of, and
// torch's bicubic weights of these.
struct Taps {
    int* first;
    float* weights;  // four a sample
};

US_CLONES void tapsOf(const float* __restrict positions, int size, int* __restrict first,
                      float* __restrict weights, int count) {
    constexpr float a = -0.75f;
    const float least = -2, most = static_cast<float>(size) + 1;
    for (int i = 0; i < count; ++i) {
        const float low = positions[i] > least ? positions[i] : least;
        const float at = low < most ? low : most;
        const int cut = static_cast<int>(at);
        const int before = cut - static_cast<int>(at < static_cast<float>(cut));
        const float t = at - static_cast<float>(before), u = 1 - t;
        first[i] = before - 1;
        weights[4 * i] = ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a;
        weights[4 * i + 1] = ((a + 2) * t - (a + 3)) * t * t + 1;
        weights[4 * i + 2] = ((a + 2) * u - (a + 3)) * u * u + 1;
        weights[4 * i + 3] = ((a * (u + 1) - 5 * a) * (u + 1) + 8 * a) * (u + 1) - 4 * a;
    }
}

// One and two pixels of four channels.
using One = float __attribute__((vector_size(kLanes * sizeof(float))));
using Two = float __attribute__((vector_size(2 * kLanes * sizeof(float))));
using OneAnywhere = One __attribute__((aligned(alignof(float)), may_alias));
using TwoAnywhere = Two __attribute__((aligned(alignof(float)), may_alias));

// `count` samples of four channels from `pixels`, whose pixel (0, 0) is given.
US_CLONES void sampleRow(const float* pixels, int stride, const Taps& across, const Taps& down,
                         float* __restrict out, int count) {
    for (int i = 0; i < count; ++i) {
        const float* w = across.weights + 4 * i;
        const float* v = down.weights + 4 * i;
        const Two left = {w[0], w[0], w[0], w[0], w[1], w[1], w[1], w[1]};
        const Two right = {w[2], w[2], w[2], w[2], w[3], w[3], w[3], w[3]};
        const float* at =
            pixels + (static_cast<ptrdiff_t>(down.first[i]) * stride + across.first[i]) * kLanes;
        Two sum = {};
        for (int k = 0; k < 4; ++k) {
            const auto* row = reinterpret_cast<const TwoAnywhere*>(at + static_cast<ptrdiff_t>(k) *
                                                                            stride * kLanes);
            sum += v[k] * (left * row[0] + right * row[1]);
        }
        const One both = __builtin_shufflevector(sum, sum, 0, 1, 2, 3) +
                         __builtin_shufflevector(sum, sum, 4, 5, 6, 7);
        *reinterpret_cast<OneAnywhere*>(out + static_cast<ptrdiff_t>(i) * kLanes) = both;
    }
}

// One channel of the samples, scaled and clamped to 0 to 1.
US_CLONES void keepChannel(const float* __restrict in, float factor, float* __restrict out,
                           int count) {
    for (int i = 0; i < count; ++i) {
        const float value = in[i * kLanes] * factor;
        const float low = value > 0 ? value : 0;
        out[i] = low < 1 ? low : 1;
    }
}

Interleaved interleaved(const torch::Tensor& face, int first, int planes, int size) {
    Interleaved made;
    const auto plane = static_cast<size_t>(size) * size;
    if (face.scalar_type() == torch::kUInt8) {
        interleave(face.data_ptr<uint8_t>() + first * plane, planes, size, made);
    } else {
        const torch::Tensor floats = face.narrow(0, first, planes).to(torch::kFloat);
        interleave(floats.data_ptr<float>(), planes, size, made);
    }
    return made;
}

// The weights of one number of cells.
void fillWeights(torch::TensorAccessor<float, 2> rows, int64_t resolution, int cells) {
    for (int64_t i = 0; i < resolution; ++i) {
        const double at = (static_cast<double>(i) + 0.5) / static_cast<double>(resolution) * cells;
        const int64_t node = static_cast<int64_t>(std::floor(at));
        const double t = at - static_cast<double>(node);
        const double weights[4] = {
            -0.5 * t + t * t - 0.5 * t * t * t, 1 - 2.5 * t * t + 1.5 * t * t * t,
            0.5 * t + 2 * t * t - 1.5 * t * t * t, -0.5 * t * t + 0.5 * t * t * t};
        for (int64_t k = 0; k < 4; ++k) {
            const int64_t column = node - 1 + k;
            if (column > 0 && column < cells) {  // the border does not move
                rows[i][column] += static_cast<float>(weights[k]);
            }
        }
    }
}

// What the warp moves each sample of row `y` by, [R] each.
class WarpRows {
  public:
    WarpRows(const SampleDraw& draw, const float* rise, int resolution)
        : draw_(draw), rise_(rise), resolution_(resolution) {}
    void at(int y, float* du, float* dv) const {
        const auto count = static_cast<size_t>(resolution_);
        std::fill_n(du, count, 0.0f);
        std::fill_n(dv, count, 0.0f);
        for (int column = 0; column < kWarpNodes; ++column) {
            float x = 0, across = 0;
            for (int row = 0; row < kWarpNodes; ++row) {
                const float weight = rise_[static_cast<size_t>(row) * count + y];
                const auto node = static_cast<size_t>(row * kWarpNodes + column);
                x += weight * draw_.warpX[node];
                across += weight * draw_.warpY[node];
            }
            const float* weights = rise_ + static_cast<size_t>(column) * count;
            addScaled(weights, x, du, resolution_);
            addScaled(weights, across, dv, resolution_);
        }
    }

  private:
    const SampleDraw& draw_;
    const float* rise_;  // [nodes, R]
    int resolution_;
};

}  // namespace

bool isWarped(const SampleDraw& draw) {
    return draw.warpX != SampleDraw{}.warpX || draw.warpY != SampleDraw{}.warpY;
}

torch::Tensor warpWeights(int64_t resolution) {
    torch::Tensor all = torch::zeros({3, resolution, kWarpNodes});
    for (int i = 0; i < 3; ++i) {
        fillWeights(all.accessor<float, 3>()[i], resolution, 2 << i);
    }
    return all;
}

HostCut::HostCut(const FaceStore& store, int resolution)
    : resolution_(resolution),
      size_(store.size()),
      spread_(static_cast<float>(store.size() / (1 + 2 * store.margin()) / 2)),
      scale_(static_cast<float>(store.scale())) {
    for (int i = 0; i < resolution; ++i) {
        axis_.push_back((static_cast<float>(i) + 0.5f) / static_cast<float>(resolution) * 2 - 1);
    }
    const torch::Tensor weights = warpWeights(resolution).transpose(1, 2).contiguous();
    rise_.assign(weights.data_ptr<float>(), weights.data_ptr<float>() + weights.numel());
}

void HostCut::cut(const torch::Tensor& face, const SampleDraw& draw, const Planes& out) const {
    const auto planes = static_cast<int>(face.size(0));
    const auto plane = static_cast<int64_t>(resolution_) * resolution_;
    // From -1..1 of the trained area to pixels.
    std::array<float, 6> matrix = draw.placement;
    for (float& value : matrix) {
        value *= spread_;
    }
    const float middle = (static_cast<float>(size_) - 1) / 2;
    matrix[2] += middle;
    matrix[5] += middle;
    const bool warped = isWarped(draw);
    const WarpRows warp(draw,
                        rise_.data() + (draw.cells == 2   ? 0
                                        : draw.cells == 4 ? 1
                                                          : 2) *
                                           static_cast<size_t>(kWarpNodes) * resolution_,
                        resolution_);
    const auto width = static_cast<size_t>(resolution_);
    std::vector<float> rows(width * (4 + 2 * 4 + kLanes));
    std::vector<int> firsts(width * 2);
    const auto part = [&](size_t k) { return rows.data() + k * width; };
    float *x = part(0), *y = part(1), *du = part(2), *dv = part(3), *samples = part(12);
    const Taps across{firsts.data(), part(4)}, down{firsts.data() + width, part(8)};
    const std::array<float*, kColors> bent = {out.input, out.input + plane, out.input + 2 * plane};
    const auto sample = [&](Interleaved& pixels, int row, std::span<float* const> kept) {
        tapsOf(x, size_, across.first, across.weights, resolution_);
        tapsOf(y, size_, down.first, down.weights, resolution_);
        sampleRow(pixels.at(0, 0), pixels.stride, across, down, samples, resolution_);
        for (size_t c = 0; c < kept.size(); ++c) {
            keepChannel(samples + c, 1 / scale_, kept[c] + int64_t{row} * resolution_, resolution_);
        }
    };
    for (int first = 0; first < planes; first += kLanes) {
        const int count = std::min(kLanes, planes - first);
        Interleaved pixels = interleaved(face, first, count, size_);
        std::array<float*, kLanes> kept{};
        for (int c = 0; c < count; ++c) {
            const int64_t channel = first + c;
            kept[c] = channel < kColors ? out.target + channel * plane
                                        : out.masks + (channel - kColors) * plane;
        }
        for (int row = 0; row < resolution_; ++row) {
            place(axis_.data(), axis_[static_cast<size_t>(row)], matrix.data(), x, y, resolution_);
            sample(pixels, row, {kept.data(), static_cast<size_t>(count)});
            if (first == 0 && warped) {
                warp.at(row, du, dv);
                bend(du, dv, matrix.data(), x, y, resolution_);
                sample(pixels, row, bent);
            }
        }
    }
    if (!warped) {
        std::copy_n(out.target, kColors * plane, out.input);
    }
    if (draw.transfer != kSameColor) {
        for (float* const colors : {out.target, out.input}) {
            recolorRow(draw.transfer.data(), colors, colors + plane, colors + 2 * plane,
                       static_cast<int>(plane));
        }
    }
}

}  // namespace understudy::training
