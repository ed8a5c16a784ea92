// Makes a swap sit in its plate while it is still being learned: its face takes the tones of the
// destination's, its surroundings those of the destination's. With p a hundredth of the weight,
//   face:       10000 p sum over channels of (difference of means^2 + of deviations^2) / 3, of the
//               swap and of the destination's own reconstruction, both masked and blurred, R/8
//   background: 10 p DSSIM + 10 p MSE of the swap and the destination outside the face
// Terms are means over the batch. The swap must have been drawn from a detached code: style is the
// decoder's affair, the encoder would give up the likeness for it.
#pragma once

#include <torch/types.h>

#include "training/engine/loss/batch.h"
#include "training/engine/loss/face_loss.h"
#include "training/engine/loss/face_weight.h"
#include "training/engine/model/face_model.h"
#include "training/plan/plan.h"

namespace understudy::training {

class StyleLoss {
  public:
    StyleLoss(const LossWeights& weights, int resolution, torch::Device device,
              torch::ScalarType type = torch::kFloat);

    bool active() const { return face_ > 0 || background_ > 0; }
    // Adds the terms face_style and background_style. `own` is the destination's reconstruction.
    void add(const FaceOutput& swap, const FaceOutput& own, const SideBatch& destination,
             LossResult& result) const;

  private:
    torch::Tensor faceTerm(const FaceOutput& swap, const FaceOutput& own) const;
    torch::Tensor backgroundTerm(const FaceOutput& swap, const SideBatch& destination) const;

    double face_, background_;  // p
    FaceWeight weight_;
    torch::Tensor blur_, window_;
    torch::ScalarType type_;
};

}  // namespace understudy::training
