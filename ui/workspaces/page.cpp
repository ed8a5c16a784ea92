// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/page.h"

#include <QVBoxLayout>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

QString pageKey(PageId id) {
    static const char* const kNames[] = {"ingest", "faces", "train", "review", "deliver"};
    return QString::fromLatin1(kNames[static_cast<int>(id)]);
}

}  // namespace

Page::Page(PageId id, Studio& studio, QWidget* parent) : QWidget(parent), studio_(studio), id_(id) {
    setObjectName(pageKey(id) + "Page");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    messages_ = new MessageBar;
    messages_->setObjectName(pageKey(id) + "Messages");
    column->addWidget(messages_);
    primary_ = new PrimaryButton;
    primary_->setObjectName(pageKey(id) + "Primary");
}

void Page::buildColumns(QWidget* left, int leftWidth, QWidget* centre, QWidget* right,
                        int rightWidth) {
    splitter_ = new QSplitter(Qt::Horizontal);
    splitter_->setObjectName(pageKey(id_) + "Splitter");
    splitter_->setChildrenCollapsible(true);
    int middle = 1920;
    if (left != nullptr) {
        splitter_->addWidget(left);
        left->setMinimumWidth(200);
        defaultSizes_ << leftWidth;
        middle -= leftWidth;
    }
    const int centreIndex = splitter_->count();
    splitter_->addWidget(centre);
    splitter_->setCollapsible(centreIndex, false);
    splitter_->setStretchFactor(centreIndex, 1);
    defaultSizes_ << middle - (right != nullptr ? rightWidth : 0);
    if (right != nullptr) {
        splitter_->addWidget(right);
        right->setMinimumWidth(240);
        defaultSizes_ << rightWidth;
    }
    for (int i = 0; i < splitter_->count(); ++i) {
        if (i != centreIndex) {
            splitter_->setStretchFactor(i, 0);
        }
    }
    splitter_->setSizes(defaultSizes_);
    layout()->addWidget(splitter_);
    static_cast<QVBoxLayout*>(layout())->setStretchFactor(splitter_, 1);
}

void Page::pressPrimary() {
    if (primary_->isEnabled() && primary_->isVisibleTo(this)) {
        primary_->animateClick();
    }
}

void Page::toggleSides() {
    if (splitter_ == nullptr) {
        return;
    }
    bool anyShown = false;
    for (int i = 0; i < splitter_->count(); ++i) {
        anyShown = anyShown || (splitter_->isCollapsible(i) && splitter_->widget(i)->isVisible());
    }
    for (int i = 0; i < splitter_->count(); ++i) {
        if (splitter_->isCollapsible(i)) {
            splitter_->widget(i)->setVisible(!anyShown);
        }
    }
}

void Page::saveLayout() const {
    if (splitter_ != nullptr) {
        studio_.settings->setBytes("layout/" + pageKey(id_), splitter_->saveState());
    }
}

void Page::restoreLayout() {
    const QByteArray state = studio_.settings->bytes("layout/" + pageKey(id_));
    if (splitter_ != nullptr && (state.isEmpty() || !splitter_->restoreState(state))) {
        splitter_->setSizes(defaultSizes_);
    }
}

void Page::resetLayout() {
    if (splitter_ == nullptr) {
        return;
    }
    for (int i = 0; i < splitter_->count(); ++i) {
        splitter_->widget(i)->setVisible(true);
    }
    splitter_->setSizes(defaultSizes_);
}

QAction* Page::addKey(const QString& text, const QKeySequence& key, std::function<void()> action) {
    auto* made = new QAction(text, this);
    made->setShortcut(key);
    made->setAutoRepeat(true);
    connect(made, &QAction::triggered, this, [action = std::move(action)] { action(); });
    addAction(made);
    keys_ << made;
    return made;
}

void Page::showError(const Error& error) {
    messages_->show(MessageBar::Kind::error, errorText(error));
}

void Page::hideSides(bool hidden) {
    for (int i = 0; hidden && i < splitter_->count(); ++i) {
        if (splitter_->isCollapsible(i) && splitter_->widget(i)->isVisible()) {
            hiddenSides_ << splitter_->widget(i);
        }
    }
    for (QWidget* side : hiddenSides_) {
        side->setVisible(!hidden);
    }
    if (!hidden) {
        hiddenSides_.clear();
    }
}

QWidget* rightColumn(const QList<QWidget*>& panels, QWidget* primary, QWidget* stretched) {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (QWidget* panel : panels) {
        column->addWidget(panel, panel == stretched ? 1 : 0);
    }
    if (stretched == nullptr) {
        column->addStretch(1);
    }
    auto* foot = new QWidget;
    auto* row = new QVBoxLayout(foot);
    row->setContentsMargins(theme::kPadding, theme::kPadding, theme::kPadding, theme::kPadding);
    row->addWidget(primary);
    column->addWidget(foot);
    return box;
}

}  // namespace understudy::ui
