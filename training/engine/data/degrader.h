// Makes what the network sees as bad as plates can be: out of focus, grainy, compressed. On the
// device, only for the samples whose draw says so; the target stays as it is, so that the network
// learns to give a clean face whatever it is shown.
#pragma once

#include <torch/types.h>

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "training/engine/data/degradation.h"
#include "training/engine/data/sample_draw.h"

namespace understudy::training {

class Degrader {
  public:
    // Costs nothing until a draw asks for something.
    Degrader(int resolution, torch::Device device);

    // `images` [N,3,R,R], R divisible by 16, values in [0, 1]; one draw an image. A new tensor in
    // [0, 1], or `images` itself when no draw asks for anything. Without gradients. May be called
    // from several threads.
    torch::Tensor apply(torch::Tensor images, std::span<const SampleDraw> draws) const;

  private:
    torch::Tensor onDevice(const torch::Tensor& values) const;
    torch::Tensor blurred(const torch::Tensor& images, const torch::Tensor& deviations) const;
    torch::Tensor grained(const torch::Tensor& images,
                          const std::vector<const SampleDraw*>& draws) const;
    torch::Tensor compressed(const torch::Tensor& images, const torch::Tensor& qualities) const;

    // What the arithmetic needs, made when it is first needed and complete on the device from then
    // on, whichever stream uses it.
    struct Tables;
    const Tables& tables() const;

    int64_t resolution_;
    torch::Device device_;
    mutable std::once_flag made_;
    mutable std::shared_ptr<const Tables> tables_;
};

}  // namespace understudy::training
