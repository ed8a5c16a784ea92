// Between Y'CbCr planes and RGB, with matrix, range, depth and chroma siting always given. Done
// here and not by libswscale because its shortcuts differ between processors and formats, and a
// plate must come back with the same values everywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "media/frame/image.h"

namespace understudy::media {

struct YuvLayout {
    int depth = 8;         // bits of a sample; samples of more than 8 lie in uint16_t
    int chromaShiftX = 0;  // 1 where chroma is half as wide
    int chromaShiftY = 0;
    bool chromaLeft = true;  // sited over the left luma sample of a pair, else between both
    bool chromaTop = false;  // sited on the upper luma row of a pair, else between both
    bool fullRange = false;
    int matrix = 1;  // ISO/IEC 23091-2: 1, 4, 5, 6, 7 or 9
};

struct Plane {
    const uint8_t* data = nullptr;  // null: no such plane
    ptrdiff_t stride = 0;           // bytes from row to row
};

struct WritablePlane {
    uint8_t* data = nullptr;
    ptrdiff_t stride = 0;
};

// Whether `matrix` is one that these functions know.
bool knownMatrix(int matrix);

// Planes Y, Cb, Cr and alpha; without Cb and Cr the picture is grey. Returns u8 for 8 bits, else
// u16, with 4 channels where there is alpha.
Image rgbFromYuv(const YuvLayout& layout, const std::array<Plane, 4>& planes, int width,
                 int height);

// One channel, the plain mean of red, green and blue before they are limited; 8 bits only.
Image greyFromYuv(const YuvLayout& layout, const std::array<Plane, 4>& planes, int width,
                  int height);

// Alpha is left out, and one channel counts as grey. Where chroma is halved, width and height are
// even. Values outside [0, 1] are clamped.
void yuvFromRgb(const Image& rgb, const YuvLayout& layout,
                const std::array<WritablePlane, 3>& planes);

}  // namespace understudy::media
