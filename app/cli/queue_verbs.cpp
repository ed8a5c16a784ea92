// queue: what waits in the service, in which order, and what has run.
#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

#include "app/cli/command_line.h"
#include "app/cli/job_list.h"
#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/service_state.h"
#include "app/cli/signals.h"
#include "training/protocol/job_state.h"

namespace understudy::cli {
namespace {

using training::ChangeJob;
using training::JobInfo;
using training::ListJobs;
using training::ServiceClient;

constexpr double kWaitLimit = 2e6;  // seconds, three weeks: a job takes what it takes
constexpr const char* kJobHelp = "job-17, as 'queue list' shows it";

void printJob(const Json& result) {
    std::cout << result["job"].get<std::string>() << '\n';
}

// ---- list ---------------------------------------------------------------------------------------

struct ListOptions {
    bool all = false;
    std::vector<std::string> states;
    std::string project;
    std::optional<int64_t> offset, limit;
};

Result<Json> listPage(const ListOptions& options, const ListJobs& what) {
    return askService(false, [&](ServiceClient& client, const Done& done) {
        ListJobs page = what;
        page.offset = options.offset.value_or(0);
        page.limit = options.limit.value_or(page.limit);
        client.listPage(page, [done, page](Result<training::JobsListed> listed) {
            if (!listed.ok()) {
                done(listed.error());
                return;
            }
            Json result = jobsToJson(listed->jobs, false);
            result["total"] = listed->total;
            result["offset"] = page.offset;
            done(result);
        });
    });
}

Result<Json> list(const ListOptions& options) {
    ListJobs what;
    what.states = options.states;
    what.project = options.project.empty() ? "" : absolutePath(options.project);
    const bool paged = options.offset || options.limit;
    const bool history = options.all || paged || !options.states.empty();
    what.over = history ? -1 : training::kRecentJobs;
    auto answer =
        paged ? listPage(options, what)
              : askService(false, [&](ServiceClient& client, const Done& done) {
                    const bool complete = what.states.empty() && what.project.empty();
                    client.listJobs(what, [done, complete](Result<std::vector<JobInfo>> jobs) {
                        if (!jobs.ok()) {
                            done(jobs.error());
                            return;
                        }
                        Json result = jobsToJson(*jobs, complete);
                        result["total"] = jobs->size();
                        done(result);
                    });
                });
    return isAbsent(answer) ? Result<Json>(Json{{"jobs", Json::array()}, {"total", 0}}) : answer;
}

void addList(CommandLine& line, CLI::App& queue) {
    auto* verb = queue.add_subcommand(
        "list", "Jobs, newest first: all that are not over, and the newest that are");
    auto options = std::make_shared<ListOptions>();
    verb->add_flag("--all", options->all, "The whole history");
    verb->add_option("--state", options->states,
                     "Only jobs in this state, of the whole history (may be repeated)")
        ->allow_extra_args(false)
        ->check(CLI::IsMember({"queued", "starting", "running", "paused", "stopping", "finished",
                               "failed", "cancelled"}));
    verb->add_option("--project", options->project, "Only jobs of this project");
    verb->add_option("--offset", options->offset, "A page of the history, from this job on")
        ->check(CLI::NonNegativeNumber);
    verb->add_option("--limit", options->limit, "Jobs of that page")
        ->check(CLI::Range(int64_t{1}, int64_t{1000}));
    line.onParsed(
        verb, "queue list", [options] { return list(*options); }, printJobs);
}

// ---- add ----------------------------------------------------------------------------------------

struct AddOptions {
    Queueing queueing;
    std::vector<std::string> words;
};

Result<Json> add(const Settings& settings, const AddOptions& options) {
    CommandLine line;
    addAllVerbs(line);
    US_TRY(parseWords(line, options.words));
    const std::set<std::string> kinds = {"extract", "train", "swap", "deliver"};
    if (kinds.count(line.chosen.verb) == 0) {
        return Error{ErrorCode::usage, "'" + line.chosen.verb + "' is no job for the queue",
                     options.words.front(), "Jobs are extract, train, swap and deliver"};
    }
    Queueing& queueing = line.settings.queue;
    if (queueing.priority == training::kNormalPriority) {
        queueing.priority = options.queueing.priority;
    }
    queueing.after.insert(queueing.after.end(), options.queueing.after.begin(),
                          options.queueing.after.end());
    queueing.hold = options.queueing.hold;
    queueing.detach = true;
    line.settings.json = settings.json;
    line.settings.local = line.settings.local || settings.local;
    return line.chosen.run();
}

void addAdd(CommandLine& line, CLI::App& queue) {
    auto* verb = queue.add_subcommand(
        "add", "Put a job into the queue and return: queue add --after job-3 -- swap PROJECT ...");
    auto options = std::make_shared<AddOptions>();
    verb->add_option("--after", options->queueing.after,
                     "Wait until this job has finished (may be repeated)")
        ->allow_extra_args(false);
    addPriorityOption(*verb, options->queueing.priority, "--priority");
    verb->add_flag("--hold", options->queueing.hold, "Wait until it is released");
    verb->add_option("VERB", options->words,
                     "After --: extract, train, swap or deliver with all that belongs to it")
        ->required();
    line.onParsed(
        verb, "queue add", [&line, options] { return add(line.settings, *options); },
        [](const Json& result) {
            for (const auto& job : result["jobs"]) {
                std::cout << job.get<std::string>() << '\n';
            }
        });
}

// ---- order --------------------------------------------------------------------------------------

Result<Json> change(const ChangeJob& request) {
    return askService(false, [&](ServiceClient& client, const Done& done) {
        client.changeJob(request, [done](Result<std::string> answer) {
            done(answer.ok() ? Result<Json>(Json{{"job", *answer}}) : answer.error());
        });
    });
}

void addMove(CommandLine& line, CLI::App& queue) {
    auto* verb = queue.add_subcommand(
        "move", "Another place among the jobs that wait, with the priority that goes with it");
    auto request = std::make_shared<ChangeJob>();
    verb->add_option("JOB", request->job, kJobHelp)->required();
    auto* where = verb->add_option_group("where");
    where->add_flag_callback(
        "--first", [request] { request->move = "first"; }, "Before all others");
    where->add_flag_callback(
        "--last", [request] { request->move = "last"; }, "After all others");
    where->add_option_function<std::string>(
        "--before",
        [request](const std::string& other) {
            request->move = "before";
            request->before = other;
        },
        "Before this job");
    where->require_option(1);
    line.onParsed(
        verb, "queue move", [request] { return change(*request); }, printJob);
}

void addPriority(CommandLine& line, CLI::App& queue) {
    auto* verb = queue.add_subcommand("priority", "Another priority for a job that waits");
    auto request = std::make_shared<ChangeJob>();
    verb->add_option("JOB", request->job, kJobHelp)->required();
    addPriorityOption(*verb, request->priority.emplace(), "PRIORITY");
    verb->get_option("PRIORITY")->required();
    line.onParsed(
        verb, "queue priority", [request] { return change(*request); }, printJob);
}

void addAfter(CommandLine& line, CLI::App& queue) {
    auto* verb = queue.add_subcommand(
        "after", "What a job that waits is to wait for; for no other job where none is named");
    auto request = std::make_shared<ChangeJob>();
    verb->add_option("JOB", request->job, kJobHelp)->required();
    verb->add_option("OTHER", request->after.emplace(), "Jobs that must have finished before");
    line.onParsed(
        verb, "queue after", [request] { return change(*request); }, printJob);
}

// ---- wait ---------------------------------------------------------------------------------------

// The end of some jobs, whenever each came.
struct Wait {
    std::vector<std::string> names;
    std::map<std::string, JobInfo> jobs;
    Done done;

