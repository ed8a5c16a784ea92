// What the built-in views and those of a configuration make of light.
#include "media/color/display_views.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>

#include "media/color/color_transforms.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;

namespace {

std::array<float, 3> shown(const DisplayView& view, std::array<float, 3> light) {
    view.apply(light.data(), 1);
    return light;
}

std::string writeConfig(const std::filesystem::path& file, const std::string& film) {
    std::ofstream(file) << R"(ocio_profile_version: 2

roles:
  default: raw
  scene_linear: linear

displays:
  monitor:
    - !<View> {name: Raw, colorspace: raw}
    - !<View> {name: Film, colorspace: film}
  projector:
    - !<View> {name: Film, colorspace: film}

active_displays: [projector, monitor]
active_views: [Film, Raw]

colorspaces:
  - !<ColorSpace>
    name: raw
    isdata: true
  - !<ColorSpace>
    name: linear
  - !<ColorSpace>
    name: film
    from_scene_reference: )"
                        << film << '\n';
    return file.string();
}

}  // namespace

TEST_CASE("built-in views are sRGB, Rec.709 and the values as they are") {
    const DisplayViews views = DisplayViews::fromConfig("");
    CHECK(views.notice().empty());
    CHECK(views.usual() == 0);
    const std::vector<DisplayViews::Name> names = {{"", "sRGB"}, {"", "Rec.709"}, {"", "Raw"}};
    REQUIRE(views.names() == names);
    const auto srgb = *views.view(0);
    const auto grey = shown(*srgb, {0.18f, 0.18f, 0.18f});
    for (const float value : grey) {
        CHECK(value == Approx(0.4613561).margin(4e-4));
    }
    CHECK(shown(**views.view(1), {0.5f, 0.5f, 0.5f})[0] ==
          Approx(std::pow(0.5, 1 / 2.4)).margin(4e-4));
    CHECK(shown(**views.view(2), {0.25f, 7, -3}) == std::array<float, 3>{0.25f, 1, 0});
    const float none = std::numeric_limits<float>::quiet_NaN();
    const float endless = std::numeric_limits<float>::infinity();
    for (size_t view = 0; view < 3; ++view) {
        const auto pixel = shown(**views.view(view), {none, endless, -endless});
        CHECK(pixel[0] == 0);
        CHECK(pixel[1] == Approx(1));
        CHECK(pixel[2] == 0);
    }
}

TEST_CASE("colours are shown as a delivered movie has them") {
    const std::array<float, 3> light = {0.6f, 0.2f, 0.3f};
    Image image(1, 1, 3, SampleType::f32);
    std::copy(light.begin(), light.end(), image.row<float>(0));
    const Image movie = *ColorTransforms::fromConfig("").convert(image, {"scene_linear"}, {"srgb"});
    const auto seen = shown(**DisplayViews::fromConfig("").view(0), light);
    for (size_t c = 0; c < 3; ++c) {
        CHECK(seen[c] == Approx(movie.row<float>(0)[c]).margin(1e-3));
    }
    CHECK(seen[0] > 0.85f);  // wider primaries: more than its own curve would say
}

TEST_CASE("displays and views of a configuration come in its order and do what it says") {
    const tests::TempFolder folder;
    const DisplayViews views = DisplayViews::fromConfig(
        writeConfig(folder / "film.ocio", "!<ExponentTransform> {value: [0.5, 0.5, 0.5, 1]}"));
    CHECK(views.notice().empty());
    const std::vector<DisplayViews::Name> names = {
        {"projector", "Film"}, {"monitor", "Film"}, {"monitor", "Raw"}};
    REQUIRE(views.names() == names);
    CHECK(views.usual() == 0);
    const auto film = *views.view(0);
    for (const float light : {0.0f, 0.01f, 0.18f, 0.5f, 0.97f, 4.0f}) {
        INFO(light);
        const auto pixel = shown(*film, {light, 0, light / 2});
        CHECK(pixel[0] == Approx(std::min(1.0f, std::sqrt(light))).margin(0.006));
        CHECK(pixel[1] == Approx(0).margin(0.002));
        CHECK(pixel[2] == Approx(std::min(1.0f, std::sqrt(light / 2))).margin(0.006));
    }
    CHECK(shown(**views.view(2), {0.5f, 0, 9})[0] == Approx(0.5).margin(0.004));
    CHECK(shown(**views.view(2), {0.5f, 0, 9})[2] == Approx(1).margin(1e-5));
}

TEST_CASE("what a configuration lacks is told, and there is always a view") {
    const tests::TempFolder folder;
    const auto absent = (folder / "absent.ocio").string();
    const DisplayViews none = DisplayViews::fromConfig(absent);
    CHECK(none.notice().find(absent) != std::string::npos);
    CHECK(none.names().size() == 3);
    CHECK(none.view(0).ok());
    const DisplayViews broken = DisplayViews::fromConfig(
        writeConfig(folder / "broken.ocio", "!<FileTransform> {src: absent.spi1d}"));
    REQUIRE(broken.names().size() == 3);
    const auto film = broken.view(0);
    REQUIRE_FALSE(film.ok());
    CHECK(film.error().message.find("Film") != std::string::npos);
    CHECK_FALSE(film.error().remedy.empty());
    CHECK(broken.view(2).ok());
}
