#include "media/frame/image.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "media/frame/half.h"

namespace understudy::media {

namespace {

size_t samplesPerRow(const Image& image) {
    return static_cast<size_t>(image.width()) * image.channels();
}

template <class T>
void scaleToFloat(const Image& image, Image& out) {
    const float scale = 1.0F / static_cast<float>(std::numeric_limits<T>::max());
    for (int y = 0; y < image.height(); ++y) {
        const T* from = image.row<T>(y);
        float* to = out.row<float>(y);
        for (size_t i = 0; i < samplesPerRow(image); ++i) {
            to[i] = static_cast<float>(from[i]) * scale;
        }
    }
}

template <class T>
void scaleFromFloat(const Image& image, Image& out) {
    const auto top = static_cast<float>(std::numeric_limits<T>::max());
    for (int y = 0; y < image.height(); ++y) {
        const float* from = image.row<float>(y);
        T* to = out.row<T>(y);
        for (size_t i = 0; i < samplesPerRow(image); ++i) {
            // The order of the arguments makes 0 of what is not a number.
            const float value = std::min(std::max(0.0F, from[i]), 1.0F);
            to[i] = static_cast<T>(static_cast<int32_t>(value * top + 0.5F));
        }
    }
}

void halfToFloat(const Image& image, Image& out) {
    for (int y = 0; y < image.height(); ++y) {
        const uint16_t* from = image.row<uint16_t>(y);
        float* to = out.row<float>(y);
        for (size_t i = 0; i < samplesPerRow(image); ++i) {
            to[i] = floatFromHalf(from[i]);
        }
    }
}

void floatToHalf(const Image& image, Image& out) {
    for (int y = 0; y < image.height(); ++y) {
        const float* from = image.row<float>(y);
        uint16_t* to = out.row<uint16_t>(y);
        for (size_t i = 0; i < samplesPerRow(image); ++i) {
            // A bright but finite pixel must not become an infinity that spreads in comp.
            const float value =
                std::isfinite(from[i]) ? std::clamp(from[i], -kHalfMax, kHalfMax) : from[i];
            to[i] = halfFromFloat(value);
        }
    }
}

}  // namespace

Image toFloat(const Image& image) {
    if (image.type() == SampleType::f32 || image.empty()) {
        return image;
    }
    Image out(image.width(), image.height(), image.channels(), SampleType::f32);
    switch (image.type()) {
        case SampleType::u8:
            scaleToFloat<uint8_t>(image, out);
            break;
        case SampleType::u16:
            scaleToFloat<uint16_t>(image, out);
            break;
        default:
            halfToFloat(image, out);
    }
    return out;
}

Image fromFloat(const Image& image, SampleType type) {
    if (type == SampleType::f32 || image.empty()) {
        return image;
    }
    US_CHECK(image.type() == SampleType::f32);
    Image out(image.width(), image.height(), image.channels(), type);
    switch (type) {
        case SampleType::u8:
            scaleFromFloat<uint8_t>(image, out);
            break;
        case SampleType::u16:
            scaleFromFloat<uint16_t>(image, out);
            break;
        default:
            floatToHalf(image, out);
    }
    return out;
}

}  // namespace understudy::media
