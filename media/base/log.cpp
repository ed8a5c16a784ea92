#include "media/base/log.h"

#include "media/base/log_sink.h"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <mutex>

namespace understudy {
namespace {

struct Sink {
    std::mutex mutex;
    std::function<bool(const LogEntry&)> keep;
    bool alone = false;
};

Sink& sink() {
    static Sink one;
    return one;
}

}  // namespace

void setLogSink(std::function<bool(const LogEntry&)> keep, bool alone) {
    Sink& to = sink();
    const std::lock_guard guard(to.mutex);
    to.keep = std::move(keep);
    to.alone = alone;
}

const char* levelName(LogLevel level) {
    static constexpr const char* kNames[] = {"info", "warning", "error"};
    return kNames[static_cast<int>(level)];
}

std::string logText(LogLevel level, const std::string& text) {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    char clock[16];
    std::strftime(clock, sizeof clock, "%H:%M:%S", &local);
    return std::string(clock) + " " + levelName(level) + " " + program_invocation_short_name +
           ": " + text;
}

void logAbout(LogLevel level, const std::string& about, const std::string& text) {
    Sink& to = sink();
    const std::lock_guard guard(to.mutex);
    const bool kept = to.keep && to.keep({level, about, text});
    if (!kept || !to.alone) {
        const std::string line = about.empty() ? text : about + ": " + text;
        std::fprintf(stderr, "%s\n", logText(level, line).c_str());
    }
}

void logLine(LogLevel level, const std::string& text) {
    logAbout(level, "", text);
}

std::string validUtf8(const std::string& text) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size();) {
        const auto lead = static_cast<uint8_t>(text[i]);
        const int length = lead < 0x80       ? 1
                           : lead >> 5 == 6  ? 2
                           : lead >> 4 == 14 ? 3
                           : lead >> 3 == 30 ? 4
                                             : 0;
        bool valid = length > 0 && i + static_cast<size_t>(length) <= text.size();
        uint32_t code = length > 1 ? lead & (0x7F >> length) : lead;
        for (int k = 1; valid && k < length; ++k) {
            const auto next = static_cast<uint8_t>(text[i + static_cast<size_t>(k)]);
            valid = next >> 6 == 2;
            code = code << 6 | (next & 0x3F);
        }
        // Overlong forms, surrogates and values beyond Unicode are not UTF-8 either.
        static constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
        valid = valid && code >= kLeast[length] && code <= 0x10FFFF &&
                !(code >= 0xD800 && code <= 0xDFFF);
        if (valid) {
            out.append(text, i, static_cast<size_t>(length));
            i += static_cast<size_t>(length);
        } else {
            out += "\xEF\xBF\xBD";
            ++i;
        }
    }
    return out;
}

}  // namespace understudy
