#include "training/engine/trainer/adversary.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>

#include "media/base/check.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/loss/adversarial_loss.h"
#include "training/engine/model/parts.h"

namespace understudy::training {

namespace {

constexpr size_t kGan = 0, kTrueFace = 1;  // of kDiscriminators
constexpr int kPatchesAcross = 8;          // when the plan leaves the patch open

torch::Tensor inChannelsLast(const torch::Tensor& image) {
    return image.contiguous(torch::MemoryFormat::ChannelsLast);
}

}  // namespace

Strides ganStrides(const Plan& plan) {
    const int patch = plan.gan.patch > 0 ? plan.gan.patch : plan.resolution / kPatchesAcross;
    return stridesFor(patch, plan.resolution);
}

Adversary::Adversary(torch::Device device, Precision precision, std::shared_ptr<Comm> comm)
    : device_(device), precision_(precision), comm_(std::move(comm)) {
    for (size_t i = 0; i < learners_.size(); ++i) {
        learners_[i].beginning = kDiscriminators[i];
        learners_[i].number = static_cast<uint32_t>(i + 1);
    }
}

std::vector<std::string> Adversary::adopt(const Plan& plan) {
    plan_ = plan;
    weight_ = std::make_unique<FaceWeight>(plan.resolution, device_, torch::kFloat);
    std::vector<std::string> begun;
    if (adoptGan(plan)) {
        begun.push_back(learners_[kGan].beginning);
    }
    if (adoptTrueFace(plan)) {
        begun.push_back(learners_[kTrueFace].beginning);
    }
    for (Learner& learner : learners_) {
        if (learner.network) {
            learner.gradients->useParts(plan.accumulate);
        }
    }
    return begun;
}

bool Adversary::adoptGan(const Plan& plan) {
    if (plan.gan.power <= 0) {
        gan_.reset();
        begin(learners_[kGan], nullptr);
        return false;
    }
    Strides strides = ganStrides(plan);
    if (gan_ && strides == strides_ && plan.gan.dims == dims_) {
        return false;
    }
    strides_ = std::move(strides);
    dims_ = plan.gan.dims;
    gan_ = std::make_shared<PatchDiscriminator>(strides_, dims_);
    begin(learners_[kGan], gan_);
    return true;
}

bool Adversary::adoptTrueFace(const Plan& plan) {
    if (plan.trueFace <= 0) {
        trueFace_.reset();
        begin(learners_[kTrueFace], nullptr);
        return false;
    }
    if (trueFace_) {
        return false;
    }
    const ModelSpec spec = specOf(plan);
    trueFace_ = std::make_shared<CodeDiscriminator>(interChannels(spec), Inter::codeSide(spec));
    begin(learners_[kTrueFace], trueFace_);
    return true;
}

void Adversary::begin(Learner& learner, std::shared_ptr<torch::nn::Module> network) {
    learner.optimizer.reset();
    learner.gradients.reset();
    learner.parameters.reset();
    learner.studied = false;
    learner.network = std::move(network);
    if (!learner.network) {
        return;
    }
    initialise(*learner.network, plan_.seed, learner.beginning);
    learner.network->to(device_);
    useChannelsLast(*learner.network);
    learner.parameters = std::make_shared<FlatParameters>(*learner.network);
    learner.gradients = std::make_unique<StepGradients>(learner.parameters, comm_);
    auto optimizer = makeOptimizer(plan_.optimizer, learner.parameters, plan_.weightDecay);
    learner.optimizer = std::move(optimizer).value();  // the network's own is of the same name
}

void Adversary::restart(const std::string& beginning) {
    const torch::NoGradGuard noGradient;
    for (Learner& learner : learners_) {
        if (learner.network && learner.beginning == beginning) {
            initialise(*learner.network, plan_.seed, beginning);
            for (const NamedTensor& state : learner.optimizer->state()) {
                state.tensor.zero_();
            }
        }
    }
}

PatchDiscriminator::Verdict Adversary::judge(const torch::Tensor& image) {
    const AutocastScope autocast(device_, precision_);
    return gan_->forward(inChannelsLast(image));
}

torch::Tensor Adversary::judgeCode(const torch::Tensor& code) {
    const AutocastScope autocast(device_, precision_);
    return trueFace_->forward(inChannelsLast(code));
}

void Adversary::challenge(const CodedPair& faces, const PairBatch& batch, LossResult& loss) {
    if (gan_) {
        const Frozen frozen(*gan_);
        const auto image = faces.source.image.to(torch::kFloat);
        const auto target = batch.source.target.to(torch::kFloat);
        torch::Tensor made = image;
        real_ = target;
        if (plan_.loss.masked) {
            const auto weight = (*weight_)(batch.source.mask.to(torch::kFloat));
            made = image * weight;
            real_ = target * weight;
            loss.add("gan_background", plan_.gan.power * calmBackgroundLoss(image, target, weight));
        }
        loss.add("gan", plan_.gan.power * deceptionLoss(judge(made)));
        made_ = made.detach();
    }
    if (trueFace_) {
        const Frozen frozen(*trueFace_);
        loss.add("true_face", plan_.trueFace * asReal(judgeCode(faces.sourceCode)));
        sourceCode_ = faces.sourceCode.detach();
        destinationCode_ = faces.destinationCode.detach();
    }
}

void Adversary::study(const BatchPart& part, LossResult& loss) {
    if (made_.defined()) {
        study(learners_[kGan], discriminationLoss(judge(real_), judge(made_)), part, loss);
    }
    if (sourceCode_.defined()) {
        study(learners_[kTrueFace],
              discriminationLoss(judgeCode(destinationCode_), judgeCode(sourceCode_)), part, loss);
    }
    for (torch::Tensor* kept : {&made_, &real_, &sourceCode_, &destinationCode_}) {
        kept->reset();
    }
}

void Adversary::study(Learner& learner, const torch::Tensor& value, const BatchPart& part,
                      LossResult& loss) {
    learner.gradients->begin(part);
    (part.count == 1 ? value : value / part.count).backward();
    learner.gradients->finish(part);
    learner.studied = true;
    loss.terms.push_back(
        {learner.beginning.substr(0, learner.beginning.size() - 1) + "_discriminator",
         value.detach()});
}

void Adversary::learn(double learningRate, int64_t step) {
    for (Learner& learner : learners_) {
        if (learner.studied) {
            learner.optimizer->step(learningRate, plan_.clipGradient,
                                    {plan_.lrDropout, plan_.seed, step, learner.number});
            learner.studied = false;
        }
    }
}

NamedTensors Adversary::state() const {
    NamedTensors all;
    for (const Learner& learner : learners_) {
        if (!learner.network) {
            continue;
        }
        for (auto& named :
             learner.parameters->views(learner.parameters->values(), learner.beginning)) {
            all.push_back(std::move(named));
        }
        for (auto& named : learner.optimizer->state()) {
            all.push_back({learner.beginning + named.name, std::move(named.tensor)});
        }
    }
    return all;
}

void Adversary::renewCopies() {
    for (Learner& learner : learners_) {
        if (learner.network) {
            learner.parameters->renewCopies();
        }
    }
}

int64_t Adversary::skippedSteps() const {
    int64_t skipped = 0;
    for (const Learner& learner : learners_) {
        skipped += learner.optimizer ? learner.optimizer->skippedSteps().item<int64_t>() : 0;
    }
    return skipped;
}

}  // namespace understudy::training
