// How much memory there is to hold faces in, and how much a benchmark used.
#pragma once

#include <torch/types.h>

#include <cstdint>

namespace understudy::training {

uint64_t freeHostBytes();
// 0 for the CPU, and where the driver does not say.
uint64_t freeDeviceBytes(torch::Device device);
// Allocator peak on CUDA, peak resident size on the CPU.
uint64_t peakBytes(torch::Device device);

}  // namespace understudy::training