    void take(const JobInfo& info) {
        if (std::find(names.begin(), names.end(), info.job) != names.end()) {
            jobs[info.job] = info;
        }
    }

    void endIfOver() const {
        std::vector<JobInfo> ended;
        for (const auto& name : names) {
            const auto known = jobs.find(name);
            if (known == jobs.end()) {
                return;
            }
            const JobInfo& info = known->second;
            // A job that is held has no end to wait for.
            if (!training::isOver(info.state) && info.state != "paused") {
                return;
            }
            ended.push_back(info);
        }
        for (const JobInfo& info : ended) {
            if (info.state != "finished") {
                done(info.error ? training::errorOf(*info.error)
                                : Error{ErrorCode::saved, info.job + " is " + info.state, info.job,
                                        "'understudy-cli queue retry' lets it go on"});
                return;
            }
        }
        done(jobsToJson(ended, false));
    }
};

Result<Json> wait(const std::vector<std::string>& names) {
    const auto ask = [&](ServiceClient& client, const Done& done) {
        auto state = std::make_shared<Wait>();
        state->names = names;
        state->done = done;
        onInterrupt(&client, [done](Interrupt) {
            done(Error{ErrorCode::saved, "no longer waiting; the jobs go on", "",
                       "'understudy-cli queue list' shows them"});
        });
        QObject::connect(&client, &ServiceClient::jobChanged, &client,
                         [state](const JobInfo& info) {
                             state->take(info);
                             state->endIfOver();
                         });
        // Also after a lost connection. Those that are not in the list may be in the history.
        QObject::connect(&client, &ServiceClient::jobsListed, &client, [state, &client] {
            client.listJobs(ListJobs(), [state](Result<std::vector<JobInfo>> jobs) {
                if (!jobs.ok()) {
                    return;  // the connection is lost: after the next one it is asked again
                }
                for (const auto& info : *jobs) {
                    state->take(info);
                }
                for (const auto& name : state->names) {
                    if (state->jobs.count(name) == 0) {
                        state->done(Error{ErrorCode::usage, "there is no job named '" + name + "'",
                                          name, "'understudy-cli queue list' shows the jobs"});
                        return;
                    }
                }
                state->endIfOver();
            });
        });
    };
    return askService(false, ask, kWaitLimit);
}

void addWait(CommandLine& line, CLI::App& queue) {
    auto* verb = queue.add_subcommand(
        "wait", "Return when these jobs have finished; with the code of one that did not");
    auto names = std::make_shared<std::vector<std::string>>();
    verb->add_option("JOB", *names, "job-17 (one or more)")->required();
    line.onParsed(
        verb, "queue wait", [names] { return wait(*names); }, printJobs);
}

// ---- what is asked of a job by its name ---------------------------------------------------------

using Act = void (ServiceClient::*)(const std::string&, ServiceClient::Answer);

void addAct(CommandLine& line, CLI::App& queue, const std::string& name, const std::string& help,
            Act act) {
    auto* verb = queue.add_subcommand(name, help);
    auto job = std::make_shared<std::string>();
    verb->add_option("JOB", *job, kJobHelp)->required();
    line.onParsed(
        verb, "queue " + name,
        [job, act] {
            return askService(false, [&](ServiceClient& client, const Done& done) {
                (client.*act)(*job, [done](Result<std::string> answer) {
                    done(answer.ok() ? Result<Json>(Json{{"job", *answer}}) : answer.error());
                });
            });
        },
        printJob);
}

}  // namespace

void addQueueVerbs(CommandLine& line) {
    auto* queue = line.app.add_subcommand("queue", "The jobs of the service");
    queue->require_subcommand(1);
    addList(line, *queue);
    addAdd(line, *queue);
    addMove(line, *queue);
    addPriority(line, *queue);
    addAfter(line, *queue);
    addWait(line, *queue);
    addAct(line, *queue, "hold", "Keep a job from starting, or save it and end its program",
           &ServiceClient::pauseJob);
    addAct(line, *queue, "release", "Let a job that is held have its turn",
           &ServiceClient::resumeJob);
    addAct(line, *queue, "cancel", "Save a job and end it", &ServiceClient::stopJob);
    addAct(line, *queue, "retry", "Put a job back that has failed, was cancelled or is held",
           &ServiceClient::resumeJob);
}

}  // namespace understudy::cli
