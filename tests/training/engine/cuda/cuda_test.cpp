// What only a GPU shows: the same batches, losses and weights as on the CPU, checkpoints that go
// either way, bit-exact resume. Needs one NVIDIA GPU; fails where there is none (label `cuda`).
#include <torch/types.h>
#include <torch/utils.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "tests/training/engine/golden/recorded_run.h"
#include "tests/training/engine/trainer/trainer_run.h"
#include "training/engine/data/prepared_batches.h"
#include "training/engine/model/device.h"
#include "training/engine/trainer/bench.h"
#include "training/engine/trainer/failure.h"
#include "training/engine/trainer/memory.h"
#include "training/engine/trainer/step_engine.h"
#include "training/plan/run_folder.h"

using namespace understudy;
using namespace understudy::training;
namespace fs = std::filesystem;

namespace {

constexpr double kRate = 5e-4;

torch::Device gpu() {
    const auto device = openDevice("cuda:0");
    INFO((device.ok() ? "" : describe(device.error())));
    REQUIRE(device.ok());
    return *device;
}

// A run folder of drawn faces and engines over them.
struct DrawnRun {
    tests::TempFolder folder;
    Plan plan;

    explicit DrawnRun(Plan wanted = tests::tinyPlan()) : plan(std::move(wanted)) {
        tests::writeRun(folder.path(), plan);
    }

    FaceStore store(torch::Device device, uint64_t deviceBudget = uint64_t{1} << 30) const {
        const auto selection = loadSelection(folder / "selection.json");
        REQUIRE(selection.ok());
        StoreOptions options;
        options.resolution = plan.resolution;
        options.validationFaces = plan.validationFaces;
        options.eyesMouth = plan.loss.eyesMouth > 0;
        options.device = device;
        options.deviceBudget = deviceBudget;
        options.hostBudget = uint64_t{1} << 30;
        auto faces = FaceStore::load(*selection, folder.path(), options);
        REQUIRE(faces.ok());
        return std::move(*faces);
    }

    std::unique_ptr<StepEngine> engine(torch::Device device) const {
        prepareProcess(plan);
        auto made = StepEngine::make(plan, device, store(device));
        REQUIRE(made.ok());
        return std::move(*made);
    }
};

std::vector<double> losses(StepEngine& engine, int64_t steps) {
    std::vector<double> result;
    for (int64_t step = 0; step < steps; ++step) {
        result.push_back(engine.step(step, kRate, 1).total.item<double>());
    }
    return result;
}

double farthest(const torch::Tensor& a, const torch::Tensor& b) {
    return (a.cpu().to(torch::kDouble) - b.cpu().to(torch::kDouble)).abs().max().item<double>();
}

}  // namespace

TEST_CASE("cuda: a batch is the same as on the CPU, from faces on the GPU or on the host") {
    const torch::Device device = gpu();
    Plan plan = tests::tinyPlan();
    plan.loss.eyesMouth = 30;
    const DrawnRun run(plan);
    const FaceStore onHost = run.store(torch::kCPU);
    const FaceStore onGpu = run.store(device);
    const FaceStore staged = run.store(device, /*deviceBudget=*/0);
    CHECK(onGpu.side(0).faces.is_cuda());
    CHECK(staged.side(0).faces.is_cpu());
    const BatchSource batches(onHost, {plan.augment, plan.seed, 4});
    for (int64_t step = 0; step < 5; ++step) {
        const BatchRequest request = batches.training(step, 0, 4, 1);
        const PairBatch expected = Augmenter(onHost, 64, torch::kCPU).make(request);
        for (const FaceStore* store : {&onGpu, &staged}) {
            const PairBatch batch = Augmenter(*store, 64, device).make(request);
            CHECK(batch.source.target.is_cuda());
            // A sample that lies between two pixels may be rounded to either side.
            CHECK(farthest(batch.source.warped, expected.source.warped) < 2e-3);
            CHECK(farthest(batch.destination.target, expected.destination.target) < 2e-3);
            CHECK(farthest(batch.destination.mask, expected.destination.mask) < 2e-3);
            CHECK(farthest(batch.source.eyesMouth, expected.source.eyesMouth) < 2e-3);
        }
    }
}

