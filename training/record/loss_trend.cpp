#include "training/record/loss_trend.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace understudy::training {

namespace {

constexpr size_t kFewest = 8;
constexpr size_t kMost = 4096;       // lines of the tail that are looked at
constexpr double kTail = 0.5;        // of the time: what was before fell faster
constexpr double kLongest = 1e9;     // seconds
constexpr double kSignificance = 2;  // standard errors by which the slope must fall

struct Line {
    double offset = 0, slope = 0, error = 0;  // of y over x, and the slope's standard error
};

Line fit(std::span<const std::pair<double, double>> points) {
    const auto count = static_cast<double>(points.size());
    double meanX = 0, meanY = 0;
    for (const auto& [x, y] : points) {
        meanX += x / count;
        meanY += y / count;
    }
    double xx = 0, xy = 0;
    for (const auto& [x, y] : points) {
        xx += (x - meanX) * (x - meanX);
        xy += (x - meanX) * (y - meanY);
    }
    Line line;
    line.slope = xx > 0 ? xy / xx : 0;
    line.offset = meanY - line.slope * meanX;
    double residual = 0;
    for (const auto& [x, y] : points) {
        const double off = y - line.offset - line.slope * x;
        residual += off * off;
    }
    line.error = xx > 0 ? std::sqrt(residual / (count - 2) / xx) : HUGE_VAL;
    return line;
}

}  // namespace

std::optional<TimeToLoss> timeToLoss(std::span<const HistoryLine> history, double target) {
    std::vector<std::pair<double, double>> points;  // ln time, ln loss
    const double last = history.empty() ? 0 : history.back().time;
    for (const HistoryLine& line : history) {
        if (line.time > kTail * last && line.loss > 0 && std::isfinite(line.loss)) {
            points.emplace_back(std::log(line.time), std::log(line.loss));
        }
    }
    if (points.size() > kMost) {
        points.erase(points.begin(), points.end() - kMost);
    }
    if (points.size() < kFewest || !(target > 0) || !(last > 0)) {
        return std::nullopt;
    }
    const Line line = fit(points);
    const double now = line.offset + line.slope * std::log(last);  // ln loss, smoothed
    const double fall = now - std::log(target);
    if (fall <= 0) {
        return TimeToLoss{};
    }
    const double steepest = line.slope - line.error, flattest = line.slope + line.error;
    if (!(line.slope + kSignificance * line.error < 0)) {
        return std::nullopt;
    }
    const auto seconds = [&](double slope) { return last * std::expm1(fall / -slope); };
    const TimeToLoss result{seconds(line.slope), seconds(steepest), seconds(flattest)};
    return result.seconds < kLongest ? std::optional(result) : std::nullopt;
}

}  // namespace understudy::training
