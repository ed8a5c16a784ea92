// SPDX-License-Identifier: GPL-3.0-or-later
// A page of the window: left | centre | right, whose sides can be moved and are remembered, keys of
// its own, a line for messages, and one primary button at the bottom right.
#pragma once

#include <QAction>
#include <QJsonObject>
#include <QWidget>

#include "ui/models/pages.h"
#include "ui/models/studio.h"
#include "ui/panels/add_key.h"
#include "ui/panels/basics.h"
#include "ui/workspaces/page_docks.h"

namespace understudy::ui {

class Page : public QWidget {
    Q_OBJECT
  public:
    Page(PageId id, Studio& studio, QWidget* parent = nullptr);

    PageId id() const { return id_; }
    PrimaryButton* primary() const { return primary_; }
    MessageBar* messages() const { return messages_; }
    void pressPrimary();
    void toggleSides();
    void saveLayout() const;
    void restoreLayout();
    void resetLayout();
    // Its panels, for the menu; null before they are built.
    PageDocks* docks() const { return docks_; }
    // Where the keyboard should be when the page appears.
    virtual QWidget* focusTarget() const { return nullptr; }
    // For the page's mark: a job runs here; things to look at.
    virtual bool working() const { return false; }
    virtual int attention() const { return 0; }
    // Goes out of sight, or its project does: ends what is only while it is looked at, and keeps
    // what is half written.
    virtual void leave() {}
    // What is looked at here (a clip, a face, a run), and goes there again as far as it is still
    // there; of the project that is open.
    virtual QJsonObject place() const { return {}; }
    virtual void setPlace(const QJsonObject& /*place*/) {}
    // Keys and their texts, for the overlay.
    const QList<QAction*>& keys() const { return keys_; }

  Q_SIGNALS:
    void goTo(understudy::ui::PageId page);
    void markChanged();
    void logWanted(const QString& job);
    // The window takes its own parts away, or puts them back.
    void presenting(bool on);

  protected:
    void showEvent(QShowEvent* event) override;
    // At once where the page is seen, else when it next is: for what changes often.
    void whenSeen(std::function<void()> refresh);
    // Widths in device-independent pixels; a null side is left out.
    void buildColumns(QWidget* left, int leftWidth, QWidget* centre, QWidget* right,
                      int rightWidth);
    // A panel of a side that goes its own ways.
    struct SidePanel {
        QString name;  // "Coverage": its place is remembered by it and the page
        QString title;
        QWidget* panel = nullptr;
        int height = 0;       // 0: shares what the others leave
        bool beside = false;  // to the right of the one before, not below it
    };
    // Each in a dock, the first at the top; below those on the right, what is `above` the primary
    // button, and that.
    void buildDocks(const QList<SidePanel>& left, int leftWidth, QWidget* centre,
                    const QList<SidePanel>& right, int rightWidth,
                    const QList<QWidget*>& above = {});
    // The id stays whatever the words are: the table of keys is kept by it.
    QAction* addKey(const QString& id, const QString& text, const QKeySequence& key,
                    std::function<void()> action);
    AddKey keyAdder();  // the same, for a part of the page
    void showError(const Error& error);
    // The sides go, and come back as they were.
    void hideSides(bool hidden);

    Studio& studio_;

  private:
    void addSide(const QList<SidePanel>& panels, Qt::DockWidgetArea area, int width, int least);

    PageId id_;
    MessageBar* messages_;
    PageDocks* docks_ = nullptr;
    PrimaryButton* primary_;
    QList<QAction*> keys_;
    std::function<void()> unseen_;  // what was left to do
};

// The right column of a page: panels from the top, the primary button at the bottom.
QWidget* rightColumn(const QList<QWidget*>& panels, QWidget* primary, QWidget* stretched = nullptr);

}  // namespace understudy::ui
