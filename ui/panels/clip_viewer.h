// SPDX-License-Identifier: GPL-3.0-or-later
// A clip on its own in the player, with the faces' outlines over it.
#pragma once

#include <map>

#include "media/align/landmarks.h"
#include "ui/panels/player.h"

namespace understudy::ui {

class ClipViewer : public Player {
    Q_OBJECT
  public:
    explicit ClipViewer(const std::shared_ptr<QThreadPool>& threads,
                        int64_t mostBytes = usualCacheBytes());

    // Shows a plate; with an empty path nothing but `message`.
    void setClip(const QString& title, const QString& path, const media::ReadAs& as,
                 const QString& message = {});
    // What was found, for the outlines and the ruler.
    void setFaces(std::map<int64_t, media::Landmarks> faces);
    void setOutlines(bool on);
    bool outlines() const { return outlines_; }

  private:
    void paintFace(QPainter& painter, const QTransform& transform) const;

    std::map<int64_t, media::Landmarks> faces_;
    bool outlines_ = true;
};

// The outline of a face and its features, thin and white over black: legible on any skin.
void paintLandmarks(QPainter& painter, const media::Landmarks& landmarks,
                    const QTransform& transform);

}  // namespace understudy::ui
