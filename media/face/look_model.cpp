#include "media/face/look_model.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "media/base/check.h"
#include "media/base/wide.h"
#include "media/face/look_lanes.h"
#include "media/frame/image_ops.h"

namespace understudy::media {

namespace {

constexpr int kSide = OcclusionLook::kSide;
constexpr size_t kAll = OcclusionLook::kPixels;

constexpr float kInside = 0.5f;  // of the outline
constexpr int kFitRounds = 5;
constexpr size_t kMostWays = 8;
constexpr double kPrior = 20;             // weight of coefficients being as usual
constexpr double kSmooth = kSide / 64.0;  // pixels; a look is about 36/64 faces wide
constexpr float kMostLeft = 12;           // deviations
constexpr size_t kAlike = 6;

// Solves a x = b for a positive definite `a` (n x n, row-major, lower half) by Cholesky; b becomes
// x.
void solve(std::vector<double> a, std::vector<double>& b) {
    const size_t n = b.size();
    for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j <= i; ++j) {
            double sum = a[i * n + j];
            for (size_t k = 0; k < j; ++k) {
                sum -= a[i * n + k] * a[j * n + k];
            }
            a[i * n + j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / a[j * n + j];
        }
    }
    for (size_t i = 0; i < n; ++i) {
        for (size_t k = 0; k < i; ++k) {
            b[i] -= a[i * n + k] * b[k];
        }
        b[i] /= a[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; ++k) {
            b[i] -= a[k * n + i] * b[k];
        }
        b[i] /= a[i * n + i];
    }
}

// What a look shows, and what it is compared with; planes [3][places].
struct Fit {
    const float* apart;
    const float* inside;  // [places]
    const float* basis;   // [ways][3][places]
    const float* spread;
    size_t places;  // whole lanes
    size_t ways;
};

// Adds up the normal equations of the coefficients, lower half, from places that are trusted as far
// as `coefficients` explain them.
US_WIDE void addUp(const Fit& fit, const double* coefficients, double* normal, double* right) {
    Lanes normals[kMostWays][kMostWays] = {};
    Lanes rights[kMostWays] = {};
    for (size_t p = 0; p < fit.places; p += kLanes) {
        Lanes square{};
        Lanes shares[3];
        for (size_t c = 0; c < 3; ++c) {
            const size_t d = c * fit.places + p;
            Lanes off;
            Lanes spread;
            load(off, fit.apart + d);
            load(spread, fit.spread + d);
            for (size_t j = 0; j < fit.ways; ++j) {
                Lanes way;
                load(way, fit.basis + j * 3 * fit.places + d);
                off -= static_cast<float>(coefficients[j]) * way;
            }
            shares[c] = 1 / (spread * spread);
            square += off * off * shares[c] / 3;
        }
        Lanes weight;
        Lanes inside;
        trust(weight, square);
        load(inside, fit.inside + p);
        weight *= inside;
        for (size_t c = 0; c < 3; ++c) {
            const size_t d = c * fit.places + p;
            const Lanes share = weight * shares[c];
            Lanes apart;
            Lanes here[kMostWays];
            load(apart, fit.apart + d);
            for (size_t j = 0; j < fit.ways; ++j) {
                load(here[j], fit.basis + j * 3 * fit.places + d);
                const Lanes own = share * here[j];
                rights[j] += own * apart;
                for (size_t k = 0; k <= j; ++k) {
                    normals[j][k] += own * here[k];
                }
            }
        }
    }
    for (size_t lane = 0; lane < kLanes; ++lane) {
        for (size_t j = 0; j < fit.ways; ++j) {
            right[j] += rights[j][lane];
            for (size_t k = 0; k <= j; ++k) {
                normal[j * fit.ways + k] += normals[j][k][lane];
            }
        }
    }
}

}  // namespace

void LookModel::colorsOf(const OcclusionLook& look, float* planes) const {
    for (size_t c = 0; c < 3; ++c) {
        for (size_t p = 0; p < pixels_.size(); ++p) {
            planes[c * places_ + p] = look.colors[c * kAll + static_cast<size_t>(pixels_[p])];
        }
    }
}

void LookModel::takePoseFrom(float* planes, const OcclusionLook& look) const {
    for (size_t t = 0; t < OcclusionLook::kPoseTerms; ++t) {
        const float* slopes = &pose_[t * 3 * places_];
        for (size_t d = 0; d < 3 * places_; ++d) {
            planes[d] -= look.pose[t] * slopes[d];
        }
    }
}

