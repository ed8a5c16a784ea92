// swap: a run's face onto a clip.
#include <filesystem>
#include <iostream>
#include <memory>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/project/project.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

struct SwapOptions {
    std::string project;
    std::string run;
    std::string clip;
    std::string out;
    std::string color, mask, frames;
};

std::string absolute(const std::string& path) {
    return fs::absolute(path).lexically_normal().string();
}

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
    JobRequest request;
    training::StartJob& start = request.start;
    start.kind = "swap";
    start.project = absolute(options.project);
    start.title = "Swap " + clip.name + " with " + options.run;
    start.run = options.run;
    start.clip = clip.name;
    start.arguments = {"--project", start.project, "--run", options.run,
                       "--clip",    clip.name,     "--out", absolute(options.out)};
    for (const auto& [name, value] : {std::pair{"--color", &options.color},
                                      {"--mask", &options.mask},
                                      {"--frames", &options.frames}}) {
        if (!value->empty()) {
            start.arguments.insert(start.arguments.end(), {name, *value});
        }
    }
    US_ASSIGN(const auto outcome, runJob(settings, request));
    Json result = {{"out", absolute(options.out)},
                   {"frames", nullptr},
                   {"swapped", nullptr},
                   {"passed_through", Json::array()}};
    result.update(outcome.result);
    return result;
}

void print(const Json& result) {
    std::cout << "Wrote " << result["out"].get<std::string>() << ": " << result["frames"]
              << " frames, " << result["swapped"] << " with the new face\n";
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
    verb->add_option("--color", options->color, "How the face takes the plate's tones");
    verb->add_option("--mask", options->mask, "Where the face is put");
    verb->add_option("--frames", options->frames, "Only these frames: 10-20,25");
    line.onParsed(
        verb, "swap", [&line, options] { return swap(line.settings, *options); }, print);
}

}  // namespace understudy::cli
