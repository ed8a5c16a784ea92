// reproduce: trains a run again from its start, in a folder of its own, and says whether it goes
// the same way.
#include <filesystem>
#include <iostream>
#include <memory>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/run_choice.h"
#include "app/cli/verbs.h"
#include "media/base/file.h"
#include "media/base/temporary_folder.h"
#include "training/plan/base_path.h"
#include "training/plan/changes.h"
#include "training/plan/selection.h"
#include "training/record/environment.h"
#include "training/record/run_comparison.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;
using training::RunFolder;

struct ReproduceOptions {
    RunChoice choice;
    int64_t steps = 0;
    std::string keep;
};

// Removed at the end, unless the user names a place to keep it.
class CopyFolder {
  public:
    static Result<CopyFolder> make(const ReproduceOptions& options) {
        CopyFolder copy;
        copy.kept_ = !options.keep.empty();
        std::error_code failed;
        if (copy.kept_) {
            copy.path_ = absolutePath(options.keep);
            if (fs::exists(copy.path_, failed)) {
                return Error{ErrorCode::usage, "the folder is there already", copy.path_.string(),
                             "Name a folder for --keep that does not exist"};
            }
        } else {
            US_ASSIGN(TemporaryFolder folder, TemporaryFolder::make());
            copy.path_ = folder.release();
            return copy;
        }
        US_TRY(createPrivateFolder(copy.path_));
        return copy;
    }
    CopyFolder(CopyFolder&& other) noexcept
        : path_(std::exchange(other.path_, {})), kept_(other.kept_) {}
    CopyFolder& operator=(CopyFolder&&) = delete;
    ~CopyFolder() {
        if (!path_.empty() && !kept_) {
            std::error_code ignored;
            fs::remove_all(path_, ignored);
        }
    }

    const fs::path& path() const { return path_; }

  private:
    CopyFolder() = default;

    fs::path path_;
    bool kept_ = false;
};

// Plan, faces and changes of the run, so that they mean the same from another folder.
Status copyRun(const RunFolder& run, const RunFolder& copy,
               const std::vector<training::Environment>& starts) {
    US_ASSIGN(auto plan, training::loadPlan(run.plan()));
    US_ASSIGN(auto selection, training::loadSelection(run.selection()));
    US_ASSIGN(const auto changes, training::readChanges(run.changes()));
    for (size_t i = 0; i < selection.packs.size(); ++i) {
        selection.packs[i] = absolutePath(training::packPath(selection, i, run.path));
    }
    if (!plan.base.empty()) {
        US_ASSIGN(const fs::path base, training::findBase(plan.base, run.path.parent_path()));
        plan.base = absolutePath(base);
    }
    if (!starts.empty()) {
        // Sums depend on how many threads share them, and on the precision that auto chose.
        plan.threads = starts.front().threads;
        plan.precision = starts.front().precision;
    }
    US_TRY(training::saveSelection(selection, copy.selection()));
    if (!changes.empty()) {
        US_TRY(training::appendChanges(copy.changes(), changes));
    }
    return training::savePlan(plan, copy.plan());
}

JobRequest requestFor(const RunFolder& run, const RunFolder& copy, const ReproduceOptions& options,
                      const std::vector<training::Environment>& starts) {
    JobRequest request;
    training::StartJob& start = request.start;
    start.kind = "train";
    start.project = copy.path.string();
    start.title = "Repeat " + run.path.filename().string();
    request.log = copy.log(0);  // of no project's run, and gone with the copy
    start.arguments = {"--run", copy.path.string(), "--stop-after", std::to_string(options.steps)};
    // The schedule follows the length that the command line gave.
    if (!starts.empty() && starts.front().steps) {
        start.arguments.insert(start.arguments.end(),
                               {"--steps", std::to_string(*starts.front().steps)});
    }
    if (!starts.empty() && starts.front().minutes) {
        start.arguments.insert(start.arguments.end(),
                               {"--minutes", Json(*starts.front().minutes).dump()});
    }
    return request;
}

