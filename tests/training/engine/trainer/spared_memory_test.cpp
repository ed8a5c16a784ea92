// What spares memory must not change what is learned: batches in parts, results computed again.
#include <torch/types.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "media/base/check.h"
#include "tests/training/engine/counted_memory.h"
#include "tests/training/engine/data/test_faces.h"
#include "tests/training/engine/single_thread.h"
#include "training/engine/distributed/shm_comm.h"
#include "training/engine/trainer/step_engine.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;

namespace {

constexpr double kRate = 1e-3;

Plan planOf(const std::string& model, const std::string& switches) {
    Plan plan = tinyPlan();
    plan.model = model;
    plan.switches = switches;
    plan.mode = std::string("exact");
    plan.batch = 4;
    return plan;
}

// With everything that a step can have beside the network.
Plan richPlan(const std::string& model = "df", const std::string& switches = "ud") {
    Plan plan = planOf(model, switches);
    plan.gan.power = 0.2;
    plan.gan.dims = 4;
    plan.trueFace = model == "df" ? 0.02 : 0;
    plan.loss.faceStyle = 2;
    plan.loss.backgroundStyle = 2;
    plan.loss.eyesMouth = 10;
    plan.lrDropout = 0.5;
    return plan;
}

Plan inParts(Plan plan, int parts) {
    plan.accumulate = parts;
    return plan;
}

Plan recomputing(Plan plan) {
    plan.recompute = true;
    return plan;
}

struct Trained {
    std::unique_ptr<StepEngine> engine;
    std::vector<LossResult> steps;

