#include "training/swap/steady.h"

#include <array>
#include <cmath>
#include <vector>

namespace understudy::training {

using media::FrameNumber;
using media::Landmarks;

namespace {

// The shares of the samples in the value at 0 of the weighted quadratic through them: the first row
// of (X'WX)^-1 X'W.
bool fitShares(const std::vector<double>& times, double sigma, std::vector<double>& shares) {
    std::array<double, 5> s{};  // sums of w t^k
    shares.clear();
    for (const double t : times) {
        const double w = std::exp(-0.5 * t * t / (sigma * sigma));
        shares.push_back(w);
        double power = w;
        for (double& sum : s) {
            sum += power;
            power *= t;
        }
    }
    // Cofactors of the first row of the symmetric matrix [s0 s1 s2; s1 s2 s3; s2 s3 s4].
    const double c0 = s[2] * s[4] - s[3] * s[3];
    const double c1 = s[2] * s[3] - s[1] * s[4];
    const double c2 = s[1] * s[3] - s[2] * s[2];
    const double determinant = s[0] * c0 + s[1] * c1 + s[2] * c2;
    if (!(std::abs(determinant) > 1e-9)) {
        return false;
    }
    for (size_t i = 0; i < times.size(); ++i) {
        shares[i] *= (c0 + c1 * times[i] + c2 * times[i] * times[i]) / determinant;
    }
    return true;
}

}  // namespace

std::map<FrameNumber, Landmarks> steadied(const std::map<FrameNumber, Landmarks>& faces,
                                          double sigma) {
    if (sigma <= 0) {
        return faces;
    }
    constexpr int64_t kLongestGap = 3;  // difference of neighbouring numbers
    const auto reach = static_cast<int64_t>(std::ceil(3 * sigma));
    std::map<FrameNumber, Landmarks> result;
    std::vector<double> times;
    std::vector<double> shares;
    for (auto centre = faces.begin(); centre != faces.end(); ++centre) {
        auto first = centre;
        while (first != faces.begin()) {
            const auto before = std::prev(first);
            if (centre->first - before->first > reach ||
                first->first - before->first > kLongestGap) {
                break;
            }
            first = before;
        }
        auto last = std::next(centre);
        for (auto before = centre; last != faces.end() && last->first - centre->first <= reach &&
                                   last->first - before->first <= kLongestGap;
             before = last++) {
        }
        times.clear();
        for (auto it = first; it != last; ++it) {
            times.push_back(static_cast<double>(it->first - centre->first));
        }
        Landmarks& smooth = result[centre->first];
        if (times.size() < 5 || !fitShares(times, sigma, shares)) {
            smooth = centre->second;
            continue;
        }
        size_t i = 0;
        for (auto it = first; it != last; ++it, ++i) {
            for (int p = 0; p < media::kLandmarkCount; ++p) {
                smooth[p] = smooth[p] + shares[i] * it->second[p];
            }
        }
    }
    return result;
}

}  // namespace understudy::training