TEST_CASE("cuda: batches made ahead are those made in turn, from the GPU and from the host") {
    const torch::Device device = gpu();
    const DrawnRun run;
    Augmentation augment;
    augment.colorTransfer = "mix";
    augment.blur = augment.noise = augment.jpeg = augment.shade = 0.5;
    for (const uint64_t budget : {uint64_t{1} << 30, uint64_t{0}}) {
        CAPTURE(budget);
        const FaceStore store = run.store(device, budget);
        CHECK(store.home() == (budget > 0 ? FaceHome::device : FaceHome::host));
        const Augmenter augmenter(store, 64, device);
        const BatchSource source(store, {augment, 3, 4});
        const auto make = [&](const BatchKey& key) {
            return augmenter.make(
                source.training(key.step, key.first, key.count, key.warpStrength));
        };
        PreparedBatches ahead(device, make);
        std::vector<PairBatch> batches;
        for (int64_t step = 0; step < 30; ++step) {
            batches.push_back(ahead.take({step, 0, 4, 1}));
            ahead.prepare({step + 1, 0, 4, 1});
            // Memory of its own is asked for and given back while the next batch is made.
            CHECK(std::isfinite((batches.back().source.warped * 2).sum().item<double>()));
        }
        CHECK(ahead.takenPrepared() == 29);
        for (int64_t step = 0; step < 30; ++step) {
            const PairBatch& batch = batches[static_cast<size_t>(step)];
            const PairBatch plain = make({step, 0, 4, 1});
            CHECK(torch::equal(batch.source.warped, plain.source.warped));
            CHECK(torch::equal(batch.destination.target, plain.destination.target));
        }
    }
}

TEST_CASE("cuda: degraded inputs are those of the CPU") {
    const torch::Device device = gpu();
    const DrawnRun run;
    const FaceStore onHost = run.store(torch::kCPU), onGpu = run.store(device);
    BatchRequest request = BatchSource::plain({0, 1}, {2, 3});
    request.draws[0].blur = {0.01f, 0.003f};
    request.draws[1].noise = 0.04f;
    request.draws[2].quality = 30;
    const PairBatch expected = Augmenter(onHost, 64, torch::kCPU).make(request);
    const PairBatch found = Augmenter(onGpu, 64, device).make(request);
    CHECK(farthest(found.source.warped, expected.source.warped) < 2e-3);
    // A coefficient that lies between two steps may be rounded to either.
    const torch::Tensor apart =
        (found.destination.warped.cpu() - expected.destination.warped).abs() > 2e-3;
    CHECK(apart.to(torch::kFloat).mean().item<double>() < 0.05);
}

TEST_CASE("cuda: training repeats the recorded losses in double precision, in bf16 nearly") {
    const torch::Device device = gpu();
    setDeterminism(false);
    for (const auto& recording : tests::recordedRuns()) {
        CAPTURE(recording["model"].get<std::string>(), recording["resolution"].get<int>());
        const auto expected = recording["losses"].get<std::vector<double>>();
        const auto run =
            tests::repeatRecorded(recording, device, torch::kDouble, true, Precision::fp32);
        for (size_t i = 0; i < run.losses.size(); ++i) {
            CAPTURE(i);
            CHECK(run.losses[i] == Approx(expected[i]).epsilon(1e-9));
        }
        const auto narrow =
            tests::repeatRecorded(recording, device, torch::kFloat, true, Precision::bf16).losses;
        CHECK(narrow.front() == Approx(expected.front()).epsilon(3e-3));
        const double learned = expected.front() - expected.back();
        if (learned > 0.1) {  // more than rounding
            CHECK(narrow.front() - narrow.back() == Approx(learned).epsilon(0.3));
        }
    }
}

