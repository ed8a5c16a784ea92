// Clips of a project: named, moved, taken out and brought back, given to others, read as somebody
// says.
#include <catch2/catch.hpp>
#include <fstream>

#include "media/base/file.h"
#include "media/project/project.h"
#include "tests/media/project/older_project.h"
#include "tests/media/project/samples.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;
namespace fs = std::filesystem;

TEST_CASE("clips have unique, file-safe names and keep every field") {
    const TempFolder folder;
    auto project = *Project::create(folder / "p");
    CHECK(project.performers()->empty());
    const auto wish = sampleClip("/plates/bird.mkv");
    const auto bird = project.addClip(wish);
    REQUIRE(bird.ok());
    CHECK(bird->name == "bird");
    CHECK(bird->path == "/plates/bird.mkv");
    CHECK(bird->frames == wish.frames);
    CHECK(bird->first == wish.first);
    CHECK(bird->last == wish.last);
    CHECK(bird->fps == wish.fps);
    CHECK(bird->width == wish.width);
    CHECK(bird->height == wish.height);
    CHECK(bird->pixelAspect == wish.pixelAspect);
    CHECK(bird->encoding == wish.encoding);
    CHECK(bird->missing == wish.missing);
    CHECK(project.platePath(*bird) == "/plates/bird.mkv");

    CHECK(project.addClip(sampleClip("/plates/bird.mkv"))->name == "bird");
    CHECK(project.addClip(sampleClip("/other/bird.mov"))->name == "bird_2");
    CHECK(project.addClip(sampleClip("/third/Bird.mov"))->name == "Bird_3");
    CHECK(project.addClip(sampleClip("/plates/bird.mkv", "Bj\xC3\xB6rn"))->name == "bird_4");
    CHECK(project.clips()->size() == 4);
    CHECK(*project.performers() == std::vector<std::string>{"Anna", "Bj\xC3\xB6rn"});

    const auto nameOf = [&](const std::string& path) {
        const auto clip = project.addClip(sampleClip(path));
        REQUIRE(clip.ok());
        REQUIRE(project.clip(clip->name).ok());
        return clip->name;
    };
    CHECK(nameOf("/p/my shot;rm -rf.mov") == "my_shot_rm_-rf");
    CHECK(nameOf("/p/sh010.%04d.exr") == "sh010");
    CHECK(nameOf("/p/sh020_####.exr") == "sh020");
    CHECK(nameOf("/p/-rf.mov") == "rf");
    CHECK(nameOf("/p/....mov") == "clip");
    CHECK(nameOf("/p/\xC3\xA9t\xC3\xA9.mov") == "\xC3\xA9t\xC3\xA9");
    CHECK(nameOf("/p/" + std::string(300, 'n') + ".mov") == std::string(80, 'n'));
    CHECK(nameOf("/q/" + std::string(300, 'n') + ".mov") == std::string(80, 'n') + "_2");
    const std::string wide = nameOf("/p/" + std::string(79, 'n') + "\xC3\xA9t.mov");
    CHECK(wide == std::string(79, 'n'));

    const auto none = project.clip("brid");
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().code == ErrorCode::usage);
    CHECK(none.error().remedy.find("bird, bird_2") != std::string::npos);
    auto nobody = sampleClip("/p/x.mov", "");
    CHECK(project.addClip(nobody).error().code == ErrorCode::usage);
    nobody.performer = "a\nb";
    CHECK(project.addClip(nobody).error().code == ErrorCode::usage);
    nobody.performer = "a\xFF";
    CHECK(project.addClip(nobody).error().code == ErrorCode::usage);
    nobody.performer = std::string(101, 'x');
    CHECK(project.addClip(nobody).error().code == ErrorCode::usage);
}

TEST_CASE("clips are pointed to plates that were moved, all of them or none") {
    const TempFolder folder;
    auto project = *Project::create(folder / "p");
    REQUIRE(project.addClip(sampleClip("/shots/a.mov")).ok());
    REQUIRE(project.addClip(sampleClip("/shots/b.mov")).ok());
    const std::vector<FaceTruth> faces = {sampleFace(1001)};
    REQUIRE(project.putFaces("a", faces).ok());
    const std::string inside = (folder / "p/plates/b.mov").string();
    REQUIRE(project.relinkClips({{"a", "/moved/a.mov"}, {"b", inside}}).ok());
    CHECK(project.clip("a")->path == "/moved/a.mov");
    CHECK(project.clip("b")->path == "plates/b.mov");  // moves with the project
    CHECK(project.faces("a")->size() == 1);
    CHECK(project.auditLog()->back().action == "relink");

    const Status taken = project.relinkClips({{"a", "/else/a.mov"}, {"b", "/else/a.mov"}});
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.error().code == ErrorCode::usage);
    CHECK(project.clip("a")->path == "/moved/a.mov");
    CHECK_FALSE(project.relinkClips({{"a", "/x.mov"}, {"none", "/y.mov"}}).ok());
    CHECK(project.clip("a")->path == "/moved/a.mov");
    CHECK(project.verifyAudit().ok());
}

