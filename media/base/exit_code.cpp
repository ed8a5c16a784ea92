#include "media/base/exit_code.h"

namespace understudy {

std::optional<ErrorCode> errorCodeOf(int exitCode) {
    switch (static_cast<ErrorCode>(exitCode)) {
        case ErrorCode::usage:
        case ErrorCode::corruptData:
        case ErrorCode::missingInput:
        case ErrorCode::deviceUnavailable:
        case ErrorCode::diverged:
        case ErrorCode::cannotWrite:
        case ErrorCode::transient:
        case ErrorCode::environment:
        case ErrorCode::saved:
            return static_cast<ErrorCode>(exitCode);
    }
    return std::nullopt;
}

}  // namespace understudy
