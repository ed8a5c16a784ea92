#include <bit>
#include <cmath>
#include <cstring>
#include <set>

#include "media/base/log.h"
#include "media/project/project_state.h"

namespace understudy::media {

static_assert(std::endian::native == std::endian::little, "landmarks are stored little-endian");
static_assert(sizeof(Landmarks) == 2 * kLandmarkCount * sizeof(double));

namespace {

bool finite(const FaceTruth& face) {
    bool all = std::isfinite(face.confidence) && std::isfinite(face.jitter);
    if (face.qualities) {
        const FaceQualities& q = *face.qualities;
        for (const float value :
             {q.sharpness, q.yaw, q.pitch, q.roll, q.size, q.brightness, q.occlusion, q.outlier}) {
            all = all && std::isfinite(value);
        }
    }
    for (const Point& point : face.landmarks) {
        all = all && std::isfinite(point.x) && std::isfinite(point.y);
    }
    return all;
}

// Columns of a face, in the order of the next two.
constexpr const char* kFaceColumns =
    "frame, how, confidence, jitter, landmarks, sharpness, yaw, pitch, roll, size, brightness, "
    "occlusion, outlier, hash";

void bindQualities(Statement& put, const std::optional<FaceQualities>& known) {
    if (!known) {
        for (int i = 0; i < 9; ++i) {
            put.bindNull();
        }
        return;
    }
    for (const float value : {known->sharpness, known->yaw, known->pitch, known->roll, known->size,
                              known->brightness, known->occlusion, known->outlier}) {
        put.bind(static_cast<double>(value));
    }
    put.bind(static_cast<int64_t>(known->hash));
}

std::optional<FaceQualities> qualitiesOfRow(const Statement& row) {
    if (row.isNull(5)) {
        return std::nullopt;
    }
    FaceQualities known;
    int column = 5;
    for (float* value : {&known.sharpness, &known.yaw, &known.pitch, &known.roll, &known.size,
                         &known.brightness, &known.occlusion, &known.outlier}) {
        *value = static_cast<float>(row.real(column++));
    }
    known.hash = static_cast<uint64_t>(row.integer(column));
    return known;
}

Result<FaceTruth> faceOfRow(const Statement& row, const std::filesystem::path& database) {
    FaceTruth face;
    face.frame = row.integer(0);
    const int64_t how = row.integer(1);
    face.confidence = static_cast<float>(row.real(2));
    face.jitter = static_cast<float>(row.real(3));
    const auto landmarks = row.blob(4);
    const bool missed = how == static_cast<int64_t>(FoundHow::missed);
    bool good = how >= 0 && how <= static_cast<int64_t>(FoundHow::tracked) &&
                (landmarks.size() == sizeof(Landmarks) || (missed && landmarks.empty()));
    if (good) {
        face.how = static_cast<FoundHow>(how);
        if (!landmarks.empty()) {
            std::memcpy(&face.landmarks, landmarks.data(), landmarks.size());
        }
        face.qualities = qualitiesOfRow(row);
        good = finite(face);
    }
    if (!good) {
        return damagedProject("the face of frame " + std::to_string(face.frame) + " is damaged",
                              database);
    }
    return face;
}

Status checkFaces(const std::string& clip, std::span<const FaceTruth> faces) {
    for (const FaceTruth& face : faces) {
        if (!finite(face)) {
            return Error{ErrorCode::usage,
                         "the face of frame " + std::to_string(face.frame) +
                             " has coordinates that are not numbers",
                         clip, "Find the faces of this clip again"};
        }
    }
    return {};
}

Status insertFaces(Database& database, int64_t clip, std::span<const FaceTruth> faces) {
    US_ASSIGN(Statement put,
              database.prepare("INSERT OR REPLACE INTO faces(clip, " + std::string(kFaceColumns) +
                               ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    for (const FaceTruth& face : faces) {
        put.bind(clip).bind(face.frame).bind(static_cast<int64_t>(face.how));
        put.bind(static_cast<double>(face.confidence)).bind(static_cast<double>(face.jitter));
        if (face.how == FoundHow::missed) {
            put.bindNull();
        } else {
            put.bindBlob(std::as_bytes(std::span(face.landmarks)));
        }
        bindQualities(put, face.qualities);
        US_TRY(put.run());
    }
    return {};
}

Status removeFaces(Database& database, int64_t clip) {
    US_ASSIGN(Statement clear, database.prepare("DELETE FROM faces WHERE clip = ?"));
    return clear.bind(clip).run();
}

}  // namespace

std::string importedKey(const std::string& clip) {
    return "faces.imported." + clip;
}

Status Project::putFaces(const std::string& clip, std::span<const FaceTruth> faces) {
    US_TRY(checkFaces(clip, faces));
    return state_->write([&]() -> Status {
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        return insertFaces(*state_->database, id, faces);
    });
}

Status Project::putImportedFaces(const std::string& clip, std::span<const FaceTruth> faces,
                                 const std::string& from) {
    US_TRY(checkFaces(clip, faces));
    return state_->write([&]() -> Status {
        Database& database = *state_->database;
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        US_TRY(removeFaces(database, id));
        US_TRY(removeLandmarkCorrections(database, id));
        US_TRY(removeAssignments(database, id));
        US_TRY(insertFaces(database, id, faces));
        US_ASSIGN(Statement note,
                  database.prepare("INSERT OR REPLACE INTO settings VALUES (?, ?)"));
        return note.bind(importedKey(clip)).bind(validUtf8(from)).run();
    });
}

Result<std::optional<std::string>> Project::importedFrom(const std::string& clip) const {
    return setting(importedKey(clip));
}

Status Project::forgetImport(const std::string& clip) {
    return state_->write([&]() -> Status {
        US_ASSIGN(Statement forget,
                  state_->database->prepare("DELETE FROM settings WHERE key = ?"));
        return forget.bind(importedKey(clip)).run();
    });
}

Status Project::clearFaces(const std::string& clip) {
    return state_->write([&]() -> Status {
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        return removeFaces(*state_->database, id);
    });
}

Result<std::vector<FaceTruth>> Project::faces(const std::string& clip) const {
    US_ASSIGN(std::vector<FaceTruth> faces, foundFaces(clip));
    US_ASSIGN(const auto corrections, landmarkCorrections(clip));
    applyCorrections(faces, corrections);
    return faces;
}

Result<std::vector<FaceTruth>> Project::foundFaces(const std::string& clip,
                                                   FrameRange range) const {
    US_ASSIGN(const int64_t id, state_->clipId(clip));
    US_ASSIGN(Statement query,
              state_->database->prepare("SELECT " + std::string(kFaceColumns) +
                                        " FROM faces WHERE clip = ? AND frame BETWEEN ? AND ? "
                                        "ORDER BY frame"));
    query.bind(id).bind(range.first).bind(range.last);
    std::vector<FaceTruth> faces;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return faces;
        }
        US_ASSIGN(const FaceTruth face, faceOfRow(query, state_->database->path()));
        faces.push_back(face);
    }
}

Result<std::vector<std::pair<int64_t, FoundHow>>> Project::foundHow(const std::string& clip) const {
    US_ASSIGN(const int64_t id, state_->clipId(clip));
    US_ASSIGN(Statement corrections,
              state_->database->prepare("SELECT frame FROM landmark_corrections WHERE clip = ?"));
    std::set<int64_t> placed;
    corrections.bind(id);
    while (true) {
        US_ASSIGN(const bool more, corrections.step());
        if (!more) {
            break;
        }
        placed.insert(corrections.integer(0));
    }
    // Both are in the index faces_how: nothing else of a face is read.
    US_ASSIGN(Statement query, state_->database->prepare(
                                   "SELECT frame, how FROM faces WHERE clip = ? ORDER BY frame"));
    query.bind(id);
    std::vector<std::pair<int64_t, FoundHow>> found;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return found;
        }
        const int64_t frame = query.integer(0), how = query.integer(1);
        if (how < 0 || how > static_cast<int64_t>(FoundHow::tracked)) {
            return damagedProject("the face of frame " + std::to_string(frame) + " is damaged",
                                  state_->database->path());
        }
        const auto as = static_cast<FoundHow>(how);
        found.emplace_back(
            frame, as == FoundHow::missed && placed.contains(frame) ? FoundHow::tracked : as);
    }
}

