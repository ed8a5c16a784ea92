// settings: what a project or its site says about finding faces and about prices; without a
// project, what the user says of the machine and its background service.
#include <filesystem>
#include <iostream>
#include <memory>

#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/base/paths.h"
#include "media/face/face_models.h"
#include "media/project/project.h"
#include "training/client/machine_settings.h"
#include "training/prepare/price.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

struct SettingsOptions {
    std::string project;
    std::vector<std::string> set;
};

// Stored as an absolute path once it was loaded; "default", or nothing to ask the site again.
Result<std::string> modelOf(const std::string& key, const std::string& value) {
    if (value.empty() || value == media::kDefaultModel) {
        return value;
    }
    const std::string path = fs::absolute(value).lexically_normal().string();
    if (key == media::kDetectorSetting) {
        US_TRY(media::loadOnnxDetector(path));
    } else {
        US_TRY(media::loadOnnxLandmarker(path));
    }
    return path;
}

Status put(media::Project& project, const std::string& pair) {
    const size_t equals = pair.find('=');
    const std::string key = pair.substr(0, equals);
    if (equals != std::string::npos && key == training::kPriceSetting) {
        const std::string price = pair.substr(equals + 1);
        if (!price.empty()) {
            US_TRY(training::priceFromText(price));
        }
        return project.putSetting(key, price);
    }
    if (equals != std::string::npos && key == training::kCurrencySetting) {
        const std::string currency = pair.substr(equals + 1);
        if (!currency.empty()) {
            US_TRY(training::currencyFromText(currency));
        }
        return project.putSetting(key, currency);
    }
    if (equals == std::string::npos ||
        (key != media::kDetectorSetting && key != media::kLandmarkerSetting)) {
        return Error{ErrorCode::usage, "there is no such setting", "--set " + pair,
                     "Use face.detector=FILE.onnx or face.landmarker=FILE.onnx; FILE.onnx may be "
                     "default, or nothing for what the site says; train.price=2.5 is what one GPU "
                     "costs for an hour, train.currency=EUR what that is in"};
    }
    US_ASSIGN(const std::string value, modelOf(key, pair.substr(equals + 1)));
    return project.putSetting(key, value);
}

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
        US_TRY(put(project, pair));
    }
    US_ASSIGN(
        const media::FaceModelChoice chosen,
        media::chosenFaceModels([&project](const std::string& key) { return project.setting(key); },
                                project.folder()));
    US_ASSIGN(const auto price, training::pricePerHour(project, siteSettingsFiles()));
    US_ASSIGN(const auto currency, training::currencyOf(project, siteSettingsFiles()));
    const Json all = {{media::kDetectorSetting, chosen.detector},
                      {media::kLandmarkerSetting, chosen.landmarker},
                      {training::kPriceSetting, price ? Json(*price) : Json()},
                      {training::kCurrencySetting, currency}};
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
