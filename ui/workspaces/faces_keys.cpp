// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of Faces, beside those of the performers.
#include <cmath>

#include "ui/panels/zoom_keys.h"
#include "ui/workspaces/faces_page.h"

namespace understudy::ui {

void FacesPage::buildKeys() {
    addKey("keep", tr("Keep"), Qt::Key_P, [this] { decide(media::ReviewState::keep); });
    addKey("reject", tr("Reject"), Qt::Key_X, [this] { decide(media::ReviewState::reject); });
    addKey("undecided", tr("Undecided"), Qt::Key_U,
           [this] { decide(media::ReviewState::undecided); });
    addKey("nextSuspect", tr("Next suspect"), Qt::Key_Period, [this] { goToSuspect(1); });
    addKey("previousSuspect", tr("Previous suspect"), Qt::Key_Comma, [this] { goToSuspect(-1); });
    addKey("sortLikeness", tr("Sort by likeness to this face"), Qt::Key_L,
           [this] { sortBy(FaceSort::likeness, false); });
    addKey("sortSuspects", tr("Suspects first"), QKeySequence("Shift+L"),
           [this] { sortBy(FaceSort::suspects, false); });
    addKey("sortReversed", tr("Turn the order round"), QKeySequence("Ctrl+Shift+L"),
           [this] { sortBy(studio_.faces.sort(), !studio_.faces.reversed()); });
    addKey("lasso", tr("Lasso"), QKeySequence("Shift+A"), [this] { lasso_->toggle(); });
    addKey("selectAll", tr("Select all"), QKeySequence("Ctrl+A"),
           [this] { studio_.faces.selectAll(); });
    addKey("landmarks", tr("Show or hide the landmarks"), Qt::Key_H,
           [this] { view_->setLandmarks(!view_->landmarks()); });
    addKey("mask", tr("Show or hide the mask"), Qt::Key_M,
           [this] { view_->setMask(!view_->mask()); });
    addKey("plate", tr("Face or plate"), QKeySequence("Shift+V"),
           [this] { view_->setPlate(!view_->plate()); });
    addKey("fit", tr("Fit or 1:1"), Qt::Key_F, [this] { view_->canvas()->toggleFit(); });
    addZoomKeys(
        keyAdder(),
        [this] {
            view_->canvas()->underMouse() ? view_->canvas()->holdZoom() : grid_->holdLarge();
        },
        [this](int ratio) { view_->canvas()->zoomTo(ratio); });
    addKey("find", tr("Find"), QKeySequence("Ctrl+F"),
           [this] { filters_->findChild<QComboBox*>("filterPerformer")->setFocus(); });
}

void FacesPage::buildEditKeys() {
    const auto tool = [this](const QString& id, const QString& text, const QKeySequence& key,
                             FaceTool which) {
        addKey(id, text, key, [this, which] { view_->useTool(which); });
    };
    addKey("toolView", tr("Tool: look"), Qt::Key_V, [this] {
        view_->useTool(FaceTool::view);
        grid_->setFocus();
    });
    tool("toolPoints", tr("Tool: landmarks"), Qt::Key_T, FaceTool::points);
    tool("toolBrush", tr("Tool: brush, adds to the mask"), Qt::Key_D, FaceTool::brush);
    tool("toolEraser", tr("Tool: eraser, takes from the mask"), QKeySequence("Shift+D"),
         FaceTool::eraser);
    tool("toolRestore", tr("Tool: mask as it was made"), QKeySequence("Ctrl+D"), FaceTool::restore);
    tool("toolIncluding", tr("Tool: polygon, adds to the mask"), Qt::Key_Q, FaceTool::including);
    tool("toolExcluding", tr("Tool: polygon, takes from the mask"), QKeySequence("Shift+Q"),
         FaceTool::excluding);
    addKey("smallerBrush", tr("Smaller brush"), Qt::Key_BracketLeft,
           [this] { view_->tools()->scaleRadius(0.8); });
    addKey("largerBrush", tr("Larger brush"), Qt::Key_BracketRight,
           [this] { view_->tools()->scaleRadius(1.25); });
    addKey("keyFrame", tr("Key frame of these landmarks"), Qt::Key_S, [this] { view_->makeKey(); });
    addKey("interpolate", tr("Place faces between keys"), QKeySequence("Shift+S"),
           [this] { view_->interpolate(false); });
    addKey("interpolateFollowing", tr("Between keys, as the tracking moves"),
           QKeySequence("Ctrl+Shift+S"), [this] { view_->interpolate(true); });
    addKey("landmarksAsFound", tr("Landmarks as found"), Qt::Key_Delete,
           [this] { view_->backToFound(); });
    addKey("copyLandmarks", tr("Copy landmarks"), QKeySequence("Ctrl+C"),
           [this] { view_->copyLandmarks(); });
    addKey("pasteLandmarks", tr("Paste landmarks"), QKeySequence("Ctrl+V"),
           [this] { view_->pasteLandmarks(); });
    addKey("selectPose", tr("Select faces that look the same way"), Qt::Key_Y,
           [this] { selectSamePose(); });
}

// The plot's selection without a pointer: all within 10 degrees of the current face.
void FacesPage::selectSamePose() {
    constexpr float kNear = 10;
    FacesModel& faces = studio_.faces;
    if (faces.current() < 0) {
        return;
    }
    const FaceItem& like = faces.face(faces.current());
    std::set<FaceKey> selection;
    for (int row = 0; row < faces.rows(); ++row) {
        const FaceItem& face = faces.face(row);
        const float apart = std::hypot(face.yaw - like.yaw, face.pitch - like.pitch);
        if (face.key == like.key || apart <= kNear) {
            selection.insert(face.key);
        }
    }
    faces.setSelection(std::move(selection));
}

}  // namespace understudy::ui
