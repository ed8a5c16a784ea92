#include "training/swap/face_matte.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
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
constexpr double kToneInset = 0.06;   // of the crop's width
constexpr double kLeastTone = 0.02;   // deviation of tones that no face is more even than
constexpr float kStrange = 3;         // deviations from the face's tones where it begins to end
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

// Tone without lightness: red against green, and both against blue.
std::array<double, 2> tone(const float* rgb) {
    return {rgb[0] - rgb[1], 0.5 * (rgb[0] + rgb[1]) - rgb[2]};
}

// Mean and inverse covariance of the tones under the weights.
struct ToneModel {
    std::array<double, 2> mean{};
    double xx = 0, xy = 0, yy = 0;

    double distance(const float* rgb) const {
        const auto t = tone(rgb);
        const double x = t[0] - mean[0];
        const double y = t[1] - mean[1];
        return std::sqrt(std::max(0.0, xx * x * x + 2 * xy * x * y + yy * y * y));
    }
};

std::optional<ToneModel> toneOf(const Image& pixels, const Image& weights) {
    double total = 0;
    std::array<double, 2> sum{};
    std::array<double, 3> square{};
    for (int y = 0; y < pixels.height(); ++y) {
        const float* rgb = pixels.row<float>(y);
        const float* weight = weights.row<float>(y);
        for (int x = 0; x < pixels.width(); ++x, rgb += 3) {
            const auto t = tone(rgb);
            total += weight[x];
            sum[0] += weight[x] * t[0];
            sum[1] += weight[x] * t[1];
            square[0] += weight[x] * t[0] * t[0];
            square[1] += weight[x] * t[0] * t[1];
            square[2] += weight[x] * t[1] * t[1];
        }
    }
    if (total < 1) {
        return std::nullopt;
    }
    ToneModel model;
    model.mean = {sum[0] / total, sum[1] / total};
    const double xx = square[0] / total - model.mean[0] * model.mean[0] + kLeastTone * kLeastTone;
    const double xy = square[1] / total - model.mean[0] * model.mean[1];
    const double yy = square[2] / total - model.mean[1] * model.mean[1] + kLeastTone * kLeastTone;
    const double determinant = xx * yy - xy * xy;
    model.xx = yy / determinant;
    model.xy = -xy / determinant;
    model.yy = xx / determinant;
    return model;
}

// 0 where, outside the outline, the network shows what has no tone of its face: the background of
// the footage that it learned the face from. There the plate has its own.
Image ownTones(const Image& swap, const Image& area) {
    Image own = mapped(area, [](float) { return 1.0f; });
    const auto model = toneOf(swap, erodeDisk(area, kToneInset * area.width()));
    for (int y = 0; model && y < own.height(); ++y) {
        const float* rgb = swap.row<float>(y);
        const float* inside = area.row<float>(y);
        float* out = own.row<float>(y);
        for (int x = 0; x < own.width(); ++x, rgb += 3) {
            const auto far = static_cast<float>(model->distance(rgb));
            out[x] = 1 - (1 - inside[x]) * smoothStep(kStrange, 2 * kStrange, far);
        }
    }
    return own;
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
    const Image area = faceArea(face, face.size);
    parts.learned = learnedMatte(network, size);
    Image visible = ownTones(network.swap, area);
    if (options.occlusion > 0) {
        visible = combined(
            visible,
            usual != nullptr && usual->known()
                ? visibleAsUsual(crop, network.swap, area, face.width, options.occlusion, *usual)
                : visibleAsReconstructed(crop, network.destination, area, face.width,
                                         options.occlusion),
            [](float own, float clear) { return own * clear; });
    }
    parts.visible = resized(visible, size, Border::replicate);
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
