// Eight places of a look side by side. Vectors go by reference: how they are passed by value
// depends on the processor that is compiled for.
#pragma once

#include <cstddef>
#include <cstring>

namespace understudy::media {

using Lanes = float __attribute__((vector_size(32)));
constexpr size_t kLanes = 8;

[[gnu::always_inline]] inline void load(Lanes& to, const float* from) {
    std::memcpy(&to, from, sizeof to);
}

[[gnu::always_inline]] inline void store(float* to, const Lanes& from) {
    std::memcpy(to, &from, sizeof from);
}

// Of what is off by the root of `square` deviations (Geman and McClure).
[[gnu::always_inline]] inline void trust(Lanes& weight, const Lanes& square) {
    const Lanes t = 1 + square / 9;
    weight = 1 / (t * t);
}

// Finds x for which a x = b, a symmetric and positive definite (n x n, its lower half is read and
// spent), by a = l d l^T; each b becomes its x.
template <size_t n, size_t count>
[[gnu::always_inline]] inline void solve(Lanes (&a)[n][n], Lanes (&b)[count][n]) {
    for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < i; ++j) {
            for (size_t k = 0; k < j; ++k) {
                a[i][j] -= a[i][k] * a[j][k] * a[k][k];
            }
            a[i][j] /= a[j][j];
        }
        for (size_t k = 0; k < i; ++k) {
            a[i][i] -= a[i][k] * a[i][k] * a[k][k];
        }
    }
    for (Lanes(&x)[n] : b) {
        for (size_t i = 0; i < n; ++i) {
            for (size_t k = 0; k < i; ++k) {
                x[i] -= a[i][k] * x[k];
            }
        }
        for (size_t i = n; i-- > 0;) {
            x[i] /= a[i][i];
            for (size_t k = i + 1; k < n; ++k) {
                x[i] -= a[k][i] * x[k];
            }
        }
    }
}

}  // namespace understudy::media
