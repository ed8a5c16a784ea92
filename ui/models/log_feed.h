// SPDX-License-Identifier: GPL-3.0-or-later
// One log as it grows: the last lines of it, then what comes. Reading is done beside the window.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "media/base/log.h"
#include "training/client/log_reader.h"

namespace understudy::ui {

struct LogLine {
    LogLevel level = LogLevel::info;
    QString text;
};

// What a line of a job's log is: those of our programs say it, others are information.
LogLine jobLogLine(const std::string& line);
// A line of the service's own log; nothing for one that is torn.
std::optional<LogLine> serviceLogLine(const std::string& line);

class LogFeed : public QObject {
    Q_OBJECT
  public:
    static constexpr size_t kMostLines = 5000;

    explicit LogFeed(QObject* parent = nullptr);

    // `ofService`: JSON lines. The same again does nothing.
    void open(const std::filesystem::path& log, bool ofService);
    const std::filesystem::path& path() const { return path_; }
    const std::deque<LogLine>& lines() const { return lines_; }
    // Looks for what comes only while somebody sees it.
    void setFollowing(bool on);

  Q_SIGNALS:
    void reset();                 // another log, or its first lines
    void appended(size_t count);  // at the end; old lines may have gone

  private:
    void look();
    void take(const std::vector<LogLine>& fresh);

    std::filesystem::path path_;
    bool ofService_ = false;
    bool looking_ = false;
    int generation_ = 0;
    std::shared_ptr<training::LogFollower> follower_;
    std::deque<LogLine> lines_;
    QTimer timer_;
};

}  // namespace understudy::ui
