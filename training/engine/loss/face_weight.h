// What masked training sees of a picture: all of the face, fading out around it.
#pragma once

#include <torch/types.h>

namespace understudy::training {

class FaceWeight {
  public:
    FaceWeight(int resolution, torch::Device device, torch::ScalarType type);

    // 2 min(1/2, G(M)) of masks [B,1,R,R]; G a Gaussian of sigma R/32, at least 1.
    torch::Tensor operator()(const torch::Tensor& mask) const;

  private:
    torch::Tensor window_;
};

}  // namespace understudy::training
