// SPDX-License-Identifier: GPL-3.0-or-later
// A run that somebody wants to train further.
#include <algorithm>

#include "ui/models/formatting.h"
#include "ui/workspaces/train_page.h"

namespace understudy::ui {
namespace {

constexpr int64_t kLeastMore = 100;  // steps

}  // namespace

void TrainPage::goOnWith(const QString& run) {
    chooseRun(run);
    goOn_ = run;
    offerSteps();
}

// Half as many steps again, where the run has done what was planned; otherwise it goes on as it is.
// A history is read in parts, so this is asked until its end is there.
void TrainPage::offerSteps() {
    const JobState* current = job();
    if (goOn_.isEmpty() || goOn_ != studio_.run.name() || !finished() ||
        (current != nullptr && current->active()) || studio_.session.readOnly()) {
        return;
    }
    goOn_.clear();
    training::Plan plan = *studio_.run.plan();
    const int64_t more = std::max(kLeastMore, plan.steps / 2);
    const QString done = countText(plan.steps);
    plan.steps += more;
    messages()->show(MessageBar::Kind::note,
                     tr("%1 has trained all of its %2 steps.").arg(studio_.run.name(), done),
                     tr("Train %1 more").arg(countText(more)),
                     [this, plan, run = studio_.run.name()] {
                         prepare({utf8(run), plan, true});
                     });
}

// Once the run has gone on the choice is part of its plan, and history.
bool TrainPage::holds(const GoOn& choice) const {
    const JobState* newest = studio_.jobs.newest("train", utf8(choice.run));
    return newest == nullptr ? choice.job.empty()
                             : newest->info.job == choice.job && !newest->active();
}

void TrainPage::chooseDevices(const std::string& devices) {
    const JobState* newest = job();
    const GoOn before{studio_.run.name(), newest != nullptr ? newest->info.job : "",
                      devicesToGoOn()};
    GoOn after = before;
    after.devices = devices;
    goOnChoices_[after.run] = after;
    goOnEdits_.record(devices == "auto"
                          ? tr("Devices of %1 chosen automatically").arg(after.run)
                          : tr("Devices of %1: %2")
                                .arg(after.run, text(devices).replace(',', QStringLiteral(", "))),
                      {}, before, after);
    refreshJob();
}

// By undo or redo: what is brought back is shown, so its run is too.
void TrainPage::goOnWithChoice(const GoOn& choice) {
    if (studio_.run.name() != choice.run) {
        chooseRun(choice.run);
    }
    goOnChoices_[choice.run] = choice;
    refreshJob();
}

std::string TrainPage::devicesToGoOn() const {
    const auto choice = goOnChoices_.find(studio_.run.name());
    const auto& plan = studio_.run.plan();
    return choice != goOnChoices_.end() && holds(choice->second) ? choice->second.devices
           : plan                                                ? plan->devices
                                                                 : std::string();
}

}  // namespace understudy::ui
