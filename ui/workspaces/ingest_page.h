// SPDX-License-Identifier: GPL-3.0-or-later
// Clips of the performers, looked at and searched for faces.
#pragma once

#include <QMenu>
#include <QStackedWidget>

#include "ui/models/clip_edits.h"
#include "ui/models/clip_import.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/clip_people.h"
#include "ui/models/consent_edits.h"
#include "ui/panels/clip_bin.h"
#include "ui/panels/clip_details.h"
#include "ui/panels/clip_viewer.h"
#include "ui/panels/drop_targets.h"
#include "ui/panels/search_form.h"
#include "ui/workspaces/page.h"

namespace understudy::ui {

class IngestPage : public Page {
    Q_OBJECT
  public:
    explicit IngestPage(Studio& studio, QWidget* parent = nullptr);

    QWidget* focusTarget() const override;
    QJsonObject place() const override;
    void setPlace(const QJsonObject& place) override;
    bool working() const override;
    // Files and folders for a role, as dropped or chosen.
    void import(PerformerRole role, QStringList paths);
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
    ClipBin* addBin(ClipListModel* model, PerformerRole role);
    std::vector<ClipBin*> allBins() const;
    void showBins();
    void editConsent(const QString& performer);
    void showClip(const QString& name);
    void viewClip();
    void loadOutlines();
    QString freeName() const;
    void addPerformer();
    void showPerformerMenu(ClipBin* bin, const QPoint& at);
    QString clipFolder() const;
    void chooseFilesFor(PerformerRole role, const std::string& performer);
    void importFor(const std::string& performer, QStringList paths,
                   PerformerRole role = PerformerRole::others);
    void askClipMenu(const QStringList& clips, const QPoint& at);
    void showClipMenu(const QStringList& clips, const std::vector<PersonInClip>& people,
                      const QPoint& at);
    void fillPeople(QMenu* menu, const QString& clip, const std::vector<PersonInClip>& people);
    void choosePerson();
    void follow(const QString& clip, const PersonInClip& person);
    void moveClips(const QStringList& clips, ClipBin* bin);
    void removeClips(const QStringList& clips);
    std::vector<media::ClipRecord> records(const QStringList& clips) const;
    QStringList chosenClips() const;
    void act();
    void findFaces();
    // With the page's options and `more` of them.
    void findFacesIn(const QStringList& clips, const std::vector<std::string>& more = {});
    std::vector<media::ClipRecord> clipsToSearch() const;
    const media::ClipRecord* shownClip() const;

    ClipImport import_;
    ConsentEdits consent_;
    ClipEdits edits_;
    ClipListModel source_;
    ClipListModel destination_;
    QVBoxLayout* bins_ = nullptr;
    QPushButton* addPerformer_ = nullptr;
    ClipBin* sourceBin_;
    ClipBin* destinationBin_;
    std::vector<ClipBin*> otherBins_;
    QAction* findKey_ = nullptr;
    QAction* removeKey_ = nullptr;
    std::string newPerformer_;  // whose name is to be typed once the bin is there
    SearchForm* search_;
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
