#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <map>
#include <random>

#include "media/base/sha256.h"
#include "media/source/frame_source.h"
#include "tests/media/source/fixtures.h"
#include "tests/support/footage.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

std::string hashOf(const Frame& frame) {
    return sha256Of({frame.pixels.data(), frame.pixels.size()});
}

// Reads all by next(), then in random order by read(): the same pixels under the same numbers.
void checkRandomAccess(const std::filesystem::path& path, int expected, bool numbered = true) {
    auto source = mustOpen(path);
    CHECK(source->info().frames == expected);
    CHECK(source->info().first == 1);
    CHECK(source->info().last == expected);
    std::map<FrameNumber, std::string> hashes;
    FrameNumber number = 0;
    while (true) {
        auto frame = source->next();
        REQUIRE(frame.ok());
        if (!frame->has_value()) {
            break;
        }
        ++number;
        CHECK((*frame)->number == number);
        if (numbered) {
            CHECK(numberShown(**frame) == Approx(number).margin(0.45));
        }
        hashes[number] = hashOf(**frame);
    }
    CHECK(number == expected);
    std::mt19937 random(7);
    auto fresh = mustOpen(path);
    for (int i = 0; i < 30; ++i) {
        const FrameNumber wanted = 1 + static_cast<FrameNumber>(random() % expected);
        const Frame frame = mustRead(*fresh, wanted);
        CHECK(frame.number == wanted);
        CHECK(hashOf(frame) == hashes[wanted]);
        if (i % 5 == 0 && wanted < expected) {
            auto following = fresh->next();
            REQUIRE((following.ok() && following->has_value()));
            CHECK((*following)->number == wanted + 1);
            CHECK(hashOf(**following) == hashes[wanted + 1]);
        }
    }
    CHECK(hashOf(mustRead(*fresh, expected)) == hashes[expected]);
    CHECK(hashOf(mustRead(*fresh, 1)) == hashes[1]);
    CHECK_FALSE(fresh->read(0).ok());
    CHECK_FALSE(fresh->read(expected + 1).ok());
}

}  // namespace

TEST_CASE("frames are numbered as they are shown, and read the same in any order") {
    const TempFolder folder;
    struct Kind {
        const char* name;
        std::vector<std::string> encode;
    };
    const std::vector<Kind> kinds = {
        {"b.mp4", {"-c:v", "libx264", "-preset", "fast", "-crf", "12", "-bf", "3", "-g", "17"}},
        {"open.mkv",
         {"-c:v", "libx264", "-preset", "fast", "-crf", "12", "-bf", "3", "-g", "13",
          "-x264-params", "open-gop=1:b-pyramid=normal"}},
        {"h264.avi", {"-c:v", "libx264", "-preset", "fast", "-crf", "12", "-bf", "2", "-g", "15"}},
        {"raw.h264", {"-c:v", "libx264", "-preset", "fast", "-crf", "12", "-bf", "2", "-g", "15"}},
        {"stream.ts", {"-c:v", "libx264", "-preset", "fast", "-crf", "12", "-bf", "2", "-g", "15"}},
        {"mpeg2.mpg", {"-c:v", "mpeg2video", "-q:v", "2", "-bf", "2", "-g", "12"}},
        {"intra.mov", {"-c:v", "prores_ks", "-profile:v", "3"}},
        {"refresh.mp4",
         {"-c:v", "libx264", "-preset", "fast", "-crf", "12", "-x264-params",
          "intra-refresh=1:keyint=20"}},
    };
    for (const Kind& kind : kinds) {
        SECTION(kind.name) {
            makeNumbered(folder / kind.name, 60, "160x96", kind.encode);
            checkRandomAccess(folder / kind.name, 60);
        }
    }
}

