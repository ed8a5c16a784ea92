#include "media/base/log.h"
#include "media/base/sha256.h"
#include "media/project/project_state.h"

namespace understudy::media {

Status Project::putMaskCorrection(const std::string& clip, int64_t frame,
                                  const MaskCorrection& correction) {
    if (correction.empty()) {
        return clearMaskCorrections(clip, std::span(&frame, 1));
    }
    return state_->write([&]() -> Status {
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        US_ASSIGN(Statement put,
                  state_->database->prepare("INSERT OR REPLACE INTO mask_corrections(clip, frame, "
                                            "correction) VALUES (?,?,?)"));
        const std::vector<std::byte> bytes = correction.bytes();
        return put.bind(id).bind(frame).bindBlob(bytes).run();
    });
}

Result<std::map<int64_t, MaskCorrection>> Project::maskCorrections(const std::string& clip) const {
    US_ASSIGN(const int64_t id, state_->clipId(clip));
    US_ASSIGN(
        Statement query,
        state_->database->prepare("SELECT frame, correction FROM mask_corrections WHERE clip = ?"));
    query.bind(id);
    std::map<int64_t, MaskCorrection> corrections;
    while (true) {
        US_ASSIGN(const bool more, query.step());
        if (!more) {
            return corrections;
        }
        const int64_t frame = query.integer(0);
        auto correction = MaskCorrection::fromBytes(query.blob(1));
        if (!correction.ok()) {
            Error error = damagedProject("the painted mask of frame " + std::to_string(frame) +
                                             " of clip '" + validUtf8(clip) + "' is damaged",
                                         state_->database->path());
            error.remedy = "'understudy-cli mask --clear' takes it away; then paint it again";
            return error;
        }
        corrections.emplace(frame, *std::move(correction));
    }
}

Status Project::clearMaskCorrections(const std::string& clip, std::span<const int64_t> frames) {
    return state_->write([&]() -> Status {
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        US_ASSIGN(
            Statement clear,
            state_->database->prepare("DELETE FROM mask_corrections WHERE clip = ? AND frame = ?"));
        for (const int64_t frame : frames) {
            US_TRY(clear.bind(id).bind(frame).run());
        }
        return {};
    });
}

Status Project::noteCutMasks(const std::string& clip, const std::string& pack,
                             const std::map<int64_t, MaskCorrection>& corrections) {
    return state_->write([&]() -> Status {
        Database& database = *state_->database;
        US_ASSIGN(const int64_t id, state_->clipId(clip));
        US_ASSIGN(Statement clear,
                  database.prepare("DELETE FROM cut_masks WHERE clip = ? AND pack = ?"));
        US_TRY(clear.bind(id).bind(pack).run());
        US_ASSIGN(Statement note, database.prepare("INSERT INTO cut_masks VALUES (?,?,?,?)"));
        for (const auto& [frame, correction] : corrections) {
            note.bind(id).bind(pack).bind(frame);
            US_TRY(note.bind(sha256Of(correction.bytes())).run());
        }
        return {};
    });
}

Result<std::set<int64_t>> Project::masksNotCut(const std::string& clip,
                                               const std::string& pack) const {
    Database& database = *state_->database;
    US_ASSIGN(const int64_t id, state_->clipId(clip));
    std::map<int64_t, std::string> cut;
    US_ASSIGN(Statement noted, database.prepare("SELECT frame, painted FROM cut_masks WHERE "
                                                "clip = ? AND pack = ?"));
    noted.bind(id).bind(pack);
    while (true) {
        US_ASSIGN(const bool more, noted.step());
        if (!more) {
            break;
        }
        cut[noted.integer(0)] = noted.text(1);
    }
    // As bytes: a damaged one is told where it is used.
    US_ASSIGN(Statement painted, database.prepare("SELECT frame, correction FROM mask_corrections "
                                                  "WHERE clip = ?"));
    painted.bind(id);
    std::set<int64_t> frames;
    while (true) {
        US_ASSIGN(const bool more, painted.step());
        if (!more) {
            break;
        }
        const auto was = cut.find(painted.integer(0));
        if (was == cut.end() || was->second != sha256Of(painted.blob(1))) {
            frames.insert(painted.integer(0));
        }
        if (was != cut.end()) {
            cut.erase(was);
        }
    }
    for (const auto& [frame, hash] : cut) {  // since taken away
        frames.insert(frame);
    }
    return frames;
}

}  // namespace understudy::media
