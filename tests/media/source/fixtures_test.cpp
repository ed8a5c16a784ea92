// One small clip of every kind of plate, made by the ffmpeg program, whose every frame says its
// number: pixels and numbers must both be right, read forwards and in any order.
#include <catch2/catch.hpp>
#include <random>

#include "media/frame/image_ops.h"
#include "tests/media/source/fixtures.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr int kFrames = 20;
constexpr std::array<double, 3> kOrange = {0xd0, 0x70, 0x20};

// An orange field with a grey square in its top left corner, of level 16 + 8 for each frame.
void makeCounted(const std::filesystem::path& path, const std::string& size,
                 const std::vector<std::string>& encode) {
    const auto plane = [](int orange) {
        return "'if(lt(X,32)*lt(Y,32),16+8*N," + std::to_string(orange) + ")'";
    };
    std::vector<std::string> arguments = {"-f", "lavfi", "-i",
                                          "color=s=" + size +
                                              ":r=25,format=gbrp,geq=r=" + plane(0xd0) +
                                              ":g=" + plane(0x70) + ":b=" + plane(0x20)};
    arguments.insert(arguments.end(), encode.begin(), encode.end());
    arguments.insert(arguments.end(), {"-frames:v", std::to_string(kFrames), path.string()});
    ffmpeg(arguments);
}

struct Expected {
    FrameNumber first = 1;
    double tolerance = 2;  // of 255
    SampleType type = SampleType::u8;
    int channels = 3;
    std::string encoding;
    double alpha = 1;
    double scale = 1;              // the ffmpeg program makes 0xd000 of 0xd0, not 0xd0d0
    int squareX = 8, squareY = 8;  // where to look for the square
    int width = 160, height = 96;
};

void checkFrame(const Frame& frame, FrameNumber number, const Expected& expected) {
    REQUIRE(frame.number == number);
    REQUIRE(frame.pixels.type() == expected.type);
    REQUIRE(frame.pixels.channels() == expected.channels);
    REQUIRE(frame.pixels.width() == expected.width);
    REQUIRE(frame.pixels.height() == expected.height);
    CHECK(frame.encoding.name == expected.encoding);
    const double level = 16 + 8 * static_cast<double>(number - expected.first);
    for (int c = 0; c < 3; ++c) {
        CHECK(meanOf(frame.pixels, c, expected.squareX, expected.squareY, 16, 16) * 255 ==
              Approx(level * expected.alpha * expected.scale).margin(expected.tolerance));
        CHECK(meanOf(frame.pixels, c, 44, 44, 8, 8) * 255 ==
              Approx(kOrange[static_cast<size_t>(c)] * expected.alpha * expected.scale)
                  .margin(expected.tolerance));
    }
    if (expected.channels == 4) {
        CHECK(meanOf(frame.pixels, 3, 44, 44, 8, 8) ==
              Approx(expected.alpha).margin(expected.tolerance / 255));
    }
}

void checkCounted(const std::filesystem::path& path, const Expected& expected) {
    auto source = mustOpen(path);
    CHECK(source->info().frames == kFrames);
    CHECK(source->info().first == expected.first);
    CHECK(source->info().last == expected.first + kFrames - 1);
    CHECK(source->info().missing.empty());
    CHECK(source->info().width == expected.width);
    CHECK(source->info().height == expected.height);
    for (FrameNumber n = expected.first; n < expected.first + kFrames; ++n) {
        auto frame = source->next();
        REQUIRE((frame.ok() && frame->has_value()));
        checkFrame(**frame, n, expected);
    }
    auto end = source->next();
    REQUIRE(end.ok());
    CHECK_FALSE(end->has_value());
    std::mt19937 random(5);
    for (int i = 0; i < 25; ++i) {
        const auto n = expected.first + static_cast<FrameNumber>(random() % kFrames);
        checkFrame(mustRead(*source, n), n, expected);
    }
}

