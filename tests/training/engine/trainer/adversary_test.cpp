#include "training/engine/trainer/adversary.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>

#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "tests/training/engine/trainer/trainer_run.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/checkpoint/safetensors.h"
#include "training/plan/changes.h"
#include "training/plan/run_folder.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

// Everything that a second network, style and dropped updates can add to a run.
Plan richPlan() {
    Plan plan = tinyPlan();
    plan.gan.power = 0.2;
    plan.gan.dims = 4;
    plan.trueFace = 0.02;
    plan.loss.faceStyle = 2;
    plan.loss.backgroundStyle = 2;
    plan.loss.dssimScales = 3;
    plan.augment.blurOutMask = true;
    plan.optimizer = std::string("adamw");
    plan.lrDropout = 0.5;
    plan.steps = 12;
    return plan;
}

std::string describeIfBad(const Status& status) {
    return status.ok() ? "" : describe(status.error());
}

// Names in the optimizer's file of a checkpoint that begin so.
size_t stored(const fs::path& checkpoint, const std::string& beginning) {
    const auto tensors = readSafetensors(checkpoint / "optimizer.safetensors");
    REQUIRE(tensors.ok());
    size_t count = 0;
    for (const NamedTensor& named : *tensors) {
        count += named.name.starts_with(beginning) ? 1 : 0;
    }
    return count;
}

std::vector<std::string> warningsOf(const Outcome& outcome) {
    std::vector<std::string> texts;
    for (const WarningRaised& warning : outcome.all<WarningRaised>()) {
        texts.push_back(warning.text);
    }
    return texts;
}

// A pair that does not change while the discriminators learn.
struct Fixed {
    CodedPair faces;
    PairBatch batch;

    Fixed() {
        torch::manual_seed(5);
        faces.source.image = torch::rand({2, 3, 64, 64}).requires_grad_(true);
        faces.sourceCode = torch::randn({2, 32, 4, 4}).requires_grad_(true);
        faces.destinationCode = torch::randn({2, 32, 4, 4}) + 0.5;
        const auto axis = torch::linspace(0, 1, 64);
        batch.source.target = axis.view({1, 1, 1, 64}).repeat({2, 3, 64, 1});
        batch.source.mask = torch::ones({2, 1, 64, 64});
    }
};

std::map<std::string, double> termsOf(const LossResult& loss) {
    std::map<std::string, double> terms;
    for (const LossTerm& term : loss.terms) {
        terms[term.name] = term.value.item<double>();
    }
    return terms;
}

}  // namespace

TEST_CASE("discriminators learn to tell frozen faces from real ones") {
    for (const Precision precision : {Precision::fp32, Precision::bf16}) {
        Fixed fixed;
        Adversary adversary(torch::kCPU, precision);
        Plan plan = richPlan();
        plan.lrDropout = 1;
        CHECK(adversary.adopt(plan) == std::vector<std::string>{"gan.", "true_face."});
        std::map<std::string, double> first, last;
        for (int64_t step = 0; step < 60; ++step) {
            LossResult loss;
            adversary.challenge(fixed.faces, fixed.batch, loss);
            const double total = loss.total.item<double>();
            loss.total.backward();
            adversary.study({}, loss);
            adversary.learn(5e-3, step);
            CHECK(loss.total.item<double>() == total);
            last = termsOf(loss);
            first = step == 0 ? last : first;
        }
        CHECK(first.size() == 5);
        // Nothing is known at first: every head is at about log 2.
        CHECK(first.at("gan_discriminator") == Approx(2 * std::log(2)).epsilon(0.2));
        CHECK(last.at("gan_discriminator") < 0.6 * first.at("gan_discriminator"));
        CHECK(last.at("true_face_discriminator") < 0.6 * first.at("true_face_discriminator"));
        CHECK(last.at("gan") > first.at("gan"));
        CHECK(last.at("true_face") > first.at("true_face"));
        CHECK(fixed.faces.source.image.grad().abs().sum().item<double>() > 0);
        CHECK(fixed.faces.sourceCode.grad().abs().sum().item<double>() > 0);
        CHECK(adversary.skippedSteps() == 0);
    }
}

TEST_CASE("a discriminator stays while its shape does") {
    Fixed fixed;
    Adversary adversary(torch::kCPU, Precision::fp32);
    Plan plan = richPlan();
    adversary.adopt(plan);
    const auto weights = [&] { return adversary.state().front().tensor.clone(); };
    const auto before = weights();
    LossResult loss;
    adversary.challenge(fixed.faces, fixed.batch, loss);
    adversary.study({}, loss);
    adversary.learn(1e-2, 0);
    const auto after = weights();
    CHECK_FALSE(torch::equal(before, after));
    plan.gan.power = 1;
    CHECK(adversary.adopt(plan).empty());
    CHECK(torch::equal(weights(), after));
    adversary.restart("gan.");
    CHECK(torch::equal(weights(), before));
    plan.gan.patch = 16;
    CHECK(adversary.adopt(plan) == std::vector<std::string>{"gan."});
    plan.gan.power = plan.trueFace = 0;
    CHECK(adversary.adopt(plan).empty());
    CHECK(adversary.state().empty());
    LossResult none;
    adversary.challenge(fixed.faces, fixed.batch, none);
    adversary.study({}, none);
    adversary.learn(1e-2, 0);
    CHECK(none.terms.empty());
}

