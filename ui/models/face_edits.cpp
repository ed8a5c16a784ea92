// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/face_edits.h"

#include <QElapsedTimer>
#include <QUndoCommand>
#include <algorithm>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr int kMergeMilliseconds = 1000;
constexpr int kPlaceId = 0x4c4d;  // of commands that may merge

// Both ways of one gesture on landmarks.
class PlaceCommand : public QUndoCommand {
  public:
    PlaceCommand(FaceEdits* edits, int clip, FaceEdits::Placed before, FaceEdits::Placed after,
                 bool merges, const QString& text)
        : QUndoCommand(text),
          edits_(edits),
          clip_(clip),
          before_(std::move(before)),
          after_(std::move(after)),
          merges_(merges) {
        clock_.start();
    }

    // It was written before it became a command.
    void redo() override { apply(after_, std::exchange(written_, false)); }
    void undo() override { apply(before_, false); }
    int id() const override { return merges_ ? kPlaceId : -1; }

    bool mergeWith(const QUndoCommand* other) override {
        const auto* next = static_cast<const PlaceCommand*>(other);
        if (next->clip_ != clip_ || next->after_.size() != 1 || after_.size() != 1 ||
            next->after_.begin()->first != after_.begin()->first ||
            clock_.elapsed() > kMergeMilliseconds) {
            return false;
        }
        after_ = next->after_;
        clock_.restart();
        return true;
    }

  private:
    void apply(const FaceEdits::Placed& placed, bool written) {
        if (!edits_ || !edits_->apply(clip_, placed, written)) {
            setObsolete(true);
        }
    }

    QPointer<FaceEdits> edits_;
    int clip_;
    FaceEdits::Placed before_;
    FaceEdits::Placed after_;
    bool merges_;
    bool written_ = true;
    QElapsedTimer clock_;
};

// On the project's thread.
Status putPlaced(media::Project& project, const std::string& clip,
                 const FaceEdits::Placed& placed) {
    std::map<int64_t, media::LandmarkCorrection> put;
    std::vector<int64_t> clear;
    for (const auto& [frame, correction] : placed) {
        if (correction) {
            put.emplace(frame, *correction);
        } else {
            clear.push_back(frame);
        }
    }
    for (const auto& [frame, correction] : put) {
        // One that nobody searched, as where faces were imported, has a face from now on.
        US_ASSIGN(const auto known, project.foundFaces(clip, {frame, frame}));
        if (known.empty()) {
            const media::FaceTruth missed{.frame = frame};
            US_TRY(project.putFaces(clip, std::span(&missed, 1)));
        }
    }
    US_TRY(project.putLandmarkCorrections(clip, put));
    return project.clearLandmarkCorrections(clip, clear);
}

class PaintCommand : public QUndoCommand {
  public:
    PaintCommand(FaceEdits* edits, FaceKey face, media::MaskCorrection before,
                 media::MaskCorrection after, const QString& text)
        : QUndoCommand(text),
          edits_(edits),
          face_(face),
          before_(std::move(before)),
          after_(std::move(after)) {}

    // It was written before it became a command.
    void redo() override { apply(after_, std::exchange(written_, false)); }
    void undo() override { apply(before_, false); }

  private:
    void apply(const media::MaskCorrection& correction, bool written) {
        if (!edits_ || !edits_->applyMask(face_, correction, written)) {
            setObsolete(true);
        }
    }

    QPointer<FaceEdits> edits_;
    FaceKey face_;
    media::MaskCorrection before_;
    media::MaskCorrection after_;
    bool written_ = true;
};

Result<EditableFace> readFace(const media::Project& project, const std::string& clip,
                              int64_t frame) {
    EditableFace face;
    US_ASSIGN(const auto record, project.clip(clip));
    face.plateWidth = record.width;
    face.plateHeight = record.height;
    US_ASSIGN(auto found, project.foundFaces(clip, {frame, frame}));
    US_ASSIGN(const auto corrections, project.landmarkCorrections(clip));
    US_ASSIGN(const auto masks, project.maskCorrections(clip));
    if (!found.empty() && found[0].how != media::FoundHow::missed) {
        face.found = found[0].landmarks;
        face.landmarks = found[0].landmarks;
        face.there = true;
    }
    if (const auto placed = corrections.find(frame); placed != corrections.end()) {
        face.placed = placed->second;
        face.landmarks = placed->second.landmarks;
        face.there = true;
    }
    if (const auto mask = masks.find(frame); mask != masks.end()) {
        face.painted = mask->second;
    }
    return face;
}