TEST_CASE("a movie cut in by an edit list begins at its first shown frame") {
    const TempFolder folder;
    makeNumbered(folder / "whole.mp4", 50, "160x96",
                 {"-c:v", "libx264", "-preset", "fast", "-crf", "12", "-g", "25", "-bf", "2"});
    ffmpeg({"-ss", "0.4", "-i", (folder / "whole.mp4").string(), "-c", "copy",
            (folder / "cut.mp4").string()});
    auto source = mustOpen(folder / "cut.mp4");
    CHECK(numberShown(mustRead(*source, 1)) == Approx(11).margin(0.45));
    CHECK(source->info().frames == 40);
    CHECK(numberShown(mustRead(*source, 40)) == Approx(50).margin(0.45));
    CHECK(numberShown(mustRead(*source, 2)) == Approx(12).margin(0.45));
}

TEST_CASE("matrix and range are honoured, and assumed by size where not told") {
    const TempFolder folder;
    // An orange whose rendition differs by more than 10 levels between the matrices.
    struct Kind {
        const char* name;
        const char* size;
        const char* filter;
        std::vector<std::string> tags;
        const char* encoding;
    };
    const std::vector<Kind> kinds = {
        {"tagged709",
         "160x96",
         "out_color_matrix=bt709:out_range=tv",
         {"-colorspace", "bt709", "-color_trc", "bt709"},
         "bt709"},
        {"tagged601",
         "160x96",
         "out_color_matrix=bt601:out_range=tv",
         {"-colorspace", "smpte170m", "-color_trc", "smpte170m"},
         "bt601"},
        {"untagged-small", "160x96", "out_color_matrix=bt601:out_range=tv", {}, "bt601"},
        {"untagged-large", "1280x720", "out_color_matrix=bt709:out_range=tv", {}, "bt709"},
        {"full", "160x96", "out_color_matrix=bt601:out_range=pc", {"-color_range", "pc"}, "bt601"},
        {"full709",
         "160x96",
         "out_color_matrix=bt709:out_range=pc",
         {"-color_range", "pc", "-colorspace", "bt709"},
         "bt709"},
        {"bt2020",
         "160x96",
         "out_color_matrix=bt2020:out_range=tv",
         {"-colorspace", "bt2020nc"},
         "bt709"},
        {"srgb",
         "160x96",
         "out_color_matrix=bt709:out_range=tv",
         {"-colorspace", "bt709", "-color_trc", "iec61966-2-1"},
         "srgb"},
    };
    for (const Kind& kind : kinds) {
        const auto path = folder / (std::string(kind.name) + ".mp4");
        std::vector<std::string> encode = {
            "-vf",
            std::string("scale=flags=accurate_rnd+full_chroma_int:") + kind.filter +
                ",format=yuv420p",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-crf",
            "4"};
        encode.insert(encode.end(), kind.tags.begin(), kind.tags.end());
        makeFlat(path, "0xd07020", kind.size, encode);
        auto source = mustOpen(path);
        const Frame frame = mustRead(*source, 2);
        CAPTURE(kind.name);
        CHECK(meanOf(frame.pixels, 0, 20, 20, 40, 40) * 255 == Approx(0xd0).margin(2));
        CHECK(meanOf(frame.pixels, 1, 20, 20, 40, 40) * 255 == Approx(0x70).margin(2));
        CHECK(meanOf(frame.pixels, 2, 20, 20, 40, 40) * 255 == Approx(0x20).margin(2));
        CHECK(frame.encoding.name == kind.encoding);
        CHECK(source->info().tags.fullRange == (std::strncmp(kind.name, "full", 4) == 0));
    }
}

