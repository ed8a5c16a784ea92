// One rank's network with everything a step needs: weights, average, optimizer, loss, faces. Knows
// nothing of run folders; the trainer and the benchmark both drive it.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/data/augmenter.h"
#include "training/engine/loss/face_loss.h"
#include "training/engine/model/autocast.h"
#include "training/engine/model/face_model.h"
#include "training/engine/optimizer/ema.h"
#include "training/engine/optimizer/optimizer.h"
#include "training/plan/plan.h"

namespace understudy::training {

// Seconds of one step by what they were spent on. On a GPU they are only meant when every phase
// waits for the device.
struct StepPhases {
    double data = 0, forward = 0, loss = 0, backward = 0, optimizer = 0, ema = 0;
};

// The one device of a plan. Errors: usage for several (one rank drives one device),
// deviceUnavailable.
Result<torch::Device> deviceOf(const Plan& plan);

// CPU threads and determinism for this process. Returns the number of threads.
int prepareProcess(const Plan& plan);

class StepEngine {
  public:
    // Fresh weights, from `plan.seed`. The store must be on `device` or on the host.
    static Result<std::unique_ptr<StepEngine>> make(const Plan& plan, torch::Device device,
                                                    FaceStore store);

    // What may change while a run goes on: loss weights, augmentation, clipping.
    void adopt(const Plan& plan);
    // Back to the weights and moments of the beginning.
    void restart();
    // The average begins at the present weights.
    void restartAverage();

    // The batch of step number `step` (from 0), an update, the average. Returns the detached loss
    // terms of the step, still on the device. `wait`: phases wait for the device.
    LossResult step(int64_t step, double learningRate, double warpStrength,
                    StepPhases* phases = nullptr, bool wait = false);

    // Mean total loss over the faces held out of training, with the averaged weights; NaN when no
    // face is held out. Waits for the device.
    double validate();

    // Live views for checkpoints.
    CheckpointTensors tensors();

    FaceModel& model() { return *model_; }
    Ema& ema() { return *ema_; }
    const FaceStore& store() const { return store_; }
    const Augmenter& augmenter() const { return *augmenter_; }
    torch::Device device() const { return device_; }
    Precision precision() const { return precision_; }
    int64_t skippedSteps() const;  // waits for the device

  private:
    StepEngine(const Plan& plan, torch::Device device, FaceStore store);

    Plan plan_;
    torch::Device device_;
    Precision precision_ = Precision::fp32;
    FaceStore store_;
    std::shared_ptr<FaceModel> model_;
    std::shared_ptr<FlatParameters> parameters_;
    std::unique_ptr<Optimizer> optimizer_;
    std::unique_ptr<Ema> ema_;
    std::unique_ptr<FaceLoss> loss_;
    std::unique_ptr<Augmenter> augmenter_;
    std::unique_ptr<BatchSource> batches_;
};

}  // namespace understudy::training
