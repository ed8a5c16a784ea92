#include "training/prepare/price.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "media/base/file.h"
#include "media/base/grouped.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kMostBytes = 1u << 20;

// As text; the last file that has it counts.
Result<std::optional<std::string>> siteText(std::span<const fs::path> files, const char* key) {
    std::optional<std::string> value;
    for (const fs::path& file : files) {
        if (std::error_code ignored; !fs::exists(file, ignored)) {
            continue;
        }
        const auto text = readFile(file, kMostBytes);
        const auto json = nlohmann::json::parse(text.ok() ? *text : std::string(), nullptr, false);
        if (!json.is_object()) {
            return Error{ErrorCode::environment, "the site's settings cannot be used",
                         file.string(), "Correct the file or remove it"};
        }
        if (const auto found = json.find(key); found != json.end()) {
            value = found->is_string() ? found->get<std::string>() : found->dump();
        }
    }
    return value;
}

// The project's own, else the site's.
Result<std::optional<std::string>> settingOf(const media::Project& project,
                                             std::span<const fs::path> siteFiles, const char* key) {
    US_ASSIGN(const std::optional<std::string> own, project.setting(key));
    if (own && !own->empty()) {
        return own;
    }
    return siteText(siteFiles, key);
}

}  // namespace

Result<double> priceFromText(const std::string& text) {
    double price = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, price);
    if (parsed.ec != std::errc{} || parsed.ptr != end || !std::isfinite(price) || price < 0) {
        return Error{ErrorCode::usage, "'" + text.substr(0, 100) + "' is no price", kPriceSetting,
                     "Give the price of one GPU for an hour as a number, for example 2.5"};
    }
    return price;
}

Result<std::optional<double>> pricePerHour(const media::Project& project,
                                           std::span<const fs::path> siteFiles) {
    US_ASSIGN(const auto text, settingOf(project, siteFiles, kPriceSetting));
    if (!text) {
        return std::optional<double>();
    }
    US_ASSIGN(const double price, priceFromText(*text));
    return std::optional(price);
}

Result<std::string> currencyFromText(const std::string& text) {
    constexpr size_t kMost = 12;
    const bool bad = std::any_of(text.begin(), text.end(), [](unsigned char c) {
        return c <= ' ' || c == 127 || std::isdigit(c) != 0;
    });
    if (text.empty() || text.size() > kMost || bad) {
        return Error{ErrorCode::usage, "'" + text.substr(0, 100) + "' is no currency",
                     kCurrencySetting,
                     "Give its code or sign without spaces and digits, for example EUR"};
    }
    return text;
}

Result<std::string> currencyOf(const media::Project& project, std::span<const fs::path> siteFiles) {
    US_ASSIGN(const auto text, settingOf(project, siteFiles, kCurrencySetting));
    return text ? currencyFromText(*text) : Result<std::string>(kUsualCurrency);
}

std::string costText(double cost, const std::string& currency) {
    char digits[64];
    std::snprintf(digits, sizeof digits, "%.2f", cost);
    return grouped(digits) + " " + currency;
}

}  // namespace understudy::training
