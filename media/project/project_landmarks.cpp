#include <cmath>
#include <cstring>

#include "media/base/log.h"
#include "media/project/project_state.h"

namespace understudy::media {

namespace {

bool finite(const Landmarks& landmarks) {
    for (const Point& point : landmarks) {
        if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
            return false;
        }
    }
    return true;
}

}  // namespace

void applyCorrections(std::vector<FaceTruth>& faces,
                      const std::map<int64_t, LandmarkCorrection>& corrections) {
    if (corrections.empty()) {
        return;
    }
    for (FaceTruth& face : faces) {
        const auto found = corrections.find(face.frame);
        if (found == corrections.end()) {
            continue;
        }
        face.landmarks = found->second.landmarks;
        face.corrected = true;
        if (face.how == FoundHow::missed) {
            face.how = FoundHow::tracked;
            face.confidence = 1;
        }
    }
}

Status removeLandmarkCorrections(Database& database, int64_t clip) {
    US_ASSIGN(Statement clear, database.prepare("DELETE FROM landmark_corrections WHERE clip = ?"));
    return clear.bind(clip).run();
}

Status Project::putLandmarkCorrections(const std::string& clip,
                                       const std::map<int64_t, LandmarkCorrection>& corrections) {
    for (const auto& [frame, correction] : corrections) {
        if (!finite(correction.landmarks)) {
            return Error{ErrorCode::usage,
                         "the landmarks of frame " + std::to_string(frame) + " are not numbers",
                         clip, "Place them again"};
        }
    }
    return state_->write([&]() -> Status {
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        US_ASSIGN(Statement put,
                  state_->database->prepare("INSERT OR REPLACE INTO landmark_corrections(clip, "
                                            "frame, key, landmarks) VALUES (?,?,?,?)"));
        for (const auto& [frame, correction] : corrections) {
            put.bind(id).bind(frame).bind(static_cast<int64_t>(correction.key));
            US_TRY(put.bindBlob(std::as_bytes(std::span(correction.landmarks))).run());
        }
        return {};
    });
}

Result<std::map<int64_t, LandmarkCorrection>> Project::landmarkCorrections(
    const std::string& clip) const {
    US_ASSIGN(const int64_t id, state_->clipId(clip));
    US_ASSIGN(Statement query,
              state_->database->prepare(
                  "SELECT frame, key, landmarks FROM landmark_corrections WHERE clip = ?"));
    query.bind(id);
    std::map<int64_t, LandmarkCorrection> corrections;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return corrections;
        }
        const int64_t frame = query.integer(0);
        LandmarkCorrection correction;
        correction.key = query.integer(1) != 0;
        const auto bytes = query.blob(2);
        bool good = bytes.size() == sizeof(Landmarks);
        if (good) {
            std::memcpy(&correction.landmarks, bytes.data(), bytes.size());
            good = finite(correction.landmarks);
        }
        if (!good) {
            return damagedProject("the corrected landmarks of frame " + std::to_string(frame) +
                                      " of clip '" + validUtf8(clip) + "' are damaged",
                                  state_->database->path());
        }
        corrections.emplace(frame, correction);
    }
}

Status Project::clearLandmarkCorrections(const std::string& clip, std::span<const int64_t> frames) {
    return state_->write([&]() -> Status {
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        US_ASSIGN(Statement clear,
                  state_->database->prepare(
                      "DELETE FROM landmark_corrections WHERE clip = ? AND frame = ?"));
        for (const int64_t frame : frames) {
            US_TRY(clear.bind(id).bind(frame).run());
        }
        return {};
    });
}

}  // namespace understudy::media