TEST_CASE("cuda: losses follow those of the CPU, from the faces on") {
    const torch::Device device = gpu();
    for (const auto& [model, switches] : {std::pair{"df", "ud"}, {"liae", "udt"}}) {
        CAPTURE(model, switches);
        Plan plan = tests::tinyPlan();
        plan.model = model;
        plan.switches = switches;
        plan.loss.eyesMouth = 30;
        const DrawnRun run(plan);
        const auto expected = losses(*run.engine(torch::kCPU), 10);
        const auto engine = run.engine(device);
        const auto found = losses(*engine, 10);
        CHECK(found[0] == Approx(expected[0]).epsilon(1e-4));
        CHECK(found[2] == Approx(expected[2]).epsilon(2e-3));
        CHECK(found[9] == Approx(expected[9]).epsilon(3e-2));
        CHECK(engine->skippedSteps() == 0);
        CHECK(std::isfinite(engine->validate()));
    }
}

TEST_CASE("cuda: bf16 stays near fp32, at 256 pixels with two structure windows too") {
    const torch::Device device = gpu();
    for (const int resolution : {64, 256}) {
        CAPTURE(resolution);
        Plan plan = tests::tinyPlan();
        plan.resolution = resolution;
        tests::DrawnFaces source = tests::drawnSource(), destination = tests::drawnDestination();
        source.size = destination.size = resolution * 3 / 2;
        DrawnRun run;
        run.plan = plan;
        fs::remove_all(run.folder / "faces");
        tests::writeRun(run.folder.path(), plan, source, destination);
        const auto wide = losses(*run.engine(device), 6);
        run.plan.precision = "bf16";
        const auto narrow = losses(*run.engine(device), 6);
        CHECK(narrow[0] == Approx(wide[0]).epsilon(1e-2));
        CHECK(narrow[5] == Approx(wide[5]).epsilon(5e-2));
        CHECK(narrow[0] - narrow[5] == Approx(wide[0] - wide[5]).epsilon(0.3));
    }
}

TEST_CASE("cuda: a step whose gradient is not finite changes nothing") {
    const torch::Device device = gpu();
    for (const char* optimizer : {"adam", "adabelief"}) {
        CAPTURE(optimizer);
        Plan plan = tests::tinyPlan();
        plan.optimizer = optimizer;
        const DrawnRun run(plan);
        const auto engine = run.engine(device);
        losses(*engine, 3);
        const torch::NoGradGuard noGradient;
        const auto tensors = engine->tensors();
        const torch::Tensor weight = tensors.model.front().tensor;
        const torch::Tensor before = weight.detach().clone();
        const torch::Tensor second = tensors.model.back().tensor;
        const torch::Tensor kept = second.detach().clone();
        weight.fill_(std::numeric_limits<float>::infinity());
        {
            const torch::AutoGradMode gradients(true);
            engine->step(3, kRate, 1);
        }
        CHECK(engine->skippedSteps() == 1);
        CHECK(torch::equal(second, kept));
        weight.copy_(before);
        const torch::AutoGradMode gradients(true);
        CHECK(std::isfinite(engine->step(4, kRate, 1).total.item<double>()));
        CHECK(engine->skippedSteps() == 1);
    }
}

TEST_CASE("cuda: in parts and computed again the same is learned") {
    const torch::Device device = gpu();
    Plan plan = tests::tinyPlan();
    plan.mode = "exact";
    plan.batch = 4;
    plan.gan.power = 0.1;
    plan.gan.dims = 4;
    DrawnRun run(plan);
    const auto plain = run.engine(device);
    const std::vector<double> expected = losses(*plain, 4);
    run.plan.recompute = true;
    const auto again = run.engine(device);
    CHECK(losses(*again, 4) == expected);
    run.plan.accumulate = 4;
    const auto parts = run.engine(device);
    const std::vector<double> near = losses(*parts, 4);
    CHECK(near[0] == Approx(expected[0]).epsilon(1e-5));
    CHECK(near[3] == Approx(expected[3]).epsilon(1e-3));
}

