// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/face_item.h"

#include <catch2/catch.hpp>

#include "ui/models/face_words.h"
#include "ui/models/formatting.h"

using namespace understudy;
using namespace understudy::ui;

namespace {

FaceItem face(int clip, int64_t frame) {
    FaceItem made;
    made.key = {clip, frame};
    made.performer = 0;
    made.confidence = 0.9f;
    made.jitter = 0.5f;
    made.sharpness = 0.3f;
    made.yaw = static_cast<float>(frame);
    made.pitch = 0;
    made.size = 100;
    made.brightness = 0.5f;
    made.occlusion = 0;
    made.outlier = 0;
    made.hash = 0xFFull << (8 * (frame % 8));
    return made;
}

std::vector<FaceItem> clipOf(int count) {
    std::vector<FaceItem> faces;
    for (int i = 0; i < count; ++i) {
        faces.push_back(face(0, i));
    }
    return faces;
}

std::vector<int64_t> framesOf(const std::vector<FaceItem>& faces, const std::vector<int>& order) {
    std::vector<int64_t> frames;
    for (const int i : order) {
        frames.push_back(faces[static_cast<size_t>(i)].key.frame);
    }
    return frames;
}

}  // namespace

TEST_CASE("every reason to doubt a face is found, and a face placed by hand has none") {
    auto faces = clipOf(30);
    faces[3].confidence = 0.3f;
    faces[4].jitter = 9;
    faces[5].sharpness = 0.1f;
    faces[6].occlusion = 0.4f;
    faces[7].outlier = 4;
    faces[8].confidence = 0.3f;
    faces[8].corrected = true;
    markFaces(faces);
    CHECK(faces[3].doubts == doubtConfidence);
    CHECK(faces[4].doubts == doubtJump);
    CHECK(faces[5].doubts == doubtBlur);
    CHECK(faces[6].doubts == doubtCovered);
    CHECK(faces[7].doubts == doubtOdd);
    int suspects = 0;
    for (const FaceItem& one : faces) {
        suspects += one.suspect;
    }
    CHECK(suspects == 5);
    CHECK(utf8(doubtTexts(doubtJump | doubtOdd).join(", ")) == "jumps, unlike the others");
}

TEST_CASE("near-duplicates are told against the last face that is none, in their clip") {
    auto faces = clipOf(4);
    faces[0].hash = 0b1111;
    faces[1].hash = 0b0111;      // one bit
    faces[2].hash = 0b11110111;  // five bits from the first
    faces[3].hash = 0b11110011;  // one from the third
    faces.push_back(face(1, 0));
    faces[4].hash = faces[3].hash;  // another clip
    markFaces(faces);
    CHECK_FALSE(faces[0].duplicate);
    CHECK(faces[1].duplicate);
    CHECK(faces[2].duplicate == (media::kNearDuplicate >= 5));
    CHECK_FALSE(faces[4].duplicate);
}

TEST_CASE("unlikeness is 0 of a face to itself and grows with look, turn and mouth") {
    const FaceItem a = face(0, 0);
    CHECK(unlikeness(a, a) == 0);
    FaceItem b = a;
    b.hash = a.hash ^ 0xFFFF;  // 16 of 64 bits
    CHECK(unlikeness(a, b) == Approx(0.25));
    b.yaw = 27;
    b.pitch = 36;  // 45 degrees apart
    CHECK(unlikeness(a, b) == Approx(0.75));
    b.mouth = a.mouth + 0.2f;
    CHECK(unlikeness(a, b) == Approx(0.95));
    CHECK(unlikeness(b, a) == Approx(0.95));
    b.pitch = kUnknown;  // half of what could differ
    b.sharpness = kUnknown;
    CHECK(unlikeness(a, b) == Approx(0.5 + 0.5 + 0.2));
}

