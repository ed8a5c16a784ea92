// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/jobs_model.h"

#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/models/job_list_model.h"

using namespace understudy;
using namespace understudy::tests;
using training::JobInfo;

namespace {

struct Jobs {
    Jobs() {
        ensureApplication();
        model.setProject("/show");
        QObject::connect(&model, &ui::JobsModel::changed, [this] { ++repaints; });
        QObject::connect(&model, &ui::JobsModel::jobEnded,
                         [this](const QString& job) { ended << job; });
    }

    static JobInfo job(int number, const char* kind, const char* state,
                       const char* project = "/show") {
        JobInfo info;
        info.job = "job-" + std::to_string(number);
        info.kind = kind;
        info.state = state;
        info.project = project;
        return info;
    }

    FakeGateway gateway;
    ui::JobsModel model{&gateway};
    int repaints = 0;
    QStringList ended;
};

}  // namespace

TEST_CASE("events fold into one state a job, the newest job first") {
    Jobs jobs;
    jobs.gateway.tell(Jobs::job(9, "train", "queued"));
    jobs.gateway.tell(Jobs::job(10, "swap", "queued"));
    jobs.gateway.tell(Jobs::job(9, "train", "running"));
    REQUIRE(jobs.model.jobs().size() == 2);
    CHECK(jobs.model.jobs()[0].info.job == "job-10");
    CHECK(jobs.model.find("job-9")->info.state == "running");
    CHECK(jobs.model.active("train") != nullptr);
    CHECK(jobs.model.activeCount() == 2);
    jobs.gateway.tell(Jobs::job(9, "train", "finished"));
    CHECK(jobs.model.active("train") == nullptr);
    CHECK(jobs.model.newest("train") != nullptr);
    CHECK(jobs.ended == QStringList{"job-9"});
}

TEST_CASE("the foremost job is the one that somebody waits for") {
    Jobs jobs;
    const auto foremost = [&] {
        return jobs.model.foremost() == nullptr ? std::string() : jobs.model.foremost()->info.job;
    };
    const auto tell = [&](int number, const char* kind, const char* state, double started,
                          double place) {
        JobInfo info = Jobs::job(number, kind, state);
        info.started = started;
        info.place = place;
        jobs.gateway.tell(info);
    };
    CHECK(foremost().empty());
    tell(1, "extract", "finished", 100, 1);
    CHECK(foremost() == "job-1");
    // Of those that wait, the next one.
    tell(2, "train", "queued", 200, 2);
    tell(3, "swap", "queued", 300, 3);
    CHECK(foremost() == "job-2");
    JobInfo hurried = Jobs::job(4, "swap", "queued");
    hurried.priority = 1;
    hurried.place = 4;
    jobs.gateway.tell(hurried);
    CHECK(foremost() == "job-4");
    tell(2, "train", "paused", 200, 2);
    CHECK(foremost() == "job-2");
    // Of those at work, the one begun last, whichever was asked for first.
    tell(3, "swap", "running", 400, 3);
    CHECK(foremost() == "job-3");
    tell(2, "train", "running", 500, 2);
    CHECK(foremost() == "job-2");
    tell(4, "swap", "starting", 600, 4);
    CHECK(foremost() == "job-4");
    tell(4, "swap", "finished", 600, 4);
    tell(2, "train", "stopping", 500, 2);
    CHECK(foremost() == "job-2");
    tell(2, "train", "finished", 500, 2);
    tell(3, "swap", "cancelled", 400, 3);
    CHECK(foremost() == "job-4");  // the newest
}

TEST_CASE("jobs of other projects are not shown until theirs is opened") {
    Jobs jobs;
    jobs.gateway.tell(Jobs::job(1, "train", "running", "/other"));
    CHECK(jobs.model.jobs().empty());
    jobs.model.setProject("/other");
    REQUIRE(jobs.model.jobs().size() == 1);
    CHECK(jobs.ended.isEmpty());
    jobs.model.setProject("");
    CHECK(jobs.model.jobs().empty());
}

