// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/end_notices.h"

#include <algorithm>

#include "ui/models/formatting.h"

namespace understudy::ui {

EndNotices::EndNotices(int togetherMs, QObject* parent) : QObject(parent) {
    timer_.setSingleShot(true);
    timer_.setInterval(togetherMs);
    connect(&timer_, &QTimer::timeout, this, &EndNotices::tell);
}

void EndNotices::ended(const JobState& job, const QString& project, bool watched) {
    const bool took = job.info.ended - job.info.started >= kLongSeconds;
    if (job.info.state == "cancelled" || (!job.failed() && (watched || !took))) {
        return;
    }
    waiting_.push_back({tr("%1: %2").arg(text(job.info.title), job.stateText()),
                        job.info.error ? errorText(*job.info.error) : project, job.failed()});
    if (!timer_.isActive()) {
        tell();
    }
}

// The first at once; what ends within the pause after it, together.
void EndNotices::tell() {
    if (waiting_.empty()) {
        return;
    }
    const auto failed = std::count_if(waiting_.begin(), waiting_.end(),
                                      [](const End& each) { return each.failed; });
    if (waiting_.size() == 1) {
        Q_EMIT notice(waiting_[0].title, waiting_[0].detail, failed > 0);
    } else {
        QStringList titles;
        for (const End& each : waiting_) {
            titles << each.title;
        }
        const QString all = tr("%1 jobs ended").arg(waiting_.size());
        Q_EMIT notice(failed == 0 ? all : tr("%1, %2 of them failed").arg(all).arg(failed),
                      titles.join(QLatin1Char('\n')), failed > 0);
    }
    waiting_.clear();
    timer_.start();
}

}  // namespace understudy::ui
