#include "training/client/local_job.h"

#include <QDateTime>

#include "training/client/emit_event.h"

namespace understudy::training {
namespace {

double now() {
    return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

}  // namespace

struct LocalJob::Private {
    explicit Private(LocalJob* owner) : self(owner) {}
    void take(const Message& event);
    void finish(JobEnd end);

    LocalJob* self;
    JobProcess process{false};
    JobInfo info;
    double lastSave = 0;
    bool finishedSaid = false;
};

void LocalJob::Private::take(const Message& event) {
    if (const auto* written = std::get_if<CheckpointWritten>(&event)) {
        lastSave = written->seconds;
    }
    finishedSaid = finishedSaid || std::holds_alternative<JobFinished>(event);
    if (info.state == "starting") {
        info.state = "running";
        Q_EMIT self->jobChanged(info);
    }
    if (applyEvent(info, event)) {
        Q_EMIT self->jobChanged(info);
    }
    // JobFinished waits until the process has really ended.
    if (!std::holds_alternative<JobFinished>(event)) {
        emitEvent(*self, event, [](const auto&) {});
    }
}

void LocalJob::Private::finish(JobEnd end) {
    info.exitCode = end.signal != 0 ? 128 + end.signal : end.exitCode;
    info.ended = now();
    info.text.clear();
    if (!finishedSaid || (info.exitCode != 0 && !info.error)) {
        info.error = errorOfEnd(info, end, process.log().string());
    }
    const bool saved = info.exitCode == static_cast<int>(ErrorCode::saved);
    info.state = info.exitCode == 0 ? "finished" : saved ? "cancelled" : "failed";
    Q_EMIT self->jobChanged(info);
    Q_EMIT self->jobFinished(JobFinished{info.job, info.exitCode, info.error, info.result});
}

LocalJob::LocalJob(QObject* parent) : QObject(parent), private_(std::make_unique<Private>(this)) {
    Private& d = *private_;
    connect(&d.process, &JobProcess::eventReceived, this, [&d](const Message& event) {
        Message own = event;
        setJob(own, d.info.job);
        d.take(own);
    });
    connect(&d.process, &JobProcess::ended, this, [&d](JobEnd end) { d.finish(end); });
}

LocalJob::~LocalJob() = default;

Status LocalJob::start(const StartJob& start, const std::filesystem::path& log) {
    Private& d = *private_;
    d.info = queuedJob("local", start, now());
    d.info.state = "starting";
    d.finishedSaid = false;
    return d.process.start(start, log.empty() ? logOfJob(start) : log);
}

const JobInfo& LocalJob::info() const {
    return private_->info;
}

void LocalJob::stop() {
    Private& d = *private_;
    if (d.process.running()) {
        d.info.state = "stopping";
        Q_EMIT jobChanged(d.info);
        d.process.stop(stopPatience(d.lastSave));
    }
}

void LocalJob::writeCheckpoint() {
    private_->process.send(WriteCheckpoint());
}

void LocalJob::writePreview() {
    private_->process.send(WritePreview());
}

}  // namespace understudy::training
