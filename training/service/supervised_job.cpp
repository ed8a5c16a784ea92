#include "training/service/supervised_job.h"

#include <signal.h>
#include <time.h>

#include <QDateTime>
#include <algorithm>
#include <cmath>

#include "media/base/file.h"
#include "media/base/joined.h"
#include "media/base/log_sink.h"
#include "training/service/queue_order.h"

namespace understudy::training {
namespace {

constexpr int kLookEvery = 100;  // ms
constexpr int kLockedWait = 500;
constexpr const char* kHeldText = "Saved; goes on when the service runs again";
constexpr qint64 kJustNow = 10000;  // ms
// Of a result that is passed on: with the job's other fields it must stay a message.
constexpr size_t kResultLimit = kMessageLimit / 4;

// Goes on whatever is done to the time of day, and stands still while the machine sleeps.
double monotonicNow() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double now() {
    return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

}  // namespace

SupervisedJob::SupervisedJob(StoredJob stored, const ServiceOptions& options, QObject* parent)
    : QObject(parent), stored_(std::move(stored)), options_(options), stall_(options.stallSeconds) {
    delay_.setSingleShot(true);
    connect(&delay_, &QTimer::timeout, this, &SupervisedJob::turnChanged);
    connect(&leftover_, &QTimer::timeout, this, &SupervisedJob::watchLeftover);
    connect(&look_, &QTimer::timeout, this, &SupervisedJob::lookForStall);
}

bool SupervisedJob::ready() const {
    return info().state == "queued" && info().after.empty() && stored_.wish == Wish::run &&
           !running() && !delay_.isActive() && !leftover_.isActive();
}

const Claim& SupervisedJob::claim() {
    return claim_ ? *claim_ : claimNow();
}

const Claim& SupervisedJob::claimNow() {
    return claim_.emplace(claimOf(stored_.start));
}

void SupervisedJob::setState(const std::string& state, const std::string& text) {
    JobInfo& job = stored_.info;
    job.state = state;
    job.text = text;
    if (state != "running") {
        job.rate = 0;
        job.secondsLeftLow = job.secondsLeftHigh = -1;
    }
    if (!isActive(state)) {
        job.devices.clear();
    }
    if (state != "stopping" && state != "paused") {
        job.pauseReason.clear();
        pausedFor_.reset();
    }
    job.ended = isOver(state) ? now() : 0;
    Q_EMIT stateChanged();
}

void SupervisedJob::say(LogLevel level, const std::string& text) const {
    logAbout(level, info().job, text);
}

void SupervisedJob::recover() {
    if (stored_.wish == Wish::hold) {
        stored_.wish = Wish::run;
    }
    if (!isActive(info().state)) {
        return;
    }
    say(LogLevel::info, "was running when the service ended");
    setState("stopping", "Waiting for the earlier process to save and end");
    leftoverAge_ = 0;
    leftover_.start(kLookEvery);
}

void SupervisedJob::watchLeftover() {
    if (isAlive(stored_.process)) {
        const double before = leftoverAge_;
        leftoverAge_ += kLookEvery / 1000.0;
        const auto passed = [&](double limit) { return before < limit && leftoverAge_ >= limit; };
        const double patience = stopPatience(stored_.lastSave, options_.leastPatience);
        if (passed(patience)) {
            signalMarked(stored_.process, SIGTERM);
        } else if (passed(killPatience(patience))) {
            signalMarked(stored_.process, SIGKILL);
        }
        return;
    }
    leftover_.stop();
    settleLeftover();
}

// How it ended is not known. If by itself, it did so because it lost the service; if not, it may be
// what took the service down (memory), so that it counts as a crash. A machine that went down is
// not its fault.
void SupervisedJob::settleLeftover() {
    const std::string log = logOfJob(stored_.start).string();
    const bool crashed = isOfThisBoot(stored_.process) && !saidFarewell(log, stored_.process.pid);
    stored_.process = {};
    if (stored_.wish != Wish::run) {
        const JobEnd saved{static_cast<int>(ErrorCode::saved), 0};
        settle(afterEnd(saved, stored_.wish, stored_.retries, options_.retrySeconds));
        return;
    }
    if (!crashed) {
        settle({"queued"});
        return;
    }
    const Verdict verdict =
        afterEnd({0, SIGKILL}, stored_.wish, stored_.retries, options_.retrySeconds);
    if (!verdict.retry) {
        stored_.info.exitCode = 128 + SIGKILL;
        stored_.info.error =
            JobError{static_cast<int>(ErrorCode::transient),
                     "the job and the service were killed together, again and again", log,
                     "Perhaps memory ran out: make the job smaller, then resume it"};
    }
    settle(verdict);
}

// A run or a clip may be in the hands of a program that was started without the service.
bool SupervisedJob::workIsLocked() const {
    const StartJob& start = stored_.start;
    const std::filesystem::path project = start.project;
    std::filesystem::path path;
    if (start.kind == "train") {
        path = project / "runs" / start.run / "lock";
    } else if (start.kind == "extract" && !start.clip.empty()) {
        path = project / "facesets" / (start.clip + ".lock");
    } else {
        return false;
    }
    const auto lock = FileLock::acquire(path);
    return !lock.ok() && lock.error().code == ErrorCode::transient;
}

void SupervisedJob::start(std::vector<std::string> devices,
                          std::map<std::string, std::string> variables) {
    if (workIsLocked()) {
        stored_.info.text = std::string("Waiting: another process uses the ") +
                            (stored_.start.kind == "train" ? "run" : "clip");
        Q_EMIT progressed();
        delay_.start(kLockedWait);
        return;
    }
    JobInfo& job = stored_.info;
    job.error.reset();
    job.result.clear();
    job.exitCode = -1;
    finishedSaid_ = false;
    savedItself_.invalidate();
    stalled_.clear();
    if (!stored_.begun) {
        stored_.begun = true;
        job.started = now();
    }
    process_ = std::make_unique<JobProcess>(true);
    process_->setVariables(std::move(variables));
    if (options_.mask) {
        process_->setMask(*options_.mask);
    }
    connect(process_.get(), &JobProcess::eventReceived, this,
            [this](const Message& event) { takeEvent(event); });
    connect(process_.get(), &JobProcess::ended, this, &SupervisedJob::finish, Qt::QueuedConnection);
    if (const auto prepared = process_->prepare(stored_.start, logOfJob(stored_.start));
        !prepared.ok()) {
        refuseStart(prepared.error());
        return;
    }
    stored_.process = markOf(process_->pid());
    job.devices = std::move(devices);
    setState("starting");
    if (!kept_.ok()) {
        refuseStart(kept_.error());
        return;
    }
    say(LogLevel::info, job.title + " runs as process " + std::to_string(process_->pid()));
    process_->letRun();
    stall_.begin(monotonicNow(), stored_.start.kind == "train");
    lastWork_ = workOf(process_->pid());
    lastLook_ = monotonicNow();
    look_.start(static_cast<int>(stall_.lookEvery() * 1000));
}

void SupervisedJob::refuseStart(const Error& why) {
    process_.reset();
    stored_.process = {};
    stored_.info.error = jobError(why);
    stored_.info.exitCode = stored_.info.error->code;
    const JobEnd end{stored_.info.exitCode, 0};
    settle(afterEnd(end, stored_.wish, stored_.retries, options_.retrySeconds));
}

void SupervisedJob::takeEvent(Message event) {
    setJob(event, info().job);
    stall_.sign(monotonicNow());
    if (info().state == "starting") {
        setState("running");
    }
    if (const auto* written = std::get_if<CheckpointWritten>(&event)) {
        stored_.lastSave = written->seconds;
        noteProgress(static_cast<double>(written->step));
    }
    if (const auto* progress = std::get_if<JobProgressed>(&event);
        progress != nullptr && stored_.start.kind != "train") {
        noteProgress(progress->done);
    }
    const bool finished = std::holds_alternative<JobFinished>(event);
    if (finished) {
        limitResult(std::get<JobFinished>(event));
    }
    finishedSaid_ = finishedSaid_ || finished;
    if (const auto* changed = std::get_if<SettingsChanged>(&event)) {
        takeChange(*changed);
    }
    if (applyEvent(stored_.info, event)) {
        stall_.setFinishing(info().total > 0 && info().done >= info().total);
        Q_EMIT progressed();
    }
    // That the job is finished is said when its process has ended and its state is settled.
    if (!finished && !std::holds_alternative<JobProgressed>(event) &&
        !std::holds_alternative<Hello>(event)) {
        Q_EMIT eventReceived(event);
    }
}

void SupervisedJob::limitResult(JobFinished& event) {
    if (event.result.size() <= kResultLimit) {
        return;
    }
    const std::string text = "The result of " + std::to_string(event.result.size()) +
                             " bytes is too long to be passed on; use --local to have it";
    event.result.clear();
    say(LogLevel::warning, text);
    Q_EMIT eventReceived(WarningRaised{info().job, text});
}

// Failures are counted only while nothing is gained between them.
void SupervisedJob::noteProgress(double progress) {
    if (progress > stored_.progress) {
        stored_.progress = progress;
        stored_.retries = 0;
    }
}

// A job that is asked to end has its own time limits.
void SupervisedJob::lookForStall() {
    const double time = monotonicNow();
    const ProcessWork work = workOf(process_->pid());
    if (hasWorked(lastWork_, work, time - lastLook_)) {
        stall_.work(time);
    }
    lastWork_ = work;
    lastLook_ = time;
    // A save may take as long as it did before without a word, as when it is asked to end.
    const double saving = killPatience(stopPatience(stored_.lastSave, 0));
    if (!stall_.isStalled(time) || stall_.silence(time) <= saving || info().state == "stopping") {
        return;
    }
    look_.stop();
    const auto seconds = [](double number) { return std::to_string(std::lround(number)) + " s"; };
    stalled_ = "gave no sign of life for " + seconds(stall_.silence(time)) + " (the limit is " +
               seconds(stall_.limit()) + ") and was killed";
    say(LogLevel::warning, stalled_);
    process_->note(programOfKind(stored_.start.kind) + " " + stalled_);
    Q_EMIT eventReceived(WarningRaised{info().job, info().title + " " + stalled_});
    process_->kill();
}

void SupervisedJob::changeSettings(const ChangeSettings& request) {
    settingsAsked_.push_back(request.settings);
    send(request);
}

void SupervisedJob::takeChange(const SettingsChanged& event) {
    if (!settingsAsked_.empty()) {
        settingsAsked_.pop_front();
    }
    say(event.error ? LogLevel::warning : LogLevel::info,
        "settings " + joined(event.settings, " ") +
            (event.error ? " not changed: " + describe(errorOf(*event.error))
                         : " changed at step " + std::to_string(event.step)));
    if (!event.error) {
        claim_.reset();
        forgetSteps(event.settings);
    }
}

// The length that was asked for last counts, not that of the command line.
void SupervisedJob::forgetSteps(const std::vector<std::string>& settings) {
    const auto isLength = [](const std::string& setting) { return setting.starts_with("steps="); };
    auto& arguments = stored_.start.arguments;
    const auto option = std::find(arguments.begin(), arguments.end(), "--steps");
    if (std::any_of(settings.begin(), settings.end(), isLength) && option != arguments.end()) {
        arguments.erase(option, option + std::min<std::ptrdiff_t>(2, arguments.end() - option));
        Q_EMIT stateChanged();
    }
}

// What was asked of a process that is gone.
void SupervisedJob::refuseSettings() {
    const JobError gone{static_cast<int>(ErrorCode::transient),
                        "the training ended before it took the settings", info().job, "Ask again"};
    std::deque<std::vector<std::string>> asked;
    asked.swap(settingsAsked_);
    for (auto& settings : asked) {
        Q_EMIT eventReceived(SettingsChanged{info().job, std::move(settings), 0, gone});
    }
}

void SupervisedJob::finish(JobEnd end) {
    look_.stop();
    JobInfo& job = stored_.info;
    job.exitCode = end.signal != 0 ? 128 + end.signal : end.exitCode;
    if (!finishedSaid_ || (job.exitCode != 0 && !job.error)) {
        job.error = errorOfEnd(job, end, process_->log().string());
    }
    if (!stalled_.empty() && end.signal == SIGKILL) {
        job.error->message = programOfKind(job.kind) + " " + stalled_;
        job.error->remedy =
            "It goes on from what it saved last; if it stops again, look into its "
            "log";
    }
    if (job.error && job.error->code == 0) {
        job.error->code = job.exitCode;
    }
    stored_.process = {};
    say(job.error && end.exitCode != static_cast<int>(ErrorCode::saved) ? LogLevel::warning
                                                                        : LogLevel::info,
        "ended with " +
            (end.signal != 0 ? "signal " + std::to_string(end.signal)
                             : "code " + std::to_string(end.exitCode)) +
            (job.error ? ": " + describe(errorOf(*job.error)) : ""));
    const Verdict verdict = afterEnd(end, stored_.wish, stored_.retries, options_.retrySeconds);
    if (end.signal != 0) {
        process_->note(job.error->message + (verdict.retry ? "; it is started again" : ""));
    }
    process_.reset();
    refuseSettings();
    if (end.exitCode == static_cast<int>(ErrorCode::saved) && stored_.wish == Wish::run) {
        savedItself_.start();
    }
    settle(verdict);
}

void SupervisedJob::settle(const Verdict& verdict) {
    std::string text;
    if (verdict.retry) {
        ++stored_.retries;
        text = (stalled_.empty() ? "Failed" : "Hung") + std::string(", starting again (") +
               std::to_string(stored_.retries) + " of " + std::to_string(kRetryLimit) + ")";
        delay_.start(std::max(1, static_cast<int>(verdict.delaySeconds * 1000)));
    } else if (stored_.wish == Wish::hold) {
        text = kHeldText;
    }
    if (verdict.state == "paused" && pausedFor_) {
        text = pausedFor_->message;
        stored_.info.error = *pausedFor_;
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

void SupervisedJob::goOnIfJustSaved() {
    if (info().state == "paused" && savedItself_.isValid() && !savedItself_.hasExpired(kJustNow)) {
        stored_.info.error.reset();
        stored_.info.exitCode = -1;
        setState("queued", kHeldText);
    }
}

void SupervisedJob::stop(Wish wish) {
    savedItself_.invalidate();
    if (!isPausedByHand(info())) {  // now it is somebody's wish
        stored_.info.pauseReason.clear();
        stored_.info.heldBy.clear();
        stored_.info.error.reset();
        pausedFor_.reset();
    }
    stored_.wish = wish;
    if (running()) {
        setState("stopping");
        process_->stop(stopPatience(stored_.lastSave, options_.leastPatience));
        return;
    }
    if (leftover_.isActive()) {
        Q_EMIT stateChanged();  // settled when the earlier process is gone
        return;
    }
    delay_.stop();
    const JobEnd saved{static_cast<int>(ErrorCode::saved), 0};
    settle(afterEnd(saved, wish, stored_.retries, options_.retrySeconds));
}

void SupervisedJob::resume() {
    stored_.wish = Wish::run;
    stored_.retries = 0;
    stored_.begun = false;
    savedItself_.invalidate();
    stored_.info.error.reset();
    stored_.info.exitCode = -1;
    stored_.info.heldBy.clear();
    setState("queued", waitingText(info()));
    Q_EMIT turnChanged();
}

void SupervisedJob::sayWaiting(const std::string& text) {
    if (info().text != text) {
        stored_.info.text = text;
        Q_EMIT progressed();
    }
}

void SupervisedJob::pauseFor(const std::string& reason, const JobError& why) {
    stop(Wish::pause);
    stored_.info.pauseReason = reason;
    pausedFor_ = why;
    Q_EMIT stateChanged();
}

void SupervisedJob::send(const Message& request) {
    if (process_) {
        process_->send(request);
    }
}

}  // namespace understudy::training
