#include "training/swap/face_network.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <utility>

#include "media/base/sha256.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/model/autocast.h"
#include "training/engine/model/device.h"
#include "training/engine/model/face_model.h"
#include "training/plan/plan.h"
#include "training/plan/run_folder.h"

namespace understudy::training {

using media::Image;
using media::SampleType;

namespace {

Image imageOf(const torch::Tensor& tensor) {  // [C,H,W] on the CPU
    const torch::Tensor pixels =
        tensor.to(torch::kCPU, torch::kFloat).permute({1, 2, 0}).contiguous();
    Image image(static_cast<int>(pixels.size(1)), static_cast<int>(pixels.size(0)),
                static_cast<int>(pixels.size(2)), SampleType::f32);
    std::memcpy(image.data(), pixels.data_ptr<float>(), image.size());
    return image;
}

class TorchFaceNetwork final : public FaceNetwork {
  public:
    TorchFaceNetwork(NetworkInfo info, std::shared_ptr<FaceModel> model, torch::Device device,
                     Precision precision)
        : info_(std::move(info)),
          model_(std::move(model)),
          device_(device),
          precision_(precision) {}

    const NetworkInfo& info() const override { return info_; }

    Result<std::vector<NetworkFace>> run(std::span<const Image* const> crops) override {
        try {
            return forward(crops);
        } catch (const c10::Error& error) {
            return Error{
                ErrorCode::deviceUnavailable,
                std::string("the network could not be computed: ") + error.what_without_backtrace(),
                device_.str(),
                "Free memory on the device, use a smaller --batch, or render on the CPU "
                "(--device cpu)."};
        }
    }

  private:
    std::vector<NetworkFace> forward(std::span<const Image* const> crops) {
        const c10::InferenceMode inference;
        const int64_t size = info_.resolution;
        const auto count = static_cast<int64_t>(crops.size());
        torch::Tensor batch = torch::zeros({count, size, size, 3}, torch::kFloat);
        for (int64_t i = 0; i < count; ++i) {
            if (crops[static_cast<size_t>(i)] == nullptr) {
                continue;
            }
            const Image& crop = *crops[static_cast<size_t>(i)];
            US_CHECK(crop.width() == size && crop.height() == size && crop.channels() == 3);
            std::memcpy(batch[i].data_ptr<float>(), crop.data(), crop.size());
        }
        // As [B,3,R,R] this view is already channels_last.
        batch = batch.to(device_).permute({0, 3, 1, 2});
        FaceOutput swap;
        FaceOutput destination;
        {
            const AutocastScope autocast(device_, precision_);
            swap = model_->swap(batch);
            destination = model_->reconstructDestination(batch);
        }
        std::vector<NetworkFace> faces(crops.size());
        for (auto& part : {std::pair{&swap.image, &NetworkFace::swap},
                           std::pair{&swap.mask, &NetworkFace::swapMask},
                           std::pair{&destination.image, &NetworkFace::destination}}) {
            const torch::Tensor onCpu = part.first->to(torch::kCPU, torch::kFloat);
            for (int64_t i = 0; i < count; ++i) {
                if (crops[static_cast<size_t>(i)] == nullptr) {
                    continue;
                }
                faces[static_cast<size_t>(i)].*part.second = imageOf(onCpu[i]);
            }
        }
        return faces;
    }

