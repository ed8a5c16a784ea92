#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "tests/training/engine/gradient_check.h"
#include "tests/training/engine/single_thread.h"
#include "training/engine/loss/adversarial_loss.h"
#include "training/engine/loss/blur_out_mask.h"
#include "training/engine/loss/dssim.h"
#include "training/engine/loss/multi_scale_dssim.h"
#include "training/engine/loss/style_loss.h"

using namespace understudy::training;
using understudy::tests::gradientError;

namespace {

torch::Tensor noise(at::IntArrayRef shape) {
    return torch::rand(shape, torch::kDouble);
}

// One plane, by loops alone.
struct Plane {
    int side = 0;
    std::vector<double> values;

    explicit Plane(int size) : side(size), values(static_cast<size_t>(size) * size) {}
    double& at(int y, int x) { return values[static_cast<size_t>(y) * side + x]; }
    double at(int y, int x) const { return values[static_cast<size_t>(y) * side + x]; }
};

Plane planeOf(const torch::Tensor& image) {
    Plane plane(static_cast<int>(image.size(0)));
    const auto numbers = image.contiguous();
    std::copy_n(numbers.const_data_ptr<double>(), plane.values.size(), plane.values.begin());
    return plane;
}

Plane halvedByHand(const Plane& plane) {
    Plane half(plane.side / 2);
    for (int y = 0; y < half.side; ++y) {
        for (int x = 0; x < half.side; ++x) {
            half.at(y, x) = (plane.at(2 * y, 2 * x) + plane.at(2 * y, 2 * x + 1) +
                             plane.at(2 * y + 1, 2 * x) + plane.at(2 * y + 1, 2 * x + 1)) /
                            4;
        }
    }
    return half;
}

struct Similarity {
    double contrast = 0;  // mean of contrast and structure
    double whole = 0;     // and of luminance times these
};

Similarity similarityByHand(const Plane& a, const Plane& b) {
    double window[11][11], sum = 0;
    for (int y = 0; y < 11; ++y) {
        for (int x = 0; x < 11; ++x) {
            window[y][x] = std::exp(-((y - 5) * (y - 5) + (x - 5) * (x - 5)) / (2 * 1.5 * 1.5));
            sum += window[y][x];
        }
    }
    Similarity result;
    const int places = a.side - 10;
    for (int top = 0; top < places; ++top) {
        for (int left = 0; left < places; ++left) {
            double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
            for (int y = 0; y < 11; ++y) {
                for (int x = 0; x < 11; ++x) {
                    const double w = window[y][x] / sum;
                    const double p = a.at(top + y, left + x), q = b.at(top + y, left + x);
                    ma += w * p;
                    mb += w * q;
                    aa += w * p * p;
                    bb += w * q * q;
                    ab += w * p * q;
                }
            }
            const double cs = (2 * (ab - ma * mb) + 9e-4) / (aa - ma * ma + bb - mb * mb + 9e-4);
            result.contrast += cs / (places * places);
            result.whole +=
                cs * (2 * ma * mb + 1e-4) / (ma * ma + mb * mb + 1e-4) / (places * places);
        }
    }
    return result;
}

// Wang's numbers for the first three scales.
double multiScaleByHand(Plane a, Plane b, int scales) {
    const double exponents[] = {0.0448, 0.2856, 0.3001};
    double sum = 0, product = 1;
    for (int i = 0; i < scales; ++i) {
        sum += exponents[i];
    }
    for (int i = 0; i < scales; ++i) {
        const Similarity s = similarityByHand(a, b);
        product *= std::pow(i + 1 < scales ? s.contrast : s.whole, exponents[i] / sum);
        a = halvedByHand(a);
        b = halvedByHand(b);
    }
    return product;
}

torch::Tensor window11() {
    return gaussianWindow(kScaleWindow, 1.5);
}

}  // namespace

