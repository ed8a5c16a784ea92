// Log lines for people, on stderr: "HH:MM:SS level program: text". Jobs keep stdout for the
// protocol.
#pragma once

#include <string>

namespace understudy {

enum class LogLevel { info, warning, error };

void logLine(LogLevel level, const std::string& text);
inline void logInfo(const std::string& text) {
    logLine(LogLevel::info, text);
}
inline void logWarning(const std::string& text) {
    logLine(LogLevel::warning, text);
}
inline void logError(const std::string& text) {
    logLine(LogLevel::error, text);
}

// `text` with every byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string validUtf8(const std::string& text);

}  // namespace understudy
