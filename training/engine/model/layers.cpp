#include "training/engine/model/layers.h"

#include <ATen/autocast_mode.h>
#include <torch/types.h>

#include "training/engine/model/convolution.h"

namespace understudy::training {

namespace {

// In place: no backward needs what a convolution gave out.
torch::Tensor activated(torch::Tensor input, double slope) {
    return torch::leaky_relu_(input, slope);
}

}  // namespace

Weighted::Weighted(at::IntArrayRef weightShape, int64_t outputs)
    : weight_(register_parameter("weight", torch::empty(weightShape))),
      bias_(register_parameter("bias", torch::empty({outputs}))) {}

void Weighted::useCopies(std::shared_ptr<ComputeCopies> copies, size_t weightSlot,
                         size_t biasSlot) {
    copies_ = std::move(copies);
    weightSlot_ = weightSlot;
    biasSlot_ = biasSlot;
}

Weighted::Operands Weighted::operands(const torch::Tensor& input) const {
    const auto device = input.device().type();
    if (copies_ && at::autocast::is_autocast_enabled(device) &&
        at::autocast::get_autocast_dtype(device) == torch::kBFloat16) {
        const torch::Tensor weight = copies_->copyOf(weight_, weightSlot_);
        const torch::Tensor bias = copies_->copyOf(bias_, biasSlot_);
        if (weight.defined() && bias.defined()) {
            return {input.to(torch::kBFloat16), weight, bias};
        }
    }
    return {input, weight_, bias_};
}

Conv::Conv(int inputs, int outputs, int kernel, int stride)
    : Weighted({outputs, inputs, kernel, kernel}, outputs), padding_(kernel / 2), stride_(stride) {}

torch::Tensor Conv::forward(const torch::Tensor& input) {
    const Operands o = operands(input);
    return convolution(o.input, o.weight, o.bias, stride_, padding_);
}

Dense::Dense(int64_t inputs, int64_t outputs) : Weighted({outputs, inputs}, outputs) {}

torch::Tensor Dense::forward(const torch::Tensor& input) {
    const Operands o = operands(input);
    return torch::linear(o.input, o.weight, o.bias);
}

void Chain::add(const std::string& name, std::shared_ptr<Layer> layer) {
    layers_.push_back(register_module(name, std::move(layer)));
}

torch::Tensor Chain::forward(const torch::Tensor& input) {
    return forwardPart(input, 0, size());
}

torch::Tensor Chain::forwardPart(const torch::Tensor& input, size_t begin, size_t end) {
    torch::Tensor x = input;
    for (size_t i = begin; i < end; ++i) {
        x = layers_[i]->forward(x);
    }
    return x;
}

Down::Down(int inputs, int outputs)
    : conv_(register_module("conv", std::make_shared<Conv>(inputs, outputs, 5, 2))) {}

torch::Tensor Down::forward(const torch::Tensor& input) {
    return activated(conv_->forward(input), 0.1);
}

Up::Up(int inputs, int outputs)
    : conv_(register_module("conv", std::make_shared<Conv>(inputs, 4 * outputs))) {}

torch::Tensor Up::forward(const torch::Tensor& input) {
    return subPixels(activated(conv_->forward(input), 0.1));
}

Residual::Residual(int channels)
    : conv1_(register_module("conv1", std::make_shared<Conv>(channels, channels))),
      conv2_(register_module("conv2", std::make_shared<Conv>(channels, channels))) {}

torch::Tensor Residual::forward(const torch::Tensor& input) {
    torch::Tensor y = conv2_->forward(activated(conv1_->forward(input), 0.2));
    // Under autocast the input of a first layer may be wider than `y`.
    return activated(input.scalar_type() == y.scalar_type() ? y.add_(input) : input + y, 0.2);
}

PhaseOutput::PhaseOutput(int inputs) {
    for (int phase = 0; phase < 4; ++phase) {
        phases_.push_back(register_module("phase" + std::to_string(phase),
                                          std::make_shared<Conv>(inputs, 3, phase == 0 ? 1 : 3)));
    }
}

torch::Tensor PhaseOutput::forward(const torch::Tensor& input) {
    std::vector<torch::Tensor> phases;
    for (const auto& phase : phases_) {
        phases.push_back(phase->forward(input));
    }
    return subPixels(torch::stack(phases, 2).flatten(1, 2));
}

torch::Tensor subPixels(const torch::Tensor& input) {
    if (input.is_cpu()) {
        return torch::pixel_shuffle(input, 2);
    }
    // Elsewhere pixel_shuffle answers in NCHW, and the next convolution would have to convert.
    const int64_t batch = input.size(0), channels = input.size(1) / 4;
    const int64_t height = input.size(2), width = input.size(3);
    return input.permute({0, 2, 3, 1})
        .reshape({batch, height, width, channels, 2, 2})
        .permute({0, 1, 4, 2, 5, 3})
        .reshape({batch, 2 * height, 2 * width, channels})
        .permute({0, 3, 1, 2});
}

torch::Tensor brightness(const torch::Tensor& logits) {
    const bool narrow =
        logits.scalar_type() == torch::kBFloat16 || logits.scalar_type() == torch::kHalf;
    return torch::sigmoid(narrow ? logits.to(torch::kFloat) : logits);
}

}  // namespace understudy::training
