#include <catch2/catch.hpp>
#include <cmath>

#include "media/base/philox.h"
#include "media/face/face_track.h"
#include "media/face/people.h"
#include "tests/media/align/sample_face.h"

using namespace understudy;
using namespace understudy::media;
using understudy::tests::placed;
using understudy::tests::sampleFace;

namespace {

FaceFound faceAt(Point move, double scale = 0.3, float confidence = 0.9f) {
    FaceFound face;
    face.detected = true;
    face.confidence = confidence;
    face.agreement = 0.005f;
    face.landmarks = placed(sampleFace(1, 0), 0, scale, move);
    return face;
}

std::vector<FrameFaces> clipOf(int frames) {
    std::vector<FrameFaces> clip;
    for (int i = 0; i < frames; ++i) {
        clip.push_back({i + 1, {}});
    }
    return clip;
}

// A face that moves along `path` with noise in what is placed and in what the flow says.
struct Shot {
    std::vector<FrameNumber> numbers;
    std::vector<Landmarks> truth;
    std::vector<std::optional<FaceFound>> track;
};

Shot shotOf(int frames, const std::function<Landmarks(int)>& path, double placedNoise,
            double flowNoise) {
    Shot shot;
    RandomSequence random({.seed = 3});
    for (int t = 0; t < frames; ++t) {
        shot.numbers.push_back(t + 1);
        shot.truth.push_back(path(t));
        FaceFound face = faceAt({});
        for (int i = 0; i < kLandmarkCount; ++i) {
            const Point noise{placedNoise * random.normal(), placedNoise * random.normal()};
            face.landmarks[i] = shot.truth[t][i] + noise;
            if (t > 0) {
                const Point drift{flowNoise * random.normal(), flowNoise * random.normal()};
                face.before[i] = shot.truth[t - 1][i] + noise + drift;
                face.beforeError[i] = 0.004f;
            }
        }
        face.hasMotion = t > 0;
        shot.track.push_back(face);
    }
    return shot;
}

double meanError(const Shot& shot, const std::vector<std::optional<Landmarks>>& track, int from,
                 int to) {
    double sum = 0;
    int count = 0;
    for (int t = from; t < to; ++t) {
        for (int i = 17; i < kLandmarkCount; ++i) {
            sum += distance((*track[t])[i], shot.truth[t][i]);
            ++count;
        }
    }
    return sum / count;
}

std::vector<std::optional<Landmarks>> placedOf(const Shot& shot) {
    std::vector<std::optional<Landmarks>> result;
    for (const auto& face : shot.track) {
        result.push_back(face->landmarks);
    }
    return result;
}

}  // namespace

TEST_CASE("of two faces the larger, central one is the performer") {
    std::vector<FrameFaces> clip = clipOf(50);
    for (FrameFaces& frame : clip) {
        frame.faces = {faceAt({-220, -120}, 0.2), faceAt({0, 0}, 0.4)};
        if (frame.number % 2) {
            std::swap(frame.faces[0], frame.faces[1]);
        }
    }
    const auto chosen = chooseTrack(clip, 640, 480);
    for (size_t i = 0; i < clip.size(); ++i) {
        REQUIRE(chosen[i].has_value());
        CHECK(interOcularDistance(clip[i].faces[*chosen[i]].landmarks) > 40);
    }
}

TEST_CASE("the other person does not become the performer while that one is away") {
    std::vector<FrameFaces> clip = clipOf(120);
    for (FrameFaces& frame : clip) {
        frame.faces = {faceAt({-220, -120}, 0.2)};
        if (frame.number <= 50 || frame.number > 80) {
            frame.faces.push_back(faceAt({0, 0}, 0.4));
        }
    }
    const auto chosen = chooseTrack(clip, 640, 480);
    for (size_t i = 0; i < clip.size(); ++i) {
        if (i < 50 || i >= 80) {
            REQUIRE(chosen[i].has_value());
            CHECK(*chosen[i] == 1);
        } else {
            CHECK_FALSE(chosen[i].has_value());
        }
    }
}

TEST_CASE("the performer is found again after a cut and after an absence") {
    std::vector<FrameFaces> clip = clipOf(100);
    for (FrameFaces& frame : clip) {
        if (frame.number <= 30) {
            frame.faces = {faceAt({-150, 0}, 0.3)};
        } else if (frame.number > 45) {
            frame.faces = {faceAt({150, 40}, 0.5)};
        }
    }
    const auto chosen = chooseTrack(clip, 640, 480);
    for (size_t i = 0; i < clip.size(); ++i) {
        CHECK(chosen[i].has_value() == (i < 30 || i >= 45));
    }
    CHECK(chooseTrack(clipOf(7), 640, 480) == std::vector<std::optional<size_t>>(7));
    CHECK(chooseTrack({}, 640, 480).empty());
}

