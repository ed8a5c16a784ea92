// What is said for a whole project: the models that find faces, and what a GPU costs. What it
// leaves open its site says (siteSettingsFiles()), then the program.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "media/base/result.h"
#include "media/base/setting_about.h"
#include "media/project/project.h"

namespace understudy::training {

std::span<const SettingAbout> projectSettings();

// Models are loaded before they are kept, and kept by their absolute path. An empty value takes the
// project's own word back. Errors: usage (no such key, no such value), missingInput, corruptData
// and environment of a model, cannotWrite.
Status setProjectSetting(media::Project& project, const std::string& key, const std::string& value);

// Each key with what holds for the project; empty: nothing. Errors: usage, environment (a site file
// that cannot be used).
Result<std::vector<std::pair<std::string, std::string>>> projectSettingsText(
    const media::Project& project, std::span<const std::filesystem::path> siteFiles);

}  // namespace understudy::training
