#include "training/plan/changes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "media/base/file.h"
#include "training/plan/line_file.h"

namespace understudy::training {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Status appendChanges(const fs::path& file, std::span<const PlanChange> changes) {
    std::string text;
    for (const PlanChange& change : changes) {
        const Json json = {{"step", change.step},
                           {"key", change.key},
                           {"value", change.value},
                           {"reason", change.reason}};
        text += json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    return appendLines(file, text);
}

Result<std::vector<PlanChange>> readChanges(const fs::path& file) {
    std::vector<PlanChange> changes;
    std::error_code ignored;
    if (!fs::exists(file, ignored)) {
        return changes;
    }
    US_ASSIGN(const std::string text, readFile(file, kLineFileLimit));
    for (size_t start = 0, end; (end = text.find('\n', start)) != std::string::npos;
         start = end + 1) {
        const Json json = Json::parse(text.substr(start, end - start), nullptr, false);
        if (!json.is_object() || !json.contains("step") || !json["step"].is_number_integer() ||
            !json.contains("key") || !json["key"].is_string() || !json.contains("value")) {
            continue;
        }
        PlanChange change;
        change.step = json["step"].get<int64_t>();
        change.key = json["key"].get<std::string>();
        const Json& value = json["value"];
        change.value = value.is_string()
                           ? value.get<std::string>()
                           : value.dump(-1, ' ', false, Json::error_handler_t::replace);
        if (json.contains("reason") && json["reason"].is_string()) {
            change.reason = json["reason"].get<std::string>();
        }
        changes.push_back(std::move(change));
    }
    return changes;
}

Status applyChanges(Plan& plan, std::span<const PlanChange> changes, int64_t upTo) {
    Plan changed = plan;
    for (const PlanChange& change : changes) {
        if (change.step <= upTo) {
            US_TRY(setOption(changed, change.key, change.value));
        }
    }
    US_TRY(changed.check());
    plan = std::move(changed);
    return {};
}

Result<Plan> currentPlan(const RunFolder& run, int64_t upTo) {
    US_ASSIGN(Plan plan, loadPlan(run.plan()));
    US_ASSIGN(const std::vector<PlanChange> changes, readChanges(run.changes()));
    US_TRY(applyChanges(plan, changes, upTo));
    return plan;
}

bool mayChange(const OptionInfo& option, bool atRest) {
    return option.changeableWhileRunning ||
           (atRest && (option.key == "devices" || option.key == "threads"));
}

Result<std::vector<PlanChange>> changesAsked(const Plan& current,
                                             std::span<const std::string> settings, int64_t step,
                                             const std::string& reason, bool atRest) {
    Plan wanted = current;
    for (const std::string& setting : settings) {
        const size_t equals = setting.find('=');
        if (equals == std::string::npos) {
            return Error{ErrorCode::usage, "\"" + setting + "\" is not key=value", setting,
                         "Write it as learningRate=2e-5"};
        }
        const std::string key = setting.substr(0, equals);
        US_TRY(setOption(wanted, key, setting.substr(equals + 1)));
        const auto& options = planOptions();
        const auto option = std::find_if(options.begin(), options.end(),
                                         [&](const OptionInfo& info) { return info.key == key; });
        if (option != options.end() && mayChange(*option, true) && !mayChange(*option, atRest)) {
            return Error{ErrorCode::usage, key + " cannot change while the run trains", key,
                         "Pause it first, then change it and resume"};
        }
        if (option == options.end() || !mayChange(*option, true)) {
            return Error{ErrorCode::usage, key + " of a run cannot change after it began", key,
                         "Begin a new run with it"};
        }
    }
    US_TRY(wanted.check());
    return changesBetween(current, wanted, step, reason);
}

std::vector<PlanChange> changesBetween(const Plan& before, const Plan& after, int64_t step,
                                       const std::string& reason) {
    std::vector<PlanChange> changes;
    for (const OptionInfo& option : planOptions()) {
        const std::string value = optionValue(after, option.key);
        if (value != optionValue(before, option.key)) {
            changes.push_back({step, option.key, value, reason});
        }
    }
    return changes;
}

}  // namespace understudy::training