TEST_CASE("a picture has as many scales as its smallest holds the window") {
    CHECK(scalesWithin(64, 5) == 3);
    CHECK(scalesWithin(128, 5) == 4);
    CHECK(scalesWithin(160, 5) == 4);
    CHECK(scalesWithin(176, 5) == 5);
    CHECK(scalesWithin(512, 5) == 5);
    CHECK(scalesWithin(512, 2) == 2);
    CHECK(scalesWithin(64, 1) == 1);
}

TEST_CASE("multi-scale DSSIM is that of Wang, Simoncelli and Bovik") {
    torch::manual_seed(1);
    const auto x = noise({2, 2, 48, 48});
    const auto y = 0.8 * x + 0.2 * noise({2, 2, 48, 48});
    for (const int scales : {1, 2, 3}) {
        CAPTURE(scales);
        const auto ours = multiScaleDssimPerSide(x, y, window11(), scales);
        for (int side = 0; side < 2; ++side) {
            double mean = 0;
            for (int c = 0; c < 2; ++c) {
                mean += multiScaleByHand(planeOf(x[side][c]), planeOf(y[side][c]), scales) / 2;
            }
            CHECK(ours[side].item<double>() == Approx((1 - mean) / 2).epsilon(1e-9));
        }
    }
    CHECK(multiScaleDssimPerSide(x, x, window11(), 3).abs().max().item<double>() < 1e-12);
}

TEST_CASE("every scale has its part in multi-scale DSSIM") {
    torch::manual_seed(2);
    const auto x = 0.3 + 0.4 * noise({2, 1, 64, 64});
    // A coarse wave and a fine one of the same size.
    const auto at = torch::arange(64, torch::kDouble);
    const auto coarse = x + 0.1 * torch::sin(at * (2 * M_PI / 32));
    const auto fine = x + 0.1 * torch::sin(at * (2 * M_PI / 3));
    const auto value = [&](const torch::Tensor& y, int scales) {
        return multiScaleDssimPerSide(x, y, window11(), scales)[0].item<double>();
    };
    // At full size alone a coarse error counts little beside a fine one, at three sizes more.
    CHECK(value(coarse, 3) / value(fine, 3) > 2 * value(coarse, 1) / value(fine, 1));
}

TEST_CASE("multi-scale DSSIM has the gradient of its value, and one where structure is opposite") {
    torch::manual_seed(3);
    const auto x = noise({2, 1, 44, 44}), y = noise({2, 1, 44, 44});
    const auto weights = torch::tensor({1.0, 2.0}, torch::kDouble);
    const auto near = 0.5 * x + 0.5 * y;
    CHECK(gradientError(
              [&](const torch::Tensor& image) {
                  return (multiScaleDssimPerSide(image, y, window11(), 3) * weights).sum();
              },
              near) < 1e-6);
    auto opposite = (1 - y).requires_grad_(true);
    multiScaleDssimPerSide(opposite, y, window11(), 3).sum().backward();
    CHECK(torch::isfinite(opposite.grad()).all().item<bool>());
}

TEST_CASE("the face loss compares at several sizes where the plan says so") {
    torch::manual_seed(4);
    const auto batchSide = [] {
        SideBatch side;
        side.target = noise({1, 3, 64, 64});
        side.mask = torch::ones({1, 1, 64, 64}, torch::kDouble);
        return side;
    };
    const PairBatch batch{batchSide(), batchSide()};
    const FaceOutput a{noise({1, 3, 64, 64}), batch.source.mask},
        b{noise({1, 3, 64, 64}), batch.destination.mask};
    LossWeights weights;
    weights.masked = false;
    weights.mse = weights.mask = 0;
    weights.dssimScales = 5;
    const auto result = FaceLoss(weights, 64, torch::kCPU, torch::kDouble)({a, b}, batch);
    const auto expected = multiScaleDssimPerSide(
        torch::cat({a.image, b.image}), torch::cat({batch.source.target, batch.destination.target}),
        window11(), 3);
    REQUIRE(result.terms.size() == 2);
    CHECK(result.terms[0].name == "source_dssim");
    CHECK(result.terms[0].value.item<double>() == Approx(10 * expected[0].item<double>()));
    CHECK(result.terms[1].value.item<double>() == Approx(10 * expected[1].item<double>()));
}

