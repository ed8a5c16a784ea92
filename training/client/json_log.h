// A log of dated JSON lines, {"time","level","about","text"}: written by the service, read by
// whoever wants to know what it did. It is rotated like the other logs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "media/base/file.h"
#include "media/base/log_sink.h"
#include "media/base/result.h"

namespace understudy::training {

class JsonLog {
  public:
    // Errors: cannotWrite.
    static Result<JsonLog> open(const std::filesystem::path& path);

    // One line, whole or not at all; false where it cannot be written.
    bool write(const LogEntry& entry);

  private:
    JsonLog(std::filesystem::path path, FileHandle file)
        : path_(std::move(path)), file_(std::move(file)) {}

    std::filesystem::path path_;
    FileHandle file_;
};

struct LoggedLine {
    std::string time;  // "2026-03-01T12:00:00.000Z"
    std::string level;
    std::string about;
    std::string text;
};
// Nothing for a line that is none of them (torn by a crash).
std::optional<LoggedLine> loggedLine(const std::string& line);
// "2026-03-01 13:00:00 warning job-17: text", in the time of the place.
std::string textOf(const LoggedLine& line);

// The service's own.
std::filesystem::path serviceLog();

}  // namespace understudy::training
