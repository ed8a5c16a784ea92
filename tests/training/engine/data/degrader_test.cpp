#include "training/engine/data/degrader.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include "media/base/philox.h"
#include "tests/training/engine/single_thread.h"

using namespace understudy;
using namespace understudy::training;

namespace {

constexpr int kSize = 64;
constexpr auto kPlane = static_cast<size_t>(kSize) * kSize;

// [count, 3, 64, 64]: waves with some noise.
torch::Tensor pictures(int64_t count) {
    torch::Tensor all = torch::empty({count, 3, kSize, kSize});
    float* out = all.data_ptr<float>();
    RandomSequence random({.seed = 4});
    for (int64_t i = 0; i < all.numel(); ++i) {
        const auto place = static_cast<double>(i);
        out[i] = static_cast<float>(0.5 + 0.3 * std::sin(place / 5) * std::cos(place / 71) +
                                    random.uniform(-0.1, 0.1));
    }
    return all;
}

std::vector<double> valuesOf(const torch::Tensor& picture) {
    const torch::Tensor flat = picture.contiguous().flatten().to(torch::kDouble);
    return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

double farthest(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    double most = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        most = std::max(most, std::abs(a[i] - b[i]));
    }
    return most;
}

// A plane in one direction: the weights of a Gaussian, cut at three deviations of the widest blur;
// beyond the border is the border.
std::vector<double> blurredLine(const std::vector<double>& plane, double deviation, bool across) {
    std::vector<double> result(plane.size());
    const int reach = static_cast<int>(std::ceil(3 * kMostBlur * kSize));
    for (int y = 0; y < kSize; ++y) {
        for (int x = 0; x < kSize; ++x) {
            double sum = 0, weights = 0;
            for (int k = -reach; k <= reach; ++k) {
                const double weight = std::exp(-k * k / (2 * deviation * deviation));
                const int at = std::clamp((across ? x : y) + k, 0, kSize - 1);
                weights += weight;
                sum += weight * plane[across ? static_cast<size_t>(y * kSize + at)
                                             : static_cast<size_t>(at * kSize + x)];
            }
            result[static_cast<size_t>(y * kSize + x)] = sum / weights;
        }
    }
    return result;
}

double cosine(int k, int x) {
    return (k == 0 ? std::sqrt(0.125) : 0.5) * std::cos((2 * x + 1) * k * std::numbers::pi / 16);
}

// One plane through the codec, straight from the definition of the transform.
std::vector<double> codedPlane(const std::vector<double>& plane, int size,
                               const std::array<int, 64>& steps) {
    std::vector<double> result(plane.size());
    const auto at = [&](int y, int x) {
        return static_cast<size_t>(y) * static_cast<size_t>(size) + static_cast<size_t>(x);
    };
    for (int by = 0; by < size; by += 8) {
        for (int bx = 0; bx < size; bx += 8) {
            double levels[8][8];
            for (int v = 0; v < 8; ++v) {
                for (int u = 0; u < 8; ++u) {
                    double sum = 0;
                    for (int y = 0; y < 8; ++y) {
                        for (int x = 0; x < 8; ++x) {
                            sum += cosine(v, y) * cosine(u, x) * plane[at(by + y, bx + x)];
                        }
                    }
                    const double step = steps[static_cast<size_t>(8 * v + u)];
                    levels[v][u] = std::nearbyint(sum / step) * step;
                }
            }
            for (int y = 0; y < 8; ++y) {
                for (int x = 0; x < 8; ++x) {
                    double sum = 0;
                    for (int v = 0; v < 8; ++v) {
                        for (int u = 0; u < 8; ++u) {
                            sum += cosine(v, y) * cosine(u, x) * levels[v][u];
                        }
                    }
                    result[at(by + y, bx + x)] = sum;
                }
            }
        }
    }
    return result;
}

// R, G, B planes as a JPEG of this quality shows them, colours at half the resolution.
std::vector<double> compressed(const std::vector<double>& rgb, int quality) {
    const auto tables = quantisation(quality);
    constexpr int kHalf = kSize / 2;
    std::vector<double> light(kPlane), blue(kPlane / 4), red(kPlane / 4);
    for (size_t i = 0; i < kPlane; ++i) {
        const double r = 255 * rgb[i], g = 255 * rgb[kPlane + i], b = 255 * rgb[2 * kPlane + i];
        light[i] = 0.299 * r + 0.587 * g + 0.114 * b - 128;
        const size_t half = i / kSize / 2 * kHalf + i % kSize / 2;
        blue[half] += (-0.168736 * r - 0.331264 * g + 0.5 * b) / 4;
        red[half] += (0.5 * r - 0.418688 * g - 0.081312 * b) / 4;
    }
    light = codedPlane(light, kSize, tables[0]);
    blue = codedPlane(blue, kHalf, tables[1]);
    red = codedPlane(red, kHalf, tables[1]);
    std::vector<double> result(rgb.size());
    for (size_t i = 0; i < kPlane; ++i) {
        const size_t half = i / kSize / 2 * kHalf + i % kSize / 2;
        const double y = light[i] + 128, cb = blue[half], cr = red[half];
        result[i] = (y + 1.402 * cr) / 255;
        result[kPlane + i] = (y - 0.344136 * cb - 0.714136 * cr) / 255;
        result[2 * kPlane + i] = (y + 1.772 * cb) / 255;
    }
    for (double& value : result) {
        value = std::clamp(value, 0.0, 1.0);
    }
    return result;
}

}  // namespace

