#include "training/plan/run_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "media/base/file.h"

namespace understudy::training {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr uint64_t kLineLimit = 4u << 20;  // bytes of one line of history

Json finiteOrNull(double value) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
}

double numberOrNan(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) {
        return 0;
    }
    return found->is_number() ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

std::vector<int64_t> sortedSteps(const fs::path& folder, const std::string& extension,
                                 const std::string& inside) {
    std::vector<int64_t> steps;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
        const fs::path& path = at->path();
        const auto step = stepOfName(path.stem().string());
        std::error_code ignored;
        if (step && path.extension() == extension &&
            (inside.empty() || fs::exists(path / inside, ignored))) {
            steps.push_back(*step);
        }
    }
    std::sort(steps.begin(), steps.end());
    return steps;
}

void takeLines(const std::string& text, std::vector<HistoryLine>& lines) {
    for (size_t start = 0; start < text.size();) {
        const size_t end = text.find('\n', start);
        if (auto line = historyFromJson(text.substr(start, end - start))) {
            lines.push_back(std::move(*line));
        }
        start = end + 1;
    }
}

}  // namespace

fs::path RunFolder::log(int rank) const {
    return path / ("trainer-" + std::to_string(rank) + ".log");
}

fs::path RunFolder::checkpoint(int64_t step) const {
    return checkpoints() / stepName(step);
}

fs::path RunFolder::preview(int64_t step) const {
    return previews() / (stepName(step) + ".png");
}

std::string stepName(int64_t step) {
    std::string digits = std::to_string(step);
    digits.insert(0, digits.size() < 8 ? 8 - digits.size() : 0, '0');
    return "step-" + digits;
}

std::optional<int64_t> stepOfName(const std::string& name) {
    if (!name.starts_with("step-") || name.size() < 13 || name.size() > 20 ||
        name.find_first_not_of("0123456789", 5) != std::string::npos) {
        return std::nullopt;
    }
    const int64_t step = std::stoll(name.substr(5));
    return stepName(step) == name ? std::optional(step) : std::nullopt;
}

std::string historyToJson(const HistoryLine& line) {
    Json terms = Json::object();
    for (const auto& [name, value] : line.terms) {
        terms[name] = finiteOrNull(value);
    }
    nlohmann::ordered_json json;
    json["step"] = line.step;
    json["time"] = finiteOrNull(line.time);
    json["loss"] = finiteOrNull(line.loss);
    json["terms"] = terms;
    json["validation"] = line.validation ? finiteOrNull(*line.validation) : Json(nullptr);
    json["lr"] = finiteOrNull(line.learningRate);
    json["it_per_s"] = finiteOrNull(line.iterationsPerSecond);
    json["data_wait"] = finiteOrNull(line.dataWait);
    for (const auto& [name, value] :
         {std::pair{"save_stall", line.saveStall}, std::pair{"save_copy", line.saveCopy},
          std::pair{"efficiency", line.efficiency},
          std::pair{"communication", line.communication}}) {
        if (value) {
            json[name] = finiteOrNull(*value);
        }
    }
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<HistoryLine> historyFromJson(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("step") || !json["step"].is_number_integer()) {
        return std::nullopt;
    }
    HistoryLine line;
    line.step = json["step"].get<int64_t>();
    line.time = numberOrNan(json, "time");
    line.loss = numberOrNan(json, "loss");
    line.learningRate = numberOrNan(json, "lr");
    line.iterationsPerSecond = numberOrNan(json, "it_per_s");
    line.dataWait = numberOrNan(json, "data_wait");
    if (json.contains("validation") && json["validation"].is_number()) {
        line.validation = json["validation"].get<double>();
    }
    for (const auto& [name, target] :
         {std::pair{"save_stall", &line.saveStall}, std::pair{"save_copy", &line.saveCopy},
          std::pair{"efficiency", &line.efficiency},
          std::pair{"communication", &line.communication}}) {
        if (json.contains(name) && json[name].is_number()) {
            *target = json[name].get<double>();
        }
    }
    if (json.contains("terms") && json["terms"].is_object()) {
        for (const auto& [name, value] : json["terms"].items()) {
            line.terms[name] =
                value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
        }
    }
    return line;
}

Result<std::vector<HistoryLine>> readHistory(const fs::path& file, uint64_t& offset,
                                             size_t enough) {
    std::vector<HistoryLine> lines;
    const FileHandle handle(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!handle && errno == ENOENT) {
        return lines;  // nothing was written yet
    }
    struct stat info {};
    if (!handle || ::fstat(handle.get(), &info) != 0) {
        return Error{ErrorCode::missingInput, "cannot open the file: " + errnoText(errno),
                     file.string(), "Check that you may read it"};
    }
    if (static_cast<uint64_t>(info.st_size) < offset) {
        offset = 0;  // cut back to a checkpoint: begin again
    }
    std::string pending;
    std::vector<char> buffer(1 << 18);
    while (true) {
        const ssize_t got = ::pread(handle.get(), buffer.data(), buffer.size(),
                                    static_cast<off_t>(offset + pending.size()));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return Error{ErrorCode::missingInput, "cannot read the file: " + errnoText(errno),
                         file.string(), "Check the disk"};
        }
        pending.append(buffer.data(), static_cast<size_t>(got));
        const size_t whole = pending.rfind('\n') + 1;  // npos + 1 is 0
        takeLines(pending.substr(0, whole), lines);
        offset += whole;
        pending.erase(0, whole);
        if (pending.size() > kLineLimit) {
            return Error{ErrorCode::corruptData, "a line is longer than 4 MiB", file.string(),
                         "It is not a history of this program"};
        }
        if (got == 0 || lines.size() >= enough) {
            return lines;
        }
    }
}

std::vector<int64_t> previewSteps(const RunFolder& run) {
    return sortedSteps(run.previews(), ".png", "");
}

std::vector<int64_t> checkpointSteps(const RunFolder& run) {
    return sortedSteps(run.checkpoints(), "", "manifest.json");
}

Result<PreviewInfo> readPreviewInfo(const fs::path& file) {
    US_ASSIGN(const std::string text, readFile(file, 16u << 20));
    try {
        const Json json = Json::parse(text);
        PreviewInfo info;
        info.faces = json.at("faces").get<std::vector<std::string>>();
        info.columns = json.at("columns").get<std::vector<std::string>>();
        info.cell = json.at("cell").get<int>();
        if (info.cell > 0 && info.cell <= 8192) {
            return info;
        }
    } catch (const Json::exception&) {
        // Said below.
    }
    return Error{ErrorCode::corruptData, "the description of the preview cannot be read",
                 file.string(), "The next preview replaces it"};
}

}  // namespace understudy::training
