// Everything that processes say to each other, defined once: client <-> service on a local socket,
// service (or CLI with --local) <-> job on stdin and stdout, as JSON lines. Requests are
// imperative, events past tense. A shipped message is never edited, only added to; std::visit
// without a default makes the compiler list what a new message must touch.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace understudy::training {

constexpr int kProtocolVersion = 1;
constexpr size_t kMessageLimit = 16u << 20;  // bytes of one line

constexpr int64_t kRecentJobs = 200;  // that are over and that a client hears of unasked

constexpr int64_t kNormalPriority = 0;
constexpr int64_t kPriorityStep = 10;     // to low and to high
constexpr int64_t kPriorityLimit = 1000;  // either way

// ---- first on every connection ------------------------------------------------------------------

struct Hello {
    static constexpr const char* kName = "Hello";
    int protocolVersion = kProtocolVersion;
    std::string program;
    std::string version;
};

// ---- what is said about a job -------------------------------------------------------------------

struct JobError {
    int code = 0;
    std::string message;
    std::string where;
    std::string remedy;
};

// States: queued, starting, running, paused, stopping, finished, failed, cancelled.
struct JobInfo {
    std::string job;      // "job-17"
    std::string kind;     // extract, train, swap, deliver
    std::string project;  // folder
    std::string title;    // "Train r02", "Find faces in bird"
    std::string run;      // for training and swaps
    std::string clip;     // for extraction and swaps
    std::string state = "queued";
    double done = 0;             // of `total`, in `unit`
    double total = 0;            // 0: unknown
    std::string unit;            // frames, steps, seconds
    double rate = 0;             // units a second
    double secondsLeftLow = -1;  // range of the remaining time; negative: not known yet
    double secondsLeftHigh = -1;
    double started = 0;  // seconds since the epoch; while it waits, when it was asked for
    double ended = 0;
    int exitCode = -1;  // -1 while it has none
    std::optional<JobError> error;
    std::string result;  // JSON object of the finished job, as the CLI prints it
    std::string text;    // what is being done: "Finding faces in bird"
    // Of a training; absent where nobody knows.
    std::optional<double> gpuHours = {};   // devices times hours of stepping since the run began
    std::optional<double> cost = {};       // those at the price that the user gave
    std::optional<double> energyKwh = {};  // that its GPUs took
    std::optional<double> secondsToLossLow = {};  // until the loss it is to reach, a range
    std::optional<double> secondsToLossHigh = {};
    // Of those that wait the one with the higher priority is next, then the one with the lower
    // place.
    int64_t priority = kNormalPriority;
    double place = 0;
    std::vector<std::string> after = {};  // jobs that it still waits for
    std::string heldBy = {};  // the one of them that failed or was cancelled: paused for that
    // Of a job that runs under the service: UUIDs of GPUs, "cpu", or what its plan names where the
    // service knows no GPUs.
    std::vector<std::string> devices = {};
    std::string pauseReason = {};  // "disk": the service did, and goes on when there is room again
    std::string out = {};          // of a swap or delivery: what it writes, as it was asked to
};

// ---- what is said about the machine ------------------------------------------------------------

struct DeviceInfo {
    std::string id;           // UUID of a GPU, "cpu"
    int index = -1;           // of a GPU: as nvidia-smi counts, and as cuda:0 in a plan means it
    std::string name;         // "NVIDIA H200"
    int64_t memoryTotal = 0;  // bytes
    bool reserved = false;    // for the viewport: auto and all leave it alone
    std::vector<std::string> jobs;  // that the service runs on it
};
struct GpuLoad {                        // of one GPU; what the driver does not tell is absent
    std::string id;                     // UUID
    int index = -1;                     // as in DeviceInfo
    int64_t memoryTotal = 0;            // bytes
    std::optional<double> load;         // 0 to 1
    std::optional<int64_t> memoryUsed;  // bytes
    std::optional<double> watts;
    std::optional<double> wattLimit;
    std::optional<double> celsius;
    std::vector<std::string> throttling;  // "power limit", "heat", "power supply", "hardware"
};
struct DiskSpace {
    std::string folder;  // of a job, or of the service's own files
    int64_t free = 0;    // bytes
    int64_t total = 0;
    bool low = false;  // below what is warned of
};

