// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/page_docks.h"

#include <QPainter>
#include <QTimer>
#include <utility>

#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kStateVersion = 1;
constexpr int kGrip = 10;

// The panels have titles of their own: this is only what they are dragged by.
class Grip : public QWidget {
  public:
    Grip(const QString& title, int leastWidth) : leastWidth_(leastWidth) {
        setToolTip(PageDocks::tr("%1: drag to move, double click to take it out of the window or "
                                 "put it back")
                       .arg(title));
        setCursor(Qt::OpenHandCursor);
    }
    QSize sizeHint() const override { return {60, kGrip}; }
    QSize minimumSizeHint() const override { return {leastWidth_, kGrip}; }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.fillRect(rect(), theme::kBar);
        painter.setPen(Qt::NoPen);
        painter.setBrush(underMouse() ? theme::kSecond : theme::kDisabled);
        for (int i = -2; i <= 2; ++i) {
            painter.drawRect(rect().center().x() + 6 * i, rect().center().y(), 2, 2);
        }
    }
    void enterEvent(QEnterEvent* event) override {
        QWidget::enterEvent(event);
        update();
    }
    void leaveEvent(QEvent* event) override {
        QWidget::leaveEvent(event);
        update();
    }

  private:
    int leastWidth_;
};

}  // namespace

PageDocks::PageDocks(QWidget* centre, QWidget* parent) : QMainWindow(parent, Qt::Widget) {
    setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setCentralWidget(centre);
}

QDockWidget* PageDocks::add(const QString& name, const QString& title, QWidget* panel,
                            Qt::DockWidgetArea area, int width, int leastWidth) {
    auto* dock = new QDockWidget(title);
    dock->setObjectName(name);
    dock->setTitleBarWidget(new Grip(title, leastWidth));  // never narrower than what it holds
    dock->setWidget(panel);
    addDockWidget(area, dock);
    docks_ << dock;
    usual_ << Usual{area, width};
    return dock;
}

void PageDocks::toggle() {
    bool any = false;
    for (const QDockWidget* dock : docks_) {
        any = any || dock->isVisible();
    }
    for (QDockWidget* dock : docks_) {
        dock->setVisible(!any);
    }
}

void PageDocks::hideAll(bool hidden) {
    for (QDockWidget* dock : docks_) {
        if (hidden && dock->isVisible()) {
            hidden_ << dock;
        }
    }
    for (QDockWidget* dock : hidden_) {
        dock->setVisible(!hidden);
    }
    if (!hidden) {
        hidden_.clear();
    }
}

void PageDocks::reset() {
    QList<int> widths;
    for (qsizetype i = 0; i < docks_.size(); ++i) {
        docks_[i]->setFloating(false);
        addDockWidget(usual_[i].area, docks_[i]);
        docks_[i]->show();
        widths << usual_[i].width;
    }
    resizeDocks(docks_, widths, Qt::Horizontal);
}

QByteArray PageDocks::state() const {
    return arranged_ ? saveState(kStateVersion) : wanted_;
}

void PageDocks::setState(const QByteArray& state) {
    wanted_ = state;
    if (arranged_) {
        arrange();
    }
}

void PageDocks::arrange() {
    arranged_ = true;
    if (wanted_.isEmpty() || !restoreState(wanted_, kStateVersion)) {
        reset();
    }
}

// Widths mean something only once there is room for them.
void PageDocks::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    for (QDockWidget* dock : std::exchange(floating_, {})) {
        dock->show();
    }
    if (!arranged_) {
        QTimer::singleShot(0, this, [this] {
            if (!arranged_ && isVisible()) {
                arrange();
            }
        });
    }
}

// What is out of the window belongs to its page all the same.
void PageDocks::hideEvent(QHideEvent* event) {
    QMainWindow::hideEvent(event);
    for (QDockWidget* dock : docks_) {
        if (dock->isFloating() && dock->isVisible() && !isVisible()) {
            floating_ << dock;
            dock->hide();
        }
    }
}

}  // namespace understudy::ui
