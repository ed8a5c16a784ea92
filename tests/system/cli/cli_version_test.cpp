// Versions and notes by command, on a project whose plate and results the test makes.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "media/project/project.h"
#include "media/source/image_file.h"
#include "tests/system/cli/command_desk.h"

using namespace understudy;
using media::Image;
using tests::checkRefused;
using tests::CommandDesk;
using tests::Json;
namespace fs = std::filesystem;

namespace {

void writeFrames(const fs::path& folder, const std::string& name, uint8_t value) {
    fs::create_directories(folder);
    for (int frame = 11; frame <= 16; ++frame) {
        Image picture(64, 36, 3, media::SampleType::u8);
        std::fill_n(picture.row<uint8_t>(0), picture.size(), value);
        REQUIRE(media::writeImage(folder / (name + "." + std::to_string(frame) + ".png"), picture)
                    .ok());
    }
}

// The clip "shot", frames 11 to 16, with two versions of which the second's result is gone.
void makeShow(const CommandDesk& desk) {
    const fs::path plates = desk.workplace().folder() / "plates";
    writeFrames(plates, "shot", 100);
    desk.mustDo({"new", desk.project()});
    desk.mustDo({"import", desk.project(), "--performer", "B", (plates / "shot.##.png").string()});
    writeFrames(fs::path(desk.project()) / "deliveries", "shot_v001", 200);
    auto project = media::Project::open(desk.project());
    media::VersionRecord version;
    version.clip = "shot";
    version.run = "r01";
    version.step = 6000;
    version.face = "A";
    version.frames = "11-16";
    version.out = desk.project() + "/deliveries/shot_v001.##.png";
    REQUIRE(project->addVersion(version).ok());
    version.out = desk.project() + "/deliveries/shot_v002.mp4";
    REQUIRE(project->addVersion(version).ok());
}

std::string textOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("versions are listed, shown and get a status by command") {
    const CommandDesk desk;
    makeShow(desk);
    const Json list = desk.mustDo({"version", "list", desk.project(), "--clip", "shot"});
    CHECK(list["verb"] == "version list");
    REQUIRE(list["versions"].size() == 2);
    const Json& first = list["versions"][0];
    CHECK(first["clip"] == "shot");
    CHECK(first["version"] == "v001");
    CHECK(first["status"] == "wip");
    CHECK(first["run"] == "r01");
    CHECK(first["step"] == 6000);
    CHECK(first["frames"] == "11-16");
    CHECK(first["there"] == true);
    CHECK(list["versions"][1]["there"] == false);

    const std::vector<std::string> which = {"--clip", "shot", "--version", "v001"};
    const auto status = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"version", "status", desk.project()});
        more.insert(more.end(), which.begin(), which.end());
        return desk.cli(more);
    };
    const Json set = status({"--set", "pending-review", "--author", "Zoë"});
    CHECK(set["exit"] == 0);
    CHECK(set["status"] == "pending review");
    CHECK(set["before"] == "wip");
    CHECK(status({})["status"] == "pending review");
    CHECK(media::Project::open(desk.project())->auditLog()->back().detail ==
          "shot v001 by Zoë: pending review");
    checkRefused(status({"--set", "finished"}), 64);
    checkRefused(
        desk.cli({"version", "show", desk.project(), "--clip", "shot", "--version", "v009"}), 64);
    checkRefused(desk.cli({"version", "list", desk.project(), "--clip", "none"}), 64);
    checkRefused(desk.cli({"version"}), 64);
}

TEST_CASE("notes are written, listed, resolved and taken away by command") {
    const CommandDesk desk;
    makeShow(desk);
    const auto add = [&](const std::string& frames, const std::string& text,
                         std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"note", "add", desk.project(), "--clip", "shot", "--version",
                                   "v001", "--frames", frames, "--text", text});
        return desk.cli(more);
    };
    const Json jaw = add("12-14", "jaw slides: 顎", {"--action", "fix-alignment"});
    REQUIRE(jaw["exit"] == 0);
    CHECK(jaw["first"] == 12);
    CHECK(jaw["last"] == 14);
    CHECK(jaw["action"] == "fix alignment");
    CHECK(jaw["resolved"].is_null());
    REQUIRE(add("16", "=SUM(A1)")["exit"] == 0);
    checkRefused(add("12,14", "two ranges"), 64);
    checkRefused(add("9-12", "before the clip"), 64);
    checkRefused(add("12", "  "), 64);
    checkRefused(add("12", "x", {"--action", "dance"}), 64);

    const std::string id = std::to_string(jaw["note"].get<int64_t>());
    const Json done =
        desk.mustDo({"note", "resolve", desk.project(), "--note", id, "--author", "Käthe"});
    CHECK(done["resolved_by"] == "Käthe");
    CHECK(desk.mustDo({"note", "list", desk.project(), "--open"})["notes"].size() == 1);
    CHECK(desk.mustDo({"note", "list", desk.project()})["notes"].size() == 2);
    CHECK(desk.mustDo({"note", "resolve", desk.project(), "--note", id, "--reopen"})["resolved"]
              .is_null());
    const Json shown =
        desk.mustDo({"version", "show", desk.project(), "--clip", "shot", "--version", "v001"});
    REQUIRE(shown["notes"].size() == 2);
    CHECK(shown["notes"][0]["text"] == "jaw slides: 顎");
    desk.mustDo({"note", "remove", desk.project(), "--note", id});
    CHECK(desk.mustDo({"note", "list", desk.project()})["notes"].size() == 1);
    checkRefused(desk.cli({"note", "resolve", desk.project(), "--note", id}), 64);
}

