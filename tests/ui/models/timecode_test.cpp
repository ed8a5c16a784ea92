// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/timecode.h"

#include <catch2/catch.hpp>

using understudy::ui::timecodeFrames;
using understudy::ui::timecodeText;

TEST_CASE("timecodes count frames and are counted") {
    CHECK(timecodeFrames("00:00:01:00", 24) == 24);
    CHECK(timecodeFrames("01:00:00:05", 25) == 90005);
    CHECK(timecodeFrames("00:00:00:12", 23.976) == 12);
    CHECK_FALSE(timecodeFrames("00:00:00:24", 24));
    CHECK_FALSE(timecodeFrames("00:61:00:00", 24));
    CHECK_FALSE(timecodeFrames("1034", 24));
    CHECK_FALSE(timecodeFrames("", 24));
    CHECK(timecodeText(90005, 25, "01:00:00:00") == "01:00:00:05");
    CHECK(timecodeText(-1, 24, "00:00:00:00") == "23:59:59:23");
}

TEST_CASE("numbers that are dropped are neither written nor counted") {
    CHECK(timecodeFrames("00:00:59;29", 29.97) == 1799);
    CHECK(timecodeFrames("00:01:00;02", 29.97) == 1800);
    CHECK(timecodeFrames("00:10:00;00", 29.97) == 17982);
    for (const int64_t frame : {0, 1799, 1800, 3597, 3598, 17981, 17982, 107892}) {
        INFO(frame);
        CHECK(timecodeFrames(timecodeText(frame, 29.97, "00:00:00;00"), 29.97) == frame);
    }
    CHECK(timecodeText(1800, 29.97, "00:00:00;00") == "00:01:00;02");
    CHECK(timecodeText(3600, 59.94, "00:00:00;00") == "00:01:00;04");
}