// The coefficients of the components that fit where the face is as usual.
std::vector<double> LookModel::fitted(const Planes& apart, const OcclusionLook& look) const {
    const auto ways = static_cast<size_t>(ways_);
    US_CHECK(ways <= kMostWays);
    std::vector<float> inside(places_);
    for (size_t p = 0; p < pixels_.size(); ++p) {
        inside[p] = look.hull[static_cast<size_t>(pixels_[p])];
    }
    const Fit fit{apart.data(), inside.data(), basis_.data(), spread_.data(), places_, ways};
    std::vector<double> coefficients(ways);
    for (int round = 0; round < kFitRounds; ++round) {
        std::vector<double> normal(ways * ways);
        std::vector<double> right(ways);
        addUp(fit, coefficients.data(), normal.data(), right.data());
        for (size_t j = 0; j < ways; ++j) {
            normal[j * ways + j] += kPrior / variance_;
        }
        solve(std::move(normal), right);
        coefficients = std::move(right);
    }
    return coefficients;
}

LookModel::Planes LookModel::left(const OcclusionLook& look) const {
    Planes apart(3 * places_);
    colorsOf(look, apart.data());
    takePoseFrom(apart.data(), look);
    const std::vector<double> coefficients = fitted(apart, look);
    for (size_t j = 0; j < coefficients.size(); ++j) {
        const float* basis = &basis_[j * apart.size()];
        const auto coefficient = static_cast<float>(coefficients[j]);
        for (size_t d = 0; d < apart.size(); ++d) {
            apart[d] -= coefficient * basis[d];
        }
    }
    // Channels of one picture, the last of which is the outline that they are weighted by.
    Image weighted(kSide, kSide, 4, SampleType::f32);
    for (size_t p = 0; p < pixels_.size(); ++p) {
        const auto at = static_cast<size_t>(pixels_[p]);
        float* pixel = weighted.row<float>(0) + 4 * at;
        pixel[3] = look.hull[at];
        for (size_t c = 0; c < 3; ++c) {
            const size_t d = c * places_ + p;
            pixel[c] = pixel[3] * std::clamp(apart[d] / spread_[d], -kMostLeft, kMostLeft);
        }
    }
    const Image soft = gaussianBlur(weighted, kSmooth, Border::zero);
    Planes result(3 * kAll);
    for (const int place : pixels_) {
        const auto at = static_cast<size_t>(place);
        const float* pixel = soft.row<float>(0) + 4 * at;
        for (size_t c = 0; c < 3; ++c) {
            result[c * kAll + at] = pixel[c] / std::max(pixel[3], 0.15f);
        }
    }
    return result;
}

std::array<float, OcclusionLook::kPixels> LookModel::strangeness(const OcclusionLook& look,
                                                                 int64_t nearFrames) const {
    const Planes own = left(look);
    std::vector<std::pair<float, const Kept*>> alike;
    for (const Kept& kept : kept_) {
        if (std::abs(kept.look.frame - look.frame) > nearFrames) {
            alike.emplace_back(shapeDistance(kept.look, look), &kept);
        }
    }
    const size_t count = std::min(kAlike, alike.size());
    std::partial_sort(alike.begin(), alike.begin() + static_cast<ptrdiff_t>(count), alike.end(),
                      [](const auto& a, const auto& b) { return a.first < b.first; });
    alike.resize(count);
    std::array<float, kAll> result{};
    for (const int place : pixels_) {
        const auto at = static_cast<size_t>(place);
        const auto squareFrom = [&](float r, float g, float b) {
            const float x = own[at] - r;
            const float y = own[kAll + at] - g;
            const float z = own[2 * kAll + at] - b;
            return x * x + y * y + z * z;
        };
        if (look.hull[at] <= 0.02f) {
            continue;
        }
        float least = squareFrom(0, 0, 0);
        for (const auto& [apart, other] : alike) {
            if (other->look.hull[at] >= kInside) {
                least = std::min(least, squareFrom(other->left[at], other->left[kAll + at],
                                                   other->left[2 * kAll + at]));
            }
        }
        result[at] = std::sqrt(least);
    }
    return result;
}

}  // namespace understudy::media