TEST_CASE("cuda: recorded passes learn what plain ones learn, bit for bit") {
    const torch::Device device = gpu();
    Plan plan = tests::tinyPlan();
    plan.mode = std::string("exact");
    const DrawnRun plainRun(plan);
    plan.cudaGraphs = true;
    const DrawnRun graphedRun(plan);
    const auto graphed = graphedRun.engine(device), plain = plainRun.engine(device);
    for (int64_t step = 0; step < 12; ++step) {
        // As the trainer does: the next batch is made meanwhile.
        graphed->expect(step + 1, 1);
        plain->expect(step + 1, 1);
        const LossResult ours = graphed->step(step, kRate, 1);
        const LossResult expected = plain->step(step, kRate, 1);
        CAPTURE(step);
        CHECK(ours.total.item<double>() == expected.total.item<double>());
        if (step == 6) {  // between recorded steps comes what is not recorded
            CHECK(graphed->validate() == plain->validate());
        }
    }
    const NamedTensors mine = graphed->tensors().model, others = plain->tensors().model;
    for (size_t i = 0; i < mine.size(); ++i) {
        INFO(mine[i].name);
        CHECK(torch::equal(mine[i].tensor, others[i].tensor));
    }
}

TEST_CASE("cuda exact: stopped and gone on equals never stopped, bit for bit") {
    gpu();
    for (const char* precision : {"fp32", "bf16"}) {
        CAPTURE(precision);
        Plan plan = tests::tinyPlan();
        plan.mode = "exact";
        plan.precision = precision;
        plan.devices = "cuda:0";
        plan.steps = 24;
        const DrawnRun whole(plan), parts(plan);
        REQUIRE(tests::train(whole.folder.path()).status.ok());
        const Status stopped = tests::train(parts.folder.path(), {}, tests::stopAt(10)).status;
        REQUIRE_FALSE(stopped.ok());
        REQUIRE(stopped.error().code == ErrorCode::saved);
        REQUIRE(tests::train(parts.folder.path()).status.ok());
        const RunFolder a{whole.folder.path()}, b{parts.folder.path()};
        for (const char* file : {"model.safetensors", "ema.safetensors", "optimizer.safetensors"}) {
            CHECK(tests::hashOf(a.checkpoint(24) / file) == tests::hashOf(b.checkpoint(24) / file));
        }
    }
}

TEST_CASE("cuda: a run begun on the GPU goes on on the CPU, and back") {
    gpu();
    Plan plan = tests::tinyPlan();
    plan.devices = "cuda:0";
    plan.steps = 10;
    plan.previewEvery = 5;
    const DrawnRun run(plan);
    REQUIRE(tests::train(run.folder.path()).status.ok());
    for (const char* devices : {"cpu", "cuda:0"}) {
        plan.devices = devices;
        plan.steps += 5;
        REQUIRE(savePlan(plan, run.folder / "plan.json").ok());
        REQUIRE(tests::train(run.folder.path()).status.ok());
    }
    const RunFolder folder{run.folder.path()};
    CHECK(checkpointSteps(folder) == std::vector<int64_t>{10, 15, 20});
    CHECK(previewSteps(folder).back() == 20);
    uint64_t offset = 0;
    const auto lines = readHistory(folder.history(), offset);
    REQUIRE(lines.ok());
    CHECK(lines->back().loss < lines->front().loss);
}

TEST_CASE("cuda: a batch that does not fit is an error that says what to lower") {
    gpu();
    BenchOptions options;
    options.plan.resolution = 512;
    options.plan.batch = 4096;
    options.plan.devices = "cuda:0";
    options.steps = 1;
    options.warmup = 0;
    const auto result = guarded([&] { return benchTraining(options); });
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ErrorCode::usage);
    CHECK(result.error().remedy.find("batch") != std::string::npos);
    // The device is as good as before.
    options.plan = tests::tinyPlan();
    options.plan.devices = "cuda:0";
    const auto next = guarded([&] { return benchTraining(options); });
    CHECK(next.ok());
}
