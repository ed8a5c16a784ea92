#include "media/align/mask_correction.h"

#include <catch2/catch.hpp>
#include <random>

using namespace understudy;
using namespace understudy::media;

namespace {

constexpr int kWidth = 300;
constexpr int kHeight = 200;

// A soft disk that adds and a rectangle that removes.
std::vector<uint8_t> painted() {
    std::vector<uint8_t> levels(kWidth * kHeight, MaskCorrection::kLeave);
    for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
            const int square = (x - 100) * (x - 100) + (y - 90) * (y - 90);
            if (square < 30 * 30) {
                levels[static_cast<size_t>(y * kWidth + x)] =
                    static_cast<uint8_t>(255 - square / 10);
            } else if (x >= 150 && x < 160 && y >= 40 && y < 180) {
                levels[static_cast<size_t>(y * kWidth + x)] = 0;
            }
        }
    }
    return levels;
}

}  // namespace

TEST_CASE("a painted correction comes back as it was, and is small") {
    const std::vector<uint8_t> levels = painted();
    const MaskCorrection correction = MaskCorrection::fromLevels(kWidth, kHeight, levels);
    CHECK_FALSE(correction.empty());
    CHECK(correction.width() == kWidth);
    CHECK(correction.height() == kHeight);
    const MaskCorrection::Box box = correction.box();
    CHECK(box.x == 71);
    CHECK(box.y == 40);
    CHECK(box.x + box.width == 160);
    CHECK(box.y + box.height == 180);
    const auto back = MaskCorrection::fromBytes(correction.bytes());
    REQUIRE(back.ok());
    CHECK(*back == correction);
    const std::vector<uint8_t> inBox = back->levels();
    REQUIRE(inBox.size() == static_cast<size_t>(box.width) * box.height);
    bool same = true;
    for (int y = 0; y < box.height; ++y) {
        for (int x = 0; x < box.width; ++x) {
            same = same && inBox[static_cast<size_t>(y * box.width + x)] ==
                               levels[static_cast<size_t>((y + box.y) * kWidth + x + box.x)];
        }
    }
    CHECK(same);

    // A hard brush over a 4K plate: a run or two a row.
    std::vector<uint8_t> large(3840 * 2160, MaskCorrection::kLeave);
    for (int y = 500; y < 1500; ++y) {
        std::fill_n(large.begin() + y * 3840 + 700, 1000, uint8_t{0});
    }
    CHECK(MaskCorrection::fromLevels(3840, 2160, large).bytes().size() < 100);
}

TEST_CASE("where nothing is painted there is no correction") {
    const std::vector<uint8_t> levels(kWidth * kHeight, MaskCorrection::kLeave);
    const MaskCorrection none = MaskCorrection::fromLevels(kWidth, kHeight, levels);
    CHECK(none.empty());
    CHECK(none.levels().empty());
    CHECK(MaskCorrection::fromBytes(none.bytes())->empty());
}

TEST_CASE("white adds all, black removes all, and between in part") {
    CHECK(addedBy(255) == 255);
    CHECK(removedBy(255) == 0);
    CHECK(addedBy(0) == 0);
    CHECK(removedBy(0) == 255);
    CHECK(addedBy(MaskCorrection::kLeave) == 0);
    CHECK(removedBy(MaskCorrection::kLeave) == 0);
    CHECK(removedBy(64) == 128);
    CHECK(addedBy(192) == 129);
}

TEST_CASE("damaged corrections are refused, never more than they say") {
    const std::vector<std::byte> good =
        MaskCorrection::fromLevels(kWidth, kHeight, painted()).bytes();
    CHECK(MaskCorrection::fromBytes({}).error().code == ErrorCode::corruptData);
    for (size_t length = 0; length < good.size(); length += 7) {
        const auto torn = MaskCorrection::fromBytes(std::span(good).first(length));
        REQUIRE_FALSE(torn.ok());
        CHECK(torn.error().code == ErrorCode::corruptData);
    }
    std::vector<std::byte> longer = good;
    longer.insert(longer.end(), {std::byte{1}, std::byte{0}});
    CHECK_FALSE(MaskCorrection::fromBytes(longer).ok());
    std::vector<std::byte> newer = good;
    newer[0] = std::byte{9};
    CHECK_FALSE(MaskCorrection::fromBytes(newer).ok());
    // 65535 x 65535 pixels from one run.
    std::vector<std::byte> bomb(13, std::byte{255});
    bomb[0] = std::byte{1};
    bomb[5] = bomb[6] = bomb[7] = bomb[8] = std::byte{0};
    bomb.insert(bomb.end(), {std::byte{0x81}, std::byte{0x80}, std::byte{0xF8}, std::byte{0xFF},
                             std::byte{0x0F}, std::byte{0}});
    CHECK_FALSE(MaskCorrection::fromBytes(bomb).ok());

    std::mt19937 random(5);
    int refused = 0;
    for (int i = 0; i < 2000; ++i) {
        std::vector<std::byte> bad = good;
        for (int k = 0; k < 3; ++k) {
            bad[random() % bad.size()] ^= static_cast<std::byte>(1 + random() % 255);
        }
        const auto read = MaskCorrection::fromBytes(bad);
        if (read.ok()) {
            const MaskCorrection::Box box = read->box();
            REQUIRE(read->levels().size() == static_cast<size_t>(box.width) * box.height);
        } else {
            ++refused;
        }
    }
    CHECK(refused > 500);
}
