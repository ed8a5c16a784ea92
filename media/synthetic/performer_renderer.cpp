#include "media/synthetic/performer_renderer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/base/check.h"
#include "media/synthetic/body_parts.h"
#include "media/synthetic/rasterizer.h"
#include "media/synthetic/shading.h"

namespace understudy::media {
namespace {

constexpr int kPerPixel = 2;      // samples along each side of a pixel
constexpr float kDistance = 150;  // centimetres from camera to head: a long lens
constexpr float kCameraY = -2.5f;
constexpr float kHeadHeight = 23.7f;
constexpr int kShadowSize = 512;
constexpr float kShadowSpan = 44;  // centimetres that the shadow map covers

enum Part : uint8_t { kNothing, kHead, kLeftEye, kRightEye, kMouth, kEar, kBody, kOccluder };

// Rotation with a point that stays.
class Turn {
  public:
    explicit Turn(const HeadPose& pose) : offset_(pose.offset) {
        const float cy = std::cos(pose.yaw), sy = std::sin(pose.yaw);
        const float cp = std::cos(pose.pitch), sp = std::sin(pose.pitch);
        const float cr = std::cos(pose.roll), sr = std::sin(pose.roll);
        const auto yaw = [&](Vec3 v) {
            return Vec3{cy * v.x + sy * v.z, v.y, cy * v.z - sy * v.x};
        };
        const auto pitch = [&](Vec3 v) {
            return Vec3{v.x, cp * v.y + sp * v.z, cp * v.z - sp * v.y};
        };
        const auto roll = [&](Vec3 v) {
            return Vec3{cr * v.x + sr * v.y, cr * v.y - sr * v.x, v.z};
        };
        columns_[0] = roll(pitch(yaw({1, 0, 0})));
        columns_[1] = roll(pitch(yaw({0, 1, 0})));
        columns_[2] = roll(pitch(yaw({0, 0, 1})));
    }
    Vec3 direction(Vec3 v) const {
        return columns_[0] * v.x + columns_[1] * v.y + columns_[2] * v.z;
    }
    Vec3 point(Vec3 p) const { return direction(p - kPivot) + kPivot + offset_; }
    Vec3 directionBack(Vec3 v) const {
        return {dot(columns_[0], v), dot(columns_[1], v), dot(columns_[2], v)};
    }
    Vec3 pointBack(Vec3 p) const { return directionBack(p - kPivot - offset_) + kPivot; }

  private:
    static constexpr Vec3 kPivot{0, -9, -2.5f};  // where the neck bends
    Vec3 columns_[3];
    Vec3 offset_;
};

struct Camera {
    float focal, cx, cy;  // samples

