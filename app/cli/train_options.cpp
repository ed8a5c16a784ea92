#include "app/cli/train_options.h"

#include <filesystem>

#include "app/cli/job_runner.h"
#include "media/base/log.h"
#include "media/base/paths.h"
#include "training/plan/plan.h"
#include "training/plan/run_folder.h"
#include "training/prepare/price.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

Error usage(const std::string& message, const std::string& where, const std::string& remedy) {
    return {ErrorCode::usage, message, where, remedy};
}

Status checkOptions(const TrainOptions& options) {
    const int limits =
        options.steps.has_value() + options.minutes.has_value() + options.untilLoss.has_value();
    if (limits > 1) {
        return usage("only one of --steps, --minutes and --until-loss can be given", "train",
                     "Leave the others out");
    }
    if (options.steps.value_or(1) < 1) {
        return usage("--steps must be 1 or more", "--steps", "For example --steps 20000");
    }
    if (!(options.minutes.value_or(1) > 0)) {
        return usage("--minutes must be more than 0", "--minutes", "For example --minutes 30");
    }
    if (!(options.price.value_or(0) >= 0)) {
        return usage("--price must not be negative", "--price",
                     "Give the price of one GPU for an hour, for example --price 2.5");
    }
    if (options.run.find('/') != std::string::npos || options.run == "." || options.run == "..") {
        return usage("a run cannot be named '" + options.run + "'", "--run",
                     "Use a plain name such as r01");
    }
    return {};
}

// A run that goes on keeps its plan; a new one starts from the preset.
Result<training::Plan> basePlan(const media::Project& project, const TrainOptions& options) {
    const training::RunFolder run{project.runFolder(options.run)};
    std::error_code failed;
    if (options.resume && !options.run.empty() && fs::exists(run.plan(), failed)) {
        return training::loadPlan(run.plan());
    }
    return training::loadPreset(options.preset);
}

Result<training::Plan> planFor(const media::Project& project, const TrainOptions& options) {
    US_ASSIGN(auto plan, basePlan(project, options));
    if (!options.source.empty()) {
        plan.source = options.source;
    }
    if (!options.destination.empty()) {
        plan.destination = options.destination;
    }
    if (plan.source.empty() || plan.destination.empty()) {
        return usage("a training needs --source and --destination", "train",
                     "Name the performer whose face appears, and the one on whose plates");
    }
    for (const auto& setting : options.settings) {
        const size_t equals = setting.find('=');
        if (equals == std::string::npos) {
            return usage("'" + setting + "' is not key=value", "--set",
                         "For example --set resolution=96");
        }
        US_TRY(training::setOption(plan, setting.substr(0, equals), setting.substr(equals + 1)));
    }
    if (!options.base.empty()) {
        US_TRY(training::setOption(plan, "base", options.base));
    }
    if (options.steps) {
        plan.steps = *options.steps;
    }
    US_TRY(plan.check());
    return plan;
}

// As short as it comes back exactly.
std::string numberText(double number) {
    return Json(number).dump();
}

// Faces that the plan needs larger, or with more or less of the head around them, are cut first.
// They were found before, so that takes seconds.
Status cutFaces(const Settings& settings, const media::Project& project,
                const training::RunRequest& run) {
    US_ASSIGN(const auto cuts, training::wantedCuts(project, run));
    for (const auto& cut : cuts) {
        JobRequest request = extractRequest(project.folder(), cut.clip, cut.size,
                                            std::string(media::faceTypeName(cut.type)));
        request.start.title = "Cut the faces of " + cut.clip;
        US_TRY(runJob(settings, request));
    }
    return {};
}

// A run keeps what its network and faces are made of: to ask for something else is no error, but
// must not pass for done.
Status warnOfKept(const media::Project& project, const TrainOptions& options,
                  const training::Plan& asked) {
    const training::RunFolder run{project.runFolder(options.run)};
    std::error_code failed;
    if (!options.resume || options.run.empty() || !fs::exists(run.plan(), failed)) {
        return {};
    }
    US_ASSIGN(const auto kept, training::loadPlan(run.plan()));
    for (const training::OptionInfo& option : training::planOptions()) {
        const std::string& key = option.key;
        const std::string value = training::optionValue(kept, key);
        if (!option.changeableWhileRunning && key != "devices" && key != "threads" &&
            key != "base" && value != training::optionValue(asked, key)) {
            logWarning("run " + options.run + " keeps " + key + "=" + value +
                       ": for another one start a new run");
        }
    }
    return {};
}

}  // namespace

void addTrainOptions(CLI::App& verb, TrainOptions& options) {
    verb.add_option("PROJECT", options.project, "The project's folder")->required();
    verb.add_option("--source", options.source, "Performer whose face appears");
    verb.add_option("--destination", options.destination, "Performer on whose plates it is put");
    verb.add_option("--preset", options.preset, "quick, standard, high or max")
        ->capture_default_str();
    verb.add_option("--set", options.settings, "A key of the plan, key=value (may be repeated)")
        ->allow_extra_args(false);
    verb.add_option("--base", options.base,
                    "Start from a run, a checkpoint folder or a base model (as --set base=)");
    verb.add_option("--steps", options.steps, "Length of the run in steps");
    verb.add_option("--minutes", options.minutes, "Length of the run in minutes of stepping");
    verb.add_option("--until-loss", options.untilLoss, "Until the smoothed loss is this low");
    verb.add_option("--price", options.price,
                    "Of one GPU for an hour; else the setting train.price");
    verb.add_option("--run", options.run, "Its name; r01, r02, ... if not given");
    verb.add_flag("--resume", options.resume, "Go on with the run if it exists");
}

Result<training::PreparedRun> prepareTraining(const Settings& settings, media::Project& project,
                                              const TrainOptions& options) {
    US_TRY(checkOptions(options));
    US_ASSIGN(const auto plan, planFor(project, options));
    US_TRY(warnOfKept(project, options, plan));
    const training::RunRequest wanted{options.run, plan, options.resume};
    US_TRY(cutFaces(settings, project, wanted));
    return training::prepareRun(project, wanted);
}

std::vector<std::string> limitArguments(const TrainOptions& options) {
    std::vector<std::string> arguments;
    if (options.steps) {
        arguments.insert(arguments.end(), {"--steps", std::to_string(*options.steps)});
    }
    if (options.minutes) {
        arguments.insert(arguments.end(), {"--minutes", numberText(*options.minutes)});
    }
    if (options.untilLoss) {
        arguments.insert(arguments.end(), {"--until-loss", numberText(*options.untilLoss)});
    }
    return arguments;
}

Result<std::vector<std::string>> priceArguments(const media::Project& project,
                                                const TrainOptions& options) {
    std::optional<double> price = options.price;
    if (!price) {
        US_ASSIGN(price, training::pricePerHour(project, siteSettingsFiles()));
    }
    return price ? std::vector<std::string>{"--price", numberText(*price)}
                 : std::vector<std::string>();
}

}  // namespace understudy::cli
