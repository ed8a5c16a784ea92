// SPDX-License-Identifier: GPL-3.0-or-later
// What became of what Deliver had written, and what may help where it failed.
#include <QFileInfo>

#include "ui/models/background.h"
#include "ui/models/formatting.h"
#include "ui/workspaces/deliver_page.h"

namespace understudy::ui {

void DeliverPage::tellEnd(const QString& id) {
    const JobState* job = studio_.jobs.find(utf8(id));
    if (job == nullptr || !isRender(job->info)) {
        return;
    }
    form_->refresh();
    if (job->failed() && job->info.error) {
        tellFailure(*job);
    } else if (job->info.state == "finished") {
        const QString done = tr("%1 is done.").arg(text(job->info.title));
        const QString next = job->info.kind == "swap" ? tr("Review it") : QString();
        const auto review = [this] { Q_EMIT goTo(PageId::review); };
        job->warnings.empty() ? messages()->show(MessageBar::Kind::note, done, next, review)
                              : messages()->show(MessageBar::Kind::warning,
                                                 done + '\n' + job->warningText(), next, review);
    }
}

// With what may help: another place where nothing can be written, once more where that may do, else
// the log.
void DeliverPage::tellFailure(const JobState& job) {
    const QString id = text(job.info.job);
    const QString words = tr("%1: %2").arg(text(job.info.title), errorText(*job.info.error));
    const auto say = [this, words](const QString& action, std::function<void()> remedy) {
        messages()->show(MessageBar::Kind::error, words, action, std::move(remedy));
    };
    const auto code = static_cast<ErrorCode>(job.info.error->code);
    const bool forGood = code == ErrorCode::usage || code == ErrorCode::corruptData ||
                         code == ErrorCode::environment;
    const auto retry = [this, id] { studio_.jobs.act(JobAction::resume, utf8(id)); };
    if (forGood || studio_.session.readOnly()) {
        say(tr("Show log"), [this, id] { Q_EMIT logWanted(id); });
    } else if (code != ErrorCode::cannotWrite) {
        say(tr("Try again"), retry);
    } else {
        const QString out = text(job.info.out);
        runInBackground(
            this,
            [folder = out.isEmpty() ? studio_.names.folder() : QFileInfo(out).absolutePath()] {
                return QFileInfo(nearestFolder(folder)).isWritable();
            },
            [this, say, retry](bool writable) {
                writable ? say(tr("Try again"), retry)
                         : say(tr("Choose another folder…"), [this] { chooseFolder(); });
            });
    }
}

void DeliverPage::chooseFolder() {
    const QString folder =
        studio_.dialogs->someFolder(this, tr("Write below"), studio_.names.folder());
    if (!folder.isEmpty()) {
        studio_.names.setFolder(folder);
    }
}

}  // namespace understudy::ui
