#include "media/source/frame_sink.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "media/frame/image_ops.h"
#include "tests/media/source/fixtures.h"
#include "tests/support/small_disk.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

// Orange above, blue below: colours that shift when matrix or range are mistaken.
Image patches(int width, int height, SampleType type, int channels = 3) {
    Image image(width, height, channels, SampleType::f32);
    for (int y = 0; y < height; ++y) {
        float* pixel = image.row<float>(y);
        for (int x = 0; x < width; ++x, pixel += channels) {
            const bool above = y < height / 2;
            pixel[0] = above ? 0.8F : 0.1F;
            pixel[1] = above ? 0.45F : 0.2F;
            pixel[2] = above ? 0.15F : 0.7F;
            if (channels == 4) {
                pixel[3] = 1;
            }
        }
    }
    return fromFloat(image, type);
}

Frame frameOf(Image pixels, FrameNumber number, const char* encoding = "srgb") {
    Frame frame;
    frame.number = number;
    frame.pixels = std::move(pixels);
    frame.encoding.name = encoding;
    return frame;
}

void checkPatches(const Image& image, double margin = 2.0 / 255) {
    const int w = image.width();
    const int h = image.height();
    const double expected[2][3] = {{0.8, 0.45, 0.15}, {0.1, 0.2, 0.7}};
    for (int part = 0; part < 2; ++part) {
        for (int c = 0; c < 3; ++c) {
            CAPTURE(part, c);
            CHECK(meanOf(image, c, w / 4, part * h / 2 + h / 8, w / 2, h / 4) ==
                  Approx(expected[part][c]).margin(margin));
        }
    }
}

SinkOptions optionsFor(int width, int height) {
    SinkOptions options;
    options.rate = {25, 1};
    options.width = width;
    options.height = height;
    return options;
}

