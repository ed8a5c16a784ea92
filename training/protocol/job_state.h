// What follows from a job's messages and from its end, the same for the service and for a program
// that runs the job itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/protocol/messages.h"

namespace understudy::training {

// "understudy-extractor" for "extract", and so on; empty for a kind that is not known.
std::string programOfKind(const std::string& kind);

// The variables of the environment that job programs read and that differ between the programs of a
// user: those of whoever asks for a job go with it.
const std::vector<std::string>& jobVariables();

// A job as it stands when it is asked for.
JobInfo queuedJob(const std::string& job, const StartJob& start, double now);

// Takes progress and result from an event of the job into `info`; true if anything changed.
bool applyEvent(JobInfo& info, const Message& event);

// Fills `job` of an event, whatever it is.
void setJob(Message& event, const std::string& job);

// Whether the job's process can still say something: starting, running, stopping.
bool isActive(const std::string& state);
// Whether the job is over for good: finished, failed, cancelled.
bool isOver(const std::string& state);

JobError jobError(const Error& error);
// A code that is none of ErrorCode's (a crash of the program's own) becomes environment.
Error errorOf(const JobError& error);

// The line that a job program leaves in its log when it ends by itself, whatever the code: who was
// not there to see how the process ended knows that it was not killed. Up to the code.
std::string farewell(int64_t pid);
// Whether it stands near the end of the log.
bool saidFarewell(const std::string& log, int64_t pid);

// How a process ended.
struct JobEnd {
    int exitCode = 0;           // of a normal exit
    int signal = 0;             // that ended it, 0 if none
    bool memoryRanOut = false;  // meanwhile on this machine, so that the kernel killed
};

// The error to show for an end without one that the job said itself, with the last line of its log
// (stderr); nothing for exit code 0.
std::optional<JobError> errorOfEnd(const JobInfo& info, JobEnd end, const std::string& log);

}  // namespace understudy::training
