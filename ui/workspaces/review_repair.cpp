// SPDX-License-Identifier: GPL-3.0-or-later
// What cannot be read of a version: which frames, and rendering them again as they were.
#include <algorithm>

#include "media/base/paths.h"
#include "media/source/frame_list.h"
#include "training/prepare/consent_gate.h"
#include "ui/models/formatting.h"
#include "ui/models/render_order.h"
#include "ui/workspaces/review_page.h"
#include "ui/workspaces/review_takes.h"

namespace understudy::ui {
namespace {

QString listText(const std::map<int64_t, Error>& frames) {
    std::vector<int64_t> numbers;
    for (const auto& [frame, error] : frames) {
        numbers.push_back(frame);
    }
    return text(media::FrameList::of(numbers).text());
}

}  // namespace

// Frames that were never asked for are no damage.
void ReviewPage::noteDamage(int64_t frame, const Error& error) {
    const auto rendered = framesOf(studio_, shown_);
    if (std::binary_search(rendered.begin(), rendered.end(), frame) &&
        damaged_.emplace(frame, error).second) {
        tellDamage();
    }
}

void ReviewPage::tellDamage() {
    const bool onItsWay = version() == nullptr && studio_.jobs.active("swap", utf8(shown_.run),
                                                                      utf8(shown_.clip)) != nullptr;
    if (onItsWay || !again_.empty() || (!unreadable_ && damaged_.empty())) {
        return;
    }
    QString words;
    if (unreadable_) {
        words = tr("%1: %2").arg(shown_.name, errorText(*unreadable_));
    } else if (damaged_.size() == 1) {
        words = tr("%1, frame %2: %3")
                    .arg(shown_.name)
                    .arg(damaged_.begin()->first)
                    .arg(errorText(damaged_.begin()->second));
    } else {
        words = tr("%1: %2 frames cannot be read: %3.")
                    .arg(shown_.name, countText(static_cast<int64_t>(damaged_.size())),
                         listText(damaged_));
    }
    if (studio_.session.readOnly()) {
        messages()->show(MessageBar::Kind::error,
                         words + ' ' + tr("This project is read-only: render it again in a copy."));
        return;
    }
    messages()->show(MessageBar::Kind::error, words,
                     version() != nullptr ? tr("Render it again") : tr("Render it in Deliver"),
                     [this] { renderAgain(); });
}

// A version as it was, over its own files; a swap that is none has no look to keep.
void ReviewPage::renderAgain() {
    const media::VersionRecord* now = version();
    if (clipOf(studio_, shown_.clip) == nullptr) {
        showError({ErrorCode::missingInput,
                   utf8(tr("clip %1 is not in the project any more").arg(shown_.clip)), "",
                   utf8(tr("Import its plate again, then render it"))});
        return;
    }
    if (now == nullptr) {
        Q_EMIT goTo(PageId::deliver);
        Q_EMIT renderWanted(shown_.run, shown_.clip);
        return;
    }
    media::VersionRecord placed = *now;
    placed.out = utf8(shown_.out);
    placed.matte = utf8(shown_.matte);
    const std::string frames = unreadable_ ? "" : utf8(listText(damaged_));
    const auto job = restoreJob(utf8(studio_.session.folder()), placed, frames);
    studio_.session.ask(
        this,
        [job](media::Project& project) {
            return training::checkSwapConsent(project, job.run, job.clip, siteSettingsFiles());
        },
        [this, job](const Status& allowed) {
            if (!allowed.ok()) {
                showError(allowed.error());
                return;
            }
            again_ = job.title;
            studio_.jobs.start(job, [this](const Status& started) {
                if (!started.ok()) {
                    again_.clear();
                    showError(started.error());
                }
            });
        });
}

void ReviewPage::takeRendered(const QString& id) {
    const JobState* job = studio_.jobs.find(utf8(id));
    if (job != nullptr && isRender(job->info)) {
        thumbnails_.clear();
    }
    if (job == nullptr || again_.empty() || job->info.title != again_) {
        tellDamage();
        return;
    }
    again_.clear();
    if (job->info.state == "finished") {
        reopen();
        const QString done = tr("%1 is done.").arg(text(job->info.title));
        job->warnings.empty()
            ? messages()->show(MessageBar::Kind::note, done)
            : messages()->show(MessageBar::Kind::warning, done + '\n' + job->warningText());
    } else if (job->failed() && job->info.error) {
        messages()->show(MessageBar::Kind::error,
                         tr("%1: %2").arg(text(job->info.title), errorText(*job->info.error)),
                         tr("Show log"), [this, id] { Q_EMIT logWanted(id); });
    } else {
        tellDamage();  // stopped: it is still there
    }
}

// The files are others now, under the same names.
void ReviewPage::reopen() {
    refresh();
    shown_.out.clear();
    choose();
}

}  // namespace understudy::ui
