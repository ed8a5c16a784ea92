// SPDX-License-Identifier: GPL-3.0-or-later
// Exposure, gamma, channels and differences of pictures.
#include "ui/models/picture_look.h"

#include <catch2/catch.hpp>
#include <limits>

#include "media/color/color_transforms.h"
#include "media/frame/image_ops.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/display_choice.h"
#include "ui/models/qimage_bridge.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PictureChannel;
using ui::PictureLook;

namespace {

QImage flat(int red, int green, int blue) {
    QImage image(8, 4, QImage::Format_RGB32);
    image.fill(QColor(red, green, blue));
    return image;
}

media::Frame linearFrame(float value, float alpha) {
    media::Frame frame;
    frame.encoding.name = "scene_linear";
    frame.pixels = media::Image(8, 4, 4, media::SampleType::f32);
    for (int y = 0; y < 4; ++y) {
        for (int x = 0; x < 8; ++x) {
            float* pixel = frame.pixels.row<float>(y) + 4 * x;
            pixel[0] = pixel[1] = pixel[2] = value;
            pixel[3] = alpha;
        }
    }
    return frame;
}

}  // namespace

TEST_CASE("a neutral look leaves a picture as it is") {
    const QImage image = flat(10, 128, 250);
    CHECK(ui::developed(image, nullptr, {}) == image);
    CHECK(ui::developed({}, nullptr, {1, 1, PictureChannel::color}).isNull());
}

TEST_CASE("exposure is in stops of light, gamma of the display") {
    // sRGB 128 is 0.2158 of light; a stop more is 0.4316, which is 0.6886 or 176.
    CHECK(qRed(ui::developed(flat(128, 0, 255), nullptr, {1, 1, {}}).pixel(0, 0)) == 176);
    CHECK(qGreen(ui::developed(flat(128, 0, 255), nullptr, {1, 1, {}}).pixel(0, 0)) == 0);
    CHECK(qBlue(ui::developed(flat(128, 0, 255), nullptr, {1, 1, {}}).pixel(0, 0)) == 255);
    // 255 (64/255)^(1/2)
    CHECK(qRed(ui::developed(flat(64, 0, 0), nullptr, {0, 2, {}}).pixel(7, 3)) == 128);
    // Up and down again comes back.
    const QImage down = ui::developed(flat(200, 100, 50), nullptr, {-1, 1, {}});
    CHECK(std::abs(qRed(ui::developed(down, nullptr, {1, 1, {}}).pixel(0, 0)) - 200) <= 1);
}

TEST_CASE("highlights of a deep frame come back when they are exposed down") {
    const media::Frame frame = linearFrame(4, 0.5f);
    const QImage image = ui::toQImage(frame);
    CHECK(qRed(image.pixel(0, 0)) == 255);
    // 4 * 2^-4 is 0.25 of light: 0.5371 or 137.
    CHECK(std::abs(qRed(ui::developed(image, &frame, {-4, 1, {}}).pixel(0, 0)) - 137) <= 1);
    const PictureLook alpha{0, 1, PictureChannel::alpha};
    CHECK(qGreen(ui::developed(image, &frame, alpha).pixel(0, 0)) == 128);
    CHECK(ui::pixelValue(image, &frame, QRect(2, 1, 3, 2)).green == 4);
    CHECK(ui::pixelValue(image, &frame, QRect(2, 1, 3, 2)).alpha == 0.5f);
    CHECK_FALSE(ui::pixelValue(image, nullptr, QRect(2, 1, 3, 2)).alpha);
    // Without the frame only what the screen shows is known.
    CHECK(ui::pixelValue(image, nullptr, QRect(2, 1, 1, 1)).green == 1);
}

TEST_CASE("a view is of light only, after exposure and before gamma") {
    PictureLook raw;
    raw.view = *media::DisplayViews::fromConfig("").view(2);
    const media::Frame light = linearFrame(0.25f, 0.5f);
    const QImage image = ui::toQImage(light);
    CHECK(raw.neutral());
    CHECK(ui::alters(raw, &light));
    CHECK(qRed(ui::developed(image, &light, raw).pixel(3, 2)) == 64);
    raw.exposure = 1;
    CHECK(qRed(ui::developed(image, &light, raw).pixel(3, 2)) == 128);
    raw.gamma = 2;
    CHECK(qRed(ui::developed(image, &light, raw).pixel(3, 2)) == 180);  // 255 sqrt(0.5)
    raw.channel = PictureChannel::alpha;
    CHECK(qRed(ui::developed(image, &light, raw).pixel(3, 2)) == 128);
    // What is made for a display is shown as it is.
    media::Frame video = linearFrame(0.25f, 1);
    video.encoding.name = "bt709";
    PictureLook view;
    view.view = raw.view;
    CHECK_FALSE(ui::alters(view, &video));
    CHECK_FALSE(ui::alters(view, nullptr));
    CHECK(ui::developed(flat(10, 128, 250), nullptr, view) == flat(10, 128, 250));
}

