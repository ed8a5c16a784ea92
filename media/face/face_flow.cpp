#include "media/face/face_flow.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <opencv2/video/tracking.hpp>
#include <vector>

#include "media/base/median.h"
#include "media/face/gray_patch.h"

namespace understudy::media {

namespace {

constexpr int kPatch = 288;          // pixels, both pictures are looked at through this window
constexpr double kEyesInPatch = 64;  // inter-ocular distance there
constexpr int kFirstInner = 17;      // brows, nose, eyes, mouth
constexpr double kMostRoundTrip = 1.0;
constexpr double kLeastAgreeing = 0.35;

struct Tracks {
    std::vector<cv::Point2f> from;
    std::vector<cv::Point2f> to;
    std::vector<float> roundTrip;  // pixels; large where a point was lost
};

Tracks follow(const Image& here, const Image& there, const Landmarks& inPatch) {
    const cv::Mat a(kPatch, kPatch, CV_8UC1, const_cast<std::byte*>(here.data()));
    const cv::Mat b(kPatch, kPatch, CV_8UC1, const_cast<std::byte*>(there.data()));
    const cv::Size window(17, 17);
    std::vector<cv::Mat> pyramidA;
    std::vector<cv::Mat> pyramidB;
    constexpr int kLevels = 3;
    cv::buildOpticalFlowPyramid(a, pyramidA, window, kLevels);
    cv::buildOpticalFlowPyramid(b, pyramidB, window, kLevels);
    Tracks tracks;
    for (const Point p : inPatch) {  // OpenCV has its pixel centres at whole numbers
        tracks.from.emplace_back(static_cast<float>(p.x - 0.5), static_cast<float>(p.y - 0.5));
    }
    std::vector<cv::Point2f> back;
    std::vector<uchar> there1;
    std::vector<uchar> back1;
    std::vector<float> residual;
    cv::calcOpticalFlowPyrLK(pyramidA, pyramidB, tracks.from, tracks.to, there1, residual, window,
                             kLevels);
    cv::calcOpticalFlowPyrLK(pyramidB, pyramidA, tracks.to, back, back1, residual, window, kLevels);
    for (size_t i = 0; i < back.size(); ++i) {
        const cv::Point2f d = back[i] - tracks.from[i];
        tracks.roundTrip.push_back(there1[i] && back1[i] ? std::hypot(d.x, d.y) : 1e3f);
    }
    return tracks;
}

Point asPoint(cv::Point2f p) {
    return {p.x + 0.5, p.y + 0.5};
}

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
            from.push_back(asPoint(tracks.from[i]));
            to.push_back(asPoint(tracks.to[i]));
        }
        motion = similarityBetween(from, to);
        std::vector<double> misses;
        for (size_t i = 0; i < from.size(); ++i) {
            misses.push_back(distance(motion(from[i]), to[i]));
        }
        const double limit = std::max(1.0, 2.5 * medianOf(std::move(misses)));
        used.clear();
        std::copy_if(group.begin(), group.end(), std::back_inserter(used), [&](int i) {
            return steady(i) &&
                   distance(motion(asPoint(tracks.from[i])), asPoint(tracks.to[i])) < limit;
        });
    }
    share = static_cast<double>(used.size()) / static_cast<double>(group.size());
    return motion;
}

// Brows, the nose's bridge and eyes: hands mostly cover what is below.
std::vector<int> upperFace() {
    std::vector<int> group;
    for (int i = 17; i < 48; ++i) {
        if (i <= 30 || i >= 36) {
            group.push_back(i);
        }
    }
    return group;
}

std::vector<int> innerFace() {
    std::vector<int> group(kLandmarkCount - kFirstInner);
    std::iota(group.begin(), group.end(), kFirstInner);
    return group;
}

// Normalised correlation over the middle of the window, where the face is.
double correlation(const Image& a, const Image& b) {
    double sumA = 0, sumB = 0, sumAA = 0, sumBB = 0, sumAB = 0;
    double count = 0;
    for (int y = kPatch / 4; y < 3 * kPatch / 4; y += 2) {
        const uint8_t* rowA = a.row<uint8_t>(y);
        const uint8_t* rowB = b.row<uint8_t>(y);
        for (int x = kPatch / 3; x < 2 * kPatch / 3; x += 2) {
            const double p = rowA[x];
            const double q = rowB[x];
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

std::optional<FaceFlow> faceFlow(const Image& here, const Image& there,
                                 const Landmarks& landmarks) {
    Point centre{};
    for (int i = kFirstInner; i < kLandmarkCount; ++i) {
        centre = centre + (1.0 / (kLandmarkCount - kFirstInner)) * landmarks[i];
    }
    const double eyes = interOcularDistance(landmarks);
    if (!(eyes > 2)) {
        return std::nullopt;
    }
    const double scale = kEyesInPatch / eyes;
    const Affine patchFromGray{scale, 0,     kPatch / 2.0 - scale * centre.x,
                               0,     scale, kPatch / 2.0 - scale * centre.y};
    const Image patchHere = grayPatch(here, patchFromGray, kPatch);
    const Tracks tracks = follow(patchHere, grayPatch(there, patchFromGray, kPatch),
                                 transformed(landmarks, patchFromGray));
    FaceFlow flow;
    std::optional<Affine> motion = sharedMotion(tracks, upperFace(), flow.agreeing);
    if (!motion || flow.agreeing < 0.6) {
        motion = sharedMotion(tracks, innerFace(), flow.agreeing);
    }
    if (!motion || flow.agreeing < kLeastAgreeing) {
        return std::nullopt;
    }
    const Affine grayFromPatch = patchFromGray.inverse();
    flow.rigid = grayFromPatch * *motion * patchFromGray;
    for (int i = 0; i < kLandmarkCount; ++i) {
        const Point from = asPoint(tracks.from[i]);
        const Point followed = asPoint(tracks.to[i]);
        const Point carried = (*motion)(from);
        const double apart = distance(followed, carried);
        // Features move on their own, but not far within a frame; where they follow the head, its
        // motion is the more exact of the two.
        const bool own = i >= kFirstInner && tracks.roundTrip[i] < 0.5 && apart > 1.2 && apart < 5;
        flow.moved[i] = grayFromPatch(own ? followed : carried);
        flow.error[i] = static_cast<float>((own               ? 0.5 + tracks.roundTrip[i]
                                            : i < kFirstInner ? 0.4
                                                              : 0.2 + 0.3 * std::min(apart, 5.0)) /
                                           kEyesInPatch);
    }
    flow.likeness =
        correlation(patchHere, grayPatch(there, motion->inverse() * patchFromGray, kPatch));
    return flow;
}

}  // namespace understudy::media
