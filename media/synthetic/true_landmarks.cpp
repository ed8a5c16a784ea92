#include "media/synthetic/true_landmarks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/synthetic/shading.h"

namespace understudy::media {
namespace {

// Where on the grid a canonical point is, by the nearest vertex in front and the grid's slope
// there.
Vec3 placeOf(float x, float y, const std::vector<Vec3>& points) {
    const auto& canonical = canonicalHead();
    int best = 0;
    float nearest = 1e30f;
    // The outline reaches back to the ears; under the chin there is nothing to be found.
    const float front = std::abs(x) > 5 ? -2.5f : 2.0f;
    for (int i = 0; i < HeadGrid::kVertices; ++i) {
        const Vec3& c = canonical[static_cast<size_t>(i)];
        const float d = (c.x - x) * (c.x - x) + (c.y - y) * (c.y - y);
        if (d < nearest && c.z > front) {
            nearest = d;
            best = i;
        }
    }
    const int row = std::clamp(best / HeadGrid::kColumns, 1, HeadGrid::kRows - 2);
    const int column = std::clamp(best % HeadGrid::kColumns, 1, HeadGrid::kColumns - 2);
    const auto at = [&](const std::vector<Vec3>& v, int r, int c) {
        return v[static_cast<size_t>(HeadGrid::index(r, c))];
    };
    const Vec3 origin = at(canonical, row, column);
    const Vec3 du = (at(canonical, row, column + 1) - at(canonical, row, column - 1)) * 0.5f;
    const Vec3 dv = (at(canonical, row + 1, column) - at(canonical, row - 1, column)) * 0.5f;
    const float area = du.x * dv.y - du.y * dv.x;
    const Vec3 p = at(points, row, column);
    if (std::abs(area) < 1e-6f) {
        return p;
    }
    const float ex = x - origin.x;
    const float ey = y - origin.y;
    const float u = clamped((ex * dv.y - ey * dv.x) / area, -1, 1);
    const float v = clamped((du.x * ey - du.y * ex) / area, -1, 1);
    const Vec3 pu = (at(points, row, column + 1) - at(points, row, column - 1)) * 0.5f;
    const Vec3 pv = (at(points, row + 1, column) - at(points, row - 1, column)) * 0.5f;
    return p + pu * u + pv * v;
}

// Canonical places of the 68 points in the picture's order.
std::array<Vec3, kLandmarkCount> landmarkPlaces(const Identity& id, const Expression& e) {
    std::array<Vec3, kLandmarkCount> places{};
    static constexpr float kJaw[9][2] = {{7.25f, -0.4f}, {7.15f, -2.6f}, {6.9f, -4.8f},
                                         {6.45f, -6.8f}, {5.65f, -8.6f}, {4.5f, -10.1f},
                                         {3.1f, -11.2f}, {1.6f, -11.8f}, {0, -12.0f}};
    const auto both = [&](int left, int right, float x, float y) {
        places[static_cast<size_t>(left)] = {-x, y, 0};
        places[static_cast<size_t>(right)] = {x, y, 0};
    };
    for (int i = 0; i <= 8; ++i) {
        both(i, 16 - i, kJaw[i][0], kJaw[i][1]);
    }
    for (int i = 0; i < 5; ++i) {  // from the temple to the nose
        const float along = 1 - 0.24f * static_cast<float>(i) - 0.02f;
        both(17 + i, 26 - i, browX(along), browMiddle(along, id));
    }
    static constexpr float kRidge[4] = {0.15f, -1.45f, -3.0f, -4.5f};
    for (int i = 0; i < 4; ++i) {
        places[static_cast<size_t>(27 + i)] = {0, kRidge[i], 0};
    }
    both(31, 35, 1.5f, -5.05f);
    both(32, 34, 0.78f, -5.28f);
    places[33] = {0, -5.45f, 0};
    const auto lids = [&](int left, int right, float dx, bool upper) {
        both(left, right, kEyeX + dx, upper ? upperLid(dx, id, e) : lowerLid(dx, id, e));
    };
    lids(36, 45, kEyeHalfWidth, true);
    lids(37, 44, 0.5f, true);
    lids(38, 43, -0.5f, true);
    lids(39, 42, -kEyeHalfWidth, true);
    lids(40, 47, -0.5f, false);
    lids(41, 46, 0.5f, false);
    both(48, 54, 2.55f, kMouthY);
    both(49, 53, 0.64f * kLipHalfWidth, lipTop(0.64f, id));
    both(50, 52, 0.22f * kLipHalfWidth, lipTop(0.22f, id));
    places[51] = {0, lipTop(0, id), 0};
    both(59, 55, 0.64f * kLipHalfWidth, lipBottom(0.64f, id));
    both(58, 56, 0.25f * kLipHalfWidth, lipBottom(0.25f, id));
    places[57] = {0, lipBottom(0, id), 0};
    both(60, 64, 2.15f, kMouthY);
    both(61, 63, 0.9f, kMouthY + mouthBand(e));
    places[62] = {0, kMouthY + mouthBand(e), 0};
    both(67, 65, 0.9f, kMouthY - mouthBand(e));
    places[66] = {0, kMouthY - mouthBand(e), 0};
    return places;
}

// The vertex at about this canonical height that is farthest out on the side of the picture.
int contourAt(float y, float side, const std::vector<Vec3>& points, const Camera& camera) {
    const auto& canonical = canonicalHead();
    int best = 0;
    float farthest = -1e30f;
    for (int v = 0; v < HeadGrid::kVertices; ++v) {
        const Vec3& c = canonical[static_cast<size_t>(v)];
        if (c.z > -3 && std::abs(c.y - y) < 0.25f && c.x * side > 0) {
            const float out = camera(points[static_cast<size_t>(v)]).x * side;
            if (out > farthest) {
                farthest = out;
                best = v;
            }
        }
    }
    return best;
}

}  // namespace

Landmarks trueLandmarks(const std::vector<Vec3>& points, const Identity& face,
                        const Expression& expression, const Camera& camera) {
    const auto places = landmarkPlaces(face, expression);
    Landmarks landmarks{};
    for (size_t i = 0; i < places.size(); ++i) {
        Vec3 place = placeOf(places[i].x, places[i].y, points);
        if (i < 17 && i != 8) {
            const auto contour =
                static_cast<size_t>(contourAt(places[i].y, i < 8 ? -1.0f : 1.0f, points, camera));
            if (std::abs(canonicalHead()[contour].x) < std::abs(places[i].x)) {
                place = points[contour];
            }
        }
        const Projected p = camera(place);
        landmarks[i] = {p.x / kSamplesPerPixel, p.y / kSamplesPerPixel};
    }
    return landmarks;
}

}  // namespace understudy::media
