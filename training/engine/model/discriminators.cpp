#include "training/engine/model/discriminators.h"

#include <torch/types.h>

#include <algorithm>
#include <cstdlib>

#include "training/engine/model/convolution.h"

namespace understudy::training {

namespace {

constexpr int kMostConvolutions = 9;
constexpr int kNarrowest = 4;  // pixels where the U-Net is narrowest
constexpr int kMostChannels = 512;
constexpr int kCodeChannels = 256, kMostCodeChannels = 2048;
constexpr double kSlope = 0.1;

torch::Tensor activated(torch::Tensor input) {
    return torch::leaky_relu_(input, kSlope);
}

// Logits lose too much in bf16 for a mean of their losses.
torch::Tensor widened(const torch::Tensor& logits) {
    return logits.scalar_type() == torch::kBFloat16 ? logits.to(torch::kFloat) : logits;
}

// Makes the picture `stride` times as large, the convolution of that stride turned round.
class BackConv : public Weighted {
  public:
    BackConv(int inputs, int outputs, int stride)
        : Weighted({inputs, outputs, 3, 3}, outputs), stride_(stride) {}

    torch::Tensor forward(const torch::Tensor& input) override {
        const Operands o = operands(input);
        return torch::conv_transpose2d(o.input, o.weight, o.bias, stride_, 1, stride_ - 1);
    }

  private:
    int stride_;
};

// [B,in,S,S] -> [B,out,S/2,S/2], rounded down, S 2 and up. Conv keeps the size only with odd
// kernels.
class EvenConv : public Weighted {
  public:
    EvenConv(int inputs, int outputs) : Weighted({outputs, inputs, 4, 4}, outputs) {}

    torch::Tensor forward(const torch::Tensor& input) override {
        const Operands o = operands(input);
        return convolution(o.input, o.weight, o.bias, 2, 1);
    }
};

}  // namespace

int receptiveField(const Strides& strides) {
    int field = 3, step = 1;
    for (size_t i = 0; i + 1 < strides.size(); ++i) {
        step *= strides[i];
        field += 2 * step;
    }
    return field;
}

Strides stridesFor(int patch, int resolution) {
    Strides best;
    for (int count = 1; count <= kMostConvolutions; ++count) {
        for (int halves = 0; halves < 1 << (count - 1); ++halves) {
            Strides strides;
            int side = resolution;
            for (int i = 0; i < count; ++i) {
                strides.push_back(i + 1 == count || (halves >> i & 1) != 0 ? 2 : 1);
                side = (side + strides.back() - 1) / strides.back();
            }
            const auto off = [&](const Strides& s) { return std::abs(receptiveField(s) - patch); };
            if (side >= kNarrowest && (best.empty() || off(strides) < off(best))) {
                best = strides;
            }
        }
    }
    return best;
}

std::vector<int> patchWidths(const Strides& strides, int dims) {
    std::vector<int> widths = {dims};
    for (size_t i = 0; i < strides.size(); ++i) {
        widths.push_back(std::min(2 * widths.back(), std::max(dims, kMostChannels)));
    }
    return widths;
}

std::vector<int> codeJudgeWidths(int side) {
    std::vector<int> widths = {kCodeChannels};
    for (int i = 0; i < side / 8; ++i) {
        widths.push_back(std::min(2 * widths.back(), kMostCodeChannels));
    }
    return widths;
}

PatchDiscriminator::PatchDiscriminator(const Strides& strides, int dims) {
    const std::vector<int> widths = patchWidths(strides, dims);
    enter_ = register_module("enter", std::make_shared<Conv>(3, dims, 1));
    for (size_t i = 0; i < strides.size(); ++i) {
        // The name says the stride: weights of another layout do not fit by name.
        const std::string name = (strides[i] == 2 ? "half" : "same") + std::to_string(i + 1);
        down_.push_back(
            register_module(name, std::make_shared<Conv>(widths[i], widths[i + 1], 3, strides[i])));
    }
    const int deepest = widths.back();
    middle_ = register_module("middle", std::make_shared<Conv>(deepest, deepest, 1));
    patches_ = register_module("patches", std::make_shared<Conv>(deepest, 1, 1));
    for (size_t i = strides.size(); i-- > 0;) {
        // All but the first get what came in at that size beside what comes back.
        const int inputs = i + 1 == strides.size() ? deepest : 2 * widths[i + 1];
        up_.push_back(register_module("back" + std::to_string(i + 1),
                                      std::make_shared<BackConv>(inputs, widths[i], strides[i])));
    }
    pixels_ = register_module("pixels", std::make_shared<Conv>(2 * dims, 1, 1));
}

PatchDiscriminator::Verdict PatchDiscriminator::forward(const torch::Tensor& image) {
    torch::Tensor x = activated(enter_->forward(image));
    std::vector<torch::Tensor> passed;
    for (const auto& layer : down_) {
        passed.push_back(x);
        x = activated(layer->forward(x));
    }
    Verdict verdict;
    verdict.patches = widened(patches_->forward(x));
    x = activated(middle_->forward(x));
    for (size_t i = 0; i < up_.size(); ++i) {
        const torch::Tensor& beside = passed[passed.size() - 1 - i];
        x = activated(up_[i]->forward(x));
        // Odd sizes came in rounded up.
        x = x.slice(2, 0, beside.size(2)).slice(3, 0, beside.size(3));
        x = torch::cat({beside, x}, 1);
    }
    verdict.pixels = widened(pixels_->forward(x));
    return verdict;
}

CodeDiscriminator::CodeDiscriminator(int channels, int side) {
    const std::vector<int> widths = codeJudgeWidths(side);
    body_.push_back(register_module("conv1", std::make_shared<EvenConv>(channels, widths[0])));
    for (size_t i = 1; i < widths.size(); ++i) {
        body_.push_back(register_module("conv" + std::to_string(i + 1),
                                        std::make_shared<Conv>(widths[i - 1], widths[i], 3, 2)));
    }
    out_ = register_module("out", std::make_shared<Conv>(widths.back(), 1, 1));
}

torch::Tensor CodeDiscriminator::forward(const torch::Tensor& code) {
    torch::Tensor x = code;
    for (const auto& layer : body_) {
        x = activated(layer->forward(x));
    }
    return widened(out_->forward(x));
}

Frozen::Frozen(torch::nn::Module& module) {
    for (torch::Tensor& parameter : module.parameters()) {
        if (parameter.requires_grad()) {
            parameter.requires_grad_(false);
            parameters_.push_back(parameter);
        }
    }
}

Frozen::~Frozen() {
    for (torch::Tensor& parameter : parameters_) {
        parameter.requires_grad_(true);
    }
}

}  // namespace understudy::training
