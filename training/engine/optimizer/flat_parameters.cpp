#include "training/engine/optimizer/flat_parameters.h"

#include <torch/torch.h>

#include <algorithm>

#include "media/base/check.h"

namespace understudy::training {

namespace {

constexpr int64_t kAlignment = 16;  // numbers: every part starts on a cache line

torch::Tensor inMemoryOrder(const torch::Tensor& tensor) {
    return tensor.as_strided({tensor.numel()}, {1}, tensor.storage_offset());
}

}  // namespace

FlatParameters::FlatParameters(torch::nn::Module& module) {
    const torch::NoGradGuard noGrad;
    for (const auto& item : module.named_parameters()) {
        slices_.push_back({item.key(), item.value(), 0});
    }
    US_CHECK(!slices_.empty());
    int64_t size = 0;
    for (size_t i = slices_.size(); i-- > 0;) {
        Slice& slice = slices_[i];
        US_CHECK(slice.parameter.is_non_overlapping_and_dense());
        slice.offset = size;
        size += (slice.parameter.numel() + kAlignment - 1) / kAlignment * kAlignment;
    }
    values_ = torch::zeros({size}, slices_.front().parameter.options().requires_grad(false));
    for (Slice& slice : slices_) {
        const torch::Tensor view = viewOf(values_, slice);
        view.copy_(slice.parameter);
        slice.parameter.set_data(view);
    }
}

torch::Tensor FlatParameters::viewOf(const torch::Tensor& buffer, const Slice& slice) const {
    return buffer.as_strided(slice.parameter.sizes(), slice.parameter.strides(), slice.offset);
}

void FlatParameters::zeroGradients() {
    for (Slice& slice : slices_) {
        slice.parameter.mutable_grad().reset();
    }
}

torch::Tensor FlatParameters::makeBuffer() const {
    return torch::zeros_like(values_);
}

NamedTensors FlatParameters::views(const torch::Tensor& buffer, const std::string& prefix) const {
    NamedTensors result;
    for (const Slice& slice : slices_) {
        result.push_back({prefix + slice.name, viewOf(buffer, slice)});
    }
    return result;
}

std::vector<torch::Tensor> FlatParameters::pieces(const torch::Tensor& buffer) const {
    std::vector<torch::Tensor> result;
    for (size_t i = slices_.size(); i-- > 0;) {
        result.push_back(buffer.narrow(0, slices_[i].offset, slices_[i].parameter.numel()));
    }
    return result;
}

void FlatParameters::use(const torch::Tensor& buffer) {
    US_CHECK(buffer.sizes() == values_.sizes() && buffer.scalar_type() == values_.scalar_type());
    for (Slice& slice : slices_) {
        slice.parameter.set_data(viewOf(buffer, slice));
    }
}

std::vector<torch::Tensor> FlatParameters::gradientPieces() const {
    std::vector<torch::Tensor> result;
    for (size_t i = slices_.size(); i-- > 0;) {
        const torch::Tensor& parameter = slices_[i].parameter;
        torch::Tensor gradient = parameter.grad();
        if (!gradient.defined()) {
            gradient = torch::zeros_like(parameter);
        } else if (gradient.strides() != parameter.strides()) {
            gradient = torch::empty_like(parameter).copy_(gradient);
        }
        result.push_back(inMemoryOrder(gradient.detach()));
    }
    return result;
}

}  // namespace understudy::training
