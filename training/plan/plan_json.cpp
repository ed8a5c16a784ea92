#include <algorithm>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "media/base/file.h"
#include "media/base/paths.h"
#include "training/plan/option_table.h"

namespace understudy::training {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr uint64_t kPlanLimit = 1u << 20;  // bytes of a plan file

// A value of a plan file as the text that --set would have; its type must be the option's, or what
// it was in earlier versions.
Result<std::string> textOf(const Json& value, const Option& option) {
    const OptionInfo& info = option.info;
    const bool number =
        info.kind == OptionInfo::Kind::integer || info.kind == OptionInfo::Kind::real;
    if (number && value.is_number()) {
        return value.is_number_float() ? numberText(value.get<double>()) : value.dump();
    }
    const bool wasBoolean = std::any_of(option.former.begin(), option.former.end(),
                                        [](const auto& former) { return former.first == "true"; });
    if (value.is_boolean() && (info.kind == OptionInfo::Kind::boolean || wasBoolean)) {
        return std::string(value.get<bool>() ? "true" : "false");
    }
    const bool text = info.kind == OptionInfo::Kind::text || info.kind == OptionInfo::Kind::choice;
    if (text && value.is_string()) {
        return value.get<std::string>();
    }
    return Error{ErrorCode::usage,
                 info.key + " has the wrong type: " +
                     value.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 100),
                 info.key,
                 number                                   ? "Write a number without quotes"
                 : info.kind == OptionInfo::Kind::boolean ? "Write true or false without quotes"
                                                          : "Write a text in quotes"};
}

Status takeKeys(Plan& plan, const Json& object, const std::string& prefix) {
    for (const auto& [name, value] : object.items()) {
        const std::string key = prefix + name;
        const bool group = name == "loss" || name == "gan" || name == "augment";
        if (value.is_object() && prefix.empty() && group) {
            US_TRY(takeKeys(plan, value, name + "."));
            continue;
        }
        US_ASSIGN(const Option* option, findOption(key));
        US_ASSIGN(const std::string text, textOf(value, *option));
        US_TRY(setOption(plan, key, text));
    }
    return {};
}

Error inFile(Error error, const std::string& where) {
    error.where = error.where.empty() || error.where == where ? where : where + ": " + error.where;
    return error;
}

Result<Json> parseObject(const std::string& text, const std::string& where) {
    try {
        Json json = Json::parse(text);
        if (json.is_object()) {
            return json;
        }
        return Error{ErrorCode::usage, "the plan is not a JSON object", where,
                     "Write it as {\"resolution\": 128, ...}"};
    } catch (const nlohmann::json::parse_error& error) {
        return Error{ErrorCode::usage,
                     "the plan is not valid JSON at byte " + std::to_string(error.byte), where,
                     "Correct it there, or make the run again from a preset"};
    }
}

Result<Plan> planFromObject(const Json& json, const std::string& where) {
    Plan plan;
    if (auto taken = takeKeys(plan, json, ""); !taken.ok()) {
        return inFile(taken.error(), where);
    }
    if (auto checked = plan.check(); !checked.ok()) {
        return inFile(checked.error(), where);
    }
    return plan;
}

struct Preset {
    PresetInfo info;
    Plan plan;
};

Result<Preset> readPreset(const fs::path& path) {
    US_ASSIGN(const std::string text, readFile(path, kPlanLimit));
    US_ASSIGN(Json json, parseObject(text, path.string()));
    Preset preset;
    preset.info.name = path.stem().string();
    for (const auto& [key, target] :
         {std::pair{"title", &preset.info.title}, std::pair{"help", &preset.info.help}}) {
        if (json.contains(key) && json[key].is_string()) {
            *target = json[key].get<std::string>();
        }
        json.erase(key);
    }
    US_ASSIGN(preset.plan, planFromObject(json, path.string()));
    return preset;
}

// All presets, the smallest first.
Result<std::vector<Preset>> readPresets() {
    US_ASSIGN(const fs::path folder, resourceFile("presets"));
    std::vector<Preset> found;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        if (entry.path().extension() == ".json") {
            US_ASSIGN(Preset preset, readPreset(entry.path()));
            found.push_back(std::move(preset));
        }
    }
    std::sort(found.begin(), found.end(), [](const Preset& a, const Preset& b) {
        return std::pair(a.plan.resolution, a.info.name) <
               std::pair(b.plan.resolution, b.info.name);
    });
    return found;
}

}  // namespace

Result<Plan> planFromJson(const std::string& text, const std::string& where) {
    US_ASSIGN(const Json json, parseObject(text, where));
    return planFromObject(json, where);
}

std::string planToJson(const Plan& plan) {
    Json json;
    Plan copy = plan;  // the table hands out places to write to
    for (const Option& option : optionTable()) {
        const std::string& key = option.info.key;
        const size_t dot = key.find('.');
        Json& target =
            dot == std::string::npos ? json[key] : json[key.substr(0, dot)][key.substr(dot + 1)];
        std::visit([&](auto* slot) { target = *slot; }, option.slot(copy));
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Plan> loadPlan(const fs::path& path) {
    US_ASSIGN(const std::string text, readFile(path, kPlanLimit));
    return planFromJson(text, path.string());
}

Status savePlan(const Plan& plan, const fs::path& path) {
    return writeFileAtomic(path, planToJson(plan));
}

Result<std::vector<PresetInfo>> presets() {
    US_ASSIGN(const std::vector<Preset> found, readPresets());
    std::vector<PresetInfo> infos;
    for (const Preset& preset : found) {
        infos.push_back(preset.info);
    }
    return infos;
}

Result<Plan> loadPreset(const std::string& name) {
    US_ASSIGN(const std::vector<Preset> found, readPresets());
    std::string names;
    for (const Preset& preset : found) {
        if (preset.info.name == name) {
            return preset.plan;
        }
        names += (names.empty() ? "" : ", ") + preset.info.name;
    }
    return Error{ErrorCode::usage, "there is no preset '" + name.substr(0, 100) + "'", "preset",
                 "Use one of " + names};
}

}  // namespace understudy::training
