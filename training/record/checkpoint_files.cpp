#include "training/record/checkpoint_files.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "media/base/file.h"
#include "media/base/sha256.h"

namespace understudy::training {

using Json = nlohmann::json;

namespace {
constexpr uint64_t kJsonLimit = 16u << 20;
}

Error damaged(const std::string& message, const std::filesystem::path& where) {
    return {ErrorCode::corruptData, message, where.string(),
            "Go on from an earlier checkpoint of this run, or restore this one from a backup"};
}

std::string manifestToJson(const Manifest& manifest) {
    Json files = Json::object();
    for (const auto& [name, mark] : manifest) {
        files[name] = {{"bytes", mark.bytes}, {"sha256", mark.sha256}};
    }
    return Json{{"format", kCheckpointFormat}, {"files", files}}.dump(2) + "\n";
}

Result<Manifest> manifestFromJson(const std::string& text, const std::string& where) {
    const Json json = Json::parse(text, nullptr, false);
    const Error wrong = damaged("the list of its files is damaged", where);
    if (!json.is_object() || !json.contains("files") || !json["files"].is_object()) {
        return wrong;
    }
    if (json.contains("format") && (!json["format"].is_number_integer() ||
                                    json["format"].get<int64_t>() > kCheckpointFormat)) {
        return Error{ErrorCode::corruptData,
                     "the checkpoint has format " + json["format"].dump() +
                         ", this version reads up to " + std::to_string(kCheckpointFormat),
                     where, "Use the version of the program that wrote it"};
    }
    Manifest manifest;
    for (const auto& [name, value] : json["files"].items()) {
        const bool plain = !name.empty() && name.front() != '.' &&
                           name.find('/') == std::string::npos &&
                           name.find('\0') == std::string::npos;
        if (!plain || !value.is_object() || !value.contains("bytes") ||
            !value["bytes"].is_number_unsigned() || !value.contains("sha256") ||
            !value["sha256"].is_string()) {
            return wrong;
        }
        manifest[name] = {value["bytes"].get<uint64_t>(), value["sha256"].get<std::string>()};
    }
    if (!manifest.contains(kModelFile) || !manifest.contains(kStateFile)) {
        return wrong;
    }
    return manifest;
}

std::string infoToJson(const CheckpointInfo& info) {
    Json numbers = Json::object();
    for (const auto& [name, value] : info.numbers) {
        numbers[name] = std::isfinite(value) ? Json(value) : Json(nullptr);
    }
    Json plan = Json::parse(info.planJson, nullptr, false);
    if (plan.is_discarded()) {
        plan = info.planJson;
    }
    Json json = {{"format", kCheckpointFormat},
                 {"program", info.program},
                 {"step", info.step},
                 {"seconds", std::isfinite(info.seconds) ? info.seconds : 0},
                 {"faces", {{"source", info.sourceFaces}, {"destination", info.destinationFaces}}},
                 {"numbers", numbers},
                 {"plan", plan}};
    if (!info.otherFaces.empty()) {
        json["faces"]["others"] = info.otherFaces;
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<CheckpointInfo> infoFromJson(const std::string& text, const std::string& where) {
    const Json json = Json::parse(text, nullptr, false);
    // Its hash was right, so that only another program can have written what is not expected.
    try {
        CheckpointInfo info;
        info.step = json.at("step").get<int64_t>();
        info.seconds = json.at("seconds").get<double>();
        info.program = json.at("program").get<std::string>();
        info.sourceFaces = json.at("faces").at("source").get<std::string>();
        info.destinationFaces = json.at("faces").at("destination").get<std::string>();
        if (const Json& faces = json.at("faces"); faces.contains("others")) {
            info.otherFaces = faces.at("others").get<std::vector<std::string>>();
        }
        for (const auto& [name, value] : json.at("numbers").items()) {
            info.numbers[name] =
                value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
        }
        const Json& plan = json.at("plan");
        info.planJson = plan.is_string() ? plan.get<std::string>() : plan.dump(2);
        return info;
    } catch (const Json::exception&) {
        return damaged("the state of the run is not what this program writes", where);
    }
}

Result<Manifest> loadManifest(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / kManifestFile;
    US_ASSIGN(const auto text, readFile(file, kJsonLimit));
    return manifestFromJson(text, file.string());
}

Status checkSize(const std::filesystem::path& file, const FileMark& mark) {
    std::error_code failed;
    const uint64_t bytes = std::filesystem::file_size(file, failed);
    if (failed) {
        return damaged("a file of the checkpoint is missing", file);
    }
    if (bytes != mark.bytes) {
        return damaged("the file has " + std::to_string(bytes) + " bytes instead of " +
                           std::to_string(mark.bytes),
                       file);
    }
    return {};
}

Status checkHash(const std::filesystem::path& file, const FileMark& mark) {
    US_TRY(checkSize(file, mark));
    US_ASSIGN(const auto hash, sha256OfFile(file));
    if (hash != mark.sha256) {
        return damaged("the content of the file does not match its checksum", file);
    }
    return {};
}

}  // namespace understudy::training