TEST_CASE("the view that was chosen is there again in the next window") {
    ensureApplication();
    const TempFolder temp;
    ui::UiSettings settings(ui::text((temp / "ui.ini").string()));
    const auto builtIn = [] { return media::DisplayViews::fromConfig(""); };
    {
        ui::DisplayChoice display(&settings, builtIn);
        CHECK(display.names().isEmpty());
        REQUIRE(runUntil([&] { return display.current() == 0; }));
        CHECK(display.names() == QStringList{"sRGB", "Rec.709", "Raw"});
        CHECK(display.view() == nullptr);
        display.choose(2);
        CHECK(runUntil([&] { return display.view() != nullptr; }));
        display.choose(7);
        CHECK(display.current() == 2);
    }
    ui::DisplayChoice again(&settings, builtIn);
    REQUIRE(runUntil([&] { return again.view() != nullptr; }));
    CHECK(again.current() == 2);
    again.choose(0);
    CHECK(again.view() == nullptr);
    CHECK(again.problem().isEmpty());
}

TEST_CASE("samples of 16 bits are shown as their floats are") {
    for (const char* encoding : {"scene_linear", "bt709"}) {
        for (const auto type : {media::SampleType::u16, media::SampleType::f16}) {
            media::Image words(256, 256, 3, type);
            for (uint32_t i = 0; i < 65536; ++i) {
                uint16_t* pixel = words.row<uint16_t>(static_cast<int>(i / 256)) + 3 * (i % 256);
                pixel[0] = pixel[1] = pixel[2] = static_cast<uint16_t>(i);
            }
            INFO(encoding);
            CHECK(ui::toQImage(words, {encoding}) ==
                  ui::toQImage(media::toFloat(words), {encoding}));
        }
    }
}

TEST_CASE("light has the colours that a delivered movie has, and one channel is the file's") {
    media::Frame frame = linearFrame(0.2f, 1);
    frame.pixels.row<float>(0)[0] = 0.6f;
    const media::Image movie =
        *media::ColorTransforms::fromConfig("").convert(frame.pixels, frame.encoding, {"srgb"});
    const auto byteOf = [&](int channel) {
        return static_cast<int>(std::lround(255 * movie.row<float>(0)[channel]));
    };
    const QImage shown = ui::toQImage(frame);
    CHECK(std::abs(qRed(shown.pixel(0, 0)) - byteOf(0)) <= 1);
    CHECK(std::abs(qGreen(shown.pixel(0, 0)) - byteOf(1)) <= 1);
    CHECK(std::abs(qBlue(shown.pixel(0, 0)) - byteOf(2)) <= 1);
    CHECK(qRed(shown.pixel(0, 0)) > 210);  // its own curve alone would say 203
    const QImage gamma = ui::developed(shown, &frame, {0, 1.0001, {}});
    CHECK(std::abs(qRed(gamma.pixel(0, 0)) - qRed(shown.pixel(0, 0))) <= 1);
    CHECK(qRed(ui::developed(shown, &frame, {0, 1, PictureChannel::red}).pixel(0, 0)) == 203);
    frame.pixels.row<float>(0)[1] = std::numeric_limits<float>::infinity();
    frame.pixels.row<float>(0)[0] = frame.pixels.row<float>(0)[1];
    frame.pixels.row<float>(0)[2] = frame.pixels.row<float>(0)[1];
    CHECK(ui::toQImage(frame).pixel(0, 0) == qRgb(255, 255, 255));
}

TEST_CASE("one channel is shown grey") {
    const QImage image = flat(10, 128, 250);
    CHECK(ui::developed(image, nullptr, {0, 1, PictureChannel::red}) == flat(10, 10, 10));
    CHECK(ui::developed(image, nullptr, {0, 1, PictureChannel::green}) == flat(128, 128, 128));
    CHECK(ui::developed(image, nullptr, {0, 1, PictureChannel::blue}) == flat(250, 250, 250));
    CHECK(ui::developed(image, nullptr, {0, 1, PictureChannel::alpha}) == flat(255, 255, 255));
    // 0.2126 * 10 + 0.7152 * 128 + 0.0722 * 250 = 111.7
    CHECK(ui::developed(image, nullptr, {0, 1, PictureChannel::luma}) == flat(112, 112, 112));
}

TEST_CASE("a difference is enlarged four times and needs equal sizes") {
    CHECK(ui::differenceOf(flat(100, 50, 0), flat(90, 60, 255)) == flat(40, 40, 255));
    CHECK(ui::differenceOf(flat(1, 1, 1), flat(1, 1, 1)) == flat(0, 0, 0));
    CHECK(ui::differenceOf(flat(1, 1, 1), QImage(4, 4, QImage::Format_RGB32)).isNull());
    CHECK(ui::differenceOf(flat(1, 1, 1), {}).isNull());
}

TEST_CASE("a look in words says what is off neutral") {
    CHECK(ui::lookWords({}).isEmpty());
    CHECK(ui::lookWords({1.5, 1, {}}) == "exposure +1.50");
    CHECK(ui::lookWords({-0.25, 1.2, PictureChannel::green}) ==
          QString::fromUtf8("exposure −0.25   gamma 1.20   green alone"));
}
