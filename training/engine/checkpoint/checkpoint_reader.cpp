#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <map>

#include "media/base/file.h"
#include "media/base/sha256.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/checkpoint/checkpoint_files.h"
#include "training/engine/checkpoint/safetensors.h"
#include "training/plan/run_folder.h"

namespace understudy::training {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t kJsonLimit = 16u << 20;

Result<Manifest> loadManifest(const fs::path& folder) {
    const fs::path file = folder / kManifestFile;
    US_ASSIGN(const auto text, readFile(file, kJsonLimit));
    return manifestFromJson(text, file.string());
}

Status checkSize(const fs::path& file, const FileMark& mark) {
    std::error_code failed;
    const uint64_t bytes = fs::file_size(file, failed);
    if (failed) {
        return damaged("a file of the checkpoint is missing", file);
    }
    if (bytes != mark.bytes) {
        return damaged("the file has " + std::to_string(bytes) + " bytes instead of " +
                           std::to_string(mark.bytes),
                       file);
    }
    return {};
}

Status checkHash(const fs::path& file, const FileMark& mark) {
    US_TRY(checkSize(file, mark));
    US_ASSIGN(const auto hash, sha256OfFile(file));
    if (hash != mark.sha256) {
        return damaged("the content of the file does not match its checksum", file);
    }
    return {};
}

Result<CheckpointInfo> infoOf(const fs::path& folder, const Manifest& manifest) {
    for (const auto& [name, mark] : manifest) {
        US_TRY(checkSize(folder / name, mark));
    }
    const fs::path file = folder / kStateFile;
    US_TRY(checkHash(file, manifest.at(kStateFile)));
    US_ASSIGN(const auto text, readFile(file, kJsonLimit));
    return infoFromJson(text, file.string());
}

std::string shapeText(const torch::Tensor& tensor) {
    std::string text;
    for (const int64_t size : tensor.sizes()) {
        text.append(text.empty() ? "[" : ",").append(std::to_string(size));
    }
    return text.empty() ? "[]" : text + "]";
}

struct Copy {
    torch::Tensor from, to;
};

using TensorsByName = std::map<std::string, torch::Tensor>;

Result<TensorsByName> tensorsOf(const fs::path& file) {
    US_ASSIGN(const auto stored, readSafetensors(file));
    TensorsByName byName;
    for (const auto& [name, tensor] : stored) {
        byName.emplace(name, tensor);
    }
    return byName;
}

// Pairs every tensor of the file with one of `into`, one to one; those of discriminators apart.
Status plan(const fs::path& file, const NamedTensors& into, std::vector<Copy>& copies) {
    US_ASSIGN(auto byName, tensorsOf(file));
    std::erase_if(byName, [](const auto& named) {
        return std::any_of(
            kDiscriminators.begin(), kDiscriminators.end(),
            [&](const char* beginning) { return named.first.starts_with(beginning); });
    });
    for (const auto& [name, tensor] : into) {
        const auto found = byName.find(name);
        if (found == byName.end()) {
            return damaged("the tensor \"" + name + "\" is missing", file);
        }
        if (found->second.sizes() != tensor.sizes() ||
            found->second.scalar_type() != tensor.scalar_type()) {
            return damaged("the tensor \"" + name + "\" is " + shapeText(found->second) + " " +
                               torch::toString(found->second.scalar_type()) + ", not " +
                               shapeText(tensor) + " " + torch::toString(tensor.scalar_type()),
                           file);
        }
        copies.push_back({found->second, tensor});
        byName.erase(found);
    }
    if (!byName.empty()) {
        return damaged("the tensor \"" + byName.begin()->first + "\" has no place in this model",
                       file);
    }
    return {};
}

void carryOut(std::vector<Copy>& copies) {
    const torch::NoGradGuard noGrad;
    for (Copy& copy : copies) {
        copy.to.copy_(copy.from);
    }
}

NamedTensors parametersOf(FaceModel& model) {
    NamedTensors result;
    for (const auto& item : model.named_parameters()) {
        result.push_back({item.key(), item.value()});
    }
    return result;
}

// Folders to try, the best first.
std::vector<fs::path> candidates(const RunFolder& run, std::vector<std::string>& warnings) {
    std::vector<int64_t> steps = checkpointSteps(run);
    std::reverse(steps.begin(), steps.end());
    if (const auto text = readFile(run.latest(), kJsonLimit); text.ok()) {
        const auto step = stepOfName(text->substr(0, text->find_last_not_of(" \r\n") + 1));
        const auto found = step ? std::find(steps.begin(), steps.end(), *step) : steps.end();
        if (found != steps.end()) {
            std::rotate(steps.begin(), found, found + 1);
        } else if (!steps.empty()) {
            warnings.push_back("the checkpoint that \"latest\" names is not there");
        }
    }
    std::vector<fs::path> result;
    for (const int64_t step : steps) {
        result.push_back(run.checkpoint(step));
    }
    return result;
}

}  // namespace

