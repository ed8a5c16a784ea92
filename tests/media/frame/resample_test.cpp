#include "media/frame/resample.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <random>

using namespace understudy::media;

namespace {

// Soft blobs, whose centre of mass can be measured to hundredths of a pixel.
Image blob(int size, double cx, double cy, double sigma, SampleType type, int channels = 1) {
    Image image(size, size, channels, SampleType::f32);
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            const double dx = x + 0.5 - cx;
            const double dy = y + 0.5 - cy;
            const auto value =
                static_cast<float>(0.9 * std::exp(-(dx * dx + dy * dy) / (2 * sigma * sigma)));
            for (int c = 0; c < channels; ++c) {
                image.row<float>(y)[x * channels + c] = value;
            }
        }
    }
    return fromFloat(image, type);
}

Point centreOf(const Image& given) {
    const Image image = toFloat(given);
    double mass = 0;
    Point centre;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const double value = image.row<float>(y)[x * image.channels()];
            mass += value;
            centre = centre + value * Point{x + 0.5, y + 0.5};
        }
    }
    return (1 / mass) * centre;
}

Affine turned(double degrees, double scale, Point from, Point to) {
    const double c = scale * std::cos(degrees * M_PI / 180);
    const double s = scale * std::sin(degrees * M_PI / 180);
    Affine a{c, -s, 0, s, c, 0};
    const Point moved = a(from);
    a.x0 = to.x - moved.x;
    a.y0 = to.y - moved.y;
    return a;
}

}  // namespace

TEST_CASE("doing nothing changes nothing") {
    for (const SampleType type :
         {SampleType::u8, SampleType::u16, SampleType::f16, SampleType::f32}) {
        for (const int channels : {1, 2, 3, 4}) {
            const Image in = blob(33, 15, 18, 5, type, channels);
            const Image out = resample(in, Affine{}, 33, 33, Border::zero);
            CHECK(out.type() == type);
            CHECK(std::equal(in.data(), in.data() + in.size(), out.data()));
        }
    }
}

TEST_CASE("things land where the transform says, at every scale and angle") {
    const Point from{151.3, 140.8};
    const Image in = blob(300, from.x, from.y, 18, SampleType::u16, 3);
    for (const double scale : {3.0, 1.0, 0.7, 0.45, 0.3, 0.2, 0.11}) {
        for (const double degrees : {0.0, 33.0, -120.0}) {
            const int size = static_cast<int>(300 * scale) + 40;
            const Point to{size / 2 + 0.37, size / 2 - 0.21};
            const Image out =
                resample(in, turned(degrees, scale, from, to), size, size, Border::zero);
            CAPTURE(scale, degrees);
            CHECK(distance(centreOf(out), to) < 0.02);
        }
    }
}

TEST_CASE("crops of one face at 64, 128 and 256 agree to 0.01 px") {
    const Point from{201.7, 188.2};
    const Image in = blob(400, from.x, from.y, 22, SampleType::f32);
    for (const int size : {64, 128, 256}) {
        const double scale = size / 300.0;
        const Point to{0.51 * size, 0.47 * size};
        const Image out = resample(in, turned(12, scale, from, to), size, size, Border::replicate);
        CAPTURE(size);
        CHECK(distance(centreOf(out), to) * (64.0 / size) < 0.01);
    }
}

TEST_CASE("flat pictures stay flat, borders included") {
    Image in(50, 40, 3, SampleType::u8);
    for (int y = 0; y < 40; ++y) {
        std::fill_n(in.row<uint8_t>(y), 150, uint8_t{201});
    }
    for (const double scale : {2.3, 0.9, 0.31, 0.07}) {
        const Image out =
            resample(in, turned(20, scale, {25, 20}, {32, 32}), 64, 64, Border::replicate);
        bool flat = true;
        for (int y = 0; y < 64; ++y) {
            for (int i = 0; i < 192; ++i) {
                flat = flat && out.row<uint8_t>(y)[i] == 201;
            }
        }
        CAPTURE(scale);
        CHECK(flat);
    }
    const Image away = resample(in, Affine{1, 0, 4000, 0, 1, -4000}, 64, 64, Border::replicate);
    CHECK(away.row<uint8_t>(5)[7] == 201);
    const Image empty = resample(in, Affine{1, 0, 4000, 0, 1, 0}, 64, 64, Border::zero);
    CHECK(empty.row<uint8_t>(5)[7] == 0);
    const Image edge = resample(in, turned(0, 1, {0, 0}, {10, 10}), 64, 64, Border::zero);
    CHECK(edge.row<uint8_t>(9)[3 * 30] == 0);
    CHECK(edge.row<uint8_t>(10)[3 * 30] == 201);
}

