#include "media/face/look_model.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "media/base/check.h"
#include "media/base/median.h"
#include "media/frame/image_ops.h"

namespace understudy::media {

namespace {

constexpr int kSide = OcclusionLook::kSide;
constexpr size_t kAll = OcclusionLook::kPixels;
constexpr int kTerms = OcclusionLook::kPoseTerms;

constexpr double kSeenShare = 0.25;  // of the looks that must show a place for it to be judged
constexpr float kInside = 0.5f;      // of the outline
constexpr int kPoseRounds = 6;
constexpr double kSlopeRidge = 0.5;  // in looks: poses that are rare say little
constexpr int kFitRounds = 5;
constexpr int kFitStep = 3;            // of the places, one in so many tells the coefficients
constexpr double kPrior = 20;          // weight of coefficients being as usual
constexpr float kLeastSpread = 0.03f;  // of full scale
constexpr float kPoseSpread = 0.01f;
constexpr double kSmooth = kSide / 64.0;  // pixels; a look is about 36/64 faces wide
constexpr float kMostLeft = 12;           // deviations
constexpr size_t kAlike = 6;

// Solves a x = b for a positive definite `a` (n x n, row-major) by Cholesky; b becomes x.
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

// Of something that is off by the root of `square` deviations (Geman and McClure).
float trust(float square) {
    const float t = 1 + square / 9;
    return 1 / (t * t);
}

}  // namespace

// Works the model out; everything over the judged places only, look after look.
class LookModel::Learning {
  public:
    Learning(LookModel& model, std::span<const OcclusionLook* const> looks, int ways)
        : model_(model), looks_(looks), count_(looks.size()) {
        choosePlaces();
        if (model_.pixels_.size() < kAll / 20) {
            model_.pixels_.clear();
            return;
        }
        places_ = model_.pixels_.size();
        planes_ = 3 * places_;
        learnPose();
        findWays(ways);
    }

  private:
    float inside(size_t look, size_t place) const {
        return looks_[look]->hull[static_cast<size_t>(model_.pixels_[place])];
    }

    void choosePlaces() {
        for (size_t p = 0; p < kAll; ++p) {
            const auto seen =
                std::count_if(looks_.begin(), looks_.end(),
                              [p](const OcclusionLook* look) { return look->hull[p] > kInside; });
            if (static_cast<double>(seen) >=
                std::max(8.0, kSeenShare * static_cast<double>(count_))) {
                model_.pixels_.push_back(static_cast<int>(p));
            }
        }
    }

    void learnPose() {
        model_.pose_.assign(kTerms * planes_, 0);
        for (size_t p = 0; p < places_; ++p) {
            learnPlace(p);
        }
        apart_.reserve(count_ * planes_);
        for (const OcclusionLook* look : looks_) {
            const Planes apart = model_.apartFromPose(*look);
            apart_.insert(apart_.end(), apart.begin(), apart.end());
        }
    }

    float color(size_t look, size_t place, size_t channel) const {
        return looks_[look]->colors[channel * kAll + static_cast<size_t>(model_.pixels_[place])];
    }

    using Slopes = std::array<std::array<double, kTerms>, 3>;

    float off(size_t look, size_t place, size_t channel, const Slopes& slopes) const {
        double told = 0;
        for (size_t t = 0; t < kTerms; ++t) {
            told += slopes[channel][t] * looks_[look]->pose[t];
        }
        return color(look, place, channel) - static_cast<float>(told);
    }

    // Median of |off| over the looks that show the place.
    float usualOff(size_t place, size_t channel, const Slopes& slopes) {
        values_.clear();
        for (size_t i = 0; i < count_; ++i) {
            if (inside(i, place) > kInside) {
                values_.push_back(std::abs(off(i, place, channel, slopes)));
            }
        }
        return 1.4826f * medianOf(values_) + kPoseSpread;
    }

    // The colours of one place from the pose, beginning with their median.
    void learnPlace(size_t place) {
        Slopes slopes{};
        for (size_t c = 0; c < 3; ++c) {
            values_.clear();
            for (size_t i = 0; i < count_; ++i) {
                if (inside(i, place) > kInside) {
                    values_.push_back(color(i, place, c));
                }
            }
            slopes[c][0] = medianOf(values_);
        }
        for (int round = 0; round < kPoseRounds; ++round) {
            improve(place, slopes);
        }
        for (size_t c = 0; c < 3; ++c) {
            for (size_t t = 0; t < kTerms; ++t) {
                model_.pose_[t * planes_ + c * places_ + place] = static_cast<float>(slopes[c][t]);
            }
        }
    }

