// SPDX-License-Identifier: GPL-3.0-or-later
// One face large: the crop that trains, or its plate, with landmarks and mask, both of which can be
// corrected here; and what is known of it.
#pragma once

#include <QWidget>
#include <optional>

#include "ui/models/display_choice.h"
#include "ui/models/face_edits.h"
#include "ui/models/frame_loader.h"
#include "ui/models/mask_paint.h"
#include "ui/panels/basics.h"
#include "ui/panels/face_canvas.h"

namespace understudy::ui {

class FaceView : public QWidget {
    Q_OBJECT
  public:
    FaceView(FacesModel* model, ProjectSession* session, FaceEdits* edits,
             const DisplayChoice* display, const std::shared_ptr<QThreadPool>& decoding);

    void setLandmarks(bool on) { canvas_->showLandmarks(on); }
    bool landmarks() const { return canvas_->landmarksShown(); }
    void setMask(bool on);
    bool mask() const { return maskOn_; }
    void setPlate(bool on);
    bool plate() const { return plate_; }
    FaceCanvas* canvas() const { return canvas_; }
    FaceTools* tools() const { return tools_; }
    const MaskPaint& painting() const { return paint_; }
    // Picture, landmarks and mask of the current face are there.
    bool ready() const { return pictureReady_ && editReady_; }

    // A frame without a face, in its plate, so that one can be placed there; until another face is
    // chosen or this one has one.
    void openFrame(const FaceKey& frame);
    const std::optional<FaceKey>& openedFrame() const { return frame_; }

    void useTool(FaceTool tool);
    void makeKey();
    void interpolate(bool following);
    void backToFound();
    void clearPainting();
    void copyLandmarks();
    void pasteLandmarks();

  private:
    struct Crop {
        QImage image;
        media::FaceRecord record;
        std::vector<uint8_t> mask;
        int side = 0;
    };
    void buildHeader(QVBoxLayout* column);
    void connectCanvas();
    void connectLoader();
    void refresh();
    bool showFrame();
    void forget(const QString& message);
    void loadCrop(const FaceItem& face);
    void readEditable();
    void takeEditable(EditableFace face);
    void arrange();
    void showPlate();
    void renewOverlay(const QRect& part);
    void stroke(QPointF from, QPointF to);
    void endStroke();
    void fillPolygon(const QPolygonF& outline);
    bool platePicture() const { return plate_ || !crop_; }
    media::Affine plateFromPicture() const;

    FacesModel* model_;
    ProjectSession* session_;
    FaceEdits* edits_;
    const DisplayChoice* display_;
    FrameLoader loader_;
    FaceTools* tools_;
    FaceCanvas* canvas_;
    QLabel* title_;
    QLabel* facts_;
    QPushButton* place_;
    QToolButton* faceButton_;
    QToolButton* plateButton_;
    std::optional<FaceKey> frame_;  // opened without a face
    FaceKey shown_;
    int record_ = -1;  // its picture, as shown
    std::optional<Crop> crop_;
    EditableFace face_;
    MaskPaint paint_;
    QImage overlay_;
    QPoint overlayOrigin_;  // in the picture
    std::optional<media::Landmarks> copied_;
    QString platePath_;
    media::ReadAs plateAs_;
    std::shared_ptr<const media::DisplayView> plateView_;
    int localEdits_ = 0;  // an answer that was asked for before one is out of date
    bool pictureReady_ = false;
    bool editReady_ = false;
    bool maskOn_ = true;
    bool plate_ = false;
};

}  // namespace understudy::ui
