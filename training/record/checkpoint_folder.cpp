#include "training/record/checkpoint_folder.h"

#include <algorithm>
#include <cmath>

#include "media/base/file.h"
#include "training/plan/run_folder.h"
#include "training/record/checkpoint_files.h"

namespace understudy::training {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t kJsonLimit = 16u << 20;

Result<CheckpointInfo> infoOf(const fs::path& folder, const Manifest& manifest) {
    for (const auto& [name, mark] : manifest) {
        US_TRY(checkSize(folder / name, mark));
    }
    const fs::path file = folder / kStateFile;
    US_TRY(checkHash(file, manifest.at(kStateFile)));
    US_ASSIGN(const auto text, readFile(file, kJsonLimit));
    return infoFromJson(text, file.string());
}

// The step that "latest" names.
std::optional<int64_t> namedStep(const RunFolder& run) {
    const auto text = readFile(run.latest(), kJsonLimit);
    return text.ok() ? stepOfName(text->substr(0, text->find_last_not_of(" \r\n") + 1))
                     : std::nullopt;
}

// Folders to try, the best first.
std::vector<fs::path> candidates(const RunFolder& run, std::vector<std::string>& warnings) {
    std::vector<int64_t> steps = checkpointSteps(run);
    std::reverse(steps.begin(), steps.end());
    if (std::error_code failed; fs::exists(run.latest(), failed)) {
        const auto step = namedStep(run);
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

std::optional<double> CheckpointInfo::ownValidation() const {
    const auto value = numbers.find("validation"), at = numbers.find("validation_step");
    const bool own = value != numbers.end() && at != numbers.end() &&
                     at->second == static_cast<double>(step) && std::isfinite(value->second);
    return own ? std::optional(value->second) : std::nullopt;
}

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
    // To begin anew would leave what is in that folder behind.
    const RunFolder run{runFolder};
    if (const auto step = namedStep(run); !first && step) {
        if (std::error_code failed; fs::is_directory(run.checkpoint(*step), failed)) {
            first = damaged("the list of its files is missing", run.checkpoint(*step));
        }
    }
    if (first) {
        // What damage advises is an earlier checkpoint, of which none is good either.
        const bool ofDamage = first->remedy == damaged("", {}).remedy;
        first->message = "no checkpoint of the run is good; of the newest, " + first->message;
        if (ofDamage) {
            first->remedy =
                "Restore the run's checkpoints folder from a backup, or start a new run";
        }
        return *first;
    }
    return std::optional<LoadedCheckpoint>();
}

}  // namespace understudy::training
