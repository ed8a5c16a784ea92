// Writes clips of rendered performers, and all that is true about them:
//
//   performer_<k>.mp4                      the clip, k from 0
//   performer_<k>/%04d.png                 its frames without compression; the first is 1
//   truth/landmarks_<k>.json               {"frames":[{"frame":1,"points":[[x,y]...68]}...]},
//   pixels truth/swap_<s>_on_<d>/%04d.png         the frames of d with the face of s
//   truth/swap_<s>_on_<d>/mask/%04d.png    what of it is that face
//   truth/swap_<s>_on_<d>/truth.json       where plate, mask and landmarks are (TruthFiles)
//
// All but the movies only with `truth`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "media/align/landmarks.h"
#include "media/base/result.h"

namespace understudy::media {

struct PerformerClips {
    std::filesystem::path folder;
    uint64_t seed = 1;  // chooses people, performances, light and place
    int performers = 2;
    int frames = 240;
    int width = 640;
    int height = 480;
    bool truth = false;
    // Source and destination of the true swaps; empty: everybody on everybody else.
    std::vector<std::pair<int, int>> swaps;
    bool passingHand = false;  // a hand passes before each face once
    // Everybody gives the same performance in the same body, hair and light, those of this take
    // (its body is the performer take % performers), so that frame n shows the same moment of
    // everybody. Not with `truth`. Nothing: everybody gives a performance of their own.
    std::optional<uint64_t> take;
    int threads = 0;  // 0: all cores

    // Errors: usage, naming what is out of its range.
    Status check() const;
};

struct ClipsHooks {
    std::function<void(int64_t done, int64_t total)> progress;  // in frames, from one thread
    std::stop_token stop;
};

struct WrittenClips {
    std::vector<std::filesystem::path> clips;
    std::filesystem::path truth;  // empty without
};

// Errors: usage, cannotWrite, saved (85) when stopped.
Result<WrittenClips> writePerformerClips(const PerformerClips& clips, const ClipsHooks& hooks = {});

// What truth.json says; absolute paths here, relative ones in the file.
struct TruthFiles {
    int source = 0, destination = 0;
    int64_t frames = 0;
    int width = 0, height = 0;
    std::string swap, mask, plate, sourcePlate;        // patterns
    std::filesystem::path landmarks, sourceLandmarks;  // of plate and swap; of sourcePlate
};
// `folder` is truth/swap_<s>_on_<d>. Errors: missingInput, corruptData.
Result<TruthFiles> readTruthFiles(const std::filesystem::path& folder);

// The landmarks of frames 1 to at least `frames`. Errors: missingInput, corruptData.
Result<std::vector<Landmarks>> readTrueLandmarks(const std::filesystem::path& path, int64_t frames);

}  // namespace understudy::media
