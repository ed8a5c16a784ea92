#include "media/synthetic/performer_renderer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

#include "media/base/check.h"
#include "media/synthetic/body_parts.h"
#include "media/synthetic/film.h"
#include "media/synthetic/rasterizer.h"
#include "media/synthetic/shading.h"
#include "media/synthetic/true_landmarks.h"
#include "media/synthetic/view.h"

namespace understudy::media {
namespace {

constexpr int kShadowSize = 512;
constexpr float kShadowSpan = 44;  // centimetres that the shadow map covers

constexpr int kSamples = kSamplesPerPixel * kSamplesPerPixel;  // of a pixel

// The first four are meshes, drawn in this order; the others are openings in the head.
enum Part : uint8_t { kNothing, kHead, kEar, kBody, kOccluder, kLeftEye, kRightEye, kMouth };

const std::vector<uint32_t>& headTriangles() {
    static const std::vector<uint32_t> triangles = [] {
        std::vector<uint32_t> made;
        addGridTriangles(made, 0, HeadGrid::kRows, HeadGrid::kColumns);
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
    const std::vector<float>* hair = nullptr;  // of the head alone
    Part part = kNothing;
};

// A place on a surface, from its triangle's corners.
struct Spot {
    Vec3 point, normal, canonical;
    float openness = 0;
    float hair = 0;
};

Spot spotOf(const Placed& placed, const Sample& sample) {
    // Drawn with the last two corners exchanged: the picture's y runs down.
    const float weights[3] = {1 - sample.b - sample.c, sample.c, sample.b};
    Spot spot;
    for (uint32_t i = 0; i < 3; ++i) {
        const uint32_t v = (*placed.triangles)[sample.triangle * 3 + i];
        const float w = weights[i];
        spot.point += placed.points[v] * w;
        spot.normal += placed.normals[v] * w;
        spot.canonical += (*placed.canonical)[v] * w;
        spot.openness += (*placed.openness)[v] * w;
        spot.hair += placed.hair != nullptr ? (*placed.hair)[v] * w : 0;
    }
    spot.normal = normalized(spot.normal);
    return spot;
}

// The samples of a pixel that lie together on one surface: lit once, for all of them.
struct Patch {
    Part part = kNothing;
    int count = 0;
    Spot sum;
    Vec3 first;  // canonical place

    bool takes(Part other, Vec3 canonical) const {
        constexpr float kApart = 0.6f;  // centimetres; farther is another side of an edge
        const Vec3 way = canonical - first;
        return part == other && dot(way, way) < kApart * kApart;
    }
    void add(Part where, const Spot& spot) {
        if (count == 0) {
            part = where;
            first = spot.canonical;
        }
        ++count;
        sum.point += spot.point;
        sum.normal += spot.normal;
        sum.canonical += spot.canonical;
        sum.openness += spot.openness;
        sum.hair += spot.hair;
    }
    Spot middle() const {
        const float share = 1.0f / static_cast<float>(count);
        return {sum.point * share, normalized(sum.normal), sum.canonical * share,
                sum.openness * share, sum.hair * share};
    }
};

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

// Where the head's grid is open: an eye, the mouth, or not at all.
Part openingAt(Vec3 c, const Identity& face, const Expression& e) {
    if (c.z <= 1) {
        return kHead;
    }
    const float dx = std::abs(c.x) - kEyeX;
    if (std::abs(dx) < kEyeHalfWidth && c.y < upperLid(dx, face, e) &&
        c.y > lowerLid(dx, face, e)) {
        return c.x < 0 ? kLeftEye : kRightEye;
    }
    const bool mouth = std::abs(c.x) < kMouthHalfWidth && std::abs(c.y - kMouthY) < mouthBand(e);
    return mouth ? kMouth : kHead;
}

// How far a place on the head moves in the picture while the shutter is open, by where it is in the
// moment itself.
class ShutterMotion {
  public:
    ShutterMotion(const Shutter& shutter, const Turn& turn, const Camera& camera)
        : opened_(shutter.opened), closed_(shutter.closed), turn_(turn), camera_(camera) {}
    Motion of(Vec3 point) const {
        const Vec3 onHead = turn_.pointBack(point);
        const Projected from = camera_(opened_.point(onHead)), to = camera_(closed_.point(onHead));
        return {(to.x - from.x) / kSamplesPerPixel, (to.y - from.y) / kSamplesPerPixel};
    }

  private:
    Turn opened_, closed_;
    const Turn& turn_;
    const Camera& camera_;
};

// What a sample is lit as.
struct Look {
    Surface surface;
    Vec3 normal;
    float openness = 1;
    float reached = 1;  // part of the key light that finds its way in
};

}  // namespace

struct Performer::Private {
    Identity base;
    Identity face;
    bool swapped;
    HeadShape shape;
    std::vector<float> follow;  // of the body's points; before bodyMesh, which fills it
    Mesh earMesh;
    Mesh bodyMesh;