TEST_CASE("a flash of a face elsewhere does not take over") {
    std::vector<FrameFaces> clip = clipOf(40);
    for (FrameFaces& frame : clip) {
        frame.faces = {faceAt({0, 0}, 0.3, 0.6f)};
        if (frame.number == 20) {
            frame.faces = {faceAt({200, 100}, 0.6, 1.0f), faceAt({0, 0}, 0.3, 0.5f)};
        }
    }
    const auto chosen = chooseTrack(clip, 640, 480);
    CHECK(chosen[19] == 1u);
}

TEST_CASE("smoothing removes trembling from a still face") {
    const Landmarks still = placed(sampleFace(1, 0), 5, 0.3);
    const Shot shot = shotOf(
        60, [&](int) { return still; }, 0.4, 0.05);
    const auto smooth = smoothTrack(shot.numbers, shot.track);
    CHECK(meanError(shot, smooth, 0, 60) < 0.5 * meanError(shot, placedOf(shot), 0, 60));
    const auto before = trackJitter(shot.numbers, placedOf(shot));
    const auto after = trackJitter(shot.numbers, smooth);
    for (int t = 5; t < 55; ++t) {
        CHECK(after[t] < before[t]);
    }
}

TEST_CASE("smoothing does not lag behind fast motion") {
    // Still, then 12 px a frame, then still again.
    const Shot shot = shotOf(
        60,
        [](int t) {
            return placed(sampleFace(1, 0), 0, 0.3, {12.0 * std::clamp(t - 20, 0, 15), 0});
        },
        0.3, 0.05);
    const auto smooth = smoothTrack(shot.numbers, shot.track);
    CHECK(meanError(shot, smooth, 16, 40) < 0.35);
    double bias = 0;
    for (int t = 21; t < 35; ++t) {
        for (int i = 17; i < kLandmarkCount; ++i) {
            bias += ((*smooth[t])[i].x - shot.truth[t][i].x) / (14 * 51);
        }
    }
    CHECK(std::abs(bias) < 0.1);
}

TEST_CASE("a few frames whose landmarks were led astray are put right") {
    Shot shot = shotOf(
        50, [](int) { return placed(sampleFace(1, 0), 0, 0.3); }, 0.2, 0.05);
    const double eyes = interOcularDistance(shot.truth[0]);
    for (int t = 20; t < 24; ++t) {  // the chin and mouth jump to a hand
        for (int i = 0; i < kLandmarkCount; ++i) {
            if (i < 17 || i >= 48) {
                shot.track[t]->landmarks[i].y -= 0.5 * eyes;
                shot.track[t]->before[i].y -= 0.5 * eyes;
            }
        }
    }
    const auto smooth = smoothTrack(shot.numbers, shot.track);
    for (int t = 20; t < 24; ++t) {
        CHECK(distance((*smooth[t])[8], shot.truth[t][8]) < 0.05 * eyes);
        CHECK(distance((*smooth[t])[57], shot.truth[t][57]) < 0.05 * eyes);
    }
}

TEST_CASE("smoothing stops at gaps and cuts") {
    Shot shot = shotOf(
        20,
        [](int t) {
            return placed(sampleFace(1, 0), 0, 0.3, {t < 10 ? 0.0 : 200.0, 0});
        },
        0, 0);
    shot.track[10]->hasMotion = false;  // a cut
    shot.track[5].reset();
    const auto smooth = smoothTrack(shot.numbers, shot.track);
    CHECK_FALSE(smooth[5].has_value());
    for (const int t : {4, 6, 9, 10, 19}) {
        CHECK(distance((*smooth[t])[30], shot.truth[t][30]) < 1e-6);
    }
}

TEST_CASE("jitter is the distance from a parabola through the neighbours") {
    std::vector<FrameNumber> numbers;
    std::vector<std::optional<Landmarks>> track;
    for (int t = 0; t < 15; ++t) {
        numbers.push_back(t + 1);
        track.push_back(placed(sampleFace(1, 0), 0, 0.3, {2.0 * t, 0.1 * t * t}));
    }
    for (const float jitter : trackJitter(numbers, track)) {
        CHECK(jitter < 1e-5f);
    }
    for (Point& point : *track[7]) {
        point.y += 1;
    }
    CHECK(trackJitter(numbers, track)[7] == Approx(1));
    // Beyond a cut the face is elsewhere, which is no trembling.
    std::vector<std::optional<Landmarks>> cut = track;
    for (size_t t = 10; t < cut.size(); ++t) {
        for (Point& point : *cut[t]) {
            point.x += 300;
        }
    }
    for (size_t t = 8; t < 12; ++t) {
        CHECK(trackJitter(numbers, cut)[t] < 1);
    }
    track[6].reset();
    CHECK(trackJitter(numbers, track)[7] == 0);
}
