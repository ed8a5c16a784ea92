#include <torch/types.h>
#include <torch/utils.h>

#include <map>

#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/checkpoint/safetensors.h"
#include "training/record/checkpoint_files.h"

namespace understudy::training {

namespace {

namespace fs = std::filesystem;

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
            return damaged("the tensor \"" + name + "\" is " + shapeText(found->second.sizes()) +
                               " " + torch::toString(found->second.scalar_type()) + ", not " +
                               shapeText(tensor.sizes()) + " " +
                               torch::toString(tensor.scalar_type()),
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

}  // namespace

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

}  // namespace understudy::training
