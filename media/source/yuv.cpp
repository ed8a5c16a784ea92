#include "media/source/yuv.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "media/base/wide.h"
#include "media/frame/half.h"

namespace understudy::media {

namespace {

struct Coefficients {
    double red;
    double blue;
    double green() const { return 1 - red - blue; }
};

// Luma weights, ISO/IEC 23091-2 table 4.
Coefficients coefficientsOf(int matrix) {
    switch (matrix) {
        case 1:
            return {0.2126, 0.0722};
        case 4:
            return {0.30, 0.11};
        case 7:
            return {0.212, 0.087};
        case 9:
            return {0.2627, 0.0593};
        default:
            return {0.299, 0.114};
    }
}

// What the sample values of luma and chroma mean.
struct Scale {
    explicit Scale(const YuvLayout& layout) {
        const int shift = layout.depth - 8;
        top = static_cast<float>((1 << layout.depth) - 1);
        lumaBlack = layout.fullRange ? 0 : static_cast<float>(16 << shift);
        lumaRange = layout.fullRange ? top : static_cast<float>(219 << shift);
        chromaZero = static_cast<float>(128 << shift);
        chromaRange = layout.fullRange ? top : static_cast<float>(224 << shift);
    }
    float top;
    float lumaBlack;
    float lumaRange;
    float chromaZero;
    float chromaRange;
};

// A position between two neighbouring chroma samples.
struct Blend {
    int offset;  // of the first from the pair's own
    float first;
    float second;
};

// For even and odd luma positions along an axis with half as many chroma samples.
Blend blendOf(bool odd, bool cosited) {
    if (cosited) {
        return odd ? Blend{0, 0.5F, 0.5F} : Blend{0, 1.0F, 0.0F};
    }
    return odd ? Blend{0, 0.75F, 0.25F} : Blend{-1, 0.25F, 0.75F};
}

// From luma and chroma of one row, centred on zero, to colours.
struct RowFactors {
    float black = 0;
    float luma = 0;
    float redOfCr = 0;
    float greenOfCb = 0;
    float greenOfCr = 0;
    float blueOfCb = 0;
};

// Limited after rounding, which compilers make of wide instructions.
template <class T>
[[gnu::always_inline]] inline T clamped(float value) {
    constexpr int32_t kTop = sizeof(T) == 1 ? 255 : 65535;
    const auto whole = static_cast<int32_t>(value + 0.5F);
    const int32_t least = whole < 0 ? 0 : whole;
    return static_cast<T>(least > kTop ? kTop : least);
}

template <int kChannels, class T>
[[gnu::always_inline]] inline void colorsOf(const T* __restrict from, const float* __restrict cb,
                                            const float* __restrict cr, int width,
                                            const RowFactors& f, T* __restrict to) {
    for (int x = 0; x < width; ++x) {
        const float light = (static_cast<float>(from[x]) - f.black) * f.luma;
        to[kChannels * x] = clamped<T>(light + f.redOfCr * cr[x]);
        to[kChannels * x + 1] = clamped<T>(light + f.greenOfCb * cb[x] + f.greenOfCr * cr[x]);
        to[kChannels * x + 2] = clamped<T>(light + f.blueOfCb * cb[x]);
    }
}

using Bytes = uint8_t __attribute__((vector_size(16)));

// Sixteen pixels of three planes, one after the other.
[[gnu::always_inline]] inline void interleave(const uint8_t* red, const uint8_t* green,
                                              const uint8_t* blue, uint8_t* to) {
    Bytes r, g, b;
    std::memcpy(&r, red, sizeof r);
    std::memcpy(&g, green, sizeof g);
    std::memcpy(&b, blue, sizeof b);
    // 0 to 15 are of the first, 16 to 31 of the second.
    const Bytes first =
        __builtin_shufflevector(r, g, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
    const Bytes second =
        __builtin_shufflevector(r, g, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
    const Bytes third =
        __builtin_shufflevector(r, g, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
    const Bytes out[3] = {
        __builtin_shufflevector(first, b, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15),
        __builtin_shufflevector(second, b, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15),
        __builtin_shufflevector(third, b, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14,
                                31)};
    std::memcpy(to, out, sizeof out);
}

US_WIDE void threeColors(const uint8_t* __restrict from, const float* __restrict cb,
                         const float* __restrict cr, int width, const RowFactors& f,
                         uint8_t* __restrict to) {
    // Planes first: a processor stores neighbours at once, but not every third.
    constexpr int kPiece = 128;
    uint8_t planes[3][kPiece];
    for (int start = 0; start < width; start += kPiece) {
        const int count = std::min(kPiece, width - start);
        for (int x = 0; x < count; ++x) {
            const int at = start + x;
            const float light = (static_cast<float>(from[at]) - f.black) * f.luma;
            planes[0][x] = clamped<uint8_t>(light + f.redOfCr * cr[at]);
            planes[1][x] = clamped<uint8_t>(light + f.greenOfCb * cb[at] + f.greenOfCr * cr[at]);
            planes[2][x] = clamped<uint8_t>(light + f.blueOfCb * cb[at]);
        }
        uint8_t* out = to + 3 * static_cast<size_t>(start);
        int x = 0;
        for (; x + 16 <= count; x += 16) {
            interleave(planes[0] + x, planes[1] + x, planes[2] + x, out + 3 * x);
        }
        for (; x < count; ++x) {
            for (int c = 0; c < 3; ++c) {
                out[3 * x + c] = planes[c][x];
            }
        }
    }
}
US_WIDE void threeColors(const uint16_t* from, const float* cb, const float* cr, int width,
                         const RowFactors& f, uint16_t* to) {
    colorsOf<3>(from, cb, cr, width, f, to);
}

US_WIDE void meanOfColors(const uint8_t* __restrict from, const float* __restrict cb,
                          const float* __restrict cr, int width, const RowFactors& f,
                          uint8_t* __restrict to) {
    const float ofCb = (f.greenOfCb + f.blueOfCb) / 3;
    const float ofCr = (f.redOfCr + f.greenOfCr) / 3;
    for (int x = 0; x < width; ++x) {
        const float light = (static_cast<float>(from[x]) - f.black) * f.luma;
        to[x] = clamped<uint8_t>(light + ofCb * cb[x] + ofCr * cr[x]);
    }
}

// Chroma between two rows, as numbers centred on zero.
template <class T>
[[gnu::always_inline]] inline void blended(const T* __restrict above, const T* __restrict below,
                                           int width, float first, float second, float zero,
                                           float* __restrict to) {
    for (int x = 0; x < width; ++x) {
        to[x] = first * static_cast<float>(above[x]) + second * static_cast<float>(below[x]) - zero;
    }
}
US_WIDE void blendRows(const uint8_t* above, const uint8_t* below, int width, float first,
                       float second, float zero, float* to) {
    blended(above, below, width, first, second, zero, to);
}
US_WIDE void blendRows(const uint16_t* above, const uint16_t* below, int width, float first,
                       float second, float zero, float* to) {
    blended(above, below, width, first, second, zero, to);
}

// Two of the full width for each chroma sample: `even` and `odd` weigh it and its neighbour.
US_WIDE void widen(const float* __restrict evenFrom, const float* __restrict oddFrom, int count,
                   Blend even, Blend odd, float* __restrict to) {
    for (int i = 0; i < count; ++i) {
        to[2 * i] = even.first * evenFrom[i] + even.second * evenFrom[i + 1];
        to[2 * i + 1] = odd.first * oddFrom[i] + odd.second * oddFrom[i + 1];
    }
}

template <class T>
class Decoder {
  public:
    Decoder(const YuvLayout& layout, const std::array<Plane, 4>& planes, int width, int height)
        : layout_(layout),
          planes_(planes),
          width_(width),
          height_(height),
          chromaWidth_((width + (1 << layout.chromaShiftX) - 1) >> layout.chromaShiftX),
          chromaHeight_((height + (1 << layout.chromaShiftY) - 1) >> layout.chromaShiftY),
          scale_(layout),
          blended_(static_cast<size_t>(chromaWidth_) + 2),
          cb_(static_cast<size_t>(width) + 2),
          cr_(static_cast<size_t>(width) + 2) {}

    Image run() {
        const int channels = planes_[3].data != nullptr ? 4 : 3;
        Image out(width_, height_, channels, sizeof(T) == 1 ? SampleType::u8 : SampleType::u16);
        const RowFactors f = factors();
        for (int y = 0; y < height_; ++y) {
            chromaRows(y);
            if (channels == 4) {
                colorsOf<4>(row(planes_[0], y), cb_.data(), cr_.data(), width_, f, out.row<T>(y));
                alphaRow(y, out.row<T>(y));
            } else {
                threeColors(row(planes_[0], y), cb_.data(), cr_.data(), width_, f, out.row<T>(y));
            }
        }
        return out;
    }

    Image grey() {
        Image out(width_, height_, 1, SampleType::u8);
        const RowFactors f = factors();
        for (int y = 0; y < height_; ++y) {
            chromaRows(y);
            meanOfColors(row(planes_[0], y), cb_.data(), cr_.data(), width_, f,
                         out.row<uint8_t>(y));
        }
        return out;
    }

  private:
    static constexpr float kTop = sizeof(T) == 1 ? 255.0F : 65535.0F;

    void chromaRows(int y) {
        if (planes_[1].data != nullptr) {
            chromaRow(planes_[1], y, cb_);
            chromaRow(planes_[2], y, cr_);
        }
    }

    const T* row(const Plane& plane, int y) const {
        return reinterpret_cast<const T*>(plane.data + y * plane.stride);
    }

    // One row of chroma at the full width, centred on zero.
    void chromaRow(const Plane& plane, int y, std::vector<float>& to) {
        float* middle = blended_.data() + 1;
        if (layout_.chromaShiftY == 0) {
            const T* from = row(plane, y);
            for (int x = 0; x < chromaWidth_; ++x) {
                middle[x] = static_cast<float>(from[x]) - scale_.chromaZero;
            }
        } else {
            const Blend blend = blendOf(y % 2 != 0, layout_.chromaTop);
            const int first = y / 2 + blend.offset;
            const T* above = row(plane, std::clamp(first, 0, chromaHeight_ - 1));
            const T* below = row(plane, std::clamp(first + 1, 0, chromaHeight_ - 1));
            blendRows(above, below, chromaWidth_, blend.first, blend.second, scale_.chromaZero,
                      middle);
        }
        if (layout_.chromaShiftX == 0) {
            std::copy_n(middle, width_, to.data());
            return;
        }
        middle[-1] = middle[0];
        middle[chromaWidth_] = middle[chromaWidth_ - 1];
        const Blend even = blendOf(false, layout_.chromaLeft);
        const Blend odd = blendOf(true, layout_.chromaLeft);
        widen(middle + even.offset, middle + odd.offset, chromaWidth_, even, odd, to.data());
    }

    RowFactors factors() const {
        const Coefficients k = coefficientsOf(layout_.matrix);
        const double chroma = kTop / scale_.chromaRange;
        RowFactors f;
        f.black = scale_.lumaBlack;
        f.luma = kTop / scale_.lumaRange;
        f.redOfCr = static_cast<float>(chroma * 2 * (1 - k.red));
        f.blueOfCb = static_cast<float>(chroma * 2 * (1 - k.blue));
        f.greenOfCb = static_cast<float>(-chroma * 2 * (1 - k.blue) * k.blue / k.green());
        f.greenOfCr = static_cast<float>(-chroma * 2 * (1 - k.red) * k.red / k.green());
        return f;
    }

    // Alpha always uses the full range.
    void alphaRow(int y, T* to) const {
        const T* from = row(planes_[3], y);
        for (int x = 0; x < width_; ++x) {
            to[4 * x + 3] = clamped<T>(static_cast<float>(from[x]) * (kTop / scale_.top));
        }
    }

    const YuvLayout& layout_;
    const std::array<Plane, 4>& planes_;
    int width_;
    int height_;
    int chromaWidth_;
    int chromaHeight_;
    Scale scale_;
    std::vector<float> blended_;
    std::vector<float> cb_;
    std::vector<float> cr_;
};

template <class T>
class Encoder {
  public:
    Encoder(const Image& rgb, const YuvLayout& layout, const std::array<WritablePlane, 3>& planes)
        : rgb_(rgb), layout_(layout), planes_(planes), scale_(layout) {
        for (int i = 0; i < 2; ++i) {
            cb_[i].resize(static_cast<size_t>(rgb.width()) + 2);
            cr_[i].resize(static_cast<size_t>(rgb.width()) + 2);
        }
        for (std::vector<float>& color : colors_) {
            color.resize(static_cast<size_t>(rgb.width()));
        }
    }

    void run() {
        for (int y = 0; y < rgb_.height(); ++y) {
            const int line = layout_.chromaShiftY == 0 ? 0 : y % 2;
            convertRow(y, cb_[line].data() + 1, cr_[line].data() + 1);
            if (layout_.chromaShiftY == 0) {
                storeChroma(planes_[1], y, cb_[0], cb_[0]);
                storeChroma(planes_[2], y, cr_[0], cr_[0]);
            } else if (line == 1) {
                storeChroma(planes_[1], y / 2, cb_[0], cb_[1]);
                storeChroma(planes_[2], y / 2, cr_[0], cr_[1]);
            }
        }
    }

  private:
    T rounded(float value) const {
        return static_cast<T>(
            static_cast<int32_t>(std::min(std::max(value, 0.0F), scale_.top) + 0.5F));
    }

    // Splits a row into its colours, limited to [0, 1].
    template <class S, class Value>
    void split(const S* from, Value value) {
        const int width = rgb_.width();
        const int channels = rgb_.channels();
        for (int c = 0; c < 3; ++c) {
            const S* sample = from + (channels < 3 ? 0 : c);
            float* to = colors_[static_cast<size_t>(c)].data();
            for (int x = 0; x < width; ++x) {
                to[x] = std::min(std::max(0.0F, value(sample[x * channels])), 1.0F);
            }
        }
    }

    void splitRow(int y) {
        switch (rgb_.type()) {
            case SampleType::u8:
                split(rgb_.row<uint8_t>(y),
                      [](uint8_t v) { return static_cast<float>(v) * (1.0F / 255); });
                break;
            case SampleType::u16:
                split(rgb_.row<uint16_t>(y),
                      [](uint16_t v) { return static_cast<float>(v) * (1.0F / 65535); });
                break;
            case SampleType::f16:
                split(rgb_.row<uint16_t>(y), [](uint16_t v) { return floatFromHalf(v); });
                break;
            default:
                split(rgb_.row<float>(y), [](float v) { return v; });
        }
    }

    // Stores luma, and leaves chroma of the row in [-0.5, 0.5] with its ends repeated.
    void convertRow(int y, float* cb, float* cr) {
        splitRow(y);
        const Coefficients k = coefficientsOf(layout_.matrix);
        const auto red = static_cast<float>(k.red);
        const auto green = static_cast<float>(k.green());
        const auto blue = static_cast<float>(k.blue);
        const auto cbScale = static_cast<float>(0.5 / (1 - k.blue));
        const auto crScale = static_cast<float>(0.5 / (1 - k.red));
        T* luma = reinterpret_cast<T*>(planes_[0].data + y * planes_[0].stride);
        const float* r = colors_[0].data();
        const float* g = colors_[1].data();
        const float* b = colors_[2].data();
        const int width = rgb_.width();
        for (int x = 0; x < width; ++x) {
            const float light = red * r[x] + green * g[x] + blue * b[x];
            luma[x] = rounded(scale_.lumaBlack + scale_.lumaRange * light);
            cb[x] = (b[x] - light) * cbScale;
            cr[x] = (r[x] - light) * crScale;
        }
        cb[-1] = cb[0];
        cr[-1] = cr[0];
        cb[width] = cb[width - 1];
        cr[width] = cr[width - 1];
    }

    void storeChroma(const WritablePlane& plane, int y, const std::vector<float>& above,
                     const std::vector<float>& below) const {
        T* to = reinterpret_cast<T*>(plane.data + y * plane.stride);
        const int width = rgb_.width() >> layout_.chromaShiftX;
        // Quarters for sited left, halves of a pair for sited between.
        const float side = layout_.chromaLeft ? 0.25F : 0.0F;
        for (int x = 0; x < width; ++x) {
            float value;
            if (layout_.chromaShiftX == 0) {
                const auto i = static_cast<size_t>(x + 1);
                value = 0.5F * (above[i] + below[i]);
            } else {
                const auto i = static_cast<size_t>(2 * x + 1);
                const float left = above[i - 1] + below[i - 1];
                const float middle = above[i] + below[i];
                const float right = above[i + 1] + below[i + 1];
                value = 0.5F * (side * left + 0.5F * middle + (0.5F - side) * right);
            }
            to[x] = rounded(scale_.chromaZero + scale_.chromaRange * value);
        }
    }

    const Image& rgb_;
    const YuvLayout& layout_;
    const std::array<WritablePlane, 3>& planes_;
    Scale scale_;
    std::array<std::vector<float>, 2> cb_;
    std::array<std::vector<float>, 2> cr_;
    std::array<std::vector<float>, 3> colors_;
};

}  // namespace

bool knownMatrix(int matrix) {
    return matrix == 1 || matrix == 4 || matrix == 5 || matrix == 6 || matrix == 7 || matrix == 9;
}

Image rgbFromYuv(const YuvLayout& layout, const std::array<Plane, 4>& planes, int width,
                 int height) {
    if (layout.depth > 8) {
        return Decoder<uint16_t>(layout, planes, width, height).run();
    }
    return Decoder<uint8_t>(layout, planes, width, height).run();
}

Image greyFromYuv(const YuvLayout& layout, const std::array<Plane, 4>& planes, int width,
                  int height) {
    US_CHECK(layout.depth == 8);
    return Decoder<uint8_t>(layout, planes, width, height).grey();
}

void yuvFromRgb(const Image& rgb, const YuvLayout& layout,
                const std::array<WritablePlane, 3>& planes) {
    US_CHECK(layout.chromaShiftX == 0 || rgb.width() % 2 == 0);
    US_CHECK(layout.chromaShiftY == 0 || rgb.height() % 2 == 0);
    if (layout.depth > 8) {
        Encoder<uint16_t>(rgb, layout, planes).run();
    } else {
        Encoder<uint8_t>(rgb, layout, planes).run();
    }
}

}  // namespace understudy::media
