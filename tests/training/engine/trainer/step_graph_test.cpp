// A step whose passes are recorded and replayed must learn what a plain one learns. Here a recorder
// that runs its work anew takes the device's place; tests/training/engine/cuda has the real one.
#include <torch/types.h>

#include <catch2/catch.hpp>

#include "tests/training/engine/data/test_faces.h"
#include "tests/training/engine/single_thread.h"
#include "tests/training/engine/trainer/trainer_run.h"
#include "training/engine/trainer/step_engine.h"
#include "training/engine/trainer/step_graph.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;

namespace {

struct Recorded {
    int recordings = 0;
    int replays = 0;
};

// Runs what it was given when it is replayed, never while it records, as a device does.
class FakeGraph final : public DeviceGraph {
  public:
    explicit FakeGraph(Recorded& recorded) : recorded_(recorded) {}
    void record(const std::function<void()>& work) override {
        work_ = work;
        ++recorded_.recordings;
    }
    void replay() override {
        work_();
        ++recorded_.replays;
    }

  private:
    Recorded& recorded_;
    std::function<void()> work_;
};

Plan planOf() {
    Plan plan = tinyPlan();
    plan.mode = std::string("exact");
    plan.batch = 4;
    plan.loss.eyesMouth = 10;
    plan.loss.faceStyle = 2;
    plan.cudaGraphs = true;
    return plan;
}

std::unique_ptr<StepEngine> engineOf(const Plan& plan, Recorded& recorded) {
    prepareProcess(plan);
    StoreOptions store;
    store.resolution = plan.resolution;
    store.validationFaces = 4;
    store.eyesMouth = plan.loss.eyesMouth > 0;
    store.hostBudget = uint64_t{1} << 30;
    auto made = StepEngine::make(
        plan, torch::kCPU, FaceStore::synthetic(store, 40, 3, performersOf(plan).size()), nullptr,
        [&recorded]() -> Result<std::unique_ptr<DeviceGraph>> {
            return std::unique_ptr<DeviceGraph>(std::make_unique<FakeGraph>(recorded));
        });
    REQUIRE(made.ok());
    return std::move(*made);
}

void checkSameWeights(StepEngine& a, StepEngine& b) {
    const NamedTensors ours = a.tensors().model, theirs = b.tensors().model;
    REQUIRE(ours.size() == theirs.size());
    for (size_t i = 0; i < ours.size(); ++i) {
        INFO(ours[i].name);
        CHECK(torch::equal(ours[i].tensor, theirs[i].tensor));
    }
}

}  // namespace

TEST_CASE("recorded passes learn what plain ones learn, through a change of the plan") {
    Recorded recorded, none;
    Plan plan = planOf();
    const auto graphed = engineOf(plan, recorded);
    plan.cudaGraphs = false;
    const auto plain = engineOf(plan, none);
    std::vector<LossResult> losses;
    for (int64_t step = 0; step < 10; ++step) {
        if (step == 6) {
            plan.loss.mse = 20;
            plain->adopt(plan);
            plan.cudaGraphs = true;
            graphed->adopt(plan);
        }
        losses.push_back(graphed->step(step, 1e-3, 1));
        const LossResult expected = plain->step(step, 1e-3, 1);
        REQUIRE(losses.back().terms.size() == expected.terms.size());
        CHECK(torch::equal(losses.back().total, expected.total));
        for (size_t i = 0; i < expected.terms.size(); ++i) {
            CHECK(losses.back().terms[i].name == expected.terms[i].name);
            CHECK(torch::equal(losses.back().terms[i].value, expected.terms[i].value));
        }
        CHECK_FALSE(losses.back().total.requires_grad());
    }
    checkSameWeights(*graphed, *plain);
    CHECK(none.recordings == 0);
    CHECK(recorded.recordings == 2);
    CHECK(recorded.replays == (6 - StepGraph::kWarmUp) + (4 - StepGraph::kWarmUp));
    // Losses that are read late are still those of their step.
    CHECK_FALSE(torch::equal(losses[4].total, losses[5].total));
}

TEST_CASE("what cannot be recorded is computed plainly, and it is said why") {
    Plan plan = planOf();
    CHECK(StepGraph::refusal(plan, 1).empty());
    CHECK(StepGraph::refusal(plan, 2).find("several") != std::string::npos);
    const auto refused = [&](const auto& change) {
        Plan other = planOf();
        change(other);
        INFO(StepGraph::refusal(other, 1));
        CHECK_FALSE(StepGraph::refusal(other, 1).empty());
        Recorded recorded;
        const auto engine = engineOf(other, recorded);
        for (int64_t step = 0; step < StepGraph::kWarmUp + 1; ++step) {
            engine->step(step, 1e-3, 1);
        }
        CHECK(recorded.recordings == 0);
    };
    refused([](Plan& other) { other.gan.power = 0.1; });
    refused([](Plan& other) { other.trueFace = 0.1; });
    refused([](Plan& other) { other.accumulate = 2; });
    refused([](Plan& other) { other.others = std::string("cleo"); });
}
