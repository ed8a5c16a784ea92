// What one GPU costs for an hour, for the cost of a training: the user's own figure and the
// currency it is in, kept with the project ("train.price", "train.currency") or for a whole site
// (site.json, the same keys).
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "media/base/result.h"
#include "media/project/project.h"

namespace understudy::training {

constexpr const char* kPriceSetting = "train.price";
constexpr const char* kCurrencySetting = "train.currency";
constexpr const char* kUsualCurrency = "USD";  // where nobody says another

// A price from its text. Errors: usage.
Result<double> priceFromText(const std::string& text);

// The project's, else the site's, else none. Errors: usage (a setting that is no price),
// environment (a site file that cannot be used).
Result<std::optional<double>> pricePerHour(const media::Project& project,
                                           std::span<const std::filesystem::path> siteFiles);

// What stands behind an amount: "EUR", "kr", "€". Errors: usage (empty, longer than 12 bytes, with
// spaces or digits).
Result<std::string> currencyFromText(const std::string& text);
// The project's, else the site's, else the usual one. Errors: as pricePerHour().
Result<std::string> currencyOf(const media::Project& project,
                               std::span<const std::filesystem::path> siteFiles);
// "1,234.50 EUR".
std::string costText(double cost, const std::string& currency);

}  // namespace understudy::training
