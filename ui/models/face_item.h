// SPDX-License-Identifier: GPL-3.0-or-later
// One face as the grid, the plots and the sorting see it: plain numbers, 100,000 of them at a time.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "media/project/project.h"

namespace understudy::ui {

// Names a face for as long as the project is open: clips are numbered in order of appearance and
// keep their number.
struct FaceKey {
    int clip = -1;
    int64_t frame = 0;
    bool operator==(const FaceKey&) const = default;
    auto operator<=>(const FaceKey&) const = default;
};

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

// Why a face wants a look; several may hold.
enum FaceDoubt : uint8_t {
    doubtConfidence = 1,  // below 0.5
    doubtJump = 2,        // against the others of its clip
    doubtBlur = 4,        // half as sharp as is usual in its clip, or less
    doubtCovered = 8,     // something is in front of it
    doubtOdd = 16         // unlike the others
};

struct FaceItem {
    FaceKey key;
    int record = -1;  // in the clip's pack, -1 while it has no picture
    static constexpr int kNobody = -1;
    int performer = kNobody;  // whose it is, as the model numbers performers
    bool assigned = false;    // to another than the clip's own performer
    // Measures; kUnknown where nobody measured.
    float confidence = 0;
    float jitter = 0;  // pixels
    float sharpness = kUnknown;
    float yaw = 0;  // degrees, to the picture's right; from the landmarks alone where not measured
    float pitch = kUnknown;  // degrees, up
    float roll = kUnknown;   // degrees, clockwise
    float size = 0;          // pixels, side of the face's box
    float brightness = kUnknown;
    float occlusion = kUnknown;
    float outlier = kUnknown;
    float mouth = 0;            // opening, as media::mouthOpening
    float number = 0;           // of its frame
    float likeness = kUnknown;  // percent, to the face that others are compared with
    uint64_t hash = 0;          // perceptual; meaningless unless measured()
    bool tracked = false;
    bool suspect = false;
    bool duplicate = false;  // nearly the same as an earlier one of its clip
    bool corrected = false;  // somebody placed its landmarks
    bool keyFrame = false;   // as a key, not between two
    bool stale = false;      // its picture was cut before its landmarks or mask were corrected
    uint8_t doubts = 0;      // of FaceDoubt
    media::ReviewState state = media::ReviewState::undecided;

    bool measured() const { return !std::isnan(sharpness); }
    // Trains its performer, and is swapped where that is the one who is replaced.
    bool counts() const { return state != media::ReviewState::reject && performer != kNobody; }
    // A suspect that nobody has decided on.
    bool wantsLook() const {
        return suspect && state == media::ReviewState::undecided && performer != kNobody;
    }
};

enum class FaceMeasure {
    confidence,
    jitter,
    sharpness,
    yaw,
    pitch,
    roll,
    size,
    brightness,
    occlusion,
    outlier,
    mouth,
    frame,
    likeness
};
constexpr size_t kFaceMeasures = 13;
float valueOf(const FaceItem& face, FaceMeasure measure);

// Both ends count in. A face whose value is unknown passes only the whole range.
struct FaceRange {
    float least = -std::numeric_limits<float>::infinity();
    float most = std::numeric_limits<float>::infinity();
    bool whole() const { return std::isinf(least) && std::isinf(most); }
    bool holds(float value) const { return whole() || (value >= least && value <= most); }
    bool operator==(const FaceRange&) const = default;
};

struct FaceFilter {
    int clip = -1;                         // -1: all
    std::optional<std::string> performer;  // whose faces; empty: nobody's
    bool keep = true;                      // states shown
    bool reject = true;
    bool undecided = true;
    bool suspectsOnly = false;
    bool correctedOnly = false;
    bool hideDuplicates = false;
    std::array<FaceRange, kFaceMeasures> ranges;
    FaceRange& range(FaceMeasure measure) { return ranges[static_cast<size_t>(measure)]; }
    const FaceRange& range(FaceMeasure measure) const {
        return ranges[static_cast<size_t>(measure)];
    }
    bool operator==(const FaceFilter&) const = default;
};

// The worst, the least usual or the nearest first; faces whose value is unknown always last.
enum class FaceSort {
    suspects,
    time,
    likeness,
    confidence,
    jitter,
    sharpness,
    yaw,
    pitch,
    size,
    brightness,
    occlusion,
    outlier,
    mouth
};

struct FaceOrder {
    FaceSort sort = FaceSort::suspects;
    bool reversed = false;
    std::optional<FaceItem> like;  // for likeness; without it faces come by time
};

// What is known of a face: measures, and what follows from the landmarks.
void measureFace(const media::FaceTruth& truth, FaceItem& face);

// How unlike two faces are, from 0: bits of the perceptual hashes that differ over 64, plus the
// angle between the two turns (of yaw and pitch) over 90 degrees, plus the difference of the mouth
// openings. Where a hash or an angle is not known, half of what could differ is taken (0.5).
float unlikeness(const FaceItem& a, const FaceItem& b);

// Of all of them, 100 for one that is not told apart; unknown without a face to compare with.
void measureLikeness(std::vector<FaceItem>& faces, const std::optional<FaceItem>& like);

// Marks faces that want a look, and near-duplicates: against the last face of the same clip that is
// none (media::kNearDuplicate bits of the hash). The faces are in order of clip and frame. A face
// that was placed by hand is no suspect.
void markFaces(std::vector<FaceItem>& faces);

// How the values of one measure lie.
struct MeasureSpread {
    static constexpr int kBins = 48;
    float least = 0;
    float most = 0;
    int64_t known = 0;
    std::array<int, kBins> bins{};
    int64_t highest() const;
    bool operator==(const MeasureSpread&) const = default;
};
MeasureSpread spreadOf(const std::vector<FaceItem>& faces, FaceMeasure measure);
std::array<MeasureSpread, kFaceMeasures> spreadsOf(const std::vector<FaceItem>& faces);

// Indices of the faces that pass, in order. `performers` by the number that faces have.
std::vector<int> orderedFaces(const std::vector<FaceItem>& faces, const FaceFilter& filter,
                              const FaceOrder& order, const std::vector<std::string>& performers);

}  // namespace understudy::ui
