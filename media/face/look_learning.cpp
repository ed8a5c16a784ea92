// How a LookModel is worked out. Places lie side by side, so that eight are worked on at once.
#include <algorithm>
#include <cmath>

#include "media/base/wide.h"
#include "media/face/look_lanes.h"
#include "media/face/look_model.h"

namespace understudy::media {

namespace {

constexpr size_t kAll = OcclusionLook::kPixels;
constexpr size_t kTerms = OcclusionLook::kPoseTerms;

constexpr double kSeenShare = 0.25;  // of the looks that must show a place for it to be judged
constexpr float kInside = 0.5f;      // of the outline
constexpr int kPoseRounds = 6;
constexpr float kSlopeRidge = 0.5f;  // in looks: poses that are rare say little
constexpr float kMeanRidge = 1e-3f;
constexpr float kLeastSpread = 0.03f;  // of full scale
constexpr float kPoseSpread = 0.01f;

// The looks that are learned from, over the judged places only, look after look.
struct Learned {
    size_t looks = 0;
    size_t places = 0;          // of a plane, whole lanes
    std::vector<float> colors;  // [looks][3][places]
    std::vector<float> inside;  // [looks][places]
    std::vector<float> pose;    // [looks][terms]
};

// For eight sets of values the one that a share of the set lies at or below, within 1/4096 of
// `range`; values beyond `range` count as such. What is not in a set is infinite.
struct Range {
    float from = 0;
    float to = 1;
};
[[gnu::always_inline]] inline void quantile(Lanes& result, const float* values, size_t count,
                                            float share, const Range& range) {
    constexpr float kNone = 1e30f;
    constexpr int kHalvings = 12;
    const Lanes one = 1 - Lanes{};
    Lanes rank{};
    for (size_t i = 0; i < count; ++i) {
        Lanes value;
        load(value, values + i * kLanes);
        rank += value < kNone ? one : 1 - one;
    }
    rank *= share;
    Lanes low = range.from - Lanes{};
    Lanes high = range.to - Lanes{};
    for (int halving = 0; halving < kHalvings; ++halving) {
        const Lanes middle = (low + high) / 2;
        Lanes below{};
        for (size_t i = 0; i < count; ++i) {
            Lanes value;
            load(value, values + i * kLanes);
            below += value <= middle ? one : 1 - one;
        }
        const auto enough = below > rank;
        high = enough ? middle : high;
        low = enough ? low : middle;
    }
    result = high;
}

[[gnu::always_inline]] inline void absolute(Lanes& value) {
    value = value < 0 ? -value : value;
}

// What a look shows at eight places, apart from what its pose tells.
[[gnu::always_inline]] inline void offPose(Lanes& off, const Learned& in, size_t look, size_t at,
                                           size_t channel, const Lanes (&slopes)[3][kTerms]) {
    load(off, &in.colors[(look * 3 + channel) * in.places + at]);
    for (size_t t = 0; t < kTerms; ++t) {
        off -= slopes[channel][t] * in.pose[look * kTerms + t];
    }
}

// What of eight values is inside, infinite elsewhere.
[[gnu::always_inline]] inline void onlyInside(Lanes& value, const Learned& in, size_t look,
                                              size_t at) {
    Lanes inside;
    load(inside, &in.inside[look * in.places + at]);
    const Lanes none = 1e38f - Lanes{};
    value = inside > kInside ? value : none;
}

// The colours of eight places from the pose, beginning with their medians. `values`: room for eight
// floats a look; `result`: [terms][3][places].
US_WIDE void learnPlaces(const Learned& in, size_t at, float* values, float* result) {
    Lanes slopes[3][kTerms] = {};
    for (size_t c = 0; c < 3; ++c) {
        for (size_t i = 0; i < in.looks; ++i) {
            Lanes color;
            load(color, &in.colors[(i * 3 + c) * in.places + at]);
            onlyInside(color, in, i, at);
            store(values + i * kLanes, color);
        }
        quantile(slopes[c][0], values, in.looks, 0.5f, {-1, 2});
    }
    for (int round = 0; round < kPoseRounds; ++round) {
        Lanes usual[3];
        for (size_t c = 0; c < 3; ++c) {
            for (size_t i = 0; i < in.looks; ++i) {
                Lanes off;
                offPose(off, in, i, at, c, slopes);
                absolute(off);
                onlyInside(off, in, i, at);
                store(values + i * kLanes, off);
            }
            quantile(usual[c], values, in.looks, 0.5f, {0, 1});
            usual[c] = 1.4826f * usual[c] + kPoseSpread;
        }
        Lanes normal[kTerms][kTerms] = {};
        Lanes right[3][kTerms] = {};
        for (size_t i = 0; i < in.looks; ++i) {
            Lanes square{};
            Lanes colors[3];
            for (size_t c = 0; c < 3; ++c) {
                Lanes off;
                offPose(off, in, i, at, c, slopes);
                off /= usual[c];
                square += off * off / 3;
                load(colors[c], &in.colors[(i * 3 + c) * in.places + at]);
            }
            Lanes weight;
            Lanes inside;
            trust(weight, square);
            load(inside, &in.inside[i * in.places + at]);
            weight *= inside;
            const float* pose = &in.pose[i * kTerms];
            for (size_t r = 0; r < kTerms; ++r) {
                const Lanes share = weight * pose[r];
                for (size_t t = 0; t <= r; ++t) {
                    normal[r][t] += share * pose[t];
                }
                for (size_t c = 0; c < 3; ++c) {
                    right[c][r] += share * colors[c];
                }
            }
        }
        for (size_t t = 0; t < kTerms; ++t) {
            normal[t][t] += t == 0 ? kMeanRidge : kSlopeRidge;
        }
        for (size_t c = 0; c < 3; ++c) {
            right[c][0] += kMeanRidge * slopes[c][0];
        }
        solve(normal, right);
        std::memcpy(slopes, right, sizeof slopes);
    }
    for (size_t t = 0; t < kTerms; ++t) {
        for (size_t c = 0; c < 3; ++c) {
            store(result + (t * 3 + c) * in.places + at, slopes[c][t]);
        }
    }
}

// The deviation of what is left at eight places of a channel, from the 70th percentile: more than a
// deviation, so that what happens now and then is in it. `apart`, `told`: [looks][3][places].
US_WIDE void spreadOf(const Learned& in, const float* apart, const float* told, size_t channel,
                      size_t at, float* values, float* result) {
    for (size_t i = 0; i < in.looks; ++i) {
        const size_t here = (i * 3 + channel) * in.places + at;
        Lanes left;
        Lanes said;
        load(left, apart + here);
        load(said, told + here);
        left -= said;
        absolute(left);
        onlyInside(left, in, i, at);
        store(values + i * kLanes, left);
    }
    Lanes spread;
    quantile(spread, values, in.looks, 0.7f, {0, 1});
    store(result + channel * in.places + at, spread + kLeastSpread);
}

// What a look shows where it is to be believed, and what the model says elsewhere. `told` becomes
// it; planes [3][places].
US_WIDE void believe(const float* apart, const float* spread, const float* inside, size_t places,
                     float* told) {
    for (size_t p = 0; p < places; p += kLanes) {
        Lanes off[3];
        Lanes square{};
        for (size_t c = 0; c < 3; ++c) {
            const size_t d = c * places + p;
            Lanes said;
            Lanes usual;
            load(off[c], apart + d);
            load(said, told + d);
            load(usual, spread + d);
            off[c] -= said;
            const Lanes deviations = off[c] / usual;
            square += deviations * deviations / 3;
        }
        Lanes weight;
        Lanes seen;
        trust(weight, square);
        load(seen, inside + p);
        weight *= seen;
        for (size_t c = 0; c < 3; ++c) {
            const size_t d = c * places + p;
            Lanes said;
            load(said, told + d);
            store(told + d, said + weight * off[c]);
        }
    }
}

// `count`: whole lanes.
US_WIDE double product(const float* a, const float* b, size_t count) {
    Lanes sums[2] = {};
    for (size_t d = 0; d + kLanes <= count; d += kLanes) {
        Lanes x;
        Lanes y;
        load(x, a + d);
        load(y, b + d);
        sums[d / kLanes % 2] += x * y;
    }
    double sum = 0;
    for (size_t k = 0; k < kLanes; ++k) {
        sum += sums[0][k] + sums[1][k];
    }
    return sum;
}

template <class T>
[[gnu::always_inline]] inline void addScaledTo(T* __restrict to, const T* __restrict what, T factor,
                                               size_t count) {
    for (size_t i = 0; i < count; ++i) {
        to[i] += factor * what[i];
    }
}
US_WIDE void addScaled(float* to, const float* what, float factor, size_t count) {
    addScaledTo(to, what, factor, count);
}
US_WIDE void addScaled(double* to, const double* what, double factor, size_t count) {
    addScaledTo(to, what, factor, count);
}

double dot(std::span<const double> a, const double* b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

// The strongest eigenvectors of a symmetric matrix, by orthogonal iteration from a fixed start.
std::vector<double> strongest(const std::vector<double>& matrix, size_t count, size_t ways) {
    constexpr int kIterations = 40;
    std::vector<double> vectors(ways * count);
    for (size_t i = 0; i < vectors.size(); ++i) {
        vectors[i] = std::cos(0.7 + 1.3 * static_cast<double>(i) + static_cast<double>(i * i % 17));
    }
    std::vector<double> next(count);
    for (int iteration = 0; iteration < kIterations; ++iteration) {
        for (size_t j = 0; j < ways; ++j) {
            double* vector = &vectors[j * count];
            std::fill(next.begin(), next.end(), 0.0);
            for (size_t k = 0; k < count; ++k) {
                addScaled(next.data(), &matrix[k * count], vector[k], count);
            }
            for (size_t before = 0; before < j; ++before) {
                const double* other = &vectors[before * count];
                addScaled(next.data(), other, -dot(next, other), count);
            }
            const double length = std::sqrt(dot(next, next.data()));
            for (size_t i = 0; i < count; ++i) {
                vector[i] = next[i] / std::max(length, 1e-12);
            }
        }
    }
    return vectors;
}

}  // namespace

class LookModel::Learning {
  public:
    Learning(LookModel& model, std::span<const OcclusionLook* const> looks, int ways)
        : model_(model), looks_(looks) {
        choosePlaces();
        if (model_.pixels_.size() < kAll / 20) {
            model_.pixels_.clear();
            return;
        }
        gather();
        learnPose();
        findWays(ways);
    }

