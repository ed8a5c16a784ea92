// SPDX-License-Identifier: GPL-3.0-or-later
// How a picture is looked at without being changed: exposure, gamma, one channel; and how two
// pictures differ. Any thread: a 1080p frame takes some milliseconds, so viewers do it in the
// background.
#pragma once

#include <QImage>
#include <memory>
#include <optional>

#include "media/color/display_views.h"
#include "media/frame/frame.h"

namespace understudy::ui {

enum class PictureChannel { color, red, green, blue, alpha, luma };

struct PictureLook {
    double exposure = 0;  // stops, in linear light
    double gamma = 1;     // of the display value
    PictureChannel channel = PictureChannel::color;
    // Of light, in the place of the sRGB curve that toQImage() gives it; null: that one.
    std::shared_ptr<const media::DisplayView> view = {};

    // As far as it is a matter of looking closer; the view is one of the screen.
    bool neutral() const { return exposure == 0 && gamma == 1 && channel == PictureChannel::color; }
    bool operator==(const PictureLook&) const = default;
};

// "exposure +1.50   gamma 1.20   red alone"; empty where it is neutral.
QString lookWords(const PictureLook& look);

// Whether a picture looks otherwise than toQImage() made it. `deep`: as below.
bool alters(const PictureLook& look, const media::Frame* deep);

// `image` is RGB32, as toQImage made it. `deep`: the frame it was made from where that holds more
// than 8 bits or an alpha, so that highlights come back; may be null.
QImage developed(const QImage& image, const media::Frame* deep, const PictureLook& look);
// Just read, through a view where it is light; null: as toQImage() has it.
QImage shownThrough(const media::Frame& frame,
                    const std::shared_ptr<const media::DisplayView>& view);

// |a - b| * factor in each channel; null where sizes differ.
QImage differenceOf(const QImage& a, const QImage& b, int factor = 4);

// The values of a pixel as the file has them (scene-linear or display-referred, 0 to 1 and above).
struct PixelValue {
    float red = 0;
    float green = 0;
    float blue = 0;
    std::optional<float> alpha = {};  // where there is one
};
// Mean over a rectangle of pixels that lies within the picture.
PixelValue pixelValue(const QImage& image, const media::Frame* deep, const QRect& rect);

}  // namespace understudy::ui
