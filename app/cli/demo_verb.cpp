// demo: the whole work on rendered performers, from nothing to a swap and how good it is.
#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "app/cli/command_line.h"
#include "app/cli/output.h"
#include "app/cli/truth_verbs.h"
#include "media/project/project.h"
#include "media/truth/comparison_sheet.h"
#include "training/plan/base_path.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNoBase = "none";

struct DemoOptions {
    std::string out = "understudy-demo";
    double minutes = 6;
    uint64_t seed = 1;
    int frames = 240;
    std::string base = "quick";  // a base model, or kNoBase
};

// A verb as if it were the command line.
Result<Json> runVerb(const Settings& settings, const std::vector<std::string>& words) {
    CommandLine line;
    addAllVerbs(line);
    US_TRY(parseWords(line, words));
    line.settings = settings;
    return line.chosen.run();
}

// Nobody has to ask who was rendered.
Status recordConsent(const std::string& folder) {
    US_ASSIGN(auto project, media::Project::open(folder));
    for (const char* performer : {"source", "destination"}) {
        US_TRY(project.putConsent(media::syntheticConsent(performer), media::personHere()));
    }
    return {};
}

// Before anything is rendered.
Status checkOptions(const DemoOptions& options, const fs::path& out) {
    if (!(options.minutes > 0)) {
        return Error{ErrorCode::usage, "the time to train is not positive", "--minutes",
                     "Give minutes above 0"};
    }
    if (fs::exists(out) && !fs::is_empty(out)) {
        return Error{ErrorCode::usage, "the folder is there and not empty", out.string(),
                     "Name another one with --out, or remove it"};
    }
    if (options.base != kNoBase) {
        US_TRY(training::findBase(options.base, out));
    }
    return {};
}

Result<Json> demo(const Settings& settings, const DemoOptions& options) {
    const fs::path out = absolutePath(options.out);
    US_TRY(checkOptions(options, out));
    media::PerformerClips clips;
    clips.folder = out / "footage";
    clips.seed = options.seed;
    clips.frames = options.frames;
    clips.truth = true;
    clips.swaps = {{0, 1}};
    US_ASSIGN(const Json footage, makePerformers(clips));

    const std::string project = (out / "demo.understudy").string();
    const std::string swap = (out / "swap.mp4").string();
    const fs::path sheet = out / "contact_sheet.png";
    const fs::path truth = clips.folder / "truth" / "swap_0_on_1";
    std::vector<std::string> train = {
        "train",       project,    "--source", "source",    "--destination",
        "destination", "--preset", "quick",    "--minutes", std::to_string(options.minutes),
        "--run",       "demo"};
    if (options.base != kNoBase) {
        // Shade, so that a beard or brows that only one of them has are one more shadow to the
        // code.
        train.insert(train.end(), {"--base", options.base, "--set", "augment.shade=0.8"});
    }
    const std::vector<std::vector<std::string>> imports = {
        {"new", project},
        {"import", project, "--performer", "source", footage["clips"][0]},
        {"import", project, "--performer", "destination", footage["clips"][1]}};
    for (const auto& words : imports) {
        US_TRY(runVerb(settings, words));
    }
    US_TRY(recordConsent(project));
    const std::vector<std::vector<std::string>> verbs = {
        {"extract", project, "--type", "whole_face"},
        train,
        // Both are lit alike, on one stage, and nothing passes before them.
        {"swap", project, "--run", "demo", "--clip", "performer_1", "--out", swap, "--lighting",
         "0", "--occlusion", "0.5"}};
    for (const auto& words : verbs) {
        US_ASSIGN(const Json done, runVerb(settings, words));
        if (done.contains("detached")) {
            return Error{ErrorCode::saved, "stopped on request; the training goes on by itself",
                         project, "'understudy-cli stop' ends it, then remove the folder"};
        }
    }
    US_ASSIGN(const Json figures, evaluate(swap, truth));
    US_TRY(media::writeComparisonSheet(sheet, swap, truth));
    Json result = {{"swap", swap}, {"contact_sheet", sheet.string()}};
    result.update(figures);
    return result;
}

void print(const Json& result) {
    std::cout << "Swapped clip:   " << result["swap"].get<std::string>()
              << "\nContact sheet:  " << result["contact_sheet"].get<std::string>()
              << "  (source, destination, swap, truth)\n";
    printEvaluation(result);
}

}  // namespace

void addDemoVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand(
        "demo", "The whole work on rendered performers, and how near the swap comes to the truth");
    auto options = std::make_shared<DemoOptions>();
    verb->add_option("--out", options->out, "Folder for all of it")->capture_default_str();
    verb->add_option("--minutes", options->minutes, "Minutes of training")->capture_default_str();
    verb->add_option("--seed", options->seed, "Other people")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    verb->add_option("--frames", options->frames, "Frames of each clip")->capture_default_str();
    verb->add_option("--base", options->base,
                     "What the training starts from: a base model, or none for nothing")
        ->capture_default_str();
    line.onParsed(
        verb, "demo", [&line, options] { return demo(line.settings, *options); }, print);
}

}  // namespace understudy::cli
