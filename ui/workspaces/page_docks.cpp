// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/page_docks.h"

#include <QEvent>
#include <QLayout>
#include <QPainter>
#include <QTimer>
#include <algorithm>
#include <utility>

#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr int kStateVersion = 2;  // others are not used
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
                            const DockPlace& place) {
    auto* dock = new QDockWidget(title);
    dock->setObjectName(name);
    // Never narrower than what it holds.
    dock->setTitleBarWidget(new Grip(title, place.leastWidth));
    const bool absent = panel->isHidden() && panel->testAttribute(Qt::WA_WState_ExplicitShowHide);
    dock->setWidget(panel);  // which shows it
    panel->setVisible(!absent);
    panel->installEventFilter(this);
    docks_ << dock;
    places_ << place;
    if (place.tight) {
        tight_ << dock;
    }
    addDockWidget(place.area, dock);
    const auto fitFoot = [this] { fit(foot_); };
    connect(dock, &QDockWidget::visibilityChanged, this, fitFoot);
    connect(dock, &QDockWidget::dockLocationChanged, this, fitFoot);
    connect(dock, &QDockWidget::topLevelChanged, this, fitFoot);
    return dock;
}

void PageDocks::addFoot(const QString& name, QWidget* foot, Qt::DockWidgetArea area) {
    foot_ = new QDockWidget;
    foot_->setObjectName(name);
    foot_->setFeatures(QDockWidget::NoDockWidgetFeatures);
    foot_->setTitleBarWidget(new QWidget);  // none
    foot_->setWidget(foot);
    foot->installEventFilter(this);
    footArea_ = area;
    tight_ << foot_;
    addDockWidget(area, foot_);
}

QList<QDockWidget*> PageDocks::all() const {
    return foot_ == nullptr ? docks_ : docks_ + QList<QDockWidget*>{foot_};
}

// One whose panel hides itself is shown when that comes back.
void PageDocks::setShown(QDockWidget* dock, bool shown) {
    setAbsent(dock, shown && dock->widget()->isHidden());
    dock->setVisible(shown && !absent_.contains(dock));
}

void PageDocks::setAbsent(QDockWidget* dock, bool absent) {
    absent_.removeAll(dock);
    if (absent) {
        absent_ << dock;
    }
    dock->toggleViewAction()->setEnabled(!absent);
}

void PageDocks::takeAbsent() {
    for (QDockWidget* dock : docks_) {
        setShown(dock, !dock->isHidden());
    }
}

bool PageDocks::eventFilter(QObject* watched, QEvent* event) {
    auto* panel = qobject_cast<QWidget*>(watched);
    auto* dock = panel == nullptr ? nullptr : qobject_cast<QDockWidget*>(panel->parentWidget());
    if (dock == nullptr) {
        return false;
    }
    if (event->type() == QEvent::HideToParent && !dock->isHidden()) {
        setShown(dock, true);
    } else if (event->type() == QEvent::ShowToParent && absent_.contains(dock)) {
        setShown(dock, true);
    } else if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest) {
        fit(dock);
    }
    return false;
}

bool PageDocks::grows(const QDockWidget* dock) const {
    return !dock->isHidden() && !dock->isFloating() && !tight_.contains(dock) &&
           dockWidgetArea(const_cast<QDockWidget*>(dock)) ==
               dockWidgetArea(foot_ == nullptr ? docks_.front() : foot_);
}

// A tight one is as high as its lines of text make it, which docks do not ask for. The foot takes
// what is left where nothing else does, so that its button stays at the bottom.
void PageDocks::fit(QDockWidget* dock) {
    if (!arranged_ || dock == nullptr || !tight_.contains(dock)) {
        return;
    }
    QWidget* panel = dock->widget();
    const int width = std::max(panel->width(), panel->minimumWidth());
    const int height =
        panel->hasHeightForWidth() ? panel->heightForWidth(width) : panel->sizeHint().height();
    const bool fills = dock == foot_ && std::none_of(docks_.begin(), docks_.end(),
                                                     [this](auto* each) { return grows(each); });
    const int most = fills ? QWIDGETSIZE_MAX : height;
    if (panel->minimumHeight() != height || panel->maximumHeight() != most) {
        const int more = height - panel->height();
        panel->setMinimumHeight(height);
        panel->setMaximumHeight(most);
        giveWay(dock, more);
    }
}

