// logs: the last lines of the service's log, of a run's, or of the log of one kind of job.
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/base/log.h"
#include "training/client/job_process.h"
#include "training/client/socket_path.h"
#include "training/plan/run_folder.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

struct LogOptions {
    std::string project;
    std::string run;
    std::string clip;
    int lines = 50;
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
        return training::logFolder() / "service.log";
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

Result<Json> logs(const LogOptions& options) {
    if (!options.run.empty() && options.project.empty()) {
        return Error{ErrorCode::usage, "--run needs its project", "--run",
                     "Write 'logs PROJECT --run NAME'"};
    }
    const fs::path path = logFile(options);
    std::ifstream file(path);
    if (!file) {
        return Error{ErrorCode::missingInput, "there is no log yet", path.string(),
                     "It is written when the job runs"};
    }
    std::deque<std::string> last;
    for (std::string text; std::getline(file, text);) {
        last.push_back(validUtf8(text));
        if (static_cast<int>(last.size()) > options.lines) {
            last.pop_front();
        }
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
    verb->add_option("--lines", options->lines, "How many")
        ->capture_default_str()
        ->check(CLI::Range(1, 100000));
    line.onParsed(
        verb, "logs", [options] { return logs(*options); },
        [](const Json& result) {
            std::cout << result["path"].get<std::string>() << '\n';
            for (const auto& text : result["lines"]) {
                std::cout << text.get<std::string>() << '\n';
            }
        });
}

}  // namespace understudy::cli
