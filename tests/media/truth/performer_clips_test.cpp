#include "media/truth/performer_clips.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "media/base/file.h"
#include "media/source/frame_source.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
namespace fs = std::filesystem;

namespace {

PerformerClips smallClips(const fs::path& folder) {
    PerformerClips clips;
    clips.folder = folder;
    clips.seed = 3;
    clips.frames = 5;
    clips.width = 128;
    clips.height = 96;
    clips.threads = 2;
    return clips;
}

std::string bytesOf(const fs::path& path) {
    const auto bytes = readFile(path);
    REQUIRE(bytes.ok());
    return *bytes;
}

}  // namespace

TEST_CASE("clips and their truth lie where the interface says") {
    const tests::TempFolder folder;
    PerformerClips clips = smallClips(folder / "out");
    clips.truth = true;
    int64_t last = 0;
    const auto written = writePerformerClips(clips, {[&](int64_t done, int64_t total) {
                                                         CHECK(done > last);
                                                         last = done;
                                                         CHECK(total == 20);
                                                     },
                                                     {}});
    REQUIRE(written.ok());
    CHECK(last == 20);
    REQUIRE(written->clips.size() == 2);
    CHECK(written->clips[1] == folder / "out/performer_1.mp4");
    CHECK(written->truth == folder / "out/truth");
    const auto movie = openSource(written->clips[0].string());
    REQUIRE(movie.ok());
    CHECK((*movie)->info().frames == 5);
    CHECK((*movie)->info().width == 128);
    for (const char* file : {"performer_0/0001.png", "performer_1/0005.png",
                             "truth/landmarks_0.json", "truth/swap_0_on_1/0005.png",
                             "truth/swap_0_on_1/mask/0001.png", "truth/swap_1_on_0/truth.json"}) {
        INFO(file);
        CHECK(fs::is_regular_file(folder / "out" / file));
    }
    const auto truth = readTruthFiles(folder / "out/truth/swap_0_on_1");
    REQUIRE(truth.ok());
    CHECK(truth->source == 0);
    CHECK(truth->destination == 1);
    CHECK(truth->frames == 5);
    CHECK(truth->plate == (folder / "out/performer_1/%04d.png").string());
    CHECK(fs::equivalent(truth->landmarks, folder / "out/truth/landmarks_1.json"));
    const auto landmarks = readTrueLandmarks(truth->landmarks, 5);
    REQUIRE(landmarks.ok());
    for (const Point& p : landmarks->at(4)) {
        CHECK((p.x > 0 && p.x < 128 && p.y > 0 && p.y < 96));
    }
    CHECK(readTrueLandmarks(truth->landmarks, 6).error().code == ErrorCode::corruptData);
}

TEST_CASE("the same seed gives the same pictures, another one other people") {
    const tests::TempFolder folder;
    PerformerClips clips = smallClips(folder / "a");
    clips.frames = 2;
    clips.performers = 1;
    clips.truth = true;
    REQUIRE(writePerformerClips(clips).ok());
    clips.folder = folder / "b";
    clips.threads = 1;
    REQUIRE(writePerformerClips(clips).ok());
    clips.folder = folder / "c";
    clips.seed = 4;
    REQUIRE(writePerformerClips(clips).ok());
    const char* frame = "performer_0/0002.png";
    CHECK(bytesOf(folder / "a" / frame) == bytesOf(folder / "b" / frame));
    CHECK(bytesOf(folder / "a" / frame) != bytesOf(folder / "c" / frame));
}

TEST_CASE("without truth there are the movies alone") {
    const tests::TempFolder folder;
    PerformerClips clips = smallClips(folder / "out");
    clips.performers = 3;
    clips.frames = 1;
    const auto written = writePerformerClips(clips);
    REQUIRE(written.ok());
    CHECK(written->truth.empty());
    CHECK(std::distance(fs::directory_iterator(folder / "out"), {}) == 3);
}

TEST_CASE("what cannot be is refused before anything is written, and a stop is heard") {
    const tests::TempFolder folder;
    const auto refused = [&](auto change) {
        PerformerClips clips = smallClips(folder / "out");
        change(clips);
        const auto written = writePerformerClips(clips);
        REQUIRE_FALSE(written.ok());
        CHECK(written.error().code == ErrorCode::usage);
        CHECK_FALSE(written.error().remedy.empty());
        CHECK_FALSE(fs::exists(folder / "out"));
    };
    refused([](PerformerClips& c) { c.folder.clear(); });
    refused([](PerformerClips& c) { c.performers = 0; });
    refused([](PerformerClips& c) { c.frames = 10000; });
    refused([](PerformerClips& c) { c.width = 129; });
    refused([](PerformerClips& c) { c.height = 32; });
    refused([](PerformerClips& c) { c.swaps = {{0, 2}}; });

    std::stop_source stop;
    stop.request_stop();
    const auto stopped =
        writePerformerClips(smallClips(folder / "stopped"), {{}, stop.get_token()});
    REQUIRE_FALSE(stopped.ok());
    CHECK(stopped.error().code == ErrorCode::saved);
    CHECK_FALSE(fs::exists(folder / "stopped/performer_0.mp4"));
    // A file in the way of the folder.
    std::ofstream(folder / "taken") << "x";
    const auto taken = writePerformerClips(smallClips(folder / "taken"));
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.error().code == ErrorCode::cannotWrite);
}

TEST_CASE("a damaged description of a truth is an error that says so") {
    const tests::TempFolder folder;
    CHECK(readTruthFiles(folder.path()).error().code == ErrorCode::missingInput);
    for (const char* text :
         {"", "{", "[]", "{\"source\":0}", "{\"source\":\"x\",\"destination\":1,\"frames\":5}"}) {
        std::ofstream(folder / "truth.json") << text;
        const auto truth = readTruthFiles(folder.path());
        REQUIRE_FALSE(truth.ok());
        CHECK(truth.error().code == ErrorCode::corruptData);
    }
}

TEST_CASE("everybody gives the same take, and clips of other takes show other moments") {
    const tests::TempFolder folder;
    PerformerClips clips = smallClips(folder / "a");
    clips.performers = 3;
    clips.take = 1;
    REQUIRE(writePerformerClips(clips).ok());
    const auto frameOf = [&](const char* name) {
        const auto movie = openSource((folder / name).string());
        REQUIRE(movie.ok());
        auto frame = (*movie)->read(3);
        REQUIRE(frame.ok());
        return std::move(frame->pixels);
    };
    // Mean difference of the upper left corner, where nobody's face is, and of the middle.
    const auto difference = [](const Image& a, const Image& b, int left, int top) {
        double sum = 0;
        for (int y = top; y < top + 16; ++y) {
            for (int x = left; x < left + 16; ++x) {
                for (int c = 0; c < 3; ++c) {
                    sum += std::abs(int{a.row<uint8_t>(y)[3 * x + c]} -
                                    int{b.row<uint8_t>(y)[3 * x + c]});
                }
            }
        }
        return sum / (16 * 16 * 3);
    };
    const Image first = frameOf("a/performer_0.mp4"), body = frameOf("a/performer_1.mp4");
    CHECK(difference(first, body, 0, 0) < 2);
    CHECK(difference(first, body, 56, 44) > 4);
    clips.folder = folder / "b";
    clips.take = 2;
    REQUIRE(writePerformerClips(clips).ok());
    CHECK(difference(first, frameOf("b/performer_0.mp4"), 0, 0) > 4);

    clips.truth = true;
    const Status refused = clips.check();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().where == "--take");
}
