// SPDX-License-Identifier: GPL-3.0-or-later
// One face in the size its picture has, over the window and beside the cell it is of: for a look
// while a key is held.
#pragma once

#include <QWidget>

#include "ui/models/faces_model.h"
#include "ui/models/thumbnail_cache.h"

namespace understudy::ui {

class LargeFace : public QWidget {
    Q_OBJECT
  public:
    LargeFace(const FacesModel* model, ThumbnailCache* cache, QWidget* window);

    // `cell` in the window; the face is shown in whole pixels of its picture, at least twice as
    // large as `picture`, a side of what is seen of it there, as far as the window has room.
    void appear(const FaceItem& face, const QRect& cell, int picture);
    const FaceKey& shown() const { return face_.key; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const FacesModel* model_;
    ThumbnailCache* cache_;
    FaceItem face_;
    int pixels_ = 0;  // of a side of the crop
};

}  // namespace understudy::ui
