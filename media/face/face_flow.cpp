#include "media/face/face_flow.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <span>
#include <vector>

#include "media/base/check.h"
#include "media/base/median.h"

namespace understudy::media {

namespace {

constexpr int kFirstInner = 17;  // brows, nose, eyes, mouth
constexpr double kMostRoundTrip = 1.0;
constexpr double kLeastAgreeing = 0.35;

using Tracks = FaceWindow::Tracks;  // of the inner points, from the brows on

// The similarity that most of the followed points of a group share: fitted, then fitted again
// without those that are far from it. `share`: of the group, how many follow it.
std::optional<Affine> sharedMotion(const Tracks& tracks, const std::vector<int>& group,
                                   double& share) {
    const auto steady = [&tracks](int i) { return tracks.roundTrip[i] < kMostRoundTrip; };
    std::vector<int> used;
    std::copy_if(group.begin(), group.end(), std::back_inserter(used), steady);
    Affine motion;
    for (int round = 0; round < 5; ++round) {
        if (used.size() < 8) {
            return std::nullopt;
        }
        std::vector<Point> from;
        std::vector<Point> to;
        for (const int i : used) {
            from.push_back(tracks.from[i]);
            to.push_back(tracks.to[i]);
        }
        motion = similarityBetween(from, to);
        std::vector<double> misses;
        for (size_t i = 0; i < from.size(); ++i) {
            misses.push_back(distance(motion(from[i]), to[i]));
        }
        const double limit = std::max(1.0, 2.5 * medianOf(std::move(misses)));
        used.clear();
        std::copy_if(group.begin(), group.end(), std::back_inserter(used), [&](int i) {
            return steady(i) && distance(motion(tracks.from[i]), tracks.to[i]) < limit;
        });
    }
    share = static_cast<double>(used.size()) / static_cast<double>(group.size());
    return motion;
}

// Brows, the nose's bridge and eyes: hands mostly cover what is below.
std::vector<int> upperFace() {
    std::vector<int> group;
    for (int i = kFirstInner; i < 48; ++i) {
        if (i <= 30 || i >= 36) {
            group.push_back(i - kFirstInner);
        }
    }
    return group;
}

std::vector<int> innerFace() {
    std::vector<int> group(kLandmarkCount - kFirstInner);
    std::iota(group.begin(), group.end(), 0);
    return group;
}

double pixelAt(const Image& picture, Point p) {
    const double x = std::clamp(p.x - 0.5, 0.0, picture.width() - 1.001);
    const double y = std::clamp(p.y - 0.5, 0.0, picture.height() - 1.001);
    const int column = static_cast<int>(x);
    const uint8_t* above = picture.row<uint8_t>(static_cast<int>(y)) + column;
    const uint8_t* below = picture.row<uint8_t>(static_cast<int>(y) + 1) + column;
    const double u = x - column;
    const double v = y - static_cast<int>(y);
    return (1 - v) * ((1 - u) * above[0] + u * above[1]) + v * ((1 - u) * below[0] + u * below[1]);
}

// Normalised correlation over the middle of the windows, where the face is.
double correlation(const FaceWindow& here, const FaceWindow& there, const Affine& motion) {
    constexpr int kMiddle = FaceWindow::kSide / 2;
    double sumA = 0, sumB = 0, sumAA = 0, sumBB = 0, sumAB = 0;
    double count = 0;
    for (int y = kMiddle - 72; y < kMiddle + 72; y += 2) {
        const uint8_t* row = here.pixels().row<uint8_t>(y);
        for (int x = kMiddle - 48; x < kMiddle + 48; x += 2) {
            const double p = row[x];
            const double q = pixelAt(there.pixels(), motion({x + 0.5, y + 0.5}));
            sumA += p, sumB += q, sumAA += p * p, sumBB += q * q, sumAB += p * q;
            ++count;
        }
    }
    const double varianceA = sumAA - sumA * sumA / count;
    const double varianceB = sumBB - sumB * sumB / count;
    const double product = std::sqrt(std::max(0.0, varianceA) * std::max(0.0, varianceB));
    return product > 0 ? (sumAB - sumA * sumB / count) / product : 0;
}

}  // namespace

std::optional<FaceFlow> faceFlow(const FaceWindow& here, const FaceWindow& there,
                                 const Landmarks& landmarks) {
    const Affine& windowFromGray = here.windowFromGray();
    US_CHECK(windowFromGray == there.windowFromGray());
    const Landmarks inWindow = transformed(landmarks, windowFromGray);
    const Tracks tracks = here.follow(there, std::span(inWindow).subspan(kFirstInner));
    FaceFlow flow;
    std::optional<Affine> motion = sharedMotion(tracks, upperFace(), flow.agreeing);
    if (!motion || flow.agreeing < 0.6) {
        motion = sharedMotion(tracks, innerFace(), flow.agreeing);
    }
    if (!motion || flow.agreeing < kLeastAgreeing) {
        return std::nullopt;
    }
    const Affine grayFromWindow = windowFromGray.inverse();
    flow.rigid = grayFromWindow * *motion * windowFromGray;
    for (int i = 0; i < kLandmarkCount; ++i) {
        const Point carried = (*motion)(inWindow[i]);
        if (i < kFirstInner) {
            flow.moved[i] = grayFromWindow(carried);
            flow.error[i] = static_cast<float>(0.4 / FaceWindow::kEyes);
            continue;
        }
        const Point followed = tracks.to[i - kFirstInner];
        const double roundTrip = tracks.roundTrip[i - kFirstInner];
        const double apart = distance(followed, carried);
        // Features move on their own, but not far within a frame; where they follow the head, its
        // motion is the more exact of the two.
        const bool own = roundTrip < 0.5 && apart > 1.2 && apart < 5;
        flow.moved[i] = grayFromWindow(own ? followed : carried);
        flow.error[i] = static_cast<float>(
            (own ? 0.5 + roundTrip : 0.2 + 0.3 * std::min(apart, 5.0)) / FaceWindow::kEyes);
    }
    flow.likeness = correlation(here, there, *motion);
    return flow;
}

std::optional<FaceFlow> faceFlow(const Image& here, const Image& there,
                                 const Landmarks& landmarks) {
    const std::optional<Affine> about = FaceWindow::about(landmarks);
    if (!about) {
        return std::nullopt;
    }
    return faceFlow(FaceWindow(here, *about), FaceWindow(there, *about), landmarks);
}

Landmarks before(const FaceFlow& flow, const Landmarks& here, const Landmarks& there) {
    const Affine back = flow.rigid.inverse();
    Landmarks result;
    for (int i = 0; i < kLandmarkCount; ++i) {
        // What a point did beside the head's motion it did from where it was seen.
        const Point own = flow.moved[i] - flow.rigid(here[i]);
        result[i] = back(there[i] - own);
    }
    return result;
}

}  // namespace understudy::media