std::vector<std::string> scaled(const std::string& matrix, const std::string& range,
                                const std::string& format, std::vector<std::string> encode) {
    encode.insert(
        encode.begin(),
        {"-vf", "scale=flags=accurate_rnd+full_chroma_int:out_color_matrix=" + matrix +
                    ":out_range=" + range + ",format=" + format +
                    ",setparams=colorspace=" + (matrix == "bt709" ? "bt709" : "smpte170m")});
    encode.insert(encode.end(), {"-color_range", range, "-colorspace",
                                 matrix == "bt709" ? "bt709" : "smpte170m"});
    return encode;
}

std::vector<std::string> with(std::vector<std::string> arguments,
                              const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

const std::vector<std::string> kH264 = {"-c:v", "libx264", "-preset", "fast", "-crf",
                                        "3",    "-bf",     "3",       "-g",   "8"};

}  // namespace

TEST_CASE("fixture: H.264 with B-frames, in both matrices and ranges") {
    const TempFolder folder;
    for (const std::string matrix : {"bt709", "bt601"}) {
        for (const std::string range : {"tv", "pc"}) {
            CAPTURE(matrix, range);
            const auto path = folder / (matrix + range + ".mp4");
            makeCounted(path, "160x96", scaled(matrix, range, "yuv420p", kH264));
            CHECK(probe(path, "stream=has_b_frames").find("has_b_frames=0") == std::string::npos);
            checkCounted(path, {.encoding = matrix});
            CHECK(mustOpen(path)->info().tags.fullRange == (range == "pc"));
        }
    }
}

TEST_CASE("fixture: 10-bit ProRes and Motion JPEG") {
    const TempFolder folder;
    makeCounted(folder / "prores.mov", "160x96",
                scaled("bt709", "tv", "yuv422p10le", {"-c:v", "prores_ks", "-profile:v", "3"}));
    checkCounted(folder / "prores.mov",
                 {.tolerance = 1, .type = SampleType::u16, .encoding = "bt709"});
    CHECK(mustOpen(folder / "prores.mov")->info().bitDepth == 10);
    for (const char* name : {"mjpeg.avi", "mjpeg.mov"}) {
        makeCounted(folder / name, "160x96",
                    scaled("bt601", "pc", "yuvj420p", {"-c:v", "mjpeg", "-q:v", "1"}));
        checkCounted(folder / name, {.tolerance = 3, .encoding = "bt601"});
    }
}

TEST_CASE("fixture: a varying frame rate") {
    const TempFolder folder;
    const auto encode = scaled("bt709", "tv", "yuv420p",
                               with(kH264, {"-vsync", "vfr", "-bsf:v",
                                            "setts=pts=if(gt(PTS\\,200)\\,PTS*3\\,PTS):dts=DTS"}));
    makeCounted(folder / "vfr.mkv", "160x96", encode);
    checkCounted(folder / "vfr.mkv", {.encoding = "bt709"});
    CHECK(mustOpen(folder / "vfr.mkv")->info().warnings.size() == 1);
}

TEST_CASE("fixture: rotation flags") {
    const TempFolder folder;
    makeCounted(folder / "plain.mp4", "160x96", scaled("bt709", "tv", "yuv420p", kH264));
    for (const int degrees : {90, 180, 270}) {
        CAPTURE(degrees);
        const auto path = folder / ("turned" + std::to_string(degrees) + ".mp4");
        ffmpeg({"-i", (folder / "plain.mp4").string(), "-c", "copy", "-metadata:s:v:0",
                "rotate=" + std::to_string(degrees), path.string()});
        Expected expected{.encoding = "bt709"};
        if (degrees != 180) {
            std::swap(expected.width, expected.height);
        }
        // Where the ffmpeg program shows the corner: it counts counterclockwise.
        expected.squareX = degrees == 90 ? 8 : expected.width - 24;
        expected.squareY = degrees == 270 ? 8 : expected.height - 24;
        checkCounted(path, expected);
    }
}

