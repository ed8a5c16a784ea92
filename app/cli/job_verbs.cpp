// pause, resume, stop, checkpoint, preview, set: what can be asked of a run that is in the service.
#include <QTimer>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/base/file.h"
#include "training/plan/preview_faces.h"
#include "training/plan/run_folder.h"
#include "training/protocol/job_state.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;
using training::JobInfo;
using training::ServiceClient;

// A checkpoint is written within this, or the request has failed.
constexpr double kLimit = 600;

struct RunOptions {
    std::string project;
    std::string run;

    std::string folder() const { return absolutePath(project); }
};

// The step of the run's last checkpoint, or null.
Json savedStep(const RunOptions& options) {
    const training::RunFolder run{fs::path(options.folder()) / "runs" / options.run};
    const auto latest = readFile(run.latest(), 4096);
    const auto name = latest.ok() ? latest->substr(0, latest->find('\n')) : "";
    const auto step = training::stepOfName(name);
    return step ? Json(*step) : Json();
}

// The run's newest training in the service.
Result<JobInfo> jobOf(const std::vector<JobInfo>& jobs, const RunOptions& options) {
    const auto found = std::find_if(jobs.begin(), jobs.end(), [&](const JobInfo& info) {
        return info.kind == "train" && info.run == options.run && info.project == options.folder();
    });
    if (found == jobs.end()) {
        return Error{ErrorCode::usage, "the service has no training of run '" + options.run + "'",
                     options.project, "'understudy-cli status' lists what it has"};
    }
    return *found;
}

using Act =
    std::function<void(ServiceClient&, const std::string& job, ServiceClient::Answer answer)>;

// One request about the run's job, then its end as `settled` tells it.
struct Inquiry {
    RunOptions options;
    Act act;
    std::function<bool(const JobInfo&)> settled;  // by state; none for requests that an event ends
    bool byCheckpoint = false;
    bool byPreview = false;
    bool bySettings = false;
    std::vector<std::string> settings = {};
};

Json answerOf(const RunOptions& options, const std::string& state, const Json& step) {
    return {{"run", options.run}, {"state", state}, {"step", step}};
}

void follow(ServiceClient& client, const Inquiry& inquiry, const JobInfo& job, const Done& done) {
    const auto options = inquiry.options;
    const auto name = job.job;
    QObject::connect(&client, &ServiceClient::jobChanged, &client, [=](const JobInfo& info) {
        if (info.job != name) {
            return;
        }
        if (inquiry.bySettings) {
            return;  // also a job that does not run has settings
        }
        if (inquiry.settled && inquiry.settled(info)) {
            done(answerOf(options, info.state, savedStep(options)));
        } else if (training::isOver(info.state) || info.state == "paused") {
            done(info.error ? training::errorOf(*info.error)
                            : Error{ErrorCode::transient, "the job is " + info.state, name,
                                    "'understudy-cli status' lists the jobs"});
        }
    });
    const auto byStep = [=](const auto& event) {
        if (event.job == name) {
            done(answerOf(options, "running", event.step));
        }
    };
    if (inquiry.byCheckpoint) {
        QObject::connect(&client, &ServiceClient::checkpointWritten, &client, byStep);
    }
    if (inquiry.bySettings) {
        QObject::connect(
            &client, &ServiceClient::settingsChanged, &client,
            [=, settings = inquiry.settings](const training::SettingsChanged& event) {
                if (event.job != name || event.settings != settings) {
                    return;
                }
                Json answer = answerOf(options, job.state, event.step);
                answer["settings"] = settings;
                done(event.error ? Result<Json>(training::errorOf(*event.error)) : answer);
            });
    }
    if (inquiry.byPreview) {
        QObject::connect(&client, &ServiceClient::previewWritten, &client, byStep);
    }
}

Result<Json> inquire(const Inquiry& inquiry) {
    return askService(
        false,
        [&](ServiceClient& client, const Done& done) {
            client.listJobs([&, done](Result<std::vector<JobInfo>> jobs) {
                if (!jobs.ok()) {
                    done(jobs.error());
                    return;
                }
                const auto job = jobOf(*jobs, inquiry.options);
                if (!job.ok()) {
                    done(job.error());
                    return;
                }
                follow(client, inquiry, *job, done);
                inquiry.act(client, job->job, [done](Result<std::string> answer) {
                    if (!answer.ok()) {
                        done(answer.error());
                    }
                });
            });
        },
        kLimit);
}

