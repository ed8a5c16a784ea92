#include <catch2/catch.hpp>
#include <limits>

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

Landmarks at(double x) {
    Landmarks landmarks{};
    for (size_t i = 0; i < landmarks.size(); ++i) {
        landmarks[i] = {x + static_cast<double>(i), 2.0 * static_cast<double>(i)};
    }
    return landmarks;
}

std::vector<FaceTruth> threeFrames() {
    std::vector<FaceTruth> faces(3);
    for (int i = 0; i < 3; ++i) {
        faces[static_cast<size_t>(i)].frame = 10 + i;
    }
    for (const size_t i : {0u, 2u}) {
        faces[i].how = FoundHow::detected;
        faces[i].confidence = 0.7f;
        faces[i].landmarks = at(0);
    }
    return faces;
}

}  // namespace

TEST_CASE("placed landmarks count in place of those found, which are kept") {
    const TempFolder folder;
    const fs::path path = folder / "p";
    {
        Project project = *Project::create(path);
        REQUIRE(project.addClip(clipOf("bird")).ok());
        REQUIRE(project.putFaces("bird", threeFrames()).ok());
        REQUIRE(project.putLandmarkCorrections("bird", {{10, {at(5), true}}, {11, {at(6), false}}})
                    .ok());
    }
    Project project = *Project::open(path);
    const auto faces = *project.faces("bird");
    REQUIRE(faces.size() == 3);
    CHECK(faces[0].landmarks == at(5));
    CHECK(faces[0].corrected);
    CHECK(faces[0].how == FoundHow::detected);
    CHECK(faces[0].confidence == 0.7f);
    CHECK(faces[1].how == FoundHow::tracked);  // nothing was found there
    CHECK(faces[1].confidence == 1);
    CHECK(faces[1].landmarks == at(6));
    CHECK_FALSE(faces[2].corrected);

    const auto how = *project.foundHow("bird");
    REQUIRE(how.size() == 3);
    for (size_t i = 0; i < how.size(); ++i) {
        CHECK(how[i] == std::pair(faces[i].frame, faces[i].how));
    }

    const auto found = *project.foundFaces("bird");
    CHECK(found[0].landmarks == at(0));
    CHECK(found[1].how == FoundHow::missed);
    CHECK(project.foundFaces("bird", {11, 12})->size() == 2);

    // Finding the faces again keeps them; going back to what was found takes them away.
    REQUIRE(project.putFaces("bird", threeFrames()).ok());
    CHECK((*project.faces("bird"))[0].landmarks == at(5));
    const std::vector<int64_t> frames = {10, 12};
    REQUIRE(project.clearLandmarkCorrections("bird", frames).ok());
    CHECK((*project.faces("bird"))[0].landmarks == at(0));
    const auto left = *project.landmarkCorrections("bird");
    REQUIRE(left.size() == 1);
    CHECK(left.at(11) == LandmarkCorrection{at(6), false});
}

TEST_CASE("placed landmarks go with an import and with their clip") {
    const TempFolder folder;
    Project project = *Project::create(folder / "p");
    REQUIRE(project.addClip(clipOf("bird")).ok());
    REQUIRE(project.addClip(clipOf("milk")).ok());
    REQUIRE(project.putLandmarkCorrections("bird", {{10, {at(5), true}}}).ok());
    REQUIRE(project.putLandmarkCorrections("milk", {{10, {at(5), true}}}).ok());
    REQUIRE(project.putImportedFaces("bird", threeFrames(), "another program").ok());
    CHECK((*project.faces("bird"))[0].landmarks == at(0));
    CHECK(project.landmarkCorrections("milk")->size() == 1);
}

TEST_CASE("landmarks that make no sense are refused, and damaged ones named") {
    const TempFolder folder;
    const fs::path path = folder / "p";
    Landmarks broken = at(0);
    broken[7].x = std::numeric_limits<double>::quiet_NaN();
    {
        Project project = *Project::create(path);
        REQUIRE(project.addClip(clipOf("bird")).ok());
        const auto refused = project.putLandmarkCorrections("bird", {{10, {broken, true}}});
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == ErrorCode::usage);
        CHECK(project.landmarkCorrections("bird")->empty());
        CHECK(project.putLandmarkCorrections("none", {{1, {at(0), true}}}).error().code ==
              ErrorCode::usage);
        REQUIRE(project.putLandmarkCorrections("bird", {{10, {at(1), true}}}).ok());
    }
    {
        auto database = *Database::open(path / "project.db", Database::Access::readWrite);
        REQUIRE(database->run("UPDATE landmark_corrections SET landmarks = x'0102'").ok());
    }
    const auto damaged = Project::open(path)->landmarkCorrections("bird");
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.error().code == ErrorCode::corruptData);
    CHECK(damaged.error().message.find("frame 10") != std::string::npos);
}

TEST_CASE("a project of the fourth schema takes landmarks, and keeps its faces") {
    const TempFolder folder;
    const fs::path path = folder / "p";
    {
        const auto database = makeOlderProject(path, 4);
        REQUIRE_FALSE(database->prepare("SELECT landmarks FROM landmark_corrections").ok());
    }
    Project project = *Project::open(path);
    CHECK(fs::exists(path / "project.v4.backup.db"));
    REQUIRE(project.putLandmarkCorrections("bird", {{4, {at(3), true}}}).ok());
    CHECK((*project.faces("bird"))[0].landmarks == at(3));
}
