// SPDX-License-Identifier: GPL-3.0-or-later
// The dialogs of the real program.
#pragma once

#include "ui/models/user_dialogs.h"
#include "ui/window/desktop_notice.h"

namespace understudy::ui {

class NativeDialogs : public UserDialogs {
  public:
    QString newProjectFolder(QWidget* parent, const QString& startFolder) override;
    QString existingProjectFolder(QWidget* parent, const QString& startFolder) override;
    QStringList clipFiles(QWidget* parent, const QString& startFolder) override;
    QString clipFolder(QWidget* parent, const QString& startFolder) override;
    QString baseFolder(QWidget* parent, const QString& startFolder) override;
    QString someFolder(QWidget* parent, const QString& title, const QString& startFolder) override;
    QString sheetFile(QWidget* parent, const QString& startFolder) override;
    QString outputFile(QWidget* parent, const QString& proposal) override;
    bool confirm(QWidget* parent, const QString& question, const QString& detail,
                 const QString& action) override;
    void inform(QWidget* parent, const QString& title, const QString& detail) override;
    void notify(QWidget* window, const QString& title, const QString& detail, bool failed) override;

  private:
    DesktopNotice notice_;
};

}  // namespace understudy::ui
