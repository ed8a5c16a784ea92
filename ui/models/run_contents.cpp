// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_contents.h"

#include <algorithm>

#include "media/base/file.h"
#include "training/plan/changes.h"
#include "training/plan/run_folder.h"
#include "ui/models/background.h"

namespace understudy::ui {
namespace {

RunContents readContents(const training::RunFolder& run) {
    RunContents contents;
    contents.known = true;
    contents.checkpoints = training::checkpointSteps(run);
    const auto has = [&](int64_t step) {
        return std::binary_search(contents.checkpoints.begin(), contents.checkpoints.end(), step);
    };
    if (const auto name = readFile(run.best(), 4096); name.ok()) {
        contents.best = training::stepOfName(name->substr(0, name->find('\n')));
        contents.best = contents.best && has(*contents.best) ? contents.best : std::nullopt;
    }
    uint64_t offset = 0;
    if (const auto history = training::readHistory(run.history(), offset); history.ok()) {
        for (const training::HistoryLine& line : *history) {
            if (line.validation && has(line.step)) {
                contents.validation[line.step] = *line.validation;
            }
        }
    }
    if (const auto plan = training::currentPlan(run); plan.ok()) {
        contents.faces = training::performersOf(*plan);
    }
    return contents;
}

}  // namespace

RunShelf::RunShelf(ProjectSession* session, JobsModel* jobs, QObject* parent)
    : QObject(parent), session_(session) {
    connect(jobs, &JobsModel::jobEnded, this, &RunShelf::lookAgain);
    connect(session_, &ProjectSession::changed, this, &RunShelf::lookAgain);
    connect(session_, &ProjectSession::closed, this, [this] { entries_.clear(); });
}

const RunContents& RunShelf::of(const std::string& run) {
    Entry& entry = entries_[run];
    if (!run.empty() && !entry.current && !entry.looking) {
        look(run);
    }
    return entry.contents;
}

void RunShelf::lookAgain() {
    for (auto& [run, entry] : entries_) {
        entry.current = false;
    }
    Q_EMIT changed();
}

void RunShelf::look(const std::string& run) {
    Entry& entry = entries_[run];
    entry.looking = true;
    entry.current = true;
    runInBackground(
        this,
        [folder = training::RunFolder{session_->folderPath() / "runs" / run}] {
            return readContents(folder);
        },
        [this, run, folder = session_->folder()](RunContents contents) {
            const auto known = entries_.find(run);
            if (known == entries_.end() || session_->folder() != folder) {
                return;
            }
            known->second.looking = false;
            if (!known->second.current) {  // something happened meanwhile
                look(run);
            }
            if (known->second.contents != contents) {
                known->second.contents = std::move(contents);
                Q_EMIT changed();
            }
        });
}

}  // namespace understudy::ui