TEST_CASE("deep movies come as u16, with their bits") {
    const TempFolder folder;
    makeFlat(folder / "ten.mp4", "0xd07020", "160x96",
             {"-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p10le", "-c:v",
              "libx264", "-preset", "ultrafast", "-crf", "1", "-colorspace", "bt709"});
    auto source = mustOpen(folder / "ten.mp4");
    const Frame frame = mustRead(*source, 1);
    CHECK(source->info().bitDepth == 10);
    CHECK(frame.pixels.type() == SampleType::u16);
    CHECK(meanOf(frame.pixels, 0, 20, 20, 40, 40) * 255 == Approx(0xd0).margin(0.6));
    CHECK(meanOf(frame.pixels, 1, 20, 20, 40, 40) * 255 == Approx(0x70).margin(0.6));
    CHECK(meanOf(frame.pixels, 2, 20, 20, 40, 40) * 255 == Approx(0x20).margin(0.6));

    makeFlat(folder / "alpha.mov", "0xd07020", "160x96",
             {"-vf", "format=rgba,colorchannelmixer=aa=0.5", "-c:v", "prores_ks", "-profile:v",
              "4444", "-pix_fmt", "yuva444p10le"});
    auto alpha = mustOpen(folder / "alpha.mov");
    const Frame transparent = mustRead(*alpha, 3);
    CHECK(transparent.pixels.channels() == 4);
    CHECK(meanOf(transparent.pixels, 3, 20, 20, 40, 40) == Approx(0.5).margin(0.01));

    makeFlat(folder / "rgb.mkv", "0xd07020", "33x17", {"-c:v", "ffv1", "-pix_fmt", "gbrp"});
    auto rgb = mustOpen(folder / "rgb.mkv");
    const Frame exact = mustRead(*rgb, 1);
    CHECK(rgb->info().encoding.name == "srgb");
    CHECK(exact.pixels.width() == 33);
    CHECK(int(exact.pixels.row<uint8_t>(16)[32 * 3]) == 0xd0);
    CHECK(int(exact.pixels.row<uint8_t>(16)[32 * 3 + 2]) == 0x20);
}

TEST_CASE("packed and half-planar formats read like planar ones") {
    const TempFolder folder;
    for (const std::string format : {"nv12", "uyvy422", "yuv411p", "yuv422p", "yuv444p"}) {
        makeFlat(folder / (format + ".nut"), "0xd07020", "160x96",
                 {"-vf", "scale=out_color_matrix=bt601:out_range=tv,format=" + format, "-c:v",
                  "rawvideo"});
        auto source = mustOpen(folder / (format + ".nut"));
        const Frame frame = mustRead(*source, 2);
        CAPTURE(format);
        CHECK(meanOf(frame.pixels, 0, 20, 20, 40, 40) * 255 == Approx(0xd0).margin(2));
        CHECK(meanOf(frame.pixels, 1, 20, 20, 40, 40) * 255 == Approx(0x70).margin(2));
        CHECK(meanOf(frame.pixels, 2, 20, 20, 40, 40) * 255 == Approx(0x20).margin(2));
    }
}

