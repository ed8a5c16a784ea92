// SPDX-License-Identifier: GPL-3.0-or-later
// Tool tips name the key as it comes, "Wipe (W)". Who has given the action another key, or chosen a
// preset, reads that one: it is looked up when the tip appears.
#pragma once

#include <QObject>
#include <QString>

class QWidget;

namespace understudy::ui {

class Shortcuts;

class KeyTips : public QObject {
  public:
    // Watches the whole application.
    explicit KeyTips(const Shortcuts* shortcuts, QObject* parent = nullptr);
    ~KeyTips() override;

    QString tipOf(const QWidget* widget) const;

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    const Shortcuts* shortcuts_;
};

}  // namespace understudy::ui
