// What is in front of rendered faces, against the truth: hands fire, beards, turns, blinks and talk
// do not.
#include <algorithm>
#include <catch2/catch.hpp>

#include "media/align/face_alignment.h"
#include "media/face/judge_track.h"
#include "media/face/occlusion_model.h"
#include "media/frame/resample.h"
#include "tests/media/face/rendered_take.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr int kCrop = 128;
constexpr int kSide = OcclusionLook::kSide;

// Faces of a take as extraction would cut them, and what is truly in front of them.
struct Faces {
    std::vector<OcclusionLook> looks;
    std::vector<Image> truth;  // f32, 0 to 1, as large as the looks

    void add(int64_t number, const RenderedFrame& frame, const Landmarks& landmarks) {
        const Affine crop = alignedFromFrame(landmarks, FaceType::wholeFace, kCrop, 0.15);
        const Landmarks inCrop = transformed(landmarks, crop);
        looks.push_back(occlusionLook(
            number, resample(frame.picture, crop, kCrop, kCrop, Border::replicate), inCrop));
        const Affine look = alignedFromFrame(inCrop, FaceType::wholeFace, kSide);
        truth.push_back(
            toFloat(resample(frame.occluderMask, look * crop, kSide, kSide, Border::zero)));
    }

    OcclusionModel model(int threads = 2) const {
        std::vector<OcclusionLook> some;
        const size_t count = std::min(kOcclusionLooks, looks.size());
        for (size_t i = 0; i < count; ++i) {
            some.push_back(looks[(2 * i + 1) * looks.size() / (2 * count)]);
        }
        return {some, threads};
    }
};

// With the true landmarks.
Faces trueFaces(uint64_t seed, bool hand, int frames) {
    const RenderedTake take = renderedTake(
        seed, {.seed = seed, .stage = seed, .frames = frames, .passingHand = hand}, 200, 150);
    Faces faces;
    for (size_t i = 0; i < take.frames.size(); ++i) {
        faces.add(static_cast<int64_t>(i) + 1, take.frames[i], take.frames[i].landmarks);
    }
    return faces;
}

// Areas in looks, added up over faces.
struct Sum {
    double hull = 0, truth = 0, found = 0, both = 0;

    void add(const OcclusionLook& look, const Image& truly, const Image& hidden) {
        for (int i = 0; i < OcclusionLook::kPixels; ++i) {
            const float inside = look.hull[static_cast<size_t>(i)];
            const float t = inside * truly.row<float>(0)[i];
            const float h = inside * hidden.row<float>(0)[i];
            hull += inside;
            truth += t;
            found += h;
            both += std::min(t, h);
        }
    }
    double covered() const { return truth / hull; }
    double share() const { return found / hull; }
};

struct Judged {
    Sum covered;  // faces of which more than 3 % is
    Sum clear;
    double worstClear = 0;  // share
};

Judged judged(const Faces& faces) {
    const OcclusionModel model = faces.model();
    REQUIRE(model.known());
    Judged result;
    for (size_t i = 0; i < faces.looks.size(); ++i) {
        const Image hidden = model.hidden(faces.looks[i], 1);
        Sum one;
        one.add(faces.looks[i], faces.truth[i], hidden);
        if (one.covered() > 0.03) {
            result.covered.add(faces.looks[i], faces.truth[i], hidden);
        } else if (one.covered() < 0.0005) {
            result.clear.add(faces.looks[i], faces.truth[i], hidden);
            result.worstClear = std::max(result.worstClear, one.share());
        }
    }
    return result;
}

}  // namespace

TEST_CASE("a hand of the face's own colour is found where it is") {
    for (const uint64_t seed : {4, 15}) {
        const Judged with = judged(trueFaces(seed, true, 120));
        INFO("seed " << seed << ": recall " << with.covered.both / with.covered.truth
                     << ", precision " << with.covered.both / with.covered.found << ", clear faces "
                     << with.clear.share() << ", worst " << with.worstClear);
        CHECK(with.covered.both > 0.5 * with.covered.truth);
        CHECK(with.covered.both > 0.5 * with.covered.found);
        CHECK(with.clear.share() < 0.01);
    }
}

TEST_CASE("a beard, turns, blinks and talk are not in front of a face") {
    for (const uint64_t seed : {15, 24}) {
        const Judged without = judged(trueFaces(seed, false, 120));
        INFO("seed " << seed << ": " << without.clear.share() << ", worst " << without.worstClear);
        CHECK(without.clear.share() < 0.01);
        CHECK(without.worstClear < 0.2);
    }
}

TEST_CASE("few faces, and no wish to find anything, find nothing") {
    Faces faces = trueFaces(4, true, 60);
    const OcclusionModel model = faces.model();
    REQUIRE(model.known());
    for (const OcclusionLook& look : faces.looks) {
        const Image hidden = model.hidden(look, 0);
        CHECK(std::all_of(hidden.row<float>(0), hidden.row<float>(0) + OcclusionLook::kPixels,
                          [](float value) { return value == 0; }));
    }
    // The same for any number of threads.
    const Image one = faces.model(1).hidden(faces.looks[30], 1);
    const Image two = faces.model(3).hidden(faces.looks[30], 1);
    CHECK(std::equal(one.data(), one.data() + one.size(), two.data()));

    faces.looks.resize(kFewestOcclusionLooks - 1);
    CHECK_FALSE(faces.model().known());
    const Image none = faces.model().hidden(faces.looks[0], 1);
    CHECK(none.width() == kSide);
}

TEST_CASE("hands before faces that were found and not told", "[soak]") {
    int hidden = 0;
    int fired = 0;
    int open = 0;
    int falsely = 0;
    for (const uint64_t seed : {15, 4, 21}) {
        const RenderedTake take =
            renderedTake(seed, {.seed = seed, .stage = seed, .frames = 216, .passingHand = true});
        const FoundTrack track = trackOf(take);
        const auto grey = judgeTrack(track.numbers, track.track, track.smooth, 1);
        Faces faces;
        for (size_t i = 0; i < take.frames.size(); ++i) {
            REQUIRE(track.smooth[i].has_value());
            faces.add(track.numbers[i], take.frames[i], *track.smooth[i]);
        }
        const OcclusionModel model = faces.model();
        for (size_t i = 0; i < faces.looks.size(); ++i) {
            Sum sum;
            sum.add(faces.looks[i], faces.truth[i], model.hidden(faces.looks[i], 1));
            // As extraction says it.
            const bool said = std::max<double>(grey[i]->occlusion, sum.share()) >= kOccluded;
            if (sum.covered() > 0.15) {
                ++hidden;
                fired += said;
            } else if (sum.covered() < 0.001) {
                ++open;
                falsely += said;
            }
        }
    }
    INFO("hidden " << hidden << " fired " << fired << ", open " << open << " falsely " << falsely);
    CHECK(hidden >= 8);
    CHECK(fired >= 0.8 * hidden);
    CHECK(falsely <= 0.04 * open);
}
