#include "training/swap/render_record.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temp_folder.h"

using namespace understudy;
using training::RenderRecord;
using Frames = std::set<media::FrameNumber>;

TEST_CASE("a render record lies beside its sequence") {
    CHECK(RenderRecord::placeFor("out/bird.####.png") == "out/bird.render.json");
    CHECK(RenderRecord::placeFor("out/bird_%04d.exr") == "out/bird.render.json");
    CHECK(RenderRecord::placeFor("/a/####.png") == "/a/render.json");
    CHECK(RenderRecord::placeFor("v010.####.png") == "v010.render.json");
}

TEST_CASE("a render record keeps the frames of its own settings only") {
    const tests::TempFolder folder;
    const auto place = folder / "a.render.json";
    RenderRecord first(place, "one");
    REQUIRE(first.begin({1, 2, 3, 4}).ok());
    first.add(1, true);
    first.add(2, false);
    first.add(3, true);
    REQUIRE(first.save().ok());

    CHECK(RenderRecord(place, "one").swapped() == Frames{1, 3});
    CHECK(RenderRecord(place, "one").passedThrough() == Frames{2});

    RenderRecord second(place, "two");
    CHECK(second.swapped().empty());
    REQUIRE(second.begin({3, 4}).ok());
    // Killed here: frame 3 may be of either by now, so it belongs to neither.
    CHECK(RenderRecord(place, "one").swapped() == Frames{1});
    CHECK(RenderRecord(place, "two").swapped().empty());
}

TEST_CASE("a damaged render record counts as none") {
    const tests::TempFolder folder;
    const auto place = folder / "a.render.json";
    for (const char* text : {"", "{", "[]", "{\"renders\":3}",
                             "{\"renders\":[1,{\"settings\":\"s\",\"swapped\":\"x-\"}]}"}) {
        std::ofstream(place) << text;
        CHECK(RenderRecord(place, "s").swapped().empty());
    }
}
