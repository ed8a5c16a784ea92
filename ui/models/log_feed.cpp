// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/log_feed.h"

#include <QRegularExpression>
#include <optional>

#include "training/client/json_log.h"
#include "ui/models/background.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr int kLookEvery = 500;  // ms

LogLevel levelOf(const QString& word) {
    return word == QStringLiteral("error")     ? LogLevel::error
           : word == QStringLiteral("warning") ? LogLevel::warning
                                               : LogLevel::info;
}

std::vector<LogLine> understood(const std::vector<std::string>& lines, bool ofService) {
    std::vector<LogLine> fresh;
    for (const std::string& line : lines) {
        if (!ofService) {
            fresh.push_back(jobLogLine(line));
        } else if (auto known = serviceLogLine(line)) {
            fresh.push_back(std::move(*known));
        }
    }
    return fresh;
}

}  // namespace

LogLine jobLogLine(const std::string& line) {
    static const QRegularExpression kOurs(QStringLiteral("^\\d\\d:\\d\\d:\\d\\d (\\w+) [\\w-]+: "));
    const QString words = text(line);
    const auto match = kOurs.match(words);
    return {match.hasMatch() ? levelOf(match.captured(1)) : LogLevel::info, words};
}

std::optional<LogLine> serviceLogLine(const std::string& line) {
    const auto logged = training::loggedLine(line);
    if (!logged) {
        return std::nullopt;
    }
    return LogLine{levelOf(text(logged->level)), text(training::textOf(*logged))};
}

LogFeed::LogFeed(QObject* parent) : QObject(parent) {
    timer_.setInterval(kLookEvery);
    connect(&timer_, &QTimer::timeout, this, &LogFeed::look);
}

void LogFeed::open(const std::filesystem::path& log, bool ofService) {
    if (path_ == log && ofService_ == ofService) {
        return;
    }
    path_ = log;
    ofService_ = ofService;
    lines_.clear();
    follower_.reset();
    Q_EMIT reset();
    struct Opened {
        std::shared_ptr<training::LogFollower> follower;
        std::vector<LogLine> lines;
    };
    runInBackground(
        this,
        [log, ofService] {
            // Begun before the last lines are read, so that nothing is lost between; a line that
            // comes just then is shown twice.
            Opened opened;
            opened.follower = std::make_shared<training::LogFollower>(log);
            const auto last = training::lastLines(log, kMostLines, [](const std::string& line) {
                return line.empty() ? std::string(" ") : line;
            });
            opened.lines = understood({last.begin(), last.end()}, ofService);
            return opened;
        },
        [this, generation = ++generation_](Opened opened) {
            if (generation == generation_) {
                follower_ = std::move(opened.follower);
                lines_.assign(opened.lines.begin(), opened.lines.end());
                Q_EMIT reset();
            }
        });
}

void LogFeed::setFollowing(bool on) {
    if (on != timer_.isActive()) {
        on ? timer_.start() : timer_.stop();
    }
}

void LogFeed::look() {
    if (looking_ || !follower_) {
        return;
    }
    looking_ = true;
    runInBackground(
        this,
        [follower = follower_, ofService = ofService_] {
            return understood(follower->next(), ofService);
        },
        [this, generation = generation_](const std::vector<LogLine>& fresh) {
            looking_ = false;
            if (generation == generation_ && !fresh.empty()) {
                take(fresh);
            }
        });
}

void LogFeed::take(const std::vector<LogLine>& fresh) {
    lines_.insert(lines_.end(), fresh.begin(), fresh.end());
    while (lines_.size() > kMostLines) {
        lines_.pop_front();
    }
    Q_EMIT appended(std::min(fresh.size(), kMostLines));
}

}  // namespace understudy::ui
