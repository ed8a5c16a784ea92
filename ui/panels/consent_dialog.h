// SPDX-License-Identifier: GPL-3.0-or-later
// The record of what a performer agreed to, as the signed sheet says it.
#pragma once

#include <QDialog>

#include "media/project/consent_record.h"
#include "ui/models/user_dialogs.h"
#include "ui/panels/basics.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLineEdit;
class QPlainTextEdit;

namespace understudy::ui {

class ConsentDialog : public QDialog {
    Q_OBJECT
  public:
    // A record of id 0 is a new one. `folder`: where sheets are looked for first.
    ConsentDialog(const media::ConsentRecord& record, UserDialogs* dialogs, const QString& folder,
                  bool readOnly, QWidget* parent = nullptr);

    media::ConsentRecord record() const;

  Q_SIGNALS:
    void saved(const understudy::media::ConsentRecord& record);
    void removed(const understudy::media::ConsentRecord& record);

  private:
    void buildFields(QGridLayout* grid);
    QLineEdit* addLine(QGridLayout* grid, const QString& title, const char* name,
                       const QString& hint);
    void addRow(QGridLayout* grid, const QString& title, QWidget* widget);
    void buildFoot(QVBoxLayout* column, bool readOnly);
    void fill();
    void check();
    void chooseSheet();

    media::ConsentRecord record_;
    UserDialogs* dialogs_;
    QString folder_;
    QComboBox* kind_;
    QPlainTextEdit* use_;
    QLineEdit* scope_;
    QLineEdit* production_;
    QLineEdit* signed_;
    QLineEdit* expires_;
    QLineEdit* revoked_;
    QLineEdit* representative_;
    QCheckBox* minor_;
    QLineEdit* guardian_;
    QLineEdit* reason_;
    QLineEdit* approver_;
    ElidedLabel* sheet_;
    QLabel* problem_;
    QPushButton* save_ = nullptr;
};

}  // namespace understudy::ui
