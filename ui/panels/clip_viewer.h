// SPDX-License-Identifier: GPL-3.0-or-later
// A clip on its own: picture with the faces' outlines, ruler, transport, probe.
#pragma once

#include <QWidget>
#include <map>

#include "media/align/landmarks.h"
#include "media/project/project.h"
#include "ui/models/frame_loader.h"
#include "ui/panels/basics.h"
#include "ui/panels/frame_ruler.h"
#include "ui/panels/picture_view.h"
#include "ui/panels/transport_bar.h"

namespace understudy::ui {

class ClipViewer : public QWidget {
    Q_OBJECT
  public:
    // `mostBytes`: of decoded frames that are kept.
    explicit ClipViewer(QWidget* parent = nullptr, int64_t mostBytes = 512ll << 20);

    // Shows a plate; with an empty path nothing but `message`.
    void setClip(const QString& title, const QString& path, double fps,
                 const QString& message = {});
    // What was found, for the outlines and the ruler.
    void setFaces(std::map<int64_t, media::Landmarks> faces);
    void setOutlines(bool on);
    bool outlines() const { return outlines_; }

    TransportBar* transport() const { return transport_; }
    PictureView* view() const { return view_; }
    const FrameLoader& loader() const { return loader_; }

  private:
    void want(int64_t frame);
    void showFailure(const Error& error);
    void paintFace(QPainter& painter, const QTransform& transform) const;
    void probe(QPointF point);

    FrameLoader loader_;
    PictureView* view_;
    FrameRuler* ruler_;
    TransportBar* transport_;
    ElidedLabel* title_;
    QLabel* details_;
    QLabel* probe_;
    std::map<int64_t, media::Landmarks> faces_;
    double fps_ = 24;
    bool outlines_ = true;
};

// The outline of a face and its features, thin and white over black: legible on any skin.
void paintLandmarks(QPainter& painter, const media::Landmarks& landmarks,
                    const QTransform& transform);

}  // namespace understudy::ui
