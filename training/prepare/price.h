// What one GPU costs for an hour, for the cost of a training: the user's own figure, kept with the
// project ("train.price") or for a whole site (site.json, the same key).
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "media/base/result.h"
#include "media/project/project.h"

namespace understudy::training {

constexpr const char* kPriceSetting = "train.price";

// A price from its text. Errors: usage.
Result<double> priceFromText(const std::string& text);

// The project's, else the site's, else none. Errors: usage (a setting that is no price),
// environment (a site file that cannot be used).
Result<std::optional<double>> pricePerHour(const media::Project& project,
                                           std::span<const std::filesystem::path> siteFiles);

}  // namespace understudy::training
