// SPDX-License-Identifier: GPL-3.0-or-later
// All faces: suspects first, keep or reject in batches, one of them large beside.
#pragma once

#include <QComboBox>
#include <QStackedWidget>

#include "ui/panels/face_filters.h"
#include "ui/panels/face_view.h"
#include "ui/panels/faces_grid.h"
#include "ui/workspaces/page.h"

namespace understudy::ui {

class FacesPage : public Page {
    Q_OBJECT
  public:
    explicit FacesPage(Studio& studio, QWidget* parent = nullptr);

    QWidget* focusTarget() const override;
    int attention() const override;
    FacesGrid* grid() const { return grid_; }

  private:
    QWidget* buildCentre();
    QWidget* buildRight();
    void buildKeys();
    void refresh();
    void decide(media::ReviewState state);
    void goToSuspect(int direction);

    FacesGrid* grid_;
    FaceFilters* filters_;
    FaceView* view_;
    QStackedWidget* centre_;
    EmptyState* empty_;
    EmptyState* noMatch_;
    QLabel* counts_;
    QLabel* hint_;
    QComboBox* sort_;
};

}  // namespace understudy::ui