void print(const Json& result) {
    std::cout << result["run"].get<std::string>() << ": " << result["state"].get<std::string>()
              << ", step " << result["step"] << '\n';
}

void addRun(CLI::App& verb, RunOptions& options) {
    verb.add_option("PROJECT", options.project, "The project's folder")->required();
    verb.add_option("--run", options.run, "The run")->required();
}

void addVerb(CommandLine& line, const std::string& name, const std::string& help,
             const Inquiry& inquiry) {
    auto* verb = line.app.add_subcommand(name, help);
    auto asked = std::make_shared<Inquiry>(inquiry);
    addRun(*verb, asked->options);
    line.onParsed(
        verb, name, [asked] { return inquire(*asked); }, print);
}

// The trainer reads which faces it shows before it draws.
Status chooseFaces(const RunOptions& options, const std::string& faces) {
    const training::RunFolder run{fs::path(options.folder()) / "runs" / options.run};
    if (!fs::is_directory(run.path)) {
        return Error{ErrorCode::missingInput, "there is no run '" + options.run + "'",
                     run.path.string(), "'understudy-cli status' lists the trainings"};
    }
    US_ASSIGN(const std::vector<std::string> chosen, training::previewFacesOf(faces));
    return training::writePreviewFaces(run.previewFaces(), chosen);
}

void addPreviewVerb(CommandLine& line, const Act& act) {
    auto* verb = line.app.add_subcommand("preview", "Write a preview now");
    auto asked = std::make_shared<Inquiry>(Inquiry{{}, act, {}, false, true});
    auto faces = std::make_shared<std::optional<std::string>>();
    addRun(*verb, asked->options);
    verb->add_option("--faces", *faces,
                     "The faces that previews show from now on, clip:frame,...; empty: some of "
                     "those that are never trained on");
    line.onParsed(
        verb, "preview",
        [asked, faces]() -> Result<Json> {
            if (*faces) {
                US_TRY(chooseFaces(asked->options, **faces));
            }
            return inquire(*asked);
        },
        print);
}

void addSetVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand("set", "Change settings of a training while it runs");
    auto asked = std::make_shared<Inquiry>();
    addRun(*verb, asked->options);
    verb->add_option("SETTINGS", asked->settings, "key=value, as for train --set")->required();
    asked->bySettings = true;
    line.onParsed(
        verb, "set",
        [asked] {
            asked->act = [settings = asked->settings](ServiceClient& client, const std::string& job,
                                                      ServiceClient::Answer answer) {
                client.changeSettings(job, settings, "asked for", std::move(answer));
            };
            return inquire(*asked);
        },
        print);
}

}  // namespace

void addJobVerbs(CommandLine& line) {
    const auto by = [](void (ServiceClient::*act)(const std::string&, ServiceClient::Answer)) {
        return [act](ServiceClient& client, const std::string& job, ServiceClient::Answer answer) {
            (client.*act)(job, std::move(answer));
        };
    };
    const auto is = [](auto... states) {
        return [=](const JobInfo& info) { return ((info.state == states) || ...); };
    };
    addVerb(line, "pause", "Save a training and hold it",
            {{}, by(&ServiceClient::pauseJob), is("paused", "finished")});
    addVerb(line, "resume", "Go on with a training that was paused, stopped or failed",
            {{}, by(&ServiceClient::resumeJob), is("queued", "starting", "running", "finished")});
    addVerb(line, "stop", "Save a training and end it",
            {{}, by(&ServiceClient::stopJob), is("cancelled", "finished")});
    addVerb(line, "checkpoint", "Save a training now, without stopping it",
            {{}, by(&ServiceClient::writeCheckpoint), {}, true, false});
    addPreviewVerb(line, by(&ServiceClient::writePreview));
    addSetVerb(line);
}

}  // namespace understudy::cli
