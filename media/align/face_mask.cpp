#include "media/align/face_mask.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "media/base/check.h"

namespace understudy::media {

namespace {

double cross(Point o, Point a, Point b) {
    return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

// Andrew's monotone chain.
Polygon convexHull(std::vector<Point> points) {
    std::sort(points.begin(), points.end(),
              [](Point a, Point b) { return a.x < b.x || (a.x == b.x && a.y < b.y); });
    points.erase(std::unique(points.begin(), points.end()), points.end());
    if (points.size() < 3) {
        return points;
    }
    Polygon hull;
    const auto addChain = [&hull](auto first, auto last) {
        const size_t start = hull.size();
        for (auto point = first; point != last; ++point) {
            while (hull.size() >= start + 2 &&
                   cross(hull[hull.size() - 2], hull.back(), *point) <= 0) {
                hull.pop_back();
            }
            hull.push_back(*point);
        }
        hull.pop_back();  // it begins the other chain
    };
    addChain(points.begin(), points.end());
    addChain(points.rbegin(), points.rend());
    return hull;
}

struct Range {
    int first;
    int last;
};

Polygon hullOf(const Landmarks& landmarks, std::initializer_list<Range> ranges) {
    std::vector<Point> points;
    for (const Range& range : ranges) {
        points.insert(points.end(), landmarks.begin() + range.first,
                      landmarks.begin() + range.last + 1);
    }
    return convexHull(std::move(points));
}

Landmarks withRaisedBrows(const Landmarks& landmarks, double raise) {
    const Point left = 0.75 * landmarks[36] + 0.25 * landmarks[0];
    const Point right = 0.75 * landmarks[45] + 0.25 * landmarks[16];
    const std::array<Point, 10> under = {left,          landmarks[36], landmarks[37], landmarks[38],
                                         landmarks[39], landmarks[42], landmarks[43], landmarks[44],
                                         landmarks[45], right};
    Landmarks raised = landmarks;
    for (int i = 0; i < 10; ++i) {
        raised[17 + i] = landmarks[17 + i] + 0.5 * raise * (landmarks[17 + i] - under[i]);
    }
    return raised;
}

// How far each brow point's share of the forehead goes up, relative to its middle: the arch of a
// hairline.
constexpr std::array<double, 10> kForeheadArch = {0.30, 0.62, 0.84, 0.96, 1.0,
                                                  1.0,  0.96, 0.84, 0.62, 0.30};

// `amount` of the forehead above the raised brows, 0 to 1.
Polygon forehead(const Landmarks& landmarks, const Landmarks& raised, double amount) {
    const Point brows = 0.25 * (landmarks[19] + landmarks[20] + landmarks[23] + landmarks[24]);
    const Point noseBase = landmarks[33];
    // Up is across the eyes rather than along the nose, which leaves the axis when the head turns.
    const Point eyes = landmarks[45] - landmarks[36];
    const double width = std::hypot(eyes.x, eyes.y);
    // From ear to ear, so that the outline has no notch at the temples.
    std::vector<Point> points(raised.begin() + 17, raised.begin() + 27);
    points.push_back(landmarks[0]);
    points.push_back(landmarks[16]);
    if (width > 0) {
        const Point up = {eyes.y / width, -eyes.x / width};
        const double side = (brows - noseBase).x * up.x + (brows - noseBase).y * up.y;
        const double height = 0.9 * std::max(0.0, side) * amount;
        for (int i = 0; i < 10; ++i) {
            points.push_back(raised[17 + i] + (height * kForeheadArch[i]) * up);
        }
    }
    return convexHull(std::move(points));
}

}  // namespace

std::vector<Polygon> faceHull(const Landmarks& landmarks, double browRaise) {
    US_CHECK(browRaise >= 0 && browRaise <= 4);
    const Landmarks raised = withRaisedBrows(landmarks, std::min(browRaise, 1.0));
    std::vector<Polygon> parts = {
        hullOf(raised, {{0, 8}, {17, 17}}),
        hullOf(raised, {{8, 16}, {26, 26}}),
        hullOf(raised, {{17, 19}, {8, 8}}),
        hullOf(raised, {{24, 26}, {8, 8}}),
        hullOf(raised, {{19, 24}, {8, 8}}),
        hullOf(raised, {{17, 21}, {27, 27}, {31, 35}, {8, 8}}),
        hullOf(raised, {{22, 26}, {27, 27}, {31, 35}, {8, 8}}),
        hullOf(raised, {{27, 35}}),
    };
    if (browRaise > 1) {
        parts.push_back(forehead(landmarks, raised, (browRaise - 1) / 3));
    }
    return parts;
}

double browRaiseFor(FaceType type) {
    return type == FaceType::wholeFace || type == FaceType::head ? 2.5 : 1;
}

std::vector<Polygon> eyesAndMouth(const Landmarks& landmarks) {
    return {hullOf(landmarks, {{36, 41}}), hullOf(landmarks, {{42, 47}}),
            hullOf(landmarks, {{60, 67}})};
}

namespace {

struct Interval {
    double left;
    double right;
};

// Where lines from top to bottom cross a polygon, filled by the non-zero rule. Only the edges that
// a line can meet are looked at.
class Sweep {
  public:
    explicit Sweep(const Polygon& polygon) {
        for (size_t i = 0; i < polygon.size(); ++i) {
            const Point a = polygon[i];
            const Point b = polygon[(i + 1) % polygon.size()];
            if (a.y < b.y) {
                edges_.push_back({a, b, 1});
            } else if (b.y < a.y) {
                edges_.push_back({b, a, -1});
            }
        }
        std::sort(edges_.begin(), edges_.end(),
                  [](const Edge& a, const Edge& b) { return a.top.y < b.top.y; });
    }

