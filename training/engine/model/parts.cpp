#include "training/engine/model/parts.h"

#include <torch/types.h>

#include "training/engine/model/recompute.h"

namespace understudy::training {

std::vector<int> encoderWidths(const ModelSpec& spec) {
    const int e = spec.encoderDims;
    std::vector<int> widths = {e, 2 * e, 4 * e, 8 * e};
    if (spec.has('t')) {
        widths.push_back(8 * e);
    }
    return widths;
}

std::vector<int> decoderWidths(const ModelSpec& spec) {
    const int d = spec.decoderDims;
    std::vector<int> widths = {8 * d, 4 * d, 2 * d};
    if (spec.has('t')) {
        widths.insert(widths.begin(), 8 * d);
    }
    return widths;
}

std::vector<int> maskWidths(const ModelSpec& spec) {
    const int m = spec.maskDims;
    std::vector<int> widths = {8 * m, 4 * m, 2 * m};
    if (spec.has('t')) {
        widths.insert(widths.begin(), 8 * m);
    }
    if (spec.has('d')) {
        widths.push_back(m);
    }
    return widths;
}

int interChannels(const ModelSpec& spec) {
    return spec.model == "liae" ? 2 * spec.bottleneck : spec.bottleneck;
}

int codeChannels(const ModelSpec& spec) {
    return spec.model == "liae" ? 2 * interChannels(spec) : interChannels(spec);
}

Encoder::Encoder(const ModelSpec& spec)
    : body_(register_module("body", std::make_shared<Chain>())), normalise_(spec.has('u')) {
    const auto widths = encoderWidths(spec);
    int inputs = 3;
    for (size_t n = 1; n <= widths.size(); ++n) {
        const int outputs = widths[n - 1];
        body_->add("down" + std::to_string(n), std::make_shared<Down>(inputs, outputs));
        if (spec.has('t') && (n == 1 || n == widths.size())) {
            body_->add("res" + std::to_string(n), std::make_shared<Residual>(outputs));
        }
        inputs = outputs;
    }
}

int64_t Encoder::size(const ModelSpec& spec) {
    const int64_t side = spec.resolution / (spec.has('t') ? 32 : 16);
    return 8 * spec.encoderDims * side * side;
}

torch::Tensor Encoder::forward(const torch::Tensor& image) {
    if (recompute_) {
        return recomputed(image, [this](const torch::Tensor& input) { return encode(input); });
    }
    return encode(image);
}

torch::Tensor Encoder::encode(const torch::Tensor& image) {
    torch::Tensor x = body_->forward(image).flatten(1);
    if (normalise_) {
        const auto type = x.scalar_type();
        const bool narrow = type == torch::kBFloat16 || type == torch::kHalf;
        const torch::Tensor wide = narrow ? x.to(torch::kFloat) : x;
        x = (wide * torch::rsqrt(wide.square().mean(1, true) + 1e-6)).to(type);
    }
    return x;
}

Inter::Inter(const ModelSpec& spec, int channels)
    : dense1_(
          register_module("dense1", std::make_shared<Dense>(Encoder::size(spec), spec.bottleneck))),
      dense2_(register_module(
          "dense2",
          std::make_shared<Dense>(spec.bottleneck, int64_t{channels} * side(spec) * side(spec)))),
      channels_(channels),
      side_(side(spec)) {
    if (!spec.has('t')) {
        up_ = register_module("up", std::make_shared<Up>(channels, channels));
    }
}

int Inter::side(const ModelSpec& spec) {
    return spec.resolution / (spec.has('d') ? 32 : 16);
}

torch::Tensor Inter::forward(const torch::Tensor& encoding) {
    const torch::Tensor code =
        dense2_->forward(dense1_->forward(encoding)).unflatten(1, {channels_, side_, side_});
    return up_ ? up_->forward(code) : code;
}

MaskDecoder::MaskDecoder(const ModelSpec& spec, int inputs)
    : body_(register_module("body", std::make_shared<Chain>())) {
    int n = 0;
    for (const int outputs : maskWidths(spec)) {
        body_->add("up" + std::to_string(++n), std::make_shared<Up>(inputs, outputs));
        inputs = outputs;
    }
    out_ = register_module("out", std::make_shared<Conv>(inputs, 1, 1));
}

torch::Tensor MaskDecoder::forward(const torch::Tensor& code) {
    return brightness(out_->forward(body_->forward(code)));
}

Decoder::Decoder(const ModelSpec& spec, int inputs)
    : body_(register_module("body", std::make_shared<Chain>())) {
    int n = 0;
    const int codeInputs = inputs;
    for (const int outputs : decoderWidths(spec)) {
        const std::string number = std::to_string(++n);
        body_->add("up" + number, std::make_shared<Up>(inputs, outputs));
        body_->add("res" + number, std::make_shared<Residual>(outputs));
        inputs = outputs;
    }
    if (spec.has('d')) {
        out_ = std::make_shared<PhaseOutput>(inputs);
    } else {
        out_ = std::make_shared<Conv>(inputs, 3, 1);
    }
    register_module("out", out_);
    mask_ = register_module("mask", std::make_shared<MaskDecoder>(spec, codeInputs));
}

FaceOutput Decoder::forward(const torch::Tensor& code) {
    if (recompute_) {
        return inStages(code);
    }
    return {brightness(out_->forward(body_->forward(code))), mask_->forward(code)};
}

// Each stage of the body begins at a residual layer, whose input is the least there is to keep at
// that size; the last ones have the most inside. The mask's decoder is so narrow that it is one.
FaceOutput Decoder::inStages(const torch::Tensor& code) {
    torch::Tensor x = code;
    size_t begin = 0;
    for (size_t end = 1; end < body_->size(); end += 2) {
        x = recomputed(x, [this, begin, end](const torch::Tensor& input) {
            return body_->forwardPart(input, begin, end);
        });
        begin = end;
    }
    const torch::Tensor image = recomputed(x, [this, begin](const torch::Tensor& input) {
        return brightness(out_->forward(body_->forwardPart(input, begin, body_->size())));
    });
    const torch::Tensor mask =
        recomputed(code, [this](const torch::Tensor& input) { return mask_->forward(input); });
    return {image, mask};
}

}  // namespace understudy::training
