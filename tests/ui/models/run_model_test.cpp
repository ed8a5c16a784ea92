// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_model.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <span>

#include "tests/ui/studio_fixture.h"
#include "training/plan/changes.h"
#include "training/plan/rollbacks.h"
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
    int changed = 0;
    int smoothed = 0;
    QObject::connect(&run.model, &ui::RunModel::historyChanged, [&changed] { ++changed; });
    QObject::connect(&run.model, &ui::RunModel::smoothed, [&smoothed] { ++smoothed; });
    for (const double weight : {0.0, 0.9, 0.99}) {
        run.model.setSmoothing(weight);
        CHECK(ui::utf8(run.model.health()) == ui::utf8(said));
    }
    CHECK(smoothed == 3);
    CHECK(changed == 0);  // nobody else has to look at it again
}

TEST_CASE("one sentence says how the training does") {
    const auto after = [](auto loss, double wait = 0) {
        Run run;
        for (int64_t step = 1; step <= 4800; step += 48) {
            run.line(step, loss(static_cast<double>(step)), wait);  // two steps a second
        }
        run.follow();
        CHECK(run.model.health().isEmpty());
        REQUIRE(run.waitForStep(4753));
        return ui::utf8(run.model.health());
    };
    const auto flat = [](double) { return 1.0; };
    const auto learning = [](double step) { return 10 / step; };
    CHECK(after(learning) == "Learning: loss fell 29 % in the last 10 min.");
    CHECK(after(flat) == "Flat for 40 min. Look at the previews; more steps may not help.");
    CHECK(after([](double step) {
              return step < 2400 ? 3 - step / 1200 : 1.0;
          }).starts_with("Flat for 20 min."));
    CHECK(after([](double step) { return step; }) ==
          "Loss rose 40 % in the last 10 min. Watch the previews.");
    CHECK(after(flat, 0.6) == "Input-bound: training waits 60 % of the time for faces.");
    CHECK(after(learning, 0.2).starts_with("Learning"));
    CHECK(after([](double) { return std::nan(""); }).starts_with("The loss is no longer"));
}

TEST_CASE("where a run diverged is said until it is well beyond") {
    Run run;
    for (int64_t step = 100; step <= 8000; step += 100) {
        run.line(step, 1000.0 / static_cast<double>(step));
    }
    run.follow();
    REQUIRE(run.waitForStep(8000));
    CHECK(run.model.health().startsWith("Learning"));
    const training::RunFolder folder{run.folder()};
    REQUIRE(training::savePlan(training::Plan(), folder.plan()).ok());
    REQUIRE(training::appendRollback(folder.rollbacks(), {8210, 8000, 2.5e-5, 9, "risen"}).ok());
    REQUIRE(runUntil([&] { return run.model.rollbacks().size() == 1; }));
    CHECK(ui::utf8(run.model.health()) ==
          "Diverged at step 8,210: went back to 8,000 with half the learning rate.");
    run.line(8400, 0.12);
    REQUIRE(run.waitForStep(8400));
    CHECK(run.model.health().startsWith("Diverged"));
    run.line(8500, 0.118);
    REQUIRE(run.waitForStep(8500));
    CHECK(run.model.health().startsWith("Learning"));
    CHECK(ui::utf8(run.model.health(true)) == "Finished: 8,500 steps in 71 min.");
}

TEST_CASE("a run that is over says where its validation was best") {
    Run run;
    auto project = media::Project::create(run.temp / "show");
    addRun(*project, "r01", 3000, 3000);
    run.model.setRun("r01", run.temp / "show" / "runs" / "r01");
    REQUIRE(run.waitForStep(3000));
    CHECK(ui::utf8(run.model.health(true)) ==
          "Finished: 3,000 steps in 4 min. Best validation at step 3,000.");
    CHECK_FALSE(run.model.health().startsWith("Finished"));
}

TEST_CASE("a preview that is written again is told of, though its step is the same") {
    Run run;
    auto project = media::Project::create(run.temp / "show");
    addRun(*project, "r01", 1000, 1000);
    const training::RunFolder folder{run.temp / "show" / "runs" / "r01"};
    run.model.setRun("r01", folder.path);
    REQUIRE(runUntil([&] { return run.model.previews().size() == 1; }));
    int told = 0;
    QObject::connect(&run.model, &ui::RunModel::previewsChanged, [&] { ++told; });
    const auto fresh = folder.previews() / "fresh";
    std::filesystem::copy_file(folder.preview(1000), fresh);
    std::filesystem::rename(fresh, folder.preview(1000));
    CHECK(runUntil([&] { return told > 0; }));
}
