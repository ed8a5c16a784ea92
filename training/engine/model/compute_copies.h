// bf16 copies of fp32 weights that outlive a step: autocast would cast every weight anew in each
// forward pass, and every gradient back, which costs more than the arithmetic of small pictures.
#pragma once

#include <torch/types.h>

#include <cstddef>

namespace understudy::training {

class ComputeCopies {
  public:
    virtual ~ComputeCopies() = default;
    // The copy of `parameter`, number `slot`: up to date, and a leaf that collects the gradient.
    // Undefined when the parameter itself must be used.
    virtual torch::Tensor copyOf(const torch::Tensor& parameter, size_t slot) = 0;
};

}  // namespace understudy::training
