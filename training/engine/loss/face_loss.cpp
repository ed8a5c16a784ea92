#include "training/engine/loss/face_loss.h"

#include <torch/types.h>

#include "media/base/check.h"
#include "training/engine/loss/dssim.h"
#include "training/engine/loss/multi_scale_dssim.h"

namespace understudy::training {

namespace {

constexpr int kLeastForTwoWindows = 256;
constexpr double kWindowSigma = 1.5;

torch::Tensor onDevice(const torch::Tensor& window, torch::Device device, torch::ScalarType type) {
    return window.to(device, type);
}

// Both sides as one batch, planes contiguous.
torch::Tensor joined(const torch::Tensor& source, const torch::Tensor& destination,
                     torch::ScalarType type) {
    return torch::cat({source, destination}).to(type).contiguous();
}

// [2B,C,H,W] -> [2]: the mean of each side.
torch::Tensor meanPerSide(const torch::Tensor& values) {
    return values.reshape({2, -1}).mean(1);
}

}  // namespace

void LossResult::add(const std::string& name, const torch::Tensor& value) {
    total = total.defined() ? total + value : value;
    terms.push_back({name, value.detach()});
}

FaceLoss::FaceLoss(const LossWeights& weights, int resolution, torch::Device device,
                   torch::ScalarType type)
    : weights_(weights),
      scales_(scalesWithin(resolution, weights.dssimScales)),
      faceWeight_(resolution, device, type),
      type_(type) {
    if (scales_ > 1) {
        windows_.push_back(onDevice(gaussianWindow(kScaleWindow, kWindowSigma), device, type));
        return;
    }
    windows_.push_back(
        onDevice(gaussianWindow(static_cast<int>(resolution / 11.6), kWindowSigma), device, type));
    if (resolution >= kLeastForTwoWindows) {
        windows_.push_back(onDevice(
            gaussianWindow(static_cast<int>(resolution / 23.2), kWindowSigma), device, type));
    }
}

LossResult FaceLoss::operator()(const std::pair<FaceOutput, FaceOutput>& predictions,
                                const PairBatch& batch) const {
    const auto& [source, destination] = predictions;
    auto image = joined(source.image, destination.image, type_);
    auto target = joined(batch.source.target, batch.destination.target, type_);
    const auto coverage = joined(batch.source.mask, batch.destination.mask, type_);
    LossResult result;
    if (weights_.eyesMouth > 0 && batch.source.eyesMouth.defined()) {
        const auto parts = joined(batch.source.eyesMouth, batch.destination.eyesMouth, type_);
        addTerms("eyes_mouth", weights_.eyesMouth * meanPerSide(((image - target) * parts).abs()),
                 result);
    }
    if (weights_.masked) {
        const auto weight = faceWeight_(coverage);
        image = image * weight;
        target = target * weight;
    }
    if (weights_.dssim > 0) {
        addTerms("dssim", dssim(image, target), result);
    }
    if (weights_.mse > 0) {
        addTerms("mse", weights_.mse * meanPerSide((image - target).square()), result);
    }
    if (weights_.mask > 0) {
        const auto mask = joined(source.mask, destination.mask, type_);
        addTerms("mask", weights_.mask * meanPerSide((mask - coverage).square()), result);
    }
    US_CHECK(result.total.defined());
    return result;
}

torch::Tensor FaceLoss::dssim(const torch::Tensor& image, const torch::Tensor& target) const {
    if (scales_ > 1) {
        return weights_.dssim * multiScaleDssimPerSide(image, target, windows_.front(), scales_);
    }
    torch::Tensor sum;
    for (const auto& window : windows_) {
        const auto value = dssimPerSide(image, target, window);
        sum = sum.defined() ? sum + value : value;
    }
    return weights_.dssim / static_cast<double>(windows_.size()) * sum;
}

void FaceLoss::addTerms(const char* name, const torch::Tensor& perSide, LossResult& result) const {
    const torch::Tensor sum = perSide.sum();
    result.total = result.total.defined() ? result.total + sum : sum;
    result.terms.push_back({std::string("source_") + name, perSide.detach()[0]});
    result.terms.push_back({std::string("destination_") + name, perSide.detach()[1]});
}

}  // namespace understudy::training
