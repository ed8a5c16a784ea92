// The forward and backward pass of a step as one recorded graph of the device: batches are copied
// to where the recorded kernels look, and the graph is started as a whole.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "training/engine/loss/face_loss.h"
#include "training/engine/model/device_graph.h"
#include "training/plan/plan.h"

namespace understudy::training {

class StepGraph {
  public:
    // Leaves gradients where they always lie, and returns the detached losses.
    using Compute = std::function<LossResult(const PairBatch&)>;
    // `settle` is called before recording: afterwards no other thread uses the device.
    StepGraph(std::unique_ptr<DeviceGraph> graph, Compute compute, std::function<void()> settle);

    // The same as compute(batch). The first kWarmUp times it is that; batches are then as large as
    // those were. What it returns holds until it is read, not only until the next step.
    LossResult run(const PairBatch& batch);

    // Why the steps of this plan, on one of so many ranks, are not recorded; empty where they are.
    static std::string refusal(const Plan& plan, int ranks);

    // Plain steps before recording, in which libraries choose their algorithms.
    static constexpr int kWarmUp = 3;

  private:
    void record(const PairBatch& batch);

    std::unique_ptr<DeviceGraph> graph_;
    Compute compute_;
    std::function<void()> settle_;
    int plain_ = 0;
    bool recorded_ = false;
    PairBatch batch_;
    std::vector<std::string> terms_;
    torch::Tensor losses_;  // total and terms
};

}  // namespace understudy::training
