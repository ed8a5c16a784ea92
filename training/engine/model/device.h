// Finds the device a rank computes on. Programs link the CPU half of LibTorch only, so that they
// start fast; the CUDA half is loaded here, when a GPU is asked for.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "media/base/result.h"

namespace understudy::training {

// Loads libtorch_cuda.so from beside libtorch_cpu.so; repeatable. Errors: deviceUnavailable with
// what the loader or the driver said, environment for a driver that is too old or broken.
Status ensureCuda();

// GPUs that can be used, 0 when there are none or CUDA does not load.
int cudaDeviceCount();

// "cpu", "cuda" or "cuda:1". Errors: usage, deviceUnavailable (also a UUID that is not there), and
// those of ensureCuda().
Result<torch::Device> openDevice(const std::string& name);

// "auto" is the first GPU if there is one, else the CPU; "all" every GPU, else the CPU; otherwise
// the list itself, one entry a rank. A UUID becomes its number; one that is not there stays, for
// openDevice to refuse.
std::vector<std::string> resolveDevices(const std::string& devices);

// exact: deterministic algorithms only; fast: cuDNN picks by measuring. fp32 is never rounded to
// TF32 in either.
void setDeterminism(bool exact);

}  // namespace understudy::training
