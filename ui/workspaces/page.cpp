// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/page.h"

#include <QVBoxLayout>
#include <utility>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr int kLeastLeft = 200;  // widths
constexpr int kLeastRight = 240;

// What the sides are called in the menu.
std::pair<QString, QString> sideTitles(PageId id) {
    switch (id) {
        case PageId::ingest:
            return {Page::tr("Performers"), Page::tr("Clip")};
        case PageId::deliver:
            return {Page::tr("What is delivered"), Page::tr("Written")};
        default:
            return {};  // each panel has its own dock
    }
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
    docks_ = new PageDocks(centre);
    docks_->setObjectName(pageKey(id_) + "Docks");
    const auto [leftTitle, rightTitle] = sideTitles(id_);
    if (left != nullptr) {
        docks_->add(pageKey(id_) + "Left", leftTitle, left,
                    {Qt::LeftDockWidgetArea, leftWidth, kLeastLeft});
    }
    if (right != nullptr) {
        docks_->add(pageKey(id_) + "Right", rightTitle, right,
                    {Qt::RightDockWidgetArea, rightWidth, kLeastRight});
    }
    static_cast<QVBoxLayout*>(layout())->addWidget(docks_, 1);
}

void Page::addSide(const QList<SidePanel>& panels, Qt::DockWidgetArea area, int width, int least) {
    QDockWidget* before = nullptr;
    for (qsizetype i = 0; i < panels.size(); ++i) {
        const SidePanel& side = panels[i];
        // Two in a row have half of it each.
        const bool half = side.beside || (i + 1 < panels.size() && panels[i + 1].beside);
        DockPlace place;
        place.area = area;
        place.width = half ? width / 2 : width;
        place.leastWidth = half ? least / 2 : least;
        place.height = side.height;
        place.beside = side.beside ? before : nullptr;
        before = docks_->add(pageKey(id_) + side.name, side.title, side.panel, place);
    }
}

void Page::buildDocks(const QList<SidePanel>& left, int leftWidth, QWidget* centre,
                      const QList<SidePanel>& right, int rightWidth, const QList<QWidget*>& above) {
    docks_ = new PageDocks(centre);
    docks_->setObjectName(pageKey(id_) + "Docks");
    addSide(left, Qt::LeftDockWidgetArea, leftWidth, kLeastLeft);
    addSide(right, Qt::RightDockWidgetArea, rightWidth, kLeastRight);
    docks_->addFoot(pageKey(id_) + "Foot", rightColumn(above, primary_), Qt::RightDockWidgetArea);
    static_cast<QVBoxLayout*>(layout())->addWidget(docks_, 1);
}

void Page::pressPrimary() {
    if (primary_->isEnabled() && primary_->isVisibleTo(this)) {
        primary_->animateClick();
    }
}

void Page::toggleSides() {
    if (docks_ != nullptr) {
        docks_->toggle();
    }
}

void Page::saveLayout() const {
    if (docks_ != nullptr) {
        studio_.settings->setBytes("docks/" + pageKey(id_), docks_->state());
    }
}

void Page::restoreLayout() {
    if (docks_ != nullptr) {
        docks_->setState(studio_.settings->bytes("docks/" + pageKey(id_)));
    }
}

void Page::resetLayout() {
    if (docks_ != nullptr) {
        docks_->reset();
    }
}

void Page::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (const auto refresh = std::exchange(unseen_, {})) {
        refresh();
    }
}

void Page::whenSeen(std::function<void()> refresh) {
    if (isVisible()) {
        refresh();
    } else {
        unseen_ = std::move(refresh);
    }
}

QAction* Page::addKey(const QString& id, const QString& text, const QKeySequence& key,
                      std::function<void()> action) {
    auto* made = new QAction(text, this);
    made->setObjectName(id);
    made->setShortcut(key);
    made->setAutoRepeat(true);
    connect(made, &QAction::triggered, this, [action = std::move(action)] { action(); });
    addAction(made);
    keys_ << made;
    return made;
}

AddKey Page::keyAdder() {
    return [this](const QString& id, const QString& text, const QKeySequence& key,
                  std::function<void()> action) { addKey(id, text, key, std::move(action)); };
}

void Page::showError(const Error& error) {
    messages_->show(MessageBar::Kind::error, errorText(error));
}

void Page::hideSides(bool hidden) {
    docks_->hideAll(hidden);
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
