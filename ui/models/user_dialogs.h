// SPDX-License-Identifier: GPL-3.0-or-later
// Everything the window asks a person by a dialog goes through here, so that tests can answer.
#pragma once

#include <QString>
#include <QStringList>

class QWidget;

namespace understudy::ui {

class UserDialogs {
  public:
    virtual ~UserDialogs() = default;

    // Empty answers mean: cancelled.
    virtual QString newProjectFolder(QWidget* parent, const QString& startFolder) = 0;
    virtual QString existingProjectFolder(QWidget* parent, const QString& startFolder) = 0;
    virtual QStringList clipFiles(QWidget* parent, const QString& startFolder) = 0;
    virtual QString clipFolder(QWidget* parent, const QString& startFolder) = 0;
    // Of a run, checkpoint or base model.
    virtual QString baseFolder(QWidget* parent, const QString& startFolder) = 0;
    virtual QString someFolder(QWidget* parent, const QString& title,
                               const QString& startFolder) = 0;
    // A signed consent.
    virtual QString sheetFile(QWidget* parent, const QString& startFolder) = 0;
    virtual QString outputFile(QWidget* parent, const QString& proposal) = 0;

    // True when `action` (the button's text, a verb) was chosen.
    virtual bool confirm(QWidget* parent, const QString& question, const QString& detail,
                         const QString& action) = 0;
    virtual void inform(QWidget* parent, const QString& title, const QString& detail) = 0;
    // Tells somebody who looks at something else; waits for nothing.
    virtual void notify(QWidget* window, const QString& title, const QString& detail,
                        bool failed) = 0;
};

}  // namespace understudy::ui
