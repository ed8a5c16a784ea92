// SPDX-License-Identifier: GPL-3.0-or-later
// The panels of a page around its middle: each can be dragged to another side, into a tab of
// another one or out of the window, and hidden. Where they are is remembered by the page. A panel
// that hides itself takes its dock with it, and comes back with it where nobody has closed that.
// Heights are those that somebody gave: where the room changes, what fills its column gives or
// takes the difference, so that no panel creeps.
#pragma once

#include <QDockWidget>
#include <QHash>
#include <QMainWindow>

namespace understudy::ui {

// Where a panel is at first; sizes in device-independent pixels.
struct DockPlace {
    Qt::DockWidgetArea area = Qt::LeftDockWidgetArea;
    int width = 0;
    int leastWidth = 0;
    int height = 0;                 // 0: shares what the others of its column leave
    QDockWidget* beside = nullptr;  // to the right of this one; otherwise below those of its side
};

class PageDocks : public QMainWindow {
    Q_OBJECT
  public:
    explicit PageDocks(QWidget* centre, QWidget* parent = nullptr);

    // `name` is what its place is remembered by.
    QDockWidget* add(const QString& name, const QString& title, QWidget* panel,
                     const DockPlace& place);
    // What stays at the foot of a side, as high as it needs: it cannot be moved or closed, and is
    // not among docks().
    void addFoot(const QString& name, QWidget* foot, Qt::DockWidgetArea area);
    const QList<QDockWidget*>& docks() const { return docks_; }

    // All go; if none is there, all come back.
    void toggle();
    // They go, and come back as they were.
    void hideAll(bool hidden);
    void reset();
    // Empty before it was ever seen. A state that cannot be used leaves the usual one.
    QByteArray state() const;
    void setState(const QByteArray& state);

  protected:
    bool event(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    QMenu* createPopupMenu() override { return nullptr; }  // the window's menu has them

  private:
    // Heights asked for, and what they were before or became.
    struct Attempt {
        QList<QDockWidget*> column;
        QList<int> wanted, actual;
        bool operator==(const Attempt&) const = default;
    };

    void arrange();
    bool restore(const QByteArray& state);
    void placeAsUsual();
    QList<QDockWidget*> all() const;
    void setShown(QDockWidget* dock, bool shown);
    void setAbsent(QDockWidget* dock, bool absent);
    void fitFoot();
    QList<QDockWidget*> rows(Qt::DockWidgetArea area) const;
    // Gives each the height it should have. Once more when Qt is done: settleLater().
    void settle();
    void settleLater();
    void settleRows(Qt::DockWidgetArea area);
    void beginDrag();
    void learnHeights();
    bool isAt(QDockWidget* dock, Qt::DockWidgetArea area) const;
    bool fills(QDockWidget* dock) const;

    QList<QDockWidget*> docks_;
    QHash<QDockWidget*, DockPlace> places_;
    QHash<QDockWidget*, int> heights_;  // as somebody gave them; of those that fill, their shares
    QHash<QDockWidget*, int> dragged_;  // as they were before the drag
    QHash<Qt::DockWidgetArea, Attempt> attempts_;  // the last of each side
    QDockWidget* foot_ = nullptr;
    Qt::DockWidgetArea footArea_ = Qt::RightDockWidgetArea;
    QList<QDockWidget*> absent_;    // whose panels hide themselves
    QList<QDockWidget*> hidden_;    // by hideAll()
    QList<QDockWidget*> floating_;  // out of the window, while the page is not seen
    QByteArray wanted_;
    bool arranged_ = false;
    bool settling_ = false;
    bool settlesLater_ = false;
    bool dragging_ = false;  // what lies between docks
};

}  // namespace understudy::ui
