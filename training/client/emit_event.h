// Turns a job's message into the signal of the same name, for the objects that have these signals.
#pragma once

#include <QtGlobal>

#include "training/protocol/messages.h"

namespace understudy::training {

// Messages that are no events of a job are passed over by `otherwise`.
template <class Emitter, class Otherwise>
void emitEvent(Emitter& emitter, const Message& message, Otherwise&& otherwise) {
    struct Visitor {
        Emitter& to;
        Otherwise& other;
        void operator()(const JobChanged& event) { Q_EMIT to.jobChanged(event.info); }
        void operator()(const StepFinished& event) { Q_EMIT to.stepFinished(event); }
        void operator()(const PreviewWritten& event) { Q_EMIT to.previewWritten(event); }
        void operator()(const CheckpointWritten& event) { Q_EMIT to.checkpointWritten(event); }
        void operator()(const FacesFound& event) { Q_EMIT to.facesFound(event); }
        void operator()(const WarningRaised& event) { Q_EMIT to.warningRaised(event); }
        void operator()(const SettingsChanged& event) { Q_EMIT to.settingsChanged(event); }
        void operator()(const JobFinished& event) { Q_EMIT to.jobFinished(event); }
        // The rest by name, so that the compiler asks about a new message.
        void operator()(const Hello& m) { other(m); }
        void operator()(const StartJob& m) { other(m); }
        void operator()(const StopJob& m) { other(m); }
        void operator()(const PauseJob& m) { other(m); }
        void operator()(const ResumeJob& m) { other(m); }
        void operator()(const WriteCheckpoint& m) { other(m); }
        void operator()(const WritePreview& m) { other(m); }
        void operator()(const ChangeSettings& m) { other(m); }
        void operator()(const RenderPreview& m) { other(m); }
        void operator()(const ListJobs& m) { other(m); }
        void operator()(const ChangeJob& m) { other(m); }
        void operator()(const ListDevices& m) { other(m); }
        void operator()(const WatchTelemetry& m) { other(m); }
        void operator()(const DevicesListed& m) { other(m); }
        void operator()(const TelemetrySampled& m) { other(m); }
        void operator()(const StopService& m) { other(m); }
        void operator()(const RequestDone& m) { other(m); }
        void operator()(const RequestFailed& m) { other(m); }
        void operator()(const JobsListed& m) { other(m); }
        void operator()(const JobProgressed& m) { other(m); }
    };
    std::visit(Visitor{emitter, otherwise}, message);
}

}  // namespace understudy::training
