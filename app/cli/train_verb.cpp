// train: plan, run folder, job.
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/project/project.h"
#include "training/plan/plan.h"
#include "training/plan/run_folder.h"
#include "training/prepare/prepare.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

struct TrainOptions {
    std::string project;
    std::string source;
    std::string destination;
    std::string preset = "quick";
    std::vector<std::string> settings;
    std::optional<int64_t> steps;
    std::optional<double> minutes;
    std::optional<double> untilLoss;
    std::string run;
    bool resume = false;
    bool detach = false;
};

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

JobRequest requestFor(const media::Project& project, const training::PreparedRun& run,
                      const TrainOptions& options) {
    JobRequest request;
    request.detach = options.detach;
    request.detachOnInterrupt = true;
    training::StartJob& start = request.start;
    start.kind = "train";
    start.project = absolutePath(project.folder());
    start.title = "Train " + run.name;
    start.run = run.name;
    start.arguments = {"--run", absolutePath(run.folder)};
    if (options.steps) {
        start.arguments.insert(start.arguments.end(), {"--steps", std::to_string(*options.steps)});
    }
    if (options.minutes) {
        start.arguments.insert(start.arguments.end(), {"--minutes", numberText(*options.minutes)});
    }
    if (options.untilLoss) {
        start.arguments.insert(start.arguments.end(),
                               {"--until-loss", numberText(*options.untilLoss)});
    }
    return request;
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

Result<Json> train(const Settings& settings, const TrainOptions& options) {
    US_TRY(checkOptions(options));
    US_ASSIGN(auto project, media::Project::open(options.project));
    US_ASSIGN(const auto plan, planFor(project, options));
    const training::RunRequest wanted{options.run, plan, options.resume};
    US_TRY(cutFaces(settings, project, wanted));
    US_ASSIGN(const auto run, training::prepareRun(project, wanted));
    US_ASSIGN(const auto outcome, runJob(settings, requestFor(project, run, options)));
    Json result = {{"run", run.name}};
    for (const char* field : {"step", "seconds", "loss", "validation", "checkpoint", "cost"}) {
        result[field] = outcome.result.value(field, Json());
    }
    if (outcome.detached) {
        result["job"] = outcome.job;
        result["detached"] = true;
        result["step"] = outcome.step;
    }
    result.update(outcome.result);
    return result;
}

void print(const Json& result) {
    std::cout << result["run"].get<std::string>() << ": ";
    if (result.contains("detached")) {
        std::cout << "runs in the background as " << result["job"].get<std::string>()
                  << "; 'understudy-cli watch' shows it\n";
        return;
    }
    std::cout << "step " << result["step"] << ", loss " << shortNumber(result["loss"], 4);
    if (result["seconds"].is_number()) {
        std::cout << ", " << duration(result["seconds"].get<double>());
    }
    std::cout << '\n';
    if (result["checkpoint"].is_string()) {
        std::cout << "saved as " << result["checkpoint"].get<std::string>() << '\n';
    }
}

}  // namespace

void addTrainVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand("train", "Train a network on the faces of two performers");
    auto options = std::make_shared<TrainOptions>();
    verb->add_option("PROJECT", options->project, "The project's folder")->required();
    verb->add_option("--source", options->source, "Performer whose face appears");
    verb->add_option("--destination", options->destination, "Performer on whose plates it is put");
    verb->add_option("--preset", options->preset, "quick, standard, high or max")
        ->capture_default_str();
    verb->add_option("--set", options->settings, "A key of the plan, key=value (may be repeated)")
        ->allow_extra_args(false);
    verb->add_option("--steps", options->steps, "Length of the run in steps");
    verb->add_option("--minutes", options->minutes, "Length of the run in minutes of stepping");
    verb->add_option("--until-loss", options->untilLoss, "Until the smoothed loss is this low");
    verb->add_option("--run", options->run, "Its name; r01, r02, ... if not given");
    verb->add_flag("--resume", options->resume, "Go on with the run if it exists");
    verb->add_flag("--detach", options->detach, "Return at once; the service trains");
    line.onParsed(
        verb, "train", [&line, options] { return train(line.settings, *options); }, print);
}

}  // namespace understudy::cli
