// The networks that learn two faces or more at once: one shared encoder, so that all faces are
// described in the same terms, and a way back to each of them. A swap encodes the destination and
// decodes it as the source. Sizes and switches are a ModelSpec; makeModel builds the network for
// it.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "media/base/result.h"
#include "training/plan/plan.h"

namespace understudy::training {

// What determines the tensors of a network. Two equal specs have equal names and shapes.
struct ModelSpec {
    // df: a decoder a face; liae: one decoder and two inters, a learned code for each further face
    std::string model = "df";
    std::string switches = "ud";  // u: normalised code, d: doubled output, t: deeper; any order
    int resolution = 128;         // 64 and up; divisible by 16, with d or t by 32
    int encoderDims = 64;
    int decoderDims = 64;
    int maskDims = 22;
    int bottleneck = 256;
    int identities = 2;  // faces: source, destination and others

    bool has(char letter) const { return switches.find(letter) != std::string::npos; }
    // Errors: usage, naming the key and what it may be.
    Status check() const;
    bool operator==(const ModelSpec&) const = default;
};
ModelSpec specOf(const Plan& plan);

struct FaceOutput {
    torch::Tensor image;  // [B,3,R,R] R G B, 0 to 1, at least fp32
    torch::Tensor mask;   // [B,1,R,R] 0 to 1, at least fp32
};

// Both faces of a training step, and the codes they were drawn from.
struct CodedPair {
    FaceOutput source, destination;
    torch::Tensor sourceCode, destinationCode;  // [B,C,S,S]
    torch::Tensor destinationEncoding;          // [B,N], of liae
};

// Inputs are [B,3,R,R] R G B in 0 to 1 on the module's device, channels_last where that is faster.
//
// The identities of a network are numbered: 0 is the run's source, 1 its destination, others
// follow. In df each has a decoder of its own: decoder_source, decoder_destination, decoder_2, ...
// In liae what is given to the decoder beside inter_ab's code says whose face it is: the same code
// again for 0, inter_b's for 1, and for each other a constant code_2, code_3, ... [1,C,S,S] that is
// learned as a weight, in the place of inter_b's output. A constant can stand there because the
// performance is in inter_ab's code; it costs 1/B of an inter, and two identities stay what they
// were.
//
// One thread at a time: choose() holds for the passes that follow it.
class FaceModel : public torch::nn::Module {
  public:
    // Which identities the source and the destination are from here on; 0 and 1 at first.
    void choose(size_t source, size_t destination);
    // Whether a parameter has a part in passes of the chosen identities: those of other faces have
    // not, and get no gradient.
    virtual bool takesPart(const std::string& parameter) const = 0;
    // From here on training passes of encoder and decoders keep next to nothing for backward, which
    // computes it again (recompute.h); results are the same. The model must outlive backward.
    virtual void recompute(bool on) = 0;

    // Both sides go through what they share as one batch. B must be the same.
    virtual CodedPair forwardCoded(const torch::Tensor& source,
                                   const torch::Tensor& destination) = 0;
    std::pair<FaceOutput, FaceOutput> forwardPair(const torch::Tensor& source,
                                                  const torch::Tensor& destination);
    // The destination's performance with the source's face, from what forwardCoded computed. Its
    // gradient ends at the decoder, and at a learned code of the source.
    virtual FaceOutput drawSwap(const CodedPair& pair) = 0;
    // The destination's performance with the source's face.
    virtual FaceOutput swap(const torch::Tensor& destination) = 0;
    virtual FaceOutput reconstructSource(const torch::Tensor& source) = 0;
    virtual FaceOutput reconstructDestination(const torch::Tensor& destination) = 0;

    const ModelSpec& spec() const { return spec_; }

  protected:
    explicit FaceModel(const ModelSpec& spec) : spec_(spec) {}
    size_t source() const { return source_; }
    size_t destination() const { return destination_; }

  private:
    ModelSpec spec_;
    size_t source_ = 0, destination_ = 1;
};

// On the CPU in fp32, its weights not yet set: initialise or load them. Errors: usage.
Result<std::shared_ptr<FaceModel>> makeModel(const ModelSpec& spec);

// Glorot-uniform weights (every number a function of the seed, the parameter and its index, so they
// are the same on every machine) and zero biases. `prefix` goes before the parameters' names.
void initialise(torch::nn::Module& model, uint64_t seed, const std::string& prefix = "");

// Puts the 4-d weights into channels_last, which convolutions want; before the optimizer is made.
void useChannelsLast(torch::nn::Module& model);

// Without building the network. Errors: usage.
Result<int64_t> parameterCount(const ModelSpec& spec);

// Multiply-adds of one forward of a source and destination pair, in 10^9; a training step costs
// three times as many. Errors: usage.
Result<double> forwardGmac(const ModelSpec& spec);

}  // namespace understudy::training
