#include <catch2/catch.hpp>

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

MaskCorrection block(int x, uint8_t level) {
    std::vector<uint8_t> levels(64 * 48, MaskCorrection::kLeave);
    std::fill_n(levels.begin() + 20 * 64 + x, 9, level);
    return MaskCorrection::fromLevels(64, 48, levels);
}

}  // namespace

TEST_CASE("painted corrections are kept by clip and frame, with faces or without") {
    const TempFolder folder;
    const fs::path path = folder / "p";
    {
        Project project = *Project::create(path);
        REQUIRE(project.addClip(clipOf("bird")).ok());
        REQUIRE(project.addClip(clipOf("milk")).ok());
        CHECK(project.maskCorrections("bird")->empty());
        REQUIRE(project.putMaskCorrection("bird", 9, block(3, 0)).ok());
        REQUIRE(project.putMaskCorrection("bird", -2, block(4, 255)).ok());
        REQUIRE(project.putMaskCorrection("milk", 9, block(5, 255)).ok());
        REQUIRE(project.putMaskCorrection("bird", 9, block(6, 7)).ok());  // in place of the first
        CHECK(project.putMaskCorrection("none", 1, block(1, 0)).error().code == ErrorCode::usage);
        CHECK(project.maskCorrections("none").error().code == ErrorCode::usage);
        REQUIRE(project.clearFaces("bird").ok());
    }
    Project project = *Project::open(path);
    const auto bird = project.maskCorrections("bird");
    REQUIRE(bird.ok());
    CHECK(*bird == std::map<int64_t, MaskCorrection>{{-2, block(4, 255)}, {9, block(6, 7)}});

    const std::vector<int64_t> frames = {9, 10};
    REQUIRE(project.clearMaskCorrections("bird", frames).ok());
    CHECK(project.maskCorrections("bird")->size() == 1);
    // Painting nothing is taking it away.
    REQUIRE(project.putMaskCorrection("bird", -2, block(4, MaskCorrection::kLeave)).ok());
    CHECK(project.maskCorrections("bird")->empty());
    CHECK(project.maskCorrections("milk")->size() == 1);
}

TEST_CASE("a project knows what was painted since a pack was cut") {
    const TempFolder folder;
    const fs::path path = folder / "p";
    {
        Project project = *Project::create(path);
        REQUIRE(project.addClip(clipOf("bird")).ok());
        CHECK(project.masksNotCut("bird", "a.idx")->empty());
        REQUIRE(project.putMaskCorrection("bird", 7, block(3, 0)).ok());
        REQUIRE(project.putMaskCorrection("bird", 8, block(3, 0)).ok());
        CHECK(*project.masksNotCut("bird", "a.idx") == std::set<int64_t>{7, 8});
        REQUIRE(project.noteCutMasks("bird", "a.idx", *project.maskCorrections("bird")).ok());
        CHECK(project.masksNotCut("bird", "a.idx")->empty());
        CHECK(*project.masksNotCut("bird", "b.idx") == std::set<int64_t>{7, 8});
    }
    Project project = *Project::open(path);
    CHECK(project.masksNotCut("bird", "a.idx")->empty());
    const std::vector<int64_t> frames = {8};
    REQUIRE(project.clearMaskCorrections("bird", frames).ok());
    REQUIRE(project.putMaskCorrection("bird", 7, block(4, 0)).ok());
    REQUIRE(project.putMaskCorrection("bird", 9, block(4, 0)).ok());
    CHECK(*project.masksNotCut("bird", "a.idx") == std::set<int64_t>{7, 8, 9});
}

TEST_CASE("a project of the ninth schema knows of no pack what was painted into it") {
    const TempFolder folder;
    makeOlderProject(folder / "p", 9);
    Project project = *Project::open(folder / "p");
    CHECK(*project.performers() == std::vector<std::string>{"A"});
    REQUIRE(project.putMaskCorrection("bird", 4, block(3, 0)).ok());
    CHECK(*project.masksNotCut("bird", "a.idx") == std::set<int64_t>{4});
    REQUIRE(project.removeClip("bird").ok());
    REQUIRE(project.restoreClip("bird").ok());
    CHECK(project.faces("bird")->size() == 1);
}

TEST_CASE("a damaged correction is named and can be taken away") {
    const TempFolder folder;
    Project project = *Project::create(folder / "p");
    REQUIRE(project.addClip(clipOf("bird")).ok());
    REQUIRE(project.putMaskCorrection("bird", 7, block(3, 0)).ok());
    REQUIRE(project.putMaskCorrection("bird", 8, block(3, 0)).ok());
    {
        auto database = *Database::open(folder / "p" / "project.db", Database::Access::readWrite);
        REQUIRE(
            database->run("UPDATE mask_corrections SET correction = x'0102' WHERE frame = 7").ok());
    }
    const auto damaged = project.maskCorrections("bird");
    REQUIRE_FALSE(damaged.ok());
    CHECK(damaged.error().code == ErrorCode::corruptData);
    CHECK(damaged.error().message.find("frame 7") != std::string::npos);
    CHECK(damaged.error().remedy.find("--clear") != std::string::npos);
    const std::vector<int64_t> frames = {7};
    REQUIRE(project.clearMaskCorrections("bird", frames).ok());
    CHECK(project.maskCorrections("bird")->size() == 1);
}

TEST_CASE("a project of the second schema gets its corrections, and keeps its faces") {
    const TempFolder folder;
    const fs::path path = folder / "p";
    {
        const auto database = makeOlderProject(path, 2);
        REQUIRE_FALSE(database->prepare("SELECT correction FROM mask_corrections").ok());
    }
    Project project = *Project::open(path);
    CHECK(fs::exists(path / "project.v2.backup.db"));
    CHECK(project.faces("bird")->size() == 1);
    CHECK(project.maskCorrections("bird")->empty());
    REQUIRE(project.putMaskCorrection("bird", 4, block(3, 0)).ok());
    CHECK(project.maskCorrections("bird")->at(4) == block(3, 0));
}
