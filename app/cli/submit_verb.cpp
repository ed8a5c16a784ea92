// submit: a run for a Slurm cluster, handed over and followed.
#include <QEventLoop>
#include <QTimer>
#include <iostream>
#include <memory>
#include <optional>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/signals.h"
#include "app/cli/slurm.h"
#include "app/cli/train_options.h"
#include "app/cli/verbs.h"
#include "media/base/exit_code.h"
#include "media/base/file.h"
#include "media/base/paths.h"
#include "training/plan/run_folder.h"
#include "training/prepare/slurm_script.h"

namespace understudy::cli {
namespace {

constexpr int kAskEvery = 2000;  // milliseconds: controllers are shared by many

struct SubmitOptions {
    TrainOptions train;
    training::SlurmRequest slurm;
    bool onCpu = false;
    bool dryRun = false;
};

// Follows a job until it is over or Ctrl-C.
class Follower : public QObject {
  public:
    Follower(std::string id, training::RunFolder run) : id_(std::move(id)), run_(std::move(run)) {}

    // The job as it was last; `detached` when somebody had enough.
    Result<SlurmJob> follow(bool& detached) {
        QTimer timer;
        connect(&timer, &QTimer::timeout, this, [this] { look(); });
        onInterrupt(this, [this, &detached](Interrupt) {
            detached = true;
            loop_.quit();
        });
        timer.start(kAskEvery);
        QTimer::singleShot(0, this, [this] { look(); });
        loop_.exec();
        progress_.clear();
        return error_ ? Result<SlurmJob>(*error_) : Result<SlurmJob>(job_);
    }

  private:
    void look() {
        Result<SlurmJob> job = slurmJob(id_);
        if (!job.ok()) {
            if (job.error().code != ErrorCode::transient) {
                error_ = job.error();
                loop_.quit();
            }
            return;
        }
        if (job->state != job_.state || job->restarts != job_.restarts) {
            progress_.say("job " + id_ + ": " + job->state +
                          (job->reason.empty() ? "" : " (" + job->reason + ")") +
                          (job->restarts > 0
                               ? ", started " + std::to_string(job->restarts + 1) + " times"
                               : ""));
        }
        job_ = std::move(*job);
        showSteps();
        if (job_.isOver()) {
            loop_.quit();
        }
    }

    void showSteps() {
        const auto lines = training::readHistory(run_.history(), offset_);
        if (!lines.ok() || lines->empty()) {
            return;
        }
        const training::HistoryLine& last = lines->back();
        progress_.say("step " + std::to_string(last.step) + ", loss " + shortNumber(last.loss, 4) +
                      ", " + shortNumber(last.iterationsPerSecond, 2) + " steps/s");
    }

