// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/workspaces/page_docks.h"

#include <QDataStream>
#include <QEvent>
#include <QFrame>
#include <QIODevice>
#include <QLayout>
#include <QMouseEvent>
#include <QPainter>
#include <QTimer>
#include <algorithm>
#include <utility>

#include "ui/panels/theme.h"

namespace understudy::ui {
namespace {

constexpr quint32 kStateMark = 0x55534450;  // "USDP"
constexpr int kStateVersion = 1;            // others are not used
constexpr int kGrip = 10;
constexpr int kShare = 500;  // of what fills; only what they are to one another counts

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
    places_[dock] = place;
    addDockWidget(place.area, dock);
    // It has its height there too, once it is there.
    const auto moved = [this] { settleLater(); };
    connect(dock, &QDockWidget::dockLocationChanged, this, moved);
    connect(dock, &QDockWidget::topLevelChanged, this, moved);
    connect(dock, &QDockWidget::visibilityChanged, this, &PageDocks::settle);
    connect(dock->toggleViewAction(), &QAction::triggered, this, [this, dock](bool on) {
        if (on) {
            setShown(dock, true);  // its panel may have hidden itself meanwhile
        }
    });
    return dock;
}

void PageDocks::addFoot(const QString& name, QWidget* foot, Qt::DockWidgetArea area) {
    foot_ = new QDockWidget;
    foot_->setObjectName(name);
    foot_->setFeatures(QDockWidget::NoDockWidgetFeatures);
    foot_->setTitleBarWidget(new QFrame);  // none: of no height, which a plain widget is not
    foot_->setWidget(foot);
    foot->installEventFilter(this);
    footArea_ = area;
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

bool PageDocks::eventFilter(QObject* watched, QEvent* event) {
    auto* panel = qobject_cast<QWidget*>(watched);
    auto* dock = panel == nullptr ? nullptr : qobject_cast<QDockWidget*>(panel->parentWidget());
    if (dock == nullptr) {
        return false;
    }
    if (dock == foot_) {
        if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest) {
            settle();  // its lines of text break elsewhere, or there are more of them
        }
    } else if (event->type() == QEvent::HideToParent && !dock->isHidden()) {
        setShown(dock, true);
    } else if (event->type() == QEvent::ShowToParent && absent_.contains(dock)) {
        setShown(dock, true);
    }
    return false;
}

// Docks do not ask how high lines of text are. Where nothing else is in its column the foot fills
// that, so that its button stays at the bottom.
void PageDocks::fitFoot() {
    QWidget* panel = foot_->widget();
    const int width = std::max(panel->width(), panel->minimumWidth());
    const int height =
        panel->hasHeightForWidth() ? panel->heightForWidth(width) : panel->sizeHint().height();
    const bool alone = std::none_of(docks_.begin(), docks_.end(),
                                    [this](auto* dock) { return isAt(dock, footArea_); });
    const int most = alone ? QWIDGETSIZE_MAX : height;
    if (panel->minimumHeight() != height || panel->maximumHeight() != most) {
        panel->setMinimumHeight(height);
        panel->setMaximumHeight(most);
    }
}

bool PageDocks::isAt(QDockWidget* dock, Qt::DockWidgetArea area) const {
    return !dock->isHidden() && !dock->isFloating() && dockWidgetArea(dock) == area;
}

// The first dock of each row of a side, from its top; none where they do not simply lie below one
// another.
QList<QDockWidget*> PageDocks::rows(Qt::DockWidgetArea area) const {
    QList<QDockWidget*> there;
    for (QDockWidget* dock : all()) {
        if (!isAt(dock, area)) {
            continue;
        }
        if (!tabifiedDockWidgets(dock).isEmpty()) {
            return {};
        }
        there << dock;
    }
    std::stable_sort(there.begin(), there.end(),
                     [](const auto* a, const auto* b) { return a->y() < b->y(); });
    QList<QDockWidget*> result;
    for (QDockWidget* dock : there) {
        if (result.isEmpty() || dock->y() > result.back()->geometry().bottom()) {
            result << dock;
        } else if (dock->height() != result.back()->height()) {
            return {};
        }
    }
    return result;
}

// Otherwise all of a column give some when one of them needs more, and one gets it back. Qt lays
// out when it likes, so this is asked after each of its turns, and does nothing where all is as
// wanted.
void PageDocks::settle() {
    if (!arranged_ || settling_ || dragging_ || !isVisible()) {
        return;
    }
    settling_ = true;
    for (const auto area : {Qt::LeftDockWidgetArea, Qt::RightDockWidgetArea}) {
        layout()->activate();
        if (foot_ != nullptr && area == footArea_) {
            fitFoot();
        }
        settleRows(area);
    }
    layout()->activate();
    settling_ = false;
}

void PageDocks::settleLater() {
    if (!std::exchange(settlesLater_, true)) {
        QTimer::singleShot(0, this, [this] {
            settlesLater_ = false;
            settle();
        });
    }
}

void PageDocks::settleRows(Qt::DockWidgetArea area) {
    const QList<QDockWidget*> column = rows(area);
    if (column.size() < 2) {
        return;
    }
    QList<int> heights;
    QList<int> actual;
    QList<qsizetype> filling;
    int left = 0;    // for those that fill
    int shares = 0;  // of theirs
    for (qsizetype i = 0; i < column.size(); ++i) {
        QDockWidget* dock = column[i];
        heights << (dock == foot_ ? foot_->widget()->minimumHeight() : heights_[dock]);
        actual << dock->height();
        left += dock->height();
        if (fills(dock)) {
            filling << i;
            shares += heights[i];
        } else {
            left -= heights[i];
        }
    }
    if (filling.isEmpty()) {
        filling << (column[0] == foot_ ? 1 : 0);
        shares = heights[filling[0]];
        left += shares;
    }
    for (const qsizetype i : filling) {
        const int given = static_cast<int>(qint64(left) * heights[i] / std::max(1, shares));
        left -= given;
        shares -= heights[i];
        heights[i] = std::max(column[i]->minimumSizeHint().height(), given);
    }
    // What could not be had from this is not asked of it again, or the layout would never rest.
    Attempt& last = attempts_[area];
    const Attempt attempt{column, heights, actual};
    if (heights == actual || attempt == last) {
        return;
    }
    resizeDocks(column, heights, Qt::Vertical);
    layout()->activate();
    last = attempt;
    for (qsizetype i = 0; i < column.size(); ++i) {
        last.actual[i] = column[i]->height();
    }
}

bool PageDocks::fills(QDockWidget* dock) const {
    return dock != foot_ && places_[dock].height == 0;
}

// Those that somebody changed by a drag; of those that fill all, as their shares belong together.
void PageDocks::learnHeights() {
    const auto changed = [this](QDockWidget* dock) {
        return !dock->isHidden() && !dock->isFloating() && dragged_.contains(dock) &&
               dock->height() != dragged_[dock];
    };
    const bool any = std::any_of(docks_.begin(), docks_.end(), changed);
    for (QDockWidget* dock : docks_) {
        if (changed(dock) || (any && fills(dock) && dragged_.contains(dock))) {
            heights_[dock] = std::max(1, dock->height());
        }
    }
}

void PageDocks::beginDrag() {
    dragging_ = true;
    dragged_.clear();
    for (QDockWidget* dock : docks_) {
        if (!dock->isHidden() && !dock->isFloating()) {
            dragged_[dock] = dock->height();
        }
    }
}

// What lies between docks is dragged here; and Qt lays out, on its own and later, what came and
// went.
bool PageDocks::event(QEvent* event) {
    if (event->type() == QEvent::MouseButtonPress) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (arranged_ && mouse->button() == Qt::LeftButton &&
            isSeparator(mouse->position().toPoint())) {
            beginDrag();
        }
    }
    const bool taken = QMainWindow::event(event);
    if (event->type() == QEvent::MouseButtonRelease && std::exchange(dragging_, false)) {
        learnHeights();
        settle();
    } else if (event->type() == QEvent::LayoutRequest) {
        settleLater();
    }
    return taken;
}