void writeMovie(const std::filesystem::path& path, const SinkOptions& options, int frames,
                SampleType type = SampleType::u8, const char* encoding = "srgb",
                FrameNumber first = 1) {
    auto sink = createSink(path.string(), options);
    if (!sink.ok()) {
        FAIL(describe(sink.error()));
    }
    for (int i = 0; i < frames; ++i) {
        const Status status = (*sink)->write(
            frameOf(patches(options.width, options.height, type), first + i, encoding));
        if (!status.ok()) {
            FAIL(describe(status.error()));
        }
    }
    CHECK_FALSE(std::filesystem::exists(path));
    REQUIRE((*sink)->finish().ok());
    CHECK(std::filesystem::exists(path));
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

int filesIn(const std::filesystem::path& folder) {
    return static_cast<int>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

const char* const kColorEntries =
    "stream=color_range,color_space,color_transfer,color_primaries,pix_fmt,r_frame_rate,"
    "sample_aspect_ratio,nb_frames";

}  // namespace

TEST_CASE("a written movie comes back with its colours, and says what they mean") {
    const TempFolder folder;
    SECTION("small: BT.601") {
        writeMovie(folder / "small.mp4", optionsFor(160, 96), 5);
        const std::string tags = probe(folder / "small.mp4", kColorEntries);
        CHECK(has(tags, "color_space=smpte170m"));
        CHECK(has(tags, "color_range=tv"));
        CHECK(has(tags, "color_primaries=smpte170m"));
        CHECK(has(tags, "color_transfer=iec61966-2-1"));
        CHECK(has(tags, "pix_fmt=yuv420p"));
        CHECK(has(tags, "nb_frames=5"));
        auto source = mustOpen(folder / "small.mp4");
        checkPatches(mustRead(*source, 3).pixels);
        CHECK(source->info().frames == 5);
        CHECK(mustRead(*source, 1).encoding.name == "srgb");
    }
    SECTION("large: BT.709") {
        writeMovie(folder / "large.mov", optionsFor(1280, 720), 2, SampleType::f32, "bt709");
        const std::string tags = probe(folder / "large.mov", kColorEntries);
        CHECK(has(tags, "color_space=bt709"));
        CHECK(has(tags, "color_transfer=bt709"));
        checkPatches(mustRead(*mustOpen(folder / "large.mov"), 2).pixels);
    }
    SECTION("as the plate says: full range, BT.709 in small, odd rate and pixels") {
        SinkOptions options = optionsFor(160, 96);
        options.tags = {1, 1, 1, true};
        options.rate = {24000, 1001};
        options.pixelAspect = 2;
        for (const char* name : {"plate.mkv", "plate.mp4"}) {
            writeMovie(folder / name, options, 4, SampleType::u16, "bt709");
            const std::string tags = probe(folder / name, kColorEntries);
            CHECK(has(tags, "color_range=pc"));
            CHECK(has(tags, "color_space=bt709"));
            CHECK(has(tags, "r_frame_rate=24000/1001"));
            CHECK(has(tags, "sample_aspect_ratio=2:1"));
            auto source = mustOpen(folder / name);
            CHECK(source->info().tags.fullRange);
            CHECK(source->info().rate == Rational{24000, 1001});
            CHECK(source->info().pixelAspect == 2);
            checkPatches(mustRead(*source, 4).pixels);
            // Other programs read the same colours.
            ffmpeg({"-i", (folder / name).string(), "-frames:v", "1", "-sws_flags",
                    "accurate_rnd+full_chroma_int", (folder / "seen.png").string()});
            checkPatches(mustRead(*mustOpen(folder / "seen.png"), 1).pixels, 3.0 / 255);
        }
    }
    SECTION("odd sizes keep all their pixels") {
        writeMovie(folder / "odd.mp4", optionsFor(161, 97), 3);
        CHECK(has(probe(folder / "odd.mp4", kColorEntries), "pix_fmt=yuv444p"));
        const Frame frame = mustRead(*mustOpen(folder / "odd.mp4"), 3);
        CHECK(frame.pixels.width() == 161);
        checkPatches(frame.pixels);
    }
    SECTION("scene-linear frames are rendered for display") {
        Image linear(160, 96, 3, SampleType::f16);
        linear = fromFloat(convertType(linear, SampleType::f32), SampleType::f16);
        Image grey(160, 96, 3, SampleType::f32);
        for (int y = 0; y < 96; ++y) {
            std::fill_n(grey.row<float>(y), 480, 0.214F);
        }
        auto sink = createSink((folder / "linear.mp4").string(), optionsFor(160, 96));
        REQUIRE(sink.ok());
        REQUIRE((*sink)->write(frameOf(grey, 1, "scene_linear")).ok());
        REQUIRE((*sink)->finish().ok());
        const Frame frame = mustRead(*mustOpen(folder / "linear.mp4"), 1);
        CHECK(meanOf(frame.pixels, 1, 20, 20, 40, 40) == Approx(0.5).margin(2.0 / 255));
    }
    CHECK(filesIn(folder.path()) <= 3);
}

TEST_CASE("sound is copied, and moved when a part is written") {
    const TempFolder folder;
    // A click at 1 s: silence, then a tone.
    ffmpeg({"-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=2", "-f", "lavfi", "-i",
            "aevalsrc=if(gte(t\\,1)\\,0.5*sin(2000*t)\\,0):s=48000:d=2", "-c:v", "libx264", "-c:a",
            "aac", (folder / "plate.mp4").string()});
    for (const char* name : {"whole.mp4", "part.mp4", "part.mov", "part.mkv"}) {
        const bool part = name[0] == 'p';
        SinkOptions options = optionsFor(160, 96);
        options.audioFrom = (folder / "plate.mp4").string();
        options.audioStart = part ? 14 : 1;  // 13 frames in: 0.52 s
        writeMovie(folder / name, options, part ? 30 : 50, SampleType::u8, "srgb", part ? 14 : 1);
        CAPTURE(name);
        CHECK(has(probe(folder / name, "stream=codec_name", "a:0"), "codec_name=aac"));
        // Where the tone begins.
        ffmpeg({"-i", (folder / name).string(), "-map", "0:a", "-af",
                "aresample=async=1:first_pts=0", "-f", "s16le", "-ac", "1", "-ar", "48000",
                (folder / "sound.raw").string()});
        std::ifstream raw(folder / "sound.raw", std::ios::binary);
        std::vector<int16_t> samples(48000 * 3);
        raw.read(reinterpret_cast<char*>(samples.data()),
                 static_cast<std::streamsize>(samples.size() * 2));
        const auto count = static_cast<size_t>(raw.gcount() / 2);
        size_t start = 0;
        while (start < count && std::abs(samples[start]) < 3000) {
            ++start;
        }
        CHECK(static_cast<double>(start) / 48000 == Approx(part ? 0.48 : 1.0).margin(0.025));
        CHECK(static_cast<double>(count) / 48000 == Approx(part ? 1.2 : 2.0).margin(0.05));
    }
    SinkOptions silent = optionsFor(160, 96);
    makeNumbered(folder / "silent.mp4", 3, "160x96", {"-c:v", "libx264"});
    silent.audioFrom = (folder / "silent.mp4").string();
    writeMovie(folder / "none.mp4", silent, 2);
    CHECK(probe(folder / "none.mp4", "stream=codec_name", "a:0").empty());
}

TEST_CASE("time code and holes in the numbers survive") {
    const TempFolder folder;
    for (const char* name : {"code.mov", "code.mkv"}) {
        auto sink = createSink((folder / name).string(), optionsFor(160, 96));
        REQUIRE(sink.ok());
        for (const FrameNumber number : {1001, 1002, 1004}) {
            Frame frame = frameOf(patches(160, 96, SampleType::u8), number);
            frame.timecode = "10:00:00:0" + std::to_string(number - 1001);
            REQUIRE((*sink)->write(frame).ok());
        }
        REQUIRE((*sink)->finish().ok());
        auto source = mustOpen(folder / name);
        CHECK(source->info().frames == 3);
        CHECK(mustRead(*source, 2).timecode == "10:00:00:01");
    }
}

TEST_CASE("sequences: every format keeps depth, numbers and values") {
    const TempFolder folder;
    struct Kind {
        const char* pattern;
        SampleType in;
        SampleType out;
        double margin;
        const char* encoding;
    };
    const std::vector<Kind> kinds = {
        {"a.####.png", SampleType::u8, SampleType::u8, 0.6 / 255, "srgb"},
        {"b.%04d.png", SampleType::u16, SampleType::u16, 0.6 / 65535, "srgb"},
        {"c.@@@@.png", SampleType::f32, SampleType::u16, 0.6 / 65535, "srgb"},
        {"d.$F4.tif", SampleType::u8, SampleType::u16, 0.6 / 255, "srgb"},
        {"e.####.dpx", SampleType::u16, SampleType::u16, 0.6 / 1023, "srgb"},
        {"f.####.exr", SampleType::f32, SampleType::f16, 0.001, "scene_linear"},
        {"g.####.exr", SampleType::u8, SampleType::f16, 0.6 / 255, "bt709"},
        {"h.####.jpg", SampleType::u8, SampleType::u8, 2.0 / 255, "srgb"},
    };
    for (const Kind& kind : kinds) {
        CAPTURE(kind.pattern);
        const std::string pattern = (folder / "new" / kind.pattern).string();
        auto sink = createSink(pattern, optionsFor(160, 96));
        REQUIRE(sink.ok());
        for (const FrameNumber number : {1004, 1001, 1002}) {
            Frame frame = frameOf(patches(160, 96, kind.in), number, kind.encoding);
            frame.pixelAspect = 2;
            frame.timecode = "01:02:03:04";
            const Status status = (*sink)->write(frame);
            if (!status.ok()) {
                FAIL(describe(status.error()));
            }
        }
        REQUIRE((*sink)->finish().ok());
        CHECK(std::filesystem::exists(sequenceFile(pattern, 1004)));
        auto source = mustOpen(pattern);
        const SourceInfo& info = source->info();
        CHECK(info.kind == SourceInfo::Kind::sequence);
        CHECK(info.first == 1001);
        CHECK(info.last == 1004);
        CHECK(info.frames == 3);
        CHECK(info.missing == std::vector<FrameNumber>{1003});
        CHECK(info.width == 160);
        CHECK(info.encoding.name == kind.encoding);
        const Frame frame = mustRead(*source, 1002);
        CHECK(frame.pixels.type() == kind.out);
        checkPatches(frame.pixels, kind.margin);
        const std::string extension = std::filesystem::path(pattern).extension().string();
        if (extension == ".exr" || extension == ".dpx") {
            CHECK(frame.timecode == "01:02:03:04");
            CHECK(frame.pixelAspect == 2);
            CHECK(info.rate == Rational{25, 1});
        }
        const auto absent = source->read(1003);
        REQUIRE_FALSE(absent.ok());
        CHECK(absent.error().code == ErrorCode::missingInput);
        auto following = source->next();
        REQUIRE((following.ok() && following->has_value()));
        CHECK((*following)->number == 1004);
        following = source->next();
        CHECK((following.ok() && !following->has_value()));
        // One of its files stands for all of them.
        CHECK(mustOpen(sequenceFile(pattern, 1001))->info().frames == 3);
    }
}

TEST_CASE("alpha, scene-linear in display formats, single pictures") {
    const TempFolder folder;
    Image half(8, 8, 4, SampleType::f32);
    for (int y = 0; y < 8; ++y) {
        for (int x = 0; x < 8; ++x) {
            float* pixel = half.row<float>(y) + x * 4;
            pixel[0] = 0.4F;
            pixel[1] = 0.2F;
            pixel[2] = 0.1F;
            pixel[3] = 0.5F;
        }
    }
    for (const std::string extension : {".exr", ".png", ".tif"}) {
        const std::string pattern = (folder / ("half.####" + extension)).string();
        auto sink = createSink(pattern, optionsFor(8, 8));
        REQUIRE(sink.ok());
        REQUIRE((*sink)->write(frameOf(half, 1)).ok());
        const Frame frame = mustRead(*mustOpen(pattern), 1);
        CAPTURE(extension);
        REQUIRE(frame.pixels.channels() == 4);
        CHECK(meanOf(frame.pixels, 0, 0, 0, 8, 8) == Approx(0.4).margin(0.001));
        CHECK(meanOf(frame.pixels, 3, 0, 0, 8, 8) == Approx(0.5).margin(0.001));
    }
    Image linear(8, 8, 3, SampleType::f32);
    for (int y = 0; y < 8; ++y) {
        std::fill_n(linear.row<float>(y), 24, 0.214F);
    }
    auto sink = createSink((folder / "shown.png").string(), optionsFor(8, 8));
    REQUIRE(sink.ok());
    REQUIRE((*sink)->write(frameOf(linear, 7, "scene_linear")).ok());
    CHECK_FALSE((*sink)->write(frameOf(linear, 8, "scene_linear")).ok());
    CHECK(meanOf(mustRead(*mustOpen(folder / "shown.png"), 1).pixels, 0, 0, 0, 8, 8) ==
          Approx(0.5).margin(0.003));
}

TEST_CASE("what cannot be written is told, and leaves nothing behind") {
    const TempFolder folder;
    const SinkOptions options = optionsFor(160, 96);
    CHECK(createSink((folder / "a.xyz").string(), options).error().code == ErrorCode::usage);
    CHECK(createSink((folder / "a").string(), options).error().code == ErrorCode::usage);
    CHECK(createSink((folder / "a.avi").string(), options).error().code == ErrorCode::usage);
    std::ofstream(folder / "file").put('x');
    const auto inFile = createSink((folder / "file" / "a.mp4").string(), options);
    REQUIRE_FALSE(inFile.ok());
    CHECK(inFile.error().code == ErrorCode::cannotWrite);
    CHECK(createSink("/proc/nowhere/a.####.png", options).error().code == ErrorCode::cannotWrite);

    auto sink = createSink((folder / "left.mp4").string(), options);
    REQUIRE(sink.ok());
    REQUIRE((*sink)->write(frameOf(patches(160, 96, SampleType::u8), 5)).ok());
    CHECK((*sink)->write(frameOf(patches(160, 96, SampleType::u8), 5)).error().code ==
          ErrorCode::usage);
    CHECK((*sink)->write(frameOf(patches(80, 96, SampleType::u8), 6)).error().code ==
          ErrorCode::usage);
    sink->reset();
    CHECK(filesIn(folder.path()) == 1);

    SinkOptions noSound = options;
    noSound.audioFrom = (folder / "absent.mp4").string();
    CHECK(createSink((folder / "b.mp4").string(), noSound).error().code == ErrorCode::missingInput);
    CHECK(filesIn(folder.path()) == 1);
}

TEST_CASE("a full or read-only disk stops writing with the remedy") {
    SmallDisk disk(1 << 20);
    if (!disk.available()) {
        WARN("skipped: needs the right to mount a small disk");
        return;
    }
    disk.fill(40000);
    Image noise(160, 96, 3, SampleType::u8);
    uint32_t state = 1;
    for (size_t i = 0; i < noise.size(); ++i) {
        state = state * 1664525U + 1013904223U;
        noise.data()[i] = static_cast<std::byte>(state >> 24);
    }
    for (const char* name : {"movie.mp4", "movie.mkv", "p.####.png", "p.####.exr", "p.####.dpx",
                             "p.####.tif", "p.####.jpg"}) {
        CAPTURE(name);
        auto sink = createSink((disk.path() / name).string(), optionsFor(160, 96));
        REQUIRE(sink.ok());
        Status status;
        for (int n = 1; n <= 60 && status.ok(); ++n) {
            status = (*sink)->write(frameOf(noise, n));
        }
        status = status.ok() ? (*sink)->finish() : status;
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().code == ErrorCode::cannotWrite);
        CHECK(has(status.error().remedy, "space"));
        sink->reset();
        // What was finished stays, halves do not.
        for (const auto& entry : std::filesystem::directory_iterator(disk.path())) {
            CHECK_FALSE(has(entry.path().filename().string(), ".part"));
            if (entry.path().filename().string().rfind("p.", 0) == 0) {
                CHECK(openSource(entry.path().string()).ok());
                std::filesystem::remove(entry.path());
            }
        }
    }
    disk.makeReadOnly();
    const auto locked = createSink((disk.path() / "b.mp4").string(), optionsFor(160, 96));
    REQUIRE_FALSE(locked.ok());
    CHECK(locked.error().code == ErrorCode::cannotWrite);
    CHECK(has(locked.error().remedy, "read-only"));
}
