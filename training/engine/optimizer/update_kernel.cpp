#include "training/engine/optimizer/update_kernel.h"

#include <algorithm>

#include "media/base/wide.h"

namespace understudy::training {

namespace {

#define US_INLINE inline __attribute__((always_inline))

US_INLINE float widened(uint16_t bits) {
    return __builtin_bit_cast(float, static_cast<uint32_t>(bits) << 16);
}

// To nearest, ties to even. The values are finite.
US_INLINE uint16_t narrowed(float value) {
    const auto bits = __builtin_bit_cast(uint32_t, value);
    return static_cast<uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

template <class Gradient>
US_INLINE float gradientAt(const Gradient* gradient, int64_t i) {
    if constexpr (sizeof(Gradient) == sizeof(float)) {
        return gradient[i];
    } else {
        return widened(gradient[i]);
    }
}

template <bool kCopies, class Gradient>
US_INLINE void adam(const UpdateSpan& span, const Gradient* __restrict gradient,
                    const AdamFactors& f) {
    float* __restrict values = span.values;
    float* __restrict first = span.first;
    float* __restrict second = span.second;
    uint16_t* __restrict copy = span.copy;
    const AdamFactors k = f;
    for (int64_t i = 0; i < span.count; ++i) {
        const float g = gradientAt(gradient, i) * k.gradientFactor;
        const float m = first[i] + (1 - k.beta1) * (g - first[i]);
        const float v = k.beta2 * second[i] + (1 - k.beta2) * g * g;
        const float value =
            values[i] * k.kept - k.rate * m / (__builtin_sqrtf(v) * k.secondFactor + k.epsilon);
        first[i] = m;
        second[i] = v;
        values[i] = value;
        if constexpr (kCopies) {
            copy[i] = narrowed(value);
        }
    }
}

template <bool kCopies, class Gradient>
US_INLINE void belief(const UpdateSpan& span, const Gradient* __restrict gradient,
                      const BeliefFactors& f) {
    float* __restrict values = span.values;
    float* __restrict first = span.first;
    float* __restrict second = span.second;
    uint16_t* __restrict copy = span.copy;
    const BeliefFactors k = f;
    for (int64_t i = 0; i < span.count; ++i) {
        const float g = gradientAt(gradient, i) * k.gradientFactor;
        const float m = first[i] + (1 - k.beta1) * (g - first[i]);
        const float s = k.beta2 * second[i] + (1 - k.beta2) * (g - m) * (g - m);
        const float value = values[i] - k.rate * m / (__builtin_sqrtf(s) + k.epsilon);
        first[i] = m;
        second[i] = s;
        values[i] = value;
        if constexpr (kCopies) {
            copy[i] = narrowed(value);
        }
    }
}

US_INLINE bool chosenAt(uint32_t position, const MaskKey& key) {
    uint32_t x = position ^ key.first;
    x ^= x >> 16;
    x *= kMaskFactor1;
    x ^= x >> 15;
    x ^= key.second;
    x *= kMaskFactor2;
    x ^= x >> 16;
    return (x & (kMaskRange - 1)) < key.below;
}

template <bool kCopies>
US_INLINE void keep(const UpdateSpan& span, const float* __restrict before, uint32_t position,
                    const MaskKey& givenKey) {
    float* __restrict values = span.values;
    uint16_t* __restrict copy = span.copy;
    const MaskKey key = givenKey;
    for (int64_t i = 0; i < span.count; ++i) {
        const bool updated = chosenAt(position + static_cast<uint32_t>(i), key);
        const float value = updated ? values[i] : before[i];
        values[i] = value;
        if constexpr (kCopies) {
            copy[i] = narrowed(value);
        }
    }
}

template <class Gradient>
US_INLINE double squares(const Gradient* gradient, int64_t count) {
    constexpr int64_t kLanes = 32, kBlock = 4096;
    double total = 0;
    for (int64_t begin = 0; begin < count; begin += kBlock) {
        const int64_t size = std::min(kBlock, count - begin);
        const Gradient* block = gradient + begin;
        float lanes[kLanes] = {};
        int64_t i = 0;
        for (; i + kLanes <= size; i += kLanes) {
            for (int64_t lane = 0; lane < kLanes; ++lane) {
                const float g = gradientAt(block, i + lane);
                lanes[lane] += g * g;
            }
        }
        for (; i < size; ++i) {
            const float g = gradientAt(block, i);
            lanes[0] += g * g;
        }
        for (const float lane : lanes) {
            total += static_cast<double>(lane);
        }
    }
    return total;
}

US_CLONES void adamWide(const UpdateSpan& span, const AdamFactors& f) {
    adam<false>(span, span.gradient, f);
}
US_CLONES void adamWideCopied(const UpdateSpan& span, const AdamFactors& f) {
    adam<true>(span, span.gradient, f);
}
US_CLONES void adamNarrow(const UpdateSpan& span, const AdamFactors& f) {
    adam<false>(span, span.narrow, f);
}
US_CLONES void adamNarrowCopied(const UpdateSpan& span, const AdamFactors& f) {
    adam<true>(span, span.narrow, f);
}
US_CLONES void beliefWide(const UpdateSpan& span, const BeliefFactors& f) {
    belief<false>(span, span.gradient, f);
}
US_CLONES void beliefWideCopied(const UpdateSpan& span, const BeliefFactors& f) {
    belief<true>(span, span.gradient, f);
}
US_CLONES void beliefNarrow(const UpdateSpan& span, const BeliefFactors& f) {
    belief<false>(span, span.narrow, f);
}
US_CLONES void beliefNarrowCopied(const UpdateSpan& span, const BeliefFactors& f) {
    belief<true>(span, span.narrow, f);
}
US_CLONES void keepPlain(const UpdateSpan& span, const float* before, uint32_t position,
                         const MaskKey& key) {
    keep<false>(span, before, position, key);
}
US_CLONES void keepCopied(const UpdateSpan& span, const float* before, uint32_t position,
                          const MaskKey& key) {
    keep<true>(span, before, position, key);
}
US_CLONES double squaresWide(const float* gradient, int64_t count) {
    return squares(gradient, count);
}
US_CLONES double squaresNarrow(const uint16_t* gradient, int64_t count) {
    return squares(gradient, count);
}

}  // namespace

void adamUpdate(const UpdateSpan& span, const AdamFactors& factors) {
    if (span.narrow != nullptr) {
        (span.copy != nullptr ? adamNarrowCopied : adamNarrow)(span, factors);
    } else {
        (span.copy != nullptr ? adamWideCopied : adamWide)(span, factors);
    }
}

void beliefUpdate(const UpdateSpan& span, const BeliefFactors& factors) {
    if (span.narrow != nullptr) {
        (span.copy != nullptr ? beliefNarrowCopied : beliefNarrow)(span, factors);
    } else {
        (span.copy != nullptr ? beliefWideCopied : beliefWide)(span, factors);
    }
}

void keepChosen(const UpdateSpan& span, const float* before, uint32_t position,
                const MaskKey& key) {
    (span.copy != nullptr ? keepCopied : keepPlain)(span, before, position, key);
}

double sumOfSquares(const UpdateSpan& span) {
    return span.narrow != nullptr ? squaresNarrow(span.narrow, span.count)
                                  : squaresWide(span.gradient, span.count);
}

}  // namespace understudy::training
