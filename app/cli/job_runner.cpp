#include "app/cli/job_runner.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/service_state.h"
#include "app/cli/signals.h"
#include "training/client/json_log.h"
#include "training/client/local_job.h"
#include "training/client/socket_path.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"

namespace understudy::cli {
namespace {

constexpr int kAttempts = 20;  // to reach a service that does not answer

using training::JobFinished;
using training::JobInfo;
using training::LocalJob;
using training::ServiceClient;

constexpr int kConnectLimit = 20000;  // ms
constexpr int kLocalRetries = 3;
constexpr int kRetryAfter = 1000;  // ms, doubled with each

Error noService(const std::optional<Error>& reason) {
    return reason.value_or(Error{
        ErrorCode::environment, "the service does not answer", training::socketPath().string(),
        "Its log is " + training::serviceLog().string() + "; --local works without it"});
}

Error savedError(const std::string& message) {
    return {ErrorCode::saved, message, "", "Start it again, or resume it, to go on"};
}

// What both ways of running jobs have in common: the events that are shown and collected.
class Follower : public QObject {
  public:
    explicit Follower(size_t jobs) : outcomes(jobs) {}

    template <class Source>
    void follow(Source& source) {
        connect(&source, &Source::jobChanged, this, [this](const JobInfo& info) {
            // Of several jobs one runs; that the others wait need not be said each time.
            if (find(info.job) != nullptr && (outcomes.size() == 1 || info.state != "queued")) {
                progress.show(info);
            }
        });
        connect(&source, &Source::stepFinished, this, [this](const auto& event) {
            if (JobOutcome* outcome = find(event.job)) {
                outcome->step = event.step;
                progress.showStep(event);
            }
        });
        connect(&source, &Source::warningRaised, this, [this](const auto& event) {
            if (JobOutcome* outcome = find(event.job)) {
                outcome->warnings.push_back(event.text);
                progress.say("warning: " + event.text);
            }
        });
    }

    JobOutcome* find(const std::string& job) {
        const auto found = std::find_if(outcomes.begin(), outcomes.end(), [&](const auto& outcome) {
            return !job.empty() && outcome.job == job;
        });
        return found == outcomes.end() ? nullptr : &*found;
    }

    void end(Result<std::vector<JobOutcome>> how) {
        if (!ended) {
            ended = std::move(how);
            progress.clear();
            loop.quit();
        }
    }

    Result<std::vector<JobOutcome>> wait() {
        if (!ended) {
            loop.exec();
        }
        return *std::move(ended);
    }

    std::vector<JobOutcome> outcomes;
    Progress progress;

  private:
    QEventLoop loop;
    std::optional<Result<std::vector<JobOutcome>>> ended;
};

// Takes the result over, or says with what the job failed.
std::optional<Error> takeEnd(JobOutcome& outcome, const JobFinished& event) {
    if (event.exitCode == 0) {
        outcome.result = parsedResult(event.result);
        return std::nullopt;
    }
    return event.error ? training::errorOf(*event.error) : savedError("the job was stopped");
}

// Through the service. All jobs are in its queue from the start, so that they run whatever becomes
// of us; when one fails the others are taken back.
class ServiceRun {
  public:
    ServiceRun(const std::vector<JobRequest>& requests, const Queueing& queueing)
        : requests_(requests),
          detach_(queueing.detach),
          follower_(requests.size()),
          client_("understudy-cli") {
        for (JobRequest& request : requests_) {
            request.start.priority = queueing.priority;
            request.start.after = queueing.after;
            request.start.hold = queueing.hold;
        }
    }

    Result<std::vector<JobOutcome>> run() {
        follower_.follow(client_);
        QObject::connect(&client_, &ServiceClient::connectionChanged, &follower_,
                         [this](ServiceClient::State state) { onConnection(state); });
        QObject::connect(&client_, &ServiceClient::connectionFailed, &follower_,
                         [this](const Error& error) { reason_ = error; });
        QObject::connect(&client_, &ServiceClient::jobsListed, &follower_,
                         [this](const std::vector<JobInfo>& jobs) { onList(jobs); });
        QObject::connect(&client_, &ServiceClient::jobChanged, &follower_,
                         [this](const JobInfo& info) {
                             onChange(info);
                             settle();
                         });
        QObject::connect(&client_, &ServiceClient::jobFinished, &follower_,
                         [this](const JobFinished& event) {
                             onEnd(event);
                             settle();
                         });
        QTimer::singleShot(kConnectLimit, &follower_, [this] {
            if (!asked_) {
                follower_.end(noService(reason_));
            }
        });
        onInterrupt(&follower_, [this](Interrupt why) {
            interrupted_ = why;
            settle();
        });
        client_.connectToService(true);
        return follower_.wait();
    }

