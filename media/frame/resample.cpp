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
#include "media/frame/resample_sight.h"

namespace understudy::media {

namespace {

using namespace sight;

using Lanes = float __attribute__((vector_size(16)));

Lanes load(const float* from) {
    Lanes lanes;
    std::memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

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

// What is resampled: a whole picture, or part of one.
struct Picture {
    const Image& pixels;
    int x = 0;
    int y = 0;
    int width = 0;  // of the whole
    int height = 0;
};

class RegionFiller {
  public:
    RegionFiller(const Picture& in, const Axis& across, const Axis& down, Border border)
        : in_(in), across_(across), down_(down), border_(border) {}

    void fill(Region& region) const {
        switch (in_.pixels.type()) {
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
        const int channels = in_.pixels.channels();
        const auto [firstX, lastX] = across_.span(region.x0, region.width);
        const bool half = in_.pixels.type() == SampleType::f16;
        std::vector<Sum> sums(static_cast<size_t>(lastX - firstX) * channels);
        for (int y = 0; y < region.height; ++y) {
            const int block = region.y0 + y;
            if (border_ == Border::zero && (block < 0 || block >= down_.blocks)) {
                continue;
            }
            std::fill(sums.begin(), sums.end(), Sum{});
            for (int i = 0; i < down_.block; ++i) {
                int row = block * down_.block + i;
                if (row < 0 || row >= in_.height) {
                    if (border_ == Border::zero) {
                        continue;
                    }
                    row = std::clamp(row, 0, in_.height - 1);
                }
                addRow(
                    in_.pixels.row<T>(row - in_.y) + static_cast<size_t>(firstX - in_.x) * channels,
                    sums.size(), half, sums.data());
            }
            spread(sums, firstX, lastX, region,
                   region.samples.data() + static_cast<size_t>(y) * region.width * region.lanes);
        }
    }

    // From sums over the rows of a block to one row of the region.
    template <class Sum>
    void spread(const std::vector<Sum>& sums, int firstX, int lastX, const Region& region,
                float* to) const {
        const int channels = in_.pixels.channels();
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

    const Picture& in_;
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
    Resampler(const Picture& in, const Affine& inFromOut, int outWidth, int outHeight,
              Border border)
        : in_(in),
          border_(border),
          sight_(in.width, in.height, inFromOut),
          out_(outWidth, outHeight, in.pixels.channels(), in.pixels.type()) {}

    Image run() {
        sight_.across.makeWeights();
        if (sight_.across.block == sight_.down.block &&
            std::abs(sight_.across.width - sight_.down.width) < 1e-9) {
            // Of a picture that is only turned, moved and scaled.
            sight_.down.takeWeights(sight_.across);
        } else {
            sight_.down.makeWeights();
        }
        gather();
        switch (in_.pixels.type()) {
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
    void gather() {
        region_ = sight_.regionFor(out_.width(), out_.height());
        region_.lanes = in_.pixels.channels() == 1 ? 1 : 4;
        // The padded weights (zeros) may read a few samples past the end of the last row.
        region_.samples.assign(
            static_cast<size_t>(region_.width) * region_.height * region_.lanes + 4, 0.0F);
        RegionFiller(in_, sight_.across, sight_.down, border_).fill(region_);
    }

    bool outside(Point p) const {
        return border_ == Border::zero &&
               (p.x <= -sight_.across.reach() || p.y <= -sight_.down.reach() ||
                p.x >= in_.width + sight_.across.reach() ||
                p.y >= in_.height + sight_.down.reach());
    }

    template <class T>
    void weigh() {
        const int channels = in_.pixels.channels();
        std::vector<Tap> taps;
        std::vector<Lanes> sums(static_cast<size_t>(out_.width()));
        std::vector<int32_t> xs(static_cast<size_t>(out_.width()));
        std::vector<int32_t> ys(static_cast<size_t>(out_.width()));
        for (int y = 0; y < out_.height(); ++y) {
            int first = 0;  // column that sees the picture; those that do are neighbours
            taps.clear();
            placesOf(sight_.across.line(sight_.inFromOut.xx, sight_.inFromOut.xy,
                                        sight_.inFromOut.x0, y),
                     xs);
            placesOf(
                sight_.down.line(sight_.inFromOut.yx, sight_.inFromOut.yy, sight_.inFromOut.y0, y),
                ys);
            for (int x = 0; x < out_.width(); ++x) {
                if (border_ == Border::zero && outside(sight_.placeOf(x + 0.5, y + 0.5))) {
                    continue;
                }
                first = taps.empty() ? x : first;
                const int32_t column = xs[static_cast<size_t>(x)];
                const int32_t row = ys[static_cast<size_t>(x)];
                taps.push_back({region_.at(sight_.across.firstOf(column), sight_.down.firstOf(row)),
                                sight_.across.weightsOf(column), sight_.down.weightsOf(row)});
            }
            if (channels == 1) {
                for (size_t i = 0; i < taps.size(); ++i) {
                    sums[i] = sumOfOne(taps[i]);
                }
            } else {
                sumOfFour(taps, sight_.across.taps / 2, sight_.down.taps,
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
        for (int j = 0; j < sight_.down.taps; ++j) {
            const float* from = tap.samples + static_cast<ptrdiff_t>(j) * region_.width;
            Lanes line{};
            for (int i = 0; i < sight_.across.taps; i += 4) {
                line += load(tap.across + i) * load(from + i);
            }
            sum += line * tap.down[j];
        }
        return Lanes{sum[0] + sum[1] + sum[2] + sum[3], 0, 0, 0};
    }

    template <class T>
    void store(std::span<const Lanes> sums, T* to) const {
        const int channels = in_.pixels.channels();
        if constexpr (std::is_same_v<T, float>) {
            for (const Lanes& sum : sums) {
                std::memcpy(to, &sum, sizeof(float) * static_cast<size_t>(channels));
                to += channels;
            }
        } else if (in_.pixels.type() == SampleType::f16) {
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

    const Picture& in_;
    Border border_;
    Sight sight_;
    Region region_;
    Image out_;
};

}  // namespace

Image resample(const Image& in, const Affine& outFromIn, int outWidth, int outHeight,
               Border border) {
    US_CHECK(!in.empty());
    const Picture whole{in, 0, 0, in.width(), in.height()};
    return Resampler(whole, outFromIn.inverse(), outWidth, outHeight, border).run();
}

Image resample(const PicturePart& in, const Affine& outFromIn, int outWidth, int outHeight,
               Border border) {
    const PixelRect there{in.x, in.y, in.pixels.width(), in.pixels.height()};
    US_CHECK(there.contains(
        resampledFrom(in.wholeWidth, in.wholeHeight, outFromIn, outWidth, outHeight)));
    const Picture part{in.pixels, in.x, in.y, in.wholeWidth, in.wholeHeight};
    return Resampler(part, outFromIn.inverse(), outWidth, outHeight, border).run();
}

PixelRect resampledFrom(int width, int height, const Affine& outFromIn, int outWidth,
                        int outHeight) {
    const Sight sight(width, height, outFromIn.inverse());
    const Region region = sight.regionFor(outWidth, outHeight);
    const auto [left, right] = sight.across.span(region.x0, region.width);
    const auto [top, bottom] = sight.down.span(region.y0, region.height);
    return {left, top, right - left, bottom - top};
}

}  // namespace understudy::media
