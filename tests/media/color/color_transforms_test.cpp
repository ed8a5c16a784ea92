#include "media/color/color_transforms.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;

namespace {

Image grey(float value, int channels = 3, float alpha = 1) {
    Image image(2, 1, channels, SampleType::f32);
    for (int i = 0; i < 2 * channels; ++i) {
        image.row<float>(0)[i] = i % channels == 3 ? alpha : value;
    }
    return image;
}

float converted(const ColorTransforms& transforms, const Image& image, const char* from,
                const char* to, int channel = 1) {
    auto result = transforms.convert(image, {from}, {to});
    REQUIRE(result.ok());
    return result->row<float>(0)[channel];
}

}  // namespace

TEST_CASE("scene-linear values have their known places in ACEScct") {
    const auto transforms = ColorTransforms::fromConfig("");
    CHECK(transforms.notice().empty());
    CHECK(transforms.name() == "built-in");
    const auto log = [&](float v) {
        return converted(transforms, grey(v), "scene_linear", "acescct");
    };
    CHECK(log(0) == Approx(0.0729).margin(1e-3));
    CHECK(log(0.18F) == Approx(0.4135).margin(1e-3));
    CHECK(log(1) == Approx(0.5548).margin(1e-3));
    CHECK(log(222.86F) == Approx(1).margin(1e-3));
    CHECK(log(-0.05F) == Approx(-0.454).margin(2e-3));
}

TEST_CASE("nothing is lost on the way to ACEScct and back") {
    const auto transforms = ColorTransforms::fromConfig("");
    for (const float value : {-0.05F, 0.0F, 0.001F, 0.18F, 1.0F, 16.0F, 1000.0F}) {
        Image image = grey(value);
        image.row<float>(0)[0] = value * 0.3F;
        auto there = transforms.convert(image, {"scene_linear"}, {"acescct"});
        REQUIRE(there.ok());
        auto back = transforms.convert(*there, {"acescct"}, {"scene_linear"});
        REQUIRE(back.ok());
        for (int c = 0; c < 3; ++c) {
            CHECK(back->row<float>(0)[c] ==
                  Approx(image.row<float>(0)[c]).epsilon(1e-3).margin(1e-5));
        }
    }
}

TEST_CASE("display renderings and back") {
    const auto transforms = ColorTransforms::fromConfig("");
    CHECK(converted(transforms, grey(0.2140F), "scene_linear", "srgb") == Approx(0.5).margin(2e-3));
    CHECK(converted(transforms, grey(5), "scene_linear", "srgb") == Approx(1).margin(2e-3));
    CHECK(converted(transforms, grey(0.5F), "srgb", "scene_linear") == Approx(0.214).margin(2e-3));
    CHECK(converted(transforms, grey(0.5F), "bt709", "bt709") == 0.5F);
    // Half covered by grey 0.5: the curve sees 0.5, not 0.25.
    CHECK(converted(transforms, grey(0.25F, 4, 0.5F), "srgb", "scene_linear") ==
          Approx(0.107).margin(2e-3));
    CHECK(converted(transforms, grey(0.25F, 4, 0.5F), "srgb", "scene_linear", 3) == 0.5F);
    CHECK_FALSE(transforms.convert(grey(0.5F), {"raw"}, {"srgb"}).ok());
}

TEST_CASE("a configuration that cannot be read is named, with both versions") {
    const tests::TempFolder folder;
    const auto newer = (folder / "newer.ocio").string();
    std::ofstream(newer) << "ocio_profile_version: 2.9\n\nroles:\n  default: raw\n";
    const auto transforms = ColorTransforms::fromConfig(newer);
    CHECK(transforms.notice().find("version 2.9") != std::string::npos);
    CHECK(transforms.notice().find("OpenColorIO 2.") != std::string::npos);
    CHECK(transforms.name() == "built-in");
    CHECK(converted(transforms, grey(1), "scene_linear", "acescct") == Approx(0.5548).margin(1e-3));
    CHECK_FALSE(ColorTransforms::fromConfig((folder / "absent.ocio").string()).notice().empty());
}

TEST_CASE("a configuration's scene-linear is connected through ACES") {
    const tests::TempFolder folder;
    const auto file = (folder / "linear.ocio").string();
    // Scene-linear here is half of ACES2065-1's values, so one stop darker than ACEScg's.
    std::ofstream(file) << R"(ocio_profile_version: 2

roles:
  default: aces
  scene_linear: half
  aces_interchange: aces

displays:
  display:
    - !<View> {name: view, colorspace: aces}

colorspaces:
  - !<ColorSpace>
    name: aces
  - !<ColorSpace>
    name: half
    to_scene_reference: !<MatrixTransform> {matrix: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]}
)";
    const auto transforms = ColorTransforms::fromConfig(file);
    CHECK(transforms.notice() == "");
    CHECK(transforms.name() == file);
    CHECK(converted(transforms, grey(0.5F), "scene_linear", "acescct") ==
          Approx(0.5548).margin(1e-3));
    CHECK(converted(transforms, grey(0.5548F), "acescct", "scene_linear") ==
          Approx(0.5).margin(2e-3));
}
