#include "media/source/yuv.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <vector>

using namespace understudy::media;

namespace {

template <class T>
struct Planes {
    Planes(int width, int height, const YuvLayout& layout)
        : chromaWidth(width >> layout.chromaShiftX),
          y(static_cast<size_t>(width * height)),
          cb(static_cast<size_t>(chromaWidth * (height >> layout.chromaShiftY))),
          cr(cb.size()),
          stride(width * static_cast<int>(sizeof(T))),
          chromaStride(chromaWidth * static_cast<int>(sizeof(T))) {}

    std::array<WritablePlane, 3> writable() {
        return {WritablePlane{reinterpret_cast<uint8_t*>(y.data()), stride},
                WritablePlane{reinterpret_cast<uint8_t*>(cb.data()), chromaStride},
                WritablePlane{reinterpret_cast<uint8_t*>(cr.data()), chromaStride}};
    }
    std::array<Plane, 4> readable() {
        const auto planes = writable();
        return {Plane{planes[0].data, planes[0].stride}, Plane{planes[1].data, planes[1].stride},
                Plane{planes[2].data, planes[2].stride}, Plane{}};
    }

    int chromaWidth;
    std::vector<T> y;
    std::vector<T> cb;
    std::vector<T> cr;
    ptrdiff_t stride;
    ptrdiff_t chromaStride;
};

Image smooth(int width, int height) {
    Image image(width, height, 3, SampleType::f32);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            float* pixel = image.row<float>(y) + x * 3;
            pixel[0] = static_cast<float>(0.5 + 0.3 * std::sin(x * 0.11) * std::cos(y * 0.09));
            pixel[1] = static_cast<float>(0.45 + 0.3 * std::cos(x * 0.07 + y * 0.05));
            pixel[2] = static_cast<float>(0.4 + 0.3 * std::sin(y * 0.13));
        }
    }
    return image;
}

// Away from the edges, where halved chroma has nothing to lean on.
double largestDifference(const Image& a, const Image& b) {
    const Image left = toFloat(a);
    const Image right = toFloat(b);
    double largest = 0;
    for (int y = 3; y < left.height() - 3; ++y) {
        for (int x = 9; x < left.width() * 3 - 9; ++x) {
            largest = std::max(largest, std::abs(static_cast<double>(left.row<float>(y)[x]) -
                                                 right.row<float>(y)[x]));
        }
    }
    return largest;
}

}  // namespace

TEST_CASE("known values of BT.601 and BT.709") {
    // ITU-R BT.601: 75 % colour bars' yellow; BT.709: red.
    Image yellow(2, 2, 3, SampleType::f32);
    Image red(2, 2, 3, SampleType::f32);
    for (int y = 0; y < 2; ++y) {
        for (int x = 0; x < 2; ++x) {
            yellow.row<float>(y)[x * 3] = 0.75F;
            yellow.row<float>(y)[x * 3 + 1] = 0.75F;
            red.row<float>(y)[x * 3] = 1;
        }
    }
    YuvLayout layout{8, 1, 1, true, false, false, 6};
    Planes<uint8_t> bars(2, 2, layout);
    yuvFromRgb(yellow, layout, bars.writable());
    CHECK(int(bars.y[0]) == 162);
    CHECK(int(bars.cb[0]) == 44);
    CHECK(int(bars.cr[0]) == 142);
    layout.matrix = 1;
    yuvFromRgb(red, layout, bars.writable());
    CHECK(int(bars.y[0]) == 63);
    CHECK(int(bars.cb[0]) == 102);
    CHECK(int(bars.cr[0]) == 240);
}

TEST_CASE("smooth pictures survive the way to planes and back") {
    const Image image = smooth(160, 96);
    for (const int matrix : {1, 4, 5, 6, 7, 9}) {
        for (const bool full : {false, true}) {
            for (const int shift : {0, 1}) {
                for (const bool left : {false, true}) {
                    for (const bool top : {false, true}) {
                        if (top && shift == 1) {
                            continue;  // never written, only read
                        }
                        const YuvLayout eight{8, shift, shift, left, top, full, matrix};
                        Planes<uint8_t> planes(160, 96, eight);
                        yuvFromRgb(image, eight, planes.writable());
                        CAPTURE(matrix, full, shift, left);
                        CHECK(largestDifference(image,
                                                rgbFromYuv(eight, planes.readable(), 160, 96)) <
                              (shift == 0 ? 2.1 / 255 : 4.5 / 255));
                        const YuvLayout ten{10, shift, shift, left, top, full, matrix};
                        Planes<uint16_t> deep(160, 96, ten);
                        yuvFromRgb(image, ten, deep.writable());
                        CHECK(largestDifference(image, rgbFromYuv(ten, deep.readable(), 160, 96)) <
                              (shift == 0 ? 0.6 / 255 : 3.0 / 255));
                    }
                }
            }
        }
    }
}

TEST_CASE("time of a 1080p frame", "[bench][soak]") {
    const YuvLayout layout{8, 1, 1, true, false, false, 1};
    const Image image = fromFloat(smooth(1920, 1080), SampleType::u8);
    Planes<uint8_t> planes(1920, 1080, layout);
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 5; ++i) {
        yuvFromRgb(image, layout, planes.writable());
    }
    std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    WARN("to planes: " << took.count() / 5 << " ms");
    start = std::chrono::steady_clock::now();
    for (int i = 0; i < 5; ++i) {
        CHECK(!rgbFromYuv(layout, planes.readable(), 1920, 1080).empty());
    }
    took = std::chrono::steady_clock::now() - start;
    WARN("to RGB: " << took.count() / 5 << " ms");
}
