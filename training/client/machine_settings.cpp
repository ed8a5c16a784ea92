#include "training/client/machine_settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

#include "media/base/file.h"
#include "media/base/joined.h"

namespace understudy::training {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr uint64_t kMostBytes = 1u << 20;
constexpr const char* kReserved = "devices.reserved";

struct NumberSetting {
    const char* key;
    double MachineSettings::*slot;
    double most;
    const char* what;
};
constexpr NumberSetting kNumbers[] = {
    {"service.idleMinutes", &MachineSettings::idleMinutes, 100000, "minutes"},
    {"disk.warnGiB", &MachineSettings::warnGiB, 1e6, "GiB"},
    {"disk.pauseGiB", &MachineSettings::pauseGiB, 1e6, "GiB"},
};

constexpr std::array<SettingAbout, 4> kSettings = {{
    {kReserved, "GPUs kept for other work",
     "Their numbers as nvidia-smi counts, or UUIDs, with commas: trainings take them only when "
     "they "
     "are named"},
    {"service.idleMinutes", "Service ends after",
     "Minutes without a job and a window; the next one starts it again"},
    {"disk.warnGiB", "Warn of a full disk below", "GiB free on the disk of a training"},
    {"disk.pauseGiB", "Pause trainings below",
     "GiB free on the disk of a training: it saves, and goes on when there is room"},
}};

std::string numberText(double number) {
    std::ostringstream text;
    text << number;
    return text.str();
}

bool isNumber(const std::string& text) {
    return !text.empty() && text.size() <= 3 &&
           text.find_first_not_of("0123456789") == std::string::npos;
}

Status setReserved(MachineSettings& all, const std::string& value) {
    std::vector<std::string> list;
    std::istringstream entries(value);
    for (std::string entry; std::getline(entries, entry, ',');) {
        entry.erase(0, entry.find_first_not_of(' '));
        entry.erase(entry.find_last_not_of(' ') + 1);
        if (!isNumber(entry) && !entry.starts_with("GPU-")) {
            return Error{ErrorCode::usage, "'" + entry.substr(0, 100) + "' is no GPU", kReserved,
                         "Give numbers as nvidia-smi shows them, or UUIDs, with commas: 0,2; "
                         "nothing to reserve none"};
        }
        list.push_back(entry);
    }
    all.reserved = std::move(list);
    return {};
}

Status setNumber(MachineSettings& all, const NumberSetting& setting, const std::string& value) {
    double number = MachineSettings().*setting.slot;
    const char* end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, number);
    // Not true of a NaN either.
    const bool inRange = number >= 0 && number <= setting.most;
    if (!value.empty() && (parsed.ec != std::errc{} || parsed.ptr != end || !inRange)) {
        return Error{ErrorCode::usage,
                     "'" + value.substr(0, 100) + "' is no number of " + setting.what, setting.key,
                     "Give a number from 0 to " + numberText(setting.most)};
    }
    all.*setting.slot = number;
    return {};
}

// {} for a file that is not there.
Result<Json> readObject(const fs::path& file) {
    if (std::error_code ignored; !fs::exists(file, ignored)) {
        return Json::object();
    }
    const auto text = readFile(file, kMostBytes);
    Json json = Json::parse(text.ok() ? *text : std::string(), nullptr, false);
    if (!json.is_object()) {
        return Error{ErrorCode::environment, "the site's settings cannot be used", file.string(),
                     "Correct the file or remove it"};
    }
    return json;
}

}  // namespace

bool MachineSettings::reserves(int index, const std::string& uuid) const {
    return std::any_of(reserved.begin(), reserved.end(), [&](const std::string& entry) {
        return isNumber(entry) ? std::stoi(entry) == index : entry == uuid;
    });
}

std::vector<std::pair<std::string, std::string>> machineSettingsText(const MachineSettings& all) {
    std::vector<std::pair<std::string, std::string>> list = {
        {kReserved, joined(all.reserved, ",")}};
    for (const auto& setting : kNumbers) {
        list.emplace_back(setting.key, numberText(all.*setting.slot));
    }
    return list;
}

std::span<const SettingAbout> machineSettings() {
    return kSettings;
}

bool isMachineSetting(const std::string& key) {
    return key == kReserved || std::any_of(std::begin(kNumbers), std::end(kNumbers),
                                           [&](const auto& setting) { return key == setting.key; });
}

Status setMachineSetting(MachineSettings& all, const std::string& key, const std::string& value) {
    if (key == kReserved) {
        return setReserved(all, value);
    }
    for (const auto& setting : kNumbers) {
        if (key == setting.key) {
            return setNumber(all, setting, value);
        }
    }
    std::string known = kReserved;
    for (const auto& setting : kNumbers) {
        known += std::string(", ") + setting.key;
    }
    return Error{ErrorCode::usage, "there is no such setting of the machine", key,
                 "There are " + known};
}

Result<MachineSettings> readMachineSettings(std::span<const fs::path> files) {
    MachineSettings all;
    for (const fs::path& file : files) {
        US_ASSIGN(const Json json, readObject(file));
        for (const auto& [key, value] : json.items()) {
            if (!isMachineSetting(key)) {
                continue;
            }
            const auto set = setMachineSetting(
                all, key, value.is_string() ? value.get<std::string>() : value.dump());
            if (!set.ok()) {
                return Error{ErrorCode::environment, key + ": " + set.error().message,
                             file.string(), set.error().remedy};
            }
        }
    }
    return all;
}

Status writeMachineSetting(const fs::path& file, const std::string& key, const std::string& value) {
    MachineSettings checked;
    US_TRY(setMachineSetting(checked, key, value));
    US_ASSIGN(Json json, readObject(file));
    if (value.empty()) {
        json.erase(key);
    } else if (key == kReserved) {
        json[key] = value;
    } else {
        const auto* setting = std::find_if(std::begin(kNumbers), std::end(kNumbers),
                                           [&](const auto& known) { return key == known.key; });
        json[key] = checked.*(setting->slot);
    }
    US_TRY(createPrivateFolder(file.parent_path()));
    return writeFileAtomic(file, json.dump(2) + "\n");
}

}  // namespace understudy::training
