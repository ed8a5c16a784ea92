// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody corrects by hand in a face: landmarks, key frames and what lies between them, and
// the mask. One undo command a gesture; each is in the project when it is done.
#pragma once

#include <QObject>
#include <QPointer>
#include <QUndoStack>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "ui/models/faces_model.h"

namespace understudy::ui {

// A face as it may be corrected.
struct EditableFace {
    bool there = false;            // a face was found or placed
    media::Landmarks landmarks{};  // as they count, plate pixels
    std::optional<media::Landmarks> found;
    std::optional<media::LandmarkCorrection> placed;
    media::MaskCorrection painted;
    int plateWidth = 0;
    int plateHeight = 0;
};

class FaceEdits : public QObject {
    Q_OBJECT
  public:
    using Placed = std::map<int64_t, std::optional<media::LandmarkCorrection>>;  // nothing: found

    FaceEdits(ProjectSession* session, FacesModel* faces, QUndoStack* undo,
              QObject* parent = nullptr);

    // Reads a face; `then` runs on the GUI thread unless `context` died.
    void read(const FaceKey& face, QObject* context,
              std::function<void(Result<EditableFace>)> then);

    // The landmarks of one face become a key frame. Steps of an arrow key on the same face within a
    // second of each other are one undo step.
    void place(const FaceKey& face, const media::Landmarks& landmarks, const QString& text,
               bool step = false);
    // Where none was found: as the nearest face in time of the clip lies, to be moved from there.
    void placeAsNearest(const FaceKey& face);
    void backToFound(const std::set<FaceKey>& faces);
    // Between the keys around `current`, or between all keys in the range of frames that `selected`
    // has of its clip when that is more than one. Says refused() where there are no two keys.
    void interpolate(const FaceKey& current, const std::set<FaceKey>& selected, bool following);
    void paint(const FaceKey& face, const media::MaskCorrection& before,
               const media::MaskCorrection& after);

    // For the commands.
    bool apply(int clip, const Placed& placed, bool written);
    bool applyMask(const FaceKey& face, const media::MaskCorrection& correction, bool written);

  Q_SIGNALS:
    void changed();  // some face was corrected, or is as found again
    void refused(const QString& why);

  private:
    using Make = std::function<Result<Placed>(media::Project&, const std::string& clip)>;
    void gesture(int clip, Make make, std::function<QString(size_t count)> text, bool merges);
    bool writable();

    ProjectSession* session_;
    FacesModel* faces_;
    QUndoStack* undo_;
};

}  // namespace understudy::ui