TEST_CASE("what nobody measured comes last, whichever way round") {
    auto faces = clipOf(4);
    faces[0].pitch = kUnknown;
    faces[1].pitch = 5;
    faces[2].pitch = -5;
    const std::vector<std::string> performers = {"Anna"};
    const auto sorted = [&](FaceSort sort, bool reversed) {
        return framesOf(faces, orderedFaces(faces, {}, {sort, reversed, {}}, performers));
    };
    CHECK(sorted(FaceSort::pitch, false) == std::vector<int64_t>{2, 3, 1, 0});
    CHECK(sorted(FaceSort::pitch, true) == std::vector<int64_t>{1, 3, 2, 0});
    CHECK(sorted(FaceSort::time, true) == std::vector<int64_t>{3, 2, 1, 0});
    FaceFilter filter;
    CHECK(orderedFaces(faces, filter, {}, performers).size() == 4);
    filter.range(FaceMeasure::pitch).least = -10;
    CHECK(orderedFaces(faces, filter, {}, performers).size() == 3);
    filter.range(FaceMeasure::pitch).most = 0;
    CHECK(orderedFaces(faces, filter, {}, performers).size() == 2);
}

TEST_CASE("faces are filtered by whose they are, and nobody's count for nothing") {
    auto faces = clipOf(5);
    faces[1].performer = 1;
    faces[2].performer = FaceItem::kNobody;
    faces[3].state = media::ReviewState::reject;
    const std::vector<std::string> performers = {"Anna", "Ben"};
    const auto shown = [&](std::optional<std::string> performer) {
        FaceFilter filter;
        filter.performer = std::move(performer);
        return framesOf(faces,
                        orderedFaces(faces, filter, {FaceSort::time, false, {}}, performers));
    };
    CHECK(shown({}).size() == 5);
    CHECK(shown("Anna") == std::vector<int64_t>{0, 3, 4});
    CHECK(shown("Ben") == std::vector<int64_t>{1});
    CHECK(shown("") == std::vector<int64_t>{2});
    CHECK(shown("Cleo").empty());
    CHECK(faces[1].counts());
    CHECK_FALSE(faces[2].counts());
    CHECK_FALSE(faces[3].counts());
    faces[2].suspect = true;
    CHECK_FALSE(faces[2].wantsLook());
    faces[1].suspect = true;
    CHECK(faces[1].wantsLook());
    CHECK(utf8(whoseText("Ben")) == "face of Ben");
    CHECK(utf8(whoseText("")) == "nobody's face");
}

TEST_CASE("spreads count what is known") {
    auto faces = clipOf(11);
    faces[10].pitch = kUnknown;
    const auto spreads = spreadsOf(faces);
    const MeasureSpread& yaw = spreads[static_cast<size_t>(FaceMeasure::yaw)];
    CHECK(yaw.least == 0);
    CHECK(yaw.most == 10);
    CHECK(yaw.known == 11);
    CHECK(yaw.bins.front() == 1);
    CHECK(yaw.bins.back() == 1);
    const MeasureSpread& pitch = spreads[static_cast<size_t>(FaceMeasure::pitch)];
    CHECK(pitch.known == 10);
    CHECK(pitch.highest() == 10);
}

TEST_CASE("coverage is said in sentences with names and numbers") {
    media::Coverage coverage;
    coverage.gaps.push_back({media::CoverageMeasure::lookLeft, 20, 214, 0, 14});
    coverage.gaps.push_back({media::CoverageMeasure::darker, 0.25f, 9, 2, 0.31f});
    coverage.hole = media::CoverageHole{-30, -15, 15, 30, 40, 0};
    coverage.softer = media::CoverageMedians{0.3f, 0.15f};
    const QStringList said = coverageSentences(coverage, "Ben", "Anna");
    REQUIRE(said.size() == 4);
    CHECK(
        utf8(said[0]) ==
        "Ben looks left (in the picture) beyond 20° in 214 faces; Anna never does. Closest: 14°.");
    CHECK(utf8(said[1]) == "Ben is darker than 0.25 in 9 faces; Anna is in only 2. Darkest: 0.31.");
    CHECK(utf8(said[2]) ==
          "Ben looks left 15° to 30° and up 15° to 30° at once in 40 faces; Anna never does.");
    CHECK(utf8(said[3]) == "Anna's faces are softer: sharpness 0.15 in the middle, Ben's 0.30.");
    CHECK(coverageSentences({}, "Ben", "Anna").isEmpty());
}
