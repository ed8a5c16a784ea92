#include "training/engine/data/grow_mask.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace understudy::training {

namespace {

// Rows of an aligned crop, of any face type and margin: all of it grows below the mouth, nothing
// above the eyes.
constexpr double kEyes = 0.4, kMouth = 0.6;
constexpr double kFar = 1e12;  // squared; farther than any picture is wide

// values[i] = min over j of values[j] + (i - j)^2: the lower envelope of parabolas.
class LineDistance {
  public:
    explicit LineDistance(int size)
        : at_(static_cast<size_t>(size)), from_(at_.size() + 1), result_(at_.size()) {}

    void apply(std::vector<double>& values) {
        const auto n = static_cast<int>(values.size());
        const auto height = [&](int i) {
            return values[static_cast<size_t>(i)] + static_cast<double>(i) * i;
        };
        size_t last = 0;
        at_[0] = 0;
        from_[0] = -std::numeric_limits<double>::infinity();
        from_[1] = std::numeric_limits<double>::infinity();
        for (int i = 1; i < n; ++i) {
            double meet = 0;
            while (true) {
                meet = (height(i) - height(at_[last])) / (2.0 * (i - at_[last]));
                if (meet > from_[last]) {
                    break;
                }
                --last;
            }
            ++last;
            at_[last] = i;
            from_[last] = meet;
            from_[last + 1] = std::numeric_limits<double>::infinity();
        }
        size_t part = 0;
        for (int i = 0; i < n; ++i) {
            while (from_[part + 1] < i) {
                ++part;
            }
            const double away = i - at_[part];
            result_[static_cast<size_t>(i)] = away * away + values[static_cast<size_t>(at_[part])];
        }
        values.swap(result_);
    }

  private:
    std::vector<int> at_;       // the parabolas of the envelope
    std::vector<double> from_;  // where each begins
    std::vector<double> result_;
};

}  // namespace

void growMask(float* mask, int size, double reach) {
    if (reach <= 0) {
        return;
    }
    const auto side = static_cast<size_t>(size);
    std::vector<double> squares(side * side);
    LineDistance line(size);
    std::vector<double> values(side);
    for (size_t x = 0; x < side; ++x) {
        for (size_t y = 0; y < side; ++y) {
            values[y] = mask[y * side + x] > 0.5f ? 0 : kFar;
        }
        line.apply(values);
        for (size_t y = 0; y < side; ++y) {
            squares[y * side + x] = values[y];
        }
    }
    for (size_t y = 0; y < side; ++y) {
        std::copy_n(squares.begin() + static_cast<std::ptrdiff_t>(y * side), side, values.begin());
        line.apply(values);
        const double down = (static_cast<double>(y) + 0.5) / size;
        const double here = reach * std::clamp((down - kEyes) / (kMouth - kEyes), 0.0, 1.0);
        for (size_t x = 0; x < side; ++x) {
            const double inside = std::clamp(here + 0.5 - std::sqrt(values[x]), 0.0, 1.0);
            float& value = mask[y * side + x];
            value = std::max(value, static_cast<float>(inside));
        }
    }
}

}  // namespace understudy::training
