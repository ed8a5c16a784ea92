// What smoothing is worth, on performers whose true landmarks are known: a still head stays still,
// and a fast one is followed no worse than without.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <functional>

#include "media/align/face_alignment.h"
#include "media/face/analysis_image.h"
#include "media/face/face_search.h"
#include "media/face/face_track.h"
#include "media/synthetic/performer_renderer.h"

using namespace understudy;
using namespace understudy::media;

namespace {

constexpr int kFrames = 40;
constexpr int kInner = 17;  // the first point that is not the jaw's

struct Take {
    std::vector<FrameNumber> numbers;
    std::vector<Landmarks> truth;
    std::vector<std::optional<Landmarks>> alone;   // each frame searched by itself
    std::vector<std::optional<Landmarks>> placed;  // followed, before smoothing
    std::vector<std::optional<Landmarks>> smooth;  // the way of extraction
};

const FaceFound* largest(const std::vector<FaceFound>& faces) {
    const FaceFound* best = nullptr;
    for (const FaceFound& face : faces) {
        if (!best || interOcularDistance(face.landmarks) > interOcularDistance(best->landmarks)) {
            best = &face;
        }
    }
    return best;
}

Take taken(uint64_t person, const std::function<void(int, Moment&)>& act) {
    const auto path = findLandmarkModel();
    REQUIRE(path.ok());
    FaceFinder finder(*loadLandmarker(*path));
    const Performer performer(identityOf(person));
    Take take;
    std::vector<AnalysisImage> pictures;
    for (int i = 0; i < kFrames; ++i) {
        Moment moment;
        moment.grainSeed = static_cast<uint32_t>(100 + i);
        moment.faceHeight = 0.55f;
        act(i, moment);
        const RenderedFrame frame = performer.render(moment, 640, 480);
        Frame plate;
        plate.number = i + 1;
        plate.pixels = frame.picture;
        pictures.push_back(analysisImage(plate));
        take.numbers.push_back(i + 1);
        take.truth.push_back(frame.landmarks);
    }
    std::vector<std::optional<FaceFound>> track;
    for (const auto& faces : searchBatch(finder, nullptr, pictures)) {
        const FaceFound* face = largest(faces);
        track.push_back(face ? std::optional(*face) : std::nullopt);
        take.placed.push_back(face ? std::optional(face->landmarks) : std::nullopt);
    }
    for (const AnalysisImage& picture : pictures) {
        const auto faces = finder.search(picture.gray);
        const FaceFound* face = largest(faces);
        take.alone.push_back(face ? std::optional(face->landmarks) : std::nullopt);
    }
    take.smooth = smoothTrack(take.numbers, track);
    return take;
}

// Root mean square of how far the inner points are from their own means, in pixels of a 256 crop.
double tremblingAt256(const std::vector<std::optional<Landmarks>>& track) {
    Landmarks mean{};
    for (const auto& face : track) {
        REQUIRE(face.has_value());
        for (size_t i = 0; i < kLandmarkCount; ++i) {
            mean[i] = mean[i] + 1.0 / static_cast<double>(track.size()) * (*face)[i];
        }
    }
    double sum = 0;
    for (const auto& face : track) {
        for (size_t i = kInner; i < kLandmarkCount; ++i) {
            const double away = distance((*face)[i], mean[i]);
            sum += away * away;
        }
    }
    const double scale = alignedFromFrame(mean, FaceType::wholeFace, 256).scale();
    return scale * std::sqrt(sum / static_cast<double>(track.size() * (kLandmarkCount - kInner)));
}

// Mean distance of the inner points from the truth over that of the outer eye corners.
double errorOf(const Take& take, const std::vector<std::optional<Landmarks>>& track) {
    double sum = 0;
    int count = 0;
    for (size_t f = 0; f < track.size(); ++f) {
        if (!take.alone[f] || !take.smooth[f]) {
            continue;
        }
        const double eyes = distance(take.truth[f][36], take.truth[f][45]);
        for (size_t i = kInner; i < kLandmarkCount; ++i, ++count) {
            sum += distance((*track[f])[i], take.truth[f][i]) / eyes;
        }
    }
    REQUIRE(count > 30 * 51);
    return sum / count;
}

}  // namespace

TEST_CASE("a still head does not tremble") {
    for (const uint64_t person : {3, 8}) {
        const Take take = taken(person, [](int, Moment& moment) { moment.pose.yaw = 0.15f; });
        const double alone = tremblingAt256(take.alone), smooth = tremblingAt256(take.smooth);
        std::printf("still head, person %d: %.3f px at 256 by frame, %.3f px smoothed\n",
                    static_cast<int>(person), alone, smooth);
        CHECK(smooth < 0.15);
        CHECK(smooth < alone);
    }
}

TEST_CASE("a fast head is followed as well as without smoothing") {
    for (const uint64_t person : {3, 8}) {
        const Take take = taken(person, [](int i, Moment& moment) {
            const float phase = 2 * 3.14159265f * static_cast<float>(i) / 16;
            moment.pose.yaw = 0.45f * std::sin(phase);
            moment.pose.pitch = 0.15f * std::sin(0.7f * phase);
            moment.pose.roll = 0.12f * std::cos(phase);
            moment.pose.offset = {2.5f * std::cos(phase), 1.5f * std::sin(phase), 0};
            moment.expression.jawOpen = 0.4f + 0.4f * std::sin(1.7f * phase);
        });
        const double alone = errorOf(take, take.alone), placed = errorOf(take, take.placed),
                     smooth = errorOf(take, take.smooth);
        std::printf(
            "fast head, person %d: error %.2f %% by frame, %.2f %% followed, %.2f %% "
            "smoothed\n",
            static_cast<int>(person), 100 * alone, 100 * placed, 100 * smooth);
        CHECK(smooth <= placed);
    }
}
