// All weights of a network in one buffer, so that optimizer, average and checkpoint handle them at
// the speed of memory. Each parameter becomes a view with its own strides (channels_last stays), in
// reverse order of registration, which is about the order in which backward finishes them.
//
// Under autocast the layers compute with bf16 copies of the weights, which are kept here from step
// to step, and backward leaves the gradients in bf16. The copies follow whatever is written to the
// weights.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "training/engine/model/named_tensor.h"

namespace understudy::training {

class FlatParameters {
  public:
    // Moves the parameters of `module`, which must be on its final device and in its final memory
    // format, and of one type. The module must not be moved or converted afterwards.
    explicit FlatParameters(torch::nn::Module& module);
    ~FlatParameters();
    FlatParameters(const FlatParameters&) = delete;
    FlatParameters& operator=(const FlatParameters&) = delete;

    // Before each backward pass. Backward then hands its own tensors over instead of adding to
    // zeros, which saves three passes over memory.
    void zeroGradients();

    const torch::Tensor& values() const { return values_; }
    // A zeroed buffer laid out like values(), for moments and averages. Between the parts are
    // gaps, which stay zero.
    torch::Tensor makeBuffer() const;
    // The parts of such a buffer under the parameters' names in order of registration, as views
    // with the parameters' shapes and strides.
    NamedTensors views(const torch::Tensor& buffer, const std::string& prefix = "") const;
    // The same parts in one dimension, in order of memory.
    std::vector<torch::Tensor> pieces(const torch::Tensor& buffer) const;
    // Lets the network compute with another buffer of this layout (and back, with values()).
    void use(const torch::Tensor& buffer);

    size_t count() const { return slices_.size(); }
    // For each part in pieces(), what `of` says of its parameter's name.
    std::vector<bool> marked(const std::function<bool(const std::string& name)>& of) const;

    // From here on backward puts each gradient into `buffer`, laid out like values() and of any
    // type, and says so from its own thread: with the place of the part in pieces(). The first
    // after zeroGradients() replaces what was there, further ones are added to it; what has no
    // gradient keeps what was there. An undefined buffer ends it.
    void collectGradients(const torch::Tensor& buffer, std::function<void(size_t piece)> arrived);

    // Before a backward pass that hands some gradients over bit by bit: they are added up where
    // backward leaves them, and collected when it is over, by takeHeldGradients().
    void holdGradients();
    void takeHeldGradients();

    // The gradients of the last backward pass like pieces(), in fp32 or bf16: without a copy where
    // the strides are the parameter's, undefined where there is none. Those of the buffer while
    // they are collected there.
    std::vector<torch::Tensor> gradientPieces() const;
    // The bf16 copies like pieces(), for who updates values() behind the back of autograd; empty
    // while there are none.
    std::vector<torch::Tensor> copyPieces() const;
    // Brings the copies up to date in one pass, after an update that autograd may not have counted.
    void renewCopies();

  private:
    class Copies;
    class Collector;
    struct Slice {
        std::string name;
        torch::Tensor parameter;
        int64_t offset = 0;
    };
    torch::Tensor viewOf(const torch::Tensor& buffer, const Slice& slice) const;

    std::vector<Slice> slices_;  // in order of registration
    torch::Tensor values_;
    std::shared_ptr<Copies> copies_;
    std::shared_ptr<Collector> collector_;  // null until collectGradients()
};

// One dimension over the memory of a dense tensor, whatever the order of its dimensions.
torch::Tensor inMemoryOrder(const torch::Tensor& tensor);

}  // namespace understudy::training
