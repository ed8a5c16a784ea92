// swap: a run's face onto a clip.
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/base/paths.h"
#include "media/project/project.h"
#include "training/look/look_options.h"
#include "training/look/render_options.h"
#include "training/prepare/consent_gate.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

struct SwapOptions {
    std::string project;
    std::string run;
    std::string clip;
    std::string out;
    std::map<std::string, std::string> passedOn;  // by option, to the renderer
    std::string contactSheet;
    std::string matte;
    bool all = false;
    bool deliver = false;
};

// What the renderer checks itself, besides the look.
struct PassedOn {
    const char* name;
    const char* help;
};
constexpr PassedOn kPassedOn[] = {
    {"--frames", "Only these frames: 10-20,25"},
    {"--face", "Performer whose face appears; the run's source if not given"},
    {"--checkpoint", "Step of the run; the newest if not given"},
    {"--quality", training::kQualityHelp},
    {"--device", "auto, cpu or cuda:0"},
    {"--precision", "auto, fp32 or bf16"},
    {"--batch", "Faces in one pass of the network"},
    {"--threads", "CPU threads, 0 for all cores"},
};

Status checkRun(const media::Project& project, const std::string& name) {
    US_ASSIGN(const auto runs, project.runs());
    std::string known;
    for (const auto& run : runs) {
        if (run.name == name) {
            return {};
        }
        known += (known.empty() ? "" : ", ") + run.name;
    }
    return Error{ErrorCode::usage, "there is no run named '" + name + "'", "--run",
                 known.empty() ? "'understudy-cli train' makes one" : "There are: " + known};
}

Result<Json> swap(const Settings& settings, const SwapOptions& options) {
    US_ASSIGN(const auto project, media::Project::open(options.project, true));
    US_TRY(checkRun(project, options.run));
    US_ASSIGN(const auto clip, project.clip(options.clip));
    US_TRY(training::checkSwapConsent(project, options.run, clip.name, siteSettingsFiles()));
    JobRequest request;
    training::StartJob& start = request.start;
    start.kind = options.deliver ? "deliver" : "swap";
    start.project = absolutePath(options.project);
    start.title = (options.deliver ? "Deliver " : "Swap ") + clip.name + " with " + options.run;
    start.run = options.run;
    start.clip = clip.name;
    start.arguments = {"--project", start.project, "--run", options.run,
                       "--clip",    clip.name,     "--out", absolutePath(options.out)};
    for (const auto& [name, value] : options.passedOn) {
        if (!value.empty()) {
            start.arguments.insert(start.arguments.end(), {name, value});
        }
    }
    if (!options.contactSheet.empty()) {
        start.arguments.insert(start.arguments.end(),
                               {"--contact-sheet", absolutePath(options.contactSheet)});
    }
    if (!options.matte.empty()) {
        start.arguments.insert(start.arguments.end(), {"--matte", absolutePath(options.matte)});
    }
    if (options.all) {
        start.arguments.push_back("--all");
    }
    US_ASSIGN(const auto outcome, runJob(settings, request));
    Json result = {{"out", absolutePath(options.out)},
                   {"frames", nullptr},
                   {"swapped", nullptr},
                   {"passed_through", Json::array()}};
    if (outcome.detached) {
        result.update(detachedResult({outcome}));
    }
    result.update(outcome.result);
    return result;
}

void print(const Json& result) {
    if (result.contains("detached")) {
        std::cout << result["out"].get<std::string>() << ": rendered in the background as "
                  << result["job"].get<std::string>() << "; 'understudy-cli watch' shows it\n";
        return;
    }
    std::cout << "Wrote " << result["out"].get<std::string>() << ": " << result["frames"]
              << " frames, " << result["swapped"] << " with the new face\n";
    if (const auto version = result.find("version");
        version != result.end() && version->is_string() && !version->get<std::string>().empty()) {
        std::cout << "It is version " << version->get<std::string>() << " of its clip\n";
    }
    if (!result["passed_through"].empty()) {
        std::cout << "Left as they were: frames " << frameRanges(result["passed_through"]) << '\n';
    }
}

}  // namespace

void addSwapVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand("swap", "Put a run's face onto a clip");
    auto options = std::make_shared<SwapOptions>();
    verb->add_option("PROJECT", options->project, "The project's folder")->required();
    verb->add_option("--run", options->run, "The run that learned the face")->required();
    verb->add_option("--clip", options->clip, "The plate")->required();
    verb->add_option("--out", options->out, "A movie, or a sequence such as out.####.exr")
        ->required();
    for (const PassedOn& option : kPassedOn) {
        verb->add_option(option.name, options->passedOn[option.name], option.help);
    }
    for (const training::LookOption& look : training::lookOptions()) {
        verb->add_option(look.option(), options->passedOn[look.option()], look.help);
    }
    verb->add_option("--contact-sheet", options->contactSheet,
                     "PNG with plate and swap side by side");
    verb->add_option("--matte", options->matte,
                     "A movie or sequence of what of each pixel is the new face");
    verb->add_flag("--all", options->all, training::kRejectedHelp);
    verb->add_flag("--deliver", options->deliver, "A delivery: the queue lists it as one");
    addQueueing(*verb, line.settings.queue, "Return at once; the service renders");
    line.onParsed(
        verb, "swap", [&line, options] { return swap(line.settings, *options); }, print);
}

}  // namespace understudy::cli