    // `y` never less than before.
    void addIntervals(double y, std::vector<Interval>& intervals) {
        while (next_ < edges_.size() && edges_[next_].top.y <= y) {
            active_.push_back(next_++);
        }
        std::erase_if(active_, [&](size_t edge) { return edges_[edge].bottom.y <= y; });
        crossings_.clear();
        for (const size_t index : active_) {
            const auto& [top, bottom, turn] = edges_[index];
            crossings_.emplace_back(top.x + (y - top.y) / (bottom.y - top.y) * (bottom.x - top.x),
                                    turn);
        }
        if (crossings_.size() == 2) {  // of a convex one, as most are
            const auto [left, right] = std::minmax(crossings_[0].first, crossings_[1].first);
            intervals.push_back({left, right});
            return;
        }
        std::sort(crossings_.begin(), crossings_.end());
        int winding = 0;
        for (size_t i = 0; i + 1 < crossings_.size(); ++i) {
            winding += crossings_[i].second;
            if (winding != 0) {
                intervals.push_back({crossings_[i].first, crossings_[i + 1].first});
            }
        }
    }

  private:
    struct Edge {
        Point top;
        Point bottom;
        int turn;  // +1 where the polygon goes down along it
    };
    std::vector<Edge> edges_;  // by their tops
    size_t next_ = 0;
    std::vector<size_t> active_;
    std::vector<std::pair<double, int>> crossings_;
};

// A row of pixels by how coverage changes from each to the next.
class CoverageRow {
  public:
    explicit CoverageRow(int width) : width_(width), changes_(static_cast<size_t>(width) + 2) {}

    void add(Interval interval, float weight) {
        const double left = std::max(interval.left, 0.0);
        const double right = std::min(interval.right, static_cast<double>(width_));
        if (right > left) {
            change(left, weight);
            change(right, -weight);
        }
    }

    // Writes 0 to 255 over the pixels that are covered, and is empty again.
    void take(uint8_t* out) {
        float coverage = 0;
        for (int x = first_; x < std::min(end_, width_); ++x) {
            coverage += changes_[static_cast<size_t>(x)];
            out[x] = static_cast<uint8_t>(255 * std::clamp(coverage, 0.0f, 1.0f) + 0.5f);
        }
        if (first_ < end_) {
            std::fill(changes_.begin() + first_, changes_.begin() + end_, 0.0f);
        }
        first_ = width_;
        end_ = 0;
    }

  private:
    // From `x` on; the pixel that it lies in changes by the part that is right of it.
    void change(double x, float weight) {
        const int pixel = static_cast<int>(x);
        const auto part = static_cast<float>(pixel + 1 - x);
        changes_[static_cast<size_t>(pixel)] += weight * part;
        changes_[static_cast<size_t>(pixel) + 1] += weight * (1 - part);
        first_ = std::min(first_, pixel);
        end_ = std::max(end_, pixel + 2);
    }

    int width_;
    int first_ = width_;
    int end_ = 0;
    std::vector<float> changes_;
};

}  // namespace

std::vector<uint8_t> rasterize(const std::vector<Polygon>& polygons, int width, int height) {
    US_CHECK(width > 0 && height > 0);
    constexpr int kLines = 8;  // sampled lines a pixel row; along a line coverage is exact
    std::vector<uint8_t> result(static_cast<size_t>(width) * height);
    CoverageRow row(width);
    std::vector<Interval> intervals;
    std::vector<Sweep> sweeps(polygons.begin(), polygons.end());
    for (int y = 0; y < height; ++y) {
        for (int line = 0; line < kLines; ++line) {
            intervals.clear();
            const double at = y + (line + 0.5) / kLines;
            for (Sweep& sweep : sweeps) {
                sweep.addIntervals(at, intervals);
            }
            std::sort(intervals.begin(), intervals.end(),
                      [](Interval a, Interval b) { return a.left < b.left; });
            for (size_t i = 0; i < intervals.size();) {
                Interval joined = intervals[i++];
                while (i < intervals.size() && intervals[i].left <= joined.right) {
                    joined.right = std::max(joined.right, intervals[i++].right);
                }
                row.add(joined, 1.0f / kLines);
            }
        }
        row.take(&result[static_cast<size_t>(y) * static_cast<size_t>(width)]);
    }
    return result;
}

}  // namespace understudy::media