    std::string id_;
    training::RunFolder run_;
    uint64_t offset_ = 0;
    SlurmJob job_;
    std::optional<Error> error_;
    Progress progress_;
    QEventLoop loop_;
};

Json resultOf(const std::string& run, const training::RunFolder& folder) {
    Json result = {{"run", run},           {"step", 0},
                   {"seconds", Json()},    {"loss", Json()},
                   {"validation", Json()}, {"checkpoint", Json()},
                   {"cost", Json()}};
    uint64_t offset = 0;
    if (const auto lines = training::readHistory(folder.history(), offset); lines.ok()) {
        for (const training::HistoryLine& line : *lines) {
            result["step"] = line.step;
            result["seconds"] = line.time;
            result["loss"] = numberOrNull(line.loss);
            if (line.validation) {
                result["validation"] = numberOrNull(*line.validation);
            }
        }
    }
    if (const auto steps = training::checkpointSteps(folder); !steps.empty()) {
        result["checkpoint"] = folder.checkpoint(steps.back()).string();
    }
    return result;
}

// How a job that is over went; the trainer's own codes go through the script.
Status judged(const SlurmJob& job, const training::RunFolder& run) {
    if (job.state == "COMPLETED" && job.exitCode == 0) {
        return {};
    }
    const std::string log = (run.path / ("slurm-" + job.id + ".log")).string();
    return Error{errorCodeOf(job.exitCode).value_or(ErrorCode::transient),
                 "the job ended as " + job.state + " with code " + std::to_string(job.exitCode),
                 log, "See the log; submit --resume goes on from the last checkpoint"};
}

Result<Json> submit(const Settings& settings, SubmitOptions options) {
    ensureEventLoop();
    training::SlurmRequest& slurm = options.slurm;
    if (slurm.gpusPerNode == 0 && !options.onCpu) {
        slurm.gpusPerNode = slurm.ranksPerNode;
    }
    US_ASSIGN(const auto trainer, siblingProgram("understudy-trainer"));
    slurm.trainer = absolutePath(trainer);
    slurm.arguments = limitArguments(options.train);
    slurm.run = options.train.run;
    US_TRY(slurm.check());
    if (!options.dryRun) {
        US_TRY(findSlurm());  // before there is a run that nobody trains
    }
    if (options.onCpu) {
        options.train.settings.emplace_back("devices=cpu");
    } else {
        options.train.settings.emplace_back("devices=all");
    }
    US_ASSIGN(auto project, media::Project::open(options.train.project));
    US_ASSIGN(const auto price, priceArguments(project, options.train));
    slurm.arguments.insert(slurm.arguments.end(), price.begin(), price.end());
    US_ASSIGN(const auto run, prepareTraining(settings, project, options.train));
    const training::RunFolder folder{absolutePath(run.folder)};
    slurm.run = run.name;
    slurm.runFolder = folder.path;
    US_TRY(slurm.check());
    const auto script = folder.path / "submit.sbatch";
    US_TRY(writeFileAtomic(script, slurmScript(slurm), 0700));
    Json result = resultOf(run.name, folder);
    result["script"] = script.string();
    if (options.dryRun) {
        return result;
    }
    US_ASSIGN(const std::string id, submitScript(script));
    result["job"] = id;
    if (options.train.detach) {
        result["state"] = "PENDING";
        result["detached"] = true;
        return result;
    }
    bool detached = false;
    US_ASSIGN(const SlurmJob job, Follower(id, folder).follow(detached));
    result.update(resultOf(run.name, folder));
    result["state"] = job.state;
    result["restarts"] = job.restarts;
    if (detached) {
        result["detached"] = true;
        return result;
    }
    US_TRY(judged(job, folder));
    return result;
}

void print(const Json& result) {
    if (!result.contains("job")) {
        std::cout << "wrote " << result["script"].get<std::string>() << '\n';
        return;
    }
    std::cout << result["run"].get<std::string>() << " is job " << result["job"].get<std::string>()
              << ": " << result["state"].get<std::string>() << ", step " << result["step"] << '\n';
}

}  // namespace

void addSubmitVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand("submit", "Train on a Slurm cluster");
    auto options = std::make_shared<SubmitOptions>();
    training::SlurmRequest& slurm = options->slurm;
    addTrainOptions(*verb, options->train);
    verb->add_option("--nodes", slurm.nodes, "Machines")->capture_default_str();
    verb->add_option("--ranks-per-node", slurm.ranksPerNode, "Processes on each, one a GPU")
        ->capture_default_str();
    verb->add_option("--gpus-per-node", slurm.gpusPerNode, "As many as ranks if not given");
    verb->add_flag("--cpu", options->onCpu, "Train on CPUs: for trials");
    verb->add_option("--cpus-per-rank", slurm.cpusPerRank, "Cores of each process")
        ->capture_default_str();
    verb->add_option("--time", slurm.time, "Until the job is saved and queued again, 08:00:00");
    verb->add_option("--partition", slurm.partition, "The cluster's default if not given");
    verb->add_option("--account", slurm.account, "Who pays");
    verb->add_option("--warn", slurm.warnSeconds, "Seconds before the end of the time to save")
        ->capture_default_str();
    verb->add_option("--stage-in", slurm.stageIn,
                     "Folder of each machine that faces are copied to first; empty for none")
        ->capture_default_str();
    verb->add_option("--sbatch", slurm.extra, "A further #SBATCH line (may be repeated)")
        ->allow_extra_args(false);
    verb->add_flag("--dry-run", options->dryRun, "Only write the script");
    verb->add_flag("--detach", options->train.detach, "Return once the job is in the queue");
    line.onParsed(
        verb, "submit", [&line, options] { return submit(line.settings, *options); }, print);
}

}  // namespace understudy::cli
