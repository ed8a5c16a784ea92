// US_WIDE before a function compiles it twice, for any x86-64 and for those with AVX2; the program
// takes the better one that the CPU has. Results are the same to the bit: fused multiply-add is not
// among what is added. US_CLONES adds it, and AVX-512: for numbers whose last bit may depend on the
// CPU. What such functions call must be built into them: what is inline elsewhere is not so there.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define US_WIDE __attribute__((target_clones("avx2", "default")))
#if __GNUC__ >= 12
#define US_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else  // knows them by the names of processors alone
#define US_CLONES __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#endif
#else
#define US_WIDE
#define US_CLONES
#endif
