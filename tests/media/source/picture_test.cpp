#include <OpenImageIO/imageio.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "media/frame/image_ops.h"
#include "media/source/image_file.h"
#include "tests/media/source/fixtures.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

struct Window {
    int x, y, width, height;
};

// An EXR whose red is the display column + 100 * the display row, with more channels than colours.
void writeWindowed(const std::filesystem::path& path, Window data, Window display) {
    OIIO::ImageSpec spec(data.width, data.height, 6, OIIO::TypeDesc::HALF);
    spec.x = data.x;
    spec.y = data.y;
    spec.full_x = display.x;
    spec.full_y = display.y;
    spec.full_width = display.width;
    spec.full_height = display.height;
    spec.channelnames = {"R", "G", "B", "A", "depth.Z", "matte.R"};
    std::vector<float> values;
    for (int y = data.y; y < data.y + data.height; ++y) {
        for (int x = data.x; x < data.x + data.width; ++x) {
            const auto place = static_cast<float>(x - display.x + 100 * (y - display.y));
            values.insert(values.end(), {place, 2, 3, 1, 99, 98});
        }
    }
    auto output = OIIO::ImageOutput::create("openexr");
    REQUIRE(output->open(path.string(), spec));
    REQUIRE(output->write_image(OIIO::TypeDesc::FLOAT, values.data()));
    REQUIRE(output->close());
}

}  // namespace

TEST_CASE("data windows smaller and larger than the display window") {
    const TempFolder folder;
    writeWindowed(folder / "small.0001.exr", {110, 55, 10, 5}, {100, 50, 40, 20});
    const Frame small = mustRead(*mustOpen(folder / "small.0001.exr"), 1);
    REQUIRE(small.pixels.width() == 40);
    REQUIRE(small.pixels.height() == 20);
    CHECK(small.encoding.name == "scene_linear");
    CHECK(small.pixels.type() == SampleType::f16);
    const Image values = toFloat(small.pixels);
    CHECK(values.row<float>(5)[10 * 4] == 510);
    CHECK(values.row<float>(9)[19 * 4] == 919);
    CHECK(values.row<float>(9)[19 * 4 + 2] == 3);
    CHECK(values.row<float>(4)[10 * 4 + 3] == 0);
    CHECK(values.row<float>(5)[20 * 4] == 0);

    writeWindowed(folder / "large.0001.exr", {-8, -4, 56, 28}, {0, 0, 40, 20});
    const Image large = toFloat(mustRead(*mustOpen(folder / "large.0001.exr"), 1).pixels);
    REQUIRE(large.width() == 40);
    CHECK(large.row<float>(0)[0] == 0);
    CHECK(large.row<float>(19)[39 * 4] == 1939);

    writeWindowed(folder / "away.0001.exr", {100, 100, 5, 5}, {0, 0, 40, 20});
    CHECK(toFloat(mustRead(*mustOpen(folder / "away.0001.exr"), 1).pixels).row<float>(19)[3] == 0);
}

TEST_CASE("grey, upright and single pictures") {
    const TempFolder folder;
    Image grey(6, 4, 1, SampleType::u8);
    grey.row<uint8_t>(1)[2] = 77;
    REQUIRE(writeImage(folder / "mask.png", grey).ok());
    auto mask = readImage(folder / "mask.png");
    REQUIRE(mask.ok());
    CHECK(mask->channels() == 1);
    CHECK(int(mask->row<uint8_t>(1)[2]) == 77);
    const Frame frame = mustRead(*mustOpen(folder / "mask.png"), 1);
    CHECK(frame.pixels.channels() == 3);
    CHECK(int(frame.pixels.row<uint8_t>(1)[2 * 3 + 2]) == 77);

    OIIO::ImageSpec spec(6, 4, 3, OIIO::TypeDesc::UINT8);
    spec.attribute("Orientation", 6);
    spec.attribute("CompressionQuality", 100);
    const Image colour = convertChannels(grey, 3);
    auto output = OIIO::ImageOutput::create("jpeg");
    REQUIRE(output->open((folder / "phone.jpg").string(), spec));
    REQUIRE(output->write_image(OIIO::TypeDesc::UINT8, colour.data()));
    REQUIRE(output->close());
    auto source = mustOpen(folder / "phone.jpg");
    CHECK(source->info().width == 4);
    const Frame turned = mustRead(*source, 1);
    CHECK(turned.pixels.height() == 6);
    CHECK(int(turned.pixels.row<uint8_t>(2)[2 * 3]) > 40);

    Image floats(5, 5, 3, SampleType::f32);
    floats.row<float>(2)[7] = -3.5F;
    REQUIRE(writeImage(folder / "a.exr", floats).ok());
    auto back = readImage(folder / "a.exr");
    REQUIRE(back.ok());
    CHECK(back->type() == SampleType::f32);
    CHECK(back->row<float>(2)[7] == -3.5F);
    CHECK(writeImage(folder / "a.gif", floats).error().code == ErrorCode::usage);
    CHECK(writeImage(folder / "absent" / "a.png", floats).error().code == ErrorCode::cannotWrite);
}

TEST_CASE("damaged pictures are reported, the others are read") {
    const TempFolder folder;
    Image picture(64, 64, 3, SampleType::u8);
    for (size_t i = 0; i < picture.size(); ++i) {
        picture.data()[i] = static_cast<std::byte>(i * 7 + i / 50);
    }
    for (const std::string extension : {".png", ".exr", ".dpx", ".tif", ".jpg"}) {
        for (int n = 1; n <= 4; ++n) {
            REQUIRE(
                writeImage(folder / ("p." + std::to_string(n) + extension),
                           extension == ".exr" ? convertType(picture, SampleType::f16) : picture)
                    .ok());
        }
        std::ofstream(folder / ("p.1" + extension), std::ios::trunc) << "";
        const auto third = folder / ("p.3" + extension);
        std::filesystem::resize_file(third, std::filesystem::file_size(third) / 2);
        CAPTURE(extension);
        auto source = mustOpen(folder / ("p.2" + extension));
        CHECK(source->info().frames == 4);
        CHECK(source->info().width == 64);
        CHECK_FALSE(source->read(1).ok());
        const auto half = source->read(3);
        CHECK_FALSE(half.ok());
        if (!half.ok()) {
            CHECK_FALSE(half.error().remedy.empty());
        }
        CHECK(source->read(2).ok());
        auto next = source->next();
        REQUIRE((next.ok() && next->has_value()));
        CHECK((*next)->number == 4);
    }
    std::ofstream(folder / "words.png") << "not a picture";
    CHECK(openSource((folder / "words.png").string()).error().code == ErrorCode::missingInput);
    CHECK(readImage(folder / "absent.png").error().code == ErrorCode::missingInput);
}