Result<CheckpointInfo> loadInfo(const fs::path& checkpointFolder) {
    US_ASSIGN(const auto manifest, loadManifest(checkpointFolder));
    return infoOf(checkpointFolder, manifest);
}

Result<CheckpointInfo> verifyCheckpoint(const fs::path& checkpointFolder) {
    US_ASSIGN(const auto manifest, loadManifest(checkpointFolder));
    US_ASSIGN(auto info, infoOf(checkpointFolder, manifest));
    for (const auto& [name, mark] : manifest) {
        US_TRY(checkHash(checkpointFolder / name, mark));
    }
    return info;
}

Result<std::optional<LoadedCheckpoint>> loadLatest(const fs::path& runFolder) {
    LoadedCheckpoint loaded;
    std::optional<Error> first;
    for (const fs::path& folder : candidates({runFolder}, loaded.warnings)) {
        auto info = verifyCheckpoint(folder);
        if (info.ok()) {
            loaded.folder = folder;
            loaded.info = std::move(info).value();
            return std::optional(std::move(loaded));
        }
        if (!first) {
            first = info.error();
        }
        loaded.warnings.push_back(folder.filename().string() +
                                  " was passed over: " + describe(info.error()));
    }
    if (first) {
        first->code = ErrorCode::corruptData;
        first->message = "no checkpoint of the run is good; of the newest, " + first->message;
        first->remedy = "Restore the run's checkpoints folder from a backup, or start a new run";
        return *first;
    }
    return std::optional<LoadedCheckpoint>();
}

Status restore(const fs::path& checkpointFolder, const CheckpointTensors& into) {
    std::vector<Copy> copies;
    US_TRY(plan(checkpointFolder / kModelFile, into.model, copies));
    if (!into.ema.empty()) {
        // A run that did not average before starts its average at the weights.
        const fs::path average = checkpointFolder / kEmaFile;
        US_TRY(
            plan(fs::exists(average) ? average : checkpointFolder / kModelFile, into.ema, copies));
    }
    if (!into.optimizer.empty()) {
        US_TRY(plan(checkpointFolder / kOptimizerFile, into.optimizer, copies));
    }
    carryOut(copies);
    return {};
}

Result<std::vector<std::string>> restoreDiscriminators(const fs::path& checkpointFolder,
                                                       const NamedTensors& into) {
    std::vector<std::string> fresh;
    if (into.empty()) {
        return fresh;
    }
    US_ASSIGN(const auto byName, tensorsOf(checkpointFolder / kOptimizerFile));
    std::vector<Copy> copies;
    for (const std::string beginning : kDiscriminators) {
        std::vector<Copy> mine;
        bool fits = true;
        for (const auto& [name, tensor] : into) {
            if (!name.starts_with(beginning)) {
                continue;
            }
            const auto found = byName.find(name);
            fits = fits && found != byName.end() && found->second.sizes() == tensor.sizes() &&
                   found->second.scalar_type() == tensor.scalar_type();
            mine.push_back({fits ? found->second : torch::Tensor(), tensor});
        }
        if (fits) {
            copies.insert(copies.end(), mine.begin(), mine.end());
        } else {
            fresh.push_back(beginning);
        }
    }
    carryOut(copies);
    return fresh;
}

Status loadWeights(const fs::path& checkpointFolder, FaceModel& model, bool useEma) {
    US_ASSIGN(const auto manifest, loadManifest(checkpointFolder));
    const std::string name = useEma && manifest.contains(kEmaFile) ? kEmaFile : kModelFile;
    US_TRY(checkHash(checkpointFolder / name, manifest.at(name)));
    std::vector<Copy> copies;
    US_TRY(plan(checkpointFolder / name, parametersOf(model), copies));
    carryOut(copies);
    return {};
}

Result<std::vector<std::string>> loadBase(const fs::path& base, FaceModel& model) {
    fs::path folder = base;
    if (!fs::exists(base / kManifestFile)) {
        US_ASSIGN(const auto loaded, loadLatest(base));
        if (!loaded) {
            return Error{ErrorCode::missingInput, "there is no checkpoint to start from",
                         base.string(), "Name a run that has saved, or a checkpoint folder"};
        }
        folder = loaded->folder;
    }
    US_ASSIGN(const auto manifest, loadManifest(folder));
    US_TRY(checkHash(folder / kModelFile, manifest.at(kModelFile)));
    US_ASSIGN(const auto byName, tensorsOf(folder / kModelFile));
    std::vector<std::string> missing;
    std::vector<Copy> copies;
    for (const auto& [name, tensor] : parametersOf(model)) {
        const auto found = byName.find(name);
        if (found != byName.end() && found->second.sizes() == tensor.sizes()) {
            copies.push_back({found->second, tensor});
        } else {
            missing.push_back(name);
        }
    }
    carryOut(copies);
    return missing;
}

}  // namespace understudy::training
