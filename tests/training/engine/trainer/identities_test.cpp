// Runs of several performers, and of base models.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "tests/training/engine/trainer/trainer_run.h"
#include "training/engine/trainer/step_engine.h"
#include "training/plan/run_folder.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

constexpr size_t kFaces = 4;

Plan planOf(const std::string& model) {
    Plan plan = tests::tinyPlan();
    plan.model = model;
    plan.others = std::string("c,d");
    plan.encoderDims = plan.decoderDims = 8;
    plan.bottleneck = 16;
    plan.mode = "exact";
    return plan;
}

std::unique_ptr<StepEngine> engineOf(const fs::path& folder, const Plan& plan) {
    prepareProcess(plan);
    tests::writeRunOf(folder, plan, tests::drawnPerformers());
    StoreOptions options;
    options.resolution = plan.resolution;
    options.validationFaces = plan.validationFaces;
    auto store = FaceStore::load(loadSelection(folder / "selection.json").value(), folder, options);
    REQUIRE(store.ok());
    REQUIRE(store->identities() == kFaces);
    auto engine = StepEngine::make(plan, torch::kCPU, std::move(store).value());
    REQUIRE(engine.ok());
    return std::move(engine).value();
}

NamedTensors copyOf(const NamedTensors& tensors) {
    NamedTensors copy;
    for (const auto& [name, tensor] : tensors) {
        copy.push_back({name, tensor.detach().clone()});
    }
    return copy;
}

}  // namespace

TEST_CASE("one network learns four faces, every one of them") {
    const tests::TempFolder folder;
    for (const char* model : {"df", "liae"}) {
        CAPTURE(model);
        const Plan plan = planOf(model);
        const auto engine = engineOf(folder / model, plan);
        std::vector<double> before;
        for (size_t i = 0; i < kFaces; ++i) {
            before.push_back(engine->validate({i, (i + 1) % kFaces}));
        }
        CHECK(engine->validate() == Approx((before[0] + before[1] + before[2] + before[3]) / 4));
        for (int64_t step = 0; step < 64; ++step) {
            const LossResult loss = engine->step(step, 2e-3, 0);
            REQUIRE(std::isfinite(loss.total.item<double>()));
        }
        for (size_t i = 0; i < kFaces; ++i) {
            CAPTURE(i);
            CHECK(engine->validate({i, (i + 1) % kFaces}) < 0.6 * before[i]);
        }
    }
}

TEST_CASE("a step leaves weights and moments of the other faces alone") {
    const tests::TempFolder folder;
    const Plan plan = planOf("df");
    const auto engine = engineOf(folder.path(), plan);
    const PairSampler pairs(kFaces, plan.seed);
    const std::string names[kFaces] = {"decoder_source.", "decoder_destination.", "decoder_2.",
                                       "decoder_3."};
    for (int64_t step = 0; step < 6; ++step) {
        const CheckpointTensors live = engine->tensors();
        const NamedTensors weights = copyOf(live.model), moments = copyOf(live.optimizer);
        engine->step(step, 1e-3, 0);
        const auto pair = pairs.at(static_cast<uint64_t>(step));
        for (const auto& [before, after] :
             {std::pair{&weights, &live.model}, std::pair{&moments, &live.optimizer}}) {
            for (size_t i = 0; i < before->size(); ++i) {
                const std::string& name = (*before)[i].name;
                for (size_t face = 0; face < kFaces; ++face) {
                    if (name.find(names[face]) != std::string::npos) {
                        CAPTURE(step, name);
                        const bool trained = face == pair.source || face == pair.destination;
                        CHECK(torch::equal((*before)[i].tensor, (*after)[i].tensor) == !trained);
                    }
                }
            }
        }
    }
}

TEST_CASE("several faces: stopped and gone on equals never stopped, bit for bit") {
    for (const char* model : {"df", "liae"}) {
        CAPTURE(model);
        Plan plan = planOf(model);
        plan.steps = 14;
        plan.historyEvery = 1;
        const tests::TempFolder whole, parts;
        tests::writeRunOf(whole.path(), plan, tests::drawnPerformers());
        tests::writeRunOf(parts.path(), plan, tests::drawnPerformers());
        REQUIRE(train(whole.path()).status.ok());
        CHECK(train(parts.path(), {}, stopAt(5)).status.error().code == ErrorCode::saved);
        REQUIRE(train(parts.path()).status.ok());
        const RunFolder a{whole.path()}, b{parts.path()};
        for (const char* file : {"model.safetensors", "ema.safetensors", "optimizer.safetensors"}) {
            CHECK(hashOf(a.checkpoint(14) / file) == hashOf(b.checkpoint(14) / file));
        }
        const auto info = loadInfo(a.checkpoint(14)).value();
        const auto selection = loadSelection(a.selection()).value();
        CHECK(info.otherFaces ==
              std::vector<std::string>{selection.facesetHash(2), selection.facesetHash(3)});
    }
}