void PageDocks::toggle() {
    bool any = false;
    for (const QDockWidget* dock : docks_) {
        any = any || dock->isVisible();
    }
    for (QDockWidget* dock : all()) {
        setShown(dock, !any);
    }
    settle();
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
    settle();
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
    QList<int> widths;
    for (QDockWidget* dock : docks_) {
        const DockPlace& place = places_[dock];
        place.beside == nullptr ? addDockWidget(place.area, dock)
                                : splitDockWidget(place.beside, dock, Qt::Horizontal);
        dock->show();
        widths << place.width;
        heights_[dock] = place.height == 0 ? kShare : place.height;
    }
    if (foot_ != nullptr) {
        addDockWidget(footArea_, foot_);
        foot_->show();
    }
    // Those that are absent get their widths too, for when they come.
    resizeDocks(docks_, widths, Qt::Horizontal);
    for (QDockWidget* dock : docks_) {
        setShown(dock, true);
    }
}

// Qt's own state knows which docks are hidden, but not those that are so only because their panels
// are, and squeezes heights where there is little room.
QByteArray PageDocks::state() const {
    if (!arranged_) {
        return wanted_;
    }
    QHash<QString, int> heights;
    QStringList absent;
    for (QDockWidget* dock : docks_) {
        heights[dock->objectName()] = heights_.value(dock);
        if (absent_.contains(dock) || hidden_.contains(dock) || floating_.contains(dock)) {
            absent << dock->objectName();
        }
    }
    QByteArray saved;
    QDataStream stream(&saved, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_0);
    stream << kStateMark << heights << absent << saveState(kStateVersion);
    return saved;
}

bool PageDocks::restore(const QByteArray& state) {
    QDataStream stream(state);
    stream.setVersion(QDataStream::Qt_6_0);
    quint32 mark = 0;
    stream >> mark;
    if (mark != kStateMark) {
        return false;
    }
    QHash<QString, int> heights;
    QStringList absent;
    QByteArray places;
    stream >> heights >> absent >> places;
    if (stream.status() != QDataStream::Ok || !restoreState(places, kStateVersion)) {
        return false;
    }
    for (QDockWidget* dock : docks_) {
        const int height = heights.value(dock->objectName());
        heights_[dock] = height > 0                  ? height
                         : places_[dock].height == 0 ? kShare
                                                     : places_[dock].height;
        setShown(dock, !dock->isHidden() || absent.contains(dock->objectName()));
    }
    if (foot_ != nullptr) {
        foot_->show();
    }
    return true;
}

void PageDocks::setState(const QByteArray& state) {
    wanted_ = state;
    if (arranged_) {
        arrange();
    }
}

void PageDocks::arrange() {
    arranged_ = false;
    hidden_.clear();
    if (!restore(wanted_)) {
        placeAsUsual();
    }
    arranged_ = true;
    attempts_.clear();
    settle();
}

// Widths mean something only once there is room for them.
void PageDocks::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    for (QDockWidget* dock : std::exchange(floating_, {})) {
        dock->show();
    }
    settle();
    settleLater();  // what was laid out meanwhile
    if (!arranged_) {
        QTimer::singleShot(0, this, [this] {
            if (!arranged_ && isVisible()) {
                arrange();
            }
        });
    }
}

void PageDocks::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    settle();
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
