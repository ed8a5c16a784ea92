// What a site or a user says about this machine and its background service. They stand in the
// files of siteSettingsFiles(), beside the other keys of a site:
//   {"devices.reserved": "1", "service.idleMinutes": 10, "disk.warnGiB": 5, "disk.pauseGiB": 1}
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "media/base/result.h"
#include "media/base/setting_about.h"

namespace understudy::training {

struct MachineSettings {
    // GPUs that are kept for the viewport, by number (as nvidia-smi counts) or UUID: "auto" and
    // "all" leave them alone, naming one uses it.
    std::vector<std::string> reserved;
    double idleMinutes = 10;  // after which a service that was started on demand ends
    double warnGiB = 5;       // free on a disk: less is warned of
    double pauseGiB = 1;      // less pauses trainings that write there

    bool reserves(int index, const std::string& uuid) const;
    bool operator==(const MachineSettings&) const = default;
};

std::span<const SettingAbout> machineSettings();
// Their keys, with the value that each has, as text.
std::vector<std::pair<std::string, std::string>> machineSettingsText(const MachineSettings& all);

// One key by its text; empty gives the default. Errors: usage, naming the key and what it may be.
Status setMachineSetting(MachineSettings& all, const std::string& key, const std::string& value);
bool isMachineSetting(const std::string& key);

// What these files say, later files win. Errors: environment, for a file that cannot be used.
Result<MachineSettings> readMachineSettings(std::span<const std::filesystem::path> files);

// Puts a key into a file, which is made where there is none, and leaves the others in it as they
// are; empty takes it out. Errors: usage, environment, cannotWrite.
Status writeMachineSetting(const std::filesystem::path& file, const std::string& key,
                           const std::string& value);

}  // namespace understudy::training
