// US_WIDE before a function compiles it twice, for any x86-64 and for those with AVX2; the program
// takes the better one that the CPU has. Results are the same to the bit: fused multiply-add is not
// among what is added. What such a function calls must be built into it.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define US_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define US_WIDE
#endif
