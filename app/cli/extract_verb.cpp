// extract: one job a clip.
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "app/cli/faces_report.h"
#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/project/project.h"
#include "training/plan/search_options.h"

namespace understudy::cli {
namespace {

struct ExtractOptions {
    std::string project;
    std::vector<std::string> clips;
    int size = 256;
    std::string type = "whole_face";
    bool replaceImported = false;
    int person = 0;
    std::optional<double> occlusion;
};

Result<Json> extract(const Settings& settings, const ExtractOptions& options) {
    US_ASSIGN(auto project, media::Project::open(options.project, true));
    US_ASSIGN(const auto clips, clipsAskedFor(project, options.clips));
    if (clips.empty()) {
        return Error{ErrorCode::usage, "the project has no clips", options.project,
                     "'understudy-cli import' brings them in"};
    }
    if (options.person != 0 && clips.size() != 1) {
        return Error{ErrorCode::usage, "--person goes with one clip", "--person",
                     "Name it with --clip"};
    }
    const auto start = std::chrono::steady_clock::now();
    std::map<std::string, std::vector<std::string>> warnings;
    double frames = 0;
    std::vector<JobRequest> requests;
    for (const auto& clip : clips) {
        auto request = extractRequest(options.project, clip.name, options.size, options.type,
                                      options.replaceImported, options.person);
        if (options.occlusion) {
            request.start.arguments.emplace_back("--occlusion");
            request.start.arguments.push_back(std::to_string(*options.occlusion));
        }
        requests.push_back(std::move(request));
    }
    US_ASSIGN(const auto outcomes, runJobs(settings, requests));
    if (outcomes.front().detached) {
        return detachedResult(outcomes);
    }
    for (size_t i = 0; i < clips.size(); ++i) {
        warnings[clips[i].name] = outcomes[i].warnings;
        // What was found earlier and is not searched again does not count for the speed.
        frames += outcomes[i].result.value("searched", static_cast<double>(clips[i].frames));
    }
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    US_ASSIGN(const Json report, facesReport(project, clips, warnings));
    return Json{{"clips", report},
                {"seconds", numberOrNull(seconds)},
                {"frames_per_s", numberOrNull(seconds > 0 ? frames / seconds : 0)}};
}

void print(const Json& result) {
    if (result.contains("detached")) {
        std::cout << "In the queue: " << result["jobs"].size()
                  << " jobs; 'understudy-cli watch' shows them\n";
        return;
    }
    printFaces(result);
    std::cout << shortNumber(result["seconds"], 1) << " s, "
              << shortNumber(result["frames_per_s"], 1) << " frames a second\n";
}

}  // namespace

void addExtractVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand("extract", "Find and align the faces in the clips");
    auto options = std::make_shared<ExtractOptions>();
    verb->add_option("PROJECT", options->project, "The project's folder")->required();
    verb->add_option("--clip", options->clips, "Only this clip (may be repeated)");
    const auto help = [](const char* key) { return training::searchOption(key).info.help; };
    verb->add_option("--size", options->size, help("size"))->capture_default_str();
    verb->add_option("--type", options->type, help("type"))->capture_default_str();
    verb->add_option("--occlusion", options->occlusion, help("occlusion") + " [1]")
        ->check(CLI::Range(0.0, 1.0));
    verb->add_flag("--replace-imported", options->replaceImported, help("replace-imported"));
    verb->add_option("--person", options->person,
                     help("person") + "; as listed under \"people\", needs one --clip")
        ->capture_default_str();
    addQueueing(*verb, line.settings.queue, "Return at once; the service searches");
    line.onParsed(
        verb, "extract", [&line, options] { return extract(line.settings, *options); }, print);
}

}  // namespace understudy::cli
