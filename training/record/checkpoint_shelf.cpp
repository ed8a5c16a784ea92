#include "training/record/checkpoint_shelf.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <vector>

#include "media/base/file.h"
#include "training/record/checkpoint_folder.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

// A folder on its way in or out, or a name that was about to be written.
bool isTemporary(const fs::path& path) {
    return path.filename().string().find(".tmp-") != std::string::npos;
}

fs::path besides(const fs::path& folder) {
    fs::path result = folder;
    result += ".tmp-" + std::to_string(::getpid());
    return result;
}

// A finished folder to its place.
Status move(const fs::path& temporary, const fs::path& folder) {
    if (::rename(temporary.c_str(), folder.c_str()) == 0) {
        return syncFolder(folder.parent_path());
    }
    if (errno != ENOTEMPTY && errno != EEXIST) {
        return writeError(errno, folder);
    }
    fs::path old = temporary;  // where the folder that was there goes
    if (::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) != 0) {
        // Some network file systems exchange nothing.
        old += "-old";
        if (::rename(folder.c_str(), old.c_str()) != 0) {
            return writeError(errno, folder);
        }
        if (::rename(temporary.c_str(), folder.c_str()) != 0) {
            const int number = errno;
            ::rename(old.c_str(), folder.c_str());  // what was there is better than nothing
            return writeError(number, folder);
        }
    }
    US_TRY(syncFolder(folder.parent_path()));
    std::error_code ignored;
    fs::remove_all(old, ignored);
    return {};
}

std::vector<SavedState> savedStates(const RunFolder& run, bool withValidation) {
    std::vector<SavedState> saved;
    for (const int64_t step : checkpointSteps(run)) {
        SavedState state{step, std::nullopt};
        if (withValidation) {
            // A damaged one is no candidate for the best.
            const auto info = loadInfo(run.checkpoint(step));
            state.validation = info.ok() ? info->ownValidation() : std::nullopt;
        }
        saved.push_back(state);
    }
    return saved;
}

}  // namespace

void CheckpointShelf::clear() const {
    std::error_code failed;
    std::vector<fs::path> stale;
    for (fs::directory_iterator at(run_.checkpoints(), failed), end; !failed && at != end;
         at.increment(failed)) {
        if (isTemporary(at->path())) {
            stale.push_back(at->path());
        }
    }
    for (const fs::path& path : stale) {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
}

Result<fs::path> CheckpointShelf::temporaryFor(int64_t step) const {
    US_TRY(createPrivateFolder(run_.checkpoints()));
    const fs::path temporary = besides(run_.checkpoint(step));
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
    return temporary;
}

Status CheckpointShelf::add(const fs::path& temporary, int64_t step) const {
    const Status moved = move(temporary, run_.checkpoint(step));
    if (!moved.ok()) {
        std::error_code ignored;
        fs::remove_all(temporary, ignored);
        return moved;
    }
    return name(run_.latest(), step);
}

Status CheckpointShelf::name(const fs::path& pointer, int64_t step) const {
    const std::string text = stepName(step) + "\n";
    const auto before = readFile(pointer, 4096);
    return before.ok() && *before == text ? Status() : writeFileAtomic(pointer, text);
}

Status CheckpointShelf::prune(int64_t newest, const KeepPolicy& policy) const {
    std::vector<SavedState> saved = savedStates(run_, policy.best);
    const std::vector<int64_t> pruned = stepsToPrune(saved, newest, policy);
    std::erase_if(saved, [&](const SavedState& state) { return state.step > newest; });
    // Before anything goes, so that it never names what has gone.
    if (const auto best = policy.best ? bestOf(saved) : std::nullopt) {
        US_TRY(name(run_.best(), *best));
    } else {
        std::error_code ignored;
        fs::remove(run_.best(), ignored);
    }
    for (const int64_t step : pruned) {
        // Renamed before it is emptied, so that a crash leaves no half.
        const fs::path folder = run_.checkpoint(step), aside = besides(folder);
        std::error_code failed;
        fs::rename(folder, aside, failed);
        if (!failed) {
            fs::remove_all(aside, failed);
        }
    }
    return {};
}

}  // namespace understudy::training
