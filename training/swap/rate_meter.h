// How fast frames come, and the range of the remaining time that follows.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <utility>

namespace understudy::training {

class RateMeter {
  public:
    using Clock = std::chrono::steady_clock;

    RateMeter() : start_(Clock::now()) {}

    void add(int64_t done) {
        const double now = seconds();
        marks_.push_back({now, done});
        while (marks_.size() > 2 && now - marks_.front().first > 20) {
            marks_.pop_front();
        }
    }
    double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }
    // Frames a second since the beginning; 0 before the first.
    double overall() const {
        return marks_.empty() || marks_.back().first <= 0
                   ? 0
                   : marks_.back().second / marks_.back().first;
    }
    // Over the last seconds.
    double recent() const {
        if (marks_.size() < 2 || marks_.back().first - marks_.front().first < 1e-3) {
            return overall();
        }
        return static_cast<double>(marks_.back().second - marks_.front().second) /
               (marks_.back().first - marks_.front().first);
    }
    // Seconds that `frames` more will take, by the faster and the slower of both; negative while
    // nothing is known.
    std::pair<double, double> remaining(int64_t frames) const {
        const double fast = std::max(overall(), recent());
        const double slow = std::min(overall(), recent());
        if (slow <= 0) {
            return {-1, -1};
        }
        return {0.95 * frames / fast, 1.1 * frames / slow};
    }

  private:
    Clock::time_point start_;
    std::deque<std::pair<double, int64_t>> marks_;
};

}  // namespace understudy::training