namespace {

LossWeights styles(double face, double background) {
    LossWeights weights;
    weights.faceStyle = face;
    weights.backgroundStyle = background;
    return weights;
}

double addedBy(const StyleLoss& loss, const FaceOutput& swap, const FaceOutput& own,
               const SideBatch& destination) {
    LossResult result;
    loss.add(swap, own, destination, result);
    REQUIRE(result.terms.size() == 1);
    CHECK(result.terms[0].value.item<double>() == result.total.item<double>());
    return result.total.item<double>();
}

SideBatch faceOf(const torch::Tensor& target, const torch::Tensor& mask) {
    SideBatch side;
    side.target = target;
    side.mask = mask;
    return side;
}

}  // namespace

TEST_CASE("face style of two plain colours is what it is by hand") {
    const auto plain = [](double r, double g, double b) {
        return torch::tensor({r, g, b}, torch::kDouble).view({1, 3, 1, 1}).repeat({2, 1, 64, 64});
    };
    const auto ones = torch::ones({2, 1, 64, 64}, torch::kDouble);
    const double ours[] = {0.8, 0.5, 0.2}, theirs[] = {0.6, 0.5, 0.4};
    const FaceOutput swap{plain(0.8, 0.5, 0.2), ones}, own{plain(0.6, 0.5, 0.4), ones};
    // Blurred with zeros around, a colour is itself times the share of the window inside.
    double window[33], sum = 0, first = 0, second = 0;
    for (int k = 0; k < 33; ++k) {
        sum += window[k] = std::exp(-(k - 16) * (k - 16) / 128.0);
    }
    for (int i = 0; i < 64; ++i) {
        double share = 0;
        for (int k = 0; k < 33; ++k) {
            share += i + k >= 16 && i + k < 80 ? window[k] / sum : 0;
        }
        first += share / 64;
        second += share * share / 64;
    }
    const double mean = first * first, variance = second * second - mean * mean;
    double expected = 0;
    for (int c = 0; c < 3; ++c) {
        const double a = ours[c], b = theirs[c];
        const double deviation =
            std::sqrt(a * a * variance + 1e-5) - std::sqrt(b * b * variance + 1e-5);
        expected += ((a - b) * (a - b) * mean * mean + deviation * deviation) / 3;
    }
    const StyleLoss loss(styles(20, 0), 64, torch::kCPU, torch::kDouble);
    CHECK(addedBy(loss, swap, own, faceOf(own.image, ones)) ==
          Approx(10000 * 0.2 * expected).epsilon(1e-9));
    CHECK(addedBy(loss, swap, swap, faceOf(own.image, ones)) == Approx(0).margin(1e-12));
    CHECK_FALSE(StyleLoss(LossWeights{}, 64, torch::kCPU).active());
}

TEST_CASE("styles have the gradients of their values, for the swapped picture alone") {
    torch::manual_seed(7);
    const auto mask = noise({1, 1, 64, 64});
    const FaceOutput own{noise({1, 3, 64, 64}), noise({1, 1, 64, 64})};
    const SideBatch destination = faceOf(noise({1, 3, 64, 64}), noise({1, 1, 64, 64}));
    for (const auto& weights : {styles(10, 0), styles(0, 10)}) {
        CAPTURE(weights.faceStyle);
        const StyleLoss loss(weights, 64, torch::kCPU, torch::kDouble);
        CHECK(gradientError(
                  [&](const torch::Tensor& image) {
                      LossResult result;
                      loss.add({image, mask}, own, destination, result);
                      return result.total;
                  },
                  noise({1, 3, 64, 64})) < 1e-6);
    }
    const auto leaf = [](at::IntArrayRef shape) { return noise(shape).requires_grad_(true); };
    const FaceOutput swap{leaf({1, 3, 64, 64}), leaf({1, 1, 64, 64})};
    const FaceOutput other{leaf({1, 3, 64, 64}), leaf({1, 1, 64, 64})};
    LossResult result;
    StyleLoss(styles(10, 10), 64, torch::kCPU, torch::kDouble)
        .add(swap, other, destination, result);
    REQUIRE(result.terms.size() == 2);
    CHECK(result.terms[0].name == "face_style");
    CHECK(result.terms[1].name == "background_style");
    result.total.backward();
    CHECK(swap.image.grad().abs().sum().item<double>() > 0);
    CHECK_FALSE(swap.mask.grad().defined());
    CHECK_FALSE(other.image.grad().defined());
    CHECK_FALSE(other.mask.grad().defined());
}

