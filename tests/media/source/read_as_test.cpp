// Clips that are read as somebody says.
#include <catch2/catch.hpp>

#include "media/source/frame_source.h"
#include "media/source/image_file.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

TEST_CASE("a sequence is read at the rate and in the encoding that somebody says") {
    const TempFolder folder;
    for (int frame = 1; frame <= 3; ++frame) {
        Image picture(16, 8, 3, SampleType::u8);
        std::fill_n(picture.row<uint8_t>(0), picture.size(), static_cast<uint8_t>(10 * frame));
        REQUIRE(writeImage(folder / ("a.000" + std::to_string(frame) + ".png"), picture).ok());
    }
    const std::string pattern = (folder / "a.####.png").string();
    const auto plain = openSource(pattern);
    REQUIRE(plain.ok());
    CHECK((*plain)->info().encoding.name == "srgb");
    CHECK_FALSE((*plain)->info().encodingSaid);
    CHECK((*plain)->info().rateGuessed);

    const auto said = openSource(pattern, {"scene_linear", 23.976});
    REQUIRE(said.ok());
    const SourceInfo& info = (*said)->info();
    CHECK(info.encoding.name == "scene_linear");
    CHECK(info.encodingSaid);
    CHECK(info.rate == Rational{24000, 1001});
    CHECK_FALSE(info.rateGuessed);
    CHECK_FALSE(info.encodingGuessed);
    CHECK(info.frames == 3);
    CHECK((*said)->next()->value().encoding.sceneLinear());
    const auto second = (*said)->read(2);
    REQUIRE(second.ok());
    CHECK(second->encoding.sceneLinear());
    CHECK(second->pixels.row<uint8_t>(0)[0] == 20);  // its values stay
    CHECK_FALSE((*said)->read(9).ok());

    // What the file says itself is nothing that was said.
    const auto same = openSource(pattern, {"srgb", 24});
    CHECK_FALSE((*same)->info().encodingSaid);
    CHECK((*same)->info().rate == Rational{24, 1});
    CHECK_FALSE(openSource((folder / "none.####.png").string(), {"srgb", 24}).ok());
}

TEST_CASE("rates are the fractions that they are meant as") {
    CHECK(rateFrom(25) == Rational{25, 1});
    CHECK(rateFrom(23.976) == Rational{24000, 1001});
    CHECK(rateFrom(24000.0 / 1001) == Rational{24000, 1001});
    CHECK(rateFrom(29.97) == Rational{30000, 1001});
    CHECK(rateFrom(59.94) == Rational{60000, 1001});
    CHECK(rateFrom(12.5) == Rational{12500, 1000});
}
