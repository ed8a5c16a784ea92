#include "media/base/check.h"
#include "media/base/sha256_rounds.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace understudy::sha256 {

#if defined(__x86_64__)

bool instructionsThere() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    const bool known = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0;
    const bool sha = known && (b >> 29 & 1) != 0;
    return sha && __builtin_cpu_supports("sse4.1") != 0;
}

// The instructions keep the state as {a, b, e, f} and {c, d, g, h}, and do four rounds at a time:
// two in each half. Words 16 and up follow from those four, eight and more before.
__attribute__((target("sha,sse4.1,ssse3"))) void blocksByInstructions(
    std::array<uint32_t, 8>& state, const uint8_t* bytes, size_t count) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data()));
    const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(state.data() + 4));
    const __m128i badc = _mm_shuffle_epi32(low, 0xB1);
    const __m128i hgfe = _mm_shuffle_epi32(high, 0x1B);
    __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
    __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xF0);
    for (; count > 0; --count, bytes += 64) {
        const __m128i abefBefore = abef;
        const __m128i cdghBefore = cdgh;
        __m128i words[4];  // the last sixteen
        for (int i = 0; i < 16; ++i) {
            __m128i& now = words[i % 4];
            if (i < 4) {
                now = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + i),
                                       swap);
            } else {
                const __m128i& last = words[(i + 3) % 4];
                const __m128i sevenBefore = _mm_alignr_epi8(last, words[(i + 2) % 4], 4);
                now = _mm_sha256msg1_epu32(now, words[(i + 1) % 4]);
                now = _mm_sha256msg2_epu32(_mm_add_epi32(now, sevenBefore), last);
            }
            const __m128i keyed = _mm_add_epi32(
                now, _mm_loadu_si128(reinterpret_cast<const __m128i*>(kRound.data()) + i));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, keyed);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(keyed, 0x0E));
        }
        abef = _mm_add_epi32(abef, abefBefore);
        cdgh = _mm_add_epi32(cdgh, cdghBefore);
    }
    const __m128i feba = _mm_shuffle_epi32(abef, 0x1B);
    const __m128i dchg = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data()), _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(state.data() + 4), _mm_alignr_epi8(dchg, feba, 8));
}

#else

bool instructionsThere() {
    return false;
}

void blocksByInstructions(std::array<uint32_t, 8>&, const uint8_t*, size_t) {
    US_CHECK(false);
}

#endif

}  // namespace understudy::sha256
