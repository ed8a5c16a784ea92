#include "media/synthetic/performer_renderer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

#include "media/base/check.h"
#include "media/synthetic/body_parts.h"
#include "media/synthetic/film.h"
#include "media/synthetic/placed.h"
#include "media/synthetic/shading.h"
#include "media/synthetic/shadows.h"
#include "media/synthetic/true_landmarks.h"
#include "media/synthetic/view.h"

namespace understudy::media {
namespace {

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
    class Shot;

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

    mutable std::mutex backdropMutex;
    mutable std::array<int64_t, 3> backdropOf{};
    mutable std::shared_ptr<const std::vector<Vec3>> keptBackdrop;
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
    const std::scoped_lock lock(backdropMutex);
    const std::array<int64_t, 3> wanted = {seed, width, height};
    if (!keptBackdrop || backdropOf != wanted) {
        std::vector<Vec3> pixels(static_cast<size_t>(width) * height);
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                pixels[static_cast<size_t>(y) * width + x] =
                    media::backdrop(static_cast<float>(x) / static_cast<float>(width),
                                    static_cast<float>(y) / static_cast<float>(height), seed);
            }
        }
        keptBackdrop = std::make_shared<const std::vector<Vec3>>(std::move(pixels));
        backdropOf = wanted;
    }
    return keptBackdrop;
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

// One exposure: everything of a moment in its place before the camera.
class Performer::Private::Shot {
  public:
    // What a pixel gets.
    struct Pixel {
        Vec3 light;
        Motion motion;
        int face = 0, hidden = 0;  // samples of kSamples
    };

    Shot(const Private& who, const Moment& moment, int width, int height)
        : who_(who),
          moment_(moment),
          turn_(moment.pose),
          camera_(moment, width, height),
          held_(occluderMesh(moment.occluder)),
          surfaces_(who.place(moment, turn_, held_)),
          // Detail finer than that would only flicker.
          fine_(smooth(6.0f, 16.0f, camera_.focal / kCameraDistance)),
          samples_(width, height),
          shadows_(moment.lighting.toKey) {
        if (moment.shutter) {
            shutter_.emplace(*moment.shutter, turn_, camera_);
        }
        for (const Placed& surface : surfaces_) {
            draw(surface);
            shadows_.add(surface);
        }
    }

    Pixel at(int x, int y, Vec3 behind) const {
        Pixel pixel;
        std::array<Patch, kSamples> patches;
        int count = 0;
        for (const Sample& sample : samples_.of(x, y)) {
            auto part = static_cast<Part>(sample.part);
            if (part == kNothing) {
                pixel.light += behind;
                continue;
            }
            const Spot spot = spotOf(surfaces_[part - kHead], sample);
            if (part == kHead) {
                part = openingAt(spot.canonical, who_.face, moment_.expression);
                pixel.face += part != kHead || swapWeight(spot.canonical) > 0.5f;
            }
            pixel.hidden += part == kOccluder;
            const auto end = patches.begin() + count;
            const auto same = std::find_if(patches.begin(), end, [&](const Patch& patch) {
                return patch.takes(part, spot.canonical);
            });
            same->add(part, spot);  // the next free one, if none takes it
            count += same == end;
        }
        for (int i = 0; i < count; ++i) {
            const Patch& patch = patches[static_cast<size_t>(i)];
            pixel.light += lightOf(patch);
            if (shutter_ && patch.part != kBody && patch.part != kOccluder) {
                pixel.motion = shutter_->of(patch.middle().point);
            }
        }
        pixel.light = pixel.light * (1.0f / kSamples);
        return pixel;
    }

    Landmarks landmarks() const {
        return trueLandmarks(surfaces_.front().points, who_.face, moment_.expression, camera_);
    }

  private:
    void draw(const Placed& surface) {
        std::vector<Projected> seen(surface.points.size());
        for (size_t i = 0; i < seen.size(); ++i) {
            seen[i] = camera_(surface.points[i]);
        }
        const auto& t = *surface.triangles;
        for (size_t i = 0; i < t.size(); i += 3) {
            samples_.draw(seen[t[i]], seen[t[i + 2]], seen[t[i + 1]], static_cast<uint32_t>(i / 3),
                          surface.part, surface.part == kEar);
        }
    }

    // Of all its samples together.
    Vec3 lightOf(const Patch& patch) const {
        const Spot spot = patch.middle();
        const Look look = who_.lookOf(patch.part, spot, moment_, turn_, fine_);
        const float lit = look.reached * shadows_.lit(spot.point + spot.normal * 0.15f);
        return shade(look.surface, look.normal, normalized(Camera::place() - spot.point),
                     moment_.lighting, lit, look.openness) *
               static_cast<float>(patch.count);
    }

    const Private& who_;
    const Moment& moment_;
    const Turn turn_;
    const Camera camera_;
    const Mesh held_;
    const std::vector<Placed> surfaces_;
    const float fine_;
    SampleBuffer samples_;
    Shadows shadows_;
    std::optional<ShutterMotion> shutter_;
};

RenderedFrame Performer::render(const Moment& moment, int width, int height) const {
    US_CHECK(width >= 64 && height >= 64);
    const Private::Shot shot(*private_, moment, width, height);
    const auto backdrop = private_->backdrop(moment.backgroundSeed, width, height);
    RenderedFrame frame;
    frame.faceMask = Image(width, height, 1, SampleType::u8);
    frame.occluderMask = Image(width, height, 1, SampleType::u8);
    std::vector<Vec3> linear(backdrop->size());
    std::vector<Motion> motion(linear.size());
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const size_t i = static_cast<size_t>(y) * width + x;
            const Private::Shot::Pixel pixel = shot.at(x, y, (*backdrop)[i]);
            linear[i] = pixel.light;
            motion[i] = pixel.motion;
            frame.faceMask.row<uint8_t>(y)[x] = static_cast<uint8_t>(255 * pixel.face / kSamples);
            frame.occluderMask.row<uint8_t>(y)[x] =
                static_cast<uint8_t>(255 * pixel.hidden / kSamples);
        }
    }
    if (moment.shutter) {
        smear(linear, motion, width, height);
    }
    frame.picture = developed(linear, exposureFor(private_->base.skin), moment, width, height);
    frame.landmarks = shot.landmarks();
    return frame;
}

}  // namespace understudy::media
