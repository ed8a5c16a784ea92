// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/picture_look.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "media/color/color_transforms.h"
#include "media/frame/image_ops.h"
#include "ui/models/qimage_bridge.h"

namespace understudy::ui {
namespace {

struct LookText {
    Q_DECLARE_TR_FUNCTIONS(LookText)
};

double linearOf(double display) {
    return display <= 0.04045 ? display / 12.92 : std::pow((display + 0.055) / 1.055, 2.4);
}

double displayOf(double linear) {
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
}

uint8_t byteOf(double display, double gamma) {
    return static_cast<uint8_t>(
        std::lround(255 * std::pow(std::clamp(display, 0.0, 1.0), 1 / gamma)));
}

QRgb chosen(int red, int green, int blue, int alpha, PictureChannel channel) {
    switch (channel) {
        case PictureChannel::color:
            return qRgb(red, green, blue);
        case PictureChannel::red:
            return qRgb(red, red, red);
        case PictureChannel::green:
            return qRgb(green, green, green);
        case PictureChannel::blue:
            return qRgb(blue, blue, blue);
        case PictureChannel::alpha:
            return qRgb(alpha, alpha, alpha);
        case PictureChannel::luma:
            break;
    }
    // Rec. 709
    const int luma = (red * 2126 + green * 7152 + blue * 722 + 5000) / 10000;
    return qRgb(luma, luma, luma);
}

QImage fromBytes(const QImage& image, const PictureLook& look) {
    std::array<uint8_t, 256> table{};
    const double gain = std::exp2(look.exposure);
    for (size_t i = 0; i < table.size(); ++i) {
        const double v = static_cast<double>(i) / 255;
        table[i] = byteOf(look.exposure == 0 ? v : displayOf(gain * linearOf(v)), look.gamma);
    }
    QImage out(image.size(), QImage::Format_RGB32);
    for (int y = 0; y < image.height(); ++y) {
        const auto* from = reinterpret_cast<const QRgb*>(image.constScanLine(y));
        auto* to = reinterpret_cast<QRgb*>(out.scanLine(y));
        for (int x = 0; x < image.width(); ++x) {
            to[x] = chosen(table[static_cast<size_t>(qRed(from[x]))],
                           table[static_cast<size_t>(qGreen(from[x]))],
                           table[static_cast<size_t>(qBlue(from[x]))], 255, look.channel);
        }
    }
    return out;
}

int alphaByte(float alpha) {
    return static_cast<int>(std::lround(255 * std::clamp(alpha, 0.0f, 1.0f)));
}

// Over the square root of a linear value from 0 to 1: fine in the darks.
std::array<uint8_t, 4097> linearTable(const PictureLook& look) {
    std::array<uint8_t, 4097> table{};
    for (size_t i = 0; i < table.size(); ++i) {
        const double root = static_cast<double>(i) / 4096;
        table[i] = byteOf(displayOf(root * root), look.gamma);
    }
    return table;
}

// Through a view, row by row.
QImage viewed(const media::Image& floats, const PictureLook& look) {
    const auto gain = static_cast<float>(std::exp2(look.exposure));
    const auto gamma = static_cast<float>(1 / look.gamma);
    const auto byte = [&](float shown) {
        return static_cast<int>(std::lround(255 * (gamma == 1 ? shown : std::pow(shown, gamma))));
    };
    const int channels = floats.channels();
    std::vector<float> row(3 * static_cast<size_t>(floats.width()));
    QImage out(floats.width(), floats.height(), QImage::Format_RGB32);
    for (int y = 0; y < floats.height(); ++y) {
        const float* from = floats.row<float>(y);
        for (int i = 0; i < 3 * floats.width(); ++i) {
            row[static_cast<size_t>(i)] =
                gain * from[i / 3 * channels + (channels >= 3 ? i % 3 : 0)];
        }
        look.view->apply(row.data(), floats.width());
        auto* to = reinterpret_cast<QRgb*>(out.scanLine(y));
        const float* shown = row.data();
        for (int x = 0; x < floats.width(); ++x, shown += 3, from += channels) {
            to[x] = chosen(byte(shown[0]), byte(shown[1]), byte(shown[2]),
                           channels == 4 ? alphaByte(from[3]) : 255, look.channel);
        }
    }
    return out;
}

// As toQImage() renders it, after exposure and before gamma. One channel is that of the file.
QImage fromDeep(const media::Frame& frame, const PictureLook& look) {
    const media::Image floats = media::toFloat(frame.pixels);
    const bool linear = frame.encoding.sceneLinear();
    if (look.view != nullptr && linear) {
        return viewed(floats, look);
    }
    const auto table = linearTable(look);
    const bool mixed =
        linear && (look.channel == PictureChannel::color || look.channel == PictureChannel::luma);
    const media::Primaries primaries =
        mixed ? media::rec709FromAcescg() : media::Primaries{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    const auto gain = static_cast<float>(std::exp2(look.exposure));
    const auto lightOf = [&](float value) {
        return gain *
               media::mixable(linear ? value : static_cast<float>(linearOf(std::max(0.0f, value))));
    };
    const int channels = floats.channels();
    QImage out(floats.width(), floats.height(), QImage::Format_RGB32);
    for (int y = 0; y < floats.height(); ++y) {
        const float* from = floats.row<float>(y);
        auto* to = reinterpret_cast<QRgb*>(out.scanLine(y));
        for (int x = 0; x < floats.width(); ++x, from += channels) {
            const float red = lightOf(from[0]);
            const float green = channels >= 3 ? lightOf(from[1]) : red;
            const float blue = channels >= 3 ? lightOf(from[2]) : red;
            const auto byte = [&](const std::array<float, 3>& row) -> int {
                const float light = row[0] * red + row[1] * green + row[2] * blue;
                const float clamped = light > 0 ? std::min(light, 1.0f) : 0.0f;
                return table[static_cast<size_t>(std::sqrt(clamped) * 4096)];
            };
            to[x] = chosen(byte(primaries[0]), byte(primaries[1]), byte(primaries[2]),
                           channels == 4 ? alphaByte(from[3]) : 255, look.channel);
        }
    }
    return out;
}

}  // namespace

bool alters(const PictureLook& look, const media::Frame* deep) {
    return !look.neutral() ||
           (look.view != nullptr && deep != nullptr && deep->encoding.sceneLinear());
}

QImage developed(const QImage& image, const media::Frame* deep, const PictureLook& look) {
    if (image.isNull() || !alters(look, deep)) {
        return image;
    }
    return deep != nullptr ? fromDeep(*deep, look) : fromBytes(image, look);
}

QImage shownThrough(const media::Frame& frame,
                    const std::shared_ptr<const media::DisplayView>& view) {
    const PictureLook look{.view = view};
    return alters(look, &frame) ? fromDeep(frame, look) : toQImage(frame);
}

QImage differenceOf(const QImage& a, const QImage& b, int factor) {
    if (a.isNull() || a.size() != b.size()) {
        return {};
    }
    QImage out(a.size(), QImage::Format_RGB32);
    const int bytes = 4 * a.width();
    for (int y = 0; y < a.height(); ++y) {
        const uchar* one = a.constScanLine(y);
        const uchar* two = b.constScanLine(y);
        uchar* to = out.scanLine(y);
        for (int i = 0; i < bytes; ++i) {
            to[i] = static_cast<uchar>(std::min(255, std::abs(one[i] - two[i]) * factor));
        }
        auto* opaque = reinterpret_cast<QRgb*>(to);
        for (int x = 0; x < a.width(); ++x) {
            opaque[x] |= 0xFF000000u;
        }
    }
    return out;
}

QString lookWords(const PictureLook& look) {
    static const char* const kChannels[] = {nullptr,
                                            QT_TRANSLATE_NOOP("LookText", "red alone"),
                                            QT_TRANSLATE_NOOP("LookText", "green alone"),
                                            QT_TRANSLATE_NOOP("LookText", "blue alone"),
                                            QT_TRANSLATE_NOOP("LookText", "alpha alone"),
                                            QT_TRANSLATE_NOOP("LookText", "luma alone")};
    QStringList words;
    if (look.exposure != 0) {
        words << LookText::tr("exposure %1%2")
                     .arg(look.exposure > 0 ? "+" : "−")
                     .arg(std::abs(look.exposure), 0, 'f', 2);
    }
    if (look.gamma != 1) {
        words << LookText::tr("gamma %1").arg(look.gamma, 0, 'f', 2);
    }
    if (look.channel != PictureChannel::color) {
        words << LookText::tr(kChannels[static_cast<size_t>(look.channel)]);
    }
    return words.join(QStringLiteral("   "));
}

PixelValue pixelValue(const QImage& image, const media::Frame* deep, const QRect& rect) {
    double sums[4] = {};
    const QRect within = rect.intersected(image.rect());
    const media::Image part = deep != nullptr && !within.isEmpty()
                                  ? media::toFloat(media::crop(deep->pixels, within.x(), within.y(),
                                                               within.width(), within.height()))
                                  : media::Image();
    for (int y = within.top(); y <= within.bottom(); ++y) {
        for (int x = within.left(); x <= within.right(); ++x) {
            if (!part.empty()) {
                const int channels = part.channels();
                const float* at =
                    part.row<float>(y - within.top()) + channels * (x - within.left());
                for (int c = 0; c < 3; ++c) {
                    sums[c] += at[channels >= 3 ? c : 0];
                }
                sums[3] += channels == 4 ? at[3] : 0;
            } else {
                const QRgb value = image.pixel(x, y);
                sums[0] += qRed(value) / 255.0;
                sums[1] += qGreen(value) / 255.0;
                sums[2] += qBlue(value) / 255.0;
            }
        }
    }
    const double count = std::max(1, within.width() * within.height());
    PixelValue value{static_cast<float>(sums[0] / count), static_cast<float>(sums[1] / count),
                     static_cast<float>(sums[2] / count)};
    if (!part.empty() && part.channels() == 4) {
        value.alpha = static_cast<float>(sums[3] / count);
    }
    return value;
}

}  // namespace understudy::ui
