#include "training/swap/occlusion.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "media/base/check.h"
#include "training/swap/face_matte.h"
#include "training/swap/image_ops.h"

namespace understudy::training {

using media::Border;
using media::Image;
using media::SampleType;

namespace {

constexpr double kSmooth = 0.035;  // of the face's width: half a finger
constexpr double kLeast = 0.07;    // of full scale: smaller differences are never a hand
constexpr double kTimes = 3;       // times what is usual
constexpr double kGap = 0.09;      // of the face's width: between parts of one hand
constexpr double kClear = 0.55;    // of the frames, at least, are taken to be clear

float smoothStep(float from, float to, float value) {
    const float t = std::clamp((value - from) / (to - from), 0.0f, 1.0f);
    return t * t * (3 - 2 * t);
}

struct Difference {
    Image colors;      // without what the pictures differ by everywhere
    double usual = 0;  // its weighted root mean square where nothing is in front
};

std::array<double, 3> weightedMean(const Image& colors, const Image& weight, double& total) {
    std::array<double, 3> mean{};
    total = 0;
    for (int y = 0; y < colors.height(); ++y) {
        const float* d = colors.row<float>(y);
        const float* w = weight.row<float>(y);
        for (int x = 0; x < colors.width(); ++x) {
            total += w[x];
            for (int c = 0; c < 3; ++c) {
                mean[c] += w[x] * d[3 * x + c];
            }
        }
    }
    for (double& m : mean) {
        m /= std::max(total, 1e-9);
    }
    return mean;
}

double lengthOf(const float* color, const std::array<double, 3>& from) {
    double square = 0;
    for (int c = 0; c < 3; ++c) {
        square += (color[c] - from[c]) * (color[c] - from[c]);
    }
    return square;
}

// Takes the mean out of `colors`, where what is far off has no say in what is the mean.
Difference centred(Image colors, const Image& area) {
    Image weight = area;
    std::array<double, 3> mean{};
    double usual = 0;
    for (int round = 0; round < 4; ++round) {
        double total = 0;
        mean = weightedMean(colors, weight, total);
        if (total < 1) {
            return {std::move(colors), 0};
        }
        double square = 0;
        for (int y = 0; y < colors.height(); ++y) {
            const float* d = colors.row<float>(y);
            const float* w = weight.row<float>(y);
            for (int x = 0; x < colors.width(); ++x) {
                square += w[x] * lengthOf(d + 3 * x, mean);
            }
        }
        usual = std::sqrt(square / total);
        const double scale = 1 / std::max(1e-9, 4 * usual * usual);
        for (int y = 0; y < colors.height(); ++y) {
            const float* d = colors.row<float>(y);
            const float* a = area.row<float>(y);
            float* w = weight.row<float>(y);
            for (int x = 0; x < colors.width(); ++x) {
                w[x] = a[x] * static_cast<float>(std::exp(-scale * lengthOf(d + 3 * x, mean)));
            }
        }
    }
    for (int y = 0; y < colors.height(); ++y) {
        float* d = colors.row<float>(y);
        for (int x = 0; x < 3 * colors.width(); ++x) {
            d[x] -= static_cast<float>(mean[x % 3]);
        }
    }
    return {std::move(colors), usual};
}

Image minus(const Image& a, const Image& b) {
    Image result(a.width(), a.height(), 3, SampleType::f32);
    for (int y = 0; y < a.height(); ++y) {
        const float* pa = a.row<float>(y);
        const float* pb = b.row<float>(y);
        float* out = result.row<float>(y);
        for (int i = 0; i < 3 * a.width(); ++i) {
            out[i] = pa[i] - pb[i];
        }
    }
    return result;
}

Image smoothDifference(const Image& a, const Image& b, double width) {
    return gaussian(minus(a, b), kSmooth * width, Border::replicate);
}

float quantileOf(std::vector<float>& values, double part) {
    const auto place = values.begin() + static_cast<ptrdiff_t>(part * (values.size() - 1) + 0.5);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

// Mean length over the area.
double meanLength(const Image& colors, const Image& area) {
    double sum = 0;
    double total = 0;
    for (int y = 0; y < colors.height(); ++y) {
        const float* d = colors.row<float>(y);
        const float* a = area.row<float>(y);
        for (int x = 0; x < colors.width(); ++x) {
            sum += a[x] * std::sqrt(lengthOf(d + 3 * x, {}));
            total += a[x];
        }
    }
    return total > 0 ? sum / total : 0;
}

// From differences to what hides: certain where they are large, and then also where they are
// smaller but joined to that (a hand is not everywhere unlike a face). `from` per pixel.
Image visibleFrom(const Image& difference, const Image& from, const Image& area, double width) {
    const int size = difference.width();
    Image hidden(size, size, 1, SampleType::f32);
    Image perhaps(size, size, 1, SampleType::f32);
    for (int y = 0; y < size; ++y) {
        const float* d = difference.row<float>(y);
        const float* f = from.row<float>(y);
        const float* a = area.row<float>(y);
        for (int x = 0; x < size; ++x) {
            const float length = static_cast<float>(std::sqrt(lengthOf(d + 3 * x, {})));
            const float counts = smoothStep(0.02f, 0.3f, a[x]);
            hidden.row<float>(y)[x] = counts * smoothStep(f[x], 2 * f[x], length);
            perhaps.row<float>(y)[x] = counts * smoothStep(0.45f * f[x], 1.1f * f[x], length);
        }
    }
    const int joined = std::max(1, static_cast<int>(0.2 * width));
    for (int i = 0; i < joined; ++i) {
        hidden = dilateDisk(hidden, 1);
        for (int y = 0; y < size; ++y) {
            float* h = hidden.row<float>(y);
            const float* p = perhaps.row<float>(y);
            for (int x = 0; x < size; ++x) {
                h[x] = std::min(h[x], p[x]);
            }
        }
    }
    // What lies between fingers is hand as well.
    const int gap = std::max(1, static_cast<int>(std::lround(kGap * width)));
    hidden = erodeDisk(dilateDisk(hidden, gap), gap);
    const int grow = std::max(1, static_cast<int>(std::lround(0.03 * width)));
    hidden = gaussian(dilateDisk(hidden, grow), 0.03 * width, Border::replicate);
    for (int y = 0; y < size; ++y) {
        float* h = hidden.row<float>(y);
        for (int x = 0; x < size; ++x) {
            h[x] = 1 - std::clamp(h[x], 0.0f, 1.0f);
        }
    }
    return hidden;
}

}  // namespace

std::vector<media::FrameNumber> usualFrames(
    const std::map<media::FrameNumber, media::Landmarks>& faces) {
    std::vector<media::FrameNumber> frames;
    const size_t count = std::min(kUsualSamples, faces.size());
    auto face = faces.begin();
    size_t place = 0;
    for (size_t i = 0; i < count; ++i) {
        const size_t wanted = (2 * i + 1) * faces.size() / (2 * count);
        std::advance(face, wanted - place);
        place = wanted;
        frames.push_back(face->first);
    }
    return frames;
}

UsualFace learnUsualFace(const std::vector<FaceSample>& samples) {
    if (samples.size() < kFewestSamples) {
        return {};
    }
    // A hand may be there for most of a clip. But where one is, plate and swap have less in common
    // than elsewhere: so it is the frames where they have most that say what is usual.
    std::vector<std::pair<double, Image>> ranked;
    for (const FaceSample& sample : samples) {
        const Image area = faceArea(sample.geometry, sample.geometry.size);
        Image colors =
            centred(smoothDifference(sample.crop, sample.swap, sample.geometry.width), area).colors;
        const double apart = meanLength(colors, area);
        ranked.emplace_back(apart, std::move(colors));
    }
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    ranked.resize(
        std::max(kFewestSamples / 2 + 1, static_cast<size_t>(std::ceil(kClear * ranked.size()))));
    std::vector<Image> differences;
    for (auto& [apart, colors] : ranked) {
        differences.push_back(std::move(colors));
    }
    const int size = differences[0].width();
    UsualFace usual{Image(size, size, 3, SampleType::f32), Image(size, size, 1, SampleType::f32)};
    std::vector<float> values(differences.size());
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            float* middle = usual.difference.row<float>(y) + 3 * x;
            for (int c = 0; c < 3; ++c) {
                for (size_t i = 0; i < values.size(); ++i) {
                    values[i] = differences[i].row<float>(y)[3 * x + c];
                }
                middle[c] = quantileOf(values, 0.5);
            }
            for (size_t i = 0; i < values.size(); ++i) {
                values[i] = static_cast<float>(lengthOf(differences[i].row<float>(y) + 3 * x,
                                                        {middle[0], middle[1], middle[2]}));
            }
            usual.spread.row<float>(y)[x] = std::sqrt(quantileOf(values, 0.7));
        }
    }
    return usual;
}

