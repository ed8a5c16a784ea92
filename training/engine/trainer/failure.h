// Turns what LibTorch throws into errors that say what to do: memory that does not suffice, a
// driver that fails.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <type_traits>

#include "media/base/result.h"

namespace understudy::training {

// To be called while `thrown` is being handled.
Error errorOfException(const std::exception& thrown);

bool isOutOfMemory(const std::exception& thrown);
bool isDeviceFailure(const std::exception& thrown);

// A GPU, as the plan names it, failed while a run trained on it: what was lost, and that the run
// goes on with the others. `saved`: the step of the newest checkpoint, negative: none.
Error deviceFailure(const std::string& device, const std::string& said, int64_t step,
                    int64_t saved);

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
