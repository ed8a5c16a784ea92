#include "media/align/face_coverage.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace understudy::media {

namespace {

constexpr int64_t kFew = 2;  // so many faces are no footage
constexpr int64_t kLeastGap = 5;
constexpr double kGapShare = 0.01;
constexpr int64_t kLeastHole = 10;
constexpr double kHoleShare = 0.02;
constexpr float kHoleSide = 15;  // degrees
constexpr float kMuchLess = 0.7f;

struct Direction {
    CoverageMeasure measure;
    float CoverageFace::*value;
    float sign;   // of the values that go further in this direction
    float step;   // slack and rounding
    float least;  // a threshold below this says nothing
};

constexpr std::array<Direction, 7> kDirections = {{
    {CoverageMeasure::lookLeft, &CoverageFace::yaw, -1, 5, 10},
    {CoverageMeasure::lookRight, &CoverageFace::yaw, 1, 5, 10},
    {CoverageMeasure::lookUp, &CoverageFace::pitch, 1, 5, 5},
    {CoverageMeasure::lookDown, &CoverageFace::pitch, -1, 5, 5},
    {CoverageMeasure::mouthOpen, &CoverageFace::mouth, 1, 0.05f, 0.05f},
    {CoverageMeasure::darker, &CoverageFace::brightness, -1, 0.05f, -1},
    {CoverageMeasure::brighter, &CoverageFace::brightness, 1, 0.05f, 0},
}};

std::vector<float> known(std::span<const CoverageFace> faces, float CoverageFace::*value,
                         float sign) {
    std::vector<float> values;
    values.reserve(faces.size());
    for (const CoverageFace& face : faces) {
        if (std::isfinite(face.*value)) {
            values.push_back(sign * face.*value);
        }
    }
    return values;
}

int64_t beyond(const std::vector<float>& values, float threshold) {
    return std::count_if(values.begin(), values.end(),
                         [threshold](float value) { return value > threshold; });
}

// How far the values go, all but kFew of them.
float reachOf(std::vector<float> values) {
    const size_t place = std::min<size_t>(kFew, values.size() - 1);
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place),
                     values.end(), std::greater<>());
    return values[place];
}

int64_t enough(size_t faces, int64_t least, double share) {
    return std::max(least, static_cast<int64_t>(std::ceil(share * static_cast<double>(faces))));
}

std::optional<CoverageGap> gapIn(const Direction& direction, std::span<const CoverageFace> wanted,
                                 std::span<const CoverageFace> there) {
    const std::vector<float> want = known(wanted, direction.value, direction.sign);
    const std::vector<float> have = known(there, direction.value, direction.sign);
    if (want.empty() || have.empty()) {
        return std::nullopt;
    }
    const float outward = (reachOf(have) + direction.step) / direction.step;
    // A hair less, so that 15.000001 rounds to 15.
    const float threshold = std::max(direction.least, direction.step * std::ceil(outward - 1e-3f));
    CoverageGap gap;
    gap.measure = direction.measure;
    gap.threshold = std::abs(threshold);
    gap.count = beyond(want, threshold);
    gap.others = beyond(have, threshold);
    gap.closest = *std::max_element(have.begin(), have.end());
    if (direction.measure == CoverageMeasure::darker) {
        gap.closest = -gap.closest;
    }
    if (gap.count < enough(want.size(), kLeastGap, kGapShare)) {
        return std::nullopt;
    }
    return gap;
}

struct Square {
    int64_t count = 0;
    double yaw = 0;  // sums
    double pitch = 0;
};
using Squares = std::map<std::pair<int, int>, Square>;

Squares squaresOf(std::span<const CoverageFace> faces) {
    Squares squares;
    for (const CoverageFace& face : faces) {
        if (std::isfinite(face.yaw) && std::isfinite(face.pitch)) {
            Square& square = squares[{static_cast<int>(std::floor(face.yaw / kHoleSide)),
                                      static_cast<int>(std::floor(face.pitch / kHoleSide))}];
            ++square.count;
            square.yaw += static_cast<double>(face.yaw);
            square.pitch += static_cast<double>(face.pitch);
        }
    }
    return squares;
}

