#include "media/project/project.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "media/base/file.h"
#include "tests/media/project/older_project.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

ClipRecord sampleClip(const std::string& path, const std::string& performer = "Anna") {
    ClipRecord clip;
    clip.performer = performer;
    clip.path = path;
    clip.name = fs::path(path).stem().string();
    clip.frames = 120;
    clip.first = 1001;
    clip.last = 1121;
    clip.fps = 24000.0 / 1001;
    clip.width = 1920;
    clip.height = 1080;
    clip.pixelAspect = 1.5;
    clip.encoding = "bt709";
    clip.missing = {1017, -4, int64_t{1} << 40};
    return clip;
}

FaceTruth sampleFace(int64_t frame, FoundHow how = FoundHow::detected) {
    FaceTruth face;
    face.frame = frame;
    face.how = how;
    face.confidence = 0.75f;
    face.jitter = 0.125f;
    if (how != FoundHow::missed) {
        for (size_t i = 0; i < face.landmarks.size(); ++i) {
            face.landmarks[i] = {std::sqrt(3.0) * static_cast<double>(i),
                                 static_cast<double>(frame) + 0.1};
        }
    }
    return face;
}

mode_t modeOf(const fs::path& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
}

}  // namespace

TEST_CASE("a new project is private, complete and made once") {
    const TempFolder folder;
    const fs::path path = folder / "show.understudy";
    auto project = Project::create(path);
    REQUIRE(project.ok());
    CHECK(project->folder() == path);
    CHECK_FALSE(project->readOnly());
    CHECK(project->facesetFolder() == path / "facesets");
    CHECK(project->runFolder("r01") == path / "runs" / "r01");
    for (const char* part : {"", "facesets", "runs", "versions", "deliveries"}) {
        CHECK(modeOf(path / part) == 0700);
    }
    CHECK(modeOf(path / "project.db") == 0600);
    REQUIRE(project->audit("import", "x").ok());
    for (const auto& entry : fs::directory_iterator(path)) {
        CHECK((modeOf(entry.path()) & 0077) == 0);
        CHECK(entry.path().filename().string().find("new-") == std::string::npos);
    }
    const auto again = Project::create(path);
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().code == ErrorCode::usage);
    // With a slash at its end, and from another folder, it is the same place.
    CHECK(Project::open(path / "")->folder() == path);
    CHECK(Project::create(folder / "file" / "..")->folder() == folder.path());
}

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

TEST_CASE("performers are named before anything of them is there, and get other names") {
    const TempFolder folder;
    auto project = *Project::create(folder / "p");
    REQUIRE(project.addClip(sampleClip("/plates/bird.mkv")).ok());
    REQUIRE(project.namePerformer("Carl").ok());
    CHECK(*project.performers() == std::vector<std::string>{"Anna", "Carl"});
    REQUIRE(project.namePerformer("Carl", false).ok());
    CHECK(*project.performers() == std::vector<std::string>{"Anna"});
    CHECK(project.namePerformer("").error().code == ErrorCode::usage);

    REQUIRE(project.addClip(sampleClip("/plates/milk.mkv", "Ben")).ok());
    const std::vector<FaceTruth> faces = {sampleFace(1)};
    REQUIRE(project.putFaces("milk", faces).ok());
    REQUIRE(project.addRun({"r01", "Anna", "Ben", ""}).ok());
    REQUIRE(project.putSetting("role.destination", "Ben").ok());
    REQUIRE(project.renamePerformer("Ben", "Benjamin").ok());
    CHECK(project.clip("milk")->performer == "Benjamin");
    CHECK(*project.setting("role.destination") == "Benjamin");
    CHECK(project.runs()->front().destination == "Benjamin");
    // What was made under the old name still means the same.
    CHECK(project.facesOf("milk", "Ben")->size() == 1);
    CHECK(*project.currentName("Ben") == "Benjamin");
    CHECK(project.addClip(sampleClip("/plates/again.mkv", "Ben"))->performer == "Benjamin");
    CHECK(project.renamePerformer("Anna", "Benjamin").error().code == ErrorCode::usage);
    CHECK(project.renamePerformer("Anna", "Ben").error().code == ErrorCode::usage);
    CHECK(project.renamePerformer("Nobody", "Ann").error().code == ErrorCode::usage);

    REQUIRE(project.renamePerformer("Benjamin", "Ben").ok());
    CHECK(*project.performers() == std::vector<std::string>{"Anna", "Ben"});
    CHECK(project.addClip(sampleClip("/plates/new.mkv", "Benjamin"))->performer == "Benjamin");
    // A name that nothing hangs on is free.
    REQUIRE(project.renamePerformer("Anna", "Carl").ok());
    CHECK(project.verifyAudit().ok());
}

