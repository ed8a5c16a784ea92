#include "training/client/json_log.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <cerrno>
#include <span>

#include "training/client/rotated_log.h"
#include "training/client/socket_path.h"

namespace understudy::training {
namespace {

Result<FileHandle> openToAppend(const std::filesystem::path& path) {
    US_TRY(prepareLog(path));
    FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!file) {
        return writeError(errno, path);
    }
    return file;
}

bool isFull(const FileHandle& file) {
    struct stat info {};
    return ::fstat(file.get(), &info) == 0 && static_cast<uintmax_t>(info.st_size) > kLogLimit;
}

}  // namespace

Result<JsonLog> JsonLog::open(const std::filesystem::path& path) {
    US_ASSIGN(FileHandle file, openToAppend(path));
    return JsonLog(path, std::move(file));
}

bool JsonLog::write(const LogEntry& entry) {
    if (isFull(file_)) {
        if (auto next = openToAppend(path_); next.ok()) {
            file_ = std::move(*next);
        }
    }
    const QJsonObject object = {
        {"time", QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs)},
        {"level", levelName(entry.level)},
        {"about", QString::fromStdString(entry.about)},
        {"text", QString::fromStdString(entry.text)}};
    const std::string line =
        QJsonDocument(object).toJson(QJsonDocument::Compact).toStdString() + "\n";
    return writeAll(file_.get(), std::as_bytes(std::span(line)), path_).ok();
}

std::optional<LoggedLine> loggedLine(const std::string& line) {
    const QJsonObject object = QJsonDocument::fromJson(QByteArray::fromStdString(line)).object();
    const auto text = [&](const char* name) { return object.value(name).toString().toStdString(); };
    if (!object.value("time").isString() || !object.value("text").isString()) {
        return std::nullopt;
    }
    return LoggedLine{text("time"), text("level"), text("about"), text("text")};
}

std::string textOf(const LoggedLine& line) {
    const QDateTime time =
        QDateTime::fromString(QString::fromStdString(line.time), Qt::ISODateWithMs).toLocalTime();
    return (time.isValid() ? time.toString("yyyy-MM-dd HH:mm:ss").toStdString() : line.time) + " " +
           line.level + " " + (line.about.empty() ? "" : line.about + ": ") + line.text;
}

std::filesystem::path serviceLog() {
    return logFolder() / "service.jsonl";
}

}  // namespace understudy::training