TEST_CASE("fine patterns average out when shrunk, whatever their phase") {
    Image in(600, 600, 1, SampleType::u8);
    for (int y = 0; y < 600; ++y) {
        for (int x = 0; x < 600; ++x) {
            in.row<uint8_t>(y)[x] = (x / 2 + y / 2) % 2 == 0 ? 255 : 0;
        }
    }
    for (const double scale : {0.3, 0.2, 0.13}) {
        const Image out =
            resample(in, turned(9, scale, {300, 300}, {20, 20}), 40, 40, Border::replicate);
        CAPTURE(scale);
        int low = 255;
        int high = 0;
        for (int y = 0; y < 40; ++y) {
            for (int x = 0; x < 40; ++x) {
                low = std::min<int>(low, out.row<uint8_t>(y)[x]);
                high = std::max<int>(high, out.row<uint8_t>(y)[x]);
            }
        }
        CHECK(low >= 112);
        CHECK(high <= 143);
    }
}

TEST_CASE("a part of a picture gives what the whole gives") {
    std::mt19937 random(5);
    for (const SampleType type : {SampleType::u8, SampleType::f32}) {
        Image whole(211, 163, 3, SampleType::f32);
        for (int y = 0; y < whole.height(); ++y) {
            for (int x = 0; x < whole.width() * 3; ++x) {
                whole.row<float>(y)[x] = static_cast<float>(random() % 1000) / 1000;
            }
        }
        whole = fromFloat(whole, type);
        for (const double scale : {2.0, 1.0, 0.4, 0.2, 0.07}) {
            for (const Point at : {Point{100, 80}, Point{3, 5}, Point{205, 158}, Point{-90, 400}}) {
                const Affine transform = turned(23, scale, at, {20, 20});
                const PixelRect rect = resampledFrom(211, 163, transform, 40, 40);
                const PixelRect all{0, 0, 211, 163};
                REQUIRE(!rect.empty());
                REQUIRE(all.contains(rect));
                PicturePart part{Image(rect.width, rect.height, 3, type), rect.x, rect.y, 211, 163};
                const size_t pixel = 3 * bytesPerSample(type);
                for (int y = 0; y < rect.height; ++y) {
                    std::copy_n(whole.data() + (rect.y + y) * whole.rowBytes() + rect.x * pixel,
                                part.pixels.rowBytes(),
                                part.pixels.data() + y * part.pixels.rowBytes());
                }
                for (const Border border : {Border::zero, Border::replicate}) {
                    const Image expected = resample(whole, transform, 40, 40, border);
                    const Image out = resample(part, transform, 40, 40, border);
                    CAPTURE(scale, at.x, at.y);
                    CHECK(std::equal(out.data(), out.data() + out.size(), expected.data()));
                }
            }
        }
    }
}

TEST_CASE("pixels that are not square are weighted by axis") {
    const Image in = blob(200, 100, 100, 12, SampleType::f32);
    const Image out = resample(in, Affine{0.25, 0, 0, 0, 1, 0}, 50, 200, Border::zero);
    const Point centre = centreOf(out);
    CHECK(centre.x == Approx(25).margin(0.01));
    CHECK(centre.y == Approx(100).margin(0.01));
}

TEST_CASE("time of a 256 px crop", "[bench][soak]") {
    const Image in = blob(2160, 1000, 1000, 300, SampleType::u8, 3);
    for (const double face : {80.0, 300.0, 600.0, 700.0, 1000.0, 2000.0}) {
        const Affine transform = turned(10, 256 / face, {1000, 1000}, {128, 128});
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < 10; ++i) {
            const Image out = resample(in, transform, 256, 256, Border::replicate);
            CHECK(!out.empty());
        }
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - start;
        WARN("region of " << face << " px: " << took.count() / 10 << " ms");
    }
}
