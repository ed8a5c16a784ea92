// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/setting_edits.h"

#include <algorithm>

#include "training/protocol/job_state.h"
#include "ui/models/described.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

// "Change learning rate, steps of r02".
QString wordsOf(const RunSettings& change) {
    QStringList names;
    for (const std::string& setting : change.settings) {
        names << groupedOptionTitle(setting.substr(0, setting.find('='))).toLower();
    }
    return SettingEdits::tr("Change %1 of %2").arg(names.join(QStringLiteral(", ")), change.run);
}

}  // namespace

SettingEdits::SettingEdits(JobsModel* jobs, QUndoStack* undo, QObject* parent)
    : QObject(parent),
      jobs_(jobs),
      undo_(undo),
      edits_(
          undo,
          [this](const RunSettings& wanted) {
              send({wanted, {}, true});
          },
          [this](const RunSettings& change) {
              const JobState* job = jobs_->find(change.job);
              return job == nullptr || !job->active() || failed_.count(change.edit) != 0;
          }) {
    connect(jobs_, &JobsModel::settingsChanged, this, &SettingEdits::takeAnswer);
    // What is still to be answered will not be: the run's plan says what became of it.
    connect(jobs_->gateway(), &JobGateway::listed, this, [this] { asked_.clear(); });
}

void SettingEdits::ask(RunSettings wanted, std::vector<std::string> former) {
    wanted.edit = ++edit_;
    send({std::move(wanted), std::move(former)});
}

bool SettingEdits::asks(const std::string& job) const {
    return std::any_of(asked_.begin(), asked_.end(),
                       [&](const Asked& asked) { return asked.wanted.job == job; });
}

void SettingEdits::send(Asked asked) {
    const RunSettings wanted = asked.wanted;
    asked_.push_back(std::move(asked));
    jobs_->changeSettings(wanted.job, wanted.settings, wanted.reason,
                          [self = QPointer(this), wanted](const Status& status) {
                              if (self && !status.ok()) {
                                  self->takeRefusal(wanted, status.error());
                              }
                          });
}

void SettingEdits::takeRefusal(const RunSettings& wanted, const Error& error) {
    if (const auto asked = pop(wanted.job, wanted.settings)) {
        asked->again ? fail(*asked, error) : Q_EMIT refused(error);
    }
}

// In the order in which they were asked for.
std::optional<SettingEdits::Asked> SettingEdits::pop(const std::string& job,
                                                     const std::vector<std::string>& settings) {
    const auto found = std::find_if(asked_.begin(), asked_.end(), [&](const Asked& asked) {
        return asked.wanted.job == job && asked.wanted.settings == settings;
    });
    if (found == asked_.end()) {
        return std::nullopt;  // by somebody else
    }
    Asked asked = std::move(*found);
    asked_.erase(found);
    return asked;
}

void SettingEdits::takeAnswer(const training::SettingsChanged& event) {
    const auto asked = pop(event.job, event.settings);
    if (!asked || (event.error && !asked->again)) {
        return;  // the training's own answer is told where the run is shown
    }
    if (event.error) {
        fail(*asked, training::errorOf(*event.error));
    } else if (!asked->again) {
        Q_EMIT taken();
        RunSettings former = asked->wanted;
        former.settings = asked->former;
        former.reason = utf8(tr("taken back in the window"));
        edits_.record(wordsOf(asked->wanted), {}, former, asked->wanted);
    }
}

// By undo or redo: the values are as they were, so the command, which says otherwise, goes. It was
// given from anywhere in the window, and why it failed is told there.
void SettingEdits::fail(const Asked& asked, const Error& error) {
    failed_.insert(asked.wanted.edit);
    dropPassed(*undo_);
    Q_EMIT jobs_->refused(error);
}

}  // namespace understudy::ui
