#include "media/face/face_follower.h"

#include <algorithm>
#include <cmath>

namespace understudy::media {

namespace {

// Below these the detector is asked.
constexpr double kSureLikeness = 0.8;
constexpr double kSureAgreeing = 0.6;
constexpr float kSureSpread = 0.03f;
constexpr double kSureApart = 0.12;  // inter-ocular distances

constexpr double kLikenessOfMotion = 0.5;  // below it, flow is no measure of how points moved

Point middleOf(const Landmarks& landmarks) {
    Point sum{};
    for (int i = 17; i < kLandmarkCount; ++i) {
        sum = sum + landmarks[i];
    }
    return (1.0 / (kLandmarkCount - 17)) * sum;
}

double bell(double x, double width) {
    return std::exp(-(x / width) * (x / width));
}

}  // namespace

FaceFollower::FaceFollower(FaceFinder& finder, const Image& gray, FaceFound face)
    : finder_(&finder), here_(&gray), face_(std::move(face)) {}

bool FaceFollower::plausible(const FaceFound& found, const Landmarks& carried) const {
    const double eyes = std::max(1.0, interOcularDistance(face_.landmarks));
    const double grown = interOcularDistance(found.landmarks) / eyes;
    const double apart = distance(middleOf(found.landmarks), middleOf(carried));
    return grown > 0.75 && grown < 1.33 && apart < 0.6 * eyes &&
           found.confidence >= kLeastConfidence;
}

// The face where flow says it went.
std::optional<FaceFound> FaceFollower::carry(const Image& there, const FaceFlow& flow) {
    const Landmarks carried = transformed(face_.landmarks, flow.rigid);
    const double eyes = std::max(1.0, interOcularDistance(face_.landmarks));
    const auto apart = [&](const FaceFound& found) {
        return distance(middleOf(found.landmarks), middleOf(carried)) / eyes;
    };
    const auto likeness = static_cast<float>(flow.likeness);
    const bool sure = face_.detected && face_.sinceDetected + 1 < kAskEvery &&
                      flow.likeness > kSureLikeness && flow.agreeing > kSureAgreeing;
    if (sure) {
        FaceFound found = finder_->place(there, carried);
        found.detected = true;
        found.score = face_.score;
        found.likeness = likeness;
        found.sinceDetected = face_.sinceDetected + 1;
        found.confidence = confidenceOf(found);
        if (found.agreement < kSureSpread && apart(found) < kSureApart &&
            plausible(found, carried)) {
            return found;
        }
    }
    std::optional<FaceFound> found = finder_->examine(there, carried);
    const bool seen = found.has_value();
    if (!seen) {
        found = finder_->place(there, carried);
    }
    found->likeness = likeness;
    found->sinceDetected = seen ? 0 : face_.sinceDetected + 1;
    found->confidence = confidenceOf(*found);
    if (!seen) {
        // Landmarks that wander away from what the pixels did are not the face's.
        found->confidence *= static_cast<float>(bell(apart(*found), 0.25));
    }
    return plausible(*found, carried) ? found : std::nullopt;
}

std::optional<FaceFound> FaceFollower::step(const Image& there) {
    if (!window_ || !window_->suits(face_.landmarks)) {
        const std::optional<Affine> about = FaceWindow::about(face_.landmarks);
        if (!about) {
            return std::nullopt;
        }
        window_.emplace(*here_, *about);
    }
    FaceWindow next(there, window_->windowFromGray());
    const std::optional<FaceFlow> flow = faceFlow(*window_, next, face_.landmarks);
    std::optional<FaceFound> found = flow ? carry(there, *flow) : std::nullopt;
    if (found && flow->likeness > kLikenessOfMotion) {
        found->hasMotion = true;
        found->before = before(*flow, face_.landmarks, found->landmarks);
        found->beforeError = flow->error;
    }
    if (!found) {
        // The flow lost it (fast motion): is it anywhere near?
        found = finder_->searchNear(there, face_.landmarks);
    }
    if (found) {
        here_ = &there;
        face_ = *found;
        window_ = std::move(next);
    }
    return found;
}

}  // namespace understudy::media