    void improve(size_t place, Slopes& slopes) {
        std::array<float, 3> usual{};
        for (size_t c = 0; c < 3; ++c) {
            usual[c] = usualOff(place, c, slopes);
        }
        std::vector<double> normal(kTerms * kTerms);
        Slopes right{};
        for (size_t i = 0; i < count_; ++i) {
            float square = 0;
            for (size_t c = 0; c < 3; ++c) {
                const float deviations = off(i, place, c, slopes) / usual[c];
                square += deviations * deviations / 3;
            }
            const double weight = trust(square) * inside(i, place);
            const auto& pose = looks_[i]->pose;
            for (size_t r = 0; r < kTerms; ++r) {
                for (size_t t = 0; t < kTerms; ++t) {
                    normal[r * kTerms + t] += weight * pose[r] * pose[t];
                }
                for (size_t c = 0; c < 3; ++c) {
                    right[c][r] += weight * pose[r] * color(i, place, c);
                }
            }
        }
        for (size_t t = 0; t < kTerms; ++t) {
            normal[t * kTerms + t] += t == 0 ? 1e-3 : kSlopeRidge;
        }
        for (size_t c = 0; c < 3; ++c) {
            std::vector<double> solution(right[c].begin(), right[c].end());
            solution[0] += 1e-3 * slopes[c][0];
            solve(normal, solution);
            std::copy(solution.begin(), solution.end(), slopes[c].begin());
        }
    }

    void findWays(int most) {
        constexpr int kRounds = 3;  // at the full number
        told_.assign(count_ * planes_, 0);
        model_.ways_ = std::min(most, static_cast<int>(count_ / 4));
        model_.variance_ = 1 / static_cast<double>(count_);
        for (int round = 1; round <= model_.ways_ + kRounds; ++round) {
            measureSpread();
            findComponents(static_cast<size_t>(std::min(round, model_.ways_)));
        }
        measureSpread();
    }

    // The deviation of what is left, from the 70th percentile: more than a deviation, so that what
    // happens now and then is in it.
    void measureSpread() {
        model_.spread_.resize(planes_);
        for (size_t d = 0; d < planes_; ++d) {
            values_.clear();
            for (size_t i = 0; i < count_; ++i) {
                if (inside(i, d % places_) > kInside) {
                    values_.push_back(std::abs(apart_[i * planes_ + d] - told_[i * planes_ + d]));
                }
            }
            const auto place = values_.begin() + static_cast<ptrdiff_t>(0.7 * values_.size());
            std::nth_element(values_.begin(), place, values_.end());
            model_.spread_[d] = *place + kLeastSpread;
        }
    }

    // What is there where it is to be believed, and what the model says elsewhere.
    std::vector<float> believed() const {
        std::vector<float> result = told_;
        for (size_t i = 0; i < count_; ++i) {
            const float* apart = &apart_[i * planes_];
            float* out = &result[i * planes_];
            for (size_t p = 0; p < places_; ++p) {
                float square = 0;
                for (size_t d = p; d < planes_; d += places_) {
                    const float deviations = (apart[d] - out[d]) / model_.spread_[d];
                    square += deviations * deviations / 3;
                }
                const float weight = trust(square) * inside(i, p);
                for (size_t d = p; d < planes_; d += places_) {
                    out[d] += weight * (apart[d] - out[d]);
                }
            }
        }
        return result;
    }

    // Inner products of the looks.
    std::vector<double> products(const std::vector<float>& data) const {
        std::vector<double> result(count_ * count_);
        for (size_t i = 0; i < count_; ++i) {
            for (size_t j = 0; j <= i; ++j) {
                std::array<float, 8> sums{};  // side by side, as the processor adds
                const float* a = &data[i * planes_];
                const float* b = &data[j * planes_];
                size_t d = 0;
                for (; d + 8 <= planes_; d += 8) {
                    for (size_t k = 0; k < 8; ++k) {
                        sums[k] += a[d + k] * b[d + k];
                    }
                }
                double sum = 0;
                for (; d < planes_; ++d) {
                    sum += a[d] * b[d];
                }
                for (const float part : sums) {
                    sum += part;
                }
                result[i * count_ + j] = result[j * count_ + i] = sum;
            }
        }
        return result;
    }

    // The strongest eigenvectors of a symmetric matrix, by orthogonal iteration from a fixed start.
    std::vector<double> strongest(const std::vector<double>& matrix, size_t ways) const {
        constexpr int kIterations = 40;
        std::vector<double> vectors(ways * count_);
        for (size_t i = 0; i < vectors.size(); ++i) {
            vectors[i] =
                std::cos(0.7 + 1.3 * static_cast<double>(i) + static_cast<double>(i * i % 17));
        }
        std::vector<double> next(count_);
        for (int iteration = 0; iteration < kIterations; ++iteration) {
            for (size_t j = 0; j < ways; ++j) {
                double* vector = &vectors[j * count_];
                for (size_t i = 0; i < count_; ++i) {
                    next[i] = 0;
                    for (size_t k = 0; k < count_; ++k) {
                        next[i] += matrix[i * count_ + k] * vector[k];
                    }
                }
                for (size_t before = 0; before < j; ++before) {
                    addScaled(next, &vectors[before * count_],
                              -dot(next.data(), &vectors[before * count_]));
                }
                const double length = std::sqrt(dot(next.data(), next.data()));
                for (size_t i = 0; i < count_; ++i) {
                    vector[i] = next[i] / std::max(length, 1e-12);
                }
            }
        }
        return vectors;
    }

