#include "media/base/log.h"
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

}  // namespace understudy::media
