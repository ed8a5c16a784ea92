#include "training/engine/model/autocast.h"

#include <ATen/autocast_mode.h>

namespace understudy::training {

bool cpuIsGoodAtBf16() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16");  // every CPU with AMX has it too
#else
    return false;
#endif
}

Precision choosePrecision(const std::string& setting, torch::Device device) {
    if (setting == "fp32") {
        return Precision::fp32;
    }
    if (setting == "bf16" || device.is_cuda()) {
        return Precision::bf16;
    }
    return device.is_cpu() && cpuIsGoodAtBf16() ? Precision::bf16 : Precision::fp32;
}

AutocastScope::AutocastScope(torch::Device device, Precision precision)
    : device_(device.type()), active_(precision == Precision::bf16) {
    if (!active_) {
        return;
    }
    wasEnabled_ = at::autocast::is_autocast_enabled(device_);
    previous_ = at::autocast::get_autocast_dtype(device_);
    at::autocast::set_autocast_enabled(device_, true);
    at::autocast::set_autocast_dtype(device_, torch::kBFloat16);
    at::autocast::increment_nesting();
}

AutocastScope::~AutocastScope() {
    if (!active_) {
        return;
    }
    // The cast weights are kept for one outermost scope only: the next step has other weights.
    if (at::autocast::decrement_nesting() == 0) {
        at::autocast::clear_cache();
    }
    at::autocast::set_autocast_dtype(device_, previous_);
    at::autocast::set_autocast_enabled(device_, wasEnabled_);
}

}  // namespace understudy::training