    double loss(size_t step) const { return steps[step].total.item<double>(); }
    NamedTensors everything() const {
        NamedTensors all;
        const CheckpointTensors tensors = engine->tensors();
        for (const auto* group :
             {&tensors.model, &tensors.ema, &tensors.optimizer, &tensors.discriminators}) {
            all.insert(all.end(), group->begin(), group->end());
        }
        return all;
    }
};

std::unique_ptr<StepEngine> engineOf(const Plan& plan, std::shared_ptr<Comm> comm = nullptr) {
    prepareProcess(plan);
    StoreOptions store;
    store.resolution = plan.resolution;
    store.validationFaces = 4;
    store.eyesMouth = plan.loss.eyesMouth > 0;
    store.hostBudget = uint64_t{1} << 30;
    auto made = StepEngine::make(plan, torch::kCPU,
                                 FaceStore::synthetic(store, 40, 3, performersOf(plan).size()),
                                 std::move(comm));
    US_CHECK(made.ok());
    return std::move(*made);
}

Trained trainEngine(const Plan& plan, int64_t steps, std::shared_ptr<Comm> comm = nullptr) {
    Trained trained{engineOf(plan, std::move(comm)), {}};
    for (int64_t step = 0; step < steps; ++step) {
        trained.steps.push_back(trained.engine->step(step, kRate, 1));
    }
    return trained;
}

// Ranks as threads of this process; rank 0's result.
Trained trainRanks(const Plan& plan, int64_t steps, int ranks) {
    auto memory = SharedRanks::makeMemory(ranks);
    REQUIRE(memory.ok());
    auto first = SharedRanks::join(memory->get(), 0, ranks);
    REQUIRE(first.ok());
    std::vector<Trained> all(static_cast<size_t>(ranks));
    {
        std::vector<std::jthread> threads;
        for (int rank = 0; rank < ranks; ++rank) {
            threads.emplace_back([&, rank] {
                all[static_cast<size_t>(rank)] =
                    trainEngine(plan, steps, std::make_shared<ShmComm>(first->forThread(rank)));
            });
        }
    }
    // Each has its own share of the losses.
    for (size_t step = 0; step < all[0].steps.size(); ++step) {
        LossResult& mean = all[0].steps[step];
        for (size_t rank = 1; rank < all.size(); ++rank) {
            const LossResult& share = all[rank].steps[step];
            mean.total = mean.total + share.total;
            for (size_t i = 0; i < mean.terms.size(); ++i) {
                mean.terms[i].value = mean.terms[i].value + share.terms[i].value;
            }
        }
        mean.total = mean.total / ranks;
        for (LossTerm& term : mean.terms) {
            term.value = term.value / ranks;
        }
    }
    const NamedTensors mine = all[0].everything(), others = all.back().everything();
    for (size_t i = 0; i < mine.size(); ++i) {
        INFO(mine[i].name);
        CHECK(torch::equal(mine[i].tensor, others[i].tensor));
    }
    return std::move(all[0]);
}

void checkSame(const Trained& a, const Trained& b) {
    REQUIRE(a.steps.size() == b.steps.size());
    for (size_t step = 0; step < a.steps.size(); ++step) {
        CHECK(a.loss(step) == b.loss(step));
        REQUIRE(a.steps[step].terms.size() == b.steps[step].terms.size());
        for (size_t i = 0; i < a.steps[step].terms.size(); ++i) {
            INFO(a.steps[step].terms[i].name);
            CHECK(torch::equal(a.steps[step].terms[i].value, b.steps[step].terms[i].value));
        }
    }
    const NamedTensors left = a.everything(), right = b.everything();
    REQUIRE(left.size() == right.size());
    for (size_t i = 0; i < left.size(); ++i) {
        INFO(left[i].name);
        CHECK(torch::equal(left[i].tensor, right[i].tensor));
    }
}

// How far two networks are apart, as a part of the way that training has moved one of them.
double apart(const Trained& a, const Trained& b) {
    const Plan plan = tinyPlan();
    const auto fresh = makeModel(a.engine->model().spec()).value();
    initialise(*fresh, plan.seed);
    const NamedTensors left = a.engine->tensors().model, right = b.engine->tensors().model;
    double distance = 0, way = 0;
    for (size_t i = 0; i < left.size(); ++i) {
        const auto start = fresh->named_parameters()[left[i].name];
        distance += (left[i].tensor - right[i].tensor).square().sum().item<double>();
        way += (left[i].tensor - start).square().sum().item<double>();
    }
    return std::sqrt(distance / way);
}

// The same of what the optimizer remembers, which after one step is the gradient and its square.
double momentsApart(const Trained& a, const Trained& b) {
    const NamedTensors left = a.engine->tensors().optimizer, right = b.engine->tensors().optimizer;
    double distance = 0, size = 0;
    for (size_t i = 0; i < left.size(); ++i) {
        if (left[i].tensor.is_floating_point() && left[i].tensor.dim() > 0) {
            distance += (left[i].tensor - right[i].tensor).square().sum().item<double>();
            size += left[i].tensor.square().sum().item<double>();
        }
    }
    return std::sqrt(distance / size);
}

void checkNear(const Trained& a, const Trained& b, double atFirst = 1e-6) {
    REQUIRE(a.steps.size() == b.steps.size());
    CHECK(std::abs(a.loss(0) / b.loss(0) - 1) < atFirst);
    REQUIRE(a.steps[0].terms.size() == b.steps[0].terms.size());
    for (size_t i = 0; i < a.steps[0].terms.size(); ++i) {
        INFO(a.steps[0].terms[i].name);
        CHECK(a.steps[0].terms[i].name == b.steps[0].terms[i].name);
        CHECK(a.steps[0].terms[i].value.item<double>() ==
              Approx(b.steps[0].terms[i].value.item<double>()).epsilon(1e-5).margin(1e-8));
    }
    CHECK(a.loss(a.steps.size() - 1) == Approx(b.loss(b.steps.size() - 1)).epsilon(1e-3));
    const double distance = apart(a, b);
    INFO(distance);
    // Adam makes as much of a gradient that is all rounding as of a large one.
    CHECK(distance < 0.1);
    CHECK(distance > 0);  // it was computed otherwise
}

}  // namespace

TEST_CASE("a batch in parts teaches what the whole one does") {
    for (const Plan& plan : {planOf("df", "ud"), richPlan(), richPlan("liae", "udt")}) {
        CAPTURE(plan.model, plan.switches, plan.gan.power);
        const Trained whole = trainEngine(plan, 4);
        const Trained halves = trainEngine(inParts(plan, 2), 4);
        const Trained quarters = trainEngine(inParts(plan, 4), 4);
        checkNear(whole, halves);
        checkNear(whole, quarters);
        // About 1e-6, and more where rounding moves a unit over the bend of its activation.
        const Trained once = trainEngine(plan, 1);
        CHECK(momentsApart(once, trainEngine(inParts(plan, 2), 1)) < 1e-3);
        CHECK(momentsApart(once, trainEngine(inParts(plan, 4), 1)) < 1e-3);
        checkSame(halves, trainEngine(inParts(plan, 2), 4));
        CHECK(halves.engine->validate() == Approx(whole.engine->validate()).epsilon(1e-3));
    }
}