Image visibleAsUsual(const Image& crop, const Image& swap, const Image& area, double width,
                     double sensitivity, const UsualFace& usual) {
    US_CHECK(usual.known() && usual.difference.width() == crop.width());
    const Difference difference =
        centred(minus(smoothDifference(crop, swap, width), usual.difference), area);
    Image from(crop.width(), crop.height(), 1, SampleType::f32);
    for (int y = 0; y < crop.height(); ++y) {
        for (int x = 0; x < crop.width(); ++x) {
            const double least = std::max(
                {kLeast, kTimes * difference.usual, kTimes * usual.spread.row<float>(y)[x]});
            from.row<float>(y)[x] = static_cast<float>(least / sensitivity);
        }
    }
    return visibleFrom(difference.colors, from, area, width);
}

Image visibleAsReconstructed(const Image& crop, const Image& reconstruction, const Image& area,
                             double width, double sensitivity) {
    Difference difference = centred(smoothDifference(crop, reconstruction, width), area);
    // A network is softer than its plate, a young one much: compared is at the softness that fits
    // best, or every eye would be a hand.
    for (const double softness : {0.025, 0.05, 0.08}) {
        const Image soft = gaussian(crop, softness * width, Border::replicate);
        Difference softer = centred(smoothDifference(soft, reconstruction, width), area);
        if (softer.usual >= difference.usual) {
            break;
        }
        difference = std::move(softer);
    }
    Image from(crop.width(), crop.height(), 1, SampleType::f32);
    const double least = std::max(kLeast, kTimes * difference.usual) / sensitivity;
    std::fill_n(from.row<float>(0), from.size() / sizeof(float), static_cast<float>(least));
    return visibleFrom(difference.colors, from, area, width);
}

}  // namespace understudy::training
