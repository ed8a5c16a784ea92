#include "training/swap/render_memory.h"

#include <filesystem>
#include <span>
#include <system_error>

#include "media/base/sha256.h"
#include "media/source/frame_sink.h"
#include "training/plan/run_folder.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

// Of a file that may be gone, or written anew, at any moment.
std::string stateOf(const fs::path& file) {
    std::error_code failed;
    const auto time = fs::last_write_time(file, failed).time_since_epoch().count();
    const auto size = failed ? 0 : fs::file_size(file, failed);
    return failed ? "gone" : std::to_string(time) + "/" + std::to_string(size);
}

// Which checkpoints there are decides which one is loaded.
std::string keyOf(const NetworkRequest& request) {
    std::string key = request.run.string() + "\n" + request.face + "\n" + request.plate + "\n" +
                      request.device + "\n" + request.precision + "\n" +
                      std::to_string(request.threads) + "\n" +
                      (request.step ? std::to_string(*request.step) : "newest");
    const RunFolder run{request.run};
    for (const int64_t step : checkpointSteps(run)) {
        key += "\n" + std::to_string(step) + " " + stateOf(run.checkpoint(step) / "manifest.json");
    }
    return key;
}

}  // namespace

Result<std::shared_ptr<FaceNetwork>> RenderMemory::network(const NetworkRequest& request) {
    const std::string key = keyOf(request);
    if (network_ == nullptr || key != networkOf_) {
        network_.reset();  // before the next one: both may not fit
        usual = {};        // that it made, on the device it was on
        US_ASSIGN(auto made, loadFaceNetwork(request));
        network_ = std::move(made);
        networkOf_ = key;
    }
    return network_;
}

std::string hashOf(const std::map<media::FrameNumber, media::Landmarks>& faces) {
    Sha256 hash;
    for (const auto& [frame, landmarks] : faces) {
        hash.add(std::to_string(frame));
        hash.add(std::as_bytes(std::span(landmarks)));
    }
    return hash.finish();
}

std::string usualFacesKey(const media::SourceInfo& plate, const SwapTask& task) {
    std::string key = plate.path + "\n" + plate.encoding.name + "\n" + hashOf(task.faces) + "\n" +
                      std::to_string(task.options.steady) + " " + std::to_string(task.batch);
    for (const media::FrameNumber frame : usualFrames(task.faces)) {
        key += "\n" + stateOf(media::sequenceFile(plate.path, frame));
    }
    return key;
}

}  // namespace understudy::training
