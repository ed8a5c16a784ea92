// From a clip to reviewable faces: finds the performer in every frame, smooths, and writes truth
// into the project and crops into a pack. Interrupted at any moment (kill -9 included) it goes on
// where it was and ends with what it would have ended with: every batch of searched frames is kept
// in a journal beside the pack, and everything after the search is a function of the journal.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "media/align/face_alignment.h"
#include "media/base/result.h"
#include "media/project/project.h"

namespace understudy::media {

struct ExtractOptions {
    int size = 256;  // pixels of a crop's side, margin included; 64 to 2048
    FaceType type = FaceType::wholeFace;
    double margin = 0.15;  // of the trained area on every side
    int threads = 0;       // 0: as many as the machine has
    // Search clips whose faces were imported too, and replace those. Without it they are cut as
    // they are, so that nothing that somebody brought is lost.
    bool replaceImported = false;
    // Whose faces, where a clip shows several people: 1 is the one who is there most, largest and
    // most central. 0: as chosen for this clip before, else 1.
    int person = 0;
    // How readily what is in front of a face is taken out of its mask, so that it is not learned: 0
    // (never) to 1 (as measured best). Nothing said: as the project was last extracted with, else
    // 1. At 1 rendered hands lose about 60 % of their area, clear faces 0.4 % of theirs.
    std::optional<double> occlusion = {};

    Status check() const;  // errors: usage
};

// What to tell while it runs; called from one thread at a time.
struct ExtractEvents {
    // `done` of `total` frames; text says what is being done.
    std::function<void(double done, double total, const std::string& text)> progressed;
    // Frames first to last were searched and `found` of them show a face; the project has them.
    std::function<void(int64_t first, int64_t last, int64_t found)> batchFound;
    std::function<void(const std::string& text)> warned;
};

// One of the people of a clip.
struct PersonFound {
    int person = 1;
    int64_t frames = 0;  // with their face
    int64_t first = 0;
    int64_t last = 0;
    double size = 0;  // mean side of the face, plate pixels
    bool chosen = false;
};
// [{"person","frames","first","last","size_px","chosen"}]
std::string toJson(const std::vector<PersonFound>& people);

struct ExtractResult {
    std::string clip;
    std::string performer;
    int64_t frames = 0;
    int64_t found = 0;
    int64_t detected = 0;
    int64_t tracked = 0;
    int64_t searched = 0;  // frames that this call searched; the others were known already
    std::vector<int64_t> missed;
    double meanJitter = 0;  // plate pixels, see trackJitter
    double seconds = 0;
    double framesPerSecond = 0;
    std::vector<PersonFound> people;  // none where faces were imported
    std::vector<std::string> warnings;
};

// {"clip","performer","frames","found","detected","tracked","searched","missed","mean_jitter_px",
// "seconds","frames_per_s","people","warnings"}
std::string toJson(const ExtractResult& result);

// A clip whose faces were imported (Project::importedFrom) is not searched: what the project knows
// is cut. The settings "extract.size", "extract.type" and, where given, "extract.occlusion" of the
// project are set. Errors: usage (no
// such clip, bad options), missingInput, corruptData, cannotWrite, environment (no landmark model),
// transient (the clip is being extracted by another process), saved (asked to stop).
Result<ExtractResult> extractClip(Project& project, const std::string& clip,
                                  const ExtractOptions& options, const ExtractEvents& events,
                                  std::stop_token stop);

}  // namespace understudy::media
