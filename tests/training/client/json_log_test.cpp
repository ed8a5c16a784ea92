#include "training/client/json_log.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temp_folder.h"
#include "training/client/rotated_log.h"

using namespace understudy;
using namespace understudy::training;

namespace {

std::vector<std::string> linesOf(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

TEST_CASE("a log entry is one JSON line, whatever its text") {
    const tests::TempFolder folder;
    auto log = JsonLog::open(folder / "logs/a.jsonl");
    REQUIRE(log.ok());
    CHECK(log->write({LogLevel::warning, "job-3", "two\nlines, a \"word\" and \xff"}));
    CHECK(log->write({LogLevel::info, "", "second"}));
    const auto lines = linesOf(folder / "logs/a.jsonl");
    REQUIRE(lines.size() == 2);
    const auto first = loggedLine(lines[0]);
    REQUIRE(first);
    CHECK(first->level == "warning");
    CHECK(first->about == "job-3");
    CHECK(first->text.find("two\nlines") == 0);
    CHECK(textOf(*loggedLine(lines[1])).find(" info second") != std::string::npos);
    CHECK_FALSE(loggedLine(lines[0].substr(0, 40)));
    CHECK_FALSE(loggedLine("12:00:00 info understudyd: old"));
}

TEST_CASE("a full log makes room, and two older ones are kept") {
    const tests::TempFolder folder;
    const auto path = folder / "a.jsonl";
    auto log = JsonLog::open(path);
    REQUIRE(log.ok());
    for (int i = 0; i < 4; ++i) {
        CHECK(log->write({LogLevel::info, "", "number " + std::to_string(i)}));
        std::filesystem::resize_file(path, kLogLimit + 1);
    }
    CHECK(log->write({LogLevel::info, "", "last"}));
    CHECK(linesOf(path).size() == 1);
    CHECK(linesOf(path)[0].find("last") != std::string::npos);
    CHECK(linesOf(path.string() + ".1")[0].find("number 3") != std::string::npos);
    CHECK(linesOf(path.string() + ".2")[0].find("number 2") != std::string::npos);
}
