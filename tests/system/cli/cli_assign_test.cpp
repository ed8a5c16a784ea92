// Whose faces are, and what clips are read as, by command.
#include <catch2/catch.hpp>

#include "media/project/project.h"
#include "tests/system/cli/command_desk.h"

using namespace understudy;
using tests::checkRefused;
using tests::CommandDesk;
using tests::Json;

TEST_CASE("faces are assigned to a performer, to nobody and back by command") {
    const CommandDesk desk;
    desk.makeProject();
    const auto assign = [&](const std::string& frames, std::vector<std::string> more) {
        more.insert(more.begin(),
                    {"assign", desk.project(), "--clip", "again", "--frames", frames});
        return more;
    };
    const Json done = desk.mustDo(assign("2-4", {"--to", "B"}));
    CHECK(done["verb"] == "assign");
    CHECK(done["performer"] == "B");
    CHECK(done["frames"] == Json::array({2, 3}));  // the fourth has no face
    CHECK(desk.mustDo(assign("6", {"--nobody"}))["performer"].is_null());

    const Json told = desk.mustDo({"faces", desk.project(), "--clip", "again", "--each"});
    const Json& clip = told["clips"][0];
    CHECK(clip["found"] == 5);
    CHECK(clip["kept"] == 4);
    CHECK(clip["assigned"] == Json{{"B", 2}});
    CHECK(clip["nobodys"] == 1);
    CHECK(clip["faces"][0]["performer"] == "A");
    CHECK(clip["faces"][1]["performer"] == "B");
    CHECK(clip["faces"][4]["performer"].is_null());
    const auto words = desk.plain({"faces", desk.project()});
    CHECK(words.out.find("again: 2 faces are B's") != std::string::npos);
    CHECK(words.out.find("again: 1 faces are nobody's") != std::string::npos);

    desk.mustDo(assign("1-6", {"--to", "A"}));
    CHECK(media::Project::open(desk.project())->assignments("again")->empty());
    CHECK(media::Project::open(desk.project())->auditLog()->back().action == "assign");
}

TEST_CASE("a clip is shown, and read as somebody says, by command") {
    const CommandDesk desk;
    desk.makeProject();
    const Json before = desk.mustDo({"clip", desk.project(), "--clip", "again"})["clips"][0];
    const Json said = desk.mustDo({"clip", desk.project(), "--clip", "again", "--fps", "25",
                                   "--encoding", "scene_linear"})["clips"][0];
    CHECK(said["fps"] == 25);
    CHECK(said["encoding"] == "scene_linear");
    CHECK(said["frames"] == before["frames"]);
    // One of both leaves the other.
    CHECK(desk.mustDo({"clip", desk.project(), "--clip", "again", "--fps",
                       "23.976"})["clips"][0]["encoding"] == "scene_linear");
    checkRefused(desk.cli({"clip", desk.project(), "--clip", "again", "--encoding", "log"}), 64);
    checkRefused(desk.cli({"clip", desk.project(), "--clip", "again", "--fps", "0"}), 64);
    checkRefused(desk.cli({"clip", desk.project(), "--clip", "none", "--fps", "25"}), 64);
}

TEST_CASE("faces that cannot be assigned are refused by name") {
    const CommandDesk desk;
    desk.makeProject();
    const auto tried = [&](const std::string& clip, const std::string& frames,
                           std::vector<std::string> more) {
        more.insert(more.begin(), {"assign", desk.project(), "--clip", clip, "--frames", frames});
        return desk.cli(more);
    };
    checkRefused(tried("again", "2", {}), 64);
    checkRefused(tried("again", "2", {"--to", "B", "--nobody"}), 64);
    checkRefused(tried("again", "4", {"--to", "B"}), 64);  // no face
    checkRefused(tried("again", "x", {"--to", "B"}), 64);
    checkRefused(tried("none", "2", {"--to", "B"}), 64);
    const Json unknown = tried("again", "2", {"--to", "C"});
    checkRefused(unknown, 64);
    CHECK(unknown["error"]["remedy"].get<std::string>().find("A, B") != std::string::npos);
    CHECK(media::Project::open(desk.project())->assignments("again")->empty());
}
