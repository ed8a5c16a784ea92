#include <catch2/catch.hpp>
#include <fstream>

#include "media/source/found_sequence.h"
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
    text += parsed->frames.has_value() ? " " + parsed->frames->text() : "";
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
    CHECK(shown("b.1001-1100.exr") == "b.0007.exr 1001-1100");
    CHECK(shown("b.1001-1100x2.exr") == "b.0007.exr 1001-1100x2");
    CHECK(shown("b.8-12.exr") == "b.7.exr 8-12");
    CHECK(shown("b.1-100x10@@@@.exr") == "b.0007.exr 1-100x10");
    CHECK(shown("b.####.exr 1001-1100x2") == "b.0007.exr 1001-1100x2");
    CHECK(shown("b.####.exr 1001-1100x2,1150") == "b.0007.exr 1001-1100x2,1150");
    CHECK(shown("b.1001-1100x2,1150.exr") == "b.0007.exr 1001-1100x2,1150");
    CHECK(shown("b.1,5,9.exr") == "b.7.exr 1,5,9");
    CHECK(shown("v2_1-5@@@.exr") == "v2_007.exr 1-5");
    CHECK(shown("b.%04d.exr 7") == "b.0007.exr 7");
    CHECK(shown("my take.$F3.exr") == "my take.007.exr");
    CHECK(shown("b.####.exr words") == "b.0007.exr words");
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

TEST_CASE("only the frames that were asked for, under a name that says so") {
    const TempFolder folder;
    touch(folder, {"a.1001.exr", "a.1002.exr", "a.1003.exr", "a.1004.exr", "a.1150.exr"});
    CHECK(found((folder / "a.####.exr 1001-1100x2,1150").string()) == "a.####.exr: 1001 1003 1150");
    CHECK(found((folder / "a.1002-1003.exr").string()) == "a.####.exr: 1002 1003");
    CHECK(found((folder / "a.#.exr 1004").string()) == "a.#.exr: 1004");
    const auto some = findSequence((folder / "a.1001-1100x2,1150.exr").string());
    REQUIRE(some.ok());
    CHECK(some->text() == (folder / "a.####.exr 1001-1100x2,1150").string());
    CHECK(findSequence(some->text())->numbers == some->numbers);
}

TEST_CASE("frame ranges that make no sense are told") {
    const TempFolder folder;
    touch(folder, {"a.0001.exr", "a.0002.exr"});
    const auto refusal = [&](const std::string& name) {
        const auto result = findSequence((folder / name).string());
        REQUIRE_FALSE(result.ok());
        CHECK_FALSE(result.error().remedy.empty());
        return result.error().message;
    };
    CHECK(refusal("a.####.exr 20-10") == "the frame range runs backwards: 20-10");
    CHECK(refusal("a.20-10.exr").find("the frame range runs backwards: 20-10") !=
          std::string::npos);
    CHECK(refusal("a.####.exr -5-10") == "frame numbers below zero cannot be used: -5-10");
    CHECK(refusal("a.####.exr 1-10x0") == "the step of a frame range is at least 1: 1-10x0");
    CHECK(refusal("a.####.exr 1,,2") == "this is no frame range: ");
    CHECK(refusal("a.####.exr 1-99999999999999999999").find("more than 18 digits") !=
          std::string::npos);
    CHECK(refusal("a.####.exr 1-999999999999999999").find("ten million") != std::string::npos);
    CHECK(refusal("a.####.exr 7-9") == "none of these frames is there");
    CHECK(findSequence((folder / "a.####.exr 7-9").string()).error().remedy ==
          "The sequence has the frames 1-2");
    CHECK(refusal("a.###################################.exr") == "no picture fits this name");
    CHECK(refusal("b.0001.exr") == "there is no such file or folder");
}

TEST_CASE("numbers below zero and of more than 18 digits are left out or refused, never misread") {
    const TempFolder folder;
    touch(folder, {"a.-0002.exr", "a.-0001.exr", "a.0000.exr", "a.0001.exr"});
    const auto both = findSequence(folder.path().string());
    REQUIRE(both.ok());
    CHECK(both->numbers == std::vector<FrameNumber>{0, 1});
    REQUIRE(both->warnings.size() == 1);
    CHECK(both->warnings[0] ==
          "2 files are left out, since frame numbers below zero cannot be used: a.-0001.exr, …");
    CHECK(findSequence((folder / "a.0001.exr").string())->warnings == both->warnings);
    CHECK(findSequence((folder / "a.####.exr").string())->warnings == both->warnings);
    for (const char* name : {"a.-0002.exr", "a.-####.exr"}) {
        const auto below = findSequence((folder / name).string());
        REQUIRE_FALSE(below.ok());
        CHECK(below.error().code == ErrorCode::usage);
        CHECK(below.error().message == "frame numbers below zero cannot be used");
    }
    const TempFolder only;
    touch(only, {"-1.png", "-2.png"});
    CHECK(findSequence(only.path().string()).error().message ==
          "frame numbers below zero cannot be used");
    const TempFolder dashes;
    touch(dashes, {"shot-0001.png", "shot-0002.png"});
    CHECK(found(dashes.path().string()) == "shot-####.png: 1 2");

    const TempFolder huge;
    touch(huge, {"a.12345678901234567890.png", "b.999999999999999999.png"});
    const auto alone = findSequence((huge / "a.12345678901234567890.png").string());
    REQUIRE(alone.ok());
    CHECK(alone->pattern.digits == 0);
    CHECK(alone->warnings.size() == 1);
    CHECK(found((huge / "b.999999999999999999.png").string()) ==
          "b.##################.png: 999999999999999999");
}