TEST_CASE("exact: with discriminators too, stopped and gone on equals never stopped") {
    Plan plan = richPlan();
    plan.mode = std::string("exact");
    const TempFolder whole, parts;
    writeRun(whole.path(), plan);
    writeRun(parts.path(), plan);
    const Outcome unbroken = train(whole.path());
    INFO(describeIfBad(unbroken.status));
    REQUIRE(unbroken.status.ok());
    const Outcome first = train(parts.path(), {}, stopAt(5));
    REQUIRE_FALSE(first.status.ok());
    CHECK(first.status.error().code == ErrorCode::saved);
    const Outcome second = train(parts.path());
    INFO(describeIfBad(second.status));
    REQUIRE(second.status.ok());
    CHECK(warningsOf(second).empty());
    const RunFolder a{whole.path()}, b{parts.path()};
    for (const char* file : {"model.safetensors", "ema.safetensors", "optimizer.safetensors"}) {
        CHECK(hashOf(a.checkpoint(12) / file) == hashOf(b.checkpoint(12) / file));
    }
    CHECK(stored(a.checkpoint(12), "gan.exp_avg.") > 0);
    CHECK(stored(a.checkpoint(12), "true_face.conv1.weight") == 1);

    const auto lines = historyOf(whole.path());
    double sum = 0;
    for (const auto& [name, value] : lines.back().terms) {
        sum += name.ends_with("_discriminator") ? 0 : value;
    }
    CHECK(sum == Approx(lines.back().loss).epsilon(1e-4));
    for (const char* term : {"gan", "gan_background", "gan_discriminator", "true_face",
                             "true_face_discriminator", "face_style", "background_style"}) {
        CHECK(lines.back().terms.count(term) == 1);
    }
    // A swap needs the network alone.
    const auto network = makeModel(specOf(plan)).value();
    CHECK(loadWeights(a.checkpoint(12), *network, true).ok());
    CHECK(loadWeights(a.checkpoint(12), *network, false).ok());
}

TEST_CASE("a GAN may come and go while a run trains") {
    const TempFolder folder;
    Plan plan = tinyPlan();
    plan.checkpointEvery = 5;
    plan.keepCheckpoints = 10;
    plan.gan.dims = 4;
    writeRun(folder.path(), plan);
    const std::vector<PlanChange> changes = {{10, "gan.power", "0.1", "detail"},
                                             {15, "gan.power", "0", "enough"}};
    REQUIRE(appendChanges(folder / "changes.jsonl", changes).ok());
    const Outcome outcome = train(folder.path());
    INFO(describeIfBad(outcome.status));
    REQUIRE(outcome.status.ok());
    REQUIRE(warningsOf(outcome).size() == 1);
    CHECK(warningsOf(outcome)[0].find("GAN starts fresh at step 10") != std::string::npos);
    const auto lines = historyOf(folder.path());
    REQUIRE(lines.size() == 4);
    CHECK(lines[1].terms.count("gan") == 0);
    CHECK(lines[2].terms.count("gan") == 1);
    CHECK(lines[3].terms.count("gan") == 0);
    const RunFolder run{folder.path()};
    CHECK(stored(run.checkpoint(10), "gan.") == 0);
    CHECK(stored(run.checkpoint(15), "gan.") > 0);
    CHECK(stored(run.checkpoint(20), "gan.") == 0);
    CHECK(stored(run.checkpoint(20), "exp_avg.") > 0);

    // From a checkpoint without one, and from one whose discriminator is no longer wanted or is of
    // another width: never an error.
    const auto goOnFrom = [&](int64_t step, const char* key, const char* value) {
        const TempFolder copy;
        fs::copy(folder.path(), copy.path(), fs::copy_options::recursive);
        const RunFolder there{copy.path()};
        for (const int64_t later : checkpointSteps(there)) {
            if (later > step) {
                fs::remove_all(there.checkpoint(later));
            }
        }
        fs::remove(there.latest());
        fs::remove(copy.path() / "changes.jsonl");
        const std::vector<PlanChange> now = {{0, key, value, ""}};
        REQUIRE(appendChanges(copy.path() / "changes.jsonl", now).ok());
        const Outcome more = train(copy.path());
        INFO(describeIfBad(more.status));
        CHECK(more.status.ok());
        CHECK(more.result.step == 20);
        return warningsOf(more);
    };
    CHECK(goOnFrom(10, "gan.power", "0.3").size() == 1);
    CHECK(goOnFrom(15, "gan.power", "0").empty());
    CHECK(goOnFrom(15, "gan.power", "0.3").empty());
    CHECK(goOnFrom(15, "trueFace", "0.01").size() == 1);
}
