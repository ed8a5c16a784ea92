#include "app/cli/output.h"

#include <cmath>
#include <cstdio>
#include <iostream>

#include "media/source/frame_list.h"

namespace understudy::cli {
namespace {

std::string lineOf(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

int sayError(const Settings& settings, const std::string& verb, const Error& error) {
    if (settings.json) {
        const Json line = {{"ok", false},
                           {"verb", verb},
                           {"error",
                            {{"code", static_cast<int>(error.code)},
                             {"message", error.message},
                             {"where", error.where},
                             {"remedy", error.remedy}}}};
        std::cout << lineOf(line) << std::endl;
    } else {
        std::cerr << "understudy-cli: " << describe(error) << std::endl;
    }
    return static_cast<int>(error.code);
}

int sayResult(const Settings& settings, const Chosen& chosen, const Result<Json>& result) {
    if (!result.ok()) {
        return sayError(settings, chosen.verb, result.error());
    }
    if (settings.json) {
        Json line = {{"ok", true}, {"verb", chosen.verb}};
        line.update(*result);
        std::cout << lineOf(line) << std::endl;
    } else {
        chosen.print(*result);
        std::cout.flush();
    }
    return std::cout ? 0 : static_cast<int>(ErrorCode::cannotWrite);
}

Json numberOrNull(double number) {
    return std::isfinite(number) ? Json(number) : Json(nullptr);
}

std::string shortNumber(const Json& number, int decimals) {
    if (!number.is_number()) {
        return "-";
    }
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, number.get<double>());
    return text;
}

std::string duration(double seconds) {
    const auto whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
    char text[64];
    if (whole < 90) {
        std::snprintf(text, sizeof text, "%lld s", whole);
    } else if (whole < 90 * 60) {
        std::snprintf(text, sizeof text, "%lld min", (whole + 30) / 60);
    } else {
        std::snprintf(text, sizeof text, "%lld h %02lld min", whole / 3600, whole % 3600 / 60);
    }
    return text;
}

std::string frameRanges(const Json& frames) {
    return media::framesText(frames.get<std::vector<media::FrameNumber>>());
}

std::string absolutePath(const std::filesystem::path& path) {
    auto absolute = std::filesystem::absolute(path).lexically_normal();
    // The service knows a project by its path: "show" and "show/" are one.
    return (absolute.has_filename() ? absolute : absolute.parent_path()).string();
}

Json parsedResult(const std::string& text) {
    Json result = Json::parse(text, nullptr, false);
    return result.is_object() ? result : Json::object();
}

}  // namespace understudy::cli