    Camera(const Moment& moment, int width, int height)
        : focal(moment.faceHeight * static_cast<float>(height * kPerPixel) * kDistance /
                kHeadHeight),
          cx(static_cast<float>(width * kPerPixel) / 2),
          cy(static_cast<float>(height * kPerPixel) * 0.47f) {}
    static Vec3 place() { return {0, kCameraY, kDistance}; }
    Projected operator()(Vec3 p) const {
        const float depth = kDistance - p.z;
        return {cx + focal * p.x / depth, cy - focal * (p.y - kCameraY) / depth, depth};
    }
};

const std::vector<uint32_t>& headTriangles() {
    static const std::vector<uint32_t> triangles = [] {
        std::vector<uint32_t> made;
        for (int r = 0; r + 1 < HeadGrid::kRows; ++r) {
            for (int c = 0; c + 1 < HeadGrid::kColumns; ++c) {
                const auto a = static_cast<uint32_t>(HeadGrid::index(r, c));
                const uint32_t b = a + 1;
                const uint32_t d = a + HeadGrid::kColumns;
                const uint32_t e = d + 1;
                made.insert(made.end(), {a, b, e, a, e, d});
            }
        }
        return made;
    }();
    return triangles;
}

// The grid's normals by differences of neighbours, which is smooth and cheap.
std::vector<Vec3> headNormals(const std::vector<Vec3>& p) {
    std::vector<Vec3> normals(p.size());
    for (int r = 0; r < HeadGrid::kRows; ++r) {
        for (int c = 0; c < HeadGrid::kColumns; ++c) {
            const int left = c > 0 ? c - 1 : HeadGrid::kColumns - 2;
            const int right = c + 1 < HeadGrid::kColumns ? c + 1 : 1;
            const Vec3 across = p[HeadGrid::index(r, right)] - p[HeadGrid::index(r, left)];
            const Vec3 up = p[HeadGrid::index(std::min(r + 1, HeadGrid::kRows - 1), c)] -
                            p[HeadGrid::index(std::max(r - 1, 0), c)];
            normals[HeadGrid::index(r, c)] = normalized(cross(across, up));
        }
    }
    return normals;
}

// A mesh in its place, and what its samples need.
struct Placed {
    const std::vector<uint32_t>* triangles = nullptr;
    std::vector<Vec3> points;
    std::vector<Vec3> normals;
    const std::vector<Vec3>* canonical = nullptr;
    const std::vector<float>* openness = nullptr;
    Part part = kNothing;
};

struct At {
    Vec3 point, normal, canonical;
    float openness;
    uint32_t corner[3];
    float weight[3];
};

At lookUp(const Placed& placed, const Sample& sample) {
    At at;
    at.weight[0] = 1 - sample.b - sample.c;
    at.weight[1] = sample.c;  // drawn in the other order: the picture's y runs down
    at.weight[2] = sample.b;
    at.openness = 0;
    for (int i = 0; i < 3; ++i) {
        const uint32_t v = (*placed.triangles)[sample.triangle * 3 + static_cast<uint32_t>(i)];
        const float w = at.weight[i];
        at.corner[i] = v;
        at.point += placed.points[v] * w;
        at.normal += placed.normals[v] * w;
        at.canonical += (*placed.canonical)[v] * w;
        at.openness += (*placed.openness)[v] * w;
    }
    return at;
}

class Shadows {
  public:
    explicit Shadows(Vec3 toLight) : map_(kShadowSize), forward_(normalized(toLight)) {
        right_ = normalized(cross({0, 1, 0}, forward_));
        up_ = cross(forward_, right_);
    }
    void add(const Placed& placed) {
        std::vector<Projected> seen(placed.points.size());
        for (size_t i = 0; i < seen.size(); ++i) {
            seen[i] = project(placed.points[i]);
        }
        for (size_t t = 0; t < placed.triangles->size(); t += 3) {
            map_.draw(seen[(*placed.triangles)[t]], seen[(*placed.triangles)[t + 1]],
                      seen[(*placed.triangles)[t + 2]]);
        }
    }
    float lit(Vec3 p) const {
        const Projected q = project(p);
        return map_.lit(q.x, q.y, q.z);
    }

  private:
    Projected project(Vec3 p) const {
        const Vec3 centred = p - Vec3{0, -3, 0};
        const float scale = kShadowSize / kShadowSpan;
        return {dot(centred, right_) * scale + kShadowSize / 2.0f,
                kShadowSize / 2.0f - dot(centred, up_) * scale, -dot(centred, forward_)};
    }

