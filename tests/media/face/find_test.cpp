#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <list>

#include "media/face/analysis_image.h"
#include "media/face/face_follower.h"
#include "media/face/face_search.h"
#include "media/face/gray_patch.h"
#include "media/source/frame_source.h"
#include "tests/support/footage.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using understudy::tests::footage;
using understudy::tests::TempFolder;

namespace {

std::shared_ptr<const Landmarker> model() {
    static const std::shared_ptr<const Landmarker> landmarker =
        loadLandmarker(findLandmarkModel().value()).value();
    return landmarker;
}

std::vector<AnalysisImage> framesOf(const std::filesystem::path& clip, FrameNumber first,
                                    FrameNumber last) {
    const auto source = openSource(clip.string());
    REQUIRE(source.ok());
    std::vector<AnalysisImage> frames;
    for (FrameNumber number = first; number <= last; ++number) {
        frames.push_back(analysisImage((*source)->read(number).value()));
    }
    return frames;
}

Affine shrink(double scale) {
    return {scale, 0, 0, 0, scale, 0};
}

}  // namespace

TEST_CASE("boxes overlap by their common share") {
    CHECK(overlap({0, 0, 10, 10}, {0, 0, 10, 10}) == Approx(1));
    CHECK(overlap({0, 0, 10, 10}, {5, 0, 15, 10}) == Approx(1.0 / 3));
    CHECK(overlap({0, 0, 10, 10}, {20, 0, 30, 10}) == 0);
    CHECK(overlap({}, {}) == 0);
}

TEST_CASE("a landmark model that is missing or none is named with its package") {
    const TempFolder folder;
    const auto missing = loadLandmarker(folder / "none.dat");
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().code == ErrorCode::environment);
    CHECK(missing.error().remedy.find("libdlib-data") != std::string::npos);
    std::ofstream(folder / "text.dat") << "this is no model at all";
    CHECK(loadLandmarker(folder / "text.dat").error().code == ErrorCode::environment);
}

TEST_CASE("faces from 40 px are found") {
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    FaceFinder finder(model());
    const AnalysisImage frame = framesOf(*clip, 5, 5).front();
    const std::vector<FaceFound> large = finder.search(frame.gray);
    REQUIRE(large.size() == 1);
    CHECK(large[0].detected);
    CHECK(large[0].confidence > 0.8f);
    CHECK(large[0].agreement < 0.02f);
    // The detector's box is about 1.73 inter-ocular distances wide.
    const double width = 1.73 * interOcularDistance(large[0].landmarks);
    for (const double wanted : {60.0, 50.0, 40.0}) {
        const double scale = wanted / width;
        const Image small = grayPatch(frame.gray, shrink(scale), static_cast<int>(480 * scale));
        const std::vector<FaceFound> found = finder.search(small);
        INFO(wanted);
        REQUIRE(found.size() == 1);
        const double eyes = interOcularDistance(found[0].landmarks);
        for (int i = 0; i < kLandmarkCount; ++i) {
            CHECK(distance(found[0].landmarks[i], shrink(scale)(large[0].landmarks[i])) <
                  0.12 * eyes);
        }
    }
}

TEST_CASE("tilted faces are followed") {
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    FaceFinder finder(model());
    const AnalysisImage frame = framesOf(*clip, 5, 5).front();
    const FaceFound face = finder.search(frame.gray).front();
    // Squares, so that the follower's pictures are alike.
    std::list<Image> pictures = {grayPatch(frame.gray, {}, 480)};
    FaceFollower follower(finder, pictures.front(), face);
    const Point pivot = face.landmarks[30];
    for (int step = 1; step <= 10; ++step) {  // 5 degrees a frame, up to 50
        const double angle = 5.0 * step * 0.017453292519943295;
        const double c = std::cos(angle);
        const double s = std::sin(angle);
        const Affine turn{c, -s, pivot.x - c * pivot.x + s * pivot.y,
                          s, c,  pivot.y - s * pivot.x - c * pivot.y};
        pictures.push_back(grayPatch(frame.gray, turn, 480));
        const auto next = follower.step(pictures.back());
        INFO("step " << step);
        REQUIRE(next.has_value());
        CHECK(next->confidence > 0.5f);
    }
}

TEST_CASE("a face is followed backwards into frames before it was seen") {
    const auto clip = footage("performer_b/bird.mkv");
    if (!clip) {
        return;
    }
    // The detector at the original scale sees nothing in the first of these.
    const std::vector<AnalysisImage> frames = framesOf(*clip, 33, 46);
    FaceFinder finder(model());
    const auto found = searchBatch(finder, nullptr, frames);
    for (size_t i = 0; i < frames.size(); ++i) {
        INFO("frame " << frames[i].number);
        REQUIRE(found[i].size() == 1);
        CHECK(found[i][0].confidence >= kLeastConfidence);
        CHECK(found[i][0].hasMotion == (i > 0));
    }
    // A batch depends on its own frames alone: the same frames give the same faces.
    FaceFinder other(model());
    const auto again = searchBatch(other, nullptr, frames);
    for (size_t i = 0; i < frames.size(); ++i) {
        CHECK(again[i][0].landmarks == found[i][0].landmarks);
    }
}

TEST_CASE("no face, no find") {
    FaceFinder finder(model());
    Image noise(320, 240, 1, SampleType::u8);
    for (size_t i = 0; i < noise.size(); ++i) {
        noise.data()[i] = static_cast<std::byte>((i * 2654435761u) >> 24);
    }
    CHECK(finder.search(noise).empty());
    CHECK(finder.search(Image(16, 8, 1, SampleType::u8)).empty());
    CHECK(finder.search(Image(640, 480, 1, SampleType::u8)).empty());
}

TEST_CASE("of doubled faces the better stays") {
    std::vector<FaceFound> faces(3);
    for (int i = 0; i < kLandmarkCount; ++i) {
        faces[0].landmarks[i] = faces[1].landmarks[i] = {10.0 + i, 20.0};
        faces[2].landmarks[i] = {400.0 + i, 20.0};
    }
    faces[0].confidence = 0.5f;
    faces[1].confidence = 0.9f;
    faces[2].confidence = 0.4f;
    removeDoubles(faces);
    REQUIRE(faces.size() == 2);
    CHECK(faces[0].confidence == 0.9f);
    CHECK(faces[1].confidence == 0.4f);
}
