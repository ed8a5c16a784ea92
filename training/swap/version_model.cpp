#include "training/swap/version_model.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <vector>

#include "media/base/file.h"
#include "training/plan/run_folder.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

const std::string kNew = ".new-";  // and the process that gathers it

Status copyFile(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::copy_file(from, to, failed);
    if (failed) {
        return failed == std::errc::no_such_file_or_directory
                   ? Error{ErrorCode::missingInput, "a file of the run is missing", from.string(),
                           "Put it back, or train the run again"}
                   : writeError(failed.value(), to);
    }
    return {};
}

Status linkOrCopy(const fs::path& from, const fs::path& to) {
    return ::link(from.c_str(), to.c_str()) == 0 ? Status() : copyFile(from, to);
}

Status gather(const RunFolder& run, int64_t step, const RunFolder& model) {
    const fs::path checkpoint = model.checkpoint(step);
    US_TRY(createPrivateFolder(model.path));
    US_TRY(createPrivateFolder(model.checkpoints()));
    US_TRY(createPrivateFolder(checkpoint));
    std::error_code failed;
    // These may still grow while the run goes on.
    for (const auto file :
         {&RunFolder::plan, &RunFolder::selection, &RunFolder::changes, &RunFolder::environment}) {
        if (fs::exists((run.*file)(), failed)) {
            US_TRY(copyFile((run.*file)(), (model.*file)()));
        }
    }
    fs::directory_iterator files(run.checkpoint(step), failed);
    if (failed) {
        return Error{ErrorCode::missingInput, "the checkpoint cannot be read",
                     run.checkpoint(step).string(), "Use another checkpoint of the run"};
    }
    for (const fs::directory_iterator end; !failed && files != end; files.increment(failed)) {
        if (files->is_regular_file(failed)) {
            US_TRY(linkOrCopy(files->path(), checkpoint / files->path().filename()));
        }
    }
    if (failed) {
        return Error{ErrorCode::missingInput, "the checkpoint cannot be read",
                     run.checkpoint(step).string(), "Use another checkpoint of the run"};
    }
    US_TRY(syncFolder(checkpoint));
    return writeFileAtomic(model.latest(), stepName(step) + "\n", 0600);
}

// What renders that were killed had gathered.
void removeLeftovers(const fs::path& parent) {
    std::error_code failed;
    std::vector<fs::path> dead;
    for (fs::directory_iterator at(parent, failed), end; !failed && at != end;
         at.increment(failed)) {
        const std::string name = at->path().filename().string();
        const pid_t process = name.starts_with(kNew) ? std::atoi(name.c_str() + kNew.size()) : 0;
        if (process > 0 && ::kill(process, 0) != 0 && errno == ESRCH) {
            dead.push_back(at->path());
        }
    }
    for (const fs::path& folder : dead) {
        fs::remove_all(folder, failed);
    }
}

}  // namespace

Result<fs::path> gatherModel(const fs::path& run, int64_t step, const fs::path& parent) {
    US_TRY(createPrivateFolder(parent));
    const fs::path folder = parent / (kNew + std::to_string(::getpid()));
    std::error_code ignored;
    removeLeftovers(parent);
    fs::remove_all(folder, ignored);  // of a process of this number that died
    if (const Status status = gather({run}, step, {folder}); !status.ok()) {
        fs::remove_all(folder, ignored);
        return status.error();
    }
    return folder;
}

fs::path modelFolder(const media::Project& project, const std::string& run,
                     const std::optional<int64_t>& step) {
    const RunFolder own{project.runFolder(run)};
    std::error_code failed;
    if (step ? fs::exists(own.checkpoint(*step), failed) : !checkpointSteps(own).empty()) {
        return own.path;
    }
    fs::path best = own.path;
    int64_t newest = -1;
    const auto versions = project.versions();
    for (size_t i = 0; versions.ok() && i < versions->size(); ++i) {
        const media::VersionRecord& version = (*versions)[i];
        const RunFolder kept{project.versionFolder(version)};
        if (version.run == run && version.step > newest && (!step || version.step == *step) &&
            fs::exists(kept.checkpoint(version.step), failed)) {
            newest = version.step;
            best = kept.path;
        }
    }
    return best;
}

}  // namespace understudy::training