    Private(const Identity& destination, const Identity& source, bool isSwap, HeadShape head)
        : base(destination),
          face(source),
          swapped(isSwap),
          shape(std::move(head)),
          earMesh(ears(destination)),
          bodyMesh(body(destination, follow)) {}

    // All of it; the same for every frame of a take.
    std::shared_ptr<const std::vector<Vec3>> backdrop(uint32_t seed, int width, int height) const;
    std::vector<Placed> place(const Moment& moment, const Turn& turn, const Mesh& held) const;
    Look lookOf(Part part, const Spot& spot, const Moment& moment, const Turn& turn,
                float fine) const;
    Surface head(const Spot& spot, const Expression& e, float fine) const;
    Look eye(int side, const Spot& spot, const Expression& e, const Turn& turn) const;
    Surface clothedBody(Vec3 canonical, const Expression& e, float fine) const;

    mutable std::mutex backdropMutex_;
    mutable std::array<int64_t, 3> backdropOf_{};
    mutable std::shared_ptr<const std::vector<Vec3>> backdrop_;
};

Performer::Performer(const Identity& identity)
    : private_(std::make_unique<Private>(identity, identity, false, HeadShape(identity))) {}

Performer::Performer(const Identity& destination, const Identity& source)
    : private_(std::make_unique<Private>(destination, inToneOf(source, destination), true,
                                         HeadShape(HeadShape(destination), HeadShape(source)))) {}

Performer::~Performer() = default;
Performer::Performer(Performer&&) noexcept = default;

std::shared_ptr<const std::vector<Vec3>> Performer::Private::backdrop(uint32_t seed, int width,
                                                                      int height) const {
    const std::scoped_lock lock(backdropMutex_);
    const std::array<int64_t, 3> wanted = {seed, width, height};
    if (!backdrop_ || backdropOf_ != wanted) {
        std::vector<Vec3> pixels(static_cast<size_t>(width) * height);
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                pixels[static_cast<size_t>(y) * width + x] =
                    media::backdrop(static_cast<float>(x) / static_cast<float>(width),
                                    static_cast<float>(y) / static_cast<float>(height), seed);
            }
        }
        backdrop_ = std::make_shared<const std::vector<Vec3>>(std::move(pixels));
        backdropOf_ = wanted;
    }
    return backdrop_;
}

