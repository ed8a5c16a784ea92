// Rendered performers: deterministic, true to their masks and landmarks, and seen as faces.
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <thread>

#include "tests/media/synthetic/judge.h"

using namespace understudy::media;
using namespace understudy::tests;

namespace {

constexpr int kWidth = 240;
constexpr int kHeight = 240;

Moment turned(float yaw) {
    Moment moment;
    moment.faceHeight = 0.6f;
    moment.pose.yaw = yaw;
    return moment;
}

bool same(const Image& a, const Image& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

// Mean difference in 0 to 255 where `wanted` holds of the mask.
template <class Wanted>
double difference(const Image& a, const Image& b, const Image& mask, Wanted wanted) {
    double sum = 0;
    int64_t count = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            if (wanted(mask.row<uint8_t>(y)[x])) {
                for (int c = 0; c < 3; ++c) {
                    sum += std::abs(a.row<uint8_t>(y)[3 * x + c] - b.row<uint8_t>(y)[3 * x + c]);
                    ++count;
                }
            }
        }
    }
    return count > 0 ? sum / static_cast<double>(count) : 0;
}

double covered(const Image& mask) {
    double sum = 0;
    for (int y = 0; y < mask.height(); ++y) {
        for (int x = 0; x < mask.width(); ++x) {
            sum += mask.row<uint8_t>(y)[x] / 255.0;
        }
    }
    return sum / (mask.width() * mask.height());
}

// The mask with every pixel within `radius` of it.
Image grown(const Image& mask, int radius) {
    Image out(mask.width(), mask.height(), 1, SampleType::u8);
    for (int y = 0; y < mask.height(); ++y) {
        for (int x = 0; x < mask.width(); ++x) {
            for (int dy = -radius; dy <= radius; ++dy) {
                for (int dx = -radius; dx <= radius; ++dx) {
                    const int sx = x + dx;
                    const int sy = y + dy;
                    if (sx >= 0 && sy >= 0 && sx < mask.width() && sy < mask.height()) {
                        out.row<uint8_t>(y)[x] =
                            std::max(out.row<uint8_t>(y)[x], mask.row<uint8_t>(sy)[sx]);
                    }
                }
            }
        }
    }
    return out;
}

}  // namespace

TEST_CASE("the same moment gives the same bytes, on any thread") {
    const Performer performer(identityOf(3));
    const RenderedFrame first = performer.render(turned(0.3f), kWidth, kHeight);
    std::array<RenderedFrame, 2> others;
    {
        std::array<std::thread, 2> threads;
        for (size_t i = 0; i < 2; ++i) {
            threads[i] = std::thread(
                [&, i] { others[i] = performer.render(turned(0.3f), kWidth, kHeight); });
        }
        for (auto& thread : threads) {
            thread.join();
        }
    }
    for (const RenderedFrame& other : others) {
        CHECK(same(first.picture, other.picture));
        CHECK(same(first.faceMask, other.faceMask));
        CHECK(first.landmarks[30].x == other.landmarks[30].x);
    }
    const Performer again(identityOf(3));
    CHECK(same(first.picture, again.render(turned(0.3f), kWidth, kHeight).picture));
}

TEST_CASE("two people are told apart where their faces are") {
    for (const uint64_t seed : {1, 2, 3, 4, 5}) {
        const auto cast = castOf(seed, 2);
        const RenderedFrame a = Performer(cast[0]).render(turned(0), kWidth, kHeight);
        const RenderedFrame b = Performer(cast[1]).render(turned(0), kWidth, kHeight);
        CHECK(difference(a.picture, b.picture, a.faceMask, [](int m) { return m == 255; }) > 8);
    }
}

TEST_CASE("landmarks lie on the face, left of right, and follow what it does") {
    const Performer performer(identityOf(4));
    const RenderedFrame rest = performer.render(turned(0), kWidth, kHeight);
    const Landmarks& p = rest.landmarks;
    for (size_t i = 0; i < p.size(); ++i) {
        INFO(i);
        REQUIRE((p[i].x > 0 && p[i].x < kWidth && p[i].y > 0 && p[i].y < kHeight));
        if (i >= 17) {
            CHECK(rest.faceMask.row<uint8_t>(static_cast<int>(p[i].y))[static_cast<int>(p[i].x)] >
                  0);
        }
    }
    for (const auto& [left, right] : {std::pair{0, 16}, std::pair{17, 26}, std::pair{36, 45},
                                      std::pair{39, 42}, std::pair{48, 54}, std::pair{31, 35}}) {
        CHECK(p[left].x < p[right].x);
        // A head that looks straight ahead is symmetric.
        CHECK(std::abs(p[left].y - p[right].y) < 1.5);
    }
    CHECK(p[8].y > p[57].y);
    CHECK(p[57].y > p[33].y);
    CHECK(p[33].y > p[27].y);

    const auto height = [](const Landmarks& l, int upper, int lower) {
        return l[static_cast<size_t>(lower)].y - l[static_cast<size_t>(upper)].y;
    };
    Moment moment = turned(0);
    moment.expression = {.blink = 1, .jawOpen = 0.8f};
    const Landmarks& open = performer.render(moment, kWidth, kHeight).landmarks;
    CHECK(height(open, 37, 41) < 0.4 * height(p, 37, 41));
    CHECK(height(open, 62, 66) > height(p, 62, 66) + 0.02 * kHeight);
    CHECK(open[8].y > p[8].y);
    const Landmarks& right = performer.render(turned(0.4f), kWidth, kHeight).landmarks;
    CHECK(right[30].x - right[27].x > p[30].x - p[27].x + 2);
}