    double dot(const double* a, const double* b) const {
        double sum = 0;
        for (size_t i = 0; i < count_; ++i) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    void addScaled(std::vector<double>& to, const double* what, double factor) const {
        for (size_t i = 0; i < count_; ++i) {
            to[i] += factor * what[i];
        }
    }

    void findComponents(size_t ways) {
        const std::vector<float> data = believed();
        const std::vector<double> coefficients = strongest(products(data), ways);
        model_.basis_.assign(static_cast<size_t>(model_.ways_) * planes_, 0);
        std::fill(told_.begin(), told_.end(), 0.0f);
        for (size_t j = 0; j < ways; ++j) {
            float* basis = &model_.basis_[j * planes_];
            for (size_t i = 0; i < count_; ++i) {
                const auto coefficient = static_cast<float>(coefficients[j * count_ + i]);
                for (size_t d = 0; d < planes_; ++d) {
                    basis[d] += coefficient * data[i * planes_ + d];
                }
            }
            for (size_t i = 0; i < count_; ++i) {
                const auto coefficient = static_cast<float>(coefficients[j * count_ + i]);
                for (size_t d = 0; d < planes_; ++d) {
                    told_[i * planes_ + d] += coefficient * basis[d];
                }
            }
        }
    }

    LookModel& model_;
    const std::span<const OcclusionLook* const> looks_;
    const size_t count_;
    size_t places_ = 0;
    size_t planes_ = 0;         // samples of a look
    std::vector<float> apart_;  // what the pose does not say
    std::vector<float> told_;   // what the components say of it
    std::vector<float> values_;
};

LookModel::LookModel(std::span<const OcclusionLook* const> looks, int ways) {
    if (looks.size() < kFewest) {
        return;
    }
    Learning(*this, looks, ways);
    if (!known()) {
        return;
    }
    for (const OcclusionLook* look : looks) {
        kept_.push_back({*look, left(*look)});
    }
}

LookModel::Planes LookModel::apartFromPose(const OcclusionLook& look) const {
    const size_t places = pixels_.size();
    Planes apart(3 * places);
    for (size_t c = 0; c < 3; ++c) {
        for (size_t p = 0; p < places; ++p) {
            apart[c * places + p] = look.colors[c * kAll + static_cast<size_t>(pixels_[p])];
        }
    }
    for (size_t t = 0; t < kTerms; ++t) {
        const float* slopes = &pose_[t * apart.size()];
        for (size_t d = 0; d < apart.size(); ++d) {
            apart[d] -= look.pose[t] * slopes[d];
        }
    }
    return apart;
}

// The coefficients of the components that fit where the face is as usual.
std::vector<double> LookModel::fitted(const Planes& apart, const OcclusionLook& look) const {
    const size_t places = pixels_.size();
    const auto ways = static_cast<size_t>(ways_);
    std::vector<double> coefficients(ways);
    std::array<float, 16> here{};
    US_CHECK(ways <= here.size());
    for (int round = 0; round < kFitRounds; ++round) {
        std::vector<double> normal(ways * ways);
        std::vector<double> right(ways);
        for (size_t p = 0; p < places; p += kFitStep) {
            float square = 0;
            std::array<float, 3> off{};
            for (size_t c = 0; c < 3; ++c) {
                const size_t d = c * places + p;
                off[c] = apart[d];
                for (size_t j = 0; j < ways; ++j) {
                    off[c] -= static_cast<float>(coefficients[j]) * basis_[j * 3 * places + d];
                }
                square += off[c] * off[c] / (3 * spread_[d] * spread_[d]);
            }
            const float weight = trust(square) * look.hull[static_cast<size_t>(pixels_[p])];
            for (size_t d = p; d < 3 * places; d += places) {
                const float share = kFitStep * weight / (spread_[d] * spread_[d]);
                for (size_t j = 0; j < ways; ++j) {
                    here[j] = basis_[j * 3 * places + d];
                    right[j] += share * here[j] * apart[d];
                    for (size_t k = 0; k <= j; ++k) {
                        normal[j * ways + k] += share * here[j] * here[k];
                    }
                }
            }
        }
        for (size_t j = 0; j < ways; ++j) {
            normal[j * ways + j] += kPrior / variance_;
        }
        solve(std::move(normal), right);
        coefficients = std::move(right);
    }
    return coefficients;
}

LookModel::Planes LookModel::left(const OcclusionLook& look) const {
    const size_t places = pixels_.size();
    Planes apart = apartFromPose(look);
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
    for (size_t p = 0; p < places; ++p) {
        const auto at = static_cast<size_t>(pixels_[p]);
        float* pixel = weighted.row<float>(0) + 4 * at;
        pixel[3] = look.hull[at];
        for (size_t c = 0; c < 3; ++c) {
            const size_t d = c * places + p;
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
