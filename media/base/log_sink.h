// Another place for a program's log lines than stderr: the service keeps its own as JSON lines.
#pragma once

#include <functional>
#include <string>

#include "media/base/log.h"

namespace understudy {

struct LogEntry {
    LogLevel level = LogLevel::info;
    std::string about;  // what it concerns, "job-17"; empty for the program itself
    std::string text;
};

// Gets every line from now on, from any thread, one at a time; false where it could not keep it. An
// empty function takes it away. With `alone` stderr gets only what could not be kept.
void setLogSink(std::function<bool(const LogEntry&)> sink, bool alone);

void logAbout(LogLevel level, const std::string& about, const std::string& text);

const char* levelName(LogLevel level);

// "HH:MM:SS level program: text", as stderr has it.
std::string logText(LogLevel level, const std::string& text);

}  // namespace understudy