// Whether a gap tells of this square already.
bool told(const CoverageHole& hole, const std::vector<CoverageGap>& gaps) {
    return std::any_of(gaps.begin(), gaps.end(), [&hole](const CoverageGap& gap) {
        switch (gap.measure) {
            case CoverageMeasure::lookLeft:
                return hole.leastYaw < -gap.threshold;
            case CoverageMeasure::lookRight:
                return hole.mostYaw > gap.threshold;
            case CoverageMeasure::lookUp:
                return hole.mostPitch > gap.threshold;
            case CoverageMeasure::lookDown:
                return hole.leastPitch < -gap.threshold;
            case CoverageMeasure::mouthOpen:
            case CoverageMeasure::darker:
            case CoverageMeasure::brighter:
                return false;
        }
        return false;
    });
}

// Whether faces as far as this are reached to every side.
bool reached(std::span<const CoverageFace> faces, double yaw, double pitch) {
    const auto within = [&faces](float CoverageFace::*value, double far) {
        const float sign = far < 0 ? -1.0f : 1.0f;
        const std::vector<float> values = known(faces, value, sign);
        return !values.empty() && static_cast<double>(reachOf(values)) >= std::abs(far);
    };
    return within(&CoverageFace::yaw, yaw) && within(&CoverageFace::pitch, pitch);
}

std::optional<CoverageHole> holeIn(std::span<const CoverageFace> wanted,
                                   std::span<const CoverageFace> there,
                                   const std::vector<CoverageGap>& gaps) {
    const Squares have = squaresOf(there);
    const int64_t least = enough(wanted.size(), kLeastHole, kHoleShare);
    std::optional<CoverageHole> worst;
    for (const auto& [square, want] : squaresOf(wanted)) {
        const auto found = have.find(square);
        CoverageHole hole;
        hole.leastYaw = kHoleSide * static_cast<float>(square.first);
        hole.mostYaw = hole.leastYaw + kHoleSide;
        hole.leastPitch = kHoleSide * static_cast<float>(square.second);
        hole.mostPitch = hole.leastPitch + kHoleSide;
        hole.count = want.count;
        hole.others = found != have.end() ? found->second.count : 0;
        const auto count = static_cast<double>(want.count);
        if (want.count >= least && hole.others <= kFew && (!worst || want.count > worst->count) &&
            !told(hole, gaps) && reached(there, want.yaw / count, want.pitch / count)) {
            worst = hole;
        }
    }
    return worst;
}

std::optional<float> medianOf(std::span<const CoverageFace> faces, float CoverageFace::*value) {
    std::vector<float> values = known(faces, value, 1);
    if (values.empty()) {
        return std::nullopt;
    }
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::optional<CoverageMedians> muchLess(std::span<const CoverageFace> wanted,
                                        std::span<const CoverageFace> there,
                                        float CoverageFace::*value) {
    const auto want = medianOf(wanted, value);
    const auto have = medianOf(there, value);
    if (!want || !have || *have >= kMuchLess * *want) {
        return std::nullopt;
    }
    return CoverageMedians{*want, *have};
}

}  // namespace

Coverage coverageOf(std::span<const CoverageFace> wanted, std::span<const CoverageFace> there) {
    Coverage coverage;
    if (wanted.empty() || there.empty()) {
        return coverage;
    }
    for (const Direction& direction : kDirections) {
        if (const auto gap = gapIn(direction, wanted, there)) {
            coverage.gaps.push_back(*gap);
        }
    }
    std::stable_sort(coverage.gaps.begin(), coverage.gaps.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    coverage.hole = holeIn(wanted, there, coverage.gaps);
    coverage.softer = muchLess(wanted, there, &CoverageFace::sharpness);
    coverage.smaller = muchLess(wanted, there, &CoverageFace::size);
    return coverage;
}

}  // namespace understudy::media
