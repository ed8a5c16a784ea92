#include "training/engine/data/host_rows.h"

#include <cstdint>

#include "media/base/wide.h"

namespace understudy::training {

US_CLONES void addScaled(const float* __restrict in, float factor, float* __restrict out,
                         int count) {
    for (int i = 0; i < count; ++i) {
        out[i] += factor * in[i];
    }
}

US_CLONES void recolorRow(const float* __restrict matrix, float* __restrict r, float* __restrict g,
                          float* __restrict b, int count) {
    for (int i = 0; i < count; ++i) {
        const float red = r[i], green = g[i], blue = b[i];
        const float values[3] = {
            matrix[0] * red + matrix[1] * green + matrix[2] * blue + matrix[3],
            matrix[4] * red + matrix[5] * green + matrix[6] * blue + matrix[7],
            matrix[8] * red + matrix[9] * green + matrix[10] * blue + matrix[11]};
        const float low[3] = {values[0] > 0 ? values[0] : 0, values[1] > 0 ? values[1] : 0,
                              values[2] > 0 ? values[2] : 0};
        r[i] = low[0] < 1 ? low[0] : 1;
        g[i] = low[1] < 1 ? low[1] : 1;
        b[i] = low[2] < 1 ? low[2] : 1;
    }
}

US_CLONES void interleaveColors(const float* __restrict planes, float* __restrict pixels,
                                int count) {
    const float *r = planes, *g = planes + count, *b = planes + int64_t{2} * count;
    for (int i = 0; i < count; ++i) {
        pixels[3 * i] = r[i];
        pixels[3 * i + 1] = g[i];
        pixels[3 * i + 2] = b[i];
    }
}

}  // namespace understudy::training