// Where this machine is not the one of then, in words.
std::vector<std::string> notesOf(const std::vector<training::Environment>& before,
                                 const std::vector<training::Environment>& again) {
    std::vector<std::string> notes;
    if (before.empty() || again.empty()) {
        notes.emplace_back("the run does not say on what it was trained");
        return notes;
    }
    const training::Environment& then = before.front();
    const training::Environment& now = again.front();
    const auto compare = [&](const std::string& what, const std::string& a, const std::string& b) {
        if (a != b) {
            notes.push_back(what + " was " + a + " and is " + b);
        }
    };
    compare("the CPU", then.cpu, now.cpu);
    compare("the number of devices", std::to_string(then.devices.size()),
            std::to_string(now.devices.size()));
    compare("the number of threads", std::to_string(then.threads), std::to_string(now.threads));
    for (const auto& [name, version] : then.versions) {
        const auto other = now.versions.find(name);
        compare("the version of " + name, version,
                other != now.versions.end() ? other->second : "none");
    }
    if (then.minutes) {
        notes.emplace_back(
            "the length of the run was given in minutes, so its learning rate followed the clock "
            "and no two runs are the same to the bit");
    }
    return notes;
}

Json resultOf(const training::RunComparison& comparison) {
    Json first;
    if (comparison.first) {
        first = {{"step", comparison.first->step},
                 {"term", comparison.first->term},
                 {"before", numberOrNull(comparison.first->before)},
                 {"again", numberOrNull(comparison.first->again)}};
    }
    return {{"verdict", training::nameOf(comparison.verdict)},
            {"lines", comparison.lines},
            {"max_relative_difference", numberOrNull(comparison.mostRelative)},
            {"first_difference", first},
            {"weights_equal", comparison.weightsEqual ? Json(*comparison.weightsEqual) : Json()},
            {"weights_step", comparison.weightsEqual ? Json(comparison.weightsStep) : Json()}};
}

Result<std::vector<training::Environment>> startsOf(const RunFolder& run) {
    std::error_code failed;
    if (!fs::exists(run.environment(), failed)) {
        return std::vector<training::Environment>();
    }
    return training::readStarts(run.environment());
}

Result<Json> reproduce(const Settings& settings, const ReproduceOptions& options) {
    if (options.steps < 1) {
        return Error{ErrorCode::usage, "--steps must be 1 or more", "--steps",
                     "For example --steps 100"};
    }
    const RunFolder run{options.choice.path()};
    if (std::error_code failed; !fs::exists(run.plan(), failed)) {
        return Error{ErrorCode::missingInput, "there is no such run", run.path.string(),
                     "Name the folder of a run, or a project and --run"};
    }
    US_TRY(training::checkSelectedFaces(run));
    US_ASSIGN(const auto starts, startsOf(run));
    US_ASSIGN(const CopyFolder folder, CopyFolder::make(options));
    const RunFolder copy{folder.path()};
    US_TRY(copyRun(run, copy, starts));
    // The service keeps jobs of projects; this one is of no project and is gone afterwards.
    Settings local = settings;
    local.local = true;
    US_ASSIGN(const auto outcome, runJob(local, requestFor(run, copy, options, starts)));
    US_ASSIGN(const auto comparison, training::compareRuns(run, copy, options.steps));
    US_ASSIGN(const auto again, startsOf(copy));
    Json result = {{"run", run.path.filename().string()},
                   {"steps", outcome.result.value("step", Json(options.steps))}};
    result.update(resultOf(comparison));
    result["notes"] = notesOf(starts, again);
    result["kept"] = options.keep.empty() ? Json() : Json(folder.path().string());
    return result;
}

void print(const Json& result) {
    std::cout << result["run"].get<std::string>() << ", " << result["steps"]
              << " steps: " << result["verdict"].get<std::string>() << " (" << result["lines"]
              << " lines of history compared";
    if (result["weights_equal"].is_boolean()) {
        std::cout << ", weights of step " << result["weights_step"]
                  << (result["weights_equal"].get<bool>() ? " equal" : " not equal");
    }
    std::cout << ")\n";
    if (const Json& first = result["first_difference"]; first.is_object()) {
        std::cout << "from step " << first["step"] << " on: " << first["term"].get<std::string>()
                  << " was " << first["before"] << " and is " << first["again"] << '\n';
    }
    for (const auto& note : result["notes"]) {
        std::cout << note.get<std::string>() << '\n';
    }
}

}  // namespace

void addReproduceVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand(
        "reproduce", "Train a run again from its start and say whether it goes the same way");
    auto options = std::make_shared<ReproduceOptions>();
    verb->add_option("RUN", options->choice.first, "The run's folder, or a project")->required();
    verb->add_option("--run", options->choice.run, "The run, where a project is named");
    verb->add_option("--steps", options->steps, "How many steps of it")->required();
    verb->add_option("--keep", options->keep, "A new folder that the repeated run is kept in");
    line.onParsed(
        verb, "reproduce", [&line, options] { return reproduce(line.settings, *options); }, print);
}

}  // namespace understudy::cli
