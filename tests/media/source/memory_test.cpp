// Reading ten times as many frames takes no more memory, forwards or in any order.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "media/base/file.h"
#include "media/source/image_file.h"
#include "tests/media/source/fixtures.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr int kFrames = 2000;

int64_t peakKilobytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind("VmHWM:", 0) == 0) {
            return std::stoll(line.substr(6));
        }
    }
    return 0;
}

// Of a process of its own that reads so many frames; every tenth out of order.
int64_t peakOfReading(const std::filesystem::path& path, int frames) {
    const auto peakFile = path.parent_path() / "peak";
    const ProcessResult result = runProcess("/proc/self/exe", {"[reader]"},
                                            {{"US_READER_PATH", path.string()},
                                             {"US_READER_FRAMES", std::to_string(frames)},
                                             {"US_READER_PEAK", peakFile.string()}});
    INFO(result.out << result.err);
    REQUIRE(result.exitCode == 0);
    const auto text = readFile(peakFile);
    REQUIRE(text.ok());
    return std::stoll(*text);
}

}  // namespace

// Not a test by itself: what peakOfReading() starts.
TEST_CASE("reader of frames", "[.][reader]") {
    const char* path = std::getenv("US_READER_PATH");
    if (path == nullptr) {
        return;
    }
    const int frames = std::atoi(std::getenv("US_READER_FRAMES"));
    auto source = mustOpen(path);
    REQUIRE(source->info().frames == kFrames);
    for (int i = 0; i < frames; ++i) {
        if (i % 10 == 9) {
            const FrameNumber jump = 1 + (i * 7919LL) % 190;
            CHECK(mustRead(*source, jump).number == jump);
            CHECK(mustRead(*source, i + 1).number == i + 1);
            continue;
        }
        auto frame = source->next();
        REQUIRE((frame.ok() && frame->has_value()));
        REQUIRE((*frame)->number == i + 1);
    }
    std::ofstream(std::getenv("US_READER_PEAK")) << peakKilobytes();
}

TEST_CASE("memory does not grow with the frames read") {
    const TempFolder folder;
    // 46 KB a frame: were they kept, 1800 of them would be 83 MB.
    constexpr int64_t kNoise = 6000;
    makeNumbered(folder / "movie.mp4", kFrames, "160x96",
                 {"-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "12"});
    const int64_t few = peakOfReading(folder / "movie.mp4", 200);
    const int64_t many = peakOfReading(folder / "movie.mp4", kFrames);
    CHECK(few > 1000);
    CHECK(many < few + kNoise);

    REQUIRE(writeImage(folder / "p.1.png", Image(160, 96, 3, SampleType::u8)).ok());
    for (int n = 2; n <= kFrames; ++n) {
        std::filesystem::create_hard_link(folder / "p.1.png",
                                          folder / ("p." + std::to_string(n) + ".png"));
    }
    const int64_t fewPictures = peakOfReading(folder / "p.#.png", 200);
    CHECK(peakOfReading(folder / "p.#.png", kFrames) < fewPictures + kNoise);
}
