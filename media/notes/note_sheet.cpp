#include "media/notes/note_sheet.h"

#include <algorithm>

#include "media/source/frame_list.h"
#include "media/source/frame_sink.h"

namespace understudy::media {

Result<std::vector<NotedVersion>> chosenNotes(const Project& project, const NoteChoice& choice) {
    std::optional<int64_t> only;
    if (!choice.version.empty()) {
        US_ASSIGN(const VersionRecord version, project.version(choice.clip, choice.version));
        only = version.id;
    } else if (!choice.clip.empty()) {
        US_TRY(project.clip(choice.clip));
    }
    US_ASSIGN(const auto versions, project.versions());
    US_ASSIGN(const auto notes, project.notes());
    US_ASSIGN(const auto clips, project.clips());
    std::vector<NotedVersion> chosen;
    for (const VersionRecord& version : versions) {
        if ((only && version.id != *only) ||
            (!choice.clip.empty() && version.clip != choice.clip)) {
            continue;
        }
        NotedVersion noted{version, {}, {}, project.resultPath(version.out).string(), {}};
        for (const NoteRecord& note : notes) {
            if (note.version == version.id && (note.open() || !choice.openOnly)) {
                noted.notes.push_back(note);
            }
        }
        for (const ClipRecord& clip : clips) {
            if (clip.name == version.clip) {
                noted.clip = clip;
                noted.plate = project.platePath(clip).string();
            }
        }
        if (!noted.notes.empty()) {
            chosen.push_back(std::move(noted));
        }
    }
    return chosen;
}

std::optional<int64_t> frameInResult(const VersionRecord& version, const ClipRecord* clip,
                                     int64_t plateFrame) {
    const auto list = FrameList::parse(version.frames);
    const bool known = !version.frames.empty() && list.ok();
    if (known && !list->contains(plateFrame)) {
        return std::nullopt;
    }
    if (!isMoviePath(version.out)) {
        return plateFrame;
    }
    int64_t before = 0;  // frames of the movie before this one
    if (known) {
        for (const FrameRange& range : list->ranges()) {
            if (range.first < plateFrame) {
                before += (std::min(range.last, plateFrame - 1) - range.first) / range.step + 1;
            }
        }
        return before + 1;
    }
    if (clip == nullptr || plateFrame < clip->first || plateFrame > clip->last ||
        std::binary_search(clip->missing.begin(), clip->missing.end(), plateFrame)) {
        return std::nullopt;
    }
    const auto missing = std::lower_bound(clip->missing.begin(), clip->missing.end(), plateFrame) -
                         clip->missing.begin();
    return plateFrame - clip->first - missing + 1;
}

std::string noteFrames(const NoteRecord& note) {
    return note.last > note.first ? std::to_string(note.first) + "-" + std::to_string(note.last)
                                  : std::to_string(note.first);
}

}  // namespace understudy::media
