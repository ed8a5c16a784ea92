#include "training/record/calibration.h"

#include <charconv>
#include <cmath>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "media/base/file.h"
#include "media/base/paths.h"
#include "media/base/sha256.h"

namespace understudy::training {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr uint64_t kLimit = 64 << 10;

Json jsonOf(const CalibrationKey& key) {
    return {{"network", key.network},
            {"batch", key.batch},
            {"precision", key.precision},
            {"device", key.device},
            {"threads", key.threads}};
}

std::string textOf(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

// What makes a step longer or shorter, in a plan's words: of weights, whether they are 0.
std::string networkText(const Plan& plan) {
    std::string text = "faces=" + std::to_string(performersOf(plan).size());
    const auto add = [&](std::initializer_list<const char*> keys) {
        for (const char* key : keys) {
            text += " " + std::string(key) + "=" + optionValue(plan, key);
        }
    };
    add({"model", "switches", "resolution", "encoderDims", "decoderDims", "maskDims", "bottleneck",
         "optimizer", "accumulate", "recompute", "mode", "loss.dssimScales"});
    if (plan.gan.power > 0) {
        add({"gan.patch", "gan.dims"});
    }
    for (const auto& [name, weight] :
         {std::pair{"trueFace", plan.trueFace}, std::pair{"loss.eyesMouth", plan.loss.eyesMouth},
          std::pair{"loss.faceStyle", plan.loss.faceStyle},
          std::pair{"loss.backgroundStyle", plan.loss.backgroundStyle}}) {
        text += weight > 0 ? std::string(" ") + name : "";
    }
    return text;
}

}  // namespace

CalibrationKey calibrationKey(const Plan& plan, int ranks, const std::string& precision,
                              const std::string& deviceModel, int threads) {
    return {networkText(plan), plan.batch / ranks, precision, deviceModel, threads};
}

std::string deviceModel(const Environment& machine, const std::string& device) {
    if (!device.starts_with("cuda")) {
        return machine.cpu.empty() ? "cpu" : machine.cpu;
    }
    size_t number = 0;
    const size_t colon = device.find(':');
    if (colon != std::string::npos) {
        std::from_chars(device.data() + colon + 1, device.data() + device.size(), number);
    }
    const auto uuids = cudaUuids();
    for (const Nvml::Gpu& gpu : machine.gpus) {
        if (number < uuids.size() && gpu.uuid == uuids[number]) {
            return gpu.name;
        }
    }
    return "cuda";
}

fs::path Calibrations::fileOf(const CalibrationKey& key) const {
    const std::string text = textOf(jsonOf(key), -1);
    return folder_ / (sha256Of(std::as_bytes(std::span(text))).substr(0, 32) + ".json");
}

std::optional<double> Calibrations::rate(const CalibrationKey& key) const {
    if (folder_.empty()) {
        return std::nullopt;
    }
    const auto text = readFile(fileOf(key), kLimit);
    if (!text.ok()) {
        return std::nullopt;
    }
    const Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("it_per_s") || !json["it_per_s"].is_number()) {
        return std::nullopt;
    }
    const auto rate = json["it_per_s"].get<double>();
    return std::isfinite(rate) && rate > 0 ? std::optional(rate) : std::nullopt;
}

Status Calibrations::keep(const CalibrationKey& key, double rate) const {
    if (folder_.empty() || !std::isfinite(rate) || rate <= 0) {
        return {};
    }
    US_TRY(createPrivateFolder(folder_));
    Json json = jsonOf(key);
    json["it_per_s"] = rate;
    return writeFileAtomic(fileOf(key), textOf(json, 1) + "\n", 0600);
}

Status Calibrations::raise(const CalibrationKey& key, double rate) const {
    return this->rate(key).value_or(0) >= rate ? Status{} : keep(key, rate);
}

fs::path calibrationFolder() {
    const fs::path cache = cacheFolder();
    return cache.empty() ? cache : cache / "calibrations";
}

}  // namespace understudy::training