  private:
    void choosePlaces() {
        for (size_t p = 0; p < kAll; ++p) {
            const auto seen =
                std::count_if(looks_.begin(), looks_.end(),
                              [p](const OcclusionLook* look) { return look->hull[p] > kInside; });
            if (static_cast<double>(seen) >=
                std::max(8.0, kSeenShare * static_cast<double>(looks_.size()))) {
                model_.pixels_.push_back(static_cast<int>(p));
            }
        }
        model_.places_ = (model_.pixels_.size() + kLanes - 1) / kLanes * kLanes;
    }

    void gather() {
        in_.looks = looks_.size();
        in_.places = model_.places_;
        planes_ = 3 * in_.places;
        in_.inside.assign(in_.looks * in_.places, 0);
        in_.colors.assign(in_.looks * planes_, 0);
        for (size_t i = 0; i < in_.looks; ++i) {
            const OcclusionLook& look = *looks_[i];
            model_.colorsOf(look, &in_.colors[i * planes_]);
            for (size_t p = 0; p < model_.pixels_.size(); ++p) {
                in_.inside[i * in_.places + p] = look.hull[static_cast<size_t>(model_.pixels_[p])];
            }
            in_.pose.insert(in_.pose.end(), look.pose.begin(), look.pose.end());
        }
        values_.resize(in_.looks * kLanes);
    }

