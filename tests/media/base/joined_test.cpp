#include "media/base/joined.h"

#include <catch2/catch.hpp>
#include <vector>

using understudy::joined;

TEST_CASE("words stand in one line with something between them, and no more than wanted") {
    const std::vector<std::string> words = {"a", "b", "c"};
    CHECK(joined(words, ", ") == "a, b, c");
    CHECK(joined(words, "") == "abc");
    CHECK(joined(words, ", ", 3) == "a, b, c");
    CHECK(joined(words, ", ", 2) == "a, b, ...");
    CHECK(joined(std::vector<std::string>(), ", ").empty());
}