TEST_CASE("a part of a frame's planes has the colours of the whole") {
    const TempFolder folder;
    std::mt19937 random(3);
    for (const std::string format : {"yuv420p", "yuvj420p", "yuv422p", "yuv444p", "gray"}) {
        for (const std::string size : {"160x96", "161x97"}) {
            const auto path = folder / (format + size + ".mkv");
            makeNumbered(path, 2, size,
                         {"-vf", "noise=alls=100:allf=t,format=" + format, "-c:v", "ffv1"});
            const Frame whole = mustRead(*mustOpen(path), 2);
            auto grey = openSource(path.string(), WantedPixels::greyIfCheap);
            REQUIRE(grey.ok());
            const Frame looked = mustRead(**grey, 2);
            CAPTURE(format, size);
            REQUIRE(looked.planes);
            CHECK(looked.pixels.channels() == 1);
            const int width = whole.pixels.width();
            const int height = whole.pixels.height();
            for (int i = 0; i < 40; ++i) {
                PixelRect rect{0, 0, width, height};
                if (i > 0) {
                    rect.x = static_cast<int>(random() % static_cast<unsigned>(width));
                    rect.y = static_cast<int>(random() % static_cast<unsigned>(height));
                    rect.width = 1 + static_cast<int>(random() % unsigned(width - rect.x));
                    rect.height = 1 + static_cast<int>(random() % unsigned(height - rect.y));
                }
                const auto part = looked.planes->cut(rect);
                CHECK(part->rect() == rect);
                CHECK(part->bytes() <= looked.planes->bytes());
                const PicturePart picture = part->colors();
                CHECK(picture.wholeWidth == width);
                CHECK(picture.wholeHeight == height);
                const auto row = static_cast<size_t>(rect.width) * 3;
                bool same = true;
                for (int y = rect.y; y < rect.y + rect.height; ++y) {
                    same = same && std::memcmp(whole.pixels.row<uint8_t>(y) + 3 * rect.x,
                                               picture.pixels.row<uint8_t>(y - picture.y) +
                                                   3 * (rect.x - picture.x),
                                               row) == 0;
                }
                CAPTURE(rect.x, rect.y, rect.width, rect.height);
                CHECK(same);
            }
        }
    }
    // What is not 8 bits of plain planes comes in colour at once.
    for (const std::string format : {"nv12", "yuv420p10le", "yuva420p"}) {
        const auto path = folder / (format + ".nut");
        makeNumbered(path, 2, "160x96", {"-vf", "format=" + format, "-c:v", "rawvideo"});
        auto source = openSource(path.string(), WantedPixels::greyIfCheap);
        REQUIRE(source.ok());
        CAPTURE(format);
        CHECK(!mustRead(**source, 1).planes);
    }
}

TEST_CASE("rotated, odd and anamorphic movies") {
    const TempFolder folder;
    makeNumbered(folder / "plain.mp4", 3, "160x96", {"-c:v", "libx264", "-crf", "10"});
    for (const int degrees : {90, 180, 270}) {
        const auto path = folder / ("turned" + std::to_string(degrees) + ".mp4");
        ffmpeg({"-i", (folder / "plain.mp4").string(), "-c", "copy", "-metadata:s:v:0",
                "rotate=" + std::to_string(degrees), path.string()});
        // What the ffmpeg program shows, which turns by itself.
        const auto shown =
            folder / std::string(static_cast<size_t>(degrees / 90), 's').append(".png");
        ffmpeg({"-i", path.string(), "-frames:v", "1", shown.string()});
        const Frame expected = mustRead(*mustOpen(shown), 1);
        auto source = mustOpen(path);
        const Frame frame = mustRead(*source, 1);
        CAPTURE(degrees);
        REQUIRE(frame.pixels.width() == expected.pixels.width());
        CHECK(source->info().width == expected.pixels.width());
        double difference = 0;
        for (int y = 0; y < frame.pixels.height(); ++y) {
            for (int x = 0; x < frame.pixels.width() * 3; ++x) {
                difference += std::abs(int(frame.pixels.row<uint8_t>(y)[x]) -
                                       int(expected.pixels.row<uint8_t>(y)[x]));
            }
        }
        CHECK(difference / (160 * 96 * 3) < 8);  // that program spreads chroma otherwise
    }
    makeFlat(folder / "odd.mkv", "0xd07020", "161x97",
             {"-vf", "scale=out_color_matrix=bt601:out_range=tv,format=yuv420p", "-c:v", "ffv1"});
    const Frame odd = mustRead(*mustOpen(folder / "odd.mkv"), 3);
    CHECK(odd.pixels.width() == 161);
    CHECK(odd.pixels.height() == 97);
    CHECK(meanOf(odd.pixels, 0, 158, 40, 3, 3) * 255 == Approx(0xd0).margin(2));
    CHECK(meanOf(odd.pixels, 2, 158, 40, 3, 3) * 255 == Approx(0x20).margin(2));

    makeNumbered(folder / "wide.mp4", 2, "160x96",
                 {"-c:v", "libx264", "-aspect", "320:96", "-timecode", "01:02:03:24"});
    auto wide = mustOpen(folder / "wide.mp4");
    CHECK(wide->info().pixelAspect == Approx(2));
    CHECK(mustRead(*wide, 1).timecode == "01:02:03:24");
    CHECK(mustRead(*wide, 2).timecode == "01:02:04:00");
}