TEST_CASE("a removed clip is gone with its faces, and comes back with all that was known of it") {
    const TempFolder folder;
    auto project = *Project::create(folder / "p");
    REQUIRE(project.addClip(sampleClip("/plates/bird.mkv")).ok());
    const std::vector<FaceTruth> faces = {sampleFace(1)};
    REQUIRE(project.putFaces("bird", faces).ok());
    const std::vector<int64_t> frames = {1};
    REQUIRE(project.setReview("bird", frames, ReviewState::reject).ok());
    REQUIRE(project.removeClip("bird").ok());
    CHECK(project.removeClip("bird").error().code == ErrorCode::usage);
    CHECK(project.clips()->empty());
    CHECK(project.performers()->empty());
    CHECK(project.faces("bird").error().code == ErrorCode::usage);
    CHECK(project.review("bird").error().code == ErrorCode::usage);
    REQUIRE(project.restoreClip("bird").ok());
    CHECK(*project.performers() == std::vector<std::string>{"Anna"});
    CHECK(project.faces("bird")->size() == 1);
    CHECK(project.review("bird")->at(1) == ReviewState::reject);
    CHECK(project.restoreClip("none").error().code == ErrorCode::usage);
    // Its plate imported again is the same; another of its name never is, nor takes its packs.
    REQUIRE(project.removeClip("bird").ok());
    CHECK(project.addClip(sampleClip("/other/bird.mkv"))->name == "bird_2");
    CHECK(project.addClip(sampleClip("/plates/bird.mkv"))->name == "bird");
    CHECK(project.faces("bird")->size() == 1);
    CHECK(project.verifyAudit().ok());
}

TEST_CASE("a clip that was taken out makes room on its plate and still comes back with its faces") {
    const TempFolder folder;
    auto project = *Project::create(folder / "p");
    const std::vector<FaceTruth> faces = {sampleFace(1)};
    const auto takeOut = [&](const std::string& name) {
        REQUIRE(project.putFaces(name, faces).ok());
        REQUIRE(project.removeClip(name).ok());
    };
    REQUIRE(project.addClip(sampleClip("/plates/bird.mkv")).ok());
    REQUIRE(project.addClip(sampleClip("/plates/milk.mkv")).ok());
    takeOut("bird");
    REQUIRE(project.relinkClips({{"milk", "/plates/bird.mkv"}}).ok());
    // While another clip has its plate it stays out.
    const Status taken = project.restoreClip("bird");
    REQUIRE_FALSE(taken.ok());
    CHECK(taken.error().code == ErrorCode::usage);
    CHECK(taken.error().message.find("milk") != std::string::npos);
    CHECK(taken.error().where == "/plates/bird.mkv");
    CHECK(project.clips()->size() == 1);
    REQUIRE(project.relinkClips({{"milk", "/plates/milk.mkv"}}).ok());
    REQUIRE(project.restoreClip("bird").ok());
    CHECK(project.clip("bird")->path == "/plates/bird.mkv");
    CHECK(project.faces("bird")->size() == 1);

    // The same where a clip becomes another performer's, twice over.
    REQUIRE(project.addClip(sampleClip("/plates/bird.mkv", "Ben")).ok());
    takeOut("bird_2");
    REQUIRE(project.setClipPerformer("bird", "Ben").ok());
    takeOut("bird");
    REQUIRE(project.addClip(sampleClip("/plates/else.mkv", "Ben")).ok());
    REQUIRE(project.relinkClips({{"else", "/plates/bird.mkv"}}).ok());
    REQUIRE(project.removeClip("else").ok());
    for (const char* name : {"bird", "bird_2"}) {
        INFO(name);
        REQUIRE(project.restoreClip(name).ok());
        CHECK(project.clip(name)->path == "/plates/bird.mkv");
        CHECK(project.faces(name)->size() == 1);
        REQUIRE(project.removeClip(name).ok());
    }
    CHECK(project.verifyAudit().ok());
}

TEST_CASE("a clip that was taken out long ago is gone for good") {
    const TempFolder folder;
    {
        auto project = *Project::create(folder / "p");
        for (const char* name : {"bird", "milk"}) {
            REQUIRE(project.addClip(sampleClip(std::string("/plates/") + name + ".mkv")).ok());
            REQUIRE(project.removeClip(name).ok());
        }
        auto database = *Database::open(folder / "p" / "project.db", Database::Access::readWrite);
        REQUIRE(database
                    ->run("UPDATE clips SET removed = '2001-02-03T04:05:06Z' WHERE name = "
                          "'bird'; INSERT INTO settings VALUES ('extract.people.bird', '[]')")
                    .ok());
    }
    auto project = *Project::open(folder / "p");
    CHECK(project.restoreClip("bird").error().code == ErrorCode::usage);
    CHECK_FALSE(project.setting("extract.people.bird")->has_value());
    CHECK(project.restoreClip("milk").ok());
}

