#include "training/swap/face_matte.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "media/align/face_mask.h"
#include "media/base/check.h"
#include "training/swap/image_ops.h"

namespace understudy::training {

using media::Border;
using media::Image;
using media::SampleType;

namespace {

constexpr double kColorInset = 0.05;  // of the face's width

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

Image hullMatte(const FaceGeometry& face, int size) {
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

// Young networks are unsure; what they call face more than not becomes face.
Image learnedMatte(const NetworkFace& network, int size) {
    Image both = combined(network.swapMask, network.destinationMask, [](float a, float b) {
        return smoothStep(0.15f, 0.65f, std::min(a, b));
    });
    return resized(both, size, Border::replicate);
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

struct Residual {
    Image size;        // length of the colour difference
    double usual = 0;  // its weighted root mean square where the face is as expected
};

// The difference of two pictures without what they differ by everywhere.
Residual residualBetween(const Image& a, const Image& b, const Image& area, double sigma) {
    Image difference(a.width(), a.height(), 3, SampleType::f32);
    for (int y = 0; y < a.height(); ++y) {
        const float* pa = a.row<float>(y);
        const float* pb = b.row<float>(y);
        float* out = difference.row<float>(y);
        for (int i = 0; i < 3 * a.width(); ++i) {
            out[i] = pa[i] - pb[i];
        }
    }
    difference = gaussian(difference, sigma, Border::replicate);
    Residual result{Image(a.width(), a.height(), 1, SampleType::f32), 0};
    Image weight = area;
    // Reweighting: what is far off loses its say in what is usual.
    for (int round = 0; round < 4; ++round) {
        double total = 0;
        std::array<double, 3> mean{};
        for (int y = 0; y < a.height(); ++y) {
            const float* d = difference.row<float>(y);
            const float* w = weight.row<float>(y);
            for (int x = 0; x < a.width(); ++x) {
                total += w[x];
                for (int c = 0; c < 3; ++c) {
                    mean[c] += w[x] * d[3 * x + c];
                }
            }
        }
        if (total < 1) {
            return result;
        }
        double square = 0;
        for (int y = 0; y < a.height(); ++y) {
            const float* d = difference.row<float>(y);
            const float* w = weight.row<float>(y);
            float* e = result.size.row<float>(y);
            for (int x = 0; x < a.width(); ++x) {
                double length = 0;
                for (int c = 0; c < 3; ++c) {
                    const double off = d[3 * x + c] - mean[c] / total;
                    length += off * off;
                }
                e[x] = static_cast<float>(std::sqrt(length));
                square += w[x] * length;
            }
        }
        result.usual = std::sqrt(square / total);
        const float scale = static_cast<float>(1 / std::max(1e-6, 2 * result.usual));
        weight = combined(area, result.size, [scale](float w, float e) {
            return w * std::exp(-(e * scale) * (e * scale));
        });
    }
    return result;
}

}  // namespace

int matteSize(int resolution) {
    return std::clamp(resolution, 128, 256);
}

Image visibleFace(const Image& crop, const Image& reconstruction, const Image& area, double width,
                  double sensitivity) {
    constexpr double kLeast = 0.07;  // of full scale: smaller differences are never a hand
    constexpr double kTimes = 3.0;   // times the usual difference
    // A network is softer than its plate, a young one much: compared is at the softness that fits
    // best, or every eye would be a hand.
    Residual residual = residualBetween(crop, reconstruction, area, 0.035 * width);
    for (const double softness : {0.025, 0.05, 0.08}) {
        Residual softer = residualBetween(gaussian(crop, softness * width, Border::replicate),
                                          reconstruction, area, 0.035 * width);
        if (softer.usual >= residual.usual) {
            break;
        }
        residual = std::move(softer);
    }
    const float from = static_cast<float>(std::max(kLeast, kTimes * residual.usual) / sensitivity);
    Image hidden = combined(residual.size, area, [from](float e, float w) {
        return smoothStep(from, 2 * from, e) * smoothStep(0.02f, 0.3f, w);
    });
    const int grow = std::max(1, static_cast<int>(std::lround(0.04 * width)));
    hidden = gaussian(dilateDisk(hidden, grow), 0.03 * width, Border::replicate);
    return combined(hidden, hidden, [](float h, float) { return 1 - std::clamp(h, 0.0f, 1.0f); });
}

MatteParts measureMatte(const FaceGeometry& face, const Image& crop, const NetworkFace& network,
                        const CompositeOptions& options) {
    const int size = matteSize(face.size);
    MatteParts parts;
    parts.hull = hullMatte(face, size);
    parts.learned = learnedMatte(network, size);
    if (options.occlusion > 0) {
        const Image area = hullMatte(face, face.size);
        parts.visible =
            resized(visibleFace(crop, network.destination, area, face.width, options.occlusion),
                    size, Border::replicate);
    } else {
        parts.visible = combined(parts.hull, parts.hull, [](float, float) { return 1.0f; });
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

Image finishMatte(const MatteParts& parts, double width, const CompositeOptions& options) {
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
    fadeBorder(matte);
    return matte;
}

Image colorWeights(const MatteParts& parts, double width, int size) {
    Image weights = combined(parts.hull, parts.learned,
                             [](float hull, float learned) { return hull * (0.05f + learned); });
    weights = combined(erodeDisk(weights, kColorInset * width), parts.visible,
                       [](float w, float v) { return w * v * v; });
    weights = resized(weights, size, Border::zero);
    return combined(weights, weights, [](float w, float) { return std::max(0.0f, w); });
}

}  // namespace understudy::training
