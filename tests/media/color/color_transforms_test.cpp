#include "media/color/color_transforms.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "media/frame/half.h"
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

// Every finite half float, of both signs, with another one in each of the other two channels.
Image allHalves(bool grey) {
    Image image(2 * 0x7c00, 1, 3, SampleType::f16);
    uint16_t* sample = image.row<uint16_t>(0);
    for (int i = 0; i < 2 * 0x7c00; ++i, sample += 3) {
        const auto magnitude = static_cast<uint16_t>(i % 0x7c00);
        const auto sign = static_cast<uint16_t>(i < 0x7c00 ? 0 : 0x8000);
        sample[0] = sign | magnitude;
        sample[1] = grey ? sample[0] : static_cast<uint16_t>(sign | (0x7bff - magnitude));
        sample[2] = grey ? sample[0] : static_cast<uint16_t>((magnitude * 7919) % 0x7c00);
    }
    return image;
}

Image mustConvert(const ColorTransforms& transforms, const Image& image, const char* from,
                  const char* to) {
    auto result = transforms.convert(image, {from}, {to});
    REQUIRE(result.ok());
    return std::move(result).value();
}

// Samples of decode(encode(x)) that are another half float than x.
int changedByRoundTrip(const ColorTransforms& transforms, const Image& halves) {
    const Image code = mustConvert(transforms, halves, "scene_linear", "acescct");
    const Image back =
        fromFloat(mustConvert(transforms, code, "acescct", "scene_linear"), SampleType::f16);
    int changed = 0;
    for (int i = 0; i < halves.width() * 3; ++i) {
        const uint16_t before = halves.row<uint16_t>(0)[i];
        const uint16_t after = back.row<uint16_t>(0)[i];
        const bool bothZero = (before & 0x7fff) == 0 && (after & 0x7fff) == 0;
        if (before != after && !bothZero) {
            if (changed++ == 0) {
                UNSCOPED_INFO(floatFromHalf(before) << " came back as " << floatFromHalf(after));
            }
        }
    }
    return changed;
}

// A configuration whose scene-linear comes to ACES2065-1 by `toAces`; its file.
std::string writeConfig(const std::filesystem::path& file, const std::string& toAces) {
    std::ofstream(file) << R"(ocio_profile_version: 2

roles:
  default: aces
  scene_linear: linear
  aces_interchange: aces

displays:
  display:
    - !<View> {name: view, colorspace: aces}

colorspaces:
  - !<ColorSpace>
    name: aces
  - !<ColorSpace>
    name: linear
    to_scene_reference: )"
                        << toAces << '\n';
    return file.string();
}

// The ACES distribution of a studio: scene-linear with the primaries of Rec.709.
std::string writeRec709Config(const tests::TempFolder& folder) {
    return writeConfig(
        folder / "rec709.ocio",
        "!<MatrixTransform> {matrix: [0.439632982, 0.382988698, 0.17737832, 0, 0.0897764431, "
        "0.813439429, 0.0967841264, 0, 0.0175411704, 0.111546553, 0.870912276, 0, 0, 0, 0, 1]}");
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

TEST_CASE("every half float comes back from ACEScct as itself") {
    const auto builtIn = ColorTransforms::fromConfig("");
    CHECK(changedByRoundTrip(builtIn, allHalves(true)) == 0);
    CHECK(changedByRoundTrip(builtIn, allHalves(false)) == 0);
    const tests::TempFolder folder;
    const auto file = writeRec709Config(folder);
    const auto studio = ColorTransforms::fromConfig(file);
    REQUIRE(studio.name() == file);
    CHECK(changedByRoundTrip(studio, allHalves(true)) == 0);

    // Through a configuration's matrices a channel keeps half-float precision of the brightest
    // one beside it, not more: they are single floats.
    const Image mixed = toFloat(allHalves(false));
    const Image back = mustConvert(studio, mustConvert(studio, mixed, "scene_linear", "acescct"),
                                   "acescct", "scene_linear");
    float worst = 0;
    for (int x = 0; x < mixed.width(); ++x) {
        const float* a = mixed.row<float>(0) + 3 * x;
        const float* b = back.row<float>(0) + 3 * x;
        const float brightest = std::max({std::abs(a[0]), std::abs(a[1]), std::abs(a[2]), 1e-6F});
        for (int c = 0; c < 3; ++c) {
            worst = std::max(worst, std::abs(b[c] - a[c]) / brightest);
        }
    }
    CHECK(worst < 0x1p-11F);
}

TEST_CASE("an ACEScct face in half floats decodes within its rounding") {
    const auto transforms = ColorTransforms::fromConfig("");
    const Image halves = allHalves(true);
    const Image code = mustConvert(transforms, halves, "scene_linear", "acescct");
    const Image stored = toFloat(fromFloat(code, SampleType::f16));
    const Image back = mustConvert(transforms, stored, "acescct", "scene_linear");
    const Image again = mustConvert(transforms, back, "scene_linear", "acescct");
    int wrong = 0;
    double worst = 0;  // of scene-linear values in the logarithmic part, relative
    for (int x = 0; x < halves.width(); ++x) {
        const float value = floatFromHalf(halves.row<uint16_t>(0)[3 * x]);
        const float kept = stored.row<float>(0)[3 * x];
        // What a half cannot hold stays finite.
        wrong += std::isfinite(kept) ? 0 : 1;
        wrong += halfFromFloat(again.row<float>(0)[3 * x]) == halfFromFloat(kept) ? 0 : 1;
        if (value > 0.0078125F) {
            worst = std::max<double>(worst, std::abs(back.row<float>(0)[3 * x] / value - 1));
        }
    }
    CHECK(wrong == 0);
    // Half a step of 2^-10 of a code between 1 and 1.47, where a stop is 1/17.52.
    CHECK(worst < std::exp2(17.52 * 0x1p-11) - 1 + 1e-4);
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

    // A table that is not there shows only when the transform is built.
    const auto broken = writeConfig(folder / "broken.ocio", "!<FileTransform> {src: absent.spi1d}");
    const auto half = ColorTransforms::fromConfig(broken);
    CHECK(half.name() == "built-in");
    CHECK(half.notice().find("absent.spi1d") != std::string::npos);
    CHECK(half.notice().find("version 2)") != std::string::npos);
    CHECK(converted(half, grey(1), "scene_linear", "acescct") == Approx(0.5548).margin(1e-3));
    for (const char* words : {"", "no: [configuration", "ocio_profile_version: 2\n"}) {
        std::ofstream(broken) << words;
        CHECK_FALSE(ColorTransforms::fromConfig(broken).notice().empty());
    }
    CHECK_FALSE(ColorTransforms::fromConfig(folder.path().string()).notice().empty());
}

TEST_CASE("a configuration's scene-linear is connected through ACES") {
    const tests::TempFolder folder;
    // Scene-linear here is half of ACES2065-1's values, so one stop darker than ACEScg's.
    const auto file = writeConfig(
        folder / "linear.ocio",
        "!<MatrixTransform> {matrix: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]}");
    const auto transforms = ColorTransforms::fromConfig(file);
    CHECK(transforms.notice() == "");
    CHECK(transforms.name() == file);
    CHECK(converted(transforms, grey(0.5F), "scene_linear", "acescct") ==
          Approx(0.5548).margin(1e-3));
    CHECK(converted(transforms, grey(0.5548F), "acescct", "scene_linear") ==
          Approx(0.5).margin(2e-3));
}