TEST_CASE("rates, varying rates and sound") {
    const TempFolder folder;
    ffmpeg({"-f", "lavfi", "-i", "testsrc2=s=64x48:r=30000/1001:d=1", "-f", "lavfi", "-i",
            "sine=d=1", "-c:v", "libx264", (folder / "ntsc.mp4").string()});
    auto ntsc = mustOpen(folder / "ntsc.mp4");
    CHECK(ntsc->info().rate == Rational{30000, 1001});
    CHECK(ntsc->info().hasAudio);
    CHECK(ntsc->info().warnings.empty());

    makeNumbered(folder / "varying.mkv", 40, "160x96",
                 {"-c:v", "libx264", "-preset", "fast", "-crf", "12", "-bf", "2", "-vsync", "vfr",
                  "-bsf:v", "setts=pts=if(gt(PTS\\,500)\\,PTS*3\\,PTS):dts=DTS"});
    auto varying = mustOpen(folder / "varying.mkv");
    CHECK(varying->info().frames == 40);
    CHECK_FALSE(varying->info().hasAudio);
    CHECK(varying->info().warnings.size() == 1);
    CHECK(numberShown(mustRead(*varying, 33)) == Approx(33).margin(0.45));
    CHECK(numberShown(mustRead(*varying, 5)) == Approx(5).margin(0.45));
}

TEST_CASE("interlaced and high dynamic range movies come with a warning") {
    const TempFolder folder;
    makeNumbered(folder / "fields.mpg", 3, "160x96",
                 {"-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-vf", "setfield=tff"});
    CHECK(mustOpen(folder / "fields.mpg")->info().warnings.size() == 1);
    makeFlat(folder / "bright.mp4", "0xd07020", "160x96",
             {"-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-color_trc", "smpte2084",
              "-colorspace", "bt2020nc"});
    auto bright = mustOpen(folder / "bright.mp4");
    CHECK(bright->info().encoding.name == "pq");
    CHECK(bright->info().warnings.size() == 1);
}

TEST_CASE("cut and damaged movies give what they have") {
    const TempFolder folder;
    const std::vector<std::string> encode = {"-c:v", "libx264", "-preset", "fast", "-crf",
                                             "12",   "-g",      "10",      "-bf",  "2"};
    makeNumbered(folder / "whole.mkv", 60, "160x96", encode);
    std::vector<std::string> streamed = encode;
    streamed.insert(streamed.end(), {"-movflags", "+faststart"});
    makeNumbered(folder / "whole.mp4", 60, "160x96", streamed);
    for (const char* extension : {".mkv", ".mp4"}) {
        const auto cut = folder / (std::string("cut") + extension);
        std::filesystem::copy_file(folder / (std::string("whole") + extension), cut);
        std::filesystem::resize_file(cut, std::filesystem::file_size(cut) * 6 / 10);
        CAPTURE(extension);
        auto source = mustOpen(cut);
        const FrameNumber last = source->info().last;
        CHECK(last > 20);
        CHECK(last < 60);
        CHECK(source->info().frames == last);
        CHECK(numberShown(mustRead(*source, last)) == Approx(last).margin(0.45));
        CHECK(numberShown(mustRead(*source, 7)) == Approx(7).margin(0.45));
        if (std::string(extension) == ".mp4") {
            CHECK(source->info().warnings.size() == 1);
        }
    }

    // Flipped bits in the middle: frames are right, or reported, or at worst look damaged; the
    // numbers stay true.
    auto broken = folder / "broken.mp4";
    std::filesystem::copy_file(folder / "whole.mp4", broken);
    {
        std::fstream file(broken, std::ios::binary | std::ios::in | std::ios::out);
        const auto size = static_cast<std::streamoff>(std::filesystem::file_size(broken));
        for (int i = 0; i < 40; ++i) {
            file.seekp(size / 2 + i * 131);
            file.write("\xff\x13\x5a\x00\x77\xe1", 6);
        }
    }
    auto source = mustOpen(broken);
    int good = 0;
    int reported = 0;
    for (FrameNumber n = 1; n <= source->info().last; ++n) {
        auto frame = source->read(n);
        good += frame.ok() && std::abs(numberShown(*frame) - static_cast<double>(n)) < 0.45 ? 1 : 0;
        if (!frame.ok()) {
            ++reported;
            CHECK(frame.error().code == ErrorCode::missingInput);
            CHECK_FALSE(frame.error().remedy.empty());
        }
    }
    CHECK(good >= 40);
    CHECK(reported >= 1);
}

