// What becomes of masks when crops are cut: hands are taken out, corrections have the last word,
// and a pack is made anew only where that changes something.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "media/faceset/pack.h"
#include "media/truth/performer_clips.h"
#include "tests/media/extract/reference.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr int kSize = 96;
constexpr int kWidth = 320;
constexpr int kHeight = 240;

struct Packed {
    std::string truth;
    std::map<int64_t, std::vector<uint8_t>> masks;
    std::map<int64_t, FaceRecord> records;

    double sum(int64_t frame) const {
        double all = 0;
        for (const uint8_t value : masks.at(frame)) {
            all += value;
        }
        return all / 255;
    }
    int at(int64_t frame, Point crop) const {
        return masks.at(frame)[static_cast<size_t>(crop.y) * kSize + static_cast<size_t>(crop.x)];
    }
};

Packed packed(Project& project, std::optional<double> occlusion) {
    ExtractOptions options{.size = kSize, .threads = 2};
    options.occlusion = occlusion;
    extracted(project, "performer_0", options);
    const auto pack = PackReader::open(project.facesetFolder() /
                                       packIndexName("performer_0", FaceType::wholeFace, kSize));
    REQUIRE(pack.ok());
    Packed result;
    result.truth = pack->header().truth;
    for (size_t i = 0; i < pack->size(); ++i) {
        const auto mask = pack->mask(i);
        const FaceRecord record = pack->record(i);
        result.masks[record.frame].assign(mask.begin(), mask.end());
        result.records[record.frame] = record;
    }
    return result;
}

std::filesystem::path handClip(const TempFolder& folder) {
    PerformerClips clips;
    clips.folder = folder / "clips";
    clips.seed = 3;
    clips.performers = 1;
    clips.frames = 96;
    clips.width = kWidth;
    clips.height = kHeight;
    clips.passingHand = true;
    const auto written = writePerformerClips(clips);
    REQUIRE(written.ok());
    return written->clips.front();
}

}  // namespace

TEST_CASE("hands leave the masks of a pack, and what is painted has the last word") {
    const TempFolder folder;
    Project project = projectOf(folder / "p.understudy", handClip(folder));
    const Packed outline = packed(project, 0);
    const Packed seen = packed(project, 1);
    CHECK(outline.truth != seen.truth);
    REQUIRE(outline.masks.size() == seen.masks.size());
    // The hand is there from 0.44 to 0.60 of the take.
    double before = 0;
    double during = 0;
    for (const auto& [frame, mask] : seen.masks) {
        const double share = 1 - seen.sum(frame) / outline.sum(frame);
        CHECK(share >= 0);
        before += frame < 40 ? share / 39 : 0;
        during += frame >= 46 && frame <= 54 ? share / 9 : 0;
    }
    INFO("taken out before " << before << " and during the hand " << during);
    CHECK(before < 0.002);
    CHECK(during > 0.01);
    // It is the number that review is told, which was guessed in grey alone before.
    float most = 0;
    const auto faces = project.faces("performer_0");
    for (const FaceTruth& face : *faces) {
        if (face.frame >= 44 && face.frame <= 58 && face.qualities) {
            most = std::max(most, face.qualities->occlusion);
        }
    }
    CHECK(most >= 0.1f);
    // What was asked for last is asked for again, and a repeated job is no work.
    CHECK(*project.setting("extract.occlusion") == std::to_string(1.0));
    CHECK(packed(project, {}).truth == seen.truth);

    // Everything from the nose down is removed in frame 10; in frame 50 the whole plate is face.
    const Landmarks face = faces->at(9).landmarks;
    std::vector<uint8_t> levels(static_cast<size_t>(kWidth * kHeight), MaskCorrection::kLeave);
    std::fill(levels.begin() + static_cast<int>(face[30].y) * kWidth, levels.end(), uint8_t{0});
    REQUIRE(project
                .putMaskCorrection("performer_0", 10,
                                   MaskCorrection::fromLevels(kWidth, kHeight, levels))
                .ok());
    std::fill(levels.begin(), levels.end(), uint8_t{255});
    REQUIRE(project
                .putMaskCorrection("performer_0", 50,
                                   MaskCorrection::fromLevels(kWidth, kHeight, levels))
                .ok());
    const std::string pack = packIndexName("performer_0", FaceType::wholeFace, kSize);
    CHECK(*project.masksNotCut("performer_0", pack) == std::set<int64_t>{10, 50});
    const Packed painted = packed(project, {});
    CHECK(project.masksNotCut("performer_0", pack)->empty());
    CHECK(painted.truth != seen.truth);
    const FaceRecord& record = painted.records.at(10);
    CHECK(painted.at(10, record.landmarks[8] + Point{0, -4}) == 0);
    CHECK(painted.at(10, record.landmarks[27]) == 255);
    CHECK(std::all_of(painted.masks.at(50).begin(), painted.masks.at(50).end(),
                      [](uint8_t value) { return value == 255; }));
    CHECK(painted.masks.at(30) == seen.masks.at(30));

    // One that is of no found frame changes nothing; taken away, all is as before.
    REQUIRE(project
                .putMaskCorrection("performer_0", 9999,
                                   MaskCorrection::fromLevels(kWidth, kHeight, levels))
                .ok());
    CHECK(packed(project, {}).truth == painted.truth);
    const std::vector<int64_t> frames = {10, 50};
    REQUIRE(project.clearMaskCorrections("performer_0", frames).ok());
    CHECK(*project.masksNotCut("performer_0", pack) == std::set<int64_t>{10, 50});
    const Packed cleared = packed(project, {});
    CHECK(cleared.truth == seen.truth);
    CHECK(cleared.masks == seen.masks);

    // Landmarks that somebody placed are cut by; what was found is kept.
    LandmarkCorrection placed{faces->at(19).landmarks, true};
    for (Point& point : placed.landmarks) {
        point = point + Point{6, 3};
    }
    REQUIRE(project.putLandmarkCorrections("performer_0", {{20, placed}}).ok());
    const Packed moved = packed(project, {});
    CHECK(moved.truth != seen.truth);
    const FaceRecord& there = moved.records.at(20);
    CHECK(distance(there.landmarks[30], there.alignedFromFrame(placed.landmarks[30])) < 1e-6);
    const Point placedBefore = seen.records.at(20).alignedFromFrame.inverse()({0, 0});
    CHECK(distance(there.alignedFromFrame.inverse()({0, 0}), placedBefore + Point{6, 3}) < 1e-6);
    CHECK(project.foundFaces("performer_0")->at(19).landmarks == faces->at(19).landmarks);
    CHECK(project.faces("performer_0")->at(19).landmarks == placed.landmarks);
}

TEST_CASE("shares that are none are refused") {
    for (const double bad : {-0.1, 1.1, std::nan("")}) {
        ExtractOptions options;
        options.occlusion = bad;
        CHECK(options.check().error().code == ErrorCode::usage);
    }
}
