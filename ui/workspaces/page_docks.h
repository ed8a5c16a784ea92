// SPDX-License-Identifier: GPL-3.0-or-later
// The panels of a page around its middle: each can be dragged to another side, into a tab of
// another one or out of the window, and hidden. Where they are is remembered by the page.
#pragma once

#include <QDockWidget>
#include <QMainWindow>

namespace understudy::ui {

class PageDocks : public QMainWindow {
    Q_OBJECT
  public:
    explicit PageDocks(QWidget* centre, QWidget* parent = nullptr);

    // `name` is what its place is remembered by; `width` in device-independent pixels.
    QDockWidget* add(const QString& name, const QString& title, QWidget* panel,
                     Qt::DockWidgetArea area, int width, int leastWidth);
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
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    QMenu* createPopupMenu() override { return nullptr; }  // the window's menu has them

  private:
    void arrange();

    struct Usual {
        Qt::DockWidgetArea area;
        int width;
    };
    QList<QDockWidget*> docks_;
    QList<Usual> usual_;
    QList<QDockWidget*> hidden_;    // by hideAll()
    QList<QDockWidget*> floating_;  // out of the window, while the page is not seen
    QByteArray wanted_;
    bool arranged_ = false;
};

}  // namespace understudy::ui
