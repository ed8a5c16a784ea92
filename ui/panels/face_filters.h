// SPDX-License-Identifier: GPL-3.0-or-later
// Which faces are shown: performer, clip, state, suspects, confidence.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QSlider>
#include <QTimer>
#include <QWidget>

#include "ui/models/faces_model.h"
#include "ui/panels/basics.h"

namespace understudy::ui {

class FaceFilters : public QWidget {
    Q_OBJECT
  public:
    explicit FaceFilters(FacesModel* model, QWidget* parent = nullptr);
    void clear();

  private:
    void fill();
    void apply();

    FacesModel* model_;
    QComboBox* performer_;
    QComboBox* clip_;
    QCheckBox* keep_;
    QCheckBox* undecided_;
    QCheckBox* reject_;
    QCheckBox* suspects_;
    QSlider* confidence_;
    QLabel* confidenceText_;
    QPushButton* clear_;
    QTimer wait_;
};

}  // namespace understudy::ui