  private:
    void onConnection(ServiceClient::State state) {
        if (state != ServiceClient::State::connected || asked_) {
            return;
        }
        asked_ = true;
        for (size_t i = 0; i < requests_.size(); ++i) {
            client_.startJob(requests_[i].start, [this, i](Result<std::string> job) {
                ++answered_;
                if (job.ok()) {
                    follower_.outcomes[i].job = *job;
                } else {
                    fail(job.error());
                }
                settle();
            });
        }
    }

    void onChange(const JobInfo& info) {
        if (info.state == "paused" && follower_.find(info.job) != nullptr) {
            over_.insert(info.job);
            fail(info.error ? training::errorOf(*info.error) : savedError("the job was paused"));
        }
    }

    void onEnd(const JobFinished& event) {
        JobOutcome* outcome = follower_.find(event.job);
        if (outcome == nullptr || !over_.insert(event.job).second) {
            return;
        }
        if (const auto error = takeEnd(*outcome, event)) {
            fail(*error);
        }
    }

    // After a lost connection: the end may have been missed.
    void onList(const std::vector<JobInfo>& jobs) {
        for (const auto& outcome : follower_.outcomes) {
            if (outcome.job.empty()) {
                continue;
            }
            const auto found = std::find_if(jobs.begin(), jobs.end(), [&](const JobInfo& info) {
                return info.job == outcome.job;
            });
            if (found == jobs.end()) {
                over_.insert(outcome.job);
                fail(Error{ErrorCode::transient, "the service no longer knows the job", outcome.job,
                           "Start it again; what is done is kept"});
            } else if (training::isOver(found->state)) {
                onEnd({outcome.job, found->exitCode, found->error, found->result});
            } else {
                onChange(*found);
            }
        }
        stopsAsked_.clear();
        settle();
    }

    // The first reason is the one that is told.
    void fail(const Error& error) {
        if (!error_) {
            error_ = error;
        }
    }

    // After anything that happened.
    void settle() {
        if (!asked_) {
            if (interrupted_) {
                follower_.end(savedError("interrupted before the job began"));
            }
            return;
        }
        if (answered_ < requests_.size()) {
            return;  // what is asked for is on its way, and comes back here
        }
        if (error_) {
            stopRest();
        } else if (detach_) {
            detach();
        } else if (interrupted_) {
            interrupt(*std::exchange(interrupted_, std::nullopt));
        } else if (over_.size() == requests_.size()) {
            follower_.end(follower_.outcomes);
        }
    }

    void stopRest() {
        bool all = true;
        for (const auto& outcome : follower_.outcomes) {
            if (outcome.job.empty() || over_.count(outcome.job) > 0) {
                continue;
            }
            all = false;
            if (stopsAsked_.insert(outcome.job).second) {
                client_.stopJob(outcome.job);
            }
        }
        if (all) {
            follower_.end(*error_);
        }
    }

    void detach() {
        for (auto& outcome : follower_.outcomes) {
            outcome.detached = true;
        }
        follower_.end(follower_.outcomes);
    }

    // A terminal that is closed, or a session that ends, is no wish that the work ends.
    void interrupt(Interrupt why) {
        if (requests_.front().detachOnInterrupt) {
            detach();
        } else if (why == Interrupt::leaving) {
            follower_.end(Error{ErrorCode::saved,
                                "ended before the work was; it goes on in the service", "",
                                "'understudy-cli watch' follows it, 'queue cancel' ends it"});
        } else {
            follower_.progress.say("stopping: the job saves");
            fail(savedError("the job was stopped"));
            stopRest();
        }
    }

    std::vector<JobRequest> requests_;
    bool detach_;
    Follower follower_;
    ServiceClient client_;
    std::optional<Error> reason_;
    std::optional<Error> error_;  // that all of it ends with
    std::set<std::string> over_, stopsAsked_;
    size_t answered_ = 0;
    bool asked_ = false;
    std::optional<Interrupt> interrupted_;
};

// Without the service. Something transient (the run still in the hands of a process that is about
// to end, a crash) is tried again, as the service would.
class LocalRun {
  public:
    explicit LocalRun(const JobRequest& request) : request_(request) {}

    Result<JobOutcome> run() {
        onInterrupt(&follower_, [this](Interrupt) { interrupt(); });
        begin();
        US_ASSIGN(auto outcomes, follower_.wait());
        return std::move(outcomes.front());
    }

  private:
    JobOutcome& outcome() { return follower_.outcomes.front(); }

    void begin() {
        job_ = std::make_unique<LocalJob>();
        outcome().job = job_->info().job;
        follower_.follow(*job_);
        QObject::connect(
            job_.get(), &LocalJob::jobFinished, &follower_,
            [this](const JobFinished& event) { onEnd(event); }, Qt::QueuedConnection);
        const auto started = job_->start(request_.start, request_.log);
        outcome().job = job_->info().job;
        if (!started.ok()) {
            follower_.end(started.error());
        }
    }