TEST_CASE("background style looks at everything but the face") {
    torch::manual_seed(8);
    const auto target = noise({1, 3, 64, 64}), image = noise({1, 3, 64, 64});
    const StyleLoss loss(styles(0, 30), 64, torch::kCPU, torch::kDouble);
    const FaceOutput swap{image, target};
    const auto value = [&](const torch::Tensor& mask) {
        return addedBy(loss, swap, swap, faceOf(target, mask));
    };
    const auto window = gaussianWindow(5, 1.5);
    const auto dssim =
        dssimPerSide(torch::cat({image, image}), torch::cat({target, target}), window);
    const double mse = (image - target).square().mean().item<double>();
    CHECK(value(torch::zeros({1, 1, 64, 64}, torch::kDouble)) ==
          Approx(10 * 0.3 * (dssim[0].item<double>() + mse)));
    // What is wrong within the face does not count.
    auto within = target.clone(), mask = torch::zeros({1, 1, 64, 64}, torch::kDouble);
    within.slice(2, 20, 44).slice(3, 20, 44).fill_(0.5);
    mask.slice(2, 12, 52).slice(3, 12, 52).fill_(1);
    CHECK(addedBy(loss, {within, mask}, swap, faceOf(target, mask)) == Approx(0).margin(1e-12));
    CHECK(addedBy(loss, {image, mask}, swap, faceOf(target, mask)) > 0.1);
}

TEST_CASE("adversarial losses are what they are by hand") {
    const auto logits = torch::tensor({-2.0, 0.0, 3.0}, torch::kDouble);
    const auto softplus = [](double x) { return std::log1p(std::exp(x)); };
    const double real = (softplus(2) + softplus(0) + softplus(-3)) / 3;
    const double made = (softplus(-2) + softplus(0) + softplus(3)) / 3;
    CHECK(asReal(logits).item<double>() == Approx(real));
    CHECK(asMade(logits).item<double>() == Approx(made));
    const auto one = torch::tensor({1.0}, torch::kDouble);
    CHECK(discriminationLoss(logits, one).item<double>() == Approx((real + softplus(1)) / 2));
    const PatchDiscriminator::Verdict a{logits, one}, b{one, logits};
    CHECK(deceptionLoss(a).item<double>() == Approx(real + softplus(-1)));
    CHECK(discriminationLoss(a, b).item<double>() ==
          Approx((real + softplus(1)) / 2 + (softplus(-1) + made) / 2));
}

TEST_CASE("calm backgrounds: neighbours, and what is outside the face") {
    const auto image = torch::tensor({{1.0, 0.0}, {0.5, 0.5}}, torch::kDouble).view({1, 1, 2, 2});
    const auto target = torch::zeros_like(image);
    const auto weight = torch::tensor({{1.0, 1.0}, {0.0, 0.5}}, torch::kDouble).view({1, 1, 2, 2});
    // Down .25 + .25, across 1 + 0; outside .5 and .25.
    CHECK(calmBackgroundLoss(image, target, weight).item<double>() ==
          Approx(1e-6 * 1.5 + 0.02 * (0.25 + 0.0625) / 4));
    const auto twice = [](const torch::Tensor& x) { return torch::cat({x, x}); };
    CHECK(calmBackgroundLoss(twice(image), twice(target), twice(weight)).item<double>() ==
          Approx(1e-6 * 1.5 + 0.02 * (0.25 + 0.0625) / 4));
}