TEST_CASE("a delivery has handles where they are asked for or the project has them") {
    const CommandDesk desk;
    makeShow(desk);
    const auto delivery = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"deliver", desk.project(), "--clip", "shot", "--version", "v001",
                                   "--list", "--frames", "13-14"});
        return desk.mustDo(more)["deliveries"][0];
    };
    CHECK(delivery({})["frame_list"] == "13-14");
    CHECK(delivery({"--handles", "1"})["frame_list"] == "12-15");
    CHECK(delivery({"--handles", "1"})["handles"] == 1);
    CHECK(delivery({"--handles", "8"})["frame_list"] == "11-16");  // the clip has no more
    REQUIRE(media::Project::open(desk.project())->putSetting("deliver.handles", "2").ok());
    CHECK(delivery({})["frame_list"] == "11-16");
    CHECK(delivery({"--handles", "0"})["frame_list"] == "13-14");
    checkRefused(desk.cli({"deliver", desk.project(), "--clip", "shot", "--version", "v001",
                           "--list", "--handles", "-1"}),
                 64);
}

TEST_CASE("notes are written as a page, a table and a timeline") {
    const CommandDesk desk;
    makeShow(desk);
    {
        auto project = media::Project::open(desk.project());
        media::NoteRecord note;
        note.version = 1;
        note.first = 12;
        note.last = 14;
        note.text = "=jaw <slides> & \"jumps\"\nтут";
        note.author = "Zoë";
        note.drawing.marks.push_back({});
        note.drawing.marks[0].points = {{0.25f, 0.5f}, {0.5f, 0.5f}};
        REQUIRE(project->putNote(note).ok());
        note.version = 2;  // its result is gone: the plate is shown
        note.text = "grain";
        note.drawing = {};
        REQUIRE(project->putNote(note).ok());
    }
    const fs::path folder = desk.workplace().folder();
    const auto write = [&](const std::string& format, std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"note", "export", desk.project(), "--format", format, "--out",
                                   (folder / ("notes." + format)).string()});
        return desk.cli(more);
    };
    const Json html = write("html");
    REQUIRE(html["exit"] == 0);
    CHECK(html["notes"] == 2);
    CHECK(html["versions"] == 2);
    CHECK(html["warnings"].size() == 1);  // the movie that is gone
    const std::string page = textOf(folder / "notes.html");
    CHECK(page.find("=jaw &lt;slides&gt; &amp; &quot;jumps&quot;\nтут") != std::string::npos);
    CHECK(page.find("points=\"16.0,18.0 32.0,18.0 \"") != std::string::npos);
    size_t pictures = 0;
    for (size_t at = 0; (at = page.find("data:image/jpeg;base64,/9j/", at)) != std::string::npos;
         ++at) {
        ++pictures;
    }
    CHECK(pictures == 2);

    REQUIRE(write("csv", {"--clip", "shot", "--version", "v001"})["notes"] == 1);
    const std::string table = textOf(folder / "notes.csv");
    CHECK(table.find("\"'=jaw <slides> & \"\"jumps\"\"\nтут\"\r\n") != std::string::npos);
    CHECK(table.find("\"shot\",v001,wip,12,14,\"Zoë\"") != std::string::npos);
    CHECK(table.find("grain") == std::string::npos);

    REQUIRE(write("otio")["exit"] == 0);
    const Json timeline = Json::parse(textOf(folder / "notes.otio"));
    CHECK(timeline["OTIO_SCHEMA"] == "Timeline.1");
    const Json& clip = timeline["tracks"]["children"][0]["children"][0];
    CHECK(clip["OTIO_SCHEMA"] == "Clip.1");
    CHECK(clip["source_range"]["start_time"]["value"] == 11);
    CHECK(clip["source_range"]["duration"]["value"] == 6);
    CHECK(clip["media_reference"]["OTIO_SCHEMA"] == "ImageSequenceReference.1");
    CHECK(clip["media_reference"]["name_prefix"] == "shot_v001.");
    CHECK(clip["media_reference"]["name_suffix"] == ".png");
    CHECK(clip["markers"][0]["OTIO_SCHEMA"] == "Marker.2");
    CHECK(clip["markers"][0]["marked_range"]["start_time"]["value"] == 12);
    CHECK(clip["markers"][0]["marked_range"]["duration"]["value"] == 3);
    CHECK(clip["markers"][0]["metadata"]["understudy"]["author"] == "Zoë");
    const Json& movie = timeline["tracks"]["children"][1]["children"][0]["media_reference"];
    CHECK(movie["OTIO_SCHEMA"] == "ExternalReference.1");
    CHECK(movie["target_url"].get<std::string>().find("file:///") == 0);

    checkRefused(write("pdf"), 64);
    checkRefused(write("csv", {"--version", "v001"}), 64);  // of which clip?
    checkRefused(desk.cli({"note", "export", desk.project(), "--format", "csv", "--out",
                           "/proc/nowhere/notes.csv"}),
                 73);
    for (const char* id : {"1", "2"}) {
        desk.mustDo({"note", "remove", desk.project(), "--note", id});
    }
    checkRefused(write("csv"), 64);  // nothing to say
}
