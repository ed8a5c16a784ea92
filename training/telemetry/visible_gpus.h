// Which of the machine's GPUs a process may use, as CUDA_VISIBLE_DEVICES says it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "training/telemetry/nvml.h"

namespace understudy::training {

// Those that are named by number (as nvidia-smi counts) or by the beginning of their UUID, in
// `gpus`' order; as CUDA does, up to the first name that fits none or several. All where `visible`
// is not set.
std::vector<Nvml::Gpu> visibleGpus(std::vector<Nvml::Gpu> gpus,
                                   const std::optional<std::string>& visible);

}  // namespace understudy::training