TEST_CASE("faces are replaced frame by frame and come back exactly, in order") {
    const TempFolder folder;
    auto project = *Project::create(folder / "p");
    REQUIRE(project.addClip(sampleClip("/plates/bird.mkv")).ok());
    const std::vector<FaceTruth> first = {sampleFace(3), sampleFace(1, FoundHow::tracked),
                                          sampleFace(2, FoundHow::missed), sampleFace(-5)};
    REQUIRE(project.putFaces("bird", first).ok());
    const std::vector<FaceTruth> second = {sampleFace(2)};
    REQUIRE(project.putFaces("bird", second).ok());
    const auto faces = project.faces("bird");
    REQUIRE(faces->size() == 4);
    const int64_t order[] = {-5, 1, 2, 3};
    for (size_t i = 0; i < 4; ++i) {
        CHECK((*faces)[i].frame == order[i]);
        CHECK((*faces)[i].confidence == 0.75f);
        CHECK((*faces)[i].jitter == 0.125f);
        CHECK((*faces)[i].landmarks == sampleFace(order[i]).landmarks);
    }
    CHECK((*faces)[1].how == FoundHow::tracked);
    CHECK((*faces)[2].how == FoundHow::detected);

    std::vector<FaceTruth> bad = {sampleFace(9), sampleFace(10)};
    bad[1].landmarks[5].x = std::nan("");
    CHECK_FALSE(project.putFaces("bird", bad).ok());
    CHECK(project.faces("bird")->size() == 4);
    CHECK(project.putFaces("brid", first).error().code == ErrorCode::usage);
    REQUIRE(project.clearFaces("bird").ok());
    CHECK(project.faces("bird")->empty());
}

TEST_CASE("review, runs and settings") {
    const TempFolder folder;
    auto project = *Project::create(folder / "p");
    REQUIRE(project.addClip(sampleClip("/plates/bird.mkv")).ok());
    const std::vector<int64_t> frames = {5, 6, 7};
    REQUIRE(project.setReview("bird", frames, ReviewState::reject).ok());
    const std::vector<int64_t> one = {6};
    REQUIRE(project.setReview("bird", one, ReviewState::keep).ok());
    const std::vector<int64_t> other = {7};
    REQUIRE(project.setReview("bird", other, ReviewState::undecided).ok());
    CHECK(*project.review("bird") ==
          std::map<int64_t, ReviewState>{{5, ReviewState::reject}, {6, ReviewState::keep}});

    REQUIRE(project.addRun({"r01", "Anna", "Ben", ""}).ok());
    REQUIRE(project.addRun({"r02", "Ben", "Anna", "2031-01-01T00:00:00Z"}).ok());
    CHECK(project.addRun({"R01", "Anna", "Ben", ""}).error().code == ErrorCode::usage);
    for (const std::string name : {"", ".", "..", "a/b", "../x", "-x", "a b", ".hidden"}) {
        CHECK(project.addRun({name, "Anna", "Ben", ""}).error().code == ErrorCode::usage);
    }
    const auto runs = project.runs();
    REQUIRE(runs->size() == 2);
    CHECK((*runs)[0].name == "r01");
    CHECK((*runs)[0].created.size() == 20);
    CHECK((*runs)[1].created == "2031-01-01T00:00:00Z");

    CHECK_FALSE(project.setting("extract.size")->has_value());
    REQUIRE(project.putSetting("extract.size", "256").ok());
    REQUIRE(project.putSetting("extract.size", "512").ok());
    CHECK(**project.setting("extract.size") == "512");
    REQUIRE(project.putSetting("empty", "").ok());
    CHECK(**project.setting("empty") == "");
    // Text is only ever text.
    REQUIRE(project.putSetting("x'; DROP TABLE clips; --", std::string("a\0b", 3)).ok());
    CHECK(**project.setting("x'; DROP TABLE clips; --") == std::string("a\0b", 3));
    CHECK(project.clips()->size() == 1);
}

