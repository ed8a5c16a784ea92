// Plates with gaps and unreadable frames through the real programs: a warning with the frame
// numbers, everything else done, exit code 0.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/system/studio.h"

namespace fs = std::filesystem;
using namespace understudy::tests;
using nlohmann::json;

namespace {

void makePictures(const std::string& pattern, int frames, const std::string& first = "1001") {
    const auto result = runProcess(
        "ffmpeg", {"-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25",
                   "-frames:v", std::to_string(frames), "-start_number", first, "-y", pattern});
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
}

std::string warningsOf(const json& clip) {
    std::string all;
    for (const auto& warning : clip["warnings"]) {
        all += warning.get<std::string>() + "\n";
    }
    return all;
}

bool says(const json& clip, const std::string& words) {
    return warningsOf(clip).find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("gaps and unreadable frames of a sequence are named, the others are used") {
    const Studio studio;
    const std::string project = studio.project().string();
    studio.mustDo({"new", project});
    fs::create_directory(studio.path("shot"));
    makePictures(studio.path("shot/a.%04d.png"), 40);
    for (const char* number : {"1005", "1006", "1011"}) {
        fs::remove(studio.path(std::string("shot/a.") + number + ".png"));
    }
    for (const char* number : {"1020", "1021"}) {
        const auto file = studio.path(std::string("shot/a.") + number + ".png");
        fs::resize_file(file, fs::file_size(file) / 2);
    }
    std::ofstream(studio.path("shot/a.1030.png"), std::ios::trunc) << "";

    const json imported =
        studio.mustDo({"import", project, "--performer", "A", studio.path("shot")});
    const json& clip = imported["clips"][0];
    INFO(clip.dump(2));
    CHECK(clip["frames"] == 37);
    CHECK(clip["first"] == 1001);
    CHECK(clip["last"] == 1040);
    CHECK(clip["missing"] == json::array({1005, 1006, 1011}));
    CHECK(says(clip, "3 frames are missing: 1005-1006, 1011"));
    CHECK(says(clip, "1 frame is empty: 1030"));
    CHECK(imported["stderr"].get<std::string>().find("1005-1006, 1011") != std::string::npos);

    const json extracted = studio.mustDo({"extract", project, "--size", "64"});
    INFO(extracted.dump(2));
    CHECK(says(extracted["clips"][0], "3 frames are missing: 1005-1006, 1011"));
    CHECK(says(extracted["clips"][0], "3 frames could not be read: 1020-1021, 1030"));
}

TEST_CASE("only the frames that were asked for are imported and searched") {
    const Studio studio;
    const std::string project = studio.project().string();
    studio.mustDo({"new", project});
    makePictures(studio.path("caf\xe9.%04d.png"), 12, "1");
    const json clip = studio.mustDo({"import", project, "--performer", "A",
                                     studio.path("caf\xe9.####.png 2-6x2,9,11-14")})["clips"][0];
    CHECK(clip["frames"] == 6);
    CHECK(clip["first"] == 2);
    CHECK(clip["last"] == 12);
    CHECK(clip["missing"] == json::array({3, 5, 7, 8, 10}));
    CHECK(says(clip, "2 frames are missing: 13-14"));
    const json found = studio.mustDo({"extract", project, "--size", "64"})["clips"][0];
    INFO(found.dump(2));
    CHECK(found["frames"] == 6);
    CHECK(found["missed"] == json::array({2, 4, 6, 9, 11, 12}));
}

TEST_CASE("a truncated movie is imported with a warning and searched as far as it goes") {
    const Studio studio;
    const std::string project = studio.project().string();
    studio.mustDo({"new", project});
    for (const char* extension : {".mp4", ".mkv", ".avi"}) {
        const std::string whole = studio.path(std::string("whole") + extension);
        const auto made =
            runProcess("ffmpeg", {"-loglevel", "error",     "-f",
                                  "lavfi",     "-i",        "testsrc=size=320x240:rate=25",
                                  "-frames:v", "60",        "-c:v",
                                  "libx264",   "-preset",   "ultrafast",
                                  "-g",        "10",        "-pix_fmt",
                                  "yuv420p",   "-movflags", "+faststart",
                                  "-y",        whole});
        REQUIRE(made.exitCode == 0);
        const std::string cut = studio.path(std::string("cut") + extension + extension);
        fs::copy_file(whole, cut);
        fs::resize_file(cut, fs::file_size(cut) * 6 / 10);
        const json clip = studio.mustDo({"import", project, "--performer", "A", cut})["clips"][0];
        INFO(clip.dump(2));
        const int frames = clip["frames"].get<int>();
        CHECK(frames > 20);
        CHECK(frames < 60);
        CHECK(says(clip, "cut short"));
        CHECK(says(clip, std::to_string(frames)));
    }
    const json extracted = studio.mustDo({"extract", project, "--size", "64"});
    for (const auto& clip : extracted["clips"]) {
        INFO(clip.dump(2));
        CHECK(says(clip, "cut short"));
        CHECK(clip["missed"].size() == clip["frames"]);
    }
}

TEST_CASE("names that cannot be a sequence are refused with a word of advice") {
    const Studio studio;
    const std::string project = studio.project().string();
    studio.mustDo({"new", project});
    fs::create_directory(studio.path("two"));
    makePictures(studio.path("two/a.%04d.png"), 3);
    makePictures(studio.path("two/b.%04d.png"), 3);
    const auto refusal = [&](const std::string& name) {
        const json line = studio.cli({"import", project, "--performer", "A", studio.path(name)});
        INFO(line.dump(2));
        REQUIRE(line["ok"] == false);
        CHECK((line["exit"] == 64 || line["exit"] == 66));
        return line["error"]["message"].get<std::string>() + "; " +
               line["error"]["remedy"].get<std::string>();
    };
    CHECK(refusal("two") ==
          "the folder has more than one image sequence; Name one of them: a.####.png, b.####.png");
    CHECK(refusal("two/a.####.png 20-10").find("runs backwards") != std::string::npos);
    CHECK(refusal("two/a.-####.png").find("below zero") != std::string::npos);
    CHECK(refusal("two/a.####.png 5-9") ==
          "none of these frames is there; The sequence has the frames 1001-1003");
    CHECK(studio.mustDo({"faces", project})["clips"].empty());
}
