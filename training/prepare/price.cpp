#include "training/prepare/price.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "media/base/file.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kMostBytes = 1u << 20;

Result<std::optional<double>> sitePrice(std::span<const fs::path> files) {
    std::optional<double> price;
    for (const fs::path& file : files) {
        if (std::error_code ignored; !fs::exists(file, ignored)) {
            continue;
        }
        const auto text = readFile(file, kMostBytes);
        const auto json = nlohmann::json::parse(text.ok() ? *text : std::string(), nullptr, false);
        const Error unusable{ErrorCode::environment, "the site's settings cannot be used",
                             file.string(), "Correct the file or remove it"};
        if (!json.is_object()) {
            return unusable;
        }
        if (const auto found = json.find(kPriceSetting); found != json.end()) {
            US_ASSIGN(price, priceFromText(found->is_string() ? found->get<std::string>()
                                                              : found->dump()));
        }
    }
    return price;
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
    US_ASSIGN(const std::optional<std::string> own, project.setting(kPriceSetting));
    if (own && !own->empty()) {
        US_ASSIGN(const double price, priceFromText(*own));
        return std::optional(price);
    }
    return sitePrice(siteFiles);
}

}  // namespace understudy::training
