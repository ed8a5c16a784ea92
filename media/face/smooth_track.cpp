#include <algorithm>
#include <cmath>

#include "media/base/parallel_for.h"
#include "media/face/face_track.h"

namespace understudy::media {

namespace {

// Expected errors in inter-ocular distances: of landmarks as placed, and of their motion.
constexpr double kInnerError = 0.012;
constexpr double kJawError = 0.03;
constexpr double kLeastOwnMotionError = 0.008;  // lids and lips move in ways flow does not see
constexpr int kRobustRounds = 5;

bool isJaw(int i) {
    return i < 17;
}
// Lids and lips: their own quick motion must not be mistaken for noise.
bool movesAlone(int i) {
    return i >= 48 || (i >= 36 && i != 36 && i != 39 && i != 42 && i != 45);
}

// How far a point may be from where its neighbours in time put it before it is doubted: a hand that
// passes makes a mouth or a chin of itself.
double doubtFrom(int i) {
    return isJaw(i) ? 0.12 : i >= 48 ? 0.18 : movesAlone(i) ? 0.08 : 0.05;
}

double placedError(const FaceFound& face, int i) {
    const double base = isJaw(i) ? kJawError : kInnerError;
    return base * (1 + face.agreement / 0.01) * (face.detected ? 1.0 : 1.5) *
           interOcularDistance(face.landmarks);
}

double motionError(const FaceFound& face, int i) {
    const double eyes = interOcularDistance(face.landmarks);
    const double least = movesAlone(i) ? kLeastOwnMotionError : 0.0;
    return std::max<double>(face.beforeError[i], least) * eyes +
           0.25 * distance(face.before[i], face.landmarks[i]);
}

// Minimises sum w (x - placed)^2 + sum m (x[t] - x[t-1] - step[t])^2; m[0] is not used.
struct Path {
    std::vector<double> w, m;
    std::vector<Point> placed, step;

    explicit Path(size_t n) : w(n), m(n), placed(n), step(n) {}

