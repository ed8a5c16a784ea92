// How far the network's faces are from what they should be: structure (DSSIM), colour (MSE), the
// learned mask, and eyes and mouth where a plan asks for them. Per side, both sides added:
//   dssim * DSSIM(T', P') + mse * MSE(T', P') + mask * MSE(M, Pm) + eyesMouth * MAE(T Mem, P Mem)
// with T' = T * 2 min(1/2, G(M)) when `masked`, G a Gaussian of sigma R/32; from 256 pixels up
// DSSIM is the mean over two windows, and with `dssimScales` above 1 it is (1 - MS-SSIM) / 2. Every
// term is a mean over the batch.
#pragma once

#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

#include "training/engine/loss/batch.h"
#include "training/engine/loss/face_weight.h"
#include "training/engine/model/face_model.h"
#include "training/plan/plan.h"

namespace understudy::training {

struct LossTerm {
    std::string name;     // "source_dssim", "destination_mask", ...
    torch::Tensor value;  // scalar on the device, weighted: the terms add up to the total, but for
                          // those of discriminators ("gan_discriminator"), which are not part of it
};

struct LossResult {
    torch::Tensor total;          // scalar on the device, to call backward on
    std::vector<LossTerm> terms;  // detached; the same names in the same order every step

    void add(const std::string& name, const torch::Tensor& value);
};

class FaceLoss {
  public:
    // Computes in `type` whatever the network computed in. Terms with weight 0 are left out.
    FaceLoss(const LossWeights& weights, int resolution, torch::Device device,
             torch::ScalarType type = torch::kFloat);

    // `predictions` is what FaceModel::forwardPair returned. Never waits for the device.
    LossResult operator()(const std::pair<FaceOutput, FaceOutput>& predictions,
                          const PairBatch& batch) const;

  private:
    torch::Tensor dssim(const torch::Tensor& image, const torch::Tensor& target) const;
    void addTerms(const char* name, const torch::Tensor& perSide, LossResult& result) const;

    LossWeights weights_;
    std::vector<torch::Tensor> windows_;  // of DSSIM, one dimension each
    int scales_;
    FaceWeight faceWeight_;
    torch::ScalarType type_;
};

}  // namespace understudy::training
