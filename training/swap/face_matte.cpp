#include "training/swap/face_matte.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "media/align/face_mask.h"
#include "media/base/check.h"
#include "media/frame/corrected_mask.h"
#include "training/swap/image_ops.h"

namespace understudy::training {

using media::Border;
using media::Image;
using media::SampleType;

namespace {

constexpr double kColorInset = 0.05;  // of the face's width
constexpr float kBelowNose = 0.05f;   // how much colours below the nose count

float smoothStep(float from, float to, float value) {
    const float t = std::clamp((value - from) / (to - from), 0.0f, 1.0f);
    return t * t * (3 - 2 * t);
}

// out = f(a, b) for images of one channel.
template <class Function>
Image combined(const Image& a, const Image& b, Function f) {
    US_CHECK(a.width() == b.width() && a.height() == b.height());
    Image result(a.width(), a.height(), 1, SampleType::f32);
    for (int y = 0; y < a.height(); ++y) {
        const float* pa = a.row<float>(y);
        const float* pb = b.row<float>(y);
        float* out = result.row<float>(y);
        for (int x = 0; x < a.width(); ++x) {
            out[x] = f(pa[x], pb[x]);
        }
    }
    return result;
}

// out = f(a).
template <class Function>
Image mapped(const Image& a, Function f) {
    return combined(a, a, [&f](float value, float) { return f(value); });
}

// The outline of the new face, which may reach farther than the one it covers. Young networks are
// unsure; what they call face more than not becomes face.
Image learnedMatte(const NetworkFace& network, int size) {
    const Image clear =
        mapped(network.swapMask, [](float m) { return smoothStep(0.15f, 0.65f, m); });
    return resized(clear, size, Border::replicate);
}

// Fades to 0 towards the border of the crop, so that no straight edge can ever show.
void fadeBorder(Image& matte) {
    const float ramp = std::max(2.0f, 0.04f * static_cast<float>(matte.width()));
    const auto fade = [ramp](int i, int n) {
        const float inside = std::min(i, n - 1 - i);
        return smoothStep(0, ramp, inside);
    };
    for (int y = 0; y < matte.height(); ++y) {
        float* row = matte.row<float>(y);
        const float vertical = fade(y, matte.height());
        for (int x = 0; x < matte.width(); ++x) {
            row[x] *= vertical * fade(x, matte.width());
        }
    }
}

}  // namespace

Image faceArea(const FaceGeometry& face, int size) {
    media::Affine scale;
    scale.xx = scale.yy = static_cast<double>(size) / face.size;
    const std::vector<uint8_t> coverage = media::rasterize(
        media::faceHull(media::transformed(face.landmarks, scale), media::browRaiseFor(face.type)),
        size, size);
    Image hull(size, size, 1, SampleType::f32);
    for (int y = 0; y < size; ++y) {
        float* row = hull.row<float>(y);
        for (int x = 0; x < size; ++x) {
            row[x] = coverage[static_cast<size_t>(y) * size + x] / 255.0f;
        }
    }
    return hull;
}

int matteSize(int resolution) {
    return std::clamp(resolution, 128, 256);
}

MatteParts measureMatte(const FaceGeometry& face, const Image& crop, const NetworkFace& network,
                        const CompositeOptions& options, const UsualFace* usual) {
    const int size = matteSize(face.size);
    MatteParts parts;
    parts.hull = faceArea(face, size);
    parts.learned = learnedMatte(network, size);
    if (options.occlusion > 0) {
        const Image area = faceArea(face, face.size);
        Image visible =
            usual != nullptr && usual->known()
                ? visibleAsUsual(crop, network.swap, area, face.width, options.occlusion, *usual)
                : visibleAsReconstructed(crop, network.destination, area, face.width,
                                         options.occlusion);
        parts.visible = resized(visible, size, Border::replicate);
    } else {
        parts.visible = mapped(parts.hull, [](float) { return 1.0f; });
    }
    return parts;
}

void addParts(MatteParts& sum, const MatteParts& parts, float factor) {
    const auto add = [factor](Image& into, const Image& image) {
        if (into.empty()) {
            into = Image(image.width(), image.height(), 1, SampleType::f32);
        }
        into = combined(into, image, [factor](float a, float b) { return a + factor * b; });
    };
    add(sum.hull, parts.hull);
    add(sum.learned, parts.learned);
    add(sum.visible, parts.visible);
}

Image finishMatte(const MatteParts& parts, double width, const CompositeOptions& options,
                  const Image& painted) {
    Image matte = options.mask == MaskMode::learned ? parts.learned
                  : options.mask == MaskMode::hull
                      ? parts.hull
                      : combined(parts.hull, parts.learned, [](float a, float b) { return a * b; });
    fadeBorder(matte);
    // Half the ramp lies inside the eroded edge, half outside: together they end at `erode`.
    matte = erodeDisk(matte, (options.erode + options.blur / 2) * width);
    matte = gaussian(matte, options.blur / 4 * width, Border::zero);
    matte = combined(matte, parts.visible,
                     [](float m, float v) { return std::clamp(m * v, 0.0f, 1.0f); });
    for (int y = 0; !painted.empty() && y < matte.height(); ++y) {
        float* row = matte.row<float>(y);
        const uint8_t* levels = painted.row<uint8_t>(y);
        for (int x = 0; x < matte.width(); ++x) {
            row[x] = media::correctedMask(row[x], levels[2 * x], levels[2 * x + 1]);
        }
    }
    fadeBorder(matte);
    return matte;
}

Image colorWeights(const FaceGeometry& face, const MatteParts& parts, double width) {
    const int size = face.size;
    Image weights = combined(parts.hull, parts.learned,
                             [](float hull, float learned) { return hull * (0.05f + learned); });
    weights = combined(erodeDisk(weights, kColorInset * width), parts.visible,
                       [](float w, float v) { return w * v * v; });
    weights = resized(weights, size, Border::zero);
    // A beard, or the lips, would pass for the tone of the skin.
    const auto nose = static_cast<float>(face.landmarks[33].y);
    const auto mouth = static_cast<float>((face.landmarks[62].y + face.landmarks[66].y) / 2);
    for (int y = 0; y < size; ++y) {
        const float share =
            1 - (1 - kBelowNose) * smoothStep(2 * nose - mouth, nose, static_cast<float>(y) + 0.5f);
        std::for_each(weights.row<float>(y), weights.row<float>(y) + size,
                      [share](float& weight) { weight *= share; });
    }
    return mapped(weights, [](float w) { return std::max(0.0f, w); });
}

}  // namespace understudy::training