TEST_CASE("a list after a reconnection replaces what was known") {
    Jobs jobs;
    jobs.gateway.tell(Jobs::job(1, "train", "running"));
    jobs.gateway.tell(Jobs::job(2, "swap", "failed"));
    jobs.gateway.tell(Jobs::job(3, "swap", "running"));
    jobs.ended.clear();
    jobs.model.markFailuresSeen();
    Q_EMIT jobs.gateway.listed({Jobs::job(1, "train", "failed"), Jobs::job(2, "swap", "failed"),
                                Jobs::job(3, "swap", "running"), Jobs::job(4, "swap", "failed")});
    REQUIRE(jobs.model.jobs().size() == 4);
    CHECK(jobs.model.find("job-1")->failed());
    // One ended while nothing was heard; the others did so before, or are not this window's.
    CHECK(jobs.ended == QStringList{"job-1"});
    CHECK(jobs.model.failedUnseen() == 1);
    jobs.gateway.tell(Jobs::job(3, "swap", "failed"));
    CHECK(jobs.model.failedUnseen() == 2);
    jobs.model.markFailuresSeen();
    CHECK(jobs.model.failedUnseen() == 0);
}

TEST_CASE("progress repaints at most twice a second, a change of state at once") {
    Jobs jobs;
    jobs.gateway.tell(Jobs::job(1, "train", "running"));
    const int before = jobs.repaints;
    for (int step = 0; step < 1000; ++step) {
        JobInfo info = Jobs::job(1, "train", "running");
        info.done = step;
        jobs.gateway.tell(info);
    }
    CHECK(jobs.repaints == before);
    CHECK(jobs.model.find("job-1")->info.done == 999);
    REQUIRE(runUntil([&] { return jobs.repaints == before + 1; }));
    jobs.gateway.tell(Jobs::job(1, "train", "paused"));
    CHECK(jobs.repaints == before + 2);
}

TEST_CASE("progress is told in the job's own unit") {
    ui::JobState state;
    state.info = Jobs::job(1, "train", "running");
    state.info.done = 12400;
    state.info.total = 60000;
    state.info.unit = "steps";
    CHECK(ui::utf8(state.progressText()) == "step 12,400 of 60,000");
    state.info.unit = "seconds";
    CHECK(ui::utf8(state.progressText()) == "3:26:40 of 16:40:00");
    state.info.unit = "frames";
    state.info.rate = 24;
    CHECK(ui::utf8(state.progressText()) == "12,400 of 60,000 frames, 24.0 frames/s");
    state.info.state = "failed";
    state.info.error = training::JobError{73, "the disk is full", "", ""};
    CHECK(ui::utf8(state.progressText()) == "the disk is full");
}

TEST_CASE("a refusal is reported to who asked, or to the window when nobody waits for it") {
    Jobs jobs;
    int refused = 0;
    QObject::connect(&jobs.model, &ui::JobsModel::refused, [&] { ++refused; });
    const Error stopping{ErrorCode::transient, "the service is stopping", "", "Wait"};
    jobs.gateway.refuseNext = stopping;
    std::optional<Status> answered;
    jobs.model.start(training::StartJob{}, [&](const Status& status) { answered = status; });
    REQUIRE(runUntil([&] { return answered.has_value(); }));
    CHECK_FALSE(answered->ok());
    CHECK(refused == 0);
    jobs.gateway.refuseNext = stopping;
    jobs.model.act(ui::JobAction::pause, "job-1");
    REQUIRE(runUntil([&] { return refused == 1; }));
    jobs.model.start(training::StartJob{});
    REQUIRE(jobs.gateway.started.size() == 1);
    CHECK(jobs.gateway.started[0].project == "/show");
}

