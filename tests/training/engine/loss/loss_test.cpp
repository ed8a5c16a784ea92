#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <map>

#include "tests/training/engine/single_thread.h"
#include "training/engine/loss/dssim.h"
#include "training/engine/loss/face_loss.h"

using namespace understudy::training;

namespace {

SideBatch side(int64_t batch, int64_t resolution, torch::ScalarType type) {
    SideBatch result;
    result.warped = torch::rand({batch, 3, resolution, resolution}, type);
    result.target = torch::rand({batch, 3, resolution, resolution}, type);
    result.mask = torch::rand({batch, 1, resolution, resolution}, type);
    return result;
}

FaceOutput output(int64_t batch, int64_t resolution, torch::ScalarType type) {
    return {torch::rand({batch, 3, resolution, resolution}, type),
            torch::rand({batch, 1, resolution, resolution}, type)};
}

std::map<std::string, double> termsOf(const LossResult& result) {
    std::map<std::string, double> terms;
    for (const LossTerm& term : result.terms) {
        terms[term.name] = term.value.item<double>();
    }
    return terms;
}

// Two-dimensional and with autograd: slow and plain.
torch::Tensor plainDssim(const torch::Tensor& x, const torch::Tensor& y,
                         const torch::Tensor& window) {
    const auto kernel =
        window.view({-1, 1}).mm(window.view({1, -1})).view({1, 1, window.numel(), window.numel()});
    const auto mean = [&](const torch::Tensor& image) {
        return torch::conv2d(image.reshape({-1, 1, image.size(2), image.size(3)}), kernel);
    };
    const auto mx = mean(x), my = mean(y);
    const auto variances = mean(x * x) - mx * mx + mean(y * y) - my * my;
    const auto covariance = mean(x * y) - mx * my;
    const auto ssim = (2 * mx * my + 1e-4) * (2 * covariance + 9e-4) /
                      ((mx * mx + my * my + 1e-4) * (variances + 9e-4));
    return (1 - ssim.reshape({2, -1}).mean(1)) / 2;
}

}  // namespace

TEST_CASE("windows are normalised, symmetric and of the right width") {
    for (const int size : {5, 11, 22}) {
        const auto window = gaussianWindow(size, 1.5);
        CHECK(window.sum().item<double>() == Approx(1));
        CHECK(torch::allclose(window, window.flip(0)));
    }
    CHECK(gaussianWindow(3, 1)[0].item<double>() / gaussianWindow(3, 1)[1].item<double>() ==
          Approx(std::exp(-0.5)));
}

TEST_CASE("DSSIM equals the plain formula, and its gradient too") {
    torch::manual_seed(3);
    for (const auto type : {torch::kDouble, torch::kFloat}) {
        for (const int size : {5, 8, 11}) {
            CAPTURE(torch::toString(type), size);
            const double tolerance = type == torch::kDouble ? 1e-10 : 2e-4;
            auto x = torch::rand({4, 3, 23, 31}, type);
            const auto y = (0.7 * x + 0.3 * torch::rand_like(x)).contiguous();
            x.requires_grad_(true);
            const auto window = gaussianWindow(size, 1.5).to(type);
            const auto weights = torch::tensor({1.0, 3.0}, type);
            const auto ours = dssimPerSide(x, y, window);
            const auto plain = plainDssim(x, y, window);
            CHECK(torch::allclose(ours, plain, tolerance, tolerance));
            const auto gradient = torch::autograd::grad({(ours * weights).sum()}, {x})[0];
            const auto expected = torch::autograd::grad({(plain * weights).sum()}, {x})[0];
            CHECK((gradient - expected).norm().item<double>() <
                  tolerance * expected.norm().item<double>());
        }
    }
}

TEST_CASE("equal pictures have no loss") {
    for (const int resolution : {64, 256}) {
        SideBatch a = side(1, resolution, torch::kDouble), b = side(1, resolution, torch::kDouble);
        const FaceLoss loss(LossWeights{}, resolution, torch::kCPU, torch::kDouble);
        const auto result = loss({{a.target, a.mask}, {b.target, b.mask}}, {a, b});
        CHECK(std::abs(result.total.item<double>()) < 1e-9);
    }
}