// ---- requests: client to service, each answered once by RequestDone, RequestFailed or a list
// -------

struct StartJob {
    static constexpr const char* kName = "StartJob";
    int64_t request = 0;
    std::string kind;     // extract, train, swap, deliver
    std::string project;  // absolute folder
    std::string title;
    std::string run;
    std::string clip;
    std::vector<std::string> arguments;  // for the job's program
    int64_t priority = kNormalPriority;
    std::vector<std::string> after = {};  // jobs that must have finished before
    bool hold = false;                    // paused until it is resumed
    // Of jobVariables(), as the client has them; the others are the service's.
    std::map<std::string, std::string> environment = {};
    bool shareDevices = false;  // a training may begin on devices on which others train
};
struct StopJob {  // save, then end
    static constexpr const char* kName = "StopJob";
    int64_t request = 0;
    std::string job;
};
struct PauseJob {  // save, end the process, keep the place in the list
    static constexpr const char* kName = "PauseJob";
    int64_t request = 0;
    std::string job;
};
struct ResumeJob {
    static constexpr const char* kName = "ResumeJob";
    int64_t request = 0;
    std::string job;
};
struct WriteCheckpoint {
    static constexpr const char* kName = "WriteCheckpoint";
    int64_t request = 0;
    std::string job;
};
struct WritePreview {
    static constexpr const char* kName = "WritePreview";
    int64_t request = 0;
    std::string job;
};
// For a renderer that was started to serve previews: one render, by the words of its command line.
// Answered by one JobFinished of the job "N", N being `request`; a newer one ends it.
struct RenderPreview {
    static constexpr const char* kName = "RenderPreview";
    int64_t request = 0;
    std::vector<std::string> arguments;
};
// What a run may change after it began, as for --set: a training that is at work takes it before
// its next step, one that is not when it goes on. Done means that it is allowed and on its way;
// SettingsChanged says what became of it.
struct ChangeSettings {
    static constexpr const char* kName = "ChangeSettings";
    int64_t request = 0;
    std::string job;
    std::vector<std::string> settings;  // "learningRate=2e-5"
    std::string reason;                 // for changes.jsonl
};
// Newest first.
struct ListJobs {
    static constexpr const char* kName = "ListJobs";
    int64_t request = 0;
    int64_t offset = 0;
    int64_t limit = 100;
    std::vector<std::string> states = {};  // none: all
    std::string project = {};              // empty: all
    int64_t over = -1;                     // only so many that are over, the newest; negative: all
};
// Where a job that waits stands and what it waits for; what is absent stays as it is.
struct ChangeJob {
    static constexpr const char* kName = "ChangeJob";
    int64_t request = 0;
    std::string job;
    std::optional<int64_t> priority = {};
    std::string move = {};    // "first", "last", "before"; takes the priority there where it must
    std::string before = {};  // that job
    std::optional<std::vector<std::string>> after = {};
};
struct ListDevices {
    static constexpr const char* kName = "ListDevices";
    int64_t request = 0;
};
struct WatchTelemetry {  // TelemetrySampled once a second from now on, or no more
    static constexpr const char* kName = "WatchTelemetry";
    int64_t request = 0;
    bool on = true;
};
struct StopService {  // saves and stops all jobs, then ends
    static constexpr const char* kName = "StopService";
    int64_t request = 0;
};

// ---- answers ------------------------------------------------------------------------------------

struct RequestDone {
    static constexpr const char* kName = "RequestDone";
    int64_t request = 0;
    std::string job;
};
struct RequestFailed {
    static constexpr const char* kName = "RequestFailed";
    int64_t request = 0;
    JobError error;
};
struct JobsListed {
    static constexpr const char* kName = "JobsListed";
    int64_t request = 0;
    std::vector<JobInfo> jobs;
    int64_t total = 0;
};