// The frames of the keys around `frame`, itself among them where it is one.
std::pair<int64_t, int64_t> keysAround(
    const std::map<int64_t, media::LandmarkCorrection>& corrections, int64_t frame) {
    int64_t first = frame;
    int64_t last = frame;
    for (const auto& [at, correction] : corrections) {
        if (!correction.key) {
            continue;
        }
        if (at < frame) {
            first = at;
        } else if (at > frame && last == frame) {
            last = at;
        }
    }
    return {first, last};
}

Result<FaceEdits::Placed> interpolated(media::Project& project, const std::string& clip,
                                       std::pair<int64_t, int64_t> range, int64_t current,
                                       bool following) {
    US_ASSIGN(const auto corrections, project.landmarkCorrections(clip));
    const auto [first, last] =
        range.first < range.second ? range : keysAround(corrections, current);
    US_ASSIGN(const auto faces, project.foundFaces(clip, {first, last}));
    std::map<int64_t, media::Landmarks> found;
    for (const media::FaceTruth& face : faces) {
        found[face.frame] = face.landmarks;  // zeros for those that were missed
    }
    FaceEdits::Placed placed;
    for (const auto& [frame, made] :
         media::betweenKeys(corrections, found, first, last, following)) {
        placed.emplace(frame, made);
    }
    return placed;
}

}  // namespace

FaceEdits::FaceEdits(ProjectSession* session, FacesModel* faces, QUndoStack* undo, QObject* parent)
    : QObject(parent), session_(session), faces_(faces), undo_(undo) {}

void FaceEdits::read(const FaceKey& face, QObject* context,
                     std::function<void(Result<EditableFace>)> then) {
    session_->look(
        context,
        [clip = utf8(faces_->clipName(face.clip)), frame = face.frame](media::Project& project) {
            return readFace(project, clip, frame);
        },
        std::move(then));
}

bool FaceEdits::writable() {
    if (session_->readOnly()) {
        Q_EMIT refused(tr("This project is read-only. Nothing can be corrected here."));
        return false;
    }
    return true;
}

// What a gesture makes follows from the project, so it is made and written in one turn of the
// project's thread: the next gesture sees it, and nothing is lost where the project is closed at
// once. It becomes a command when that has answered.
void FaceEdits::gesture(int clip, Make make, std::function<QString(size_t)> text, bool merges) {
    if (!writable()) {
        return;
    }
    struct Both {
        Placed before, after;
    };
    const auto both = std::make_shared<Both>();
    const std::string name = utf8(faces_->clipName(clip));
    faces_->writeOwn(
        [make = std::move(make), name, both](media::Project& project) -> Status {
            auto& [before, after] = *both;
            US_ASSIGN(after, make(project, name));
            US_ASSIGN(const auto now, project.landmarkCorrections(name));
            std::erase_if(after, [&](const auto& change) {
                const auto found = now.find(change.first);
                const auto old = found != now.end() ? std::optional(found->second) : std::nullopt;
                before.emplace(change.first, old);
                return old == change.second;
            });
            std::erase_if(before,
                          [&after](const auto& old) { return after.count(old.first) == 0; });
            return putPlaced(project, name, after);
        },
        [guard = QPointer<FaceEdits>(this), clip, text = std::move(text), merges,
         both](const Status& status) {
            if (!guard) {
                return;
            }
            if (!status.ok()) {
                Q_EMIT guard->refused(errorText(status.error()));
                return;
            }
            const size_t count = both->after.size();
            const QString said = text(count);
            if (count > 0) {
                guard->undo_->push(new PlaceCommand(guard, clip, std::move(both->before),
                                                    std::move(both->after), merges, said));
            }
        });
}

void FaceEdits::place(const FaceKey& face, const media::Landmarks& landmarks, const QString& text,
                      bool step) {
    gesture(
        face.clip,
        [frame = face.frame, landmarks](media::Project&, const std::string&) -> Result<Placed> {
            return Placed{{frame, media::LandmarkCorrection{landmarks, true}}};
        },
        [text](size_t) { return text; }, step);
}

