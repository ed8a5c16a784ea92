// SPDX-License-Identifier: GPL-3.0-or-later
// Clips of the two performers, looked at and searched for faces.
#pragma once

#include <QStackedWidget>

#include "ui/models/clip_edits.h"
#include "ui/models/clip_import.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/consent_edits.h"
#include "ui/panels/clip_bin.h"
#include "ui/panels/clip_details.h"
#include "ui/panels/clip_viewer.h"
#include "ui/panels/drop_targets.h"
#include "ui/workspaces/page.h"

namespace understudy::ui {

class IngestPage : public Page {
    Q_OBJECT
  public:
    explicit IngestPage(Studio& studio, QWidget* parent = nullptr);

    QWidget* focusTarget() const override;
    bool working() const override;
    // Files and folders for a role, as dropped or chosen.
    void import(PerformerRole role, const QStringList& paths);
    void chooseFiles(PerformerRole role);
    void chooseFolder(PerformerRole role);

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* buildBins();
    QWidget* buildCentre();
    QWidget* buildRight();
    void buildKeys();
    void refresh();
    void tellEnd(const QString& id);
    void tellImported(const ImportResult& result);
    void refreshDetails();
    void refreshConsent();
    void editConsent(const QString& performer);
    void showClip(const QString& name);
    void viewClip();
    void loadOutlines();
    void removeClip();
    void act();
    void findFaces();
    std::vector<media::ClipRecord> clipsToSearch() const;
    const media::ClipRecord* shownClip() const;

    ClipImport import_;
    ConsentEdits consent_;
    ClipEdits edits_;
    ClipListModel source_;
    ClipListModel destination_;
    ClipListModel others_;
    ClipBin* sourceBin_;
    ClipBin* destinationBin_;
    ClipBin* othersBin_;
    ClipViewer* viewer_;
    QStackedWidget* centre_;
    DropTargets* targets_;
    ClipDetails* details_;
    QLabel* summary_;
    QString clip_;
    bool viewed_ = false;   // the viewer shows clip_
    media::ReadAs readAs_;  // as it was opened
    int asked_ = 0;         // searches asked for and not yet seen as jobs
};

}  // namespace understudy::ui
