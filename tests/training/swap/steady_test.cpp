#include "training/swap/steady.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "media/base/philox.h"
#include "tests/training/swap/made_face.h"

using namespace understudy;
using Faces = std::map<media::FrameNumber, media::Landmarks>;

namespace {

double largestDifference(const Faces& a, const Faces& b) {
    double worst = 0;
    for (const auto& [frame, face] : a) {
        for (int i = 0; i < media::kLandmarkCount; ++i) {
            worst = std::max(worst, media::distance(face[i], b.at(frame)[i]));
        }
    }
    return worst;
}

// A face that moves with constant acceleration.
Faces accelerating(int frames) {
    Faces faces;
    for (int t = 0; t < frames; ++t) {
        faces[1001 + t] =
            tests::madeLandmarks({100 + 2.0 * t + 0.05 * t * t, 80 - 1.0 * t}, 60, 0.01 * t * 0);
    }
    return faces;
}

}  // namespace

TEST_CASE("steadying neither lags nor flattens an acceleration") {
    const Faces faces = accelerating(30);
    CHECK(largestDifference(faces, training::steadied(faces, 2)) < 1e-6);
    CHECK(largestDifference(faces, training::steadied(faces, 0)) == 0);
}

TEST_CASE("steadying takes the tremble out") {
    const Faces still = accelerating(40);
    Faces noisy = still;
    RandomSequence random({.seed = 3});
    for (auto& [frame, face] : noisy) {
        for (media::Point& point : face) {
            point = point + media::Point{0.5 * random.normal(), 0.5 * random.normal()};
        }
    }
    const Faces smooth = training::steadied(noisy, 2.5);
    double before = 0;
    double after = 0;
    for (media::FrameNumber frame = 1010; frame < 1030; ++frame) {
        for (int i = 0; i < media::kLandmarkCount; ++i) {
            before += std::pow(media::distance(noisy[frame][i], still.at(frame)[i]), 2);
            after += std::pow(media::distance(smooth.at(frame)[i], still.at(frame)[i]), 2);
        }
    }
    CHECK(after < 0.35 * before);
}

TEST_CASE("steadying does not reach over gaps") {
    Faces faces = accelerating(10);
    for (int t = 0; t < 10; ++t) {  // elsewhere, after a cut
        faces[1100 + t] = tests::madeLandmarks({400.0 - 3 * t, 300}, 90);
    }
    CHECK(largestDifference(faces, training::steadied(faces, 3)) < 1e-6);
    const Faces few = accelerating(3);
    CHECK(largestDifference(few, training::steadied(few, 3)) < 1e-6);
}