void FaceEdits::placeAsNearest(const FaceKey& face) {
    gesture(
        face.clip,
        [frame = face.frame](media::Project& project, const std::string& clip) -> Result<Placed> {
            US_ASSIGN(const auto faces, project.faces(clip));
            const media::FaceTruth* nearest = nullptr;
            for (const media::FaceTruth& each : faces) {
                if (each.how != media::FoundHow::missed &&
                    (nearest == nullptr ||
                     std::abs(each.frame - frame) < std::abs(nearest->frame - frame))) {
                    nearest = &each;
                }
            }
            if (nearest == nullptr) {
                return Placed{};
            }
            return Placed{{frame, media::LandmarkCorrection{nearest->landmarks, true}}};
        },
        [](size_t) { return tr("Place a face"); }, false);
}

void FaceEdits::backToFound(const std::set<FaceKey>& faces) {
    std::map<int, Placed> byClip;
    for (const FaceKey& face : faces) {
        byClip[face.clip].emplace(face.frame, std::nullopt);
    }
    for (auto& [clip, placed] : byClip) {
        gesture(
            clip,
            [placed = std::move(placed)](media::Project&, const std::string&) -> Result<Placed> {
                return placed;
            },
            [this](size_t count) {
                if (count == 0) {
                    Q_EMIT refused(tr("These landmarks are as they were found."));
                }
                return tr("Landmarks of %1 faces back to found")
                    .arg(countText(static_cast<int64_t>(count)));
            },
            false);
    }
}

void FaceEdits::interpolate(const FaceKey& current, const std::set<FaceKey>& selected,
                            bool following) {
    std::pair<int64_t, int64_t> range{current.frame, current.frame};
    for (const FaceKey& face : selected) {
        if (face.clip == current.clip) {
            range.first = std::min(range.first, face.frame);
            range.second = std::max(range.second, face.frame);
        }
    }
    gesture(
        current.clip,
        [range, current, following](media::Project& project, const std::string& clip) {
            return interpolated(project, clip, range, current.frame, following);
        },
        [this](size_t count) {
            if (count == 0) {
                Q_EMIT refused(
                    tr("Nothing lies between two key frames here. Correct a face before "
                       "and one behind (S makes a key of a face as it is), then press "
                       "Shift+S on a face between them."));
            }
            return tr("Landmarks of %1 faces between keys")
                .arg(countText(static_cast<int64_t>(count)));
        },
        false);
}

bool FaceEdits::apply(int clip, const Placed& placed, bool written) {
    const std::string name = utf8(faces_->clipName(clip));
    if (faces_->performerOf(clip).empty()) {
        return false;  // taken out of the project
    }
    std::map<FaceKey, bool> corrected;
    std::set<FaceKey> asFound;
    for (const auto& [frame, correction] : placed) {
        if (correction) {
            corrected[{clip, frame}] = correction->key;
        } else {
            asFound.insert({clip, frame});
        }
    }
    faces_->writeCorrections(corrected, asFound,
                             [name, placed, written](media::Project& project) -> Status {
                                 return written ? Status() : putPlaced(project, name, placed);
                             });
    Q_EMIT changed();
    return true;
}

void FaceEdits::paint(const FaceKey& face, const media::MaskCorrection& before,
                      const media::MaskCorrection& after) {
    if (before == after || !writable()) {
        return;
    }
    faces_->writeOwn(
        [clip = utf8(faces_->clipName(face.clip)), frame = face.frame,
         after](media::Project& project) { return project.putMaskCorrection(clip, frame, after); },
        [guard = QPointer<FaceEdits>(this), face, before, after](const Status& status) {
            if (!guard) {
                return;
            }
            if (!status.ok()) {
                Q_EMIT guard->refused(errorText(status.error()));
                return;
            }
            guard->undo_->push(
                new PaintCommand(guard, face, before, after,
                                 after.empty() ? tr("Clear painted mask") : tr("Paint mask")));
        });
}

bool FaceEdits::applyMask(const FaceKey& face, const media::MaskCorrection& correction,
                          bool written) {
    if (faces_->performerOf(face.clip).empty()) {
        return false;
    }
    const std::string name = utf8(faces_->clipName(face.clip));
    faces_->writePainting(
        face, [name, frame = face.frame, correction, written](media::Project& project) {
            return written ? Status() : project.putMaskCorrection(name, frame, correction);
        });
    Q_EMIT changed();
    return true;
}

}  // namespace understudy::ui
