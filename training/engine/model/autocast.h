// bf16 arithmetic where the device is good at it, with fp32 weights behind it.
#pragma once

#include <torch/types.h>

#include <string>

#include "media/base/result.h"

namespace understudy::training {

enum class Precision { fp32, bf16 };

// For the plan's `precision` (auto | fp32 | bf16). auto is bf16 on CUDA and on CPUs with
// avx512_bf16 or AMX (others lose from it), else fp32.
Precision choosePrecision(const std::string& setting, torch::Device device);
bool cpuIsGoodAtBf16();

// While it lives, convolutions and dense layers called on this thread compute in bf16 (with fp32
// weights, cast once per scope). Put forward passes in it; losses, backward and optimizer steps
// outside. Does nothing for fp32.
class AutocastScope {
  public:
    AutocastScope(torch::Device device, Precision precision);
    ~AutocastScope();
    AutocastScope(const AutocastScope&) = delete;
    AutocastScope& operator=(const AutocastScope&) = delete;

  private:
    torch::DeviceType device_;
    bool active_;
    bool wasEnabled_ = false;
    torch::ScalarType previous_ = torch::kFloat;
};

}  // namespace understudy::training
