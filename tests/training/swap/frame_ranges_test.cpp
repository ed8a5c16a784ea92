#include "training/swap/frame_ranges.h"

#include <catch2/catch.hpp>

using namespace understudy;
using training::frameRangesText;
using training::parseFrameRanges;

TEST_CASE("frame ranges are read as artists write them") {
    CHECK(*parseFrameRanges("1001-1003,1020") == std::vector<int64_t>{1001, 1002, 1003, 1020});
    CHECK(*parseFrameRanges("7") == std::vector<int64_t>{7});
    CHECK(*parseFrameRanges(" 5 , 1-3 ") == std::vector<int64_t>{1, 2, 3, 5});
    CHECK(*parseFrameRanges("1-10x4") == std::vector<int64_t>{1, 5, 9});
    CHECK(*parseFrameRanges("3,3,2-4") == std::vector<int64_t>{2, 3, 4});
    CHECK(*parseFrameRanges("-2-1") == std::vector<int64_t>{-2, -1, 0, 1});
}

TEST_CASE("what is no frame range is refused by name") {
    for (const char* text : {"", ",", "a", "5-", "9-3", "1-10x0", "1-10x", "1-10x-2", "1;2", "1,,2",
                             "1.5", "99999999999", "0-999999999", "1-5x2x2"}) {
        INFO(text);
        const auto result = parseFrameRanges(text);
        REQUIRE_FALSE(result.ok());
        CHECK(result.error().code == ErrorCode::usage);
        CHECK_FALSE(result.error().remedy.empty());
    }
}

TEST_CASE("frame ranges are written short and come back") {
    CHECK(frameRangesText({}).empty());
    CHECK(frameRangesText({4}) == "4");
    CHECK(frameRangesText({1001, 1002, 1003, 1020, 1030, 1031}) == "1001-1003,1020,1030-1031");
    const std::vector<int64_t> frames = {-3, -2, 5, 9, 10};
    CHECK(*parseFrameRanges(frameRangesText(frames)) == frames);
}
