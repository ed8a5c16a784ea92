// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/face_item.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace understudy::ui {
namespace {

constexpr float kDoubtfulConfidence = 0.5f;
constexpr float kJumpFactor = 5;  // times the clip's median jitter
constexpr float kLeastJump = 2;   // pixels: below this nothing jumps

bool passes(const FaceItem& face, const FaceFilter& filter,
            const std::vector<std::string>& performerOfClip) {
    if (filter.clip >= 0 && face.key.clip != filter.clip) {
        return false;
    }
    if (!filter.performer.empty() &&
        performerOfClip[static_cast<size_t>(face.key.clip)] != filter.performer) {
        return false;
    }
    if (filter.suspectsOnly && !face.suspect) {
        return false;
    }
    if (face.confidence < filter.leastConfidence) {
        return false;
    }
    switch (face.state) {
        case media::ReviewState::keep:
            return filter.keep;
        case media::ReviewState::reject:
            return filter.reject;
        case media::ReviewState::undecided:
            return filter.undecided;
    }
    return true;
}

float sortValue(const FaceItem& face, FaceSort sort) {
    switch (sort) {
        case FaceSort::suspects:
            return face.suspect ? -2 + face.confidence : 0;
        case FaceSort::confidence:
            return face.confidence;
        case FaceSort::jitter:
            return -face.jitter;
        case FaceSort::yaw:
            return face.yaw;
        case FaceSort::size:
            return face.size;
        case FaceSort::time:
            return 0;
    }
    return 0;
}

}  // namespace

float yawOf(const media::Landmarks& landmarks) {
    const double left = media::distance(landmarks[30], landmarks[2]);
    const double right = media::distance(landmarks[30], landmarks[14]);
    const double sum = left + right;
    return sum > 0 ? static_cast<float>((left - right) / sum) : 0;
}

void markSuspects(std::vector<FaceItem>& faces) {
    std::map<int, std::vector<float>> jitters;
    for (const auto& face : faces) {
        jitters[face.key.clip].push_back(face.jitter);
    }
    std::map<int, float> limits;
    for (auto& [clip, values] : jitters) {
        const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
        std::nth_element(values.begin(), middle, values.end());
        limits[clip] = std::max(kLeastJump, kJumpFactor * *middle);
    }
    for (auto& face : faces) {
        face.suspect = face.confidence < kDoubtfulConfidence || face.jitter > limits[face.key.clip];
    }
}

std::vector<int> orderedFaces(const std::vector<FaceItem>& faces, const FaceFilter& filter,
                              FaceSort sort, const std::vector<std::string>& performerOfClip) {
    std::vector<int> order;
    order.reserve(faces.size());
    for (size_t i = 0; i < faces.size(); ++i) {
        if (passes(faces[i], filter, performerOfClip)) {
            order.push_back(static_cast<int>(i));
        }
    }
    std::vector<float> values(faces.size());
    for (const int i : order) {
        values[static_cast<size_t>(i)] = sortValue(faces[static_cast<size_t>(i)], sort);
    }
    // The faces come ordered by clip and frame, so ties keep the order of time.
    std::stable_sort(order.begin(), order.end(), [&values](int a, int b) {
        return values[static_cast<size_t>(a)] < values[static_cast<size_t>(b)];
    });
    return order;
}

}  // namespace understudy::ui
