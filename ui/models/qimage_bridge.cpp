// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/qimage_bridge.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/color/color_transforms.h"
#include "media/frame/half.h"

namespace understudy::ui {
namespace {

uint8_t displayByte(float linear) {
    const float v = std::clamp(linear, 0.0f, 1.0f);
    const float encoded = v <= 0.0031308f ? 12.92f * v : 1.055f * std::pow(v, 1.0f / 2.4f) - 0.055f;
    return static_cast<uint8_t>(std::lround(encoded * 255));
}

// The sRGB curve over 4096 steps of sqrt(v): fine enough in the darks that 8 bits do not band.
const std::array<uint8_t, 4097>& displayTable() {
    static const std::array<uint8_t, 4097> table = [] {
        std::array<uint8_t, 4097> made{};
        for (size_t i = 0; i < made.size(); ++i) {
            const float root = static_cast<float>(i) / 4096;
            made[i] = displayByte(root * root);
        }
        return made;
    }();
    return table;
}

uint8_t lightByte(float light) {
    const float clamped = light > 0 ? std::min(light, 1.0f) : 0.0f;  // NaN becomes 0
    return displayTable()[static_cast<size_t>(std::sqrt(clamped) * 4096)];
}

uint8_t floatByte(float value) {
    const float clamped = value > 0 ? std::min(value, 1.0f) : 0.0f;
    return static_cast<uint8_t>(clamped * 255 + 0.5f);
}

float halfValue(uint16_t word) {
    return media::mixable(media::floatFromHalf(word));
}
float wholeValue(uint16_t word) {
    return static_cast<float>(word) / 65535;
}

// What each of the samples of 16 bits is.
template <class Value>
std::array<Value, 65536> wordTable(Value (*valueOf)(uint16_t)) {
    std::array<Value, 65536> table{};
    for (uint32_t i = 0; i < table.size(); ++i) {
        table[i] = valueOf(static_cast<uint16_t>(i));
    }
    return table;
}

const std::array<uint8_t, 65536>& bytesOf(media::SampleType type) {
    static const auto halves =
        wordTable<uint8_t>([](uint16_t v) { return floatByte(halfValue(v)); });
    static const auto wholes =
        wordTable<uint8_t>([](uint16_t v) { return floatByte(wholeValue(v)); });
    return type == media::SampleType::f16 ? halves : wholes;
}

const std::array<float, 65536>& valuesOf(media::SampleType type) {
    static const auto halves = wordTable<float>(halfValue);
    static const auto wholes = wordTable<float>(wholeValue);
    return type == media::SampleType::f16 ? halves : wholes;
}

template <class Sample, class Byte>
void convertRow(const Sample* from, int channels, int width, Byte byte, QRgb* to) {
    for (int x = 0; x < width; ++x, from += channels) {
        to[x] = channels >= 3 ? qRgb(byte(from[0]), byte(from[1]), byte(from[2]))
                              : qRgb(byte(from[0]), byte(from[0]), byte(from[0]));
    }
}

template <class Sample, class Byte>
QImage converted(const media::Image& image, Byte byte) {
    QImage out(image.width(), image.height(), QImage::Format_RGB32);
    for (int y = 0; y < image.height(); ++y) {
        convertRow(image.row<Sample>(y), image.channels(), image.width(), byte,
                   reinterpret_cast<QRgb*>(out.scanLine(y)));
    }
    return out;
}

// Scene-linear samples, told by `value`, on a display with Rec.709's primaries.
template <class Sample, class Value>
QImage rendered(const media::Image& image, Value value) {
    const media::Primaries& primaries = media::rec709FromAcescg();
    const int step = image.channels();
    QImage out(image.width(), image.height(), QImage::Format_RGB32);
    for (int y = 0; y < image.height(); ++y) {
        const Sample* from = image.row<Sample>(y);
        auto* to = reinterpret_cast<QRgb*>(out.scanLine(y));
        for (int x = 0; x < image.width(); ++x, from += step) {
            const float red = value(from[0]);
            if (step < 3) {
                const uint8_t grey = lightByte(red);
                to[x] = qRgb(grey, grey, grey);
                continue;
            }
            const float green = value(from[1]), blue = value(from[2]);
            const auto mixed = [&](const std::array<float, 3>& row) {
                return lightByte(row[0] * red + row[1] * green + row[2] * blue);
            };
            to[x] = qRgb(mixed(primaries[0]), mixed(primaries[1]), mixed(primaries[2]));
        }
    }
    return out;
}

}  // namespace

QImage toQImage(const media::Image& image, const media::ColorEncoding& encoding) {
    if (image.empty()) {
        return {};
    }
    const bool light = encoding.sceneLinear();
    switch (image.type()) {
        case media::SampleType::u8:
            return light ? rendered<uint8_t>(image,
                                             [](uint8_t v) { return static_cast<float>(v) / 255; })
                         : converted<uint8_t>(image, [](uint8_t v) { return v; });
        case media::SampleType::u16:
        case media::SampleType::f16:
            return light ? rendered<uint16_t>(image, [&values = valuesOf(image.type())](
                                                         uint16_t v) { return values[v]; })
                         : converted<uint16_t>(image, [&bytes = bytesOf(image.type())](uint16_t v) {
                               return bytes[v];
                           });
        case media::SampleType::f32:
            break;
    }
    return light ? rendered<float>(image, media::mixable) : converted<float>(image, floatByte);
}

QImage rgbBytesToQImage(const std::byte* pixels, int width, int height) {
    QImage out(width, height, QImage::Format_RGB32);
    const auto* bytes = reinterpret_cast<const uint8_t*>(pixels);
    for (int y = 0; y < height; ++y) {
        convertRow(
            bytes + static_cast<size_t>(y) * width * 3, 3, width, [](uint8_t v) { return v; },
            reinterpret_cast<QRgb*>(out.scanLine(y)));
    }
    return out;
}

QImage fittedInto(const QImage& image, QSize box) {
    if (image.isNull() || box.isEmpty()) {
        return image;
    }
    return image.scaled(box, Qt::KeepAspectRatio, Qt::SmoothTransformation)
        .convertToFormat(QImage::Format_RGB32);
}

}  // namespace understudy::ui
