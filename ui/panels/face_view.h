// SPDX-License-Identifier: GPL-3.0-or-later
// One face large: the crop that trains, or its plate, with landmarks; and what is known of it.
#pragma once

#include <QWidget>

#include "ui/models/faces_model.h"
#include "ui/models/frame_loader.h"
#include "ui/panels/basics.h"
#include "ui/panels/picture_view.h"

namespace understudy::ui {

class FaceView : public QWidget {
    Q_OBJECT
  public:
    FaceView(FacesModel* model, ProjectSession* session, QWidget* parent = nullptr);

    void setLandmarks(bool on);
    bool landmarks() const { return landmarksOn_; }
    void setPlate(bool on);
    bool plate() const { return plate_; }
    PictureView* view() const { return view_; }

  private:
    void refresh();
    void showPlate();

    FacesModel* model_;
    ProjectSession* session_;
    FrameLoader loader_;
    PictureView* view_;
    QLabel* title_;
    QLabel* facts_;
    QToolButton* faceButton_;
    QToolButton* plateButton_;
    media::Landmarks crop_{};
    media::Landmarks frame_{};  // in plate pixels
    FaceKey shown_;
    int record_ = -1;  // its picture, as shown
    QString platePath_;
    bool has_ = false;
    bool landmarksOn_ = true;
    bool plate_ = false;
};

}  // namespace understudy::ui
