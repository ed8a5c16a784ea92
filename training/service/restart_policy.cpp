#include "training/service/restart_policy.h"

#include <algorithm>

#include "media/base/exit_code.h"

namespace understudy::training {

std::string nameOf(Wish wish) {
    switch (wish) {
        case Wish::run:
            return "run";
        case Wish::pause:
            return "pause";
        case Wish::stop:
            return "stop";
        case Wish::hold:
            return "hold";
    }
    return "run";
}

Wish wishOf(const std::string& name) {
    for (const Wish wish : {Wish::pause, Wish::stop, Wish::hold}) {
        if (nameOf(wish) == name) {
            return wish;
        }
    }
    return Wish::run;
}

Verdict afterEnd(JobEnd end, Wish wish, int retries, double retrySeconds) {
    if (end.signal == 0 && end.exitCode == 0) {
        return {"finished"};
    }
    if (wish == Wish::stop) {
        return {"cancelled"};
    }
    if (wish == Wish::pause) {
        return {"paused"};
    }
    if (wish == Wish::hold) {
        return {"queued"};
    }
    const auto code = end.signal != 0 ? ErrorCode::transient
                                      : errorCodeOf(end.exitCode).value_or(ErrorCode::usage);
    switch (code) {
        case ErrorCode::saved:  // somebody asked the process itself
            return {"paused"};
        case ErrorCode::cannotWrite:  // a full disk: retrying does not help, giving up loses
            return {"paused"};
        case ErrorCode::transient:
            if (retries < kRetryLimit) {
                return {"queued", true,
                        retrySeconds * static_cast<double>(1 << std::min(retries, 8))};
            }
            return {"failed"};
        case ErrorCode::usage:
        case ErrorCode::corruptData:
        case ErrorCode::missingInput:
        case ErrorCode::deviceUnavailable:
        case ErrorCode::diverged:
        case ErrorCode::environment:
            return {"failed"};
    }
    return {"failed"};
}

}  // namespace understudy::training
