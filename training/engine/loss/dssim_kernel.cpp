#include "training/engine/loss/dssim_kernel.h"

#include <cstddef>
#include <utility>

#include "media/base/wide.h"

namespace understudy::training {

namespace {

constexpr float kC1 = 0.01f * 0.01f, kC2 = 0.03f * 0.03f;

// out[i] = sum over k of window[k] * in[i + k * stride]: a column of the window down a picture
// (stride = width), or the window along a row (stride = 1).
US_CLONES void filter(const float* __restrict in, int64_t stride, const float* __restrict window,
                      int64_t size, float* __restrict out, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        out[i] = window[0] * in[i];
    }
    for (int64_t k = 1; k < size; ++k) {
        const float factor = window[k];
        const float* shifted = in + k * stride;
        for (int64_t i = 0; i < count; ++i) {
            out[i] += factor * shifted[i];
        }
    }
}

US_CLONES void addScaled(const float* __restrict in, float factor, float* __restrict out,
                         int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        out[i] += factor * in[i];
    }
}

US_CLONES void products(const float* __restrict x, const float* __restrict y,
                        float* __restrict product, float* __restrict squares, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        product[i] = x[i] * y[i];
        squares[i] = x[i] * x[i] + y[i] * y[i];
    }
}

// What the window sees in one row of positions, and the derivatives of SSIM by three of them.
struct Row {
    float *meanX, *meanY, *product, *squares;
    float *byMean, *byProduct, *bySquares;
};

US_CLONES double similarity(const Row& row, float* __restrict values, int64_t count) {
    const float* __restrict mx = row.meanX;
    const float* __restrict my = row.meanY;
    const float* __restrict product = row.product;
    const float* __restrict squares = row.squares;
    float* __restrict byMean = row.byMean;
    float* __restrict byProduct = row.byProduct;
    float* __restrict bySquares = row.bySquares;
    for (int64_t i = 0; i < count; ++i) {
        const float means = mx[i] * my[i];
        const float powers = mx[i] * mx[i] + my[i] * my[i];
        const float a1 = 2 * means + kC1, a2 = 2 * (product[i] - means) + kC2;
        const float b1 = 1 / (powers + kC1), b2 = 1 / (squares[i] - powers + kC2);
        const float ssim = a1 * a2 * b1 * b2;
        values[i] = ssim;
        byMean[i] = 2 * my[i] * (a2 - a1) * b1 * b2 - 2 * mx[i] * ssim * (b1 - b2);
        byProduct[i] = 2 * a1 * b1 * b2;
        bySquares[i] = -ssim * b2;
    }
    // In lanes, so that it is fast without leave to add in any order: the differences above must
    // be taken as they are written, since little is left of large numbers.
    constexpr int64_t kLanes = 8;
    double sums[kLanes] = {};
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        for (int64_t lane = 0; lane < kLanes; ++lane) {
            sums[lane] += static_cast<double>(values[i + lane]);
        }
    }
    for (; i < count; ++i) {
        sums[0] += static_cast<double>(values[i]);
    }
    double sum = 0;
    for (const double part : sums) {
        sum += part;
    }
    return sum;
}

US_CLONES void combine(const float* __restrict x, const float* __restrict y,
                       const float* __restrict byMean, const float* __restrict byProduct,
                       const float* __restrict bySquares, float* __restrict gradient,
                       int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        gradient[i] = byMean[i] + y[i] * byProduct[i] + 2 * x[i] * bySquares[i];
    }
}

}  // namespace

double ssimSum(const SsimPlane& plane, const float* window, int64_t size,
               std::vector<float>& scratch) {
    const int64_t width = plane.width, height = plane.height, pixels = width * height;
    const int64_t across = width - size + 1, down = height - size + 1;
    // Derivatives stand between margins of zeros, so that the way back is a filter as well. The
    // window is symmetric.
    const int64_t padded = width + size - 1, margin = size - 1;
    scratch.assign(static_cast<size_t>(5 * pixels + width + 5 * across + 3 * padded), 0.0f);
    float* next = scratch.data();
    const auto take = [&next](int64_t count) { return std::exchange(next, next + count); };
    float* product = take(pixels);
    float* squares = take(pixels);
    float* sums[3] = {take(pixels), take(pixels), take(pixels)};
    float* column = take(width);
    float* values = take(across);
    Row row{take(across), take(across), take(across), take(across), nullptr, nullptr, nullptr};
    float* derivatives[3] = {take(padded), take(padded), take(padded)};
    row.byMean = derivatives[0] + margin;
    row.byProduct = derivatives[1] + margin;
    row.bySquares = derivatives[2] + margin;
    products(plane.image, plane.target, product, squares, pixels);
    const std::pair<const float*, float*> maps[] = {{plane.image, row.meanX},
                                                    {plane.target, row.meanY},
                                                    {product, row.product},
                                                    {squares, row.squares}};
    double total = 0;
    for (int64_t y = 0; y < down; ++y) {
        for (const auto& [picture, means] : maps) {
            filter(picture + y * width, width, window, size, column, width);
            filter(column, 1, window, size, means, across);
        }
        total += similarity(row, values, across);
        for (int i = 0; i < 3 && plane.gradient != nullptr; ++i) {
            filter(derivatives[i], 1, window, size, column, width);
            for (int64_t k = 0; k < size; ++k) {
                addScaled(column, window[k], sums[i] + (y + k) * width, width);
            }
        }
    }
    if (plane.gradient != nullptr) {
        combine(plane.image, plane.target, sums[0], sums[1], sums[2], plane.gradient, pixels);
    }
    return total;
}

}  // namespace understudy::training
