#include "training/record/environment.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "media/base/file.h"

namespace understudy::training {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr int kFormat = 1;
constexpr uint64_t kLimit = 64u << 20;

std::string cpuModel() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        const size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "";
}

Json jsonOf(const Environment& environment) {
    Json gpus = Json::array();
    for (const Nvml::Gpu& gpu : environment.gpus) {
        gpus.push_back({{"name", gpu.name}, {"uuid", gpu.uuid}, {"memory", gpu.memoryBytes}});
    }
    Json length = Json::object();
    if (environment.steps) {
        length["steps"] = *environment.steps;
    }
    if (environment.minutes) {
        length["minutes"] = *environment.minutes;
    }
    Json faces = {{"source", environment.sourceFaces},
                  {"destination", environment.destinationFaces}};
    if (!environment.otherFaces.empty()) {
        faces["others"] = environment.otherFaces;
    }
    return {{"step", environment.step},
            {"versions", environment.versions},
            {"cpu", environment.cpu},
            {"cores", environment.cores},
            {"memory", environment.memoryBytes},
            {"gpus", gpus},
            {"devices", environment.devices},
            {"threads", environment.threads},
            {"precision", environment.precision},
            {"mode", environment.mode},
            {"seed", environment.seed},
            {"faces", faces},
            {"length", length}};
}

Environment environmentOf(const Json& json) {
    Environment environment;
    environment.step = json.at("step").get<int64_t>();
    environment.versions = json.at("versions").get<std::map<std::string, std::string>>();
    environment.cpu = json.at("cpu").get<std::string>();
    environment.cores = json.at("cores").get<int>();
    environment.memoryBytes = json.at("memory").get<uint64_t>();
    for (const Json& gpu : json.at("gpus")) {
        environment.gpus.push_back({gpu.at("uuid").get<std::string>(),
                                    gpu.at("name").get<std::string>(),
                                    gpu.at("memory").get<uint64_t>()});
    }
    environment.devices = json.at("devices").get<std::vector<std::string>>();
    environment.threads = json.at("threads").get<int>();
    environment.precision = json.at("precision").get<std::string>();
    environment.mode = json.at("mode").get<std::string>();
    environment.seed = json.at("seed").get<uint64_t>();
    environment.sourceFaces = json.at("faces").at("source").get<std::string>();
    environment.destinationFaces = json.at("faces").at("destination").get<std::string>();
    if (json["faces"].contains("others")) {
        environment.otherFaces = json["faces"]["others"].get<std::vector<std::string>>();
    }
    const Json& length = json.at("length");
    if (length.contains("steps")) {
        environment.steps = length["steps"].get<int64_t>();
    }
    if (length.contains("minutes")) {
        environment.minutes = length["minutes"].get<double>();
    }
    return environment;
}

std::string textOf(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

Environment describeMachine() {
    Environment environment;
    utsname system{};
    if (::uname(&system) == 0) {
        environment.versions["kernel"] = std::string(system.sysname) + " " + system.release;
    }
    environment.versions["understudy"] = US_VERSION;
    environment.cpu = cpuModel();
    environment.cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    environment.memoryBytes = static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                              static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
    if (const auto nvml = Nvml::load()) {
        environment.gpus = nvml->gpus();
        environment.versions["driver"] = nvml->driverVersion();
    }
    return environment;
}

std::string environmentToJson(const Environment& environment) {
    return textOf(jsonOf(environment));
}

Status recordStart(const fs::path& file, const Environment& environment) {
    // What cannot be read any more is no reason not to train: the list begins anew.
    const auto before = readStarts(file);
    Json starts = Json::array();
    for (const Environment& start : before.ok() ? *before : std::vector<Environment>()) {
        if (start.step <= environment.step) {
            starts.push_back(jsonOf(start));
        }
    }
    // A start that did not get anywhere says nothing.
    if (!starts.empty() && starts.back() == jsonOf(environment)) {
        return {};
    }
    starts.push_back(jsonOf(environment));
    return writeFileAtomic(file, textOf(Json{{"format", kFormat}, {"starts", starts}}));
}

Result<std::vector<Environment>> readStarts(const fs::path& file) {
    US_ASSIGN(const std::string text, readFile(file, kLimit));
    const Error damaged{ErrorCode::corruptData, "the record of the run's machine is damaged",
                        file.string(), "Restore it from a backup; the run itself trains without"};
    try {
        const Json json = Json::parse(text);
        if (json.at("format").get<int>() > kFormat) {
            return Error{ErrorCode::corruptData, "the record is of a newer version", file.string(),
                         "Use the version of the program that wrote it"};
        }
        std::vector<Environment> starts;
        for (const Json& start : json.at("starts")) {
            starts.push_back(environmentOf(start));
        }
        if (starts.empty()) {
            return damaged;
        }
        return starts;
    } catch (const Json::exception&) {
        return damaged;
    }
}

}  // namespace understudy::training