// What a tight one takes, the highest of its column gives: otherwise all of them give some, and a
// column is another one each time that a text has another line.
void PageDocks::giveWay(QDockWidget* tight, int more) {
    QList<QDockWidget*> column;
    QList<int> heights;
    for (qsizetype i = 0; i < docks_.size(); ++i) {
        QDockWidget* dock = docks_[i];
        if (places_[i].beside == nullptr && !tight_.contains(dock) && !dock->isFloating() &&
            dockWidgetArea(dock) == dockWidgetArea(tight) && !dock->visibleRegion().isEmpty()) {
            column << dock;
            heights << dock->height();
        }
    }
    if (column.size() > 1) {
        int& most = *std::max_element(heights.begin(), heights.end());
        most = std::max(1, most - more);
        resizeDocks(column, heights, Qt::Vertical);
    }
}

void PageDocks::toggle() {
    bool any = false;
    for (const QDockWidget* dock : docks_) {
        any = any || dock->isVisible();
    }
    for (QDockWidget* dock : all()) {
        setShown(dock, !any);
    }
}

void PageDocks::hideAll(bool hidden) {
    for (QDockWidget* dock : all()) {
        if (hidden && (dock->isVisible() || absent_.contains(dock))) {
            hidden_ << dock;
        }
    }
    for (QDockWidget* dock : hidden_) {
        setShown(dock, !hidden);
    }
    if (!hidden) {
        hidden_.clear();
    }
}

void PageDocks::reset() {
    wanted_.clear();
    arrange();
}

void PageDocks::placeAsUsual() {
    for (QDockWidget* dock : all()) {
        dock->setFloating(false);
        removeDockWidget(dock);
    }
    QList<QDockWidget*> wide;
    QList<int> widths;
    for (qsizetype i = 0; i < docks_.size(); ++i) {
        const DockPlace& place = places_[i];
        place.beside == nullptr ? addDockWidget(place.area, docks_[i])
                                : splitDockWidget(place.beside, docks_[i], Qt::Horizontal);
        docks_[i]->show();
        wide << docks_[i];
        widths << place.width;
    }
    if (foot_ != nullptr) {
        addDockWidget(footArea_, foot_);
        foot_->show();
    }
    // Those that are absent get their sizes too, for when they come.
    resizeDocks(wide, widths, Qt::Horizontal);
    resizeColumn(Qt::LeftDockWidgetArea);
    resizeColumn(Qt::RightDockWidgetArea);
    takeAbsent();
}

// Those of no certain height share what the others leave: the rest of a column would go to all of
// its docks otherwise.
void PageDocks::resizeColumn(Qt::DockWidgetArea area) {
    QList<QDockWidget*> column;
    QList<int> heights;
    int left = height();
    if (foot_ != nullptr && footArea_ == area) {
        left -= foot_->sizeHint().height();
    }
    int shares = 0;
    for (qsizetype i = 0; i < docks_.size(); ++i) {
        const DockPlace& place = places_[i];
        if (place.area != area || place.beside != nullptr) {
            continue;
        }
        const int own = place.tight ? docks_[i]->sizeHint().height() : place.height;
        column << docks_[i];
        heights << own;
        left -= own;
        shares += own == 0 ? 1 : 0;
    }
    for (int& each : heights) {
        each = each == 0 ? std::max(1, left / shares) : each;
    }
    if (!column.isEmpty()) {
        resizeDocks(column, heights, Qt::Vertical);
    }
}

// Docks that are absent are there all the same.
QByteArray PageDocks::state() {
    if (!arranged_) {
        return wanted_;
    }
    const QList<QDockWidget*> absent = absent_;
    for (QDockWidget* dock : absent) {
        dock->show();
    }
    const QByteArray saved = saveState(kStateVersion);
    for (QDockWidget* dock : absent) {
        dock->hide();
    }
    return saved;
}

void PageDocks::setState(const QByteArray& state) {
    wanted_ = state;
    if (arranged_) {
        arrange();
    }
}

// Sizes are taken as they were saved; what tight ones need now, the others give then.
void PageDocks::arrange() {
    arranged_ = false;
    for (QDockWidget* dock : tight_) {
        dock->widget()->setMinimumHeight(0);
        dock->widget()->setMaximumHeight(QWIDGETSIZE_MAX);
    }
    if (wanted_.isEmpty() || !restoreState(wanted_, kStateVersion)) {
        placeAsUsual();
    } else {
        if (foot_ != nullptr) {
            foot_->show();
        }
        takeAbsent();
    }
    layout()->activate();
    arranged_ = true;
    for (QDockWidget* dock : tight_) {
        fit(dock);
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