    DepthMap map_;
    Vec3 forward_, right_, up_;
};

Vec3 background(float x, float y, uint32_t seed) {
    const auto random = [seed](int i) { return hashed(i, 7, 0, seed); };
    const Vec3 low{0.06f + 0.25f * random(0), 0.06f + 0.25f * random(1), 0.06f + 0.25f * random(2)};
    const Vec3 high = mix(low, Vec3{0.3f, 0.3f, 0.32f}, 0.7f * random(3));
    const auto plain = [](Vec3 c) {  // walls are greyer than paint
        const float gray = (c.x + c.y + c.z) / 3;
        return mix(Vec3{gray, gray, gray}, c, 0.4f);
    };
    Vec3 color = plain(mix(high, low, clamped(y)));
    // Things out of focus.
    for (int i = 0; i < 6; ++i) {
        const float cx = random(10 + 7 * i) * 1.6f - 0.3f;
        const float cy = random(11 + 7 * i) * 1.2f - 0.1f;
        const float rx = 0.06f + 0.3f * random(12 + 7 * i);
        const float ry = 0.1f + 0.5f * random(13 + 7 * i);
        const float edge = smooth(1.25f, 0.75f, std::hypot((x - cx) / rx, (y - cy) / ry));
        const Vec3 other{0.05f + 0.5f * random(14 + 7 * i), 0.05f + 0.45f * random(15 + 7 * i),
                         0.05f + 0.45f * random(16 + 7 * i)};
        color = mix(color, plain(other), 0.5f * edge);
    }
    return color;
}

Vec3 teethOrThroat(Vec3 from, Vec3 direction, const Expression& e, Vec3& normal, float& openness) {
    constexpr float kAcross = 2.75f, kDeep = 3.0f, kCentre = 4.55f;
    const auto hitY = [&](Vec3 o, Vec3 d, Vec3& at) {
        const float a = d.x * d.x / (kAcross * kAcross) + d.z * d.z / (kDeep * kDeep);
        const float oz = o.z - kCentre;
        const float b = o.x * d.x / (kAcross * kAcross) + oz * d.z / (kDeep * kDeep);
        const float c = o.x * o.x / (kAcross * kAcross) + oz * oz / (kDeep * kDeep) - 1;
        const float root = b * b - a * c;
        if (root < 0) {
            return false;
        }
        at = o + d * ((-b - std::sqrt(root)) / a);
        return true;
    };
    const auto tooth = [&](Vec3 at, float width) {
        const float gap = std::abs(at.x / width - std::floor(at.x / width + 0.5f));
        return Vec3{0.50f, 0.46f, 0.38f} * (1 - 0.45f * bump(gap, 0, 0, 0, 0.07f, 1));
    };
    Vec3 at;
    if (hitY(from, direction, at) && at.y > -7.72f && at.y < -6.2f) {
        normal =
            normalized({at.x / (kAcross * kAcross), 0.05f, (at.z - kCentre) / (kDeep * kDeep)});
        openness = 0.55f * smooth(2.6f, 0.6f, std::abs(at.x)) + 0.12f;
        return at.y > -6.55f ? Vec3{0.25f, 0.10f, 0.09f} : tooth(at, 0.80f);
    }
    Expression closed = e;
    closed.jawOpen = -e.jawOpen;
    const Vec3 o = HeadShape::onJaw(from, closed);
    const Vec3 d = HeadShape::onJaw(from + direction, closed) - o;
    if (hitY(o, d, at) && at.y > -9.2f && at.y < -7.78f) {
        normal = normalized({at.x / (kAcross * kAcross), 0.1f, (at.z - kCentre) / (kDeep * kDeep)});
        openness = 0.40f * smooth(2.6f, 0.6f, std::abs(at.x)) + 0.08f;
        return tooth(at, 0.56f) * 0.85f;
    }
    normal = {0, 0.5f, 0.85f};
    openness = 0.10f;
    return {0.10f, 0.028f, 0.026f};
}

// Where on the grid a canonical point is, by the nearest vertex in front and the grid's slope
// there.
Vec3 placeOf(float x, float y, const std::vector<Vec3>& points) {
    const auto& canonical = canonicalHead();
    int best = 0;
    float nearest = 1e30f;
    for (int i = 0; i < HeadGrid::kVertices; ++i) {
        const Vec3& c = canonical[static_cast<size_t>(i)];
        const float d = (c.x - x) * (c.x - x) + (c.y - y) * (c.y - y);
        if (d < nearest && c.z > -2.5f) {
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

// Canonical places of the 68 points in the picture's order; the jaw follows the visible contour.
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
    both(31, 35, 1.5f, -5.2f);
    both(32, 34, 0.78f, -5.5f);
    places[33] = {0, -5.68f, 0};
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
    both(49, 53, 0.64f * 2.6f, lipTop(0.64f, id));
    both(50, 52, 0.22f * 2.6f, lipTop(0.22f, id));
    places[51] = {0, lipTop(0, id), 0};
    both(59, 55, 0.64f * 2.6f, lipBottom(0.64f, id));
    both(58, 56, 0.25f * 2.6f, lipBottom(0.25f, id));
    places[57] = {0, lipBottom(0, id), 0};
    both(60, 64, 2.15f, kMouthY);
    both(61, 63, 0.9f, kMouthY + mouthBand(e));
    places[62] = {0, kMouthY + mouthBand(e), 0};
    both(67, 65, 0.9f, kMouthY - mouthBand(e));
    places[66] = {0, kMouthY - mouthBand(e), 0};
    return places;
}

void blurAlong(std::vector<Vec3>& picture, int width, int height, float length, float angle) {
    if (length < 0.6f) {
        return;
    }
    const int taps = std::min(31, 2 * static_cast<int>(std::ceil(length / 2)) + 1);
    const std::vector<Vec3> sharp = picture;
    const float dx = std::cos(angle) * length / static_cast<float>(std::max(1, taps - 1));
    const float dy = -std::sin(angle) * length / static_cast<float>(std::max(1, taps - 1));
    const auto at = [&](int x, int y) {
        return sharp[static_cast<size_t>(std::clamp(y, 0, height - 1)) * width +
                     std::clamp(x, 0, width - 1)];
    };
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            Vec3 sum;
            for (int i = 0; i < taps; ++i) {
                const float k = static_cast<float>(i - taps / 2);
                const float fx = static_cast<float>(x) + k * dx;
                const float fy = static_cast<float>(y) + k * dy;
                const int x0 = static_cast<int>(std::floor(fx));
                const int y0 = static_cast<int>(std::floor(fy));
                const float tx = fx - static_cast<float>(x0);
                const float ty = fy - static_cast<float>(y0);
                sum += mix(mix(at(x0, y0), at(x0 + 1, y0), tx),
                           mix(at(x0, y0 + 1), at(x0 + 1, y0 + 1), tx), ty);
            }
            picture[static_cast<size_t>(y) * width + x] = sum * (1 / static_cast<float>(taps));
        }
    }
}

// The lens and the sensor: .55 px of blur, then grain that is stronger in the dark.
Image exposed(const std::vector<Vec3>& linear, const Moment& moment, int width, int height) {
    std::vector<Vec3> film(linear.size());
    for (size_t i = 0; i < film.size(); ++i) {
        film[i] = developed(linear[i]);
    }
    constexpr float kSide = 0.16f;  // of a 3-tap Gaussian of .55 px
    std::vector<Vec3> rows(film.size());
    const auto at = [&](const std::vector<Vec3>& from, int x, int y) {
        return from[static_cast<size_t>(std::clamp(y, 0, height - 1)) * width +
                    std::clamp(x, 0, width - 1)];
    };
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            rows[static_cast<size_t>(y) * width + x] =
                at(film, x, y) * (1 - 2 * kSide) +
                (at(film, x - 1, y) + at(film, x + 1, y)) * kSide;
        }
    }
    Image picture(width, height, 3, SampleType::u8);
    for (int y = 0; y < height; ++y) {
        auto* row = picture.row<uint8_t>(y);
        for (int x = 0; x < width; ++x) {
            Vec3 v = at(rows, x, y) * (1 - 2 * kSide) +
                     (at(rows, x, y - 1) + at(rows, x, y + 1)) * kSide;
            const float mean = (v.x + v.y + v.z) / 3;
            const float strength = moment.grain * 1.7f * (1.25f - 0.6f * mean);
            for (int channel = 0; channel < 3; ++channel) {
                // Three uniforms make a bell.
                const float bell = hashed(x, y, channel, moment.grainSeed) +
                                   hashed(x, y, channel + 3, moment.grainSeed) +
                                   hashed(x, y, channel + 6, moment.grainSeed) - 1.5f;
                const float value = channel == 0 ? v.x : channel == 1 ? v.y : v.z;
                row[3 * x + channel] =
                    static_cast<uint8_t>(clamped(value + 1.15f * strength * bell) * 255 + 0.5f);
            }
        }
    }
    return picture;
}

}  // namespace

