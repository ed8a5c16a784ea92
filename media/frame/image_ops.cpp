#include "media/frame/image_ops.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "media/frame/half.h"

namespace understudy::media {

namespace {

// One sample of the type's full value, for an opaque alpha.
template <class T>
T opaqueSample(SampleType type) {
    if constexpr (std::is_same_v<T, float>) {
        return 1.0F;
    } else if (type == SampleType::f16) {
        return static_cast<T>(halfFromFloat(1.0F));
    } else {
        return static_cast<T>(~T{0});
    }
}

template <class T>
float lumaOf(const T* rgb, SampleType type) {
    const auto value = [type](T sample) {
        if constexpr (std::is_same_v<T, uint16_t>) {
            return type == SampleType::f16 ? floatFromHalf(sample) : static_cast<float>(sample);
        } else {
            return static_cast<float>(sample);
        }
    };
    return 0.2126F * value(rgb[0]) + 0.7152F * value(rgb[1]) + 0.0722F * value(rgb[2]);
}

template <class T>
T sampleOfLuma(float luma, SampleType type) {
    if constexpr (std::is_same_v<T, float>) {
        return luma;
    } else if (type == SampleType::f16) {
        return static_cast<T>(halfFromFloat(luma));
    } else {
        return static_cast<T>(luma + 0.5F);
    }
}

template <class T>
void convertChannelsOf(const Image& image, Image& out) {
    const int from = image.channels();
    const int to = out.channels();
    const T opaque = opaqueSample<T>(image.type());
    const bool fromColour = from >= 3;
    const bool toColour = to >= 3;
    for (int y = 0; y < image.height(); ++y) {
        const T* in = image.row<T>(y);
        T* result = out.row<T>(y);
        for (int x = 0; x < image.width(); ++x, in += from, result += to) {
            if (toColour) {
                for (int c = 0; c < 3; ++c) {
                    result[c] = in[fromColour ? c : 0];
                }
            } else {
                result[0] =
                    fromColour ? sampleOfLuma<T>(lumaOf(in, image.type()), image.type()) : in[0];
            }
            if (to % 2 == 0) {
                result[to - 1] = from % 2 == 0 ? in[from - 1] : opaque;
            }
        }
    }
}

// How an output pixel is made up of input pixels along one axis.
struct AreaSpan {
    int first = 0;
    std::vector<float> weights;
};

std::vector<AreaSpan> areaSpans(int from, int to) {
    std::vector<AreaSpan> spans(static_cast<size_t>(to));
    const double step = static_cast<double>(from) / to;
    for (int i = 0; i < to; ++i) {
        const double low = i * step;
        const double high = std::min<double>(from, (i + 1) * step);
        AreaSpan& span = spans[static_cast<size_t>(i)];
        span.first = static_cast<int>(low);
        for (int x = span.first; x < high && x < from; ++x) {
            const double covered = std::min<double>(high, x + 1) - std::max<double>(low, x);
            span.weights.push_back(static_cast<float>(covered / step));
        }
    }
    return spans;
}

// Runs `work` on a float copy, and returns its result in the type of `image`.
template <class Work>
Image inFloat(const Image& image, Work work) {
    return fromFloat(work(toFloat(image)), image.type());
}

std::vector<float> gaussianWeights(double sigma) {
    const int radius = std::max(1, static_cast<int>(std::ceil(3 * sigma)));
    std::vector<float> weights(static_cast<size_t>(2 * radius + 1));
    double sum = 0;
    for (int i = -radius; i <= radius; ++i) {
        sum += std::exp(-0.5 * i * i / (sigma * sigma));
    }
    for (int i = -radius; i <= radius; ++i) {
        weights[static_cast<size_t>(i + radius)] =
            static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma)) / sum);
    }
    return weights;
}

void addScaled(const float* from, float weight, float* to, size_t count) {
    for (size_t i = 0; i < count; ++i) {
        to[i] += weight * from[i];
    }
}

Image blurColumns(const Image& in, const std::vector<float>& weights, Border border) {
    const int radius = static_cast<int>(weights.size() / 2);
    const size_t samples = static_cast<size_t>(in.width()) * in.channels();
    Image out(in.width(), in.height(), in.channels(), SampleType::f32);
    for (int y = 0; y < in.height(); ++y) {
        for (int i = -radius; i <= radius; ++i) {
            const int from = y + i;
            if ((from < 0 || from >= in.height()) && border == Border::zero) {
                continue;
            }
            addScaled(in.row<float>(std::clamp(from, 0, in.height() - 1)),
                      weights[static_cast<size_t>(i + radius)], out.row<float>(y), samples);
        }
    }
    return out;
}

