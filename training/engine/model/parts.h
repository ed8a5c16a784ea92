// Encoder, inter and decoder: what the networks are put together from.
#pragma once

#include <memory>

#include "training/engine/model/face_model.h"
#include "training/engine/model/layers.h"

namespace understudy::training {

// [B,3,R,R] -> [B,N]: the face in numbers, flattened as C, H, W.
class Encoder : public Layer {
  public:
    explicit Encoder(const ModelSpec& spec);
    torch::Tensor forward(const torch::Tensor& image) override;
    // As one stage (recompute.h) from here on, or plainly.
    void recompute(bool on) { recompute_ = on; }

    // Of the flattened encoding.
    static int64_t size(const ModelSpec& spec);

  private:
    torch::Tensor encode(const torch::Tensor& image);

    std::shared_ptr<Chain> body_;
    bool normalise_;
    bool recompute_ = false;
};

// [B,N] -> [B,C,S,S]: through a bottleneck that both faces share, which is what makes them
// exchangeable.
class Inter : public Layer {
  public:
    Inter(const ModelSpec& spec, int channels);
    torch::Tensor forward(const torch::Tensor& encoding) override;

    // Edge of the code before the inter's own doubling, and after it: S.
    static int side(const ModelSpec& spec);
    static int codeSide(const ModelSpec& spec) { return side(spec) * (spec.has('t') ? 1 : 2); }

  private:
    std::shared_ptr<Dense> dense1_, dense2_;
    std::shared_ptr<Up> up_;  // null with t, whose decoder doubles once more
    int channels_, side_;
};

// [B,C,S,S] -> [B,1,R,R].
class MaskDecoder : public Layer {
  public:
    MaskDecoder(const ModelSpec& spec, int inputs);
    torch::Tensor forward(const torch::Tensor& code) override;

  private:
    std::shared_ptr<Chain> body_;
    std::shared_ptr<Conv> out_;
};

// [B,C,S,S] -> image and mask.
class Decoder : public torch::nn::Module {
  public:
    Decoder(const ModelSpec& spec, int inputs);
    FaceOutput forward(const torch::Tensor& code);
    // In stages (recompute.h) from here on, or plainly.
    void recompute(bool on) { recompute_ = on; }

  private:
    FaceOutput inStages(const torch::Tensor& code);

    std::shared_ptr<Chain> body_;
    std::shared_ptr<Layer> out_;
    std::shared_ptr<MaskDecoder> mask_;
    bool recompute_ = false;
};

// Channels of the layers, from the input on.
std::vector<int> encoderWidths(const ModelSpec& spec);
std::vector<int> decoderWidths(const ModelSpec& spec);
std::vector<int> maskWidths(const ModelSpec& spec);
// Of the code of one inter, and of what a decoder is given.
int interChannels(const ModelSpec& spec);
int codeChannels(const ModelSpec& spec);

}  // namespace understudy::training
