// The arithmetic of an optimizer step on plain memory, one pass over all that a parameter has:
// value, gradient, moments and bf16 copy. For CPUs, where passes over memory are what a step costs.
#pragma once

#include <cstdint>

namespace understudy::training {

// A stretch of a parameter. fp32, or bf16 as its 16 bits.
struct UpdateSpan {
    float* values = nullptr;
    float* first = nullptr;  // moments
    float* second = nullptr;
    const float* gradient = nullptr;   // this one
    const uint16_t* narrow = nullptr;  // or this one
    uint16_t* copy = nullptr;          // gets the new values in bf16; may be null
    int64_t count = 0;
};

struct AdamFactors {
    float beta1 = 0, beta2 = 0, epsilon = 0;
    float rate = 0;            // learning rate / (1 - beta1^step)
    float secondFactor = 1;    // 1 / sqrt(1 - beta2^step)
    float gradientFactor = 1;  // what clipping leaves of the gradient
    float kept = 1;            // of the old value, after weight decay
};
void adamUpdate(const UpdateSpan& span, const AdamFactors& factors);

struct BeliefFactors {
    float beta1 = 0, beta2 = 0, epsilon = 0, rate = 0, gradientFactor = 1;
};
void beliefUpdate(const UpdateSpan& span, const BeliefFactors& factors);

// Which weights learning-rate dropout lets be updated: a keyed hash of the weight's position (the
// mixing of 32 bits is Wellons' "lowbias32"; Philox for every weight would cost more than its
// update) compared with a limit.
struct MaskKey {
    uint32_t first = 0, second = 0;
    uint32_t below = 0;  // of kMaskRange
};
constexpr uint32_t kMaskRange = 1u << 24;
constexpr uint32_t kMaskFactor1 = 0x7feb352d, kMaskFactor2 = 0x846ca68b;

// Gives span.values, and span.copy, the value `before` again where the mask says so. `position` is
// that of the first weight in the flat buffer.
void keepChosen(const UpdateSpan& span, const float* before, uint32_t position, const MaskKey& key);

// Of span.gradient or span.narrow; the same on every run.
double sumOfSquares(const UpdateSpan& span);

}  // namespace understudy::training
