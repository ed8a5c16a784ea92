// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_model.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <span>

#include "tests/ui/studio_fixture.h"
#include "training/plan/changes.h"
#include "ui/models/formatting.h"

using namespace understudy;
using namespace understudy::tests;

namespace {

struct Run {
    Run() {
        ensureApplication();
        std::filesystem::create_directories(folder());
    }
    std::filesystem::path folder() const { return temp / "r01"; }
    void follow() { model.setRun("r01", folder()); }
    void line(int64_t step, double loss, double wait = 0) {
        training::HistoryLine told;
        told.step = step;
        told.time = static_cast<double>(step) * 0.5;
        told.loss = loss;
        told.dataWait = wait;
        std::ofstream(training::RunFolder{folder()}.history(), std::ios::app)
            << training::historyToJson(told) << '\n';
    }
    bool waitForStep(int64_t step) {
        return runUntil([&] { return model.last() && model.last()->step == step; });
    }
    double loss(double step) const { return model.series().at("loss").valueAt(step); }

    TempFolder temp;
    ui::RunModel model;
};

}  // namespace

TEST_CASE("a history is read as it grows; a torn last line waits for its rest") {
    Run run;
    run.line(1, 4);
    run.follow();
    REQUIRE(run.waitForStep(1));
    run.line(2, 3);
    REQUIRE(run.waitForStep(2));
    std::ofstream history(training::RunFolder{run.folder()}.history(), std::ios::app);
    history << R"({"step":3,"time":1.5,"lo)" << std::flush;
    run.model.poll();
    history << R"(ss":2,"terms":{},"validation":null,"lr":1,"it_per_s":1,"data_wait":0})" << '\n'
            << std::flush;
    REQUIRE(run.waitForStep(3));
    CHECK(run.loss(3) == 2);
    CHECK(run.model.series().at("loss").size() == 3);
}

TEST_CASE("sums of a performer's terms are curves of their own") {
    Run run;
    appendHistory(run.folder(), 10, 200, 10);
    run.follow();
    REQUIRE(run.waitForStep(200));
    const auto& series = run.model.series();
    CHECK(series.at("source").valueAt(100) + series.at("destination").valueAt(100) ==
          Approx(series.at("loss").valueAt(100)));
    CHECK(series.at("validation").size() == 1);
}

TEST_CASE("a run that goes on from a checkpoint replaces what it had after it") {
    Run run;
    for (int step = 1; step <= 20; ++step) {
        run.line(step, 5);
    }
    run.follow();
    REQUIRE(run.waitForStep(20));
    run.line(11, 1);
    REQUIRE(run.waitForStep(11));
    CHECK(run.model.series().at("loss").size() == 11);
    CHECK(run.loss(11) == 1);
}

TEST_CASE("previews and checkpoints appear; another run forgets them") {
    Run run;
    auto project = media::Project::create(run.temp / "show");
    addRun(*project, "r02", 3000, 3000);
    run.model.setRun("r02", run.temp / "show" / "runs" / "r02");
    REQUIRE(runUntil([&] { return run.model.checkpoints().size() == 3; }));
    CHECK(run.model.previews() == std::vector<int64_t>{1000, 2000, 3000});
    REQUIRE(run.model.plan());
    CHECK(run.model.plan()->source == "Anna");
    run.follow();
    CHECK(run.model.previews().empty());
    CHECK_FALSE(run.model.plan());
    run.model.setRun({}, {});
    CHECK_FALSE(run.model.hasRun());
}

TEST_CASE("the time left is a range over the last minutes' steps") {
    Run run;
    auto project = media::Project::create(run.temp / "show");
    addRun(*project, "r01", 500, 1000);
    run.model.setRun("r01", run.temp / "show" / "runs" / "r01");
    REQUIRE(runUntil([&] { return run.model.plan() && run.model.last(); }));
    const auto left = run.model.secondsLeft();
    REQUIRE(left);
    CHECK(left->first == Approx(500 / 14.2).epsilon(0.01));
    CHECK(left->second >= left->first);
}

TEST_CASE("a plan that another program changes is read again") {
    Run run;
    auto project = media::Project::create(run.temp / "show");
    addRun(*project, "r01", 500, 500);
    const training::RunFolder folder{run.temp / "show" / "runs" / "r01"};
    run.model.setRun("r01", folder.path);
    REQUIRE(runUntil([&] { return run.model.plan() && run.model.plan()->steps == 500; }));
    const training::PlanChange more{500, "steps", "900", "resumed"};
    REQUIRE(training::appendChanges(folder.changes(), std::span(&more, 1)).ok());
    CHECK(runUntil([&] { return run.model.plan()->steps == 900; }));
}

TEST_CASE("what is said of a training does not depend on the smoothing, nor on one slow line") {
    Run run;
    for (int64_t step = 1; step <= 100; ++step) {
        const double noise = step % 2 == 0 ? 1.3 : 0.7;
        run.line(step, 10 / (10 + static_cast<double>(step)) * noise, step == 100 ? 0.9 : 0.01);
    }
    run.follow();
    REQUIRE(run.waitForStep(100));
    const QString said = run.model.health();
    CHECK(said.startsWith("Learning"));
    for (const double weight : {0.0, 0.9, 0.99}) {
        run.model.setSmoothing(weight);
        CHECK(ui::utf8(run.model.health()) == ui::utf8(said));
    }
}

TEST_CASE("one sentence says how the training does") {
    const auto after = [](auto loss, double wait = 0) {
        Run run;
        for (int64_t step = 1; step <= 100; ++step) {
            run.line(step, loss(static_cast<double>(step)), wait);
        }
        run.follow();
        CHECK(run.model.health().isEmpty());
        REQUIRE(run.waitForStep(100));
        return ui::utf8(run.model.health());
    };
    const auto flat = [](double) { return 1.0; };
    CHECK(after([](double step) { return 10 / step; }) ==
          "Learning: loss fell 25 % over the last 25 steps.");
    CHECK(after(flat).starts_with("Flat over the last 25 steps."));
    CHECK(after([](double step) { return step; }).starts_with("Loss rose"));
    CHECK(after(flat, 0.6) == "Input-bound: training waits 60 % of the time for faces.");
    CHECK(after([](double) { return std::nan(""); }).starts_with("The loss is no longer"));
}
