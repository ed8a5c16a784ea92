// What the faces of one performer lack that the other's show: a network learns no view, expression
// or light that it never saw.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace understudy::media {

// What counts of one face; values that nobody measured are NaN and count nowhere.
struct CoverageFace {
    float yaw = 0;         // degrees, to the picture's right
    float pitch = 0;       // degrees, up
    float mouth = 0;       // mouthOpening()
    float brightness = 0;  // 0 to 1
    float sharpness = 0;   // as FaceQualities
    float size = 0;        // side of the face in plate pixels
};

enum class CoverageMeasure { lookLeft, lookRight, lookUp, lookDown, mouthOpen, darker, brighter };

// The one has `count` faces beyond `threshold`, the other no more than `others`.
struct CoverageGap {
    CoverageMeasure measure = CoverageMeasure::lookLeft;
    // Degrees of turn, mouth opening or brightness: always positive, beyond it there is a gap.
    float threshold = 0;
    int64_t count = 0;
    int64_t others = 0;
    float closest = 0;  // the furthest that the other has, in the measure's direction; may be < 0
};

// A turn that lies within what the other reaches to every side, and of which it has none all the
// same: up to the left, say.
struct CoverageHole {
    float leastYaw = 0, mostYaw = 0;
    float leastPitch = 0, mostPitch = 0;
    int64_t count = 0;
    int64_t others = 0;
};

// Detail that the one's faces have and the other's do not: medians of both.
struct CoverageMedians {
    float wanted = 0;
    float there = 0;
};

struct Coverage {
    std::vector<CoverageGap> gaps;           // most faces first
    std::optional<CoverageHole> hole;        // the one with the most faces
    std::optional<CoverageMedians> softer;   // sharpness
    std::optional<CoverageMedians> smaller;  // pixels
    bool complete() const { return gaps.empty() && !hole && !softer && !smaller; }
};

// What `there` lacks of what `wanted` shows. Empty where either has no faces.
//
// A gap is told from five faces and one in a hundred of `wanted` on that lie beyond what `there`
// reaches by 5 degrees (mouth: 0.05, brightness: 0.05), rounded outward to steps of as much. Reach
// is the third furthest face, so that a single wrong one does not count as footage. A hole is a
// square of 15 degrees with two in a hundred of `wanted` (ten at least) and at most two of `there`.
// Softer: less than 0.7 of the median sharpness; smaller: less than 0.7 of the median size.
Coverage coverageOf(std::span<const CoverageFace> wanted, std::span<const CoverageFace> there);

}  // namespace understudy::media