TEST_CASE("what is computed again is the same to the bit") {
    Plan several = richPlan("liae", "ud");
    several.others = std::string("c,d");
    for (const Plan& plan : {planOf("df", ""), richPlan("df", "ud"), richPlan("df", "t"),
                             richPlan("liae", "udt"), several}) {
        CAPTURE(plan.model, plan.switches, plan.others);
        checkSame(trainEngine(plan, 3), trainEngine(recomputing(plan), 3));
        checkSame(trainEngine(inParts(plan, 2), 2), trainEngine(recomputing(inParts(plan, 2)), 2));
    }
}

TEST_CASE("computed again in bf16 too") {
    Plan plan = planOf("df", "ud");
    plan.precision = std::string("bf16");
    // Wide enough for the kernels that compute with copies of the weights.
    plan.encoderDims = plan.decoderDims = 32;
    plan.bottleneck = 64;
    checkSame(trainEngine(plan, 3), trainEngine(recomputing(plan), 3));
    Plan rich = richPlan();
    rich.precision = std::string("bf16");
    const Trained once = trainEngine(rich, 3), again = trainEngine(recomputing(rich), 3);
    CHECK(once.loss(0) == again.loss(0));
    // A decoder that also draws the swap adds up two gradients, rounded in another place.
    CHECK(once.loss(2) == Approx(again.loss(2)).epsilon(0.02));
    const Trained parts = trainEngine(inParts(rich, 2), 3);
    CHECK(once.loss(0) == Approx(parts.loss(0)).epsilon(1e-3));
    CHECK(once.loss(2) == Approx(parts.loss(2)).epsilon(0.02));
}

TEST_CASE("several ranks compute their shares in parts and again") {
    const Plan plan = richPlan();
    const Trained alone = trainEngine(plan, 3);
    const Trained together = trainRanks(plan, 3, 2);
    const Trained halves = trainRanks(inParts(plan, 2), 3, 2);
    checkNear(alone, together, 1e-5);
    checkNear(alone, halves, 1e-5);
    checkSame(together, trainRanks(recomputing(plan), 3, 2));
    checkSame(halves, trainRanks(recomputing(inParts(plan, 2)), 3, 2));
    Plan narrow = inParts(plan, 2);
    narrow.gradients = std::string("bf16");  // on the way between ranks alone
    const Trained rounded = trainRanks(narrow, 3, 2);
    CHECK(rounded.loss(0) == halves.loss(0));
    CHECK(rounded.loss(2) == Approx(halves.loss(2)).epsilon(0.01));
    CHECK(rounded.loss(2) != halves.loss(2));
}

TEST_CASE("a part that is not finite leaves the step out") {
    const Plan plan = inParts(richPlan(), 4);
    Trained trained = trainEngine(plan, 1);
    const torch::Tensor weight = trained.engine->tensors().model.front().tensor;
    const torch::Tensor second = trained.engine->tensors().model.back().tensor;
    const torch::Tensor before = weight.detach().clone(), kept = second.detach().clone();
    {
        const torch::NoGradGuard noGradient;
        weight.fill_(std::numeric_limits<float>::infinity());
    }
    trained.engine->step(1, kRate, 1);
    CHECK(trained.engine->skippedSteps() >= 1);
    CHECK(torch::equal(second, kept));
    {
        const torch::NoGradGuard noGradient;
        weight.copy_(before);
    }
    const int64_t skipped = trained.engine->skippedSteps();
    trained.engine->restartDiscriminator("gan.");
    trained.engine->restartDiscriminator("true_face.");
    CHECK(std::isfinite(trained.engine->step(2, kRate, 1).total.item<double>()));
    CHECK(trained.engine->skippedSteps() <= skipped);
    CHECK_FALSE(torch::equal(weight, before));
}

TEST_CASE("parts and results that are not kept take less memory") {
    const auto peakOf = [](const Plan& plan) {
        const auto engine = engineOf(plan);
        CountedMemory memory;
        engine->step(0, kRate, 1);  // what stays is made
        memory.restart();
        engine->step(1, kRate, 1);
        return static_cast<double>(memory.peak());
    };
    for (Plan plan : {planOf("df", "ud"), planOf("liae", "ud")}) {
        CAPTURE(plan.model);
        plan.resolution = 128;
        plan.encoderDims = 8;
        plan.bottleneck = 16;
        const double plain = peakOf(plan);
        const double again = peakOf(recomputing(plan)), parts = peakOf(inParts(plan, 4));
        const double both = peakOf(recomputing(inParts(plan, 4)));
        INFO(plain << " bytes, computed again " << again / plain << ", in parts " << parts / plain
                   << ", both " << both / plain);
        CHECK(again < 0.7 * plain);
        CHECK(parts < 0.4 * plain);
        CHECK(both < 0.7 * parts);
    }
}