TEST_CASE("a clip becomes another performer's, with what was assigned in it") {
    const TempFolder folder;
    auto project = *Project::create(folder / "p");
    REQUIRE(project.addClip(sampleClip("/plates/bird.mkv")).ok());
    REQUIRE(project.addClip(sampleClip("/plates/milk.mkv", "Ben")).ok());
    const std::vector<FaceTruth> faces = {sampleFace(1), sampleFace(2)};
    REQUIRE(project.putFaces("bird", faces).ok());
    const std::vector<int64_t> frames = {2};
    REQUIRE(project.assignFaces("bird", frames, "Ben").ok());
    REQUIRE(project.setClipPerformer("bird", "Carl").ok());
    CHECK(project.clip("bird")->performer == "Carl");
    CHECK(project.facesOf("bird", "Carl")->size() == 1);
    CHECK(project.facesOf("bird", "Ben")->size() == 1);
    CHECK(*project.performers() == std::vector<std::string>{"Ben", "Carl"});
    REQUIRE(project.setClipPerformer("bird", "Anna").ok());
    CHECK(project.facesOf("bird", "Anna")->size() == 1);
    // The same plate twice for one performer is refused.
    REQUIRE(project.addClip(sampleClip("/plates/bird.mkv", "Ben"))->name == "bird_2");
    CHECK(project.setClipPerformer("bird_2", "Anna").error().code == ErrorCode::usage);
    CHECK(project.setClipPerformer("bird", "").error().code == ErrorCode::usage);
}

TEST_CASE("what somebody says of a clip is kept, and what nobody can mean is refused") {
    const TempFolder folder;
    const fs::path path = folder / "show.understudy";
    {
        auto project = Project::create(path);
        REQUIRE(project->addClip(sampleClip("/plates/bird.mov")).ok());
        REQUIRE(project->sayOfClip("bird", {"scene_linear", 25}).ok());
        CHECK(project->auditLog()->back().action == "clip");
        CHECK(project->auditLog()->back().detail == "bird: scene_linear, 25 fps");
        for (const double rate : {-24.0, 0.5, 5000.0, std::nan("")}) {
            CHECK(project->sayOfClip("bird", {"srgb", rate}).error().code == ErrorCode::usage);
        }
        const auto unknown = project->sayOfClip("bird", {"sRGB ", 24});
        REQUIRE_FALSE(unknown.ok());
        CHECK(unknown.error().remedy.find("scene_linear") != std::string::npos);
        CHECK(project->sayOfClip("none", {"srgb", 24}).error().code == ErrorCode::usage);
    }
    const auto clip = Project::open(path)->clip("bird");
    REQUIRE(clip.ok());
    CHECK(clip->encoding == "scene_linear");
    CHECK(clip->fps == 25);
    CHECK(clip->frames == 120);
    CHECK(clip->said == ReadAs{"scene_linear", 25});
    auto project = Project::open(path);
    // Each by itself; what the file has is still there below it.
    REQUIRE(project->sayOfClip("bird", {"", 25}).ok());
    CHECK(project->clip("bird")->encoding == "bt709");
    REQUIRE(project->setClipFile("bird", {"srgb", 30}).ok());
    CHECK(project->clip("bird")->encoding == "srgb");
    CHECK(project->clip("bird")->fps == 25);
    REQUIRE(project->setClipFile("bird", {"", 0}).ok());
    REQUIRE(project->sayOfClip("bird", {}).ok());
    CHECK(project->auditLog()->back().detail == "bird: its encoding, its rate");
    CHECK(project->clip("bird")->fps == 30);
    CHECK(project->clip("bird")->encoding == "srgb");
    CHECK(project->clip("bird")->said == ReadAs());
}

TEST_CASE("clips of a project from before version 8 are read as their files say") {
    const TempFolder folder;
    const fs::path path = folder / "show.understudy";
    {
        const auto database = makeOlderProject(path, 7);
        REQUIRE_FALSE(database->prepare("SELECT said FROM clips").ok());
    }
    auto project = *Project::open(path);
    CHECK(fs::exists(path / "project.v7.backup.db"));
    CHECK(project.clip("bird")->encoding == "bt709");
    CHECK(project.clip("bird")->said == ReadAs());
    REQUIRE(project.sayOfClip("bird", {"srgb", 30}).ok());
    CHECK(project.clip("bird")->said == ReadAs{"srgb", 30});
}

TEST_CASE("what version 8 kept of what was said of a clip stays said") {
    const TempFolder folder;
    const fs::path path = folder / "show.understudy";
    {
        const auto database = makeOlderProject(path, 8);
        REQUIRE(database->run("UPDATE clips SET said = 1, encoding = 'srgb', fps = 25").ok());
    }
    const auto project = *Project::open(path);
    CHECK(project.clip("bird")->said == ReadAs{"srgb", 25});
    CHECK(project.clip("bird")->fps == 25);
}
