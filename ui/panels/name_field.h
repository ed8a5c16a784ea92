// SPDX-License-Identifier: GPL-3.0-or-later
// Where results go and how they are named: a folder, a name with tokens, and what comes of it while
// one types: the first and the last file, or what is wrong.
#pragma once

#include <QLineEdit>
#include <QWidget>

#include "ui/panels/basics.h"

namespace understudy::ui {

class NameField : public QWidget {
    Q_OBJECT
  public:
    explicit NameField(QWidget* parent = nullptr);

    // Text that is being typed is left alone. Emits nothing.
    void setName(const QString& name);
    QString name() const { return name_->text(); }
    void setFolder(const QString& folder);
    // What will be written, or what is wrong with it; an empty fault is none.
    void setResult(const QString& first, const QString& last, const QString& fault);

  Q_SIGNALS:
    void nameEdited(const QString& name);
    void folderRequested();

  private:
    void insertToken(const QString& token);

    QLineEdit* name_;
    ElidedLabel* folder_;
    ElidedLabel* first_;
    ElidedLabel* last_;
    QLabel* fault_;
};

}  // namespace understudy::ui