struct Performer::Private {
    Identity base;
    Identity face;
    HeadShape shape;
    std::vector<float> follow;  // of the body's points; before bodyMesh, which fills it
    Mesh earMesh;
    Mesh bodyMesh;

    Private(const Identity& destination, const Identity& source, HeadShape head)
        : base(destination),
          face(source),
          shape(std::move(head)),
          earMesh(ears(destination)),
          bodyMesh(body(destination, follow)) {}

    std::vector<Placed> place(const Moment& moment, const Turn& turn, const Mesh& held) const;
    Vec3 color(const Placed& placed, const Sample& sample, const Moment& moment, const Turn& turn,
               const Shadows& shadows, float fine) const;
    Landmarks landmarks(const Placed& head, const Moment& moment, const Turn& turn,
                        const Camera& camera) const;
};

Performer::Performer(const Identity& identity)
    : private_(std::make_unique<Private>(identity, identity, HeadShape(identity))) {}

Performer::Performer(const Identity& destination, const Identity& source)
    : private_(std::make_unique<Private>(destination, source,
                                         HeadShape(HeadShape(destination), HeadShape(source)))) {}

Performer::~Performer() = default;
Performer::Performer(Performer&&) noexcept = default;

std::vector<Placed> Performer::Private::place(const Moment& moment, const Turn& turn,
                                              const Mesh& held) const {
    std::vector<Placed> all(4);
    Placed& head = all[0];
    head.part = kHead;
    head.triangles = &headTriangles();
    head.points = shape.posed(moment.expression);
    head.canonical = &canonicalHead();
    head.openness = &shape.openness();
    const auto turned = [&](std::vector<Vec3>& points) {
        for (Vec3& p : points) {
            p = turn.point(p);
        }
    };
    turned(head.points);
    head.normals = headNormals(head.points);
    const auto add = [](Placed& placed, Part part, const Mesh& mesh) {
        placed.part = part;
        placed.triangles = &mesh.triangles;
        placed.points = mesh.points;
        placed.canonical = &mesh.canonical;
        placed.openness = &mesh.openness;
    };
    add(all[1], kEar, earMesh);
    turned(all[1].points);
    add(all[2], kBody, bodyMesh);
    for (size_t i = 0; i < all[2].points.size(); ++i) {
        Vec3& p = all[2].points[i];
        p = mix(p + moment.pose.offset * 0.8f, turn.point(p), 0.85f * follow[i]);
    }
    add(all[3], kOccluder, held);
    for (size_t i = 1; i < all.size(); ++i) {
        all[i].normals = normalsOf(all[i].points, *all[i].triangles);
    }
    return all;
}

