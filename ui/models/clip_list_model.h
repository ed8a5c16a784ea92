// SPDX-License-Identifier: GPL-3.0-or-later
// The clips of one performer as a list: name, length, what is known of the faces in it, and the
// progress of the search that runs.
#pragma once

#include <QAbstractListModel>
#include <QStringList>

#include "ui/models/frame_thumbnails.h"
#include "ui/models/jobs_model.h"
#include "ui/models/performer_role.h"
#include "ui/models/plate_watch.h"
#include "ui/models/project_session.h"

class QMimeData;

namespace understudy::ui {

class ClipListModel : public QAbstractListModel {
    Q_OBJECT
  public:
    enum Role {
        NameRole = Qt::UserRole,
        LengthRole,
        StateRole,
        IconRole,
        ThumbnailRole,
        ProgressRole
    };

    // `performer`: whose clips, where they have neither of the two roles.
    ClipListModel(ProjectSession* session, JobsModel* jobs, const PlateWatch* plates,
                  const DisplayChoice* display, PerformerRole role, std::string performer = {},
                  QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    const media::ClipRecord& clip(int row) const { return clips_[static_cast<size_t>(row)]; }
    std::string performer() const;  // of this role, empty if there is none yet
    // Clips are dragged by their names.
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QStringList mimeTypes() const override;
    QMimeData* mimeData(const QModelIndexList& indexes) const override;

  private:
    void refresh();
    void tellAll();
    FaceCounts countsOf(const media::ClipRecord& clip) const;
    // Its newest search, where that failed or was stopped before all frames were searched.
    const JobState* brokenSearch(const media::ClipRecord& clip) const;
    QString iconName(const media::ClipRecord& clip) const;
    QString stateText(const media::ClipRecord& clip) const;

    ProjectSession* session_;
    JobsModel* jobs_;
    const PlateWatch* plates_;
    PerformerRole role_;
    std::string performer_;
    std::vector<media::ClipRecord> clips_;
    mutable FrameThumbnails thumbnails_;
};

// The clips of a drag from such a list; empty if it holds none.
QStringList draggedClips(const QMimeData* data);

// The plate of a clip as an absolute path, without the project at hand.
QString platePath(const ProjectSession& session, const media::ClipRecord& clip);

}  // namespace understudy::ui
