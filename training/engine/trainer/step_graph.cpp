#include "training/engine/trainer/step_graph.h"

#include "media/base/check.h"

namespace understudy::training {

namespace {

// Calls `each` with every tensor that a batch has.
template <class Batch, class Each>
void forEachTensor(Batch& batch, const Each& each) {
    for (auto* side : {&batch.source, &batch.destination}) {
        for (auto* tensor : {&side->warped, &side->target, &side->mask, &side->eyesMouth}) {
            if (tensor->defined()) {
                each(*tensor);
            }
        }
    }
}

}  // namespace

StepGraph::StepGraph(std::unique_ptr<DeviceGraph> graph, Compute compute,
                     std::function<void()> settle)
    : graph_(std::move(graph)), compute_(std::move(compute)), settle_(std::move(settle)) {}

std::string StepGraph::refusal(const Plan& plan, int ranks) {
    return ranks > 1                       ? "several devices exchange gradients in between"
           : performersOf(plan).size() > 2 ? "more than two performers take turns"
           : plan.gan.power > 0 || plan.trueFace > 0 ? "discriminators learn in between"
           : plan.accumulate > 1                     ? "the batch comes in parts"
                                                     : "";
}

void StepGraph::record(const PairBatch& batch) {
    settle_();
    batch_ = batch;
    forEachTensor(batch_, [](torch::Tensor& tensor) {
        tensor = tensor.clone(torch::MemoryFormat::Preserve);
    });
    graph_->record([this] {
        const torch::AutoGradMode gradients(true);
        const LossResult loss = compute_(batch_);
        std::vector<torch::Tensor> values = {loss.total};
        terms_.clear();
        for (const LossTerm& term : loss.terms) {
            values.push_back(term.value);
            terms_.push_back(term.name);
        }
        losses_ = torch::stack(values);
    });
    recorded_ = true;
}

LossResult StepGraph::run(const PairBatch& batch) {
    if (plain_ < kWarmUp) {
        ++plain_;
        return compute_(batch);
    }
    const torch::NoGradGuard noGradient;
    if (recorded_) {
        std::vector<torch::Tensor> from;
        forEachTensor(batch, [&](const torch::Tensor& tensor) { from.push_back(tensor); });
        size_t next = 0;
        forEachTensor(batch_, [&](torch::Tensor& tensor) {
            US_CHECK(next < from.size() && tensor.sizes() == from[next].sizes());
            tensor.copy_(from[next++], /*non_blocking=*/true);
        });
        US_CHECK(next == from.size());
    } else {
        record(batch);
    }
    graph_->replay();
    const torch::Tensor values = losses_.clone();  // the next step writes over the others
    LossResult loss;
    loss.total = values[0];
    for (size_t i = 0; i < terms_.size(); ++i) {
        loss.terms.push_back({terms_[i], values[static_cast<int64_t>(i) + 1]});
    }
    return loss;
}

}  // namespace understudy::training
