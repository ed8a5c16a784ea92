// SPDX-License-Identifier: GPL-3.0-or-later
// Which faces are shown: performer, clip, state, suspects, and a range of every
// measure, of time and of likeness to a face.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QTimer>
#include <QWidget>
#include <array>

#include "ui/models/faces_model.h"
#include "ui/panels/basics.h"
#include "ui/panels/range_histogram.h"

namespace understudy::ui {

class FaceFilters : public QWidget {
    Q_OBJECT
  public:
    explicit FaceFilters(FacesModel* model, QWidget* parent = nullptr);
    void clear();

  private:
    void buildChoices(QVBoxLayout* column);
    void buildRanges(QVBoxLayout* column);
    void buildLikeness(QVBoxLayout* column);
    RangeHistogram* range(FaceMeasure measure) { return ranges_[static_cast<size_t>(measure)]; }
    void fill();
    void apply();

    FacesModel* model_;
    QComboBox* performer_;
    QComboBox* clip_;
    QCheckBox* keep_;
    QCheckBox* undecided_;
    QCheckBox* reject_;
    QCheckBox* suspects_;
    QCheckBox* corrected_;
    QCheckBox* distinct_;
    std::array<RangeHistogram*, kFaceMeasures> ranges_{};
    QPushButton* like_;
    QPushButton* clear_;
    QTimer wait_;
};

}  // namespace understudy::ui
