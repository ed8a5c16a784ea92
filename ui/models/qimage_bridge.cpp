// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/qimage_bridge.h"

#include <algorithm>
#include <array>
#include <cmath>

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

uint8_t floatByte(float value, bool linear) {
    const float clamped = value > 0 ? std::min(value, 1.0f) : 0.0f;  // NaN becomes 0
    return linear ? displayTable()[static_cast<size_t>(std::sqrt(clamped) * 4096)]
                  : static_cast<uint8_t>(clamped * 255 + 0.5f);
}

// What each of the samples of 16 bits is on the screen.
using WordTable = std::array<uint8_t, 65536>;
template <class ValueOf>
WordTable wordTable(bool linear, ValueOf valueOf) {
    WordTable table{};
    for (uint32_t i = 0; i < table.size(); ++i) {
        table[i] = floatByte(valueOf(static_cast<uint16_t>(i)), linear);
    }
    return table;
}

const WordTable& tableFor(media::SampleType type, bool linear) {
    const auto half = [](uint16_t word) { return media::floatFromHalf(word); };
    const auto whole = [](uint16_t word) { return static_cast<float>(word) / 65535; };
    static const WordTable halves = wordTable(false, half);
    static const WordTable lightHalves = wordTable(true, half);
    static const WordTable wholes = wordTable(false, whole);
    static const WordTable lightWholes = wordTable(true, whole);
    return type == media::SampleType::f16 ? (linear ? lightHalves : halves)
                                          : (linear ? lightWholes : wholes);
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

}  // namespace

QImage toQImage(const media::Image& image, const media::ColorEncoding& encoding) {
    if (image.empty()) {
        return {};
    }
    const bool linear = encoding.sceneLinear();
    switch (image.type()) {
        case media::SampleType::u8:
            return linear
                       ? converted<uint8_t>(
                             image,
                             [](uint8_t v) { return floatByte(static_cast<float>(v) / 255, true); })
                       : converted<uint8_t>(image, [](uint8_t v) { return v; });
        case media::SampleType::u16:
        case media::SampleType::f16:
            return converted<uint16_t>(
                image, [&table = tableFor(image.type(), linear)](uint16_t v) { return table[v]; });
        case media::SampleType::f32:
            break;
    }
    return converted<float>(image, [linear](float v) { return floatByte(v, linear); });
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
