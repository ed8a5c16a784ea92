// train: plan, run folder, job.
#include <iostream>
#include <memory>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/train_options.h"
#include "app/cli/verbs.h"
#include "media/base/paths.h"
#include "training/prepare/price.h"

namespace understudy::cli {
namespace {

JobRequest requestFor(const media::Project& project, const training::PreparedRun& run,
                      const TrainOptions& options, const std::vector<std::string>& price) {
    JobRequest request;
    request.detachOnInterrupt = true;
    training::StartJob& start = request.start;
    start.kind = "train";
    start.project = absolutePath(project.folder());
    start.title = "Train " + run.name;
    start.run = run.name;
    start.shareDevices = options.shareDevices;
    start.arguments = {"--run", absolutePath(run.folder)};
    const auto limits = limitArguments(options);
    start.arguments.insert(start.arguments.end(), limits.begin(), limits.end());
    start.arguments.insert(start.arguments.end(), price.begin(), price.end());
    return request;
}

Result<Json> train(const Settings& settings, const TrainOptions& options) {
    US_ASSIGN(auto project, media::Project::open(options.project));
    // The cuts that it needs are made now, whenever its turn is.
    Settings cuts = settings;
    cuts.queue = {};
    US_ASSIGN(const auto run, prepareTraining(cuts, project, options));
    US_ASSIGN(const auto price, priceArguments(project, options));
    // Before the work: what is wrong with it must not spoil a training that is done.
    US_ASSIGN(const auto currency, training::currencyOf(project, siteSettingsFiles()));
    US_ASSIGN(const auto outcome, runJob(settings, requestFor(project, run, options, price)));
    Json result = {{"run", run.name}};
    for (const char* field : {"step", "seconds", "loss", "validation", "checkpoint", "cost",
                              "gpu_hours", "energy_kwh"}) {
        result[field] = outcome.result.value(field, Json());
    }
    if (result["cost"].is_number()) {
        result["currency"] = currency;
    }
    if (outcome.detached) {
        result.update(detachedResult({outcome}));
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
    if (result["gpu_hours"].is_number()) {
        std::cout << ", " << shortNumber(result["gpu_hours"], 2) << " GPU-hours";
    }
    if (result["cost"].is_number()) {
        std::cout << ", cost "
                  << training::costText(result["cost"].get<double>(),
                                        result.value("currency", training::kUsualCurrency));
    }
    if (result["energy_kwh"].is_number()) {
        std::cout << ", " << shortNumber(result["energy_kwh"], 2) << " kWh";
    }
    if (result.contains("efficiency")) {
        std::cout << ", the devices at " << shortNumber(100 * result["efficiency"].get<double>(), 0)
                  << " % of what they would give alone";
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
    addTrainOptions(*verb, *options);
    addQueueing(*verb, line.settings.queue, "Return at once; the service trains");
    verb->add_flag("--share-devices", options->shareDevices,
                   "Do not wait for devices on which other trainings run");
    line.onParsed(
        verb, "train", [&line, options] { return train(line.settings, *options); }, print);
}

}  // namespace understudy::cli