    void onEnd(const JobFinished& event) {
        const bool transient =
            event.error && event.error->code == static_cast<int>(ErrorCode::transient);
        if (!transient || interrupted_ || retries_ == kLocalRetries) {
            const auto error = takeEnd(outcome(), event);
            follower_.end(error ? Result<std::vector<JobOutcome>>(*error) : follower_.outcomes);
            return;
        }
        follower_.progress.say("trying again: " + event.error->message);
        QTimer::singleShot(kRetryAfter << retries_++, &follower_, [this] { begin(); });
    }

    void interrupt() {
        interrupted_ = true;
        follower_.progress.say("stopping: the job saves");
        job_->stop();
    }

    JobRequest request_;
    Follower follower_{1};
    std::unique_ptr<LocalJob> job_;
    int retries_ = 0;
    bool interrupted_ = false;
};

}  // namespace

void ensureEventLoop() {
    static int argc = 1;
    static char name[] = "understudy-cli";
    static char* argv[] = {name, nullptr};
    static QCoreApplication application(argc, argv);
}

Result<JobOutcome> runJob(const Settings& settings, const JobRequest& request) {
    US_ASSIGN(auto outcomes, runJobs(settings, {request}));
    return std::move(outcomes.front());
}

Result<std::vector<JobOutcome>> runJobs(const Settings& settings,
                                        const std::vector<JobRequest>& requests) {
    ensureEventLoop();
    if (!settings.local) {
        return ServiceRun(requests, settings.queue).run();
    }
    if (!settings.queue.isPlain()) {
        return Error{ErrorCode::usage, "a place in the queue needs the service", "--local",
                     "Leave out --local (or UNDERSTUDY_LOCAL), or what is said of the queue"};
    }
    std::vector<JobOutcome> outcomes;
    for (const auto& request : requests) {
        US_ASSIGN(auto outcome, LocalRun(request).run());
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

Result<Json> askService(bool start, const std::function<void(ServiceClient&, Done)>& ask,
                        double limitSeconds) {
    ensureEventLoop();
    QEventLoop loop;
    std::optional<Result<Json>> answer;
    std::optional<Error> reason;
    const Done done = [&](Result<Json> result) {
        if (!answer) {
            answer = std::move(result);
            loop.quit();
        }
    };
    {
        ServiceClient client("understudy-cli");
        bool asked = false;
        QObject::connect(&client, &ServiceClient::connectionFailed, &loop,
                         [&](const Error& error) { reason = error; });
        QObject::connect(
            &client, &ServiceClient::connectionChanged, &loop,
            [&](ServiceClient::State state, int attempt) {
                if (state == ServiceClient::State::connected && !asked) {
                    asked = true;
                    ask(client, done);
                } else if (!start && attempt > 0 && !asked &&
                           (reason || attempt > kAttempts || servicePid().is_null())) {
                    // One that has just begun does not listen yet.
                    done(reason.value_or(Error{ErrorCode::environment, "the service does not run",
                                               training::socketPath().string(),
                                               "'understudy-cli service start' starts it"}));
                }
            });
        QTimer::singleShot(static_cast<int>(limitSeconds * 1000), &loop,
                           [&] { done(noService(reason)); });
        client.connectToService(start);
        if (!answer) {
            loop.exec();
        }
    }
    return *std::move(answer);
}

Json jobToJson(const JobInfo& info) {
    Json json = Json::parse(training::jobInfoToJson(info), nullptr, false);
    if (info.kind == "train" && !json.contains("cost")) {
        json["cost"] = nullptr;
    }
    json.erase("place");
    json["result"] = info.result.empty() ? Json(nullptr) : parsedResult(info.result);
    return json;
}

Json detachedResult(const std::vector<JobOutcome>& outcomes) {
    Json jobs = Json::array();
    for (const auto& outcome : outcomes) {
        jobs.push_back(outcome.job);
    }
    return {{"job", jobs.empty() ? Json() : jobs.back()}, {"jobs", jobs}, {"detached", true}};
}

JobRequest extractRequest(const std::filesystem::path& project, const std::string& clip, int size,
                          const std::string& type, bool replaceImported, int person) {
    JobRequest request;
    request.start.kind = "extract";
    request.start.project = absolutePath(project);
    request.start.title = "Find faces in " + clip;
    request.start.clip = clip;
    request.start.arguments = {"--project", request.start.project, "--clip", clip,
                               "--size",    std::to_string(size),  "--type", type};
    if (replaceImported) {
        request.start.arguments.emplace_back("--replace-imported");
    }
    if (person != 0) {
        request.start.arguments.insert(request.start.arguments.end(),
                                       {"--person", std::to_string(person)});
    }
    return request;
}

}  // namespace understudy::cli
