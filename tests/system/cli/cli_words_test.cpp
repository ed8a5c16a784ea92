// What the command line understands, and what it says to what it does not; and the verbs that need
// no job.
#include <catch2/catch.hpp>
#include <filesystem>

#include "media/frame/frame.h"
#include "media/source/frame_sink.h"
#include "tests/system/cli/command_desk.h"

using namespace understudy;
using tests::checkRefused;
using tests::CommandDesk;
using tests::Json;

namespace {

std::string remedyOf(const Json& line) {
    return line["error"]["remedy"].get<std::string>();
}

// A sequence of grey pictures with these numbers.
void writeSequence(const std::string& pattern, const std::vector<int>& numbers) {
    media::SinkOptions options;
    options.width = 64;
    options.height = 48;
    const auto sink = media::createSink(pattern, options);
    REQUIRE(sink.ok());
    for (const int number : numbers) {
        media::Frame frame;
        frame.number = number;
        frame.pixels = media::Image(64, 48, 3, media::SampleType::u8);
        REQUIRE((*sink)->write(frame).ok());
    }
    REQUIRE((*sink)->finish().ok());
}

}  // namespace

TEST_CASE("unknown verbs and options are usage errors that name the nearest") {
    const CommandDesk desk;
    const auto refused = [&](const std::vector<std::string>& arguments) {
        const Json line = desk.cli(arguments);
        checkRefused(line, 64);
        return line;
    };
    CHECK(remedyOf(refused({"extrct", "x"})).find("'extract'") != std::string::npos);
    CHECK(remedyOf(refused({"service", "strt"})).find("'start'") != std::string::npos);
    CHECK(
        remedyOf(refused({"swap", "x", "--run", "r", "--clip", "c", "--out", "o", "--colour", "x"}))
            .find("'--color'") != std::string::npos);
    CHECK(refused({"zzzzzzzz"})["verb"] == "zzzzzzzz");
    refused({});
    refused({"train"});
    refused({"new"});
    refused({"queue"});
    refused({"new", desk.project(), "more"});
    refused({"extract", desk.project(), "--size", "large"});
    refused({"logs", "--lines", "0"});
    refused({"performers", "--out", desk.project(), "--seed", "-1"});
    refused({"demo", "--seed", "-1"});
}

TEST_CASE("help and version are no errors") {
    const CommandDesk desk;
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"--help"}, {"--version"}, {"train", "--help"}}) {
        const auto result = desk.plain(arguments);
        CHECK(result.exitCode == 0);
        CHECK_FALSE(result.out.empty());
        CHECK(result.err.empty());
    }
    // Without --json an error is for people, on stderr alone.
    const auto result = desk.plain({"faces", "/nowhere"});
    CHECK(result.exitCode == 66);
    CHECK(result.out.empty());
    CHECK(result.err.find("understudy-cli: ") == 0);
}

TEST_CASE("projects, clips and performers that are not there are named") {
    const CommandDesk desk;
    const std::string missing = (desk.workplace().folder() / "none").string();
    checkRefused(desk.cli({"faces", missing}), 66);
    checkRefused(desk.cli({"import", missing, "--performer", "A", "x.mov"}), 66);
    checkRefused(desk.cli({"extract", missing}), 66);
    checkRefused(desk.cli({"train", missing, "--source", "A", "--destination", "B"}), 66);
    checkRefused(desk.cli({"swap", missing, "--run", "r", "--clip", "c", "--out", "o.mp4"}), 66);

    desk.makeProject();
    const std::string project = desk.project();
    checkRefused(desk.cli({"new", project}), 64);
    checkRefused(desk.cli({"import", project, "--performer", "A", missing}), 66);
    checkRefused(desk.cli({"faces", project, "--clip", "none"}), 64);
    checkRefused(desk.cli({"extract", project, "--clip", "none"}), 64);
    const Json unknown = desk.cli({"train", project, "--source", "Nobody", "--destination", "B"});
    checkRefused(unknown, 64);
    CHECK(remedyOf(unknown).find("A, B") != std::string::npos);
    checkRefused(desk.cli({"train", project, "--source", "A"}), 64);
    for (const std::vector<std::string>& more : {std::vector<std::string>{"--set", "resolution=65"},
                                                 {"--set", "noSuchKey=1"},
                                                 {"--set", "resolution=64", "--set", "nokey=2"},
                                                 {"--set", "batch"},
                                                 {"--preset", "none"},
                                                 {"--steps", "0"},
                                                 {"--steps", "2", "--minutes", "3"},
                                                 {"--minutes", "nan"}}) {
        INFO(more[1]);
        checkRefused(desk.cli(desk.train("r01", more)), 64);
    }
    checkRefused(desk.cli(desk.train("../up")), 64);
    checkRefused(desk.cli({"swap", project, "--run", "none", "--clip", "bird", "--out", "o.mp4"}),
                 64);
    checkRefused(desk.cli({"pause", project, "--run", "r01"}), 78);  // no service runs
    checkRefused(desk.cli({"logs", "--clip", "none"}), 66);
    CHECK_FALSE(std::filesystem::exists(project + "/runs/r01"));
}

