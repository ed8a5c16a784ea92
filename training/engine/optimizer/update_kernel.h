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
};
void adamUpdate(const UpdateSpan& span, const AdamFactors& factors);

struct BeliefFactors {
    float beta1 = 0, beta2 = 0, epsilon = 0, rate = 0, gradientFactor = 1;
};
void beliefUpdate(const UpdateSpan& span, const BeliefFactors& factors);

// Of span.gradient or span.narrow; the same on every run.
double sumOfSquares(const UpdateSpan& span);

}  // namespace understudy::training
