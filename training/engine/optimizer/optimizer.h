// Turns gradients into better weights: Adam, AdamW or AdaBelief, with the gradient clipped by its
// global norm. Nothing here waits for a GPU. A step whose gradient is not finite leaves weights and
// moments alone and is counted. Parameters without a gradient in a step are left alone, moments
// too; their part in the norm is none.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "media/base/result.h"
#include "training/engine/model/named_tensor.h"
#include "training/engine/optimizer/flat_parameters.h"
#include "training/engine/optimizer/update_mask.h"

namespace understudy::training {

class Optimizer {
  public:
    virtual ~Optimizer();
    Optimizer(const Optimizer&) = delete;
    Optimizer& operator=(const Optimizer&) = delete;

    // One update from the gradients that backward left. clipNorm 0: no clipping.
    void step(double learningRate, double clipNorm, const UpdateMask& mask = {});

    // Everything that must be saved and restored, as live views: save their contents, and copy into
    // them to restore. Names are "<moment>.<parameter>", and "step", "skipped" and, with updates
    // counted, "updates".
    NamedTensors state() const;

    // Scalars on the device: norm of the last gradient before clipping, and steps left out because
    // it was not finite.
    const torch::Tensor& gradientNorm() const { return norm_; }
    const torch::Tensor& skippedSteps() const { return skipped_; }

  protected:
    struct Pieces;

    Optimizer(std::shared_ptr<FlatParameters> parameters, std::string firstName,
              std::string secondName, bool countUpdates);
    // On the CPU in fp32: one pass over memory, which updates the bf16 copies too.
    virtual void updateInPlace(const Pieces& pieces, double learningRate,
                               double gradientFactor) = 0;
    // Elsewhere. `scale` divides the gradients; `bad` is 1 for a step to leave out. Both are
    // scalars on the device.
    virtual void updateOnDevice(Pieces& pieces, double learningRate, const torch::Tensor& scale,
                                const torch::Tensor& bad) = 0;

    torch::Tensor step_;  // steps taken, fp32 scalar

  private:
    void stepInPlace(double learningRate, double clipNorm, const UpdateMask& mask);
    void stepOnDevice(double learningRate, double clipNorm, const UpdateMask& mask);
    void takePieces();

    std::shared_ptr<FlatParameters> parameters_;
    std::string firstName_, secondName_;
    torch::Tensor first_, second_;  // moments
    torch::Tensor norm_, skipped_;
    torch::Tensor updates_;  // fp32, of each parameter in order of pieces(); undefined: not counted
    std::unique_ptr<Pieces> all_, pieces_;  // of all parameters, and of those in this step
};

// "adam": betas 0.5 and 0.999, eps 1e-8 (Kingma and Ba, 2015). "adamw": the same after
// w -= lr weightDecay w, for all weights (Loshchilov and Hutter, 2019). "adabelief": m = .9m + .1g;
// s = .999s + .001(g - m)^2; w -= lr m / (sqrt(s) + 1e-6), no bias correction (after Zhuang et al.,
// 2020). `countUpdates`: where parameters take turns, so that the bias correction of each is that
// of its own updates. Errors: usage.
Result<std::unique_ptr<Optimizer>> makeOptimizer(const std::string& name,
                                                 std::shared_ptr<FlatParameters> parameters,
                                                 double weightDecay = 0, bool countUpdates = false);

}  // namespace understudy::training
