// SPDX-License-Identifier: GPL-3.0-or-later
// The board of all versions on Review. What is current on it is the version that the sides of the
// page speak of, so that one goes from version to version, reads notes and says how each stands
// without opening any.
#include "ui/workspaces/review_page.h"
#include "ui/workspaces/review_takes.h"

namespace understudy::ui {

void ReviewPage::buildBoard() {
    board_ = new VersionBoard(&thumbnails_, pictureOf);
    centre_->addWidget(board_);
    connect(board_, &VersionBoard::closed, this, [this] { showBoard(false); });
    connect(board_->cards(), &VersionCards::opened, this, &ReviewPage::openFromBoard);
    connect(board_->cards(), &VersionCards::currentChanged, this,
            [this](const QString& out) { list_->choose(out); });
}

void ReviewPage::showBoard(bool on) {
    boarded_ = on && !board_->empty();
    all_->setChecked(boarded_);
    if (boarded_) {
        presentOnly(false);
        player_->transport()->setPlaying(false);
        board_->cards()->setCurrent(shown_.out);
    }
    if (!board_->empty()) {
        centre_->setCurrentWidget(boarded_ ? static_cast<QWidget*>(board_) : player_);
    }
    focusTarget()->setFocus();
}

void ReviewPage::openFromBoard(const QString& out) {
    list_->choose(out);
    showBoard(false);
}

}  // namespace understudy::ui
