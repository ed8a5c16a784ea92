#include <cmath>
#include <cstdio>

#include "media/base/log.h"
#include "media/extract/clip_extraction.h"

namespace understudy::media {

namespace {

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : validUtf8(text)) {
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned char>(c));
            result += escaped;
        } else {
            result += c;
        }
    }
    return result + '"';
}

std::string number(double value, int decimals) {
    if (!std::isfinite(value)) {
        return "null";
    }
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

template <class T, class F>
std::string list(const std::vector<T>& values, F format) {
    std::string result = "[";
    for (const T& value : values) {
        result += result.size() > 1 ? "," : "";
        result += format(value);
    }
    return result + "]";
}

}  // namespace

std::string toJson(const std::vector<PersonFound>& people) {
    return list(people, [](const PersonFound& one) {
        return "{\"person\":" + std::to_string(one.person) +
               ",\"frames\":" + std::to_string(one.frames) +
               ",\"first\":" + std::to_string(one.first) + ",\"last\":" + std::to_string(one.last) +
               ",\"size_px\":" + number(one.size, 1) +
               ",\"chosen\":" + (one.chosen ? "true" : "false") + "}";
    });
}

std::string toJson(const ExtractResult& result) {
    return "{\"clip\":" + quoted(result.clip) + ",\"performer\":" + quoted(result.performer) +
           ",\"frames\":" + std::to_string(result.frames) +
           ",\"found\":" + std::to_string(result.found) +
           ",\"detected\":" + std::to_string(result.detected) +
           ",\"tracked\":" + std::to_string(result.tracked) +
           ",\"searched\":" + std::to_string(result.searched) + ",\"missed\":" +
           list(result.missed, [](int64_t frame) { return std::to_string(frame); }) +
           ",\"mean_jitter_px\":" + number(result.meanJitter, 4) +
           ",\"seconds\":" + number(result.seconds, 3) +
           ",\"frames_per_s\":" + number(result.framesPerSecond, 2) +
           ",\"people\":" + toJson(result.people) +
           ",\"warnings\":" + list(result.warnings, quoted) + "}";
}

}  // namespace understudy::media
