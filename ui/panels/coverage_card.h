// SPDX-License-Identifier: GPL-3.0-or-later
// What the source's faces lack of what the destination shows, in words: what is not there cannot be
// learned. Faces that were rejected do not count.
#pragma once

#include <QTimer>
#include <QWidget>

#include "ui/models/faces_model.h"

class QLabel;
class QVBoxLayout;

namespace understudy::ui {

class CoverageCard : public QWidget {
    Q_OBJECT
  public:
    CoverageCard(FacesModel* model, ProjectSession* session, QWidget* parent = nullptr);
    QString text() const;
    bool working() const { return working_ || wait_.isActive(); }

  private:
    void refresh();
    void show(const QStringList& sentences, bool warning);

    FacesModel* model_;
    ProjectSession* session_;
    QLabel* icon_;
    QLabel* text_;
    QTimer wait_;
    int generation_ = 0;
    bool working_ = false;
};

}  // namespace understudy::ui
