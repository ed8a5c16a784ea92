#include "app/cli/job_runner.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>
#include <algorithm>
#include <optional>

#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/signals.h"
#include "training/client/local_job.h"
#include "training/client/socket_path.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"

namespace understudy::cli {
namespace {

using training::JobFinished;
using training::JobInfo;
using training::LocalJob;
using training::ServiceClient;

constexpr int kConnectLimit = 20000;  // ms
constexpr int kLocalRetries = 3;
constexpr int kRetryAfter = 1000;  // ms, doubled with each

Error noService(const std::optional<Error>& reason) {
    return reason.value_or(Error{ErrorCode::environment, "the service does not answer",
                                 training::socketPath().string(),
                                 "Its log is " + (training::logFolder() / "service.log").string() +
                                     "; --local works without it"});
}

Error savedError(const std::string& message) {
    return {ErrorCode::saved, message, "", "Start it again, or resume it, to go on"};
}

// What both ways of running a job have in common: the events that are shown and collected.
class Follower : public QObject {
  public:
    template <class Source>
    void follow(Source& source) {
        connect(&source, &Source::jobChanged, this, [this](const JobInfo& info) {
            if (info.job == outcome.job) {
                progress.show(info);
            }
        });
        connect(&source, &Source::stepFinished, this, [this](const auto& event) {
            if (event.job == outcome.job) {
                outcome.step = event.step;
                progress.showStep(event);
            }
        });
        connect(&source, &Source::warningRaised, this, [this](const auto& event) {
            if (event.job == outcome.job) {
                outcome.warnings.push_back(event.text);
                progress.say("warning: " + event.text);
            }
        });
    }

    void end(Result<JobOutcome> how) {
        if (!ended) {
            ended = std::move(how);
            progress.clear();
            loop.quit();
        }
    }

    void endWith(const JobFinished& event) {
        if (event.exitCode == 0) {
            outcome.result = parsedResult(event.result);
            end(outcome);
        } else if (event.error) {
            end(training::errorOf(*event.error));
        } else {
            end(savedError("the job was stopped"));
        }
    }

    Result<JobOutcome> wait() {
        if (!ended) {
            loop.exec();
        }
        return *std::move(ended);
    }

    JobOutcome outcome;
    Progress progress;

  private:
    QEventLoop loop;
    std::optional<Result<JobOutcome>> ended;
};

// Through the service.
class ServiceRun {
  public:
    explicit ServiceRun(const JobRequest& request) : request_(request), client_("understudy-cli") {}

    Result<JobOutcome> run() {
        follower_.follow(client_);
        QObject::connect(&client_, &ServiceClient::connectionChanged, &follower_,
                         [this](ServiceClient::State state) { onConnection(state); });
        QObject::connect(&client_, &ServiceClient::connectionFailed, &follower_,
                         [this](const Error& error) { reason_ = error; });
        QObject::connect(&client_, &ServiceClient::jobsListed, &follower_,
                         [this](const std::vector<JobInfo>& jobs) { onList(jobs); });
        QObject::connect(&client_, &ServiceClient::jobChanged, &follower_,
                         [this](const JobInfo& info) { onChange(info); });
        QObject::connect(&client_, &ServiceClient::jobFinished, &follower_,
                         [this](const JobFinished& event) {
                             if (event.job == follower_.outcome.job) {
                                 follower_.endWith(event);
                             }
                         });
        QTimer::singleShot(kConnectLimit, &follower_, [this] {
            if (!asked_) {
                follower_.end(noService(reason_));
            }
        });
        onInterrupt(&follower_, [this] { interrupt(); });
        client_.connectToService(true);
        return follower_.wait();
    }

  private:
    void onConnection(ServiceClient::State state) {
        if (state != ServiceClient::State::connected || asked_) {
            return;
        }
        asked_ = true;
        client_.startJob(request_.start, [this](Result<std::string> job) {
            if (!job.ok()) {
                follower_.end(job.error());
                return;
            }
            follower_.outcome.job = *job;
            if (request_.detach) {
                detach();
            } else if (interrupted_) {
                interrupt();
            }
        });
    }

    void onChange(const JobInfo& info) {
        if (info.job == follower_.outcome.job && info.state == "paused") {
            follower_.end(info.error ? training::errorOf(*info.error)
                                     : savedError("the job was paused"));
        }
    }

    // After a lost connection: the end may have been missed.
    void onList(const std::vector<JobInfo>& jobs) {
        const std::string& mine = follower_.outcome.job;
        if (mine.empty()) {
            return;
        }
        const auto found = std::find_if(jobs.begin(), jobs.end(),
                                        [&](const JobInfo& info) { return info.job == mine; });
        if (found == jobs.end()) {
            follower_.end(Error{ErrorCode::transient, "the service no longer knows the job", mine,
                                "Start it again; what is done is kept"});
        } else if (training::isOver(found->state)) {
            follower_.endWith({mine, found->exitCode, found->error, found->result});
        } else {
            onChange(*found);
        }
    }

    void detach() {
        follower_.outcome.detached = true;
        follower_.end(follower_.outcome);
    }

    void interrupt() {
        interrupted_ = true;
        if (!asked_) {
            follower_.end(savedError("interrupted before the job began"));
        } else if (follower_.outcome.job.empty()) {
            // The answer to the request is on its way; it comes back here.
        } else if (request_.detachOnInterrupt) {
            detach();
        } else {
            follower_.progress.say("stopping: the job saves");
            client_.stopJob(follower_.outcome.job);
        }
    }

    JobRequest request_;
    Follower follower_;
    ServiceClient client_;
    std::optional<Error> reason_;
    bool asked_ = false;
    bool interrupted_ = false;
};

// Without the service. Something transient (the run still in the hands of a process that is about
// to end, a crash) is tried again, as the service would.
class LocalRun {
  public:
    explicit LocalRun(const JobRequest& request) : request_(request) {}

    Result<JobOutcome> run() {
        onInterrupt(&follower_, [this] { interrupt(); });
        begin();
        return follower_.wait();
    }

  private:
    void begin() {
        job_ = std::make_unique<LocalJob>();
        follower_.outcome.job = job_->info().job;
        follower_.follow(*job_);
        QObject::connect(
            job_.get(), &LocalJob::jobFinished, &follower_,
            [this](const JobFinished& event) { onEnd(event); }, Qt::QueuedConnection);
        const auto started = job_->start(request_.start);
        follower_.outcome.job = job_->info().job;
        if (!started.ok()) {
            follower_.end(started.error());
        }
    }

    void onEnd(const JobFinished& event) {
        const bool transient =
            event.error && event.error->code == static_cast<int>(ErrorCode::transient);
        if (!transient || interrupted_ || retries_ == kLocalRetries) {
            follower_.endWith(event);
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
    Follower follower_;
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
    ensureEventLoop();
    if (!settings.local) {
        return ServiceRun(request).run();
    }
    if (request.detach) {
        return Error{ErrorCode::usage, "--detach needs the service", "--detach",
                     "Leave out --local, or --detach"};
    }
    return LocalRun(request).run();
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
        QObject::connect(&client, &ServiceClient::connectionChanged, &loop,
                         [&](ServiceClient::State state, int attempt) {
                             if (state == ServiceClient::State::connected && !asked) {
                                 asked = true;
                                 ask(client, done);
                             } else if (!start && attempt > 0 && !asked) {
                                 done(Error{ErrorCode::environment, "the service does not run",
                                            training::socketPath().string(),
                                            "'understudy-cli service start' starts it"});
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
    json["result"] = info.result.empty() ? Json(nullptr) : parsedResult(info.result);
    return json;
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