    void learnPose() {
        model_.pose_.assign(kTerms * planes_, 0);
        for (size_t p = 0; p < in_.places; p += kLanes) {
            learnPlaces(in_, p, values_.data(), model_.pose_.data());
        }
        apart_ = in_.colors;
        for (size_t i = 0; i < in_.looks; ++i) {
            model_.takePoseFrom(&apart_[i * planes_], *looks_[i]);
        }
    }

    void findWays(int most) {
        constexpr int kRounds = 3;  // at the full number
        told_.assign(in_.looks * planes_, 0);
        model_.ways_ = std::min(most, static_cast<int>(in_.looks / 4));
        model_.variance_ = 1 / static_cast<double>(in_.looks);
        model_.spread_.resize(planes_);
        for (int round = 1; round <= model_.ways_ + kRounds; ++round) {
            measureSpread();
            findComponents(static_cast<size_t>(std::min(round, model_.ways_)));
        }
        measureSpread();
    }

    void measureSpread() {
        for (size_t c = 0; c < 3; ++c) {
            for (size_t p = 0; p < in_.places; p += kLanes) {
                spreadOf(in_, apart_.data(), told_.data(), c, p, values_.data(),
                         model_.spread_.data());
            }
        }
    }

    std::vector<double> products(const std::vector<float>& data) const {
        const size_t count = in_.looks;
        std::vector<double> result(count * count);
        for (size_t i = 0; i < count; ++i) {
            for (size_t j = 0; j <= i; ++j) {
                result[i * count + j] = result[j * count + i] =
                    product(&data[i * planes_], &data[j * planes_], planes_);
            }
        }
        return result;
    }

    void findComponents(size_t ways) {
        const size_t count = in_.looks;
        std::vector<float> data = told_;
        for (size_t i = 0; i < count; ++i) {
            believe(&apart_[i * planes_], model_.spread_.data(), &in_.inside[i * in_.places],
                    in_.places, &data[i * planes_]);
        }
        const std::vector<double> coefficients = strongest(products(data), count, ways);
        model_.basis_.assign(static_cast<size_t>(model_.ways_) * planes_, 0);
        std::fill(told_.begin(), told_.end(), 0.0f);
        for (size_t j = 0; j < ways; ++j) {
            float* basis = &model_.basis_[j * planes_];
            for (size_t i = 0; i < count; ++i) {
                addScaled(basis, &data[i * planes_],
                          static_cast<float>(coefficients[j * count + i]), planes_);
            }
            for (size_t i = 0; i < count; ++i) {
                addScaled(&told_[i * planes_], basis,
                          static_cast<float>(coefficients[j * count + i]), planes_);
            }
        }
    }

    LookModel& model_;
    const std::span<const OcclusionLook* const> looks_;
    Learned in_;
    size_t planes_ = 0;          // samples of a look
    std::vector<float> apart_;   // what the pose does not say
    std::vector<float> told_;    // what the components say of it
    std::vector<float> values_;  // room for eight of each look
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

}  // namespace understudy::media