Image blurRows(const Image& in, const std::vector<float>& weights, Border border) {
    const int radius = static_cast<int>(weights.size() / 2);
    const int channels = in.channels();
    const size_t samples = static_cast<size_t>(in.width()) * channels;
    std::vector<float> padded(samples + static_cast<size_t>(2 * radius) * channels, 0.0F);
    float* middle = padded.data() + static_cast<size_t>(radius) * channels;
    Image out(in.width(), in.height(), channels, SampleType::f32);
    for (int y = 0; y < in.height(); ++y) {
        std::memcpy(middle, in.row<float>(y), samples * sizeof(float));
        if (border == Border::replicate) {
            const float* last = middle + samples - channels;
            for (int i = 0; i < radius * channels; ++i) {
                padded[static_cast<size_t>(i)] = middle[i % channels];
                middle[samples + static_cast<size_t>(i)] = last[i % channels];
            }
        }
        for (size_t i = 0; i < weights.size(); ++i) {
            addScaled(padded.data() + i * channels, weights[i], out.row<float>(y), samples);
        }
    }
    return out;
}

}  // namespace

Image convertType(const Image& image, SampleType type) {
    return image.type() == type ? image : fromFloat(toFloat(image), type);
}

Image convertChannels(const Image& image, int channels) {
    US_CHECK(!image.empty());
    if (image.channels() == channels) {
        return image;
    }
    Image out(image.width(), image.height(), channels, image.type());
    switch (bytesPerSample(image.type())) {
        case 1:
            convertChannelsOf<uint8_t>(image, out);
            break;
        case 2:
            convertChannelsOf<uint16_t>(image, out);
            break;
        default:
            convertChannelsOf<float>(image, out);
    }
    return out;
}

Image crop(const Image& image, int x, int y, int width, int height) {
    US_CHECK(x >= 0 && y >= 0 && x + width <= image.width() && y + height <= image.height());
    Image out(width, height, image.channels(), image.type());
    const size_t pixel = bytesPerSample(image.type()) * static_cast<size_t>(image.channels());
    for (int row = 0; row < height; ++row) {
        std::memcpy(out.data() + static_cast<size_t>(row) * out.rowBytes(),
                    image.data() + static_cast<size_t>(y + row) * image.rowBytes() +
                        static_cast<size_t>(x) * pixel,
                    out.rowBytes());
    }
    return out;
}

Image orient(Image image, int orientation) {
    US_CHECK(orientation >= 1 && orientation <= 8);
    if (orientation == 1 || image.empty()) {
        return image;
    }
    const bool swapped = orientation >= 5;
    const int width = swapped ? image.height() : image.width();
    const int height = swapped ? image.width() : image.height();
    Image out(width, height, image.channels(), image.type());
    const size_t pixel = bytesPerSample(image.type()) * static_cast<size_t>(image.channels());
    // Mirrored along the stored picture's own axes.
    const bool mirrorX =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool mirrorY =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    for (int y = 0; y < height; ++y) {
        std::byte* to = out.data() + static_cast<size_t>(y) * out.rowBytes();
        for (int x = 0; x < width; ++x, to += pixel) {
            int fromX = swapped ? y : x;
            int fromY = swapped ? x : y;
            fromX = mirrorX ? image.width() - 1 - fromX : fromX;
            fromY = mirrorY ? image.height() - 1 - fromY : fromY;
            std::memcpy(to,
                        image.data() + static_cast<size_t>(fromY) * image.rowBytes() +
                            static_cast<size_t>(fromX) * pixel,
                        pixel);
        }
    }
    return out;
}

Image shrinkByArea(const Image& image, int width, int height) {
    US_CHECK(width > 0 && height > 0 && width <= image.width() && height <= image.height());
    return inFloat(image, [&](const Image& in) {
        const std::vector<AreaSpan> columns = areaSpans(in.width(), width);
        const std::vector<AreaSpan> rows = areaSpans(in.height(), height);
        const int channels = in.channels();
        const size_t samples = static_cast<size_t>(in.width()) * channels;
        std::vector<float> sum(samples);
        Image out(width, height, channels, SampleType::f32);
        for (int y = 0; y < height; ++y) {
            const AreaSpan& span = rows[static_cast<size_t>(y)];
            std::fill(sum.begin(), sum.end(), 0.0F);
            for (size_t i = 0; i < span.weights.size(); ++i) {
                addScaled(in.row<float>(span.first + static_cast<int>(i)), span.weights[i],
                          sum.data(), samples);
            }
            float* to = out.row<float>(y);
            for (const AreaSpan& column : columns) {
                for (int c = 0; c < channels; ++c) {
                    const float* from = sum.data() + static_cast<size_t>(column.first) * channels;
                    float value = 0;
                    for (const float weight : column.weights) {
                        value += weight * from[c];
                        from += channels;
                    }
                    *to++ = value;
                }
            }
        }
        return out;
    });
}

Image gaussianBlur(const Image& image, double sigma, Border border) {
    if (sigma <= 0) {
        return image;
    }
    const std::vector<float> weights = gaussianWeights(sigma);
    return inFloat(image, [&](const Image& in) {
        return blurColumns(blurRows(in, weights, border), weights, border);
    });
}

}  // namespace understudy::media