TEST_CASE(
    "names of any bytes, and names that look like patterns, open again by what they are kept as") {
    for (const std::string prefix : {"caf\xe9 \xff.", "take#", "%04d.", "a$F2.", "b@1.", "8-12_",
                                     "x 1-5 ", "a,-", "", "\n."}) {
        const TempFolder folder;
        touch(folder, {prefix + "0009.png", prefix + "0010.png", prefix + "0012.png"});
        CAPTURE(prefix);
        const auto all = findSequence((folder / (prefix + "0010.png")).string());
        REQUIRE(all.ok());
        CHECK(all->numbers == std::vector<FrameNumber>{9, 10, 12});
        const auto again = findSequence(all->text());
        REQUIRE(again.ok());
        CHECK(again->numbers == all->numbers);
        CHECK(again->pattern == all->pattern);
    }
}

TEST_CASE("lists of frames") {
    const auto list = FrameList::parse("1001-1100x2,1150,7-7x3");
    REQUIRE(list.ok());
    CHECK(list->contains(1001));
    CHECK_FALSE(list->contains(1002));
    CHECK(list->contains(1150));
    CHECK(list->text() == "1001-1100x2,1150,7");
    CHECK(FrameList::parse(list->text())->ranges() == list->ranges());
    for (const char* text : {"", "a", "1-", "-1", "1-2x", "1x2", "1,", "1-2x0", "2-1", "1 2", ",",
                             "1,,2", "1;2", "1.5", "1-5x2x2", "1-10x-2", "1234567890123456789"}) {
        CAPTURE(text);
        const auto refused = FrameList::parse(text);
        REQUIRE_FALSE(refused.ok());
        CHECK(refused.error().code == ErrorCode::usage);
        CHECK_FALSE(refused.error().remedy.empty());
    }
    using Numbers = std::vector<FrameNumber>;
    CHECK(*FrameList::parse(" 5 , 1-3,3,2-4, 10-20x4")->numbers() ==
          Numbers{1, 2, 3, 4, 5, 10, 14, 18});
    CHECK_FALSE(FrameList::parse("0-99999999")->numbers().ok());
    CHECK_FALSE(FrameList::parse("1-9000000,1-9000000")->numbers().ok());
    const Numbers frames = {1001, 1002, 1003, 1020, 1030, 1031};
    CHECK(FrameList::of(frames).text() == "1001-1003,1020,1030-1031");
    CHECK(*FrameList::parse(FrameList::of(frames).text())->numbers() == frames);
    CHECK(FrameList::of({}).text().empty());
    std::string much = "1";
    for (int i = 0; i < 100'000; ++i) {
        much += ",1";
    }
    CHECK_FALSE(FrameList::parse(much).ok());
    CHECK(framesText({}).empty());
    CHECK(framesText({1, 2, 3, 7}) == "1-3, 7");
    std::vector<FrameNumber> scattered;
    for (FrameNumber n = 0; n < 200; n += 2) {
        scattered.push_back(n);
    }
    CHECK(framesText(scattered).ends_with(", 98 and 50 more"));
}

TEST_CASE("handles are as many frames more at each end as there are") {
    const std::vector<FrameNumber> none;
    const auto with = [&](const char* chosen, FrameNumber handles,
                          const std::vector<FrameNumber>& missing) {
        return withHandles(*FrameList::parse(chosen), handles, 1001, 1100, missing).text();
    };
    CHECK(with("1010-1020", 0, none) == "1010-1020");
    CHECK(with("1010-1020", 8, none) == "1002-1028");
    CHECK(with("1010-1020", 20, none) == "1001-1040");
    CHECK(with("1090-1100", 8, none) == "1082-1100");
    CHECK(with("1010-1020", 8, {1003, 1004, 1025}) == "1002,1005-1024,1026-1028");
    CHECK(with("1010,1020", 2, none) == "1008-1010,1020-1022");  // not between them
    CHECK(with("1010-1020x4", 1, none) == "1009-1010,1014,1018-1019");
    CHECK(with("1020-1030,1005", 2, none) == "1003-1005,1020-1032");
    CHECK(with("900-1002", 3, none) == "1001-1005");
    CHECK(with("2000", 5, none) == "");
    CHECK(withHandles(FrameList(), 5, 1001, 1100, none).text() == "");
}