TEST_CASE("a draw that asks for nothing costs nothing") {
    const torch::Tensor images = pictures(2);
    const Degrader degrader(kSize, torch::kCPU);
    const std::vector<SampleDraw> draws(2);
    CHECK(degrader.apply(images, draws).data_ptr() == images.data_ptr());
}

TEST_CASE("blur is a Gaussian of its own width in each direction") {
    const torch::Tensor images = pictures(2);
    std::vector<SampleDraw> draws(2);
    draws[0].blur = {static_cast<float>(kMostBlur), 0.006f};
    draws[1].blur = {0, 0.012f};
    const torch::Tensor result = Degrader(kSize, torch::kCPU).apply(images, draws);
    for (int64_t n = 0; n < 2; ++n) {
        for (int64_t c = 0; c < 3; ++c) {
            CAPTURE(n, c);
            const auto& blur = draws[static_cast<size_t>(n)].blur;
            std::vector<double> expected = valuesOf(images[n][c]);
            if (blur[0] > 0) {
                expected = blurredLine(expected, blur[0] * kSize, true);
            }
            expected = blurredLine(expected, blur[1] * kSize, false);
            CHECK(farthest(valuesOf(result[n][c]), expected) < 1e-5);
        }
    }
}

TEST_CASE("grain is normal, of the strength drawn, and belongs to its draw") {
    const Degrader degrader(kSize, torch::kCPU);
    const torch::Tensor grey = torch::full({3, 3, kSize, kSize}, 0.5f);
    std::vector<SampleDraw> draws(3);
    draws[0].noise = 0.04f;
    draws[0].noiseAt = 17;
    draws[1].noise = 0.02f;
    draws[1].noiseAt = 17;
    draws[2].noise = 0.04f;
    draws[2].noiseAt = kNoiseStarts - 1;
    const torch::Tensor grain = degrader.apply(grey, draws) - 0.5;
    CHECK(torch::allclose(grain[0], 2 * grain[1], 0, 1e-6));
    for (const int64_t n : {0, 2}) {
        CHECK(grain[n].std().item<double>() == Approx(0.04).epsilon(0.05));
        CHECK(std::abs(grain[n].mean().item<double>()) < 0.003);
    }
    // Neither the channels nor two draws share their grain.
    const auto alike = [](const torch::Tensor& a, const torch::Tensor& b) {
        return std::abs((a * b).mean().item<double>()) / (0.04 * 0.04);
    };
    CHECK(alike(grain[0], grain[2]) < 0.06);
    CHECK(alike(grain[0][0], grain[0][1]) < 0.1);
    const torch::Tensor white = degrader.apply(torch::ones({3, 3, kSize, kSize}), draws);
    CHECK(white.max().item<float>() == 1);
    CHECK(white.min().item<float>() < 0.95f);
}