    NetworkInfo info_;
    std::shared_ptr<FaceModel> model_;
    torch::Device device_;
    Precision precision_;
};

struct FoundCheckpoint {
    std::filesystem::path folder;
    CheckpointInfo info;
    std::vector<std::string> warnings;
};

Result<FoundCheckpoint> findCheckpoint(const NetworkRequest& request) {
    const RunFolder run{request.run};
    if (!std::filesystem::exists(run.plan())) {
        return Error{ErrorCode::usage, "there is no such run", request.run.string(),
                     "Train one first, or give the name of a run of this project."};
    }
    if (!request.step) {
        US_ASSIGN(auto latest, loadLatest(request.run));
        if (!latest) {
            return Error{ErrorCode::usage, "the run has no checkpoint yet",
                         run.checkpoints().string(),
                         "Let it train until its first checkpoint, then render again."};
        }
        return FoundCheckpoint{latest->folder, std::move(latest->info),
                               std::move(latest->warnings)};
    }
    const std::filesystem::path folder = run.checkpoint(*request.step);
    if (!std::filesystem::exists(folder)) {
        std::string steps;
        for (const int64_t step : checkpointSteps(run)) {
            steps += (steps.empty() ? "" : ", ") + std::to_string(step);
        }
        return Error{ErrorCode::usage,
                     "the run has no checkpoint of step " + std::to_string(*request.step),
                     run.checkpoints().string(),
                     steps.empty() ? "Let it train until its first checkpoint."
                                   : "Choose one of these steps: " + steps + "."};
    }
    US_ASSIGN(auto info, loadInfo(folder));
    return FoundCheckpoint{folder, std::move(info), {}};
}

// Whose face goes onto whom, by their numbers in the network.
struct Parts {
    size_t face = 0, plate = 1;
};

Result<Parts> partsOf(const NetworkRequest& request, const std::vector<std::string>& performers) {
    const auto place = [&performers](const std::string& name) {
        const auto found = std::find(performers.begin(), performers.end(), name);
        return static_cast<size_t>(found - performers.begin());
    };
    Parts parts;
    if (!request.face.empty()) {
        parts.face = place(request.face);
    }
    if (parts.face >= performers.size()) {
        std::string names;
        for (const std::string& name : performers) {
            names += (names.empty() ? "" : ", ") + name;
        }
        return Error{ErrorCode::usage, "the run has not learned the face of '" + request.face + "'",
                     "--face", "Choose one of " + names + "."};
    }
    const size_t shown = place(request.plate);
    if (shown < performers.size() && shown != parts.face) {
        parts.plate = shown;
    } else if (parts.plate == parts.face) {
        parts.plate = 0;
    }
    return parts;
}

}  // namespace

Result<std::unique_ptr<FaceNetwork>> loadFaceNetwork(const NetworkRequest& request) {
    US_ASSIGN(const FoundCheckpoint found, findCheckpoint(request));
    US_ASSIGN(const Plan plan, planFromJson(found.info.planJson, (found.folder / "state.json")));
    NetworkInfo info;
    info.resolution = plan.resolution;
    const auto type = media::faceTypeFromName(plan.faceType);
    if (!type) {
        return Error{ErrorCode::corruptData, "the checkpoint names an unknown type of face",
                     found.folder.string(), "Render with the version that trained it."};
    }
    info.faceType = *type;
    info.encoding = plan.encoding;
    info.performers = performersOf(plan);
    US_ASSIGN(const Parts parts, partsOf(request, info.performers));
    info.source = info.performers[parts.face];
    info.destination = info.performers[parts.plate];
    info.step = found.info.step;
    info.warnings = found.warnings;
    US_ASSIGN(info.identity, sha256OfFile(found.folder / "manifest.json"));

    US_ASSIGN(const torch::Device device, openDevice(resolveDevices(request.device).front()));
    if (request.threads > 0) {
        torch::set_num_threads(request.threads);
    }
    US_ASSIGN(auto model, makeModel(specOf(plan)));
    US_TRY(loadWeights(found.folder, *model, true));
    model->choose(parts.face, parts.plate);
    try {
        model->eval();
        model->to(device);
        useChannelsLast(*model);
    } catch (const c10::Error& error) {
        return Error{ErrorCode::deviceUnavailable,
                     std::string("the network does not fit: ") + error.what_without_backtrace(),
                     device.str(),
                     "Free memory on the device or render on the CPU (--device cpu)."};
    }
    return std::unique_ptr<FaceNetwork>(std::make_unique<TorchFaceNetwork>(
        std::move(info), std::move(model), device, choosePrecision(request.precision, device)));
}

}  // namespace understudy::training
