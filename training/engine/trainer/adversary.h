// The discriminators that a run trains beside its network: the GAN's, on the source's faces, and
// the true-face one, on the codes. Each has weights, moments and a learning step of its own; a plan
// may switch them on and off while the run goes on.
#pragma once

#include <torch/types.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "training/engine/distributed/comm.h"
#include "training/engine/distributed/step_gradients.h"
#include "training/engine/loss/batch.h"
#include "training/engine/loss/face_loss.h"
#include "training/engine/loss/face_weight.h"
#include "training/engine/model/autocast.h"
#include "training/engine/model/discriminators.h"
#include "training/engine/model/face_model.h"
#include "training/engine/optimizer/optimizer.h"
#include "training/plan/plan.h"

namespace understudy::training {

// Of the GAN's discriminator that a plan asks for.
Strides ganStrides(const Plan& plan);

class Adversary {
  public:
    // Computes as the network does; losses in fp32. With `comm` all ranks learn together.
    Adversary(torch::Device device, Precision precision, std::shared_ptr<Comm> comm = nullptr);

    // Makes and drops discriminators as the plan asks; one that stays as it is goes on. Returns the
    // beginnings of the names (kDiscriminators) of those that are new.
    std::vector<std::string> adopt(const Plan& plan);
    // Fresh weights and moments; `beginning` is one of kDiscriminators.
    void restart(const std::string& beginning);

    // Adds what the discriminators say to the network's loss, before its backward pass: terms
    // "gan", "gan_background" (when training is masked) and "true_face".
    void challenge(const CodedPair& faces, const PairBatch& batch, LossResult& loss);
    // After the backward pass of each part: what each discriminator can learn from the faces of the
    // last challenge. Its loss is reported, as "gan_discriminator" and "true_face_discriminator",
    // and is not part of the total.
    void study(const BatchPart& part, LossResult& loss);
    // After the last part: one step of each discriminator by what it studied.
    void learn(double learningRate, int64_t step);

    // Live views of everything, for checkpoints.
    NamedTensors state() const;
    // After writes to them that autograd did not count.
    void renewCopies();
    int64_t skippedSteps() const;  // waits for the device

  private:
    // What every discriminator has, whatever it judges.
    struct Learner {
        std::string beginning;
        uint32_t number = 0;  // of the update mask
        std::shared_ptr<torch::nn::Module> network;
        std::shared_ptr<FlatParameters> parameters;
        std::unique_ptr<StepGradients> gradients;
        std::unique_ptr<Optimizer> optimizer;
        bool studied = false;  // since it last learned
    };
    void begin(Learner& learner, std::shared_ptr<torch::nn::Module> network);
    bool adoptGan(const Plan& plan);
    bool adoptTrueFace(const Plan& plan);
    static void study(Learner& learner, const torch::Tensor& value, const BatchPart& part,
                      LossResult& loss);
    PatchDiscriminator::Verdict judge(const torch::Tensor& image);
    torch::Tensor judgeCode(const torch::Tensor& code);

    Plan plan_;
    torch::Device device_;
    Precision precision_;
    std::shared_ptr<Comm> comm_;
    std::unique_ptr<FaceWeight> weight_;
    Strides strides_;  // of the GAN's
    int dims_ = 0;
    std::shared_ptr<PatchDiscriminator> gan_;  // null when off, as the next
    std::shared_ptr<CodeDiscriminator> trueFace_;
    std::array<Learner, 2> learners_;  // in the order of kDiscriminators
    // Of the last challenge, without gradients.
    torch::Tensor made_, real_, sourceCode_, destinationCode_;
};

}  // namespace understudy::training
