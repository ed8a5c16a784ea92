// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/relink_dialog.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <algorithm>

#include "ui/models/background.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/formatting.h"
#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

enum Column { kClip, kState, kFound, kWas };

QString stateText(const FoundPlate& plate) {
    switch (plate.state) {
        case FoundPlate::State::matches:
            return RelinkDialog::tr("found");
        case FoundPlate::State::otherFrames:
            return RelinkDialog::tr("other frames: %1").arg(text(plate.detail));
        case FoundPlate::State::otherSize:
            return RelinkDialog::tr("other size: %1").arg(text(plate.detail));
        case FoundPlate::State::unreadable:
            return RelinkDialog::tr("cannot be read: %1").arg(text(plate.detail));
        case FoundPlate::State::notFound:
            break;
    }
    return RelinkDialog::tr("not there");
}

QString stateIcon(const FoundPlate& plate) {
    return plate.state == FoundPlate::State::matches    ? QStringLiteral("ok")
           : plate.state == FoundPlate::State::notFound ? QStringLiteral("error")
                                                        : QStringLiteral("warning");
}

}  // namespace

RelinkDialog::RelinkDialog(Studio& studio, std::set<std::string> gone, QWidget* parent)
    : QDialog(parent), studio_(studio) {
    setObjectName("relinkDialog");
    setWindowTitle(tr("Find moved files"));
    resize(980, 460);
    for (const auto& clip : studio_.session.snapshot().clips) {
        if (gone.empty() || gone.count(clip.name) > 0) {
            clips_.push_back(clip);
        }
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 12);
    messages_ = new MessageBar;
    messages_->setObjectName("relinkMessages");
    column->addWidget(messages_);
    summary_ = label(gone.empty() ? tr("All plates are where they were. To point clips elsewhere, "
                                       "choose the folder.")
                                  : tr("The files of %1 clips are not where they were. Choose a "
                                       "folder that has them, at any depth.")
                                        .arg(gone.size()));
    summary_->setObjectName("relinkSummary");
    summary_->setWordWrap(true);
    summary_->setContentsMargins(12, 12, 12, 4);
    column->addWidget(summary_);
    list_ = new QTreeWidget;
    list_->setObjectName("relinkList");
    list_->setRootIsDecorated(false);
    list_->setAlternatingRowColors(true);
    list_->setTextElideMode(Qt::ElideMiddle);
    list_->setHeaderLabels({tr("Clip"), tr("State"), tr("There now"), tr("Was")});
    column->addWidget(list_, 1);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(12, 8, 12, 0);
    choose_ = new QPushButton(icon("folder"), tr("Choose folder…"));
    choose_->setObjectName("relinkChoose");
    row->addWidget(choose_);
    row->addStretch(1);
    auto* cancel = new QPushButton(tr("Cancel"));
    row->addWidget(cancel);
    relink_ = new PrimaryButton;
    relink_->setObjectName("relinkApply");
    relink_->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    relink_->setMinimumWidth(160);
    row->addWidget(relink_);
    column->addLayout(row);
    connect(choose_, &QPushButton::clicked, this, &RelinkDialog::chooseFolder);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(relink_, &QPushButton::clicked, this, &RelinkDialog::relink);
    std::vector<FoundPlate> nothing;
    for (const auto& clip : clips_) {
        nothing.push_back({clip.name, utf8(platePath(studio_.session, clip)), {}, {}, {}});
        nothing.back().state = FoundPlate::State::notFound;
    }
    tell(nothing);
}

RelinkDialog::~RelinkDialog() {
    stop_.request_stop();
}

void RelinkDialog::chooseFolder() {
    const QString was =
        clips_.empty() ? QString() : QFileInfo(platePath(studio_.session, clips_.front())).path();
    runInBackground(
        this, [was] { return was.isEmpty() ? was : nearestFolder(was); },
        [this](const QString& start) {
            const QString folder =
                studio_.dialogs->someFolder(this, tr("Where the plates are now"), start);
            if (!folder.isEmpty()) {
                search(folder);
            }
        });
}

void RelinkDialog::search(const QString& folder) {
    stop_.request_stop();  // an earlier one
    stop_ = {};
    messages_->dismiss();
    summary_->setText(tr("Looking through %1…").arg(folder));
    relink_->setEnabled(false);
    runInBackground(
        this,
        [place = std::filesystem::path(utf8(folder)), clips = clips_,
         project = studio_.session.folderPath(),
         stop = stop_.get_token()] { return findPlates(place, clips, project, stop); },
        [this, generation = ++generation_](const Result<std::vector<FoundPlate>>& found) {
            if (generation != generation_) {
                return;
            }
            if (!found.ok()) {
                messages_->show(MessageBar::Kind::error, errorText(found.error()));
                return;
            }
            const auto count = std::count_if(found->begin(), found->end(), [](const auto& plate) {
                return plate.state == FoundPlate::State::matches;
            });
            summary_->setText(tr("%1 of %2 clips are found. Those whose names, frames and size are "
                                 "the same can be relinked; the others stay as they are.")
                                  .arg(count)
                                  .arg(found->size()));
            tell(*found);
        });
}

void RelinkDialog::tell(const std::vector<FoundPlate>& found) {
    found_ = found;
    list_->clear();
    int64_t matching = 0;
    for (const FoundPlate& plate : found) {
        auto* item = new QTreeWidgetItem(
            list_, {text(plate.clip), stateText(plate), text(plate.found), text(plate.was)});
        item->setSizeHint(kClip, {100, theme::kRowHeight});
        item->setIcon(kState, icon(stateIcon(plate), theme::stateColor(stateIcon(plate))));
        item->setToolTip(kState, stateText(plate));
        item->setToolTip(kFound, text(plate.found));
        item->setToolTip(kWas, text(plate.was));
        matching += plate.state == FoundPlate::State::matches ? 1 : 0;
    }
    list_->setColumnWidth(kClip, 150);
    list_->setColumnWidth(kState, 230);
    list_->setColumnWidth(kFound, 290);
    relink_->setText(tr("Relink %1 clips").arg(matching));
    relink_->setEnabled(matching > 0 && !studio_.session.readOnly());
}

void RelinkDialog::relink() {
    RelinkCommand::Plates before;
    RelinkCommand::Plates after;
    for (const FoundPlate& plate : found_) {
        if (plate.state == FoundPlate::State::matches) {
            before[plate.clip] = plate.was;
            after[plate.clip] = plate.found;
        }
    }
    studio_.undo.push(new RelinkCommand(&studio_.session, before, after,
                                        tr("Relink %1 clips").arg(after.size())));
    accept();
}

}  // namespace understudy::ui
