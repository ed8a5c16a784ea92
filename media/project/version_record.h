// Versions and what is said about them. A version is a swap that was rendered to its end: it gets
// the next number of its clip, keeps its model in a folder of its own, and nothing of it changes
// any more but its status and its notes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "media/project/note_drawing.h"

namespace understudy::media {

enum class VersionStatus : uint8_t { wip = 0, pendingReview = 1, retake = 2, approved = 3 };
inline constexpr std::array kVersionStatuses = {VersionStatus::wip, VersionStatus::pendingReview,
                                                VersionStatus::retake, VersionStatus::approved};
// "wip", "pending review", "retake", "approved"; also read with a dash: "pending-review".
std::string_view versionStatusName(VersionStatus status);
std::optional<VersionStatus> versionStatusFromName(std::string_view name);

struct VersionRecord {
    int64_t id = 0;  // 0: not in a project yet
    std::string clip;
    int number = 0;  // from 1, in its clip
    std::string run;
    int64_t step = -1;  // of the checkpoint; -1: not known
    std::string face;   // performer whose face appears; empty: not known
    // Movie, or pattern of a sequence; relative to the project folder where it lies below it, else
    // absolute. The matte may be empty.
    std::string out;
    std::string matte;
    // Frames of the plate in the order of the result, "1001-1010,1020"; empty: all of the clip's,
    // or not known. Movies count them from 1, sequences keep the plate's numbers.
    std::string frames;
    std::string settings;  // all that decides how its pictures look
    std::string author;
    std::string created;  // ISO 8601, UTC
    VersionStatus status = VersionStatus::wip;
};

// "v001"; and the number of such a name ("v001", "V1" or "1"), or nothing.
std::string versionName(int number);
std::optional<int> versionNumber(std::string_view name);

// What a note asks for.
enum class NoteAction : uint8_t {
    none = 0,
    addFrames = 1,     // to the faceset
    fixAlignment = 2,  // here
    paintMask = 3,
    trainFurther = 4,
    changeSetting = 5,
};
inline constexpr std::array kNoteActions = {NoteAction::none,         NoteAction::addFrames,
                                            NoteAction::fixAlignment, NoteAction::paintMask,
                                            NoteAction::trainFurther, NoteAction::changeSetting};
// "none", "add frames", "fix alignment", "paint mask", "train further", "change setting"; also read
// with dashes.
std::string_view noteActionName(NoteAction action);
std::optional<NoteAction> noteActionFromName(std::string_view name);

struct NoteRecord {
    static constexpr size_t kMostText = 1 << 20;  // bytes
    static constexpr size_t kMostAuthor = 200;

    int64_t id = 0;  // 0: not in a project yet
    int64_t version = 0;
    int64_t first = 0;  // frames of the plate, both inclusive
    int64_t last = 0;
    std::string text;
    NoteDrawing drawing;
    std::string author;
    std::string created;  // ISO 8601, UTC
    NoteAction action = NoteAction::none;
    std::string resolved;  // when, ISO 8601, UTC; empty: open
    std::string resolvedBy;

    bool open() const { return resolved.empty(); }
    bool operator==(const NoteRecord&) const = default;
};

// The person who works here: the full name that the system knows, else the login.
std::string personHere();

}  // namespace understudy::media
