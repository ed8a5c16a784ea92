// One rank's network with everything a step needs: weights, average, optimizer, loss, faces. Knows
// nothing of run folders; the trainer and the benchmark both drive it.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/data/augmenter.h"
#include "training/engine/data/prepared_batches.h"
#include "training/engine/distributed/comm.h"
#include "training/engine/distributed/step_gradients.h"
#include "training/engine/loss/face_loss.h"
#include "training/engine/loss/style_loss.h"
#include "training/engine/model/autocast.h"
#include "training/engine/model/face_model.h"
#include "training/engine/optimizer/ema.h"
#include "training/engine/optimizer/optimizer.h"
#include "training/engine/trainer/adversary.h"
#include "training/engine/trainer/step_graph.h"
#include "training/plan/plan.h"

namespace understudy::training {

// Seconds of one step by what they were spent on. On a GPU they are only meant when every phase
// waits for the device.
struct StepPhases {
    double data = 0, forward = 0, loss = 0, backward = 0, communication = 0, optimizer = 0, ema = 0;
    double discriminators = 0;
};

// CPU threads and determinism for this process, one of `ranks` on this machine that share its cores
// where the plan does not say how many threads each has. Returns the number of threads.
int prepareProcess(const Plan& plan, int ranks = 1);

class StepEngine {
  public:
    // Fresh weights, from `plan.seed`. The store must be on `device` or on the host. With `comm`
    // this is one of several ranks, each of which trains with its share of the batch; all must call
    // step(), validate() and share() together, and the batch must be a multiple of their number.
    // `makeGraph` is for plan.cudaGraphs; nothing: CUDA's on a GPU, and none on a CPU. On a GPU the
    // calling thread, which must be the one of step(), then gets a stream of its own.
    static Result<std::unique_ptr<StepEngine>> make(const Plan& plan, torch::Device device,
                                                    FaceStore store,
                                                    std::shared_ptr<Comm> comm = nullptr,
                                                    MakeDeviceGraph makeGraph = nullptr);

    // What may change while a run goes on: loss weights, discriminators, augmentation, clipping,
    // how memory is spared. Returns the discriminators that begin with this plan, whose accumulate
    // must divide each rank's share of the batch.
    std::vector<std::string> adopt(const Plan& plan);
    // Back to the weights and moments of the beginning.
    void restart();
    // Everybody goes on from rank 0's weights, moments and average.
    void share();
    // The average begins at the present weights.
    void restartAverage();
    // One of kDiscriminators back to its beginning.
    void restartDiscriminator(const std::string& name) { adversary_->restart(name); }

    // The step that will come after the next call of `step`, and its warp: on a GPU its batch is
    // made while that step is computed. Without it, or if another step comes, batches are the same
    // and come later.
    void expect(int64_t step, double warpStrength);
    // The batch of step number `step` (from 0) in as many parts as the plan says, an update, the
    // average. Returns the detached loss terms of the step, of this rank's share, still on the
    // device. `wait`: phases wait for the device. Throws RanksLost.
    LossResult step(int64_t step, double learningRate, double warpStrength,
                    StepPhases* phases = nullptr, bool wait = false);

    // Mean loss (of FaceLoss: without style and discriminators) over the faces held out of
    // training, with the averaged weights; NaN when no face is held out. With more than two
    // identities the mean of as many pairs, in which each of them is once on each side. Ranks share
    // the work. Waits for the device.
    double validate();
    // The same of one pair.
    double validate(const PairSampler::Pair& pair);

    // Live views for checkpoints.
    CheckpointTensors tensors();

    FaceModel& model() { return *model_; }
    Ema& ema() { return *ema_; }
    const FaceStore& store() const { return store_; }
    const Augmenter& augmenter() const { return *augmenter_; }
    torch::Device device() const { return device_; }
    Precision precision() const { return precision_; }
    // Of the last step: seconds that it waited for other ranks' gradients after its own backward
    // pass. On a GPU this waits for the step.
    double exposedSeconds() const { return gradients_->exposedSeconds(); }
    Comm* comm() const { return comm_.get(); }  // null for a single rank
    int64_t skippedSteps() const;               // waits for the device

  private:
    StepEngine(const Plan& plan, torch::Device device, FaceStore store, std::shared_ptr<Comm> comm);

    int ranks() const { return comm_ ? comm_->size() : 1; }
    int rank() const { return comm_ ? comm_->rank() : 0; }
    class Laps;
    BatchKey keyOf(int64_t step, double warpStrength, const BatchPart& part) const;
    PairBatch makeBatch(const BatchKey& key) const;
    PairBatch takeBatch(int64_t step, double warpStrength, const BatchPart& part);
    // Gradients and loss of one part.
    LossResult compute(const PairBatch& batch, const BatchPart& part, Laps& laps);
    PairBatch batchOf(const BatchRequest& request) const;
    void chooseIdentities(const PairBatch& batch);

    Plan plan_;
    torch::Device device_;
    Precision precision_ = Precision::fp32;
    FaceStore store_;
    std::shared_ptr<Comm> comm_;
    std::shared_ptr<FaceModel> model_;
    std::shared_ptr<FlatParameters> parameters_;
    std::unique_ptr<StepGradients> gradients_;
    std::unique_ptr<Optimizer> optimizer_;
    std::unique_ptr<Ema> ema_;
    std::unique_ptr<FaceLoss> loss_;
    std::unique_ptr<StyleLoss> style_;
    std::unique_ptr<Adversary> adversary_;
    std::unique_ptr<Augmenter> augmenter_;
    std::unique_ptr<BatchSource> batches_;
    MakeDeviceGraph makeGraph_;
    std::unique_ptr<StepGraph> graph_;  // null: passes are computed plainly
    std::optional<BatchKey> expected_;
    std::vector<bool> idle_;                     // parameters that the chosen identities do without
    std::unique_ptr<PreparedBatches> prepared_;  // on a GPU; goes first, for it uses all the rest
};

}  // namespace understudy::training