TEST_CASE("a run of several performers keeps its faces and its plan together") {
    const tests::TempFolder folder;
    Plan plan = planOf("df");
    plan.steps = 2;
    tests::writeRunOf(folder.path(), plan, tests::drawnPerformers());
    REQUIRE(train(folder.path()).status.ok());
    auto selection = loadSelection(folder / "selection.json").value();
    selection.identities[3].faces.pop_back();
    REQUIRE(saveSelection(selection, folder / "selection.json").ok());
    CHECK(train(folder.path()).status.error().code == ErrorCode::corruptData);
    selection.identities.pop_back();
    REQUIRE(saveSelection(selection, folder / "selection.json").ok());
    const Outcome outcome = train(folder.path());
    CHECK(outcome.status.error().code == ErrorCode::usage);
    CHECK(outcome.status.error().message.find("4 performers") != std::string::npos);
}

TEST_CASE("two new faces reach a loss sooner from a base model of others") {
    const tests::TempFolder folder;
    Plan plan = tests::tinyPlan();
    plan.others = std::string("c,d");
    plan.schedule = "constant";
    plan.steps = 200;
    plan.warmupSteps = 5;
    plan.emaDecay = 0;
    tests::writeRunOf(folder / "runs/many", plan, tests::drawnPerformers());
    REQUIRE(train(folder / "runs/many").status.ok());
    const auto exported = exportBase(folder / "runs/many", folder / "small");
    REQUIRE(exported.ok());

    plan.source = std::string("e");
    plan.destination = std::string("f");
    plan.others.clear();
    plan.steps = 20;
    plan.base = (folder / "small").string();
    tests::writeRunOf(folder / "runs/tuned", plan, tests::drawnPerformers());
    const Outcome tuned = train(folder / "runs/tuned");
    REQUIRE(tuned.status.ok());
    const auto json = nlohmann::json::parse(resultJson(tuned.result));
    CHECK(json.at("base").at("matched").get<int>() > 40);
    CHECK(json.at("base").at("fresh").empty());
    CHECK(json.at("base").at("unused").empty());
    CHECK(json.at("base").at("decoders") == std::vector<std::string>{"decoder_destination"});
    const auto warnings = tuned.all<WarningRaised>();
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].text.find("decoder_destination start") != std::string::npos);

    plan.base.clear();
    plan.steps = 60;  // three times as many
    plan.previewEvery = 20;
    tests::writeRunOf(folder / "runs/scratch", plan, tests::drawnPerformers());
    const Outcome scratch = train(folder / "runs/scratch");
    REQUIRE(scratch.status.ok());
    CHECK(nlohmann::json::parse(resultJson(scratch.result)).count("base") == 0);
    INFO(*tuned.result.validation << " after 20 steps from the base, " << *scratch.result.validation
                                  << " after 60 from nothing");
    CHECK(*tuned.result.validation < *scratch.result.validation);
    uint64_t offset = 0;
    const auto lines = readHistory(folder / "runs/scratch/history.jsonl", offset);
    REQUIRE(lines.ok());
    for (const HistoryLine& line : *lines) {
        if (line.step == 20) {
            REQUIRE(line.validation);
            CHECK(*tuned.result.validation < 0.8 * *line.validation);
        }
    }
}

TEST_CASE("a base that is nowhere, or fits nothing, is refused") {
    const tests::TempFolder folder;
    Plan plan = tests::tinyPlan();
    plan.steps = 2;
    plan.base = std::string("nobody");
    tests::writeRun(folder / "runs/a", plan);
    const Outcome nowhere = train(folder / "runs/a");
    REQUIRE_FALSE(nowhere.status.ok());
    CHECK(nowhere.status.error().code == ErrorCode::usage);
    CHECK(nowhere.status.error().message.find("nobody") != std::string::npos);

    plan.base.clear();
    tests::writeRun(folder / "runs/b", plan);
    REQUIRE(train(folder / "runs/b").status.ok());
    plan.base = std::string("b");
    plan.encoderDims = plan.decoderDims = 6;
    plan.maskDims = 6;
    plan.bottleneck = 10;
    tests::writeRun(folder / "runs/c", plan);
    const Outcome nothing = train(folder / "runs/c");
    REQUIRE_FALSE(nothing.status.ok());
    CHECK(nothing.status.error().code == ErrorCode::usage);
    CHECK(nothing.status.error().message.find("dims 16/16/8") != std::string::npos);
    CHECK(nothing.status.error().message.find("dims 6/6/6") != std::string::npos);
}
