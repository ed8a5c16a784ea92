// deliver: versions in another form, named by the project's template.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <set>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/source/frame_list.h"
#include "media/source/frame_sink.h"
#include "training/prepare/delivery.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;
using media::Project;
using media::VersionRecord;
using training::Delivery;

struct DeliverOptions {
    std::string project;
    std::vector<std::string> clips;
    std::string version;
    std::string name;
    std::string to;
    std::string format = "exr";
    std::string frames;
    std::optional<int> handles;
    bool matte = false;
    bool list = false;
};

// Of each clip its newest approved version.
std::vector<VersionRecord> newestApproved(const std::vector<VersionRecord>& versions,
                                          const std::string& clip) {
    std::vector<VersionRecord> chosen;
    for (const VersionRecord& version : versions) {  // by clip and number
        if (version.status != media::VersionStatus::approved ||
            (!clip.empty() && version.clip != clip)) {
            continue;
        }
        if (!chosen.empty() && chosen.back().clip == version.clip) {
            chosen.pop_back();
        }
        chosen.push_back(version);
    }
    return chosen;
}

Result<std::vector<VersionRecord>> chosenVersions(const Project& project,
                                                  const DeliverOptions& options) {
    if (!options.version.empty() && options.clips.size() != 1) {
        return Error{ErrorCode::usage, "versions are numbered by clip", "--version",
                     "Name one clip with it: --clip NAME"};
    }
    if (!options.version.empty()) {
        US_ASSIGN(const auto version, project.version(options.clips.front(), options.version));
        return std::vector{version};
    }
    US_ASSIGN(const auto versions, project.versions());
    std::vector<VersionRecord> chosen;
    for (const std::string& clip : options.clips) {
        US_TRY(project.clip(clip));
        const auto approved = newestApproved(versions, clip);
        if (approved.empty()) {
            return Error{ErrorCode::usage, "no version of this clip is approved", clip,
                         "Approve one ('understudy-cli version status --set approved'), or name "
                         "one with --version"};
        }
        chosen.insert(chosen.end(), approved.begin(), approved.end());
    }
    if (options.clips.empty()) {
        chosen = newestApproved(versions, "");
    }
    if (chosen.empty()) {
        return Error{ErrorCode::usage, "no version is approved", options.project,
                     "Approve some, or name a clip and a version with --clip and --version"};
    }
    return chosen;
}

Result<training::NameTemplate> chosenName(const Project& project, const DeliverOptions& options) {
    if (!options.name.empty()) {
        return training::NameTemplate::parse(options.name);
    }
    US_ASSIGN(const auto kept, project.setting(training::kDeliveryNameSetting));
    return training::NameTemplate::parse(kept.value_or(training::kUsualDeliveryName));
}

Result<int> chosenHandles(const Project& project, const DeliverOptions& options) {
    US_ASSIGN(const auto kept, project.setting(training::kDeliveryHandlesSetting));
    const int handles = options.handles.value_or(kept ? std::atoi(kept->c_str()) : 0);
    return std::clamp(handles, 0, training::kMostHandles);
}

Result<std::vector<Delivery>> plan(const Project& project, const DeliverOptions& options) {
    US_ASSIGN(const auto format, training::deliveryFormat(options.format));
    US_ASSIGN(const auto name, chosenName(project, options));
    US_ASSIGN(const auto versions, chosenVersions(project, options));
    US_ASSIGN(const int handles, chosenHandles(project, options));
    US_ASSIGN(const auto kept, project.setting(training::kDeliveryFolderSetting));
    const fs::path folder = absolutePath(
        options.to.empty()
            ? (project.folder() / kept.value_or(training::kUsualDeliveryFolder)).string()
            : options.to);
    std::vector<Delivery> deliveries;
    std::set<std::string> taken;
    for (const VersionRecord& version : versions) {
        US_ASSIGN(const auto clip, project.clip(version.clip));
        US_ASSIGN(const auto file,
                  name.resolve(training::nameFields(project.folder().stem().string(), version, clip,
                                                    media::today()),
                               format.ending, format.movie));
        US_ASSIGN(const auto frames,
                  media::framesWithHandles(options.frames.empty() ? version.frames : options.frames,
                                           handles, clip.first, clip.last, clip.missing));
        Delivery delivery{version, (folder / file).string(), "", frames, handles};
        if (options.matte) {
            delivery.matte = training::matteBeside(delivery.out, format.movie);
        }
        if (!taken.insert(delivery.out).second) {
            return Error{ErrorCode::usage, "two clips would have files of the same name",
                         delivery.out, "Put {clip} into the name"};
        }
        deliveries.push_back(delivery);
    }
    return deliveries;
}

