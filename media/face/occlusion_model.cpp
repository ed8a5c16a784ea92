#include "media/face/occlusion_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "media/base/parallel_for.h"
#include "media/frame/image_ops.h"

namespace understudy::media {

namespace {

constexpr int kSide = OcclusionLook::kSide;
constexpr double kScale = kSide / 64.0;  // the lengths below were chosen at 64 pixels

constexpr int64_t kParts = 4;
constexpr int64_t kLongestNear = 24;  // frames that something may stay beyond its part
constexpr int kWholeWays = 4;         // few: something in front must not become one of them
constexpr int kPartWays = 6;
constexpr float kMostStrange = 4;  // deviations: one place alone is not sure
constexpr double kSmooth = 2.0 * kScale;
constexpr float kCertain = 1.5f;                     // deviations, smoothed
constexpr float kPerhaps = 1;                        // where joined to that
constexpr double kLeastArea = 24 * kScale * kScale;  // pixels that are certain
constexpr float kWellInside = 0.9f;  // at the outline the background may show beside a cheek
// A face that is unlike the others all over is lit, turned or placed in a way of its own.
constexpr float kUsualRest = 0.5f;
constexpr float kRestRange = 0.4f;

using Places = std::array<float, OcclusionLook::kPixels>;

// How much to believe strangeness, by that of the less strange part of the face.
float belief(const Places& strange, const OcclusionLook& look) {
    std::vector<float> values;
    for (size_t i = 0; i < strange.size(); ++i) {
        if (look.hull[i] > 0.5f) {
            values.push_back(strange[i]);
        }
    }
    if (values.empty()) {
        return 0;
    }
    const auto rest = values.begin() + static_cast<ptrdiff_t>(0.4 * values.size());
    std::nth_element(values.begin(), rest, values.end());
    return 1 / (1 + std::max(0.0f, *rest - kUsualRest) / kRestRange);
}

struct Smoothed {
    Places strange;  // averages within the outline
    Places inside;   // 1 well inside, less near the outline
};

Smoothed smoothed(const Places& strange, const OcclusionLook& look) {
    Image weighted(kSide, kSide, 2, SampleType::f32);
    float* pixel = weighted.row<float>(0);
    for (size_t i = 0; i < strange.size(); ++i, pixel += 2) {
        pixel[0] = look.hull[i] * std::min(strange[i], kMostStrange);
        pixel[1] = look.hull[i];
    }
    const Image soft = gaussianBlur(weighted, kSmooth, Border::zero);
    Smoothed result{};
    for (size_t i = 0; i < strange.size(); ++i) {
        const float* value = soft.row<float>(0) + 2 * i;
        result.inside[i] = value[1];
        result.strange[i] = look.hull[i] > 0.02f ? value[0] / std::max(value[1], 0.15f) : 0.0f;
    }
    return result;
}

// The places joined to `seed` that are at least perhaps hidden; marks them as seen.
std::vector<int> regionAt(int seed, const Places& strange, std::vector<char>& seen) {
    std::vector<int> region = {seed};
    seen[static_cast<size_t>(seed)] = 1;
    for (size_t next = 0; next < region.size(); ++next) {
        const int x = region[next] % kSide;
        const int y = region[next] / kSide;
        for (int ny = std::max(0, y - 1); ny <= std::min(kSide - 1, y + 1); ++ny) {
            for (int nx = std::max(0, x - 1); nx <= std::min(kSide - 1, x + 1); ++nx) {
                const int neighbour = ny * kSide + nx;
                if (seen[static_cast<size_t>(neighbour)] == 0 &&
                    strange[static_cast<size_t>(neighbour)] >= kPerhaps) {
                    seen[static_cast<size_t>(neighbour)] = 1;
                    region.push_back(neighbour);
                }
            }
        }
    }
    return region;
}

// Regions large and strange enough, with a soft edge.
Image regions(const Smoothed& face) {
    const Places& strange = face.strange;
    Image result(kSide, kSide, 1, SampleType::f32);
    float* out = result.row<float>(0);
    std::vector<char> seen(strange.size());
    for (int seed = 0; seed < OcclusionLook::kPixels; ++seed) {
        if (seen[static_cast<size_t>(seed)] != 0 || strange[static_cast<size_t>(seed)] < kPerhaps) {
            continue;
        }
        const std::vector<int> region = regionAt(seed, strange, seen);
        const auto certain = std::count_if(region.begin(), region.end(), [&](int place) {
            return strange[static_cast<size_t>(place)] > kCertain &&
                   face.inside[static_cast<size_t>(place)] > kWellInside;
        });
        if (static_cast<double>(certain) >= kLeastArea) {
            for (const int place : region) {
                out[place] = 1;
            }
        }
    }
    return gaussianBlur(result, 0.6, Border::replicate);
}

}  // namespace

OcclusionModel::OcclusionModel(std::span<const OcclusionLook> looks, int threads) {
    if (looks.size() < kFewestOcclusionLooks) {
        return;
    }
    const int64_t first = looks.front().frame;
    const int64_t span = looks.back().frame - first + 1;
    near_ = std::min(kLongestNear, span / (2 * kParts));
    parts_.resize(kParts);
    parallelFor(kParts + 1, threads, [&](size_t i) {
        const auto part = static_cast<int64_t>(i);
        const int64_t from = first + span * part / kParts;
        const int64_t until = first + span * (part + 1) / kParts;
        std::vector<const OcclusionLook*> chosen;
        for (const OcclusionLook& look : looks) {
            if (part == kParts || look.frame < from - near_ || look.frame >= until + near_) {
                chosen.push_back(&look);
            }
        }
        if (part == kParts) {
            whole_ = LookModel(chosen, kWholeWays);
        } else {
            parts_[i] = {until, LookModel(chosen, kPartWays)};
        }
    });
}

Image OcclusionModel::hidden(const OcclusionLook& look, double sensitivity) const {
    const auto part = std::find_if(parts_.begin(), parts_.end(), [&](const Part& one) {
        return look.frame < one.until || &one == &parts_.back();
    });
    if (!known() || part == parts_.end() || !part->others.known() || sensitivity <= 0) {
        return {kSide, kSide, 1, SampleType::f32};
    }
    // Both must find it strange: what the whole clip knows is not in front, however rare it is, and
    // what was there at another time is not either.
    Places strange = whole_.strangeness(look, near_);
    const Places rest = part->others.strangeness(look, 0);
    const float factor =
        static_cast<float>(sensitivity) * std::sqrt(belief(strange, look) * belief(rest, look));
    for (size_t i = 0; i < strange.size(); ++i) {
        strange[i] = factor * std::sqrt(strange[i] * rest[i]);
    }
    return regions(smoothed(strange, look));
}

}  // namespace understudy::media