TEST_CASE("compression quantises blocks as a JPEG does") {
    const auto half = quantisation(50);
    CHECK(half[0][0] == 16);
    CHECK(half[0][63] == 99);
    CHECK(half[1][3] == 47);
    CHECK(quantisation(90)[0][0] == 3);
    CHECK(quantisation(20)[0][1] == 28);  // 11 * 2.5, rounded
    CHECK(quantisation(1)[0][63] == 255);
    CHECK(quantisation(100)[1][63] == 1);

    const torch::Tensor images = pictures(4);
    std::vector<SampleDraw> draws(4);
    const int qualities[4] = {20, 50, 75, 90};
    for (size_t i = 0; i < 4; ++i) {
        draws[i].quality = qualities[i];
    }
    const torch::Tensor result = Degrader(kSize, torch::kCPU).apply(images, draws);
    double before = 1;
    for (int64_t n = 0; n < 4; ++n) {
        CAPTURE(n);
        const std::vector<double> given = valuesOf(images[n]), found = valuesOf(result[n]);
        const std::vector<double> expected = compressed(given, qualities[n]);
        // A coefficient that lies between two steps may be rounded to either: one of colour.
        size_t apart = 0;
        for (size_t i = 0; i < found.size(); ++i) {
            apart += std::abs(found[i] - expected[i]) > 1e-4;
        }
        CHECK(apart <= 3 * 256);
        double error = 0;
        for (size_t i = 0; i < found.size(); ++i) {
            error += (found[i] - given[i]) * (found[i] - given[i]);
        }
        error = std::sqrt(error / static_cast<double>(found.size()));
        CHECK(error < before);  // the better the quality, the nearer
        before = error;
    }
    // Flat grey survives any quality to within half a step of its mean.
    draws[0].quality = 100;
    const torch::Tensor grey = torch::full({4, 3, kSize, kSize}, 0.5f);
    const torch::Tensor same = Degrader(kSize, torch::kCPU).apply(grey, draws);
    CHECK((same - grey).abs().max().item<double>() < 2.6 / 255);
    CHECK((same[0] - grey[0]).abs().max().item<double>() < 0.1 / 255);
}

TEST_CASE("each sample is degraded by its own draw alone, whatever else is in the batch") {
    const torch::Tensor images = pictures(5);
    std::vector<SampleDraw> draws(5);
    draws[1].blur = {0.009f, 0.015f};
    draws[2].noise = 0.03f;
    draws[2].noiseAt = 99;
    draws[3].quality = 40;
    draws[4].blur = {0.012f, 0.004f};
    draws[4].noise = 0.02f;
    draws[4].quality = 60;
    const Degrader degrader(kSize, torch::kCPU);
    const torch::Tensor all = degrader.apply(images, draws);
    CHECK(torch::equal(all[0], images[0]));
    for (int64_t n = 1; n < 5; ++n) {
        CAPTURE(n);
        CHECK_FALSE(torch::equal(all[n], images[n]));
        const torch::Tensor alone = degrader.apply(
            images.narrow(0, n, 1), std::span(draws).subspan(static_cast<size_t>(n), 1));
        CHECK(torch::allclose(all[n], alone[0], 0, 2e-6));
    }
    // Blur, then grain, then compression.
    std::vector<SampleDraw> first(1), second(1), third(1);
    first[0].blur = draws[4].blur;
    second[0].noise = draws[4].noise;
    third[0].quality = draws[4].quality;
    torch::Tensor steps = images.narrow(0, 4, 1);
    for (const auto& step : {first, second, third}) {
        steps = degrader.apply(steps, step);
    }
    CHECK(torch::allclose(all[4], steps[0], 0, 2e-6));
}