TEST_CASE("what is no movie is refused with a word of advice") {
    const TempFolder folder;
    const auto refusal = [](const std::filesystem::path& path) {
        auto source = openSource(path.string());
        REQUIRE_FALSE(source.ok());
        CHECK_FALSE(source.error().remedy.empty());
        CHECK_FALSE(source.error().message.empty());
        return source.error().code;
    };
    CHECK(refusal(folder / "absent.mp4") == ErrorCode::missingInput);
    CHECK(refusal("") == ErrorCode::missingInput);
    std::ofstream(folder / "empty.mp4").flush();
    CHECK(refusal(folder / "empty.mp4") == ErrorCode::missingInput);
    std::ofstream(folder / "text.mp4") << "These are words, not pictures.\n";
    CHECK(refusal(folder / "text.mp4") == ErrorCode::missingInput);
    std::ofstream(folder / "list.mp4") << "#EXTM3U\n#EXTINF:1,\nhttp://example.invalid/a.ts\n";
    CHECK(refusal(folder / "list.mp4") == ErrorCode::missingInput);
    std::ofstream(folder / "noise.mov") << std::string(100000, '\x7f');
    CHECK(refusal(folder / "noise.mov") == ErrorCode::missingInput);
    ffmpeg({"-f", "lavfi", "-i", "sine=d=1", (folder / "sound.mp4").string()});
    CHECK(refusal(folder / "sound.mp4") == ErrorCode::missingInput);
    makeNumbered(folder / "whole.mp4", 10, "160x96", {"-c:v", "libx264"});
    std::filesystem::resize_file(folder / "whole.mp4", 3000);
    CHECK(refusal(folder / "whole.mp4") == ErrorCode::corruptData);
    std::filesystem::create_directory(folder / "nothing");
    CHECK(refusal(folder / "nothing") == ErrorCode::missingInput);
    CHECK(refusal("/dev/null") == ErrorCode::missingInput);
}

TEST_CASE("file names of any bytes, with colons and signs") {
    const TempFolder folder;
    makeNumbered(folder / "plain.mp4", 3, "160x96", {"-c:v", "libx264"});
    for (const std::string name : {"a:b.mp4", "caf\xe9 \xff.mp4", "take#2 %04d.mp4", "-x.mp4"}) {
        std::filesystem::copy_file(folder / "plain.mp4", folder / name);
        CHECK(mustOpen(folder / name)->info().frames == 3);
    }
}

TEST_CASE("the real clips") {
    const auto clip = footage("performer_a/again.mkv");
    if (!clip.has_value()) {
        return;
    }
    checkRandomAccess(*clip, 77, false);
    auto source = mustOpen(*clip);
    CHECK(source->info().tags.fullRange);
    CHECK(source->info().rate == Rational{30, 1});
    CHECK(source->info().encoding.name == "bt601");
}
