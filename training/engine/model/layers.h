// The building blocks of the networks. Module and parameter names are those of the files.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

#include "training/engine/model/compute_copies.h"

namespace understudy::training {

// A module with one input and one output.
class Layer : public torch::nn::Module {
  public:
    virtual torch::Tensor forward(const torch::Tensor& input) = 0;
};

// A layer with weight and bias, which may compute with bf16 copies of them.
class Weighted : public Layer {
  public:
    Weighted(at::IntArrayRef weightShape, int64_t outputs);

    const torch::Tensor& weight() const { return weight_; }
    const torch::Tensor& bias() const { return bias_; }
    // Under autocast, `copies` are asked by these slots from now on.
    void useCopies(std::shared_ptr<ComputeCopies> copies, size_t weightSlot, size_t biasSlot);

  protected:
    struct Operands {
        torch::Tensor input, weight, bias;
    };
    // What to compute with; all in bf16 where copies are used.
    Operands operands(const torch::Tensor& input) const;

  private:
    torch::Tensor weight_, bias_;
    std::shared_ptr<ComputeCopies> copies_;
    size_t weightSlot_ = 0, biasSlot_ = 0;
};

// Convolution with bias, zero-padded to keep the size: [B,in,H,W] -> [B,out,H/stride,W/stride].
class Conv : public Weighted {
  public:
    Conv(int inputs, int outputs, int kernel = 3, int stride = 1);
    torch::Tensor forward(const torch::Tensor& input) override;

  private:
    int padding_, stride_;
};

// [B,in] -> [B,out].
class Dense : public Weighted {
  public:
    Dense(int64_t inputs, int64_t outputs);
    torch::Tensor forward(const torch::Tensor& input) override;
};

// Named layers one after the other.
class Chain : public Layer {
  public:
    void add(const std::string& name, std::shared_ptr<Layer> layer);
    torch::Tensor forward(const torch::Tensor& input) override;
    // The layers from number `begin` up to `end`, without it.
    torch::Tensor forwardPart(const torch::Tensor& input, size_t begin, size_t end);
    size_t size() const { return layers_.size(); }

  private:
    std::vector<std::shared_ptr<Layer>> layers_;
};

// Halves the resolution: 5x5 convolution with stride 2, leaky ReLU.
class Down : public Layer {
  public:
    Down(int inputs, int outputs);
    torch::Tensor forward(const torch::Tensor& input) override;

  private:
    std::shared_ptr<Conv> conv_;
};

// Doubles the resolution: 3x3 convolution to four sub-pixels, leaky ReLU, pixel shuffle.
class Up : public Layer {
  public:
    Up(int inputs, int outputs);
    torch::Tensor forward(const torch::Tensor& input) override;

  private:
    std::shared_ptr<Conv> conv_;
};

// Two 3x3 convolutions around which the input passes.
class Residual : public Layer {
  public:
    explicit Residual(int channels);
    torch::Tensor forward(const torch::Tensor& input) override;

  private:
    std::shared_ptr<Conv> conv1_, conv2_;
};

// RGB at twice the input's resolution: one convolution per sub-pixel, the first of them 1x1.
class PhaseOutput : public Layer {
  public:
    explicit PhaseOutput(int inputs);
    torch::Tensor forward(const torch::Tensor& input) override;

  private:
    std::vector<std::shared_ptr<Conv>> phases_;
};

// [B,4C,H,W] -> [B,C,2H,2W], channel 4c + 2y + x to sub-pixel (y, x) of channel c. Keeps
// channels_last on every device.
torch::Tensor subPixels(const torch::Tensor& input);

// Logistic function in at least fp32: in bf16 it has too few steps near 1 for a picture.
torch::Tensor brightness(const torch::Tensor& logits);

}  // namespace understudy::training
