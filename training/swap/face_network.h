// What rendering needs of a trained network, without naming how it computes; and the one that runs
// a checkpoint.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "media/align/face_alignment.h"
#include "media/base/result.h"
#include "training/swap/face_matte.h"

namespace understudy::training {

struct NetworkInfo {
    int resolution = 0;
    media::FaceType faceType = media::FaceType::wholeFace;
    std::string encoding;                 // colour encoding of the crops it was trained on
    std::string source;                   // performer whose face appears
    std::string destination;              // performer whose plate it is put on
    std::vector<std::string> performers;  // all that the run learned
    int64_t step = 0;
    std::string identity;               // equal for equal weights
    std::vector<std::string> warnings;  // of damaged newer checkpoints that were passed over
};

// One thread at a time.
class FaceNetwork {
  public:
    virtual ~FaceNetwork() = default;
    virtual const NetworkInfo& info() const = 0;
    // Crops are f32 R x R with 3 channels, in the network's encoding; null leaves a place empty.
    // The results are in the same places. Errors: deviceUnavailable when the device ran out of
    // memory.
    virtual Result<std::vector<NetworkFace>> run(std::span<const media::Image* const> crops) = 0;
};

struct NetworkRequest {
    std::filesystem::path run;    // the run's folder
    std::optional<int64_t> step;  // a certain checkpoint; the newest good one otherwise
    std::string face;             // performer whose face appears; empty: the run's source
    // Performer in the plates, where the run learned them and they are not the face; else the run's
    // destination (or its source, where that is the face).
    std::string plate;
    std::string device = "auto";     // auto | cpu | cuda:0
    std::string precision = "auto";  // auto | fp32 | bf16
    int threads = 0;                 // CPU threads, 0 = all cores
};

// Loads the averaged weights where the checkpoint has them. Errors: usage (no such run, no
// checkpoint yet, no such step, no such face: the remedy names those there are), corruptData,
// deviceUnavailable.
Result<std::unique_ptr<FaceNetwork>> loadFaceNetwork(const NetworkRequest& request);

}  // namespace understudy::training
