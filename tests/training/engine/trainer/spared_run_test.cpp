// Runs that spare memory, through the trainer: they go on as they were, and may begin and end it.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "tests/training/engine/trainer/trainer_run.h"
#include "training/plan/changes.h"
#include "training/plan/run_folder.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;

namespace {

const std::vector<std::string> kFiles = {"model.safetensors", "ema.safetensors",
                                         "optimizer.safetensors"};

Plan richPlan() {
    Plan plan = tinyPlan();
    plan.mode = std::string("exact");
    plan.batch = 4;
    plan.gan.power = 0.2;
    plan.gan.dims = 4;
    plan.trueFace = 0.02;
    plan.loss.faceStyle = 2;
    return plan;
}

}  // namespace

TEST_CASE("exact: in parts and computed again, stopped and gone on equals never stopped") {
    Plan plan = richPlan();
    plan.recompute = true;
    plan.accumulate = 2;
    plan.steps = 8;
    plan.historyEvery = 2;
    const TempFolder whole, parts;
    writeRun(whole.path(), plan);
    writeRun(parts.path(), plan);
    REQUIRE(train(whole.path()).status.ok());
    const Outcome first = train(parts.path(), {}, stopAt(4));
    REQUIRE_FALSE(first.status.ok());
    CHECK(first.status.error().code == ErrorCode::saved);
    REQUIRE(train(parts.path()).status.ok());
    for (const std::string& file : kFiles) {
        CHECK(hashOf(RunFolder{whole.path()}.checkpoint(8) / file) ==
              hashOf(RunFolder{parts.path()}.checkpoint(8) / file));
    }
}

TEST_CASE("how memory is spared may change while a run trains") {
    Plan plan = richPlan();
    plan.steps = 9;
    plan.historyEvery = 1;
    const TempFolder plain, changed, wrong;
    for (const TempFolder* folder : {&plain, &changed, &wrong}) {
        writeRun(folder->path(), plan);
    }
    const std::vector<PlanChange> changes = {{3, "recompute", "true", "less memory"},
                                             {5, "accumulate", "4", "less still"},
                                             {7, "accumulate", "1", "enough"}};
    REQUIRE(appendChanges(changed / "changes.jsonl", changes).ok());
    REQUIRE(train(plain.path()).status.ok());
    REQUIRE(train(changed.path()).status.ok());
    const auto one = historyOf(plain.path()), two = historyOf(changed.path());
    REQUIRE(one.size() == 9);
    REQUIRE(two.size() == 9);
    for (size_t i = 0; i < 5; ++i) {
        CHECK(one[i].loss == two[i].loss);
    }
    CHECK(one[5].loss == Approx(two[5].loss).epsilon(1e-6));
    CHECK(one[8].loss == Approx(two[8].loss).epsilon(1e-2));

    REQUIRE(
        appendChanges(wrong / "changes.jsonl", std::vector<PlanChange>{{2, "accumulate", "3", ""}})
            .ok());
    const Outcome refused = train(wrong.path());
    REQUIRE_FALSE(refused.status.ok());
    CHECK(refused.status.error().code == ErrorCode::usage);
    CHECK(refused.status.error().where == "accumulate");
}