JobRequest jobOf(const std::string& project, const Delivery& delivery) {
    JobRequest request;
    training::StartJob& start = request.start;
    start.kind = "deliver";
    start.project = project;
    start.run = delivery.version.run;
    start.clip = delivery.version.clip;
    start.title = "Deliver " + start.clip + " " + media::versionName(delivery.version.number);
    start.arguments = training::deliveryArguments(project, delivery);
    return request;
}

Json deliveryJson(const Delivery& delivery) {
    return {{"clip", delivery.version.clip},
            {"version", media::versionName(delivery.version.number)},
            {"status", media::versionStatusName(delivery.version.status)},
            {"out", delivery.out},
            {"frame_list", delivery.frames},
            {"handles", delivery.handles},
            {"matte", delivery.matte.empty() ? Json(nullptr) : Json(delivery.matte)}};
}

Result<Json> deliver(const Settings& settings, const DeliverOptions& options) {
    std::vector<Delivery> deliveries;
    {
        US_ASSIGN(const auto project, Project::open(options.project, true));
        US_ASSIGN(deliveries, plan(project, options));
    }
    Json result = {{"deliveries", Json::array()}, {"warnings", Json::array()}};
    std::vector<JobRequest> jobs;
    for (const Delivery& delivery : deliveries) {
        result["deliveries"].push_back(deliveryJson(delivery));
        if (delivery.version.status != media::VersionStatus::approved) {
            result["warnings"].push_back(
                media::versionName(delivery.version.number) + " of " + delivery.version.clip +
                " is not approved: it is " +
                std::string(media::versionStatusName(delivery.version.status)));
        }
        jobs.push_back(jobOf(absolutePath(options.project), delivery));
    }
    if (options.list) {
        return result;
    }
    US_ASSIGN(const auto outcomes, runJobs(settings, jobs));
    for (size_t i = 0; i < outcomes.size(); ++i) {
        result["deliveries"][i].update(outcomes[i].result);
        for (const std::string& warning : outcomes[i].warnings) {
            result["warnings"].push_back(warning);
        }
    }
    if (outcomes.front().detached) {
        result.update(detachedResult(outcomes));
    }
    return result;
}

void print(const Json& result) {
    for (const auto& warning : result["warnings"]) {
        std::cerr << warning.get<std::string>() << '\n';
    }
    for (const auto& each : result["deliveries"]) {
        std::cout << each["clip"].get<std::string>() << ' ' << each["version"].get<std::string>()
                  << ": " << each["out"].get<std::string>();
        if (each.contains("frames")) {
            std::cout << ", " << each["frames"] << " frames";
        }
        std::cout << '\n';
    }
}

std::string nameHelp() {
    std::string tokens;
    for (const auto& token : training::nameTokens()) {
        tokens += (tokens.empty() ? "{" : " {") + token.name + "}";
    }
    return "How files are named, without their ending; the project's way if not given. Tokens: " +
           tokens;
}

}  // namespace

void addDeliverVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand("deliver", "Write approved versions for others");
    auto options = std::make_shared<DeliverOptions>();
    verb->add_option("PROJECT", options->project, "The project's folder")->required();
    verb->add_option("--clip", options->clips,
                     "Only this clip (may be repeated); all that have an approved version if not "
                     "given")
        ->allow_extra_args(false)
        ->take_all();
    verb->add_option("--version", options->version,
                     "v003 of the clip; its newest approved one if not given");
    verb->add_option("--name", options->name, nameHelp());
    verb->add_option("--to", options->to,
                     "The folder to write below; the project's own if not given");
    std::string formats;
    for (const auto& format : training::deliveryFormats()) {
        formats += (formats.empty() ? "" : ", ") + format.name;
    }
    verb->add_option("--format", options->format, formats)->capture_default_str();
    verb->add_option("--frames", options->frames,
                     "Only these frames: 1001-1050; those of the version if not given");
    verb->add_option("--handles", options->handles,
                     "So many frames more at each end, as far as the clip has them; the project's "
                     "number if not given, else none")
        ->check(CLI::Range(0, training::kMostHandles));
    verb->add_flag("--matte", options->matte,
                   "Beside it what of each pixel is the new face, as NAME_matte");
    verb->add_flag("--list", options->list, "Say what would be written, and write nothing");
    addQueueing(*verb, line.settings.queue, "Return at once; the service renders");
    line.onParsed(
        verb, "deliver", [&line, options] { return deliver(line.settings, *options); }, print);
}

}  // namespace understudy::cli
