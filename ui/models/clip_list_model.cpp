// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clip_list_model.h"

#include <QMimeData>
#include <algorithm>
#include <utility>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

const QString kMimeType = QStringLiteral("application/x-understudy-clips");
constexpr QSize kThumbnail(144, 80);  // device pixels: as it is painted at 200 %

bool sameClips(const std::vector<media::ClipRecord>& a, const std::vector<media::ClipRecord>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.name == y.name && x.path == y.path && x.performer == y.performer;
    });
}

}  // namespace

QString platePath(const ProjectSession& session, const media::ClipRecord& clip) {
    const std::filesystem::path path(clip.path);
    return text(path.is_absolute() ? path.string() : (session.folderPath() / path).string());
}

ClipListModel::ClipListModel(ProjectSession* session, JobsModel* jobs, const PlateWatch* plates,
                             const DisplayChoice* display, PerformerRole role,
                             std::string performer, QObject* parent)
    : QAbstractListModel(parent),
      session_(session),
      jobs_(jobs),
      plates_(plates),
      role_(role),
      performer_(std::move(performer)) {
    connect(session_, &ProjectSession::changed, this, &ClipListModel::refresh);
    connect(session_, &ProjectSession::closed, this, &ClipListModel::refresh);
    connect(jobs_, &JobsModel::changed, this, &ClipListModel::tellAll);
    thumbnails_.follow(display);
    // Clearing is told, as what has arrived.
    connect(plates_, &PlateWatch::changed, &thumbnails_, &FrameThumbnails::clear);
    connect(&thumbnails_, &FrameThumbnails::arrived, this, &ClipListModel::tellAll);
    if (session_->isOpen()) {
        refresh();
    }
}

void ClipListModel::tellAll() {
    if (!clips_.empty()) {
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
    }
}

std::string ClipListModel::performer() const {
    const ProjectSnapshot& snapshot = session_->snapshot();
    return role_ == PerformerRole::source        ? snapshot.source
           : role_ == PerformerRole::destination ? snapshot.destination
                                                 : performer_;
}

void ClipListModel::refresh() {
    std::vector<media::ClipRecord> clips;
    for (const auto& clip : session_->snapshot().clips) {
        if (clip.performer == performer()) {
            clips.push_back(clip);
        }
    }
    if (sameClips(clips, clips_)) {
        clips_ = std::move(clips);
        tellAll();
        return;
    }
    beginResetModel();
    clips_ = std::move(clips);
    endResetModel();
}

int ClipListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(clips_.size());
}

FaceCounts ClipListModel::countsOf(const media::ClipRecord& clip) const {
    const auto counts = session_->snapshot().faces.find(clip.name);
    return counts == session_->snapshot().faces.end() ? FaceCounts() : counts->second;
}

// Of jobs that are over only the newest counts.
const JobState* ClipListModel::brokenSearch(const media::ClipRecord& clip) const {
    const auto& jobs = jobs_->jobs();
    const auto last = std::find_if(jobs.begin(), jobs.end(), [&](const JobState& job) {
        return job.info.kind == "extract" && job.info.clip == clip.name;
    });
    const bool broken = last != jobs.end() && !last->active() && last->info.state != "finished";
    return broken && countsOf(clip).searched < clip.frames ? &*last : nullptr;
}

QString ClipListModel::iconName(const media::ClipRecord& clip) const {
    if (plates_->gone().count(clip.name) > 0) {
        return QStringLiteral("warning");
    }
    if (const JobState* job = jobs_->active("extract", {}, clip.name)) {
        return job->iconName();
    }
    if (const JobState* broken = brokenSearch(clip)) {
        return broken->iconName();
    }
    return countsOf(clip).found > 0 ? QStringLiteral("ok") : QStringLiteral("queued");
}

QString ClipListModel::stateText(const media::ClipRecord& clip) const {
    if (plates_->gone().count(clip.name) > 0) {
        return tr("its files are gone");
    }
    if (const JobState* job = jobs_->active("extract", {}, clip.name)) {
        return job->info.total > 0 ? tr("finding faces, %1 of %2")
                                         .arg(countText(static_cast<int64_t>(job->info.done)),
                                              countText(static_cast<int64_t>(job->info.total)))
                                   : tr("finding faces, %1").arg(job->stateText());
    }
    const FaceCounts faces = countsOf(clip);
    if (const JobState* broken = brokenSearch(clip)) {
        const QString what = broken->failed() ? tr("search failed") : tr("search stopped");
        return faces.found > 0 ? tr("%1, %2 faces so far").arg(what, countText(faces.found)) : what;
    }
    if (faces.searched == 0) {
        return tr("not searched yet");
    }
    const int64_t missed = clip.frames - faces.found;
    return missed > 0
               ? tr("%1 faces, %2 frames without").arg(countText(faces.found), countText(missed))
               : tr("%1 faces").arg(countText(faces.found));
}

Qt::ItemFlags ClipListModel::flags(const QModelIndex& index) const {
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    return index.isValid() && !session_->readOnly() ? flags | Qt::ItemIsDragEnabled : flags;
}

QStringList ClipListModel::mimeTypes() const {
    return {kMimeType};
}

QMimeData* ClipListModel::mimeData(const QModelIndexList& indexes) const {
    QStringList names;
    for (const QModelIndex& index : indexes) {
        names << text(clip(index.row()).name);
    }
    auto* data = new QMimeData;
    data->setData(kMimeType, names.join('\n').toUtf8());
    return data;
}

QStringList draggedClips(const QMimeData* data) {
    return QString::fromUtf8(data->data(kMimeType)).split('\n', Qt::SkipEmptyParts);
}

QVariant ClipListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const media::ClipRecord& record = clip(index.row());
    switch (role) {
        case Qt::DisplayRole:
        case NameRole:
            return text(record.name);
        case LengthRole:
            return tr("%1 fr").arg(countText(record.frames));
        case StateRole:
            return stateText(record);
        case IconRole:
            return iconName(record);
        case ThumbnailRole:
            return thumbnails_.get({platePath(*session_, record), {}, record.said}, kThumbnail);
        case ProgressRole: {
            const JobState* job = jobs_->active("extract", {}, record.name);
            return job != nullptr && job->info.total > 0 ? job->info.done / job->info.total : -1.0;
        }
        case Qt::ToolTipRole:
            return QStringLiteral("%1\n%2 × %3, %4 fps, %5")
                .arg(platePath(*session_, record))
                .arg(record.width)
                .arg(record.height)
                .arg(record.fps)
                .arg(text(record.encoding));
        default:
            return {};
    }
}

}  // namespace understudy::ui