TEST_CASE("everything is there after closing and opening, also where the project was moved to") {
    const TempFolder folder;
    const fs::path before = folder / "before";
    {
        auto project = *Project::create(before);
        fs::create_directories(before / "plates");
        std::ofstream(before / "plates" / "in.mov") << "x";
        REQUIRE(project.addClip(sampleClip((before / "plates" / "in.mov").string())).ok());
        REQUIRE(project.addClip(sampleClip("/plates/out.mov")).ok());
        const std::vector<FaceTruth> faces = {sampleFace(1)};
        REQUIRE(project.putFaces("in", faces).ok());
        CHECK(project.clip("in")->path == "plates/in.mov");
        // The same plate by another way to write it.
        CHECK(project.addClip(sampleClip((before / "runs" / ".." / "plates" / "in.mov").string()))
                  ->name == "in");
    }
    const fs::path after = folder / "after";
    fs::rename(before, after);
    const auto project = Project::open(after);
    REQUIRE(project.ok());
    CHECK(project->clips()->size() == 2);
    CHECK(project->platePath(*project->clip("in")) == after / "plates" / "in.mov");
    CHECK(fs::exists(project->platePath(*project->clip("in"))));
    CHECK(project->platePath(*project->clip("out")) == "/plates/out.mov");
    CHECK(project->faces("in")->size() == 1);
}

TEST_CASE("paths that are not UTF-8 or look like patterns work") {
    const TempFolder folder;
    for (const std::string name : {"caf\xE9", "100%41 #?&", "a'b\"c", "file:x?mode=memory"}) {
        const fs::path path = folder / name;
        {
            auto project = Project::create(path);
            REQUIRE(project.ok());
            const auto clip = project->addClip(sampleClip("/plates/" + name + "/b\xE9.mov"));
            REQUIRE(clip.ok());
            CHECK(project->platePath(*clip) == "/plates/" + name + "/b\xE9.mov");
            CHECK(clip->name == "b\xEF\xBF\xBD");
        }
        const auto project = Project::open(path, true);
        REQUIRE(project.ok());
        CHECK(project->clips()->size() == 1);
        CHECK(fs::exists(path / "project.db"));
    }
}

TEST_CASE("the audit log is a chain: any change to it is noticed") {
    const TempFolder folder;
    auto project = *Project::create(folder / "p");
    CHECK(project.verifyAudit().ok());
    REQUIRE(project.audit("import", "bird of Anna").ok());
    REQUIRE(project.audit("train", "r01 \xFF").ok());
    REQUIRE(project.audit("swap", "").ok());
    const auto log = project.auditLog();
    REQUIRE(log->size() == 3);
    CHECK((*log)[0].action == "import");
    CHECK((*log)[1].detail == "r01 \xEF\xBF\xBD");
    CHECK((*log)[2].id == 3);
    CHECK((*log)[2].hash.size() == 64);
    CHECK((*log)[0].time.size() == 20);
    CHECK(project.verifyAudit().ok());
}

TEST_CASE("others' changes and one's own move the data version") {
    const TempFolder folder;
    auto one = *Project::create(folder / "p");
    auto two = *Project::open(folder / "p");
    const int64_t start = *one.dataVersion();
    REQUIRE(one.putSetting("a", "1").ok());
    const int64_t own = *one.dataVersion();
    CHECK(own > start);
    CHECK(*two.dataVersion() == own);
    REQUIRE(two.audit("x", "y").ok());
    CHECK(*one.dataVersion() > own);
    const int64_t now = *one.dataVersion();
    CHECK_FALSE(one.removeClip("none").ok());
    CHECK(*one.dataVersion() == now);
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

TEST_CASE("how faces were found is read from its index alone, in older projects too") {
    const TempFolder folder;
    const fs::path path = folder / "show.understudy";
    makeOlderProject(path, 10);
    const auto project = *Project::open(path);
    CHECK(project.foundHow("bird")->size() == 1);
    const auto database =
        std::move(*Database::open(path / "project.db", Database::Access::readOnly));
    auto plan = *database->prepare(
        "EXPLAIN QUERY PLAN SELECT frame, how FROM faces WHERE clip = 1 ORDER BY frame");
    REQUIRE(*plan.step());
    CHECK(plan.text(3).find("COVERING INDEX faces_how") != std::string::npos);
}
