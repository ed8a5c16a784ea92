// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/faces_model.h"

#include <algorithm>
#include <unordered_map>

#include "training/prepare/facepacks.h"
#include "ui/models/formatting.h"

namespace understudy::ui {

// What is read of the project, in the order it will be shown in: the rows never point to faces that
// are not there.
struct FacesModel::Loaded {
    std::vector<std::string> clipNames;
    std::vector<std::string> performerOfClip;
    std::vector<std::string> performers;
    std::vector<FaceItem> faces;
    PackTable packs;
    FaceFilter filter;
    FaceOrder order;
    std::vector<int> shown;  // with these two
    std::array<MeasureSpread, kFaceMeasures> spreads{};
    int64_t version = -1;
};

namespace {

using Pack = std::shared_ptr<const media::PackReader>;

// All packs of a clip that can be read, whatever their face type and size, the newest first.
std::vector<Pack> packsOf(const std::filesystem::path& folder, const std::string& clip) {
    std::vector<std::pair<std::filesystem::file_time_type, Pack>> found;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(clip + ".") || !name.ends_with(".idx") ||
            std::count(name.begin() + static_cast<std::ptrdiff_t>(clip.size()), name.end(), '.') !=
                3) {
            continue;  // "<clip>.<type>.<size>.idx", and clip names may hold dots themselves
        }
        const auto time = entry.last_write_time(failed);
        if (auto reader = media::PackReader::open(entry.path()); reader.ok()) {
            found.emplace_back(time, std::make_shared<const media::PackReader>(std::move(*reader)));
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<Pack> packs;
    for (auto& [time, pack] : found) {
        packs.push_back(std::move(pack));
    }
    return packs;
}

std::unordered_map<int64_t, int> recordsByFrame(const media::PackReader& pack) {
    std::unordered_map<int64_t, int> records;
    records.reserve(pack.size());
    for (size_t i = 0; i < pack.size(); ++i) {
        records[pack.record(i).frame] = static_cast<int>(i);  // the last one counts
    }
    return records;
}

// The newest pack with pictures of the most of these faces: one that is still being cut has few.
Pack packFor(const std::vector<media::FaceTruth>& truths, const std::vector<Pack>& packs) {
    Pack best;
    int64_t most = -1;
    for (const Pack& pack : packs) {
        const auto records = recordsByFrame(*pack);
        const auto count =
            std::count_if(truths.begin(), truths.end(), [&records](const media::FaceTruth& truth) {
                return truth.how != media::FoundHow::missed && records.count(truth.frame) != 0;
            });
        if (count > most) {
            most = count;
            best = pack;
        }
    }
    return best;
}

// What was said of a clip's faces; performers by number.
struct Said {
    std::map<int64_t, media::ReviewState> review;
    std::map<int64_t, int> assigned;
    std::set<int64_t> keys;             // frames
    int performer = FaceItem::kNobody;  // of the others
};

int numberIn(std::vector<std::string>& performers, const std::string& performer) {
    if (performer.empty()) {
        return FaceItem::kNobody;
    }
    const auto known = std::find(performers.begin(), performers.end(), performer);
    const auto number = static_cast<int>(known - performers.begin());
    if (known == performers.end()) {
        performers.push_back(performer);
    }
    return number;
}

Result<Said> saidOf(const media::Project& project, const media::ClipRecord& clip,
                    std::vector<std::string>& performers) {
    Said said;
    US_ASSIGN(said.review, project.review(clip.name));
    US_ASSIGN(const auto assigned, project.assignments(clip.name));
    said.performer = numberIn(performers, clip.performer);
    US_ASSIGN(const auto placed, project.landmarkCorrections(clip.name));
    for (const auto& [frame, correction] : placed) {
        if (correction.key) {
            said.keys.insert(frame);
        }
    }
    for (const auto& [frame, performer] : assigned) {
        said.assigned[frame] = numberIn(performers, performer);
    }
    return said;
}

void addFaces(int clip, const std::vector<media::FaceTruth>& truths, const Said& said,
              const media::PackReader* pack, const std::set<int64_t>& stale,
              std::vector<FaceItem>& faces) {
    const auto records = pack ? recordsByFrame(*pack) : std::unordered_map<int64_t, int>{};
    for (const auto& truth : truths) {
        if (truth.how == media::FoundHow::missed) {
            continue;
        }
        FaceItem face;
        face.key = {clip, truth.frame};
        if (const auto record = records.find(truth.frame); record != records.end()) {
            face.record = record->second;
        }
        face.stale = pack != nullptr ? stale.contains(truth.frame) : truth.corrected;
        measureFace(truth, face);
        face.keyFrame = said.keys.contains(truth.frame);
        if (const auto state = said.review.find(truth.frame); state != said.review.end()) {
            face.state = state->second;
        }
        const auto whose = said.assigned.find(truth.frame);
        face.performer = whose != said.assigned.end() ? whose->second : said.performer;
        face.assigned = face.performer != said.performer;
        faces.push_back(face);
    }
}

}  // namespace

FacesModel::FacesModel(ProjectSession* session, QUndoStack* undo, QObject* parent)
    : QObject(parent), session_(session), undo_(undo) {
    connect(session_, &ProjectSession::changed, this, [this] {
        if (session_->snapshot().dataVersion != loadedVersion_) {
            reload();
        }
    });
    connect(session_, &ProjectSession::closed, this, [this] {
        filter_ = {};  // it names performers and clips of this project
        setSelection({});
        currentKey_ = {};
        Loaded nothing;
        order_.like.reset();
        nothing.order = order_;
        take(std::move(nothing));
        loadAgain_ = false;
        loading_ = false;
    });
}

void FacesModel::reload() {
    if (!session_->isOpen()) {
        return;
    }
    if (loading_) {
        loadAgain_ = true;
        return;
    }
    loading_ = true;
    Loaded wanted;
    wanted.clipNames = clipNames_;
    wanted.performers = performers_;
    wanted.filter = filter_;
    wanted.order = order_;
    session_->look(
        this,
        [wanted = std::move(wanted)](media::Project& project) { return load(project, wanted); },
        [this, edits = edits_](Result<Loaded> loaded) {
            loading_ = false;
            if (edits != edits_) {
                loadAgain_ = true;
            } else if (loaded.ok() && session_->isOpen()) {
                take(std::move(*loaded));
            }
            if (std::exchange(loadAgain_, false)) {
                reload();
            }
        });
}

Result<FacesModel::Loaded> FacesModel::load(media::Project& project, Loaded wanted) {
    Loaded loaded = std::move(wanted);
    US_ASSIGN(loaded.version, project.dataVersion());
    US_ASSIGN(const auto clips, project.clips());
    for (const auto& clip : clips) {
        if (std::find(loaded.clipNames.begin(), loaded.clipNames.end(), clip.name) ==
            loaded.clipNames.end()) {
            loaded.clipNames.push_back(clip.name);
        }
    }
    loaded.performerOfClip.resize(loaded.clipNames.size());
    for (size_t i = 0; i < loaded.clipNames.size(); ++i) {
        const std::string& name = loaded.clipNames[i];
        const auto clip = std::find_if(clips.begin(), clips.end(),
                                       [&name](const auto& c) { return c.name == name; });
        if (clip == clips.end()) {
            continue;  // taken out of the project meanwhile
        }
        loaded.performerOfClip[i] = clip->performer;
        const int number = static_cast<int>(i);
        US_ASSIGN(const auto truths, project.faces(name));
        US_ASSIGN(const Said said, saidOf(project, *clip, loaded.performers));
        std::set<int64_t> stale;
        const Pack pack = packFor(truths, packsOf(project.facesetFolder(), name));
        if (pack) {
            loaded.packs[number] = pack;
            US_ASSIGN(stale, training::staleFrames(project, name, *pack, truths));
        }
        addFaces(number, truths, said, pack.get(), stale, loaded.faces);
    }
    markFaces(loaded.faces);
    measureLikeness(loaded.faces, loaded.order.like);
    loaded.spreads = spreadsOf(loaded.faces);
    loaded.shown = orderedFaces(loaded.faces, loaded.filter, loaded.order, loaded.performers);
    return loaded;
}

void FacesModel::take(Loaded loaded) {
    clipNames_ = std::move(loaded.clipNames);
    performerOfClip_ = std::move(loaded.performerOfClip);
    performers_ = std::move(loaded.performers);
    faces_ = std::move(loaded.faces);
    packs_ = std::move(loaded.packs);
    spreads_ = loaded.spreads;
    loadedVersion_ = loaded.version;
    if (order_.like && !(loaded.order.like && loaded.order.like->key == order_.like->key)) {
        measureLikeness(faces_, order_.like);  // chosen while this was read
    }
    recount();
    ++orderGeneration_;  // one that is being made is of the faces before
    ordering_ = false;
    const bool otherwise = loaded.filter != filter_ || loaded.order.sort != order_.sort ||
                           loaded.order.reversed != order_.reversed;
    setShown(std::move(loaded.shown));
    if (otherwise) {  // chosen while this was read
        reorder();
    }
}

void FacesModel::setShown(std::vector<int> shown) {
    shown_ = std::move(shown);
    rowOfFace_.assign(faces_.size(), -1);
    for (size_t row = 0; row < shown_.size(); ++row) {
        rowOfFace_[static_cast<size_t>(shown_[row])] = static_cast<int>(row);
    }
    current_ = rowOf(currentKey_);
    Q_EMIT layoutChanged();
    Q_EMIT currentChanged();
}

void FacesModel::reorder() {
    const int generation = ++orderGeneration_;
    ordering_ = true;
    runInBackground(
        this,
        [faces = faces_, filter = filter_, order = order_, performers = performers_] {
            return orderedFaces(faces, filter, order, performers);
        },
        [this, generation](std::vector<int> shown) {
            if (generation != orderGeneration_) {
                return;
            }
            ordering_ = false;
            setShown(std::move(shown));
        });
}

// Once a decision, however many ask.
void FacesModel::recount() {
    counts_ = {};
    suspects_ = 0;
    stale_.clear();
    whose_.clear();
    int last = FaceItem::kNobody - 1;
    for (const auto& face : faces_) {
        ++counts_.found;
        ++(face.state == media::ReviewState::reject ? counts_.rejected
           : face.counts()                          ? counts_.kept
                                                    : counts_.nobodys);
        suspects_ += face.wantsLook() ? 1 : 0;
        if (face.stale) {
            ++stale_[face.key.clip];
        }
        if (face.performer != last) {  // by clip, mostly the same as before
            last = face.performer;
            whose_.insert(last);
        }
    }
}

int FacesModel::indexOf(const FaceKey& key) const {
    const auto place =
        std::lower_bound(faces_.begin(), faces_.end(), key,
                         [](const FaceItem& face, const FaceKey& k) { return face.key < k; });
    return place != faces_.end() && place->key == key ? static_cast<int>(place - faces_.begin())
                                                      : -1;
}

int FacesModel::rowOf(const FaceKey& key) const {
    const int index = indexOf(key);
    return index < 0 || static_cast<size_t>(index) >= rowOfFace_.size()
               ? -1
               : rowOfFace_[static_cast<size_t>(index)];
}

QString FacesModel::clipName(int clip) const {
    return clip >= 0 && clip < clipCount() ? text(clipNames_[static_cast<size_t>(clip)])
                                           : QString();
}

std::string FacesModel::performerOf(int clip) const {
    return clip >= 0 && clip < clipCount() ? performerOfClip_[static_cast<size_t>(clip)]
                                           : std::string();
}

std::string FacesModel::performerNamed(int number) const {
    return number == FaceItem::kNobody ? std::string() : performers_[static_cast<size_t>(number)];
}

PerformerRole FacesModel::roleOf(const FaceItem& face) const {
    return session_->snapshot().roleOf(performerOf(face));
}

int FacesModel::numberOf(const std::string& performer) {
    return numberIn(performers_, performer);
}

bool FacesModel::setSort(FaceSort sort, bool reversed) {
    if (sort == FaceSort::likeness) {
        if (!compare()) {
            return false;
        }
    } else if (sort == order_.sort && reversed == order_.reversed) {
        return true;
    }
    order_.sort = sort;
    order_.reversed = reversed;
    reorder();
    return true;
}

bool FacesModel::compare() {
    if (current_ < 0) {
        return false;
    }
    order_.like = face(current_);
    measureLikeness(faces_, order_.like);
    spreads_[static_cast<size_t>(FaceMeasure::likeness)] = spreadOf(faces_, FaceMeasure::likeness);
    Q_EMIT statesChanged();
    if (!filter_.range(FaceMeasure::likeness).whole()) {
        reorder();
    }
    return true;
}

void FacesModel::setFilter(const FaceFilter& filter) {
    if (filter != filter_) {
        filter_ = filter;
        reorder();
    }
}

void FacesModel::setSelection(std::set<FaceKey> selection) {
    if (selection != selection_) {
        selection_ = std::move(selection);
        Q_EMIT selectionChanged();
    }
}

void FacesModel::selectRows(int from, int to, bool add) {
    std::set<FaceKey> selection = add ? selection_ : std::set<FaceKey>{};
    for (int row = std::max(0, std::min(from, to)); row <= std::min(rows() - 1, std::max(from, to));
         ++row) {
        selection.insert(face(row).key);
    }
    setSelection(std::move(selection));
}

void FacesModel::toggle(int row) {
    std::set<FaceKey> selection = selection_;
    if (selection.erase(face(row).key) == 0) {
        selection.insert(face(row).key);
    }
    setSelection(std::move(selection));
}

void FacesModel::selectAll() {
    selectRows(0, rows() - 1, false);
}

void FacesModel::setCurrent(int row) {
    if (row >= rows()) {
        row = rows() - 1;
    }
    if (row == current_) {
        return;
    }
    current_ = row;
    currentKey_ = row >= 0 ? face(row).key : FaceKey{};
    Q_EMIT currentChanged();
}

}  // namespace understudy::ui