TEST_CASE("no landmark leaves its feature, whoever it is and wherever he looks") {
    for (uint64_t seed = 1; seed <= 6; ++seed) {
        const Performer performer(identityOf(seed));
        for (const float yaw : {-0.6f, 0.6f}) {
            CAPTURE(seed, yaw);
            const Landmarks p = performer.render(turned(yaw), kWidth, kHeight).landmarks;
            const auto near = [&](size_t first, size_t last, double reach) {
                const double eyes = interOcularDistance(p);
                for (size_t i = first; i < last; ++i) {
                    CHECK(distance(p[i], p[i + 1]) < reach * eyes);
                }
            };
            near(17, 21, 0.25);
            near(22, 26, 0.25);
            near(31, 35, 0.25);
            near(48, 59, 0.35);
            near(60, 67, 0.35);
        }
    }
}

TEST_CASE("a moving head is smeared, what stands still is not") {
    const Performer performer(identityOf(2));
    Moment moment = turned(0);
    moment.grain = 0;
    const RenderedFrame sharp = performer.render(moment, kWidth, kHeight);
    moment.shutter = Shutter{};
    CHECK(same(sharp.picture, performer.render(moment, kWidth, kHeight).picture));
    moment.shutter->opened.yaw = -0.1f;
    moment.shutter->closed.yaw = 0.1f;
    const RenderedFrame moved = performer.render(moment, kWidth, kHeight);
    CHECK(difference(sharp.picture, moved.picture, sharp.faceMask, [](int m) { return m == 255; }) >
          1);
    // The corners of the picture: backdrop.
    for (int y = 0; y < 20; ++y) {
        for (int x = 0; x < 20 * 3; ++x) {
            REQUIRE(sharp.picture.row<uint8_t>(y)[x] == moved.picture.row<uint8_t>(y)[x]);
        }
    }
    CHECK(moved.landmarks[30] == sharp.landmarks[30]);
}

TEST_CASE("masks cover the face, and what hides it takes its part of them") {
    const Performer performer(identityOf(2));
    const RenderedFrame free = performer.render(turned(0), kWidth, kHeight);
    CHECK(covered(free.occluderMask) == 0);
    CHECK(covered(free.faceMask) > 0.08);
    for (const auto kind : {Occluder::Kind::hand, Occluder::Kind::bar}) {
        Moment moment = turned(0);
        moment.occluder.kind = kind;
        const RenderedFrame hidden = performer.render(moment, kWidth, kHeight);
        CHECK(covered(hidden.occluderMask) > 0.01);
        CHECK(covered(hidden.faceMask) < covered(free.faceMask));
        for (int y = 0; y < kHeight; ++y) {
            for (int x = 0; x < kWidth; ++x) {
                REQUIRE(hidden.faceMask.row<uint8_t>(y)[x] +
                            hidden.occluderMask.row<uint8_t>(y)[x] <=
                        255);
            }
        }
    }
}

TEST_CASE("a true swap changes the face and nothing else") {
    const Performer plate(identityOf(1));
    const Performer swap(identityOf(1), identityOf(6));
    const Performer itself(identityOf(1), identityOf(1));
    for (const float yaw : {0.0f, 0.45f}) {
        const RenderedFrame before = plate.render(turned(yaw), kWidth, kHeight);
        const RenderedFrame after = swap.render(turned(yaw), kWidth, kHeight);
        CHECK(same(before.picture, itself.render(turned(yaw), kWidth, kHeight).picture));
        CHECK(difference(before.picture, after.picture, after.faceMask,
                         [](int m) { return m == 255; }) > 8);
        // Outside the other face throws other shadows on the neck; without them nothing changes.
        Moment flat = turned(yaw);
        flat.lighting.key = {0, 0, 0};
        const RenderedFrame flatBefore = plate.render(flat, kWidth, kHeight);
        const RenderedFrame flatAfter = swap.render(flat, kWidth, kHeight);
        const Image near = grown(flatAfter.faceMask, 4);
        CHECK(difference(flatBefore.picture, flatAfter.picture, near,
                         [](int m) { return m == 0; }) < 0.02);
    }
}

TEST_CASE("rendered faces are found, their landmarks near the truth") {
    Judge judge;
    int shown = 0;
    int found = 0;
    double inner = 0;
    for (const uint64_t seed : {1, 5}) {
        const Performer performer(identityOf(seed));
        for (const float yaw : {-0.35f, 0.0f, 0.35f}) {
            const auto seen = judge.look(performer.render(turned(yaw), 320, 320));
            ++shown;
            if (seen) {
                ++found;
                inner += seen->inner;
            }
        }
    }
    CHECK(found == shown);
    CHECK(inner / found < 0.05);
}
