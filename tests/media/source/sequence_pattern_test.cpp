#include "media/source/sequence_pattern.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using understudy::tests::TempFolder;

namespace {

std::string shown(const std::string& path) {
    const auto parsed = parseSequencePattern(path);
    if (!parsed.has_value()) {
        return "none";
    }
    std::string text = parsed->pattern.file(7).string();
    if (parsed->range.has_value()) {
        for (const auto& [mark, number] :
             {std::pair(" ", parsed->range->first), std::pair("-", parsed->range->last),
              std::pair("x", parsed->range->step)}) {
            text += mark;
            text += std::to_string(number);
        }
    }
    return text;
}

void touch(const TempFolder& folder, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        std::ofstream(folder / name).put('x');
    }
}

std::string found(const std::string& path) {
    const auto result = findSequence(path);
    if (!result.ok()) {
        return "error";
    }
    std::string text = std::filesystem::path(result->pattern.text()).filename().string() + ":";
    for (const FrameNumber number : result->numbers) {
        text += ' ';
        text += std::to_string(number);
    }
    return text;
}

}  // namespace

TEST_CASE("all ways of writing a numbered name") {
    CHECK(shown("/a/b.####.exr") == "/a/b.0007.exr");
    CHECK(shown("b.#.exr") == "b.7.exr");
    CHECK(shown("b_##.png") == "b_07.png");
    CHECK(shown("b.@@@@@.dpx") == "b.00007.dpx");
    CHECK(shown("/a/b%04d.png") == "/a/b0007.png");
    CHECK(shown("b.%d.png") == "b.7.png");
    CHECK(shown("b.$F4.exr") == "b.0007.exr");
    CHECK(shown("b.$F.exr") == "b.7.exr");
    CHECK(shown("b.1001-1100.exr") == "b.0007.exr 1001-1100x1");
    CHECK(shown("b.1001-1100x2.exr") == "b.0007.exr 1001-1100x2");
    CHECK(shown("b.8-12.exr") == "b.7.exr 8-12x1");
    CHECK(shown("b.1-100x10@@@@.exr") == "b.0007.exr 1-100x10");
    CHECK(shown("b.####.exr 1001-1100x2") == "b.0007.exr 1001-1100x2");
    CHECK(shown("/take#2/b.exr") == "none");
    CHECK(shown("b.exr") == "none");
    CHECK(shown("b%s.exr") == "none");
    CHECK(shown("b.20-10.exr") == "none");
    CHECK(parseSequencePattern("x.####.exr")->pattern.text() == "x.####.exr");
    CHECK(parseSequencePattern("x.%06d.exr")->pattern.file(1234567) == "x.1234567.exr");
}

TEST_CASE("a file's siblings join it") {
    const TempFolder folder;
    touch(folder, {"a.0998.exr", "a.0999.exr", "a.1000.exr", "a.1002.exr", "b.0999.exr",
                   "a.0999.png", "a.10000.exr", "a.00001.exr", "notes.txt", ".a.1003.exr"});
    CHECK(found((folder / "a.0999.exr").string()) == "a.####.exr: 998 999 1000 1002 10000");
    CHECK(found((folder / "a.1002.exr").string()) == "a.####.exr: 998 999 1000 1002 10000");
    CHECK(found((folder / "b.0999.exr").string()) == "b.####.exr: 999");
    CHECK(found((folder / "a.####.exr").string()) == "a.####.exr: 998 999 1000 1002 10000");
    CHECK(found((folder / "a.#.png").string()) == "a.####.png: 999");
    CHECK(found((folder / "a.999-1000.exr").string()) == "a.####.exr: 999 1000");
    CHECK(found((folder / "a.0999-1002.exr").string()) == "a.####.exr: 999 1000 1002");
    CHECK(found((folder / "a.#####.exr").string()) == "a.#####.exr: 1 10000");
    CHECK(found((folder / "c.####.exr").string()) == "error");
    CHECK(found(folder.path().string()) == "error");
}

TEST_CASE("numbers without zeros, and several groups of digits") {
    const TempFolder folder;
    touch(folder, {"v2_9.png", "v2_10.png", "v2_11.png", "sh010.v1.jpg"});
    CHECK(found((folder / "v2_10.png").string()) == "v2_#.png: 9 10 11");
    CHECK(found((folder / "sh010.v1.jpg").string()) == "sh010.v#.jpg: 1");
    const TempFolder two;
    touch(two, {"L1_left.png", "L2_left.png", "L3_left.png"});
    CHECK(found((two / "L2_left.png").string()) == "L#_left.png: 1 2 3");
    CHECK(found(two.path().string()) == "L#_left.png: 1 2 3");
    const TempFolder version;
    touch(version, {"a.0001.v2.png", "a.0002.v2.png"});
    CHECK(found((version / "a.0002.v2.png").string()) == "a.####.v2.png: 1 2");
    const TempFolder still;
    touch(still, {"portrait.jpg"});
    CHECK(found((still / "portrait.jpg").string()) == "portrait.jpg: 1");
    CHECK(found(still.path().string()) == "portrait.jpg: 1");
}

TEST_CASE("a folder with several sequences names them") {
    const TempFolder folder;
    touch(folder, {"a.0001.exr", "a.0002.exr", "b.0001.exr"});
    const auto result = findSequence(folder.path().string());
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().remedy.find("a.####.exr, b.####.exr") != std::string::npos);
}
