// logs: the last lines of the service's log, of a run's, or of the log of one kind of job, and what
// comes after them.
#include <QEventLoop>
#include <QTimer>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/signals.h"
#include "app/cli/verbs.h"
#include "media/base/log.h"
#include "training/client/job_process.h"
#include "training/client/json_log.h"
#include "training/client/log_reader.h"
#include "training/client/socket_path.h"
#include "training/plan/run_folder.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;
using training::lastLines;
using training::LogFollower;
using training::ShowLine;

constexpr int kLookEvery = 200;  // ms

struct LogOptions {
    std::string project;
    std::string run;
    std::string clip;
    std::string job;
    int lines = 50;
    bool follow = false;
};

// Of several projects' clips of that name the one that was searched last.
fs::path newestLogOf(const std::string& clip) {
    const std::string start = "extract-" + clip + ".";
    fs::path newest = training::logFolder() / (start + "log");
    fs::file_time_type when = fs::file_time_type::min();
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(training::logFolder(), failed)) {
        const std::string name = entry.path().filename().string();
        const auto written = entry.last_write_time(failed);
        if (name.starts_with(start) && name.ends_with(".log") && !failed && written > when) {
            when = written;
            newest = entry.path();
        }
    }
    return newest;
}

fs::path logFile(const LogOptions& options) {
    if (!options.run.empty()) {
        return training::RunFolder{fs::path(options.project) / "runs" / options.run}.log(0);
    }
    if (options.clip.empty()) {
        return training::serviceLog();
    }
    if (options.project.empty()) {
        return newestLogOf(options.clip);
    }
    training::StartJob search;
    search.kind = "extract";
    search.project = absolutePath(options.project);
    search.clip = options.clip;
    return training::logOfJob(search);
}

// How a line of the log is shown: the service's are JSON, those of jobs are text.
ShowLine showing(const LogOptions& options) {
    if (!options.run.empty() || !options.clip.empty()) {
        return [](const std::string& line) { return validUtf8(line); };
    }
    return [job = options.job](const std::string& line) -> std::string {
        const auto logged = training::loggedLine(line);
        return logged && (job.empty() || logged->about == job) ? training::textOf(*logged) : "";
    };
}

void follow(const Settings& settings, LogFollower& log, const ShowLine& show,
            const std::deque<std::string>& first) {
    ensureEventLoop();
    std::ostream& out = settings.json ? std::cerr : std::cout;
    for (const auto& text : first) {
        out << text << '\n';
    }
    out.flush();
    QEventLoop loop;
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        for (const auto& line : log.next()) {
            if (const std::string text = show(line); !text.empty()) {
                out << text << '\n';
            }
        }
        out.flush();
        if (!out) {
            loop.quit();  // nobody reads it any more
        }
    });
    onInterrupt(&loop, [&loop](Interrupt) { loop.quit(); });
    look.start(kLookEvery);
    loop.exec();
}

Result<Json> logs(const Settings& settings, const LogOptions& options) {
    if (!options.run.empty() && options.project.empty()) {
        return Error{ErrorCode::usage, "--run needs its project", "--run",
                     "Write 'logs PROJECT --run NAME'"};
    }
    if (!options.job.empty() && !(options.run.empty() && options.clip.empty())) {
        return Error{ErrorCode::usage, "--job is of the service's log, --run and --clip are others",
                     "--job", "Give one of them"};
    }
    const fs::path path = logFile(options);
    if (!std::ifstream(path)) {
        return Error{ErrorCode::missingInput, "there is no log yet", path.string(),
                     "It is written when the job runs"};
    }
    const ShowLine show = showing(options);
    // Begun before the last lines are read: what comes between is shown twice rather than not.
    std::optional<LogFollower> log;
    if (options.follow) {
        log.emplace(path);
    }
    const auto last = lastLines(path, static_cast<size_t>(options.lines), show);
    if (log) {
        follow(settings, *log, show, last);
        return Json{{"path", path.string()}, {"lines", Json::array()}};
    }
    return Json{{"path", path.string()}, {"lines", last}};
}

}  // namespace

void addLogVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand("logs", "The last lines of a log");
    auto options = std::make_shared<LogOptions>();
    verb->add_option("PROJECT", options->project,
                     "The project, with --run; where several have the clip, with --clip");
    verb->add_option("--run", options->run, "Of this training");
    verb->add_option("--clip", options->clip, "Of the search for faces in this clip");
    verb->add_option("--job", options->job, "Of the service's log what concerns this job: job-17");
    verb->add_flag("--follow,-f", options->follow, "Go on with what comes, until Ctrl-C");
    verb->add_option("--lines", options->lines, "How many")
        ->capture_default_str()
        ->check(CLI::Range(1, 100000));
    line.onParsed(
        verb, "logs", [options, &line] { return logs(line.settings, *options); },
        [options](const Json& result) {
            if (!options->follow) {
                std::cout << result["path"].get<std::string>() << '\n';
            }
            for (const auto& text : result["lines"]) {
                std::cout << text.get<std::string>() << '\n';
            }
        });
}

}  // namespace understudy::cli