std::vector<Placed> Performer::Private::place(const Moment& moment, const Turn& turn,
                                              const Mesh& held) const {
    std::vector<Placed> all(4);
    Placed& head = all[0];
    head.part = kHead;
    head.triangles = &headTriangles();
    head.points = shape.posed(moment.expression);
    head.canonical = &canonicalHead();
    head.openness = &shape.openness();
    head.hair = &shape.hair();
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

Surface Performer::Private::head(const Spot& spot, const Expression& e, float fine) const {
    const Vec3 c = spot.canonical;
    const float w = swapped ? swapWeight(c) : 0;
    Surface s = skinAt(c, w > 0 ? face : base, e, fine);
    if (w > 0 && w < 1) {
        s = mix(skinAt(c, base, e, fine), s, w);
    }
    // Single hairs at the edge, not a line.
    // Long in the direction of the hair, which lies down and back.
    const float strand = 0.7f * noise({c.x * 9, c.y * 0.9f, c.z * 5}, base.noiseSeed + 3) +
                         0.5f * noise({c.x * 19, c.y * 1.6f, c.z * 11}, base.noiseSeed + 4);
    // The vertices lie too far apart for the edge.
    const bool edge = spot.hair > 0.002f && spot.hair < 0.998f;
    const float hair = !edge    ? spot.hair
                       : w <= 0 ? hairCover(c, base)
                                : mix(hairCover(c, base), hairCover(c, face), w);
    const float cover = hair > 0.01f ? smooth(0.05f, 0.75f, hair + 0.30f * strand) : 0;
    return cover > 0 ? mix(s, hairAt(c, base), cover) : s;
}

Look Performer::Private::eye(int side, const Spot& spot, const Expression& e,
                             const Turn& turn) const {
    // The ball lies behind the opening: where the view through it meets the ball.
    const Vec3 from = turn.pointBack(Camera::place());
    const Vec3 direction = normalized(turn.pointBack(spot.point) - from);
    const Vec3 centre = shape.eyeCentre(side);
    const Vec3 toCentre = centre - from;
    const float along = dot(toCentre, direction);
    const float missed = dot(toCentre, toCentre) - along * along;
    const float inside = std::max(0.0f, kEyeballRadius * kEyeballRadius - missed);
    const Vec3 d = normalized(from + direction * (along - std::sqrt(inside)) - centre);
    const float dx = std::abs(spot.canonical.x) - kEyeX;
    const float lid = upperLid(dx, face, e) - spot.canonical.y;
    Look look{eyeAt(d, face, e, lid), turn.direction(d), 0, 1};
    look.openness = 0.85f * mix(0.55f, 1.0f, smooth(0, 0.35f, lid));
    // The pink corner towards the nose.
    const float caruncle = smooth(-0.95f, -1.25f, dx);
    look.surface.color = mix(look.surface.color, Vec3{0.40f, 0.16f, 0.13f}, caruncle);
    look.surface.gloss = mix(look.surface.gloss, 0.6f, caruncle);
    return look;
}

Surface Performer::Private::clothedBody(Vec3 c, const Expression& e, float fine) const {
    const float x = c.x - 30;  // the body's canonical coordinates lie beside the face's
    const float collar = -15.3f + 1.6f * std::cos(x * 0.23f) - 1.9f * smooth(3, -1, std::abs(x));
    const float cloth = smooth(collar + 0.12f, collar - 0.12f, c.y);
    Surface s = skinAt(c, base, e, 0.5f * fine);
    const float weave = noise(c * 6, base.noiseSeed + 83) * 0.06f +
                        0.22f * fractal(c * 0.22f, 2, base.noiseSeed + 85);
    s.color = mix(s.color, base.clothes * (1 + weave), cloth);
    s.gloss *= 1 - 0.85f * cloth;
    s.scatter *= 1 - cloth;
    const Vec3 folds{0.5f * fractal(c * 0.30f, 2, base.noiseSeed + 87), 0, 0};
    s.bumps = mix(s.bumps, folds, cloth);
    return s;
}

Look Performer::Private::lookOf(Part part, const Spot& spot, const Moment& moment, const Turn& turn,
                                float fine) const {
    const Expression& e = moment.expression;
    Look look{{}, spot.normal, spot.openness, 1};
    switch (part) {
        case kHead:
            look.surface = head(spot, e, fine);
            break;
        case kLeftEye:
        case kRightEye:
            look = eye(part == kLeftEye ? 0 : 1, spot, e, turn);
            break;
        case kMouth: {
            const Vec3 from = turn.pointBack(Camera::place());
            const Vec3 direction = normalized(turn.pointBack(spot.point) - from);
            Vec3 normal;
            look.surface = mouthAt(from, direction, e, normal, look.openness);
            look.normal = turn.direction(normal);
            look.reached = look.openness;
            break;
        }
        case kEar:
            look.surface = earAt(spot.canonical, base, e, fine);
            if (dot(spot.normal, Camera::place() - spot.point) < 0) {
                look.normal = spot.normal * -1;  // seen from behind
            }
            break;
        case kBody:
            look.surface = clothedBody(spot.canonical, e, fine);
            break;
        case kOccluder:
            look.surface = skinAt(spot.canonical, base, Expression{}, fine);
            if (moment.occluder.kind == Occluder::Kind::bar) {
                look.surface.color = {0.09f, 0.10f, 0.12f};
                look.surface.scatter = 0;
            }
            break;
        case kNothing:
            break;
    }
    look.surface.bumps = turn.direction(look.surface.bumps);
    return look;
}

RenderedFrame Performer::render(const Moment& moment, int width, int height) const {
    US_CHECK(width >= 64 && height >= 64);
    const Turn turn(moment.pose);
    const Camera camera(moment, width, height);
    const Mesh held = occluderMesh(moment.occluder);
    const std::vector<Placed> all = private_->place(moment, turn, held);

    SampleBuffer samples(width * kSamplesPerPixel, height * kSamplesPerPixel);
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
    std::vector<Motion> motion(moment.shutter ? linear.size() : 0);
    std::optional<ShutterMotion> shutter;
    if (moment.shutter) {
        shutter.emplace(*moment.shutter, turn, camera);
    }
    // Detail finer than that would only flicker.
    const float fine = smooth(6.0f, 16.0f, camera.focal / kCameraDistance);
    const auto backdrop = private_->backdrop(moment.backgroundSeed, width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const Vec3 behind = (*backdrop)[static_cast<size_t>(y) * width + x];
            Vec3 sum;
            int face = 0;
            int hidden = 0;
            std::array<Patch, kSamples> patches;
            int patchCount = 0;
            for (int s = 0; s < kSamples; ++s) {
                const Sample& sample = samples.at(x * kSamplesPerPixel + s % kSamplesPerPixel,
                                                  y * kSamplesPerPixel + s / kSamplesPerPixel);
                auto part = static_cast<Part>(sample.part);
                if (part == kNothing) {
                    sum += behind;
                    continue;
                }
                const Spot spot = spotOf(all[part - kHead], sample);
                if (shutter && (part == kHead || part == kEar)) {
                    motion[static_cast<size_t>(y) * width + x] = shutter->of(spot.point);
                }
                if (part == kHead) {
                    part = openingAt(spot.canonical, private_->face, moment.expression);
                    face += part != kHead || swapWeight(spot.canonical) > 0.5f;
                }
                hidden += part == kOccluder;
                const auto same = std::find_if(
                    patches.begin(), patches.begin() + patchCount,
                    [&](const Patch& patch) { return patch.takes(part, spot.canonical); });
                same->add(part, spot);
                patchCount += same == patches.begin() + patchCount;
            }
            for (int i = 0; i < patchCount; ++i) {
                const Patch& patch = patches[static_cast<size_t>(i)];
                const Spot spot = patch.middle();
                const Look look = private_->lookOf(patch.part, spot, moment, turn, fine);
                const float lit = look.reached * shadows.lit(spot.point + spot.normal * 0.15f);
                sum += shade(look.surface, look.normal, normalized(Camera::place() - spot.point),
                             moment.lighting, lit, look.openness) *
                       static_cast<float>(patch.count);
            }
            linear[static_cast<size_t>(y) * width + x] = sum * (1.0f / kSamples);
            frame.faceMask.row<uint8_t>(y)[x] = static_cast<uint8_t>(255 * face / kSamples);
            frame.occluderMask.row<uint8_t>(y)[x] = static_cast<uint8_t>(255 * hidden / kSamples);
        }
    }
    if (shutter) {
        smear(linear, motion, width, height);
    }
    frame.picture = developed(linear, moment, width, height);
    frame.landmarks = trueLandmarks(all.front().points, private_->face, moment.expression, camera);
    return frame;
}

}  // namespace understudy::media
