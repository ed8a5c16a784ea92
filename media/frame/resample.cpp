#include "media/frame/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "media/base/wide.h"
#include "media/frame/half.h"

namespace understudy::media {

namespace {

// Positions between two source pixels that have weights of their own. The rounding moves a pixel
// by at most 0.0005 px.
constexpr int kPhases = 1024;
// From this shrinkage on, whole blocks are averaged first, so that large faces stay cheap.
constexpr double kBlocksFrom = 3;

using Lanes = float __attribute__((vector_size(16)));

Lanes load(const float* from) {
    Lanes lanes;
    std::memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

// Keys, "Cubic convolution interpolation for digital image processing" (1981), with a = -1/2: for
// each phase, at first + phase * step. Adds to `sums`.
US_WIDE void kernelRow(double first, double step, double* __restrict to, double* __restrict sums) {
    for (int phase = 0; phase < kPhases; ++phase) {
        const double at = first + phase * step;
        const double x = at < 0 ? -at : at;
        const double inner = (1.5 * x - 2.5) * x * x + 1;
        const double outer = ((-0.5 * x + 2.5) * x - 4) * x + 2;
        const double beyond = x < 2 ? outer : 0;
        const double value = x < 1 ? inner : beyond;
        to[phase] = value;
        sums[phase] += value;
    }
}

int blockSize(double shrinkage) {
    return shrinkage < kBlocksFrom ? 1 : std::max(2, static_cast<int>(shrinkage / 2));
}

// Places along an axis that go on evenly, within limits.
struct Line {
    double first;
    double step;
    double least;
    double most;
};

// In phases, rounded.
US_WIDE void placesOf(const Line& line, std::span<int32_t> places) {
    // Conversion cuts towards zero, which is down for what is positive.
    constexpr int32_t kUp = 1 << 28;
    int32_t* to = places.data();
    const auto count = static_cast<int>(places.size());
    for (int i = 0; i < count; ++i) {
        double at = line.first + i * line.step;
        at = at < line.least ? line.least : at;
        at = at > line.most ? line.most : at;
        to[i] = static_cast<int32_t>(at * kPhases + (0.5 + kUp)) - kUp;
    }
}

// One axis of the source: how it is shrunk and weighted.
struct Axis {
    Axis(double shrinkage, int length_)
        : block(blockSize(shrinkage)),
          width(std::max(1.0, shrinkage / block)),
          taps(2 * static_cast<int>(std::ceil(2 * width - 1e-9))),
          length(length_),
          blocks((length_ + block - 1) / block) {}

    // Weights of `taps` blocks for each phase, padded with zeros to a multiple of four.
    void makeWeights() {
        stride = (taps + 3) / 4 * 4;
        weights.assign(static_cast<size_t>(kPhases) * stride, 0.0F);
        std::vector<double> raw(static_cast<size_t>(kPhases) * taps);  // tap by tap
        std::vector<double> sums(kPhases);
        for (int i = 0; i < taps; ++i) {
            kernelRow((i - (taps / 2 - 1)) / width, -1 / (width * kPhases),
                      raw.data() + static_cast<size_t>(i) * kPhases, sums.data());
        }
        for (int i = 0; i < taps; ++i) {
            const double* from = raw.data() + static_cast<size_t>(i) * kPhases;
            for (size_t phase = 0; phase < kPhases; ++phase) {
                weights[phase * static_cast<size_t>(stride) + static_cast<size_t>(i)] =
                    static_cast<float>(from[phase] / sums[phase]);
            }
        }
    }

    // Of an axis that is shrunk alike.
    void takeWeights(const Axis& other) {
        stride = other.stride;
        weights = other.weights;
    }

    // The first block and the phase for a place in source pixels.
    struct Place {
        int first;
        const float* weights;
    };
    Place place(double position) const {
        int32_t fixed = 0;
        placesOf(Line{position / block - 0.5, 0, -1e9, 1e9}, {&fixed, 1});
        return placeAt(fixed);
    }
    Place placeAt(int32_t fixed) const {
        const int base = fixed >> 10;
        const auto phase = static_cast<size_t>(fixed & (kPhases - 1));
        return {base - (taps / 2 - 1), weights.data() + phase * stride};
    }

    // Of output row `y`: source = along * x + across * y + start, in blocks. Beyond the kernel's
    // reach everything is border, so places stop there.
    Line line(double along, double across, double start, int y) const {
        const double scale = 1.0 / block;
        return {scale * (along * 0.5 + across * (y + 0.5) + start) - 0.5, scale * along,
                scale * -reach() - 0.5, scale * (length + reach()) - 0.5};
    }

    // How far outside the picture a place can still see it, in source pixels.
    double reach() const { return (2 * width + 2) * block; }

    int block;
    double width;
    int taps;
    int length;
    int blocks;
    int stride = 0;
    std::vector<float> weights;
};

static_assert(kPhases == 1 << 10);

// The part of the source that the result needs, averaged in blocks, as floats in one or four lanes
// a pixel, with the border written out so that the inner loops need no tests.
struct Region {
    int x0 = 0;  // in blocks
    int y0 = 0;
    int width = 0;
    int height = 0;
    int lanes = 1;
    std::vector<float> samples;
    const float* at(int x, int y) const {
        return samples.data() +
               (static_cast<size_t>(y - y0) * width + static_cast<size_t>(x - x0)) * lanes;
    }
};

// Adds the samples of `count` source columns of one row to `sums`.
template <class T, class Sum>
void addRow(const T* from, size_t count, bool half, Sum* sums) {
    if constexpr (std::is_same_v<T, uint16_t> && std::is_same_v<Sum, float>) {
        if (half) {
            for (size_t i = 0; i < count; ++i) {
                sums[i] += floatFromHalf(from[i]);
            }
            return;
        }
    }
    for (size_t i = 0; i < count; ++i) {
        sums[i] += static_cast<Sum>(from[i]);
    }
}

class RegionFiller {
  public:
    RegionFiller(const Image& in, const Axis& across, const Axis& down, Border border)
        : in_(in), across_(across), down_(down), border_(border) {}

    void fill(Region& region) const {
        switch (in_.type()) {
            case SampleType::u8:
                fillOf<uint8_t, uint32_t>(region);
                break;
            case SampleType::u16:
                fillOf<uint16_t, uint32_t>(region);
                break;
            case SampleType::f16:
                fillOf<uint16_t, float>(region);
                break;
            default:
                fillOf<float, float>(region);
        }
    }

  private:
    template <class T, class Sum>
    void fillOf(Region& region) const {
        const int channels = in_.channels();
        // At least one column, so that a region beside the picture still finds the edge to repeat.
        const int firstX = std::clamp(region.x0 * across_.block, 0, in_.width() - 1);
        const int lastX =
            std::clamp((region.x0 + region.width) * across_.block, firstX + 1, in_.width());
        const bool half = in_.type() == SampleType::f16;
        std::vector<Sum> sums(static_cast<size_t>(lastX - firstX) * channels);
        for (int y = 0; y < region.height; ++y) {
            const int block = region.y0 + y;
            if (border_ == Border::zero && (block < 0 || block >= down_.blocks)) {
                continue;
            }
            std::fill(sums.begin(), sums.end(), Sum{});
            for (int i = 0; i < down_.block; ++i) {
                int row = block * down_.block + i;
                if (row < 0 || row >= in_.height()) {
                    if (border_ == Border::zero) {
                        continue;
                    }
                    row = std::clamp(row, 0, in_.height() - 1);
                }
                addRow(in_.row<T>(row) + static_cast<size_t>(firstX) * channels, sums.size(), half,
                       sums.data());
            }
            spread(sums, firstX, lastX, region,
                   region.samples.data() + static_cast<size_t>(y) * region.width * region.lanes);
        }
    }

    // From sums over the rows of a block to one row of the region.
    template <class Sum>
    void spread(const std::vector<Sum>& sums, int firstX, int lastX, const Region& region,
                float* to) const {
        const int channels = in_.channels();
        const float scale = 1.0F / static_cast<float>(across_.block * down_.block);
        for (int x = 0; x < region.width; ++x, to += region.lanes) {
            const int from = (region.x0 + x) * across_.block;
            if (across_.block == 1 && from >= firstX && from < lastX) {
                const Sum* sample = sums.data() + static_cast<size_t>(from - firstX) * channels;
                for (int c = 0; c < channels; ++c) {
                    to[c] = static_cast<float>(sample[c]) * scale;
                }
                continue;
            }
            for (int i = from; i < from + across_.block; ++i) {
                int column = i;
                if (column < firstX || column >= lastX) {
                    if (border_ == Border::zero) {
                        continue;
                    }
                    column = std::clamp(column, firstX, lastX - 1);
                }
                const Sum* sample = sums.data() + static_cast<size_t>(column - firstX) * channels;
                for (int c = 0; c < channels; ++c) {
                    to[c] += static_cast<float>(sample[c]) * scale;
                }
            }
        }
    }

    const Image& in_;
    const Axis& across_;
    const Axis& down_;
    Border border_;
};

// What makes one output pixel: its first sample, and the weights along both axes.
struct Tap {
    const float* samples;
    const float* across;
    const float* down;
};

using Pair = float __attribute__((vector_size(32)));  // two pixels of four lanes

// Down the columns first, two columns at a time, then across.
template <int kPairs>
[[gnu::always_inline]] inline void sumPairs(std::span<const Tap> taps, int down, ptrdiff_t stride,
                                            Lanes* sums) {
    for (const Tap& tap : taps) {
        Pair columns[kPairs] = {};
        const float* from = tap.samples;
        for (int j = 0; j < down; ++j, from += stride) {
            for (int i = 0; i < kPairs; ++i) {
                Pair samples;
                std::memcpy(&samples, from + 8 * i, sizeof samples);
                columns[i] += samples * tap.down[j];
            }
        }
        Lanes sum{};
        for (int i = 0; i < kPairs; ++i) {
            Lanes halves[2];
            std::memcpy(halves, &columns[i], sizeof halves);
            sum += halves[0] * tap.across[2 * i] + halves[1] * tap.across[2 * i + 1];
        }
        *sums++ = sum;
    }
}

US_WIDE void sumOfFour(std::span<const Tap> taps, int pairs, int down, ptrdiff_t stride,
                       Lanes* sums) {
    static_assert(kBlocksFrom == 3);  // so that six pairs are the most
    switch (pairs) {
        case 2:
            return sumPairs<2>(taps, down, stride, sums);
        case 3:
            return sumPairs<3>(taps, down, stride, sums);
        case 4:
            return sumPairs<4>(taps, down, stride, sums);
        case 5:
            return sumPairs<5>(taps, down, stride, sums);
        default:
            return sumPairs<6>(taps, down, stride, sums);
    }
}

using Whole = int32_t __attribute__((vector_size(16)));

template <class T>
[[gnu::always_inline]] inline void storeWhole(std::span<const Lanes> sums, int channels, T* to) {
    constexpr int32_t kTop = std::numeric_limits<T>::max();
    for (const Lanes& sum : sums) {
        Whole whole = __builtin_convertvector(sum + 0.5F, Whole);
        whole = whole < 0 ? 0 : whole;
        whole = whole > kTop ? kTop : whole;
        for (int c = 0; c < channels; ++c) {
            *to++ = static_cast<T>(whole[c]);
        }
    }
}
US_WIDE void storeRounded(std::span<const Lanes> sums, int channels, uint8_t* to) {
    channels == 3 ? storeWhole(sums, 3, to) : storeWhole(sums, channels, to);
}
US_WIDE void storeRounded(std::span<const Lanes> sums, int channels, uint16_t* to) {
    channels == 3 ? storeWhole(sums, 3, to) : storeWhole(sums, channels, to);
}

class Resampler {
  public:
    Resampler(const Image& in, const Affine& inFromOut, int outWidth, int outHeight, Border border)
        : in_(in),
          inFromOut_(inFromOut),
          border_(border),
          across_(std::hypot(inFromOut.xx, inFromOut.xy), in.width()),
          down_(std::hypot(inFromOut.yx, inFromOut.yy), in.height()),
          out_(outWidth, outHeight, in.channels(), in.type()) {}

    Image run() {
        across_.makeWeights();
        if (across_.block == down_.block && std::abs(across_.width - down_.width) < 1e-9) {
            down_.takeWeights(across_);  // of a picture that is only turned, moved and scaled
        } else {
            down_.makeWeights();
        }
        gather();
        switch (in_.type()) {
            case SampleType::u8:
                weigh<uint8_t>();
                break;
            case SampleType::f32:
                weigh<float>();
                break;
            default:
                weigh<uint16_t>();
        }
        return std::move(out_);
    }

  private:
    // Where the centre of an output pixel lies in the source. Beyond the kernel's reach everything
    // is border, so the place stops there and the region stays small.
    Point placeOf(double x, double y) const {
        const Point p = inFromOut_({x, y});
        return {std::clamp(p.x, -across_.reach(), in_.width() + across_.reach()),
                std::clamp(p.y, -down_.reach(), in_.height() + down_.reach())};
    }

    void gather() {
        const double right = out_.width() - 0.5;
        const double bottom = out_.height() - 0.5;
        const Point corners[] = {placeOf(0.5, 0.5), placeOf(right, 0.5), placeOf(0.5, bottom),
                                 placeOf(right, bottom)};
        Point low = corners[0];
        Point high = corners[0];
        for (const Point& p : corners) {
            low = {std::min(low.x, p.x), std::min(low.y, p.y)};
            high = {std::max(high.x, p.x), std::max(high.y, p.y)};
        }
        region_.lanes = in_.channels() == 1 ? 1 : 4;
        region_.x0 = across_.place(low.x).first - 1;
        region_.y0 = down_.place(low.y).first - 1;
        region_.width = across_.place(high.x).first + across_.taps + 1 - region_.x0;
        region_.height = down_.place(high.y).first + down_.taps + 1 - region_.y0;
        // The padded weights (zeros) may read a few samples past the end of the last row.
        region_.samples.assign(
            static_cast<size_t>(region_.width) * region_.height * region_.lanes + 4, 0.0F);
        RegionFiller(in_, across_, down_, border_).fill(region_);
    }

    bool outside(Point p) const {
        return border_ == Border::zero &&
               (p.x <= -across_.reach() || p.y <= -down_.reach() ||
                p.x >= in_.width() + across_.reach() || p.y >= in_.height() + down_.reach());
    }

    template <class T>
    void weigh() {
        const int channels = in_.channels();
        std::vector<Tap> taps;
        std::vector<Lanes> sums(static_cast<size_t>(out_.width()));
        std::vector<int32_t> xs(static_cast<size_t>(out_.width()));
        std::vector<int32_t> ys(static_cast<size_t>(out_.width()));
        for (int y = 0; y < out_.height(); ++y) {
            int first = 0;  // column that sees the picture; those that do are neighbours
            taps.clear();
            placesOf(across_.line(inFromOut_.xx, inFromOut_.xy, inFromOut_.x0, y), xs);
            placesOf(down_.line(inFromOut_.yx, inFromOut_.yy, inFromOut_.y0, y), ys);
            for (int x = 0; x < out_.width(); ++x) {
                if (border_ == Border::zero && outside(placeOf(x + 0.5, y + 0.5))) {
                    continue;
                }
                first = taps.empty() ? x : first;
                const Axis::Place column = across_.placeAt(xs[static_cast<size_t>(x)]);
                const Axis::Place row = down_.placeAt(ys[static_cast<size_t>(x)]);
                taps.push_back({region_.at(column.first, row.first), column.weights, row.weights});
            }
            if (channels == 1) {
                for (size_t i = 0; i < taps.size(); ++i) {
                    sums[i] = sumOfOne(taps[i]);
                }
            } else {
                sumOfFour(taps, across_.taps / 2, down_.taps,
                          static_cast<ptrdiff_t>(region_.width) * region_.lanes, sums.data());
            }
            if (!taps.empty()) {
                store(std::span(sums).first(taps.size()), out_.row<T>(y) + first * channels);
            }
        }
    }

    // Sums along rows with one channel: four neighbours at a time.
    Lanes sumOfOne(const Tap& tap) const {
        Lanes sum{};
        for (int j = 0; j < down_.taps; ++j) {
            const float* from = tap.samples + static_cast<ptrdiff_t>(j) * region_.width;
            Lanes line{};
            for (int i = 0; i < across_.taps; i += 4) {
                line += load(tap.across + i) * load(from + i);
            }
            sum += line * tap.down[j];
        }
        return Lanes{sum[0] + sum[1] + sum[2] + sum[3], 0, 0, 0};
    }

    template <class T>
    void store(std::span<const Lanes> sums, T* to) const {
        const int channels = in_.channels();
        if constexpr (std::is_same_v<T, float>) {
            for (const Lanes& sum : sums) {
                std::memcpy(to, &sum, sizeof(float) * static_cast<size_t>(channels));
                to += channels;
            }
        } else if (in_.type() == SampleType::f16) {
            for (const Lanes& sum : sums) {
                for (int c = 0; c < channels; ++c) {
                    const float value =
                        std::isfinite(sum[c]) ? std::clamp(sum[c], -kHalfMax, kHalfMax) : sum[c];
                    *to++ = static_cast<T>(halfFromFloat(value));
                }
            }
        } else {
            storeRounded(sums, channels, to);
        }
    }

    const Image& in_;
    Affine inFromOut_;
    Border border_;
    Axis across_;
    Axis down_;
    Region region_;
    Image out_;
};

}  // namespace

Image resample(const Image& in, const Affine& outFromIn, int outWidth, int outHeight,
               Border border) {
    US_CHECK(!in.empty());
    return Resampler(in, outFromIn.inverse(), outWidth, outHeight, border).run();
}

}  // namespace understudy::media
