#include <catch2/catch.hpp>
#include <vector>

#include "media/project/database.h"
#include "media/project/project.h"
#include "media/project/schema.h"
#include "tests/media/project/older_project.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

using Frames = std::vector<int64_t>;
using Assigned = std::map<int64_t, std::string>;

ClipRecord clipWith(const std::string& name, const std::string& performer) {
    ClipRecord clip = clipOf(name);
    clip.performer = performer;
    return clip;
}

// Frames 10 to 15 of which 13 was missed.
std::vector<FaceTruth> sixFrames() {
    std::vector<FaceTruth> faces(6);
    for (size_t i = 0; i < faces.size(); ++i) {
        faces[i].frame = 10 + static_cast<int64_t>(i);
        faces[i].how = i == 3 ? FoundHow::missed : FoundHow::detected;
    }
    return faces;
}

// "bird" of Anna with faces, "again" of Ben.
Project twoPeople(const fs::path& path) {
    Project project = *Project::create(path);
    REQUIRE(project.addClip(clipWith("bird", "Anna")).ok());
    REQUIRE(project.addClip(clipWith("again", "Ben")).ok());
    REQUIRE(project.putFaces("bird", sixFrames()).ok());
    return project;
}

Frames framesOf(const Project& project, const std::string& performer, bool rejected = false) {
    Frames frames;
    const auto faces = project.facesOf("bird", performer, rejected);
    for (const FaceTruth& face : *faces) {
        frames.push_back(face.frame);
    }
    return frames;
}

}  // namespace

TEST_CASE("faces of a clip are assigned to others, and back") {
    const TempFolder folder;
    {
        Project project = twoPeople(folder / "p");
        CHECK(framesOf(project, "Anna") == Frames{10, 11, 12, 14, 15});
        REQUIRE(project.assignFaces("bird", Frames{11, 12, 13}, "Ben").ok());
        REQUIRE(project.assignFaces("bird", Frames{15}, "").ok());
    }
    Project project = *Project::open(folder / "p");
    CHECK(*project.assignments("bird") ==
          Assigned{{11, "Ben"}, {12, "Ben"}, {13, "Ben"}, {15, ""}});
    CHECK(project.assignments("again")->empty());
    CHECK(framesOf(project, "Anna") == Frames{10, 14});
    CHECK(framesOf(project, "Ben") == Frames{11, 12});
    CHECK(framesOf(project, "") == Frames{15});

    REQUIRE(project.setReview("bird", Frames{12}, ReviewState::reject).ok());
    CHECK(framesOf(project, "Ben") == Frames{11});
    CHECK(framesOf(project, "Ben", true) == Frames{11, 12});

    REQUIRE(project.assignFaces("bird", Frames{11, 15}, "Anna").ok());
    CHECK(*project.assignments("bird") == Assigned{{12, "Ben"}, {13, "Ben"}});
    REQUIRE(project.clearAssignments("bird").ok());
    CHECK(project.assignments("bird")->empty());
    CHECK(framesOf(project, "Anna") == Frames{10, 11, 14, 15});
}

TEST_CASE("assignments stay with found faces, and go with an import") {
    const TempFolder folder;
    Project project = twoPeople(folder / "p");
    REQUIRE(project.assignFaces("bird", Frames{10}, "Ben").ok());
    REQUIRE(project.putFaces("bird", sixFrames()).ok());
    CHECK(project.assignments("bird")->size() == 1);
    // Whoever has faces is a performer, with a clip or without.
    REQUIRE(project.removeClip("again").ok());
    CHECK(*project.performers() == std::vector<std::string>{"Anna", "Ben"});
    CHECK(framesOf(project, "Ben") == Frames{10});
    REQUIRE(project.putImportedFaces("bird", sixFrames(), "another program").ok());
    CHECK(project.assignments("bird")->empty());
    CHECK(*project.performers() == std::vector<std::string>{"Anna"});
}

TEST_CASE("faces are assigned to performers of the project only, all of them or none") {
    const TempFolder folder;
    Project project = twoPeople(folder / "p");
    const Status unknown = project.assignFaces("bird", Frames{10, 11}, "Cleo");
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().code == ErrorCode::usage);
    CHECK(unknown.error().remedy.find("Anna, Ben") != std::string::npos);
    CHECK(project.assignFaces("none", Frames{10}, "Ben").error().code == ErrorCode::usage);
    CHECK(project.assignments("bird")->empty());
    const int64_t version = *project.dataVersion();
    REQUIRE(project.assignFaces("bird", Frames{10}, "Ben").ok());
    CHECK(*project.dataVersion() > version);  // others notice

    Project readOnly = *Project::open(folder / "p", true);
    CHECK(readOnly.assignFaces("bird", Frames{11}, "Ben").error().code == ErrorCode::cannotWrite);
    CHECK(readOnly.assignments("bird")->size() == 1);
}

TEST_CASE("a damaged assignment is named") {
    const TempFolder folder;
    {
        Project project = twoPeople(folder / "p");
        REQUIRE(project.assignFaces("bird", Frames{10}, "Ben").ok());
    }
    {
        auto database = *Database::open(folder / "p" / "project.db", Database::Access::readWrite);
        REQUIRE(
            database->run("PRAGMA foreign_keys = OFF; UPDATE assignments SET performer = 77").ok());
    }
    const auto damaged = Project::open(folder / "p")->assignments("bird");
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.error().code == ErrorCode::corruptData);
    CHECK(damaged.error().message.find("frame 10") != std::string::npos);
}

TEST_CASE("a project of the sixth schema takes assignments, and keeps its faces") {
    const TempFolder folder;
    const fs::path path = folder / "p";
    {
        const auto database = makeOlderProject(path, 6);
        REQUIRE_FALSE(database->prepare("SELECT performer FROM assignments").ok());
    }
    Project project = *Project::open(path);
    CHECK(fs::exists(path / "project.v6.backup.db"));
    CHECK(project.faces("bird")->size() == 1);
    CHECK(project.assignments("bird")->empty());
    CHECK(*project.performers() == std::vector<std::string>{"A"});
    REQUIRE(project.assignFaces("bird", Frames{4}, "").ok());
    CHECK(*project.assignments("bird") == Assigned{{4, ""}});
}