TEST_CASE("terms add up to the total, weighted, and weights of 0 leave a term out") {
    torch::manual_seed(4);
    const PairBatch batch{side(2, 64, torch::kDouble), side(2, 64, torch::kDouble)};
    const std::pair predictions{output(2, 64, torch::kDouble), output(2, 64, torch::kDouble)};
    const auto terms = [&](const LossWeights& weights) {
        const auto result = FaceLoss(weights, 64, torch::kCPU, torch::kDouble)(predictions, batch);
        double sum = 0;
        for (const auto& [name, value] : termsOf(result)) {
            sum += value;
        }
        CHECK(result.total.item<double>() == Approx(sum));
        return termsOf(result);
    };
    const auto standard = terms({});
    CHECK(standard.size() == 6);
    for (const char* name : {"source_dssim", "source_mse", "source_mask", "destination_dssim",
                             "destination_mse", "destination_mask"}) {
        CHECK(standard.count(name) == 1);
    }
    LossWeights doubled;
    doubled.dssim = 20;
    CHECK(terms(doubled).at("source_dssim") == Approx(2 * standard.at("source_dssim")));
    LossWeights without;
    without.mask = 0;
    CHECK(terms(without).size() == 4);
}

TEST_CASE("masked training looks at the face, unmasked at everything") {
    PairBatch batch{side(1, 64, torch::kDouble), side(1, 64, torch::kDouble)};
    for (SideBatch* each : {&batch.source, &batch.destination}) {
        each->mask.zero_();
        each->mask.slice(3, 0, 20).fill_(1);
    }
    std::pair<FaceOutput, FaceOutput> predictions{
        {batch.source.target.clone(), batch.source.mask},
        {batch.destination.target.clone(), batch.destination.mask}};
    // Wrong far from the face.
    predictions.first.image.slice(3, 50, 64).fill_(0.5);
    LossWeights unmasked;
    unmasked.masked = false;
    const auto total = [&](const LossWeights& weights) {
        return FaceLoss(weights, 64, torch::kCPU, torch::kDouble)(predictions, batch)
            .total.item<double>();
    };
    CHECK(total({}) < 1e-9);
    CHECK(total(unmasked) > 0.01);
}

TEST_CASE("eyes and mouth count where the batch says where they are") {
    torch::manual_seed(5);
    PairBatch batch{side(1, 64, torch::kDouble), side(1, 64, torch::kDouble)};
    const std::pair predictions{output(1, 64, torch::kDouble), output(1, 64, torch::kDouble)};
    LossWeights weights;
    weights.eyesMouth = 300;
    const FaceLoss loss(weights, 64, torch::kCPU, torch::kDouble);
    CHECK(termsOf(loss(predictions, batch)).count("source_eyes_mouth") == 0);
    batch.source.eyesMouth = torch::zeros({1, 1, 64, 64}, torch::kDouble);
    batch.destination.eyesMouth = torch::zeros({1, 1, 64, 64}, torch::kDouble);
    batch.source.eyesMouth.slice(2, 10, 20).fill_(1);
    const auto terms = termsOf(loss(predictions, batch));
    const double expected =
        300 * ((predictions.first.image - batch.source.target) * batch.source.eyesMouth)
                  .abs()
                  .mean()
                  .item<double>();
    CHECK(terms.at("source_eyes_mouth") == Approx(expected));
    CHECK(terms.at("destination_eyes_mouth") == 0);
}

TEST_CASE("gradients reach images and masks, and none the batch") {
    torch::manual_seed(6);
    const PairBatch batch{side(2, 64, torch::kFloat), side(2, 64, torch::kFloat)};
    std::pair predictions{output(2, 64, torch::kFloat), output(2, 64, torch::kFloat)};
    for (auto* each : {&predictions.first, &predictions.second}) {
        each->image = each->image.contiguous(torch::MemoryFormat::ChannelsLast);
        each->image.requires_grad_(true);
        each->mask.requires_grad_(true);
    }
    const auto result = FaceLoss(LossWeights{}, 64, torch::kCPU)(predictions, batch);
    CHECK(result.total.scalar_type() == torch::kFloat);
    result.total.backward();
    for (const auto* each : {&predictions.first, &predictions.second}) {
        CHECK(each->image.grad().abs().sum().item<double>() > 0);
        CHECK(each->mask.grad().abs().sum().item<double>() > 0);
    }
    for (const LossTerm& term : result.terms) {
        CHECK_FALSE(term.value.requires_grad());
    }
}