TEST_CASE("adversarial losses have the gradients of their values") {
    torch::manual_seed(9);
    const auto image = noise({1, 3, 16, 16}), target = noise({1, 3, 16, 16});
    const auto weight = noise({1, 1, 16, 16});
    CHECK(
        gradientError([&](const torch::Tensor& x) { return calmBackgroundLoss(x, target, weight); },
                      image) < 1e-6);
    const auto logits = torch::randn({2, 1, 4, 4}, torch::kDouble) * 3;
    for (const auto& loss : {asReal, asMade}) {
        CHECK(gradientError(loss, logits) < 1e-6);
    }
    PatchDiscriminator judge(stridesFor(8, 32), 4);
    initialise(judge, 5);
    judge.to(torch::kDouble);
    const auto picture = noise({2, 3, 32, 32});
    CHECK(gradientError([&](const torch::Tensor& x) { return deceptionLoss(judge.forward(x)); },
                        picture) < 1e-5);
    const auto made = noise({2, 3, 32, 32});
    auto weight1 = judge.named_parameters()["half1.weight"];
    const auto loss = [&] {
        return discriminationLoss(judge.forward(picture), judge.forward(made));
    };
    const auto gradient = torch::autograd::grad({loss()}, {weight1})[0];
    const torch::NoGradGuard noGradient;
    for (const int64_t i : {0, 101, 200}) {
        const auto moved = [&](double by) {
            weight1.view({-1})[i].add_(by);
            const double value = loss().item<double>();
            weight1.view({-1})[i].sub_(by);
            return value;
        };
        CHECK((moved(1e-6) - moved(-1e-6)) / 2e-6 ==
              Approx(gradient.view({-1})[i].item<double>()).epsilon(1e-4).margin(1e-8));
    }
}

TEST_CASE("outside the mask targets are blurred, and nothing of the face is in it") {
    torch::manual_seed(10);
    const auto mask = (noise({1, 1, 32, 32}) > 0.5).to(torch::kDouble);
    const auto target = noise({1, 3, 32, 32});
    const auto smooth = blurredOutMask(target, mask);
    double window[5], sum = 0;
    for (int k = 0; k < 5; ++k) {
        sum += window[k] = std::exp(-(k - 2) * (k - 2) / 2.0);
    }
    const Plane cover = planeOf(mask[0][0]);
    double worst = 0;
    for (int c = 0; c < 3; ++c) {
        const Plane before = planeOf(target[0][c]), after = planeOf(smooth[0][c]);
        for (int y = 0; y < 32; ++y) {
            for (int x = 0; x < 32; ++x) {
                double share = 0, mean = 0;
                for (int k = 0; k < 25; ++k) {
                    const int v = y + k / 5 - 2, u = x + k % 5 - 2;
                    if (v >= 0 && v < 32 && u >= 0 && u < 32 && cover.at(v, u) < 0.5) {
                        share += window[k / 5] * window[k % 5];
                        mean += window[k / 5] * window[k % 5] * before.at(v, u);
                    }
                }
                const double expected = cover.at(y, x) > 0.5 ? before.at(y, x) : mean / share;
                worst = std::max(worst, std::abs(after.at(y, x) - expected));
            }
        }
    }
    CHECK(worst < 1e-12);
    const auto grey = torch::full({1, 3, 32, 32}, 0.3, torch::kDouble);
    CHECK(torch::allclose(blurredOutMask(grey, noise({1, 1, 32, 32})), grey));
    CHECK(torch::allclose(blurredOutMask(target, torch::ones_like(mask)), target));
    PairBatch batch{faceOf(target, mask), faceOf(target, torch::ones_like(mask))};
    blurOutMask(batch);
    CHECK(torch::equal(batch.source.target, smooth));
    CHECK(torch::allclose(batch.destination.target, target));
}
