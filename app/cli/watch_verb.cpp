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

namespace understudy::cli {
namespace {

using training::JobInfo;
using training::ServiceClient;

constexpr double kLimit = 1e6;  // seconds: somebody who watches decides when to stop

struct WatchOptions {
    std::string project;
    std::string run;
};

struct Watch {
    WatchOptions options;
    Done done;
    std::map<std::string, JobInfo> jobs;
    Progress progress;

    bool wanted(const JobInfo& info) const {
        return (options.project.empty() || info.project == absolutePath(options.project)) &&
               (options.run.empty() || info.run == options.run);
    }

    void take(const JobInfo& info) {
        if (wanted(info)) {
            jobs[info.job] = info;
            progress.show(info);
        }
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
                             [state](const auto& step) {
                                 if (state->jobs.count(step.job) > 0) {
                                     state->progress.showStep(step);
                                 }
                             });
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
