#include "media/base/grouped.h"

#include <catch2/catch.hpp>

using understudy::grouped;

TEST_CASE("the whole part of a number is read in threes") {
    CHECK(grouped("0") == "0");
    CHECK(grouped("999") == "999");
    CHECK(grouped("1000") == "1,000");
    CHECK(grouped("48204") == "48,204");
    CHECK(grouped("123456789") == "123,456,789");
    CHECK(grouped("-1234.5678") == "-1,234.5678");
    CHECK(grouped("-123.00") == "-123.00");
}
