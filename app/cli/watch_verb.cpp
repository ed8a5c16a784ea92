// watch: what the service's jobs do, until all are over or Ctrl-C.
#include <QTimer>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/signals.h"
#include "app/cli/verbs.h"
#include "training/protocol/job_state.h"
#include "training/record/loss_plot.h"
#include "training/record/run_health.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;
using training::JobInfo;
using training::ServiceClient;

constexpr double kLimit = 1e6;  // seconds: somebody who watches decides when to stop

constexpr training::PlotSize kPlot{72, 8};

struct WatchOptions {
    std::string project;
    std::string run;
};

// The history of a training as its file grows.
struct Curve {
    training::RunFolder run;
    uint64_t offset = 0;
    std::vector<training::HistoryLine> lines;

    void read() {
        const auto more = training::readHistory(run.history(), offset);
        if (!more.ok()) {
            return;  // told again with the next step
        }
        for (const auto& line : *more) {
            while (!lines.empty() && lines.back().step >= line.step) {
                lines.pop_back();  // taken back to a checkpoint
            }
            lines.push_back(line);
        }
    }

    std::vector<std::string> picture(size_t width, bool braille) const {
        auto rows =
            training::plotLoss(lines, {std::min(width, kPlot.width), kPlot.height}, braille);
        if (const std::string health = training::healthOf(lines); !health.empty()) {
            rows.push_back(health);
        }
        return rows;
    }
};

struct Watch {
    WatchOptions options;
    Done done;
    std::map<std::string, JobInfo> jobs;
    std::map<std::string, Curve> curves;  // of trainings
    std::string drawn;                    // the training whose curve is above the bar
    Progress progress;

    bool wanted(const JobInfo& info) const {
        return (options.project.empty() || info.project == absolutePath(options.project)) &&
               (options.run.empty() || info.run == options.run);
    }

    void take(const JobInfo& info) {
        if (!wanted(info)) {
            return;
        }
        jobs[info.job] = info;
        if (info.kind == "train" && info.state == "running" && curves.count(info.job) == 0) {
            const fs::path project = info.project;
            readCurve(curves.emplace(info.job, Curve{{project / "runs" / info.run}, 0, {}}).first);
        }
        if (training::isOver(info.state) && info.job == drawn) {
            keepCurve();
        }
        progress.show(info);
    }

    void takeStep(const training::StepFinished& step) {
        if (jobs.count(step.job) == 0) {
            return;
        }
        if (const auto curve = curves.find(step.job); curve != curves.end()) {
            readCurve(curve);
        }
        progress.showStep(step);
    }

    void readCurve(std::map<std::string, Curve>::iterator curve) {
        curve->second.read();
        drawn = curve->first;
        if (progress.onTerminal()) {
            progress.setPicture(
                curve->second.picture(Progress::terminalWidth() - 1, training::showsBraille()));
        }
    }

    // Of a training that is over, in plain characters where it goes into a file.
    void keepCurve() {
        const bool terminal = progress.onTerminal();
        progress.setPicture({});
        for (const auto& row :
             curves.at(drawn).picture(terminal ? Progress::terminalWidth() - 1 : kPlot.width,
                                      terminal && training::showsBraille())) {
            progress.say(row);
        }
        drawn.clear();
    }

    void endIfOver() const {
        for (const auto& [name, info] : jobs) {
            if (training::isActive(info.state) || info.state == "queued") {
                return;
            }
        }
        finish();
    }

    void finish() const {
        Json array = Json::array();
        for (const auto& [name, info] : jobs) {
            array.push_back(jobToJson(info));
        }
        done(Json{{"jobs", array}});
    }
};

Result<Json> watch(const WatchOptions& options) {
    return askService(
        false,
        [&](ServiceClient& client, const Done& done) {
            auto state = std::make_shared<Watch>();
            state->options = options;
            state->done = done;
            onInterrupt(&client, [state](Interrupt) { state->finish(); });
            QObject::connect(
                &client, &ServiceClient::jobsListed, &client,
                [state](const std::vector<JobInfo>& jobs) {
                    for (const auto& job : jobs) {
                        // What was over before is not watched.
                        if (!training::isOver(job.state) || state->jobs.count(job.job) > 0) {
                            state->take(job);
                        }
                    }
                    state->endIfOver();
                });
            QObject::connect(&client, &ServiceClient::jobChanged, &client,
                             [state](const JobInfo& info) {
                                 state->take(info);
                                 state->endIfOver();
                             });
            QObject::connect(&client, &ServiceClient::stepFinished, &client,
                             [state](const auto& step) { state->takeStep(step); });
            QObject::connect(&client, &ServiceClient::warningRaised, &client,
                             [state](const auto& warning) {
                                 if (state->jobs.count(warning.job) > 0) {
                                     state->progress.say("warning: " + warning.text);
                                 }
                             });
        },
        kLimit);
}

}  // namespace

void addWatchVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand("watch", "Follow the service's jobs until all are over");
    auto options = std::make_shared<WatchOptions>();
    verb->add_option("PROJECT", options->project, "Only jobs of this project");
    verb->add_option("--run", options->run, "Only jobs of this run");
    line.onParsed(
        verb, "watch", [options] { return watch(*options); },
        [](const Json& result) {
            for (const auto& job : result["jobs"]) {
                std::cout << job["job"].get<std::string>() << "  "
                          << job["state"].get<std::string>() << "  "
                          << job["title"].get<std::string>() << '\n';
            }
        });
}

}  // namespace understudy::cli
