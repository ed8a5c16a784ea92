// Networks that learn to tell two kinds apart, so that the face network must make them alike: a
// picture and the real thing (PatchDiscriminator), the source's code and the destination's
// (CodeDiscriminator). Both answer in logits, fp32 or wider: above 0 is "real".
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "training/engine/model/layers.h"

namespace understudy::training {

// Strides of 3x3 convolutions, one after the other. What the last of them sees of the picture is
// 3 + 2 (s1 + s1 s2 + s1 s2 s3 + ...) pixels, without the last stride.
using Strides = std::vector<int>;
int receptiveField(const Strides& strides);

// Those whose receptive field is nearest to `patch` pixels (3 and up), with as few convolutions as
// can be; the last one halves. At most nine, and `resolution` is halved to 4 pixels at least.
Strides stridesFor(int patch, int resolution);

// Channels of the discriminators' layers, from the first on: `enter` and each convolution of
// `strides`, and those that a code of edge `side` goes through.
std::vector<int> patchWidths(const Strides& strides, int dims);
std::vector<int> codeJudgeWidths(int side);

// A U-Net (Schoenfeld et al., "A U-Net based discriminator for generative adversarial networks",
// 2020): it judges patches where it is narrowest, and every pixel at its end. 1x1 to `dims`
// channels, each convolution of `strides` doubles them up to 512; a transposed convolution leads
// back beside what came in.
class PatchDiscriminator : public torch::nn::Module {
  public:
    PatchDiscriminator(const Strides& strides, int dims);

    struct Verdict {
        torch::Tensor patches;  // [B,1,h,w]
        torch::Tensor pixels;   // [B,1,H,W]
    };
    Verdict forward(const torch::Tensor& image);  // [B,3,H,W], 0 to 1

  private:
    std::shared_ptr<Conv> enter_, middle_, patches_, pixels_;
    std::vector<std::shared_ptr<Layer>> down_, up_;
};

// [B,C,S,S] -> [B,1,s,s]. A 4x4 convolution to 256 channels, S / 8 more of 3x3 that double them up
// to 2048; all of stride 2.
class CodeDiscriminator : public Layer {
  public:
    CodeDiscriminator(int channels, int side);
    torch::Tensor forward(const torch::Tensor& code) override;

  private:
    std::vector<std::shared_ptr<Layer>> body_;
    std::shared_ptr<Conv> out_;
};

// While it lives, backward passes through the module leave no gradients in its weights.
class Frozen {
  public:
    explicit Frozen(torch::nn::Module& module);
    ~Frozen();
    Frozen(const Frozen&) = delete;
    Frozen& operator=(const Frozen&) = delete;

  private:
    std::vector<torch::Tensor> parameters_;
};

}  // namespace understudy::training
