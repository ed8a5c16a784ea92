#include "training/engine/model/layers.h"

#include <torch/torch.h>

namespace understudy::training {

namespace {

// In place: no backward needs what a convolution gave out.
torch::Tensor activated(torch::Tensor input, double slope) {
    return torch::leaky_relu_(input, slope);
}

}  // namespace

Conv::Conv(int inputs, int outputs, int kernel, int stride)
    : weight_(register_parameter("weight", torch::empty({outputs, inputs, kernel, kernel}))),
      bias_(register_parameter("bias", torch::empty({outputs}))),
      padding_(kernel / 2),
      stride_(stride) {}

torch::Tensor Conv::forward(const torch::Tensor& input) {
    return torch::conv2d(input, weight_, bias_, stride_, padding_);
}

Dense::Dense(int64_t inputs, int64_t outputs)
    : weight_(register_parameter("weight", torch::empty({outputs, inputs}))),
      bias_(register_parameter("bias", torch::empty({outputs}))) {}

torch::Tensor Dense::forward(const torch::Tensor& input) {
    return torch::linear(input, weight_, bias_);
}

void Chain::add(const std::string& name, std::shared_ptr<Layer> layer) {
    layers_.push_back(register_module(name, std::move(layer)));
}

torch::Tensor Chain::forward(const torch::Tensor& input) {
    torch::Tensor x = input;
    for (const auto& layer : layers_) {
        x = layer->forward(x);
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
