// US_CHECK guards contracts inside the program: a failed one is a bug, prints where, and aborts.
// What users, files and devices do wrong is a Result instead (result.h).
#pragma once

namespace understudy {

[[noreturn]] void checkFailed(const char* condition, const char* file, int line);

}  // namespace understudy

#define US_CHECK(condition) \
    ((condition) ? static_cast<void>(0) : ::understudy::checkFailed(#condition, __FILE__, __LINE__))
