#include "media/base/result.h"

#include <cstdio>
#include <cstdlib>

namespace understudy {

void checkFailed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: broken contract: %s\n", file, line, condition);
    std::abort();
}

std::string describe(const Error& error) {
    std::string text = error.message;
    if (!error.where.empty()) {
        text += " (" + error.where + ")";
    }
    if (!error.remedy.empty()) {
        text += ". " + error.remedy;
    }
    return text;
}

}  // namespace understudy
