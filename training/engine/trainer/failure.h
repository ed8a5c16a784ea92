// Turns what LibTorch throws into errors that say what to do: memory that does not suffice, a
// driver that fails.
#pragma once

#include <exception>
#include <type_traits>

#include "media/base/result.h"

namespace understudy::training {

// To be called while `thrown` is being handled.
Error errorOfException(const std::exception& thrown);

bool isOutOfMemory(const std::exception& thrown);

// The Result of `work`, or of what it threw.
template <class Work>
std::invoke_result_t<Work> guarded(Work&& work) {
    try {
        return work();
    } catch (const std::exception& thrown) {
        return errorOfException(thrown);
    }
}

}  // namespace understudy::training
