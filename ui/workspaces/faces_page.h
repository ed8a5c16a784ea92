// SPDX-License-Identifier: GPL-3.0-or-later
// All faces: suspects first, keep or reject in batches, one of them large beside.
#pragma once

#include <QComboBox>
#include <QMenu>
#include <QStackedWidget>
#include <set>
#include <string>

#include "ui/panels/coverage_card.h"
#include "ui/panels/face_filters.h"
#include "ui/panels/face_timeline.h"
#include "ui/panels/face_view.h"
#include "ui/panels/faces_grid.h"
#include "ui/panels/pose_plot.h"
#include "ui/workspaces/page.h"

namespace understudy::ui {

class FacesPage : public Page {
    Q_OBJECT
  public:
    explicit FacesPage(Studio& studio, QWidget* parent = nullptr);

    QWidget* focusTarget() const override;
    QJsonObject place() const override;
    void setPlace(const QJsonObject& place) override;
    int attention() const override;
    FacesGrid* grid() const { return grid_; }
    FaceView* view() const { return view_; }
    FaceEdits* edits() { return &edits_; }
    // What a note asks for: the faces of these frames are chosen, and what it takes is at hand.
    void dealWith(const QString& clip, int64_t first, int64_t last, media::NoteAction what);

  Q_SIGNALS:
    void previewsWanted(const QStringList& faces);  // a training's, of these: "again:1034"

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* buildCentre();
    QWidget* buildFace();
    QWidget* buildNext();
    QWidget* buildDecisions();
    void buildPlots();
    void buildTimeline();
    void buildKeys();
    void buildEditKeys();
    void connectEdits();
    void selectSamePose();
    void cutAnew();
    void tellMissing();
    void rebuildMissing();
    void note(const QString& text);
    // Clips whose faces were corrected after their pictures were cut, and how many faces.
    void refresh();
    void decide(media::ReviewState state);
    bool mayDecide();
    // Whose the selected faces are; empty: nobody's.
    void assign(const std::string& performer);
    void buildAssignKeys();
    void fillAssignMenu(QMenu* menu);
    void showInPreviews();
    void showFaceMenu(const QPoint& at);
    void sortBy(FaceSort sort, bool reversed);
    void goToSuspect(int direction);
    void takeUp(const std::set<FaceKey>& faces, const QString& where, media::NoteAction what);
    void offerToKeep(const std::set<FaceKey>& faces, const QString& where);

    FaceEdits edits_;
    std::set<std::string> missing_;  // clips whose pictures of faces are gone
    FacesGrid* grid_;
    FaceFilters* filters_;
    FaceView* view_;
    QStackedWidget* centre_;
    EmptyState* empty_;
    EmptyState* noMatch_;
    QLabel* counts_;
    QLabel* hint_;
    QWidget* posePanel_;
    QWidget* coveragePanel_;
    QWidget* timelineBox_;
    PosePlot* plot_;
    CoverageCard* coverage_;
    FaceTimeline* timeline_;
    QLabel* timelineText_;
    QPushButton* cut_;
    QComboBox* sort_;
    QToolButton* lasso_;
    QToolButton* reverse_;
    QList<QAction*> assignKeys_;  // nobody, then performers in the order of the bins
};

}  // namespace understudy::ui
