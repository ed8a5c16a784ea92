// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/plate_watch.h"

#include <utility>

#include "ui/models/relink.h"

namespace understudy::ui {

PlateWatch::PlateWatch(ProjectSession* session, QObject* parent)
    : QObject(parent), session_(session) {
    connect(session_, &ProjectSession::changed, this, &PlateWatch::look);
    connect(session_, &ProjectSession::closed, this, [this] {
        if (!std::exchange(gone_, {}).empty()) {
            Q_EMIT changed();
        }
    });
}

void PlateWatch::look() {
    if (looking_) {
        again_ = true;
        return;
    }
    looking_ = true;
    runInBackground(
        this,
        [clips = session_->snapshot().clips, folder = session_->folderPath()] {
            return platesGone(clips, folder);
        },
        [this, folder = session_->folder()](std::set<std::string> gone) {
            looking_ = false;
            if (session_->isOpen() && session_->folder() == folder && gone != gone_) {
                gone_ = std::move(gone);
                Q_EMIT changed();
            }
            if (std::exchange(again_, false) && session_->isOpen()) {
                look();
            }
        });
}

}  // namespace understudy::ui