TEST_CASE("warnings of a job are kept, each once, and a long list is cut") {
    Jobs jobs;
    jobs.gateway.tell(Jobs::job(1, "swap", "running"));
    const auto warn = [&](const std::string& words) {
        training::WarningRaised event;
        event.job = "job-1";
        event.text = words;
        Q_EMIT jobs.gateway.received(event);
    };
    CHECK(jobs.model.find("job-1")->warningText().isEmpty());
    for (const char* words : {"one", "two", "one", "three", "four", "five"}) {
        warn(words);
    }
    CHECK(ui::utf8(jobs.model.find("job-1")->warningText()) == "one\ntwo\nthree\nAnd 2 more.");
    Q_EMIT jobs.gateway.listed({Jobs::job(1, "swap", "finished")});
    CHECK(jobs.model.find("job-1")->warnings.size() == 5);
}

TEST_CASE("jobs of other projects are listed on request, while they hold or want the machine") {
    Jobs jobs;
    ui::JobListModel list(&jobs.model);
    const auto named = [](JobInfo info, const char* title) {
        info.title = title;
        return info;
    };
    jobs.gateway.tell(
        named(Jobs::job(1, "train", "running", "/work/heist.understudy"), "Train r9"));
    jobs.gateway.tell(named(Jobs::job(2, "swap", "finished", "/work/heist.understudy"), "Swap x"));
    jobs.gateway.tell(named(Jobs::job(3, "train", "queued"), "Train r1"));
    jobs.gateway.tell(named(Jobs::job(4, "extract", "finished"), "Find faces"));
    REQUIRE(runUntil([&] { return list.ofOthers() == 1; }));
    const auto words = [&] {
        QStringList titles;
        for (int row = 0; row < list.rowCount(); ++row) {
            titles << list.index(row).data().toString();
        }
        return ui::utf8(titles.join('|'));
    };
    CHECK(words() == "Train r1|Find faces");
    CHECK(list.jobs().size() == 2);
    list.setEveryones(true);
    CHECK(words() == "Train r9, of heist|Train r1|Find faces");
    CHECK(list.jobs().size() == 3);
    const ui::JobState* other = list.job(list.index(0));
    REQUIRE(other != nullptr);
    CHECK(jobs.model.isOthers(*other));
    CHECK_FALSE(jobs.model.isOthers(*list.job(list.index(1))));
    CHECK(list.index(0).data(Qt::ToolTipRole).toString().contains("/work/heist.understudy"));

    // What is chosen stays chosen while the others come and go; what is over goes.
    const QPersistentModelIndex chosen = list.index(1);
    jobs.gateway.tell(named(Jobs::job(3, "train", "running"), "Train r1"));
    REQUIRE(runUntil([&] { return words() == "Train r1|Train r9, of heist|Find faces"; }));
    CHECK(chosen.row() == 0);
    jobs.gateway.tell(
        named(Jobs::job(1, "train", "finished", "/work/heist.understudy"), "Train r9"));
    REQUIRE(runUntil([&] { return list.ofOthers() == 0; }));
    CHECK(words() == "Train r1|Find faces");
    CHECK(jobs.ended.isEmpty());  // none of this project's
    CHECK(jobs.model.activeCount() == 1);
}

TEST_CASE("a job's folder is that of what it made") {
    ui::JobState state;
    state.info = Jobs::job(1, "deliver", "running", "/show.understudy");
    state.info.run = "r01";
    state.info.result = R"({"out":"/out/bird_v002/bird.####.exr"})";
    CHECK(ui::utf8(state.folder()) == "/show.understudy/runs/r01");
    state.info.state = "finished";
    CHECK(ui::utf8(state.folder()) == "/out/bird_v002");
    state.info.kind = "swap";
    CHECK(ui::utf8(state.folder()) == "/out/bird_v002");
    state.info.kind = "train";
    CHECK(ui::utf8(state.folder()) == "/show.understudy/runs/r01");
    state.info.kind = "extract";
    state.info.run = "";
    state.info.result = "no object";
    CHECK(ui::utf8(state.folder()) == "/show.understudy");
    CHECK(ui::utf8(state.projectName()) == "show");
}
