// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says of runs that the real trainer trained: one whose learning rate explodes, one
// that does well.
#include <catch2/catch.hpp>

#include "tests/support/process.h"
#include "tests/training/engine/data/test_faces.h"
#include "tests/ui/studio_fixture.h"
#include "training/plan/changes.h"
#include "ui/models/formatting.h"
#include "ui/models/run_model.h"

using namespace understudy;
using namespace understudy::tests;

TEST_CASE("a learning rate that explodes is told with the steps; a calm run is not") {
    ensureApplication();
    const TempFolder temp;
    training::Plan plan = tinyPlan();
    plan.historyEvery = 2;
    plan.previewEvery = 10;
    writeRun(temp / "calm", plan);
    REQUIRE(runProcess("understudy-trainer", {"--run", (temp / "calm").string()}).exitCode == 0);
    ui::RunModel model;
    model.setRun("calm", temp / "calm");
    REQUIRE(runUntil([&] { return model.plan() && model.last() && model.last()->step == 20; }));
    CHECK(model.rollbacks().empty());
    CHECK_FALSE(model.health().startsWith("Diverged"));
    CHECK(model.health(true).startsWith("Finished: 20 steps in "));
    CHECK(model.health(true).contains("Best validation at step "));

    plan.encoderDims = plan.decoderDims = 8;
    plan.clipGradient = 0;
    plan.schedule = "constant";
    plan.steps = 200;
    plan.checkpointEvery = 70;
    writeRun(temp / "wild", plan);
    const std::vector<training::PlanChange> changes = {{70, "learningRate", "1", "far too much"}};
    REQUIRE(training::appendChanges(temp / "wild" / "changes.jsonl", changes).ok());
    CHECK(runProcess("understudy-trainer", {"--run", (temp / "wild").string()}).exitCode ==
          static_cast<int>(ErrorCode::diverged));
    model.setRun("wild", temp / "wild");
    REQUIRE(runUntil([&] { return model.rollbacks().size() == 3; }));
    REQUIRE(runUntil([&] { return model.last() && model.last()->step >= 70; }));
    const std::string said = ui::utf8(model.health());
    INFO(said);
    CHECK(said == "Diverged at step " + std::to_string(model.rollbacks().back().step) +
                      ": went back to 70 with half the learning rate.");
}