// ---- the machine, as often as a client wants to know -------------------------------------------

struct TelemetrySampled {
    static constexpr const char* kName = "TelemetrySampled";
    double time = 0;  // seconds since the epoch
    std::vector<GpuLoad> gpus;
    std::optional<double> cpu;  // 0 to 1 of all cores
    int64_t memoryTotal = 0;    // bytes; 0: not known
    int64_t memoryAvailable = 0;
    std::vector<DiskSpace> disks;
};
struct DevicesListed {
    static constexpr const char* kName = "DevicesListed";
    int64_t request = 0;
    std::vector<DeviceInfo> devices;  // GPUs in the order of their numbers, then the CPU
    TelemetrySampled telemetry;
};

// ---- events: from jobs, relayed by the service to every client with `job` filled in
// -----------------

struct JobChanged {  // from the service: any change of a job's state or progress
    static constexpr const char* kName = "JobChanged";
    JobInfo info;
};
struct JobProgressed {
    static constexpr const char* kName = "JobProgressed";
    std::string job;
    double done = 0;
    double total = 0;
    std::string unit;
    double rate = 0;
    double secondsLeftLow = -1;
    double secondsLeftHigh = -1;
    std::string text;  // what is being done: "Finding faces in bird"
    std::optional<double> gpuHours = {}, cost = {}, energyKwh = {};  // as in JobInfo
    std::optional<double> secondsToLossLow = {}, secondsToLossHigh = {};
};
struct StepFinished {  // not every step: when a line of history was written
    static constexpr const char* kName = "StepFinished";
    std::string job;
    int64_t step = 0;
    double time = 0;
    double loss = 0;
    std::map<std::string, double> terms;
    std::optional<double> validation;
    double learningRate = 0;
    double iterationsPerSecond = 0;
    double dataWait = 0;
};
struct PreviewWritten {
    static constexpr const char* kName = "PreviewWritten";
    std::string job;
    int64_t step = 0;
    std::string path;
};
struct CheckpointWritten {
    static constexpr const char* kName = "CheckpointWritten";
    std::string job;
    int64_t step = 0;
    std::string path;
    double stall = 0;    // seconds that training stood still
    double seconds = 0;  // until it was safe on disk
    double copy = 0;     // seconds of `stall` that the copy out of memory took
};
struct FacesFound {  // a batch of frames was searched: clients read them from the project
    static constexpr const char* kName = "FacesFound";
    std::string job;
    std::string clip;
    int64_t firstFrame = 0;
    int64_t lastFrame = 0;
    int64_t found = 0;
};
struct WarningRaised {
    static constexpr const char* kName = "WarningRaised";
    std::string job;
    std::string text;
};
struct SettingsChanged {  // the answer to ChangeSettings that counts: it is in changes.jsonl
    static constexpr const char* kName = "SettingsChanged";
    std::string job;
    std::vector<std::string> settings;  // as they were asked for
    int64_t step = 0;                   // the first step with them is the one after it
    std::optional<JobError> error;      // why nothing was changed
};
struct JobFinished {  // the last thing a job says; exit code and error agree with it
    static constexpr const char* kName = "JobFinished";
    std::string job;
    int exitCode = 0;
    std::optional<JobError> error;
    std::string result;  // JSON object
};

using Message =
    std::variant<Hello, StartJob, StopJob, PauseJob, ResumeJob, WriteCheckpoint, WritePreview,
                 ListJobs, StopService, RequestDone, RequestFailed, JobsListed, ChangeJob,
                 JobChanged, JobProgressed, StepFinished, PreviewWritten, CheckpointWritten,
                 FacesFound, WarningRaised, JobFinished, ListDevices, WatchTelemetry, DevicesListed,
                 TelemetrySampled, ChangeSettings, SettingsChanged, RenderPreview>;

}  // namespace understudy::training
