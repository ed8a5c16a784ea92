#include "training/swap/output_place.h"

#include "media/source/frame_sink.h"

namespace understudy::training {

using media::FrameNumber;

bool sameFile(const std::filesystem::path& a, const std::filesystem::path& b) {
    std::error_code error;
    if (std::filesystem::equivalent(a, b, error)) {
        return true;
    }
    return std::filesystem::weakly_canonical(a, error) ==
           std::filesystem::weakly_canonical(b, error);
}

Status refusePlate(const std::string& out, const media::SourceInfo& plate,
                   const std::vector<FrameNumber>& frames) {
    bool same = false;
    if (plate.kind == media::SourceInfo::Kind::movie) {
        same = media::isMoviePath(out) && sameFile(out, plate.path);
    } else if (!media::isMoviePath(out)) {
        for (const FrameNumber frame : frames) {
            same = same || sameFile(media::sequenceFile(out, frame),
                                    media::sequenceFile(plate.path, frame));
        }
    }
    if (!same) {
        return {};
    }
    return Error{ErrorCode::usage, "the result would overwrite the plate", out,
                 "Choose another name; plates are never changed."};
}

}  // namespace understudy::training
