// SPDX-License-Identifier: GPL-3.0-or-later
// All faces of the open project with their review states, in the order and selection of the grid.
// Loading, sorting and filtering are tasks; states change here at once and are written by the
// session; an undo command per gesture takes them back.
#pragma once

#include <QObject>
#include <QUndoStack>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "media/faceset/pack.h"
#include "ui/models/face_item.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

// Packs by clip number; shared with the threads that make thumbnails.
using PackTable = std::map<int, std::shared_ptr<const media::PackReader>>;

// What one face was and became.
template <class Value>
struct FaceEdit {
    FaceKey key;
    Value before{};
    Value after{};
};
using FaceChange = FaceEdit<media::ReviewState>;
using FaceMove = FaceEdit<int>;  // from one performer to another, by number

class FacesModel : public QObject {
    Q_OBJECT
  public:
    FacesModel(ProjectSession* session, QUndoStack* undo, QObject* parent = nullptr);

    // What is shown, by row.
    int rows() const { return static_cast<int>(shown_.size()); }
    const FaceItem& face(int row) const {
        return faces_[static_cast<size_t>(shown_[static_cast<size_t>(row)])];
    }
    int rowOf(const FaceKey& key) const;  // -1 when not shown
    int total() const { return static_cast<int>(faces_.size()); }
    const std::vector<FaceItem>& all() const { return faces_; }  // by clip and frame
    const std::array<MeasureSpread, kFaceMeasures>& spreads() const { return spreads_; }
    int suspects() const { return suspects_; }
    // Faces whose pictures were cut with other landmarks or another painted mask than count now, by
    // clip.
    const std::map<int, int>& stale() const { return stale_; }
    // Numbers of those who have faces, nobody's among them.
    const std::set<int>& whose() const { return whose_; }
    const FaceCounts& counts() const { return counts_; }
    bool loading() const { return loading_; }
    bool ordering() const { return ordering_; }  // a new order is being made

    QString clipName(int clip) const;
    std::string performerOf(int clip) const;  // the clip's own
    // Whose face it is; empty: nobody's in the project.
    std::string performerOf(const FaceItem& face) const { return performerNamed(face.performer); }
    std::string performerNamed(int number) const;
    // By the number that faces have, which stays theirs while the project is open.
    const std::vector<std::string>& performers() const { return performers_; }
    PerformerRole roleOf(const FaceItem& face) const;
    int clipCount() const { return static_cast<int>(clipNames_.size()); }
    const PackTable& packs() const { return packs_; }

    FaceSort sort() const { return order_.sort; }
    bool reversed() const { return order_.reversed; }
    // By likeness: to the current face, whichever it is when this is called; false when there is
    // none, and nothing changes.
    bool setSort(FaceSort sort, bool reversed = false);
    // Others are compared with the current face; false when there is none.
    bool compare();
    // The face that others are compared with.
    const std::optional<FaceItem>& like() const { return order_.like; }
    const FaceFilter& filter() const { return filter_; }
    void setFilter(const FaceFilter& filter);

    // Selection by key, so that it survives sorting, filtering and loading.
    bool selected(int row) const { return selection_.count(face(row).key) != 0; }
    bool isSelected(const FaceKey& key) const { return selection_.count(key) != 0; }
    const std::set<FaceKey>& selection() const { return selection_; }
    size_t selectedCount() const { return selection_.size(); }
    void setSelection(std::set<FaceKey> selection);
    void selectRows(int from, int to, bool add);
    void toggle(int row);
    void selectAll();
    int current() const { return current_; }  // row, -1 if none
    void setCurrent(int row);

    // One gesture on the selected faces: an undo command that writes the project and repaints.
    // With auto-advance the next face becomes the current one.
    void decide(media::ReviewState state);
    // The same with whose they are; empty: nobody's.
    void assign(const std::string& performer);
    bool autoAdvance() const { return autoAdvance_; }
    void setAutoAdvance(bool on) { autoAdvance_ = on; }
    // Used by the command. `after`: the new states, otherwise the old ones. Faces that are gone
    // with their clip are left out; false when all are.
    bool apply(const std::vector<FaceChange>& changes, bool after);
    bool apply(const std::vector<FaceMove>& moves, bool after);

    // A change of the project by the window that changes nothing here but that these faces are
    // corrected (as keys or between them) or as found: written, and not read back.
    void writeCorrections(const std::map<FaceKey, bool>& corrected,
                          const std::set<FaceKey>& asFound,
                          std::function<Status(media::Project&)> work);

    // A write that leads to nothing new to read here.
    void writeOwn(std::function<Status(media::Project&)> work,
                  std::function<void(const Status&)> done = {});
    // The same for its mask.
    void writePainting(const FaceKey& face, std::function<Status(media::Project&)> work);

    void reload();  // from the project; many calls fold into one

  Q_SIGNALS:
    void layoutChanged();  // rows changed
    void statesChanged();  // only states
    void selectionChanged();
    void currentChanged();

  private:
    struct Loaded;
    static Result<Loaded> load(media::Project& project, Loaded wanted);
    void reorder();
    void take(Loaded loaded);
    void setShown(std::vector<int> shown);
    void recount();
    int numberOf(const std::string& performer);
    // Of the selected faces, those whose value is another one.
    template <class Value>
    std::vector<FaceEdit<Value>> editsTo(Value after, Value FaceItem::*value) const;
    // Of those that are still there, by clip and value. Sets the values.
    template <class Value>
    std::map<std::pair<std::string, Value>, std::vector<int64_t>> take(
        const std::vector<FaceEdit<Value>>& edits, bool after, Value FaceItem::*value);
    int lastSelectedRow() const;
    void advance(int lastRow);
    void keep(std::function<Status(media::Project&)> work, bool filtered);
    int indexOf(const FaceKey& key) const;

    ProjectSession* session_;
    QUndoStack* undo_;
    std::vector<std::string> clipNames_;
    std::vector<std::string> performerOfClip_;
    std::vector<std::string> performers_;
    std::vector<FaceItem> faces_;  // by clip and frame
    std::vector<int> shown_;       // by row
    std::array<MeasureSpread, kFaceMeasures> spreads_{};
    std::vector<int> rowOfFace_;
    PackTable packs_;
    std::set<FaceKey> selection_;
    FaceKey currentKey_;
    FaceCounts counts_;
    int suspects_ = 0;
    std::map<int, int> stale_;
    std::set<int> whose_;
    FaceFilter filter_;
    FaceOrder order_;
    int current_ = -1;
    int orderGeneration_ = 0;
    int64_t loadedVersion_ = -1;
    int edits_ = 0;  // decisions made here: a load that began before one is out of date
    bool loading_ = false;
    bool ordering_ = false;
    bool loadAgain_ = false;
    bool autoAdvance_ = true;
};

}  // namespace understudy::ui
