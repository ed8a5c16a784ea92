#include "training/protocol/job_state.h"

#include <signal.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>

#include "media/base/exit_code.h"
#include "media/base/log.h"

namespace understudy::training {
namespace {

constexpr std::streamoff kTail = 4096;
constexpr const char* kFarewell = " ends by itself with code ";

bool take(JobInfo& info, const JobProgressed& event) {
    const auto number = [](double value, double otherwise) {
        return std::isfinite(value) ? value : otherwise;
    };
    info.done = number(event.done, info.done);
    info.total = number(event.total, 0);
    info.unit = event.unit;
    info.rate = number(event.rate, 0);
    info.secondsLeftLow = number(event.secondsLeftLow, -1);
    info.secondsLeftHigh = number(event.secondsLeftHigh, -1);
    info.text = event.text;
    info.gpuHours = event.gpuHours;
    info.cost = event.cost;
    info.energyKwh = event.energyKwh;
    info.secondsToLossLow = event.secondsToLossLow;
    info.secondsToLossHigh = event.secondsToLossHigh;
    return true;
}

bool take(JobInfo& info, const JobFinished& event) {
    info.error = event.error;
    info.result = event.result;
    return true;
}

template <class Event>
bool take(JobInfo&, const Event&) {
    return false;
}

// Of a log that may be long.
std::string tailOf(const std::string& path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    const auto size = static_cast<std::streamoff>(file.tellg());
    if (!file || size <= 0) {
        return "";
    }
    file.seekg(size - std::min(size, kTail));
    return {std::istreambuf_iterator<char>(file), {}};
}

// That is not its farewell.
std::string lastLineOf(const std::string& path) {
    std::istringstream tail(tailOf(path));
    std::string last;
    for (std::string line; std::getline(tail, line);) {
        last = line.empty() || line.find(kFarewell) != std::string::npos ? last : line;
    }
    return validUtf8(last);
}

JobError signalError(const std::string& program, JobEnd end, const std::string& log) {
    const std::string number = " (signal " + std::to_string(end.signal) + ")";
    JobError error{static_cast<int>(ErrorCode::transient), program, log,
                   "Its last words are in the log; start it again to go on"};
    if (end.signal == SIGKILL && end.memoryRanOut) {
        error.message += " was killed because the machine's memory ran out" + number;
        error.remedy =
            "Make the job smaller (batch, resolution) or close other programs, then "
            "resume it";
    } else if (end.signal == SIGKILL) {
        error.message += " was killed" + number;
        error.remedy = "Somebody ended it, or memory ran out; start it again to go on";
    } else if (end.signal == SIGSEGV || end.signal == SIGABRT || end.signal == SIGBUS ||
               end.signal == SIGILL || end.signal == SIGFPE) {
        error.message += " crashed" + number;
    } else {
        error.message += " was ended from outside" + number;
    }
    return error;
}

std::string outOf(const StartJob& start) {
    const auto& words = start.arguments;
    const auto at = std::find(words.begin(), words.end(), "--out");
    return words.end() - at < 2 ? std::string() : *(at + 1);
}

}  // namespace

std::string programOfKind(const std::string& kind) {
    if (kind == "extract") {
        return "understudy-extractor";
    }
    if (kind == "train") {
        return "understudy-trainer";
    }
    if (kind == "swap" || kind == "deliver") {
        return "understudy-renderer";
    }
    return "";
}

const std::vector<std::string>& jobVariables() {
    static const std::vector<std::string> kNames = {"OCIO", "UNDERSTUDY_LANDMARK_MODEL"};
    return kNames;
}

JobInfo queuedJob(const std::string& job, const StartJob& start, double now) {
    JobInfo info;
    info.job = job;
    info.kind = start.kind;
    info.project = start.project;
    info.title = start.title;
    info.run = start.run;
    info.clip = start.clip;
    info.started = now;
    info.priority = start.priority;
    info.after = start.after;
    info.out = outOf(start);
    return info;
}

bool applyEvent(JobInfo& info, const Message& event) {
    return std::visit([&info](const auto& content) { return take(info, content); }, event);
}

void setJob(Message& event, const std::string& job) {
    std::visit(
        [&job](auto& content) {
            if constexpr (requires { content.job; }) {
                content.job = job;
            }
        },
        event);
}

bool isActive(const std::string& state) {
    return state == "starting" || state == "running" || state == "stopping";
}

bool isOver(const std::string& state) {
    return state == "finished" || state == "failed" || state == "cancelled";
}

JobError jobError(const Error& error) {
    return {static_cast<int>(error.code), error.message, error.where, error.remedy};
}

Error errorOf(const JobError& error) {
    return {errorCodeOf(error.code).value_or(ErrorCode::environment), error.message, error.where,
            error.remedy};
}

std::string farewell(int64_t pid) {
    return "process " + std::to_string(pid) + kFarewell;
}

bool saidFarewell(const std::string& log, int64_t pid) {
    return tailOf(log).find(farewell(pid)) != std::string::npos;
}

std::optional<JobError> errorOfEnd(const JobInfo& info, JobEnd end, const std::string& log) {
    const std::string program = programOfKind(info.kind);
    if (end.signal != 0) {
        return signalError(program, end, log);
    }
    if (end.exitCode == 0) {
        return std::nullopt;
    }
    if (end.exitCode == static_cast<int>(ErrorCode::saved)) {
        return JobError{end.exitCode, "saved on request", "", "Resume it to go on"};
    }
    const std::string said = lastLineOf(log);
    return JobError{end.exitCode,
                    program + " ended with code " + std::to_string(end.exitCode) +
                        (said.empty() ? "" : ": " + said),
                    log, "Its last words are in the log"};
}

}  // namespace understudy::training
