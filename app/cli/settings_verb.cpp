// settings: what a project or its site says about finding faces and about prices; without a
// project, what the user says of the machine and its background service.
#include <filesystem>
#include <iostream>
#include <memory>

#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/base/paths.h"
#include "media/project/project.h"
#include "training/client/machine_settings.h"
#include "training/prepare/price.h"
#include "training/prepare/project_settings.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

struct SettingsOptions {
    std::string project;
    std::vector<std::string> set;
};

// The user's own file is the last.
Result<Json> machineSettings(const SettingsOptions& options) {
    const std::vector<fs::path> files = siteSettingsFiles();
    for (const std::string& pair : options.set) {
        const size_t equals = pair.find('=');
        const std::string key = pair.substr(0, equals);
        if (equals == std::string::npos || !training::isMachineSetting(key)) {
            return Error{ErrorCode::usage, "there is no such setting of the machine",
                         "--set " + pair,
                         "Use devices.reserved=0, service.idleMinutes=10, disk.warnGiB=5 or "
                         "disk.pauseGiB=1; others belong to a project: give its folder"};
        }
        US_TRY(training::writeMachineSetting(files.back(), key, pair.substr(equals + 1)));
    }
    US_ASSIGN(const auto machine, training::readMachineSettings(files));
    Json all = Json::object();
    for (const auto& [key, value] : training::machineSettingsText(machine)) {
        const Json number = Json::parse(value, nullptr, false);
        all[key] = key != "devices.reserved" && number.is_number() ? number : Json(value);
    }
    return Json{{"settings", all}};
}

Result<Json> settings(const SettingsOptions& options) {
    if (options.project.empty()) {
        return machineSettings(options);
    }
    US_ASSIGN(auto project, media::Project::open(options.project, options.set.empty()));
    for (const std::string& pair : options.set) {
        const size_t equals = pair.find('=');
        // Without a value it is no setting either, and the answer says how they are written.
        const std::string key = pair.substr(0, equals);
        US_TRY(training::setProjectSetting(
            project, equals == std::string::npos ? "--set " + pair : key,
            equals == std::string::npos ? "" : pair.substr(equals + 1)));
    }
    US_ASSIGN(const auto values, training::projectSettingsText(project, siteSettingsFiles()));
    Json all = Json::object();
    for (const auto& [key, value] : values) {
        all[key] = key != training::kPriceSetting ? Json(value)
                   : value.empty()                ? Json()
                                                  : Json::parse(value);
    }
    return Json{{"settings", all}};
}

}  // namespace

void addSettingsVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand(
        "settings",
        "Show or change how a project finds faces and the price of a GPU; without a project, what "
        "this machine keeps for other work");
    auto options = std::make_shared<SettingsOptions>();
    verb->add_option("PROJECT", options->project, "The project's folder");
    verb->add_option("--set", options->set,
                     "face.detector=FILE.onnx, face.landmarker=FILE.onnx, train.price=2.5, "
                     "train.currency=EUR; without a project devices.reserved=0,1 (GPUs kept for "
                     "the viewport), "
                     "service.idleMinutes=10, disk.warnGiB=5, disk.pauseGiB=1")
        ->take_all();
    line.onParsed(
        verb, "settings", [options] { return settings(*options); },
        [](const Json& result) {
            for (const auto& [key, value] : result["settings"].items()) {
                std::cout << key << ": "
                          << (value == ""         ? "none"
                              : value.is_string() ? value.get<std::string>()
                              : value.is_null()   ? "not set"
                                                  : value.dump())
                          << '\n';
            }
        });
}

}  // namespace understudy::cli