Vec3 Performer::Private::color(const Placed& placed, const Sample& sample, const Moment& moment,
                               const Turn& turn, const Shadows& shadows, float fine) const {
    const At at = lookUp(placed, sample);
    const Vec3 toViewer = normalized(Camera::place() - at.point);
    Vec3 normal = normalized(at.normal);
    const Expression& e = moment.expression;
    float lit = shadows.lit(at.point + normal * 0.15f);
    const auto lighting = [&](const Surface& s, float openness) {
        Surface turnedSurface = s;
        turnedSurface.bumps = turn.direction(s.bumps);
        return shade(turnedSurface, normal, toViewer, moment.lighting, lit, openness);
    };
    switch (sample.part) {
        case kHead: {
            float hair = 0;
            for (int i = 0; i < 3; ++i) {
                hair += shape.hair()[at.corner[i]] * at.weight[i];
            }
            const float w = swapWeight(at.canonical);
            Surface s = skinAt(at.canonical, w > 0.5f ? face : base, e, fine);
            if (w > 0.01f && w < 0.99f && &face != &base) {
                const Surface other = skinAt(at.canonical, w > 0.5f ? base : face, e, fine);
                const float t = w > 0.5f ? 1 - w : w;
                s.color = mix(s.color, other.color, t);
                s.gloss = mix(s.gloss, other.gloss, t);
                s.sharpness = mix(s.sharpness, other.sharpness, t);
                s.bumps = mix(s.bumps, other.bumps, t);
            }
            if (hair > 0.02f) {
                // Single hairs at the edge, not a line.
                const float strand = noise(at.canonical * 5.5f, base.noiseSeed + 3);
                const float cover = smooth(0.25f, 0.6f, hair + 0.28f * strand);
                if (cover > 0) {
                    const Surface h = hairAtSample(at.canonical, base);
                    s.color = mix(s.color, h.color, cover);
                    s.gloss = mix(s.gloss, h.gloss, cover);
                    s.sharpness = mix(s.sharpness, h.sharpness, cover);
                    s.scatter = mix(s.scatter, h.scatter, cover);
                    s.bumps = mix(s.bumps, h.bumps, cover);
                }
            }
            return lighting(s, at.openness);
        }
        case kLeftEye:
        case kRightEye: {
            const int side = sample.part == kLeftEye ? 0 : 1;
            const Vec3 from = turn.pointBack(Camera::place());
            const Vec3 direction = normalized(turn.pointBack(at.point) - from);
            const Vec3 centre = shape.eyeCentre(side);
            const Vec3 toCentre = centre - from;
            const float along = dot(toCentre, direction);
            const float missed = dot(toCentre, toCentre) - along * along;
            const float inside = std::max(0.0f, kEyeballRadius * kEyeballRadius - missed);
            const Vec3 d = normalized(from + direction * (along - std::sqrt(inside)) - centre);
            const float dx = std::abs(at.canonical.x) - kEyeX;
            const float lid = upperLid(dx, face, e) - at.canonical.y;
            // The pink corner towards the nose.
            Surface s = eyeAt(d, face, e, lid);
            const float caruncle = smooth(-0.95f, -1.25f, dx);
            s.color = mix(s.color, Vec3{0.40f, 0.16f, 0.13f}, caruncle);
            s.gloss = mix(s.gloss, 0.6f, caruncle);
            normal = turn.direction(d);
            return lighting(s, 0.85f * mix(0.55f, 1.0f, smooth(0, 0.35f, lid)));
        }
        case kMouth: {
            const Vec3 from = turn.pointBack(Camera::place());
            const Vec3 direction = normalized(turn.pointBack(at.point) - from);
            Surface s;
            Vec3 local;
            float openness = 0.2f;
            s.color = teethOrThroat(from, direction, e, local, openness);
            s.gloss = 0.35f;
            s.sharpness = 60;
            normal = turn.direction(local);
            lit *= openness;
            return lighting(s, openness);
        }
        case kEar: {
            Surface s = skinAt(at.canonical, base, e, fine);
            s.color = s.color * mix(Vec3{1, 1, 1}, Vec3{1.05f, 0.80f, 0.76f}, base.redness);
            if (base.sideLength > 0.45f) {
                s = hairAtSample({at.canonical.x * 0.8f, at.canonical.y, at.canonical.z}, base);
            }
            if (dot(normal, toViewer) < 0) {
                normal = normal * -1;
            }
            return lighting(s, at.openness);
        }
        case kBody: {
            const Vec3 c = at.canonical;
            const float collar = -15.3f + 1.6f * std::cos((c.x - 30) * 0.23f) -
                                 1.9f * smooth(3, -1, std::abs(c.x - 30));
            const float cloth = smooth(collar + 0.12f, collar - 0.12f, c.y);
            Surface s = skinAt(c, base, e, 0.5f * fine);
            const float weave = noise(c * 6, base.noiseSeed + 83) * 0.06f +
                                0.22f * fractal(c * 0.22f, 2, base.noiseSeed + 85);
            s.color = mix(s.color, base.clothes * (1 + weave), cloth);
            s.gloss *= 1 - 0.85f * cloth;
            s.scatter *= 1 - cloth;
            s.bumps =
                mix(s.bumps, Vec3{0.5f * fractal(c * 0.30f, 2, base.noiseSeed + 87), 0, 0}, cloth);
            return lighting(s, at.openness);
        }
        case kOccluder: {
            Surface s = skinAt(at.canonical, base, Expression{}, fine);
            if (moment.occluder.kind == Occluder::Kind::bar) {
                s.color = {0.09f, 0.10f, 0.12f};
                s.scatter = 0;
            }
            return lighting(s, at.openness);
        }
        default:
            return {};
    }
}