TEST_CASE("new and import say what is there, missing frames among it") {
    const CommandDesk desk;
    const auto folder = desk.workplace().folder();
    CHECK(desk.mustDo({"new", desk.project()})["project"] == desk.project());
    writeSequence((folder / "plates/shot.####.png").string(), {1001, 1002, 1005});
    writeSequence((folder / "film.mp4").string(), {1, 2, 3, 4});

    const Json first =
        desk.mustDo({"import", desk.project(), "--performer", "Ana Lu\u00eds",
                     (folder / "plates/shot.1001.png").string(),
                     (folder / "plates/shot.1002.png").string(), (folder / "film.mp4").string()});
    REQUIRE(first["clips"].size() == 2);
    const Json& shot = first["clips"][0];
    INFO(first.dump(2));
    CHECK(shot["clip"] == "shot");
    CHECK(shot["performer"] == "Ana Lu\u00eds");
    CHECK(shot["frames"] == 3);
    CHECK(shot["first"] == 1001);
    CHECK(shot["last"] == 1005);
    CHECK(shot["missing"] == Json({1003, 1004}));
    CHECK(shot["width"] == 64);
    CHECK(shot["height"] == 48);
    CHECK_FALSE(shot["encoding"].get<std::string>().empty());
    const Json& film = first["clips"][1];
    CHECK(film["clip"] == "film");
    CHECK(film["frames"] == 4);
    CHECK(film["fps"] == 24);

    // The same again is the same clip; another file of that name gets a name of its own.
    CHECK(desk.mustDo({"import", desk.project(), "--performer", "Ana Lu\u00eds",
                       (folder / "plates").string()})["clips"][0]["clip"] == "shot");
    writeSequence((folder / "other/shot.####.png").string(), {1});
    const Json other = desk.mustDo(
        {"import", desk.project(), "--performer", "B", (folder / "other/shot.####.png").string()});
    CHECK(other["clips"][0]["clip"] != "shot");
    const auto text = desk.plain({"faces", desk.project()});
    CHECK(text.exitCode == 0);
    CHECK(text.out.find("not been searched") != std::string::npos);
}

TEST_CASE("faces counts what was found, how, and what review kept") {
    const CommandDesk desk;
    desk.makeProject();
    const Json clips = desk.mustDo({"faces", desk.project()})["clips"];
    REQUIRE(clips.size() == 2);
    const Json& clip = clips[0];
    INFO(clip.dump());
    CHECK(clip["clip"] == "again");
    CHECK(clip["performer"] == "A");
    CHECK(clip["frames"] == 6);
    CHECK(clip["found"] == 5);
    CHECK(clip["detected"] == 3);
    CHECK(clip["tracked"] == 2);
    CHECK(clip["missed"] == Json({4}));
    CHECK(clip["kept"] == 5);
    CHECK(clip["rejected"] == 0);
    CHECK(clip["mean_jitter_px"] == 0.5);
    CHECK(clip["warnings"].is_array());
    CHECK(desk.mustDo({"faces", desk.project(), "--clip", "bird"})["clips"].size() == 1);
}
