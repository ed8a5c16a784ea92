#include "media/exchange/attach_faces.h"

#include <algorithm>
#include <map>
#include <optional>

#include "media/base/log.h"
#include "media/face/face_track.h"
#include "media/face/people.h"
#include "media/source/sequence_pattern.h"

namespace understudy::media {

namespace {

constexpr size_t kMostFacesPerFrame = 64;

// How the clip's frames are called.
class FrameNames {
  public:
    FrameNames(const ClipRecord& clip, int64_t offset) : clip_(clip), offset_(offset) {
        if (const auto parsed = parseSequencePattern(clip.path)) {
            pattern_ = parsed->pattern;
        }
    }

    // The clip's frame, if it has one of this name.
    std::optional<FrameNumber> frame(const std::string& name) const {
        auto number = numberIn(name);
        if (!number) {
            return std::nullopt;
        }
        *number += offset_;
        const bool inside =
            *number >= clip_.first && *number <= clip_.last &&
            !std::binary_search(clip_.missing.begin(), clip_.missing.end(), *number);
        return inside ? number : std::nullopt;
    }

  private:
    std::optional<FrameNumber> numberIn(const std::string& name) const {
        if (pattern_) {
            // The same name, whatever format the other program wrote or read.
            const std::filesystem::path path = name;
            const std::string extension =
                std::filesystem::path("x" + pattern_->suffix).extension().string();
            if (const auto number = pattern_->numberIn(path.stem().string() + extension)) {
                return number;
            }
        }
        return frameNumberIn(name);
    }

    const ClipRecord& clip_;
    const int64_t offset_;
    std::optional<SequencePattern> pattern_;
};

// The middle of a face lies in the picture, and it has a size.
bool fits(const Landmarks& landmarks, const ClipRecord& clip) {
    Point middle;
    for (const Point point : landmarks) {
        middle = middle + (1.0 / kLandmarkCount) * point;
    }
    return middle.x >= 0 && middle.y >= 0 && middle.x <= clip.width && middle.y <= clip.height &&
           interOcularDistance(landmarks) >= 1;
}

struct Sorted {
    std::vector<FrameFaces> frames;  // every frame of the clip
    int64_t elsewhere = 0;           // in frames that the clip does not have
    int64_t outside = 0;             // of the picture
    std::string elsewhereName;
};

Sorted sortIntoFrames(const ClipRecord& clip, const ImportedFaces& imported, int64_t offset) {
    const FrameNames names(clip, offset);
    std::map<FrameNumber, std::vector<FaceFound>> faces;
    Sorted sorted;
    for (const ImportedFace& face : imported.faces) {
        const auto frame = names.frame(face.frame);
        if (!frame) {
            sorted.elsewhereName = ++sorted.elsewhere == 1 ? face.frame : sorted.elsewhereName;
        } else if (!fits(face.landmarks, clip)) {
            ++sorted.outside;
        } else if (faces[*frame].size() < kMostFacesPerFrame) {
            FaceFound found;
            found.detected = true;
            found.confidence = 1;
            found.landmarks = face.landmarks;
            faces[*frame].push_back(found);
        }
    }
    for (FrameNumber n = clip.first; n <= clip.last; ++n) {
        if (!std::binary_search(clip.missing.begin(), clip.missing.end(), n)) {
            const auto found = faces.find(n);
            sorted.frames.push_back(
                {n, found != faces.end() ? found->second : std::vector<FaceFound>()});
        }
    }
    return sorted;
}

Error noneFits(const ClipRecord& clip, const ImportedFaces& imported, const Sorted& sorted) {
    Error error{ErrorCode::usage, "none of the faces is in a frame of clip '" + clip.name + "'",
                imported.origin, ""};
    if (sorted.outside > 0) {
        error.message = "the faces lie outside the frames of clip '" + clip.name + "'";
        error.remedy = "They are of pictures of another size than " + std::to_string(clip.width) +
                       " x " + std::to_string(clip.height) + ": import them into that clip";
    } else {
        error.remedy = "The clip has the frames " + std::to_string(clip.first) + " to " +
                       std::to_string(clip.last) + ", the first face is in '" +
                       validUtf8(sorted.elsewhereName.substr(0, 100)) +
                       "': choose its clip, or --offset";
    }
    return error;
}

std::vector<FaceTruth> truthOf(const std::vector<FrameFaces>& frames,
                               const std::vector<std::optional<size_t>>& chosen) {
    std::vector<FrameNumber> numbers;
    std::vector<std::optional<Landmarks>> track;
    std::vector<FaceTruth> truth;
    for (size_t i = 0; i < frames.size(); ++i) {
        FaceTruth face{.frame = frames[i].number};
        numbers.push_back(face.frame);
        track.emplace_back();
        if (chosen[i]) {
            face.how = FoundHow::detected;
            face.confidence = 1;
            face.landmarks = frames[i].faces[*chosen[i]].landmarks;
            track.back() = face.landmarks;
        }
        truth.push_back(face);
    }
    const std::vector<float> jitter = trackJitter(numbers, track);
    for (size_t i = 0; i < truth.size(); ++i) {
        truth[i].jitter = jitter[i];
    }
    return truth;
}

}  // namespace

Result<AttachedFaces> attachFaces(Project& project, const std::string& clip,
                                  const ImportedFaces& imported, int64_t offset) {
    US_ASSIGN(const ClipRecord record, project.clip(clip));
    const Sorted sorted = sortIntoFrames(record, imported, offset);
    const auto chosen = chooseTrack(sorted.frames, record.width, record.height);
    AttachedFaces result;
    int64_t usable = 0;
    for (size_t i = 0; i < sorted.frames.size(); ++i) {
        usable += static_cast<int64_t>(sorted.frames[i].faces.size());
        result.attached += chosen[i].has_value();
    }
    if (result.attached == 0) {
        return noneFits(record, imported, sorted);
    }
    result.others = usable - result.attached;
    result.warnings = imported.warnings;
    if (sorted.elsewhere > 0) {
        result.warnings.push_back(std::to_string(sorted.elsewhere) +
                                  " faces are in frames that the clip does not have (" +
                                  validUtf8(sorted.elsewhereName.substr(0, 100)) + ")");
    }
    if (sorted.outside > 0) {
        result.warnings.push_back(std::to_string(sorted.outside) +
                                  " faces lie outside their frames and are left out");
    }
    if (result.others > 0) {
        result.warnings.push_back(std::to_string(result.others) +
                                  " faces are of other people and are left out");
    }
    US_TRY(project.putImportedFaces(clip, truthOf(sorted.frames, chosen), imported.origin));
    US_TRY(project.audit("import-faces", clip + ": " + std::to_string(result.attached) +
                                             " faces from " + imported.origin));
    return result;
}

}  // namespace understudy::media