Landmarks Performer::Private::landmarks(const Placed& head, const Moment& moment, const Turn& turn,
                                        const Camera& camera) const {
    (void)turn;
    const auto places = landmarkPlaces(face, moment.expression);
    Landmarks points{};
    for (size_t i = 0; i < places.size(); ++i) {
        Projected p = camera(placeOf(places[i].x, places[i].y, head.points));
        if (i < 17 && i != 8) {
            // Where the contour hides the point, the contour is what is seen.
            int best = -1;
            const float side = i < 8 ? -1.0f : 1.0f;
            const auto& canonical = canonicalHead();
            float nearest = 1e30f;
            for (int v = 0; v < HeadGrid::kVertices; ++v) {
                const Vec3& c = canonical[static_cast<size_t>(v)];
                if (c.z > -3 && std::abs(c.y - places[i].y) < 0.25f && c.x * side > 0) {
                    const Projected q = camera(head.points[static_cast<size_t>(v)]);
                    if (-q.x * side < nearest) {
                        nearest = -q.x * side;
                        best = v;
                    }
                }
            }
            if (best >= 0 &&
                std::abs(canonical[static_cast<size_t>(best)].x) < std::abs(places[i].x)) {
                p = camera(head.points[static_cast<size_t>(best)]);
            }
        }
        points[i] = {p.x / kPerPixel, p.y / kPerPixel};
    }
    return points;
}

