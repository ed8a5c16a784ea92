#include "training/service/supervised_job.h"

#include <signal.h>

#include <QDateTime>
#include <algorithm>

#include "media/base/file.h"
#include "media/base/log.h"

namespace understudy::training {
namespace {

constexpr int kLookEvery = 100;  // ms
constexpr int kLockedWait = 500;
constexpr double kTermAfter = 30;  // s that an earlier process has to save by itself
constexpr double kKillAfter = 40;

double now() {
    return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

}  // namespace

SupervisedJob::SupervisedJob(StoredJob stored, double retrySeconds, QObject* parent)
    : QObject(parent), stored_(std::move(stored)), retrySeconds_(retrySeconds) {
    delay_.setSingleShot(true);
    connect(&delay_, &QTimer::timeout, this, &SupervisedJob::turnChanged);
    connect(&leftover_, &QTimer::timeout, this, &SupervisedJob::watchLeftover);
}

bool SupervisedJob::ready() const {
    return info().state == "queued" && stored_.wish == Wish::run && !running() &&
           !delay_.isActive() && !leftover_.isActive();
}

void SupervisedJob::setState(const std::string& state, const std::string& text) {
    JobInfo& job = stored_.info;
    job.state = state;
    job.text = text;
    if (state != "running") {
        job.rate = 0;
        job.secondsLeftLow = job.secondsLeftHigh = -1;
    }
    job.ended = isOver(state) ? now() : 0;
    Q_EMIT stateChanged();
}

void SupervisedJob::recover() {
    if (stored_.wish == Wish::hold) {
        stored_.wish = Wish::run;
    }
    if (!isActive(info().state)) {
        return;
    }
    logInfo(info().job + " was running when the service ended");
    setState("stopping", "Waiting for the earlier process to save and end");
    leftoverAge_ = 0;
    leftover_.start(kLookEvery);
}

void SupervisedJob::watchLeftover() {
    if (isAlive(stored_.process)) {
        const double before = leftoverAge_;
        leftoverAge_ += kLookEvery / 1000.0;
        const auto passed = [&](double limit) { return before < limit && leftoverAge_ >= limit; };
        if (passed(kTermAfter)) {
            signalMarked(stored_.process, SIGTERM);
        } else if (passed(kKillAfter)) {
            signalMarked(stored_.process, SIGKILL);
        }
        return;
    }
    leftover_.stop();
    stored_.process = {};
    // How it ended is not known: as after being asked to save, which is what the lost service means
    // to a job.
    const JobEnd end{static_cast<int>(ErrorCode::saved), 0};
    settle(stored_.wish == Wish::run ? Verdict{"queued"}
                                     : afterEnd(end, stored_.wish, stored_.retries, retrySeconds_));
}

// A run may be in the hands of a program that was started without the service.
bool SupervisedJob::runIsLocked() const {
    if (stored_.start.kind != "train") {
        return false;
    }
    const auto lock = FileLock::acquire(std::filesystem::path(stored_.start.project) / "runs" /
                                        stored_.start.run / "lock");
    return !lock.ok() && lock.error().code == ErrorCode::transient;
}

void SupervisedJob::start() {
    if (runIsLocked()) {
        stored_.info.text = "Waiting: another process uses the run";
        Q_EMIT progressed();
        delay_.start(kLockedWait);
        return;
    }
    JobInfo& job = stored_.info;
    job.error.reset();
    job.result.clear();
    job.exitCode = -1;
    finishedSaid_ = false;
    process_ = std::make_unique<JobProcess>(true);
    connect(process_.get(), &JobProcess::eventReceived, this,
            [this](const Message& event) { takeEvent(event); });
    connect(process_.get(), &JobProcess::ended, this, &SupervisedJob::finish, Qt::QueuedConnection);
    const auto started = process_->start(stored_.start, logOfJob(stored_.start));
    if (!started.ok()) {
        process_.reset();
        job.error = jobError(started.error());
        job.exitCode = job.error->code;
        settle({started.error().code == ErrorCode::cannotWrite ? "paused" : "failed"});
        return;
    }
    stored_.process = markOf(process_->pid());
    logInfo(job.job + " (" + job.title + ") runs as process " + std::to_string(process_->pid()));
    setState("starting");
}

void SupervisedJob::takeEvent(Message event) {
    setJob(event, info().job);
    if (info().state == "starting") {
        setState("running");
    }
    if (const auto* written = std::get_if<CheckpointWritten>(&event)) {
        lastSave_ = written->seconds;
        noteProgress(static_cast<double>(written->step));
    }
    if (const auto* progress = std::get_if<JobProgressed>(&event);
        progress != nullptr && stored_.start.kind != "train") {
        noteProgress(progress->done);
    }
    const bool finished = std::holds_alternative<JobFinished>(event);
    finishedSaid_ = finishedSaid_ || finished;
    if (applyEvent(stored_.info, event)) {
        Q_EMIT progressed();
    }
    // That the job is finished is said when its process has ended and its state is settled.
    if (!finished && !std::holds_alternative<JobProgressed>(event) &&
        !std::holds_alternative<Hello>(event)) {
        Q_EMIT eventReceived(event);
    }
}

// Failures are counted only while nothing is gained between them.
void SupervisedJob::noteProgress(double progress) {
    if (progress > stored_.progress) {
        stored_.progress = progress;
        stored_.retries = 0;
    }
}

void SupervisedJob::finish(JobEnd end) {
    JobInfo& job = stored_.info;
    job.exitCode = end.signal != 0 ? 128 + end.signal : end.exitCode;
    if (!finishedSaid_ || (job.exitCode != 0 && !job.error)) {
        job.error = errorOfEnd(job, end, process_->log().string());
    }
    if (job.error && job.error->code == 0) {
        job.error->code = job.exitCode;
    }
    stored_.process = {};
    process_.reset();
    logInfo(job.job + " ended with " +
            (end.signal != 0 ? "signal " + std::to_string(end.signal)
                             : "code " + std::to_string(end.exitCode)) +
            (job.error ? ": " + describe(errorOf(*job.error)) : ""));
    settle(afterEnd(end, stored_.wish, stored_.retries, retrySeconds_));
}

void SupervisedJob::settle(const Verdict& verdict) {
    std::string text;
    if (verdict.retry) {
        ++stored_.retries;
        text = "Failed, starting again (" + std::to_string(stored_.retries) + " of " +
               std::to_string(kRetryLimit) + ")";
        delay_.start(std::max(1, static_cast<int>(verdict.delaySeconds * 1000)));
    } else if (stored_.wish == Wish::hold) {
        text = "Saved; goes on when the service runs again";
    }
    if (stored_.wish == Wish::pause) {
        stored_.wish = Wish::run;
    }
    setState(verdict.state, text);
    if (isOver(verdict.state)) {
        Q_EMIT over();
    }
    Q_EMIT turnChanged();
}

void SupervisedJob::stop(Wish wish) {
    stored_.wish = wish;
    if (running()) {
        setState("stopping");
        process_->stop(stopPatience(lastSave_));
        return;
    }
    if (leftover_.isActive()) {
        Q_EMIT stateChanged();  // settled when the earlier process is gone
        return;
    }
    delay_.stop();
    const JobEnd saved{static_cast<int>(ErrorCode::saved), 0};
    settle(afterEnd(saved, wish, stored_.retries, retrySeconds_));
}

void SupervisedJob::resume() {
    stored_.wish = Wish::run;
    stored_.retries = 0;
    stored_.info.error.reset();
    stored_.info.exitCode = -1;
    setState("queued");
    Q_EMIT turnChanged();
}

void SupervisedJob::send(const Message& request) {
    if (process_) {
        process_->send(request);
    }
}

}  // namespace understudy::training
