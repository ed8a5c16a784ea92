#include "training/swap/contact_sheet.h"

#include <catch2/catch.hpp>

#include "media/source/frame_source.h"
#include "tests/support/temp_folder.h"
#include "tests/training/swap/made_face.h"

using namespace understudy;
using namespace understudy::tests;

TEST_CASE("a contact sheet shows pairs round the face and is written as a picture") {
    std::vector<training::SheetMoment> moments;
    for (int i = 0; i < 5; ++i) {
        const media::Landmarks face = madeLandmarks({60.0 + 10 * i, 60}, 40);
        media::Frame plate = madePlate(200, 140, face);
        moments.push_back({plate.pixels, plate.pixels, face});
    }
    const media::Image sheet = training::contactSheet(moments, 64);
    CHECK(sheet.width() == 12 + 2 * (2 * 64 + 4 + 12));
    CHECK(sheet.height() == 12 + 3 * (64 + 12));
    CHECK(training::contactSheet({}).empty());

    const TempFolder folder;
    const auto path = folder / "sheet.png";
    REQUIRE(training::writePicture(sheet, path).ok());
    auto source = media::openSource(path.string());
    REQUIRE(source.ok());
    const auto frame = (*source)->next();
    REQUIRE(frame.ok());
    REQUIRE(frame->has_value());
    const media::Image& read = (*frame)->pixels;
    CHECK(read.width() == sheet.width());
    CHECK(std::equal(sheet.data(), sheet.data() + sheet.size(), read.data()));
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("moments are spread evenly") {
    CHECK(training::spread({1, 2, 3}, 8) == std::vector<media::FrameNumber>{1, 2, 3});
    CHECK(training::spread({1, 2, 3, 4, 5, 6, 7, 8, 9}, 3) ==
          std::vector<media::FrameNumber>{2, 5, 8});
}
