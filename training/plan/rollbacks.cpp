#include "training/plan/rollbacks.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "media/base/file.h"
#include "training/plan/line_file.h"

namespace understudy::training {

using Json = nlohmann::ordered_json;

Status appendRollback(const std::filesystem::path& file, const Rollback& rollback) {
    const Json json = {{"step", rollback.step},
                       {"to", rollback.to},
                       {"lr", rollback.learningRate},
                       {"loss", std::isfinite(rollback.loss) ? Json(rollback.loss) : Json(nullptr)},
                       {"reason", rollback.reason}};
    return appendLines(file, json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<std::vector<Rollback>> readRollbacks(const std::filesystem::path& file) {
    std::vector<Rollback> rollbacks;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        return rollbacks;
    }
    US_ASSIGN(const std::string text, readFile(file, kLineFileLimit));
    for (size_t start = 0, end; (end = text.find('\n', start)) != std::string::npos;
         start = end + 1) {
        const Json json = Json::parse(text.substr(start, end - start), nullptr, false);
        const auto whole = [&](const char* key) {
            return json.contains(key) && json[key].is_number_integer();
        };
        if (!json.is_object() || !whole("step") || !whole("to")) {
            continue;
        }
        const auto number = [&](const char* key) {
            return json.contains(key) && json[key].is_number()
                       ? json[key].get<double>()
                       : std::numeric_limits<double>::quiet_NaN();
        };
        Rollback rollback{json["step"].get<int64_t>(), json["to"].get<int64_t>(), number("lr"),
                          number("loss"), ""};
        if (json.contains("reason") && json["reason"].is_string()) {
            rollback.reason = json["reason"].get<std::string>();
        }
        rollbacks.push_back(std::move(rollback));
    }
    return rollbacks;
}

}  // namespace understudy::training
