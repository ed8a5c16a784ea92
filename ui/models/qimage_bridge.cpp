// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/qimage_bridge.h"

#include <algorithm>
#include <array>
#include <cmath>

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

void copyBytes(const uint8_t* from, int channels, int width, QRgb* to) {
    for (int x = 0; x < width; ++x, from += channels) {
        to[x] = channels >= 3 ? qRgb(from[0], from[1], from[2]) : qRgb(from[0], from[0], from[0]);
    }
}

void convertFloats(const float* from, int channels, int width, bool linear, QRgb* to) {
    const auto& table = displayTable();
    const auto byte = [&](float v) -> int {
        const float clamped = v > 0 ? std::min(v, 1.0f) : 0.0f;  // NaN becomes 0
        return linear ? table[static_cast<size_t>(std::sqrt(clamped) * 4096)]
                      : static_cast<int>(clamped * 255 + 0.5f);
    };
    for (int x = 0; x < width; ++x, from += channels) {
        to[x] = channels >= 3 ? qRgb(byte(from[0]), byte(from[1]), byte(from[2]))
                              : qRgb(byte(from[0]), byte(from[0]), byte(from[0]));
    }
}

}  // namespace

QImage toQImage(const media::Image& image, const media::ColorEncoding& encoding) {
    if (image.empty()) {
        return {};
    }
    QImage out(image.width(), image.height(), QImage::Format_RGB32);
    if (image.type() == media::SampleType::u8 && !encoding.sceneLinear()) {
        for (int y = 0; y < image.height(); ++y) {
            copyBytes(image.row<uint8_t>(y), image.channels(), image.width(),
                      reinterpret_cast<QRgb*>(out.scanLine(y)));
        }
        return out;
    }
    const media::Image floats = media::toFloat(image);
    for (int y = 0; y < floats.height(); ++y) {
        convertFloats(floats.row<float>(y), floats.channels(), floats.width(),
                      encoding.sceneLinear(), reinterpret_cast<QRgb*>(out.scanLine(y)));
    }
    return out;
}

QImage rgbBytesToQImage(const std::byte* pixels, int width, int height) {
    QImage out(width, height, QImage::Format_RGB32);
    const auto* bytes = reinterpret_cast<const uint8_t*>(pixels);
    for (int y = 0; y < height; ++y) {
        copyBytes(bytes + static_cast<size_t>(y) * width * 3, 3, width,
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
