// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/version_board.h"

#include <QHBoxLayout>
#include <algorithm>

#include "ui/panels/icons.h"

namespace understudy::ui {
namespace {

// Of the button that takes the filter away; those of the others are their statuses.
constexpr int kAll = static_cast<int>(media::kVersionStatuses.size());

bool passes(const Take& take, std::optional<media::VersionStatus> status) {
    return !status || (take.version != 0 && take.status == *status);
}

}  // namespace

VersionBoard::VersionBoard(FrameThumbnails* pictures, VersionList::PictureOf pictureOf,
                           QWidget* parent)
    : QWidget(parent) {
    setObjectName("versionBoard");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QWidget;
    head->setFixedHeight(36);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(4);
    row->addWidget(label(tr("All versions"), theme::FontUse::title));
    row->addSpacing(12);
    filters_ = new QButtonGroup(this);
    addFilter(tr("all"), {}, row);
    for (const auto status : {media::VersionStatus::pendingReview, media::VersionStatus::retake,
                              media::VersionStatus::wip, media::VersionStatus::approved}) {
        addFilter(statusText(status), status, row);
    }
    row->addStretch(1);
    QToolButton* close =
        iconButton("close", tipWithKey(tr("Back to the picture"), tr("Esc")), "boardClose");
    row->addWidget(close);
    column->addWidget(head);
    cards_ = new VersionCards(pictures, std::move(pictureOf));
    empty_ = new EmptyState("review", {}, {});
    empty_->setObjectName("boardEmpty");
    QPushButton* all = empty_->addButton(tr("Show all versions"), "boardShowAll");
    places_ = new QStackedWidget;
    places_->addWidget(cards_);
    places_->addWidget(empty_);
    column->addWidget(places_, 1);
    connect(all, &QPushButton::clicked, this, [this] { setFilter({}); });
    connect(close, &QToolButton::clicked, this, &VersionBoard::closed);
    connect(cards_, &VersionCards::closed, this, &VersionBoard::closed);
    fill();
}

void VersionBoard::addFilter(const QString& name, std::optional<media::VersionStatus> status,
                             QBoxLayout* row) {
    auto* button = new QToolButton;
    button->setObjectName(status ? QStringLiteral("board_") + statusIcon(*status)
                                 : QStringLiteral("board_all"));
    button->setCheckable(true);
    button->setAutoRaise(true);
    button->setMinimumHeight(theme::kControlHeight);
    button->setChecked(!status);
    button->setProperty("words", name);
    button->setToolButtonStyle(status ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonTextOnly);
    if (status) {
        button->setIcon(icon(statusIcon(*status), theme::stateColor(statusIcon(*status))));
        button->setToolTip(tr("Only versions that are: %1").arg(name));
    }
    filters_->addButton(button, status ? static_cast<int>(*status) : kAll);
    connect(button, &QToolButton::clicked, this, [this, status] { setFilter(status); });
    row->addWidget(button);
}

void VersionBoard::setTakes(std::vector<Take> takes) {
    takes_ = std::move(takes);
    std::stable_sort(takes_.begin(), takes_.end(), [](const Take& a, const Take& b) {
        return a.clip.localeAwareCompare(b.clip) < 0;
    });
    fill();
}

void VersionBoard::setFilter(std::optional<media::VersionStatus> status) {
    filter_ = status;
    filters_->button(status ? static_cast<int>(*status) : kAll)->setChecked(true);
    fill();
}

void VersionBoard::fill() {
    for (QAbstractButton* button : filters_->buttons()) {
        const int id = filters_->id(button);
        const auto status =
            id == kAll ? std::nullopt : std::optional(static_cast<media::VersionStatus>(id));
        const auto count = std::count_if(takes_.begin(), takes_.end(),
                                         [&](const Take& take) { return passes(take, status); });
        button->setText(
            QStringLiteral("%1  %2").arg(button->property("words").toString()).arg(count));
    }
    std::vector<Take> shown;
    std::copy_if(takes_.begin(), takes_.end(), std::back_inserter(shown),
                 [this](const Take& take) { return passes(take, filter_); });
    if (filter_) {
        empty_->setTexts(tr("No version is: %1.").arg(statusText(*filter_)),
                         tr("Others are, as the numbers above say."));
    }
    places_->setCurrentIndex(shown.empty() ? 1 : 0);
    cards_->setTakes(std::move(shown));
}

}  // namespace understudy::ui