Result<std::map<int64_t, ReviewState>> Project::review(const std::string& clip) const {
    US_ASSIGN(const int64_t id, state_->clipId(clip));
    US_ASSIGN(Statement query,
              state_->database->prepare("SELECT frame, state FROM review WHERE clip = ?"));
    query.bind(id);
    std::map<int64_t, ReviewState> states;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return states;
        }
        const int64_t state = query.integer(1);
        if (state < 0 || state > static_cast<int64_t>(ReviewState::reject)) {
            return damagedProject("the review of frame " + std::to_string(query.integer(0)) +
                                      " of clip '" + validUtf8(clip) + "' is damaged",
                                  state_->database->path());
        }
        states[query.integer(0)] = static_cast<ReviewState>(state);
    }
}

Status Project::setReview(const std::string& clip, std::span<const int64_t> frames,
                          ReviewState state) {
    return state_->write([&]() -> Status {
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        const bool clear = state == ReviewState::undecided;
        US_ASSIGN(Statement set, state_->database->prepare(
                                     clear ? "DELETE FROM review WHERE clip = ? AND frame = ?"
                                           : "INSERT OR REPLACE INTO review VALUES (?,?,?)"));
        for (const int64_t frame : frames) {
            set.bind(id).bind(frame);
            if (!clear) {
                set.bind(static_cast<int64_t>(state));
            }
            US_TRY(set.run());
        }
        return {};
    });
}

}  // namespace understudy::media