RenderedFrame Performer::render(const Moment& moment, int width, int height) const {
    US_CHECK(width >= 64 && height >= 64);
    const Turn turn(moment.pose);
    const Camera camera(moment, width, height);
    const Mesh held = occluderMesh(moment.occluder);
    const std::vector<Placed> all = private_->place(moment, turn, held);

    SampleBuffer samples(width * kPerPixel, height * kPerPixel);
    Shadows shadows(moment.lighting.toKey);
    for (const Placed& placed : all) {
        std::vector<Projected> seen(placed.points.size());
        for (size_t i = 0; i < seen.size(); ++i) {
            seen[i] = camera(placed.points[i]);
        }
        const auto& t = *placed.triangles;
        for (size_t i = 0; i < t.size(); i += 3) {
            samples.draw(seen[t[i]], seen[t[i + 2]], seen[t[i + 1]], static_cast<uint32_t>(i / 3),
                         placed.part, placed.part == kEar);
        }
        shadows.add(placed);
    }

    RenderedFrame frame;
    frame.faceMask = Image(width, height, 1, SampleType::u8);
    frame.occluderMask = Image(width, height, 1, SampleType::u8);
    std::vector<Vec3> linear(static_cast<size_t>(width) * height);
    // Detail finer than a sample would only flicker.
    const float fine = smooth(6.0f, 16.0f, camera.focal / kDistance);
    for (int y = 0; y < height; ++y) {
        auto* faceRow = frame.faceMask.row<uint8_t>(y);
        auto* occluderRow = frame.occluderMask.row<uint8_t>(y);
        for (int x = 0; x < width; ++x) {
            Vec3 sum;
            int face = 0;
            int hidden = 0;
            for (int s = 0; s < kPerPixel * kPerPixel; ++s) {
                Sample sample =
                    samples.at(x * kPerPixel + s % kPerPixel, y * kPerPixel + s / kPerPixel);
                if (sample.part == kNothing) {
                    sum += background(static_cast<float>(x) / static_cast<float>(width),
                                      static_cast<float>(y) / static_cast<float>(height),
                                      moment.backgroundSeed);
                    continue;
                }
                const Placed& placed = all[sample.part == kHead   ? 0
                                           : sample.part == kEar  ? 1
                                           : sample.part == kBody ? 2
                                                                  : 3];
                if (sample.part == kHead) {
                    const Vec3 c = lookUp(placed, sample).canonical;
                    const float dx = std::abs(c.x) - kEyeX;
                    if (c.z > 1 && std::abs(dx) < kEyeHalfWidth && std::abs(c.y) < 1 &&
                        c.y < upperLid(dx, private_->face, moment.expression) &&
                        c.y > lowerLid(dx, private_->face, moment.expression)) {
                        sample.part = c.x < 0 ? kLeftEye : kRightEye;
                    } else if (c.z > 1 && std::abs(c.x) < kMouthHalfWidth &&
                               std::abs(c.y - kMouthY) < mouthBand(moment.expression)) {
                        sample.part = kMouth;
                    }
                    face += sample.part != kHead || swapWeight(c) > 0.5f;
                }
                hidden += sample.part == kOccluder;
                sum += private_->color(placed, sample, moment, turn, shadows, fine);
            }
            constexpr float kShare = 1.0f / (kPerPixel * kPerPixel);
            linear[static_cast<size_t>(y) * width + x] = sum * kShare;
            faceRow[x] = static_cast<uint8_t>(255 * face / (kPerPixel * kPerPixel));
            occluderRow[x] = static_cast<uint8_t>(255 * hidden / (kPerPixel * kPerPixel));
        }
    }
    blurAlong(linear, width, height, moment.motionBlur, moment.motionAngle);
    frame.picture = exposed(linear, moment, width, height);
    frame.landmarks = private_->landmarks(all[0], moment, turn, camera);
    return frame;
}

}  // namespace understudy::media