TEST_CASE("fixture: odd sizes, anamorphic pixels and sound") {
    const TempFolder folder;
    makeCounted(folder / "odd.mkv", "161x97", scaled("bt601", "tv", "yuv420p", {"-c:v", "ffv1"}));
    checkCounted(folder / "odd.mkv", {.encoding = "bt601", .width = 161, .height = 97});
    makeCounted(folder / "wide.mp4", "160x96",
                scaled("bt709", "tv", "yuv420p", with(kH264, {"-aspect", "320:96"})));
    checkCounted(folder / "wide.mp4", {.encoding = "bt709"});
    CHECK(mustOpen(folder / "wide.mp4")->info().pixelAspect == Approx(2));
    CHECK(mustRead(*mustOpen(folder / "wide.mp4"), 3).pixelAspect == Approx(2));
    std::vector<std::string> sound = {"-f", "lavfi", "-i", "sine=d=2", "-c:a", "aac", "-shortest"};
    makeCounted(folder / "sound.mp4", "160x96",
                with(sound, scaled("bt709", "tv", "yuv420p", kH264)));
    checkCounted(folder / "sound.mp4", {.encoding = "bt709"});
    CHECK(mustOpen(folder / "sound.mp4")->info().hasAudio);
}

TEST_CASE("fixture: picture sequences") {
    const TempFolder folder;
    struct Kind {
        const char* name;
        std::vector<std::string> encode;
        Expected expected;
    };
    const std::vector<Kind> kinds = {
        {"png8.%04d.png", {"-pix_fmt", "rgb24"}, {.tolerance = 0.01, .encoding = "srgb"}},
        {"png16.%04d.png",
         {"-pix_fmt", "rgb48be"},
         {.tolerance = 0.1, .type = SampleType::u16, .encoding = "srgb", .scale = 255 / 256.0}},
        {"png8a.%04d.png",
         {"-vf", "format=rgba,colorchannelmixer=aa=0.5"},
         {.tolerance = 0.8, .channels = 4, .encoding = "srgb", .alpha = 128 / 255.0}},
        {"png16a.%04d.png",
         {"-vf", "format=rgba,colorchannelmixer=aa=0.5,format=rgba64be"},
         {.tolerance = 0.5,
          .type = SampleType::u16,
          .channels = 4,
          .encoding = "srgb",
          .alpha = 128 / 255.0}},
        {"tiff8.%04d.tif", {"-pix_fmt", "rgb24"}, {.tolerance = 0.01, .encoding = "srgb"}},
        {"tiff16.%04d.tif",
         {"-pix_fmt", "rgb48le"},
         {.tolerance = 0.1, .type = SampleType::u16, .encoding = "srgb", .scale = 255 / 256.0}},
        {"jpeg.%04d.jpg",
         {"-pix_fmt", "yuvj444p", "-q:v", "1"},
         {.tolerance = 3, .encoding = "srgb"}},
        {"dpx.%04d.dpx",
         {"-pix_fmt", "gbrp10be"},
         {.tolerance = 0.7, .type = SampleType::u16, .encoding = "srgb"}},
        {"half.%04d.exr",
         {"-vf", "format=gbrp16le,format=gbrpf32le", "-format", "half"},
         {.tolerance = 0.2,
          .type = SampleType::f16,
          .encoding = "scene_linear",
          .scale = 255 / 256.0}},
        {"float.%04d.exr",
         {"-vf", "format=gbrp16le,format=gbrpf32le", "-format", "float"},
         {.tolerance = 0.2,
          .type = SampleType::f32,
          .encoding = "scene_linear",
          .scale = 255 / 256.0}},
    };
    for (const Kind& kind : kinds) {
        CAPTURE(kind.name);
        makeCounted(folder / kind.name, "160x96", with(kind.encode, {"-start_number", "1001"}));
        Expected expected = kind.expected;
        expected.first = 1001;
        checkCounted(folder / kind.name, expected);
    }
    CHECK(mustOpen(folder / "dpx.####.dpx")->info().bitDepth == 10);
    // That program tags DPX as linear light.
    CHECK(mustOpen(folder / "dpx.####.dpx")->info().warnings.size() == 1);
    auto some = mustOpen(folder / "png8.####.png 1003-1010x2,1019");
    CHECK(some->info().frames == 5);
    CHECK(some->info().warnings.empty());
    checkFrame(mustRead(*some, 1005), 1005, {.first = 1001, .tolerance = 0.01, .encoding = "srgb"});
    CHECK_FALSE(some->read(1004).ok());
    // By what the clip is kept as, the same frames come back.
    CHECK(mustOpen(some->info().path)->info().missing == some->info().missing);
}
