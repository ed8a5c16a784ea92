// What can go wrong outside the program is a value: Result<T> holds a T or an Error that says what
// happened, to which file, and what to do. Broken contracts inside the program are US_CHECK's.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "media/base/check.h"

namespace understudy {

// Also the exit codes of every program; a signal or a crash has no code here.
enum class ErrorCode : int {
    usage = 64,              // bad plan or command line
    corruptData = 65,        // corrupt, or written by a newer version
    missingInput = 66,       // missing or unreadable
    deviceUnavailable = 69,  // the GPU asked for is not there
    diverged = 70,           // training diverged and could not be brought back
    cannotWrite = 73,        // read-only, disk full: paused, not retried
    transient = 75,          // retry
    environment = 78,        // driver or library
    saved = 85,              // saved on request, may be resumed
};

struct Error {
    ErrorCode code = ErrorCode::usage;
    std::string message;  // what happened, one sentence without a full stop
    std::string where;    // file, frame or setting it happened to
    std::string remedy;   // what the user can do
};

// One line for a log or a terminal: "message (where). remedy".
std::string describe(const Error& error);

template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return content_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & {
        US_CHECK(ok());
        return std::get<0>(content_);
    }
    const T& value() const& {
        US_CHECK(ok());
        return std::get<0>(content_);
    }
    T&& value() && {
        US_CHECK(ok());
        return std::move(std::get<0>(content_));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const {
        US_CHECK(!ok());
        return std::get<1>(content_);
    }

  private:
    std::variant<T, Error> content_;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool ok() const { return !error_.has_value(); }
    explicit operator bool() const { return ok(); }
    const Error& error() const {
        US_CHECK(error_.has_value());
        return *error_;
    }

  private:
    std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace understudy

// Returns the error of `expression` (a Status or Result) from the calling function, if it has one.
#define US_TRY(expression)                                        \
    do {                                                          \
        if (auto usTryResult = (expression); !usTryResult.ok()) { \
            return usTryResult.error();                           \
        }                                                         \
    } while (false)

// US_ASSIGN(auto frame, source->read(7)); returns the error, or declares `frame`.
#define US_ASSIGN(declaration, expression) \
    US_ASSIGN_NAMED(declaration, expression, US_JOIN(usAssignResult, __LINE__))
#define US_ASSIGN_NAMED(declaration, expression, name) \
    auto name = (expression);                          \
    if (!name.ok()) {                                  \
        return name.error();                           \
    }                                                  \
    declaration = std::move(name).value()
#define US_JOIN(a, b) US_JOIN_AGAIN(a, b)
#define US_JOIN_AGAIN(a, b) a##b
