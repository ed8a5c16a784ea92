#include "media/project/project.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "media/base/file.h"
#include "tests/media/project/older_project.h"
#include "tests/media/project/samples.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

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