    std::vector<Point> solve(const std::vector<double>& trust) const {
        const size_t n = w.size();
        std::vector<double> diagonal(n);
        std::vector<Point> right(n);
        for (size_t t = 0; t < n; ++t) {
            diagonal[t] = w[t] * trust[t] + m[t] * (t > 0) + (t + 1 < n ? m[t + 1] : 0);
            right[t] = (w[t] * trust[t]) * placed[t];
            if (t > 0) {
                right[t] = right[t] + m[t] * step[t];
            }
            if (t + 1 < n) {
                right[t] = right[t] - m[t + 1] * step[t + 1];
            }
        }
        for (size_t t = 1; t < n; ++t) {  // off-diagonals are -m[t]
            const double factor = -m[t] / diagonal[t - 1];
            diagonal[t] -= factor * -m[t];
            right[t] = right[t] - factor * right[t - 1];
        }
        std::vector<Point> x(n);
        x[n - 1] = (1 / diagonal[n - 1]) * right[n - 1];
        for (size_t t = n - 1; t-- > 0;) {
            x[t] = (1 / diagonal[t]) * (right[t] + m[t + 1] * x[t + 1]);
        }
        return x;
    }
};

// Frames first to last follow each other and each but the first knows its motion.
void smoothStretch(std::span<const std::optional<FaceFound>> track, size_t first, size_t last,
                   int threads, std::vector<std::optional<Landmarks>>& result) {
    const size_t n = last - first + 1;
    parallelFor(kLandmarkCount, threads, [&](size_t point) {
        const int i = static_cast<int>(point);
        Path path(n);
        std::vector<double> sigma(n);
        for (size_t t = 0; t < n; ++t) {
            const FaceFound& face = *track[first + t];
            sigma[t] = std::max(1e-3, placedError(face, i));
            path.placed[t] = face.landmarks[i];
            path.w[t] = 1 / (sigma[t] * sigma[t]);
            if (t > 0) {
                const double error = std::max(1e-3, motionError(face, i));
                path.step[t] = face.landmarks[i] - face.before[i];
                path.m[t] = 1 / (error * error);
            }
        }
        std::vector<Point> x = path.solve(std::vector<double>(n, 0.1));
        std::vector<double> trust(n);
        for (int round = 0; round < kRobustRounds; ++round) {
            for (size_t t = 0; t < n; ++t) {
                const double off =
                    distance(x[t], path.placed[t]) /
                    std::max(2 * sigma[t],
                             doubtFrom(i) * interOcularDistance(track[first + t]->landmarks));
                trust[t] = 1 / ((1 + off * off) * (1 + off * off));
            }
            x = path.solve(trust);
        }
        for (size_t t = 0; t < n; ++t) {
            (*result[first + t])[point] = x[t];
        }
    });
}

}  // namespace

std::vector<std::optional<Landmarks>> smoothTrack(std::span<const FrameNumber> numbers,
                                                  std::span<const std::optional<FaceFound>> track,
                                                  int threads) {
    std::vector<std::optional<Landmarks>> result(track.size());
    for (size_t i = 0; i < track.size(); ++i) {
        if (track[i]) {
            result[i] = track[i]->landmarks;
        }
    }
    for (size_t first = 0; first < track.size();) {
        if (!track[first]) {
            ++first;
            continue;
        }
        size_t last = first;
        while (last + 1 < track.size() && track[last + 1] && track[last + 1]->hasMotion &&
               numbers[last + 1] == numbers[last] + 1) {
            ++last;
        }
        if (last > first) {
            smoothStretch(track, first, last, threads, result);
        }
        first = last + 1;
    }
    return result;
}

namespace {

// Numbers each face by the stretch that it belongs to: frames that follow each other without a
// missing face and without a leap, which is a cut.
std::vector<int> stretchesOf(std::span<const FrameNumber> numbers,
                             std::span<const std::optional<Landmarks>> track) {
    constexpr double kLeap = 0.6;  // inter-ocular distances
    std::vector<int> stretch(track.size(), 0);
    for (size_t i = 1; i < track.size(); ++i) {
        const bool on =
            track[i - 1] && track[i] && numbers[i] == numbers[i - 1] + 1 &&
            distance((*track[i - 1])[30], (*track[i])[30]) < kLeap * interOcularDistance(*track[i]);
        stretch[i] = stretch[i - 1] + (on ? 0 : 1);
    }
    return stretch;
}

}  // namespace

std::vector<float> trackJitter(std::span<const FrameNumber> numbers,
                               std::span<const std::optional<Landmarks>> track) {
    const std::vector<int> stretch = stretchesOf(numbers, track);
    std::vector<float> result(track.size(), 0.0f);
    for (size_t i = 2; i + 2 < track.size(); ++i) {
        const auto have = [&](long k) {
            const long at = static_cast<long>(i) + k;
            return at >= 0 && at < static_cast<long>(track.size()) && track[at].has_value() &&
                   stretch[at] == stretch[i];
        };
        if (!have(0) || !have(-1) || !have(1) || !have(-2) || !have(2)) {
            continue;
        }
        // The parabola's value at 0, least squares over the neighbours without the face itself.
        const bool three = have(-3) && have(3);
        const std::array<double, 3> weight =
            three ? std::array<double, 3>{3.0 / 7, 3.0 / 14, -1.0 / 7}
                  : std::array<double, 3>{2.0 / 3, -1.0 / 6, 0};
        double sum = 0;
        for (int k = 17; k < kLandmarkCount; ++k) {
            Point at{};
            for (int d = 1; d <= (three ? 3 : 2); ++d) {
                at = at + weight[d - 1] * ((*track[i - d])[k] + (*track[i + d])[k]);
            }
            sum += distance(at, (*track[i])[k]) / (kLandmarkCount - 17);
        }
        result[i] = static_cast<float>(sum);
    }
    return result;
}

}  // namespace understudy::media
