// Renders a swap as it is asked for by name: project, run and clip in, movie or sequence out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "media/frame/frame.h"
#include "training/look/composite_options.h"

namespace understudy::training {

class RenderMemory;

struct RenderRequest {
    std::filesystem::path project;
    std::string run;
    std::string clip;
    std::string out;                    // movie, or pattern of a sequence
    std::string matte;                  // the same for the matte, of the same kind, or empty
    std::string frames;                 // "1001-1010,1020"; empty: all
    std::optional<int64_t> checkpoint;  // step; the newest good one otherwise
    std::string face;                   // performer whose face appears; the run's source if empty
    bool all = false;                   // swap frames too that were rejected in review
    std::string contactSheet;           // PNG with plate and swap side by side, or empty
    CompositeOptions options;
    std::string device = "auto";
    std::string precision = "auto";
    int batch = 8;
    int threads = 0;   // 0 = all cores
    int quality = 14;  // of movies: x264's CRF
    // "v003": the result is this version of the clip in another form and becomes no new one. Its
    // run and checkpoint must be those of the version; other settings are warned of.
    std::string deliver;
    // With `deliver`: `frames` of the version's own pictures are written once more, because they
    // are damaged or gone; of a movie all of them. Only where they would be what they were.
    bool restore = false;
    bool preview = false;  // nobody keeps it: no version, no entry in the audit log
};

struct RenderProgress {
    int64_t done = 0;
    int64_t total = 0;
    double rate = 0;             // frames a second
    double secondsLeftLow = -1;  // negative: not known yet
    double secondsLeftHigh = -1;
};

struct RenderEvents {
    std::function<void(const RenderProgress&)> progressed;  // any thread, a few times a second
    std::function<void(const std::string&)> warned;
};

struct RenderReport {
    std::string out;
    int64_t frames = 0;  // in the result, with those of an earlier, interrupted render
    int64_t swapped = 0;
    std::vector<media::FrameNumber> passedThrough;  // unchanged: no face, rejected, another's
    int64_t made = 0;                               // by this call
    double seconds = 0;
    double framesPerSecond = 0;
    int64_t step = 0;       // of the checkpoint
    std::string frameList;  // of the plate in the order of the result, "1001-1010,1020"
    std::string version;    // "v003" of its clip; empty where none could be made, or was wanted
    bool restored = false;  // pictures of that version, once more
};

// Swapped are the faces of the performer whom the network replaces; where the clip has none of
// theirs, those of the clip's own.
//
// The result becomes the next version of its clip, with the model that made it; one that is
// rendered again with the same settings to the same place stays the version that it is. A
// checkpoint that the run no longer has is taken from a version that kept it. Deliveries, previews
// and what is restored become no version.
//
// Movies get the plate's rate, tags and audio and appear whole or not at all. Sequences keep the
// plate's numbers; finished frames of the same settings are kept. Errors: usage (unknown run, clip
// or frames; the output is the plate; what is to be restored would be another), corruptData
// (checkpoint), missingInput (project, plate), cannotWrite, saved when asked to stop.
//
// `memory`: of the renders before, by whoever makes several; may be null.
Result<RenderReport> renderClip(const RenderRequest& request, const RenderEvents& events,
                                std::stop_token stop, RenderMemory* memory = nullptr);

}  // namespace understudy::training
