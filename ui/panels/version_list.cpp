// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/version_list.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "ui/models/formatting.h"
#include "ui/panels/theme.h"

namespace understudy::ui {
VersionList::VersionList(FrameThumbnails* pictures, PictureOf pictureOf, QWidget* parent)
    : QWidget(parent), pictureOf_(std::move(pictureOf)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    clip_ = new QComboBox;
    clip_->setObjectName("reviewClip");
    clip_->setToolTip(tr("The clip whose versions are listed"));
    top_ = new QWidget;
    auto* top = new QVBoxLayout(top_);
    top->setContentsMargins(8, 8, 8, 8);
    top->addWidget(clip_);
    top_->setVisible(false);
    column->addWidget(top_);
    list_ = new QListWidget;
    list_->setObjectName("versionList");
    list_->setUniformItemSizes(true);
    list_->setItemDelegate(new PictureRows(
        pictures, [this](int row) { return rowOf(row); }, list_));
    connect(pictures, &FrameThumbnails::arrived, list_->viewport(), qOverload<>(&QWidget::update));
    column->addWidget(list_, 1);
    connect(list_, &QListWidget::currentRowChanged, this, &VersionList::take);
    connect(clip_, &QComboBox::activated, this, [this] {
        out_.clear();
        fill();
    });
}

void VersionList::setTakes(std::vector<Take> takes) {
    if (takes == takes_) {
        return;
    }
    const Take* before = current();
    const Take was = before != nullptr ? *before : Take();
    const bool had = before != nullptr;
    takes_ = std::move(takes);
    QStringList clips;
    for (const Take& take : takes_) {
        if (!clips.contains(take.clip)) {
            clips << take.clip;
        }
    }
    const QString clip = had ? was.clip : clip_->currentText();
    {
        const QSignalBlocker quiet(clip_);
        clip_->clear();
        clip_->addItems(clips);
        clip_->setCurrentIndex(std::max(0, static_cast<int>(clips.indexOf(clip))));
        top_->setVisible(clips.size() > 1);
    }
    fill();
    const Take* now = current();
    if (now == nullptr ? had : had && now->out == was.out && !(*now == was)) {
        Q_EMIT chosen();
    }
}

void VersionList::fill() {
    const QSignalBlocker quiet(list_);
    list_->clear();
    rows_.clear();
    int current = -1;
    for (size_t i = 0; i < takes_.size(); ++i) {
        const Take& take = takes_[i];
        if (take.clip != clip_->currentText()) {
            continue;
        }
        auto* item = new QListWidgetItem(
            QStringLiteral("%1   %2\n%3").arg(take.name, standingText(take), madeText(take)));
        item->setToolTip(QStringLiteral("%1\n%2").arg(item->text(), take.out));
        list_->addItem(item);
        if (take.out == out_) {
            current = static_cast<int>(rows_.size());
        }
        rows_.push_back(i);
    }
    if (rows_.empty()) {
        out_.clear();
        return;
    }
    list_->setCurrentRow(std::max(0, current));
    if (current < 0) {
        take(0);
    }
}

PictureRow VersionList::rowOf(int row) const {
    if (row < 0 || static_cast<size_t>(row) >= rows_.size()) {
        return {};
    }
    const Take& take = takes_[rows_[static_cast<size_t>(row)]];
    const QString made =
        QDateTime::fromString(take.created, Qt::ISODate).toLocalTime().toString("yyyy-MM-dd hh:mm");
    return {QStringLiteral("%1   %2").arg(take.name, standingText(take)),
            madeText(take) + '\n' + made,
            take.icon,
            theme::stateColor(take.icon),
            theme::kText,
            pictureOf_(take)};
}

void VersionList::take(int row) {
    if (row >= 0 && static_cast<size_t>(row) < rows_.size()) {
        out_ = takes_[rows_[static_cast<size_t>(row)]].out;
        Q_EMIT chosen();
    }
}

std::vector<Take> VersionList::listed() const {
    std::vector<Take> listed;
    for (const size_t i : rows_) {
        listed.push_back(takes_[i]);
    }
    return listed;
}

const Take* VersionList::current() const {
    const auto found = std::find_if(takes_.begin(), takes_.end(),
                                    [this](const Take& take) { return take.out == out_; });
    return out_.isEmpty() || found == takes_.end() ? nullptr : &*found;
}

void VersionList::choose(const QString& out) {
    for (const Take& take : takes_) {
        if (take.out == out) {
            out_ = out;
            clip_->setCurrentText(take.clip);
            fill();
            Q_EMIT chosen();
            return;
        }
    }
}

QString madeText(const Take& take) {
    return take.version != 0 && take.step >= 0
               ? VersionList::tr("%1   step %2").arg(take.run, countText(take.step))
               : take.run;
}

QString standingText(const Take& take) {
    return take.notes.isEmpty() ? take.state
                                : QStringLiteral("%1   %2").arg(take.state, take.notes);
}

QString statusIcon(media::VersionStatus status) {
    static constexpr std::array kNames = {"wip", "pending", "retake", "approved"};
    return QString::fromLatin1(kNames[static_cast<size_t>(status)]);
}

QString statusText(media::VersionStatus status) {
    switch (status) {
        case media::VersionStatus::wip:
            return QCoreApplication::translate("VersionStatus", "wip");
        case media::VersionStatus::pendingReview:
            return QCoreApplication::translate("VersionStatus", "pending review");
        case media::VersionStatus::retake:
            return QCoreApplication::translate("VersionStatus", "retake");
        case media::VersionStatus::approved:
            break;
    }
    return QCoreApplication::translate("VersionStatus", "approved");
}

}  // namespace understudy::ui
