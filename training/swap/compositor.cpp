#include "training/swap/compositor.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "media/base/check.h"
#include "training/swap/image_ops.h"

namespace understudy::training {

using media::Affine;
using media::Border;
using media::Image;
using media::SampleType;

namespace {

constexpr double kLightScale = 0.22;  // of the face's width: broader is light, finer is the face
constexpr double kDetail = 0.022;     // of the face's width: what sharpening acts on
constexpr double kMostSharpen = 2.5;  // beyond it a soft network looks drawn

double timeWeight(int64_t distance, double window) {
    if (distance == 0) {
        return 1;
    }
    if (window <= 0) {
        return 0;
    }
    const double t = static_cast<double>(distance) / window;
    return std::abs(t) > 2 ? 0 : std::exp(-0.5 * t * t);
}

// image * weight, channel by channel.
Image weighted(const Image& image, const Image& weight) {
    Image result(image.width(), image.height(), 3, SampleType::f32);
    for (int y = 0; y < image.height(); ++y) {
        const float* in = image.row<float>(y);
        const float* w = weight.row<float>(y);
        float* out = result.row<float>(y);
        for (int x = 0; x < image.width(); ++x) {
            for (int c = 0; c < 3; ++c) {
                out[3 * x + c] = in[3 * x + c] * w[x];
            }
        }
    }
    return result;
}

// Adds `amount` of the broad difference between plate and face. Blurs are normalised by their
// weights, so that hands and background do not leak in.
void takeLight(Image& face, const Image& plate, const Image& weights, double width, double amount) {
    if (amount <= 0) {
        return;
    }
    Image difference(face.width(), face.height(), 3, SampleType::f32);
    for (int y = 0; y < face.height(); ++y) {
        const float* a = plate.row<float>(y);
        const float* b = face.row<float>(y);
        float* out = difference.row<float>(y);
        for (int i = 0; i < 3 * face.width(); ++i) {
            out[i] = a[i] - b[i];
        }
    }
    const double sigma = kLightScale * width;
    const Image light = gaussian(weighted(difference, weights), sigma, Border::zero);
    const Image share = gaussian(weights, sigma, Border::zero);
    for (int y = 0; y < face.height(); ++y) {
        const float* l = light.row<float>(y);
        const float* s = share.row<float>(y);
        float* out = face.row<float>(y);
        for (int x = 0; x < face.width(); ++x) {
            const float factor = static_cast<float>(amount) / (s[x] + 0.02f);
            for (int c = 0; c < 3; ++c) {
                out[3 * x + c] += factor * l[3 * x + c];
            }
        }
    }
}

double detailScale(double width) {
    return std::max(0.8, kDetail * width);
}

// Weighted mean square of what is finer than the detail scale.
double detailOf(const Image& image, const Image& weights, double width) {
    const Image soft = gaussian(image, detailScale(width), Border::replicate);
    double sum = 0;
    for (int y = 0; y < image.height(); ++y) {
        const float* in = image.row<float>(y);
        const float* s = soft.row<float>(y);
        const float* w = weights.row<float>(y);
        for (int x = 0; x < image.width(); ++x) {
            for (int c = 0; c < 3; ++c) {
                const double fine = in[3 * x + c] - s[3 * x + c];
                sum += w[x] * fine * fine;
            }
        }
    }
    return sum;
}

void sharpen(Image& face, double width, double amount) {
    if (amount <= 0) {
        return;
    }
    const Image soft = gaussian(face, detailScale(width), Border::replicate);
    for (int y = 0; y < face.height(); ++y) {
        const float* s = soft.row<float>(y);
        float* out = face.row<float>(y);
        for (int i = 0; i < 3 * face.width(); ++i) {
            out[i] += static_cast<float>(amount) * (out[i] - s[i]);
        }
    }
}

// In [-0.5, 0.5), a pure function of where it is.
float ditherAt(uint32_t frame, uint32_t x, uint32_t y, uint32_t channel) {
    uint32_t h = frame * 0x9E3779B1u ^ x * 0x85EBCA77u ^ y * 0xC2B2AE3Du ^ channel * 0x27D4EB2Fu;
    h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
    h = (h ^ (h >> 12)) * 0x297A2D39u;
    h ^= h >> 15;
    return static_cast<float>(h >> 8) / 16777216.0f - 0.5f;
}

double stepOf(SampleType type) {
    return type == SampleType::u8 ? 1 / 255.0 : type == SampleType::u16 ? 1 / 65535.0 : 0;
}

// The picture of a crop over a box of the plate.
Image overBox(const Image& crop, const FaceGeometry& face, const Box& box, Border border) {
    Affine placeFromPixel;  // the picture's own size may differ from the geometry's
    placeFromPixel.xx = placeFromPixel.yy = static_cast<double>(face.size) / crop.width();
    Affine boxFromPlate;
    boxFromPlate.x0 = -box.x;
    boxFromPlate.y0 = -box.y;
    return media::resample(crop, boxFromPlate * face.cropFromPlate.inverse() * placeFromPixel,
                           box.width, box.height, border);
}

// Cubic resampling rings a little; what is as good as nothing is nothing.
float cleaned(float matte) {
    constexpr float kLeast = 1.0f / 512;
    return matte <= kLeast ? 0 : std::min(1.0f, (matte - kLeast) / (1 - kLeast));
}

struct Layers {
    Image plate;  // f32, the plate's channels
    Image face;   // f32, 3 channels
    Image matte;
    Image plateSoft;  // without grain; empty when grain is off
    Image faceSoft;
};

// The new value of one sample.
float blended(const Layers& layers, int x, int y, int c, float matte, float grain) {
    const int channels = layers.plate.channels();
    const float plate = layers.plate.row<float>(y)[channels * x + c];
    float face = layers.face.row<float>(y)[3 * x + c];
    if (grain > 0) {
        const float plateGrain = plate - layers.plateSoft.row<float>(y)[channels * x + c];
        const float faceGrain = face - layers.faceSoft.row<float>(y)[3 * x + c];
        face += grain * (1 - matte) * (plateGrain - faceGrain);
    }
    if (channels == 4) {
        face *= layers.plate.row<float>(y)[channels * x + 3];  // premultiplied
    }
    return plate + matte * (face - plate);
}

// Rounds the blended box and puts it into the plate where the matte is not 0.
void putBack(media::Frame& plate, const Box& box, const Layers& layers, double grain) {
    const int channels = plate.pixels.channels();
    const int colors = std::min(channels, 3);
    const float step = static_cast<float>(stepOf(plate.pixels.type()));
    const auto number = static_cast<uint32_t>(plate.number);
    Image result = layers.plate;
    for (int y = 0; y < box.height; ++y) {
        const float* m = layers.matte.row<float>(y);
        float* out = result.row<float>(y);
        for (int x = 0; x < box.width; ++x) {
            const float matte = cleaned(m[x]);
            for (int c = 0; matte > 0 && c < colors; ++c) {
                out[channels * x + c] = blended(layers, x, y, c, matte, static_cast<float>(grain)) +
                                        step * ditherAt(number, box.x + x, box.y + y, c);
            }
        }
    }
    const Image rounded = media::fromFloat(result, plate.pixels.type());
    const size_t pixel = channels * media::bytesPerSample(rounded.type());
    for (int y = 0; y < box.height; ++y) {
        const float* m = layers.matte.row<float>(y);
        std::byte* target =
            plate.pixels.data() + (box.y + y) * plate.pixels.rowBytes() + box.x * pixel;
        const std::byte* from = rounded.data() + y * rounded.rowBytes();
        for (int x = 0; x < box.width; ++x) {
            if (cleaned(m[x]) > 0) {
                std::memcpy(target + x * pixel, from + x * pixel, pixel);
            }
        }
    }
}

}  // namespace

MeasuredFace measureFace(media::FrameNumber number, const FaceGeometry& geometry, Image crop,
                         NetworkFace network, const CompositeOptions& options,
                         const UsualFace* usual) {
    MeasuredFace face;
    face.number = number;
    face.geometry = geometry;
    face.matte = measureMatte(geometry, crop, network, options, usual);
    const double matteWidth = geometry.width * face.matte.hull.width() / geometry.size;
    // Both without their finest detail: a network is softer than a plate, which is no contrast.
    const double soft = std::max(0.7, 0.02 * geometry.width);
    const Image plate = gaussian(crop, soft, Border::replicate);
    const Image swap = gaussian(network.swap, soft, Border::replicate);
    AgreedColors agreed = agreeColors(swap, plate, colorWeights(geometry, face.matte, matteWidth));
    face.weights = std::move(agreed.weight);
    face.colors = agreed.colors;
    face.plateDetail = detailOf(crop, face.weights, geometry.width);
    face.swapDetail = detailOf(network.swap, face.weights, geometry.width);
    face.crop = std::move(crop);
    face.swap = std::move(network.swap);
    return face;
}

FinishedFace finishFace(const MeasuredFace& face, std::span<const MeasuredFace* const> neighbours,
                        const CompositeOptions& options, const Image& painted) {
    ColorPair colors;
    double plateDetail = 0;
    double swapDetail = 0;
    MatteParts parts;
    double total = 0;
    for (const MeasuredFace* other : neighbours) {
        const int64_t distance = other->number - face.number;
        const double colorShare = timeWeight(distance, options.colorWindow);
        if (colorShare > 0) {
            plateDetail += colorShare * other->plateDetail;
            swapDetail += colorShare * other->swapDetail;
            colors.add(other->colors, colorShare);
        }
        const double matteShare = timeWeight(distance, options.maskWindow);
        if (matteShare > 0) {
            addParts(parts, other->matte, static_cast<float>(matteShare));
            total += matteShare;
        }
    }
    US_CHECK(total > 0);
    MatteParts mean;
    addParts(mean, parts, static_cast<float>(1 / total));

    const FaceGeometry& geometry = face.geometry;
    FinishedFace result{geometry, face.swap, {}};
    const double matteWidth = geometry.width * mean.hull.width() / geometry.size;
    result.matte = finishMatte(mean, matteWidth, options, painted);
    matchColors(colors, options.color).apply(result.pixels);
    if (options.color != ColorMatch::none) {
        takeLight(result.pixels, face.crop, face.weights, geometry.width, options.lighting);
    }
    if (swapDetail > 0) {
        const double missing = std::sqrt(plateDetail / swapDetail) - 1;
        sharpen(result.pixels, geometry.width,
                options.sharpen * std::clamp(missing, 0.0, kMostSharpen));
    }
    return result;
}

void composite(media::Frame& plate, const FinishedFace& face, const CompositeOptions& options,
               const PlateColors& colors) {
    const auto box = coveredBox(face.geometry, plate.pixels.width(), plate.pixels.height(), 0);
    if (!box) {
        return;
    }
    Layers layers;
    layers.plate = floatPart(plate.pixels, *box);
    layers.face = colors.toPlate(overBox(face.pixels, face.geometry, *box, Border::replicate));
    layers.matte = overBox(face.matte, face.geometry, *box, Border::zero);
    if (options.grain > 0) {
        // What the network cannot show: finer than its own pixels.
        const double pixel = 1 / face.geometry.cropFromPlate.scale();
        const double sigma = 0.6 * std::max(1.0, pixel);
        layers.plateSoft = gaussian(layers.plate, sigma, Border::replicate);
        layers.faceSoft = gaussian(layers.face, sigma, Border::replicate);
    }
    putBack(plate, *box, layers, options.grain);
}

Image matteOver(const FinishedFace& face, int width, int height) {
    Image over(width, height, 3, media::SampleType::u8);
    std::fill_n(over.row<uint8_t>(0), over.size(), uint8_t{0});
    const auto box = coveredBox(face.geometry, width, height, 0);
    if (!box) {
        return over;
    }
    const Image matte = overBox(face.matte, face.geometry, *box, Border::zero);
    for (int y = 0; y < box->height; ++y) {
        const float* from = matte.row<float>(y);
        uint8_t* to = over.row<uint8_t>(box->y + y) + 3 * box->x;
        for (int x = 0; x < box->width; ++x, to += 3) {
            // 0 is what was not touched at all.
            const float level = 255 * cleaned(from[x]);
            to[0] = to[1] = to[2] =
                static_cast<uint8_t>(level > 0 ? std::max(1L, std::lround(level)) : 0);
        }
    }
    return over;
}

void compositeAlone(media::Frame& plate, const FaceGeometry& geometry, NetworkFace network,
                    const CompositeOptions& options) {
    auto crop = cropFace(plate.pixels, geometry);
    if (!crop) {
        return;
    }
    const MeasuredFace face =
        measureFace(plate.number, geometry, *std::move(crop), std::move(network), options);
    const MeasuredFace* alone[] = {&face};
    composite(plate, finishFace(face, alone, options), options);
}

}  // namespace understudy::training
