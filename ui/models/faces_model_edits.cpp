// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody decides on faces in the model: changed here, written by the session.
#include <algorithm>

#include "training/prepare/facepacks.h"
#include "ui/models/faces_model.h"
#include "ui/models/formatting.h"
#include "ui/models/review_command.h"

namespace understudy::ui {
namespace {

QString commandText(media::ReviewState state, int count) {
    switch (state) {
        case media::ReviewState::keep:
            return FacesModel::tr("Keep %n face(s)", nullptr, count);
        case media::ReviewState::reject:
            return FacesModel::tr("Reject %n face(s)", nullptr, count);
        case media::ReviewState::undecided:
            break;
    }
    return FacesModel::tr("Leave %n face(s) undecided", nullptr, count);
}

QString numbered(QString text, int count) {
    return text
        .replace(QStringLiteral("face(s)"),
                 count == 1 ? QStringLiteral("face") : QStringLiteral("faces"))
        .replace(QString::number(count), countText(count));
}

}  // namespace

template <class Value>
std::vector<FaceEdit<Value>> FacesModel::editsTo(Value after, Value FaceItem::*value) const {
    std::vector<FaceEdit<Value>> edits;
    for (const FaceKey& key : selection_) {
        const int index = indexOf(key);
        if (index >= 0 && faces_[static_cast<size_t>(index)].*value != after) {
            edits.push_back({key, faces_[static_cast<size_t>(index)].*value, after});
        }
    }
    return edits;
}

int FacesModel::lastSelectedRow() const {
    int last = -1;
    for (const FaceKey& key : selection_) {
        last = std::max(last, rowOf(key));
    }
    return last;
}

void FacesModel::decide(media::ReviewState state) {
    const int last = lastSelectedRow();
    auto changes = editsTo(state, &FaceItem::state);
    if (!changes.empty()) {
        const int count = static_cast<int>(changes.size());
        undo_->push(new ReviewCommand<FaceChange>(this, std::move(changes),
                                                  numbered(commandText(state, count), count)));
    }
    advance(last);
}

void FacesModel::assign(const std::string& performer) {
    const int last = lastSelectedRow();
    auto moves = editsTo(numberOf(performer), &FaceItem::performer);
    if (!moves.empty()) {
        const int count = static_cast<int>(moves.size());
        // The name last: it may hold anything.
        const QString said =
            numbered(performer.empty() ? tr("Assign %n face(s) to nobody", nullptr, count)
                                       : tr("Assign %n face(s) to", nullptr, count),
                     count);
        undo_->push(new ReviewCommand<FaceMove>(
            this, std::move(moves),
            performer.empty() ? said : QStringLiteral("%1 %2").arg(said, text(performer))));
    }
    advance(last);
}

void FacesModel::advance(int lastRow) {
    if (autoAdvance_ && lastRow >= 0 && lastRow + 1 < rows()) {
        setCurrent(lastRow + 1);
        selectRows(lastRow + 1, lastRow + 1, false);
    }
}

// One write per clip and value, all in the order of the gesture.
template <class Value>
std::map<std::pair<std::string, Value>, std::vector<int64_t>> FacesModel::take(
    const std::vector<FaceEdit<Value>>& edits, bool after, Value FaceItem::*value) {
    std::map<std::pair<std::string, Value>, std::vector<int64_t>> taken;
    for (const FaceEdit<Value>& edit : edits) {
        const Value now = after ? edit.after : edit.before;
        const int index = indexOf(edit.key);
        if (index < 0) {
            continue;
        }
        FaceItem& face = faces_[static_cast<size_t>(index)];
        face.*value = now;
        face.assigned = performerOf(face) != performerOf(edit.key.clip);
        taken[{clipNames_[static_cast<size_t>(edit.key.clip)], now}].push_back(edit.key.frame);
    }
    return taken;
}

// What was set is counted, written and shown.
void FacesModel::keep(std::function<Status(media::Project&)> work, bool filtered) {
    recount();
    writeOwn(std::move(work));
    Q_EMIT statesChanged();
    if (filtered) {
        reorder();
    }
}

bool FacesModel::apply(const std::vector<FaceChange>& changes, bool after) {
    auto writes = take(changes, after, &FaceItem::state);
    if (writes.empty()) {
        return false;
    }
    keep(
        [writes = std::move(writes)](media::Project& project) -> Status {
            for (const auto& [place, frames] : writes) {
                US_TRY(project.setReview(place.first, frames, place.second));
            }
            return {};
        },
        !(filter_.keep && filter_.reject && filter_.undecided));
    return true;
}

bool FacesModel::apply(const std::vector<FaceMove>& moves, bool after) {
    std::map<std::pair<std::string, std::string>, std::vector<int64_t>> writes;
    for (auto& [place, frames] : take(moves, after, &FaceItem::performer)) {
        writes[{place.first, performerNamed(place.second)}] = frames;
    }
    if (writes.empty()) {
        return false;
    }
    keep(
        [writes = std::move(writes)](media::Project& project) -> Status {
            for (const auto& [place, frames] : writes) {
                US_TRY(project.assignFaces(place.first, frames, place.second));
            }
            return {};
        },
        filter_.performer.has_value());
    return true;
}

void FacesModel::writeCorrections(const std::map<FaceKey, bool>& corrected,
                                  const std::set<FaceKey>& asFound,
                                  std::function<Status(media::Project&)> work) {
    // Frames without a face may have one now, or none any more, and what is found again may be a
    // suspect again.
    bool readAgain = !asFound.empty();
    for (const auto& [key, isKey] : corrected) {
        const int index = indexOf(key);
        readAgain = readAgain || index < 0;
        if (index >= 0) {
            FaceItem& face = faces_[static_cast<size_t>(index)];
            face.corrected = true;
            face.keyFrame = isKey;
            face.stale = true;
            face.suspect = false;
            face.doubts = 0;
        }
    }
    if (readAgain) {
        ++edits_;
        loadedVersion_ = -1;
        session_->write(std::move(work),
                        [guard = QPointer<FacesModel>(this)](const Status& status) {
                            if (guard && !status.ok()) {
                                guard->reload();
                            }
                        });
    } else {
        writeOwn(std::move(work));
    }
    recount();
    Q_EMIT statesChanged();
}

// Whether the picture of the face is as it was painted the project says, as an undo may bring back
// what is in the picture.
void FacesModel::writePainting(const FaceKey& face, std::function<Status(media::Project&)> work) {
    const auto pack = packs_.find(face.clip);
    const auto stale = std::make_shared<std::optional<bool>>();
    writeOwn(
        [work = std::move(work), stale, frame = face.frame, clip = utf8(clipName(face.clip)),
         pack = pack != packs_.end() ? pack->second : nullptr](media::Project& project) -> Status {
            US_TRY(work(project));
            if (pack != nullptr) {
                US_ASSIGN(const auto faces, project.faces(clip));
                US_ASSIGN(const auto frames, training::staleFrames(project, clip, *pack, faces));
                *stale = frames.contains(frame);
            }
            return {};
        },
        [this, face, stale](const Status& status) {
            if (const int index = indexOf(face); status.ok() && *stale && index >= 0) {
                faces_[static_cast<size_t>(index)].stale = **stale;
                recount();
                Q_EMIT statesChanged();
            }
        });
    Q_EMIT statesChanged();
}

void FacesModel::writeOwn(std::function<Status(media::Project&)> work,
                          std::function<void(const Status&)> done) {
    ++edits_;
    auto versions = std::make_shared<std::pair<int64_t, int64_t>>(-1, -1);  // before, after
    session_->write(
        [work = std::move(work), versions](media::Project& project) -> Status {
            US_ASSIGN(versions->first, project.dataVersion());
            US_TRY(work(project));
            US_ASSIGN(versions->second, project.dataVersion());
            return {};
        },
        [this, versions, done = std::move(done)](const Status& status) {
            if (done) {
                done(status);
            }
            if (!status.ok()) {
                reload();  // back to what the document says
            } else if (versions->first == loadedVersion_) {
                loadedVersion_ = versions->second;  // only our own change: nothing new to read
            }
        });
}

}  // namespace understudy::ui
