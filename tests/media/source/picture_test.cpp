#include <OpenImageIO/imageio.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "media/frame/image_ops.h"
#include "media/source/image_file.h"
#include "media/source/picture_channels.h"
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

struct Part {
    std::string name;
    std::vector<std::string> channels;
};

// A multi-part EXR; every channel has the value of its place, counted from 1 through all parts.
void writeLayers(const std::filesystem::path& path, const std::vector<Part>& parts) {
    std::vector<OIIO::ImageSpec> specs;
    for (const Part& part : parts) {
        OIIO::ImageSpec spec(8, 4, static_cast<int>(part.channels.size()), OIIO::TypeDesc::HALF);
        spec.channelnames = part.channels;
        if (!part.name.empty()) {
            spec.attribute("oiio:subimagename", part.name);
        }
        specs.push_back(spec);
    }
    auto output = OIIO::ImageOutput::create("openexr");
    REQUIRE(output->open(path.string(), static_cast<int>(specs.size()), specs.data()));
    float value = 0;
    for (size_t p = 0; p < parts.size(); ++p) {
        std::vector<float> values;
        for (int i = 0; i < 8 * 4; ++i) {
            for (size_t c = 0; c < parts[p].channels.size(); ++c) {
                values.push_back(value + static_cast<float>(c) + 1);
            }
        }
        if (p > 0) {
            REQUIRE(output->open(path.string(), specs[p], OIIO::ImageOutput::AppendSubimage));
        }
        REQUIRE(output->write_image(OIIO::TypeDesc::FLOAT, values.data()));
        value += static_cast<float>(parts[p].channels.size());
    }
    REQUIRE(output->close());
}

// "R G B" or "R G B A" of the first pixel, and what was warned of.
std::string layerRead(const std::filesystem::path& path) {
    auto source = openSource(path.string());
    if (!source.ok()) {
        return source.error().message;
    }
    const Image values = toFloat(mustRead(**source, 1).pixels);
    std::string text;
    for (int c = 0; c < values.channels(); ++c) {
        text += (c > 0 ? " " : "") + std::to_string(static_cast<int>(values.row<float>(0)[c]));
    }
    for (const std::string& warning : (*source)->info().warnings) {
        text += "; " + warning;
    }
    return text;
}

}  // namespace

TEST_CASE("the layer that is read is the picture, or is named") {
    const TempFolder folder;
    const auto path = folder / "layers.exr";
    writeLayers(path, {{"",
                        {"N.X", "N.Y", "N.Z", "diffuse.R", "diffuse.G", "diffuse.B", "R", "G", "B",
                         "A", "depth.Z"}}});
    CHECK(layerRead(path) == "7 8 9 10");
    // The order in the file is another than R, G, B.
    writeLayers(path, {{"", {"B", "Z", "A", "G", "R"}}});
    CHECK(layerRead(path) == "5 4 1 3");
    writeLayers(path, {{"",
                        {"diffuse.R", "diffuse.G", "diffuse.B", "ViewLayer.Combined.R",
                         "ViewLayer.Combined.G", "ViewLayer.Combined.B"}}});
    CHECK(layerRead(path) == "4 5 6");
    writeLayers(
        path,
        {{"", {"diffuse.red", "diffuse.green", "diffuse.blue", "spec.R", "spec.G", "spec.B"}}});
    CHECK(layerRead(path) ==
          "1 2 3; The pictures have no layer that is called the picture; the first is read, layer "
          "diffuse, and not layer spec");
    // A part's name is the layer of its channels.
    writeLayers(path,
                {{"depth", {"Z"}}, {"diffuse", {"R", "G", "B"}}, {"beauty", {"R", "G", "B", "A"}}});
    CHECK(layerRead(path) == "5 6 7 8");
    writeLayers(path, {{"", {"N.X", "N.Y", "N.Z", "depth.Z"}}});
    CHECK(layerRead(path).find("none of its channels is a picture: ") == 0);
    writeLayers(path, {{"", {"A", "N.X", "N.Y"}}});
    CHECK(layerRead(path).find("none of its channels is a picture: ") == 0);
    writeLayers(path, {{"", {"Y"}}});
    CHECK(layerRead(path) == "1 1 1");
    CHECK_FALSE(chooseChannels({"Y", "RY", "BY"}).has_value());
}

TEST_CASE("pictures of another size are refused, gaps and empty files are named") {
    const TempFolder folder;
    Image picture(16, 12, 3, SampleType::u8);
    for (const int n : {1, 2, 5, 6, 7, 9}) {
        REQUIRE(writeImage(folder / ("p." + std::to_string(n) + ".png"), picture).ok());
    }
    REQUIRE(writeImage(folder / "p.6.png", Image(12, 16, 3, SampleType::u8)).ok());
    std::ofstream(folder / "p.7.png", std::ios::trunc) << "";
    auto source = mustOpen(folder / "p.#.png");
    CHECK(source->info().missing == std::vector<FrameNumber>{3, 4, 8});
    CHECK(source->info().warnings ==
          std::vector<std::string>{"3 frames are missing: 3-4, 8", "1 frame is empty: 7"});
    const auto other = source->read(6);
    REQUIRE_FALSE(other.ok());
    CHECK(other.error().message == "the picture is 12 x 16 pixels and the others are 16 x 12");
    auto next = source->next();
    REQUIRE((next.ok() && next->has_value()));
    CHECK((*next)->number == 9);
    CHECK(mustOpen(folder / "p.#.png 5-6,9-11")->info().warnings ==
          std::vector<std::string>{"2 frames are missing: 10-11"});
}

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
