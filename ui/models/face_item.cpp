// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/face_item.h"

#include <algorithm>
#include <map>

#include "media/align/expression.h"
#include "media/align/head_yaw.h"
#include "media/base/median.h"

namespace understudy::ui {
namespace {

constexpr float kDoubtfulConfidence = 0.5f;
constexpr float kJumpFactor = 5;     // times the clip's median jitter
constexpr float kLeastJump = 2;      // pixels: below this nothing jumps
constexpr float kBlurFactor = 0.5f;  // of the clip's median sharpness

constexpr float FaceItem::*kValues[] = {
    &FaceItem::confidence, &FaceItem::jitter,  &FaceItem::sharpness, &FaceItem::yaw,
    &FaceItem::pitch,      &FaceItem::roll,    &FaceItem::size,      &FaceItem::brightness,
    &FaceItem::occlusion,  &FaceItem::outlier, &FaceItem::mouth,     &FaceItem::number,
    &FaceItem::likeness};
static_assert(std::size(kValues) == kFaceMeasures);

bool passesStates(const FaceItem& face, const FaceFilter& filter) {
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

const std::string& nameOf(const FaceItem& face, const std::vector<std::string>& performers) {
    static const std::string nobody;
    return face.performer == FaceItem::kNobody ? nobody
                                               : performers[static_cast<size_t>(face.performer)];
}

bool passes(const FaceItem& face, const FaceFilter& filter,
            const std::vector<std::string>& performers) {
    if ((filter.clip >= 0 && face.key.clip != filter.clip) ||
        (filter.performer && nameOf(face, performers) != *filter.performer)) {
        return false;
    }
    if ((filter.suspectsOnly && !face.suspect) || (filter.correctedOnly && !face.corrected) ||
        (filter.hideDuplicates && face.duplicate)) {
        return false;
    }
    for (size_t i = 0; i < kFaceMeasures; ++i) {
        if (!filter.ranges[i].holds(face.*kValues[i])) {
            return false;
        }
    }
    return passesStates(face, filter);
}

// Lowest first.
float sortValue(const FaceItem& face, const FaceOrder& order) {
    switch (order.sort) {
        case FaceSort::suspects:
            return face.suspect ? -2 + face.confidence : 0;
        case FaceSort::time:
            return 0;
        case FaceSort::likeness:
            return order.like ? unlikeness(face, *order.like) : 0;
        case FaceSort::confidence:
            return face.confidence;
        case FaceSort::jitter:
            return -face.jitter;
        case FaceSort::sharpness:
            return face.sharpness;
        case FaceSort::yaw:
            return face.yaw;
        case FaceSort::pitch:
            return face.pitch;
        case FaceSort::size:
            return face.size;
        case FaceSort::brightness:
            return face.brightness;
        case FaceSort::occlusion:
            return -face.occlusion;
        case FaceSort::outlier:
            return -face.outlier;
        case FaceSort::mouth:
            return -face.mouth;
    }
    return 0;
}

std::map<int, float> medians(const std::vector<FaceItem>& faces, float FaceItem::*value) {
    std::map<int, std::vector<float>> values;
    for (const FaceItem& face : faces) {
        if (!std::isnan(face.*value)) {
            values[face.key.clip].push_back(face.*value);
        }
    }
    std::map<int, float> result;
    for (auto& [clip, all] : values) {
        result[clip] = medianOf(std::move(all));
    }
    return result;
}

uint8_t doubtsOf(const FaceItem& face, float usualJitter, float usualSharpness) {
    int doubts = 0;
    if (face.confidence < kDoubtfulConfidence) {
        doubts |= doubtConfidence;
    }
    if (face.jitter > std::max(kLeastJump, kJumpFactor * usualJitter)) {
        doubts |= doubtJump;
    }
    if (face.sharpness < kBlurFactor * usualSharpness) {
        doubts |= doubtBlur;
    }
    if (face.occlusion >= media::kOccluded) {
        doubts |= doubtCovered;
    }
    if (face.outlier > media::kOutlier) {
        doubts |= doubtOdd;
    }
    return face.corrected ? uint8_t{0} : static_cast<uint8_t>(doubts);
}

float boxSide(const media::Landmarks& landmarks) {
    double left = landmarks[0].x;
    double right = left;
    double top = landmarks[0].y;
    double bottom = top;
    for (const media::Point& point : landmarks) {
        left = std::min(left, point.x);
        right = std::max(right, point.x);
        top = std::min(top, point.y);
        bottom = std::max(bottom, point.y);
    }
    return static_cast<float>(std::max(right - left, bottom - top));
}

}  // namespace

float valueOf(const FaceItem& face, FaceMeasure measure) {
    return face.*kValues[static_cast<size_t>(measure)];
}

void measureFace(const media::FaceTruth& truth, FaceItem& face) {
    face.number = static_cast<float>(truth.frame);
    face.confidence = truth.confidence;
    face.jitter = truth.jitter;
    face.tracked = truth.how == media::FoundHow::tracked;
    face.corrected = truth.corrected;
    face.mouth = static_cast<float>(media::mouthOpening(truth.landmarks));
    if (!truth.qualities) {
        face.yaw = static_cast<float>(media::headYaw(truth.landmarks));
        face.size = boxSide(truth.landmarks);
        return;
    }
    const media::FaceQualities& known = *truth.qualities;
    face.sharpness = known.sharpness;
    face.yaw = known.yaw;
    face.pitch = known.pitch;
    face.roll = known.roll;
    face.size = known.size;
    face.brightness = known.brightness;
    face.occlusion = known.occlusion;
    face.outlier = known.outlier;
    face.hash = known.hash;
}

float unlikeness(const FaceItem& a, const FaceItem& b) {
    const float look = a.measured() && b.measured()
                           ? static_cast<float>(media::hashDistance(a.hash, b.hash)) / 64
                           : 0.5f;
    const float angle = std::hypot(a.yaw - b.yaw, a.pitch - b.pitch) / 90;
    return look + (std::isnan(angle) ? 0.5f : angle) + std::abs(a.mouth - b.mouth);
}

void markFaces(std::vector<FaceItem>& faces) {
    std::map<int, float> jitters = medians(faces, &FaceItem::jitter);
    std::map<int, float> sharpnesses = medians(faces, &FaceItem::sharpness);
    const FaceItem* distinct = nullptr;
    for (FaceItem& face : faces) {
        face.doubts = doubtsOf(face, jitters[face.key.clip], sharpnesses[face.key.clip]);
        face.suspect = face.doubts != 0;
        if (!face.measured()) {
            continue;
        }
        face.duplicate = distinct != nullptr && distinct->key.clip == face.key.clip &&
                         media::hashDistance(distinct->hash, face.hash) <= media::kNearDuplicate;
        if (!face.duplicate) {
            distinct = &face;
        }
    }
}

int64_t MeasureSpread::highest() const {
    return *std::max_element(bins.begin(), bins.end());
}

void measureLikeness(std::vector<FaceItem>& faces, const std::optional<FaceItem>& like) {
    for (FaceItem& face : faces) {
        face.likeness = like ? 100 / (1 + unlikeness(face, *like)) : kUnknown;
    }
}

MeasureSpread spreadOf(const std::vector<FaceItem>& faces, FaceMeasure measure) {
    MeasureSpread spread;
    for (const FaceItem& face : faces) {
        const float value = valueOf(face, measure);
        if (std::isnan(value)) {
            continue;
        }
        spread.least = spread.known == 0 ? value : std::min(spread.least, value);
        spread.most = spread.known == 0 ? value : std::max(spread.most, value);
        ++spread.known;
    }
    const float width = spread.most - spread.least;
    for (const FaceItem& face : faces) {
        const float value = valueOf(face, measure);
        if (!std::isnan(value)) {
            const float place =
                width > 0 ? (value - spread.least) / width * MeasureSpread::kBins : 0;
            ++spread.bins[static_cast<size_t>(
                std::clamp(static_cast<int>(place), 0, MeasureSpread::kBins - 1))];
        }
    }
    return spread;
}

std::array<MeasureSpread, kFaceMeasures> spreadsOf(const std::vector<FaceItem>& faces) {
    std::array<MeasureSpread, kFaceMeasures> spreads;
    for (size_t i = 0; i < kFaceMeasures; ++i) {
        spreads[i] = spreadOf(faces, static_cast<FaceMeasure>(i));
    }
    return spreads;
}

std::vector<int> orderedFaces(const std::vector<FaceItem>& faces, const FaceFilter& filter,
                              const FaceOrder& order, const std::vector<std::string>& performers) {
    std::vector<int> result;
    result.reserve(faces.size());
    std::vector<float> values(faces.size());
    for (size_t i = 0; i < faces.size(); ++i) {
        if (passes(faces[i], filter, performers)) {
            result.push_back(static_cast<int>(i));
            values[i] = sortValue(faces[i], order);
        }
    }
    // The faces come ordered by clip and frame, so ties keep the order of time.
    std::stable_sort(result.begin(), result.end(),
                     [&values, reversed = order.reversed](int a, int b) {
                         const float first = values[static_cast<size_t>(a)];
                         const float second = values[static_cast<size_t>(b)];
                         if (std::isnan(first) || std::isnan(second)) {
                             return !std::isnan(first) && std::isnan(second);
                         }
                         return reversed ? first > second : first < second;
                     });
    if (order.reversed && order.sort == FaceSort::time) {
        std::reverse(result.begin(), result.end());
    }
    return result;
}

}  // namespace understudy::ui
