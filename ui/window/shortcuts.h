// SPDX-License-Identifier: GPL-3.0-or-later
// Every action of the window and the key that starts it: as it comes, as a preset has it, and as
// its user wants it, which is remembered. No key is there twice where both could be meant.
#pragma once

#include <QAction>
#include <QObject>
#include <optional>
#include <vector>

#include "ui/models/pages.h"
#include "ui/models/ui_settings.h"

namespace understudy::ui {

// As it is shown, without the marks of menus.
QString titleOf(const QAction* action);

class Shortcuts : public QObject {
    Q_OBJECT
  public:
    struct Entry {
        std::optional<PageId> page;  // nothing: everywhere
        QString id;                  // the action's objectName(): what it is kept by
        QString title;               // only shown
        QAction* action = nullptr;
        QKeySequence standard;  // as it comes
        QKeySequence preset;    // as the chosen preset has it
    };
    // "default", "rv", "xstudio".
    static QStringList presets();
    static QString presetTitle(const QString& preset);

    explicit Shortcuts(UiSettings* settings, QObject* parent = nullptr);

    // The actions of one page, or of everywhere; they get the remembered keys. Each has an id that
    // no other one of its page has.
    void add(std::optional<PageId> page, const QList<QAction*>& actions);
    const std::vector<Entry>& entries() const { return entries_; }
    const QString& preset() const { return preset_; }

    // The action that would no longer be reached if `entry` had this key; null: none.
    const Entry* conflict(const Entry& entry, const QKeySequence& key) const;
    // Gives the action the key (none: an empty one), and remembers it. Whoever had it has none.
    void assign(const Entry& entry, const QKeySequence& key);
    // The preset's key again.
    void reset(const Entry& entry);
    // What was assigned with another preset waits there until that is chosen again.
    void usePreset(const QString& preset);
    // Whether something was assigned with this preset, and forgets it.
    bool changedByUser() const;
    void resetAll();

  Q_SIGNALS:
    void changed();

  private:
    static QString keyOf(const QString& preset, const Entry& entry);
    void takeFormer(const Entry& entry);
    void show(Entry& entry);
    Entry& mine(const Entry& entry);

    UiSettings* settings_;
    QString preset_;
    std::vector<Entry> entries_;
};

}  // namespace understudy::ui
