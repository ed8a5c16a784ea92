// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/formatting.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace understudy::ui;
using understudy::Error;
using understudy::ErrorCode;

namespace {

std::string told(const QString& words) {
    return words.toStdString();
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEST_CASE("numbers as people read them") {
    CHECK(told(countText(12400)) == "12,400");
    CHECK(told(rateText(14.23)) == "14.2");
    CHECK(told(rateText(227.4)) == "227");
    CHECK(told(rateText(0.0314)) == "0.031");
    CHECK(told(rateText(kNan)) == "–");
    CHECK(told(lossText(0.11234)) == "0.1123");
    CHECK(told(lossText(kNan)) == "–");
    CHECK(told(bytesText(7.4e9)) == "7.4 GB");
    CHECK(told(bytesText(12)) == "12 B");
}

TEST_CASE("times as people read them") {
    CHECK(told(durationText(45)) == "45 s");
    CHECK(told(durationText(12 * 60)) == "12 min");
    CHECK(told(durationText(3600 * 2 + 60 * 5)) == "2 h 05 min");
    CHECK(told(durationText(kNan)) == "unknown");
    CHECK(told(elapsedText(42)) == "0:42");
    CHECK(told(elapsedText(3753)) == "1:02:33");
    CHECK(told(timeLeftText(30, 30)) == "30 s left");
    CHECK(told(timeLeftText(3300, 4200)) == "55–70 min left");
    CHECK(told(timeLeftText(-1, -1)) == "estimating…");
    CHECK(told(timeLeftText(3600 * 20, 3600 * 30)) == "20.0–30.0 h left");
}

TEST_CASE("an error is told with its place once and its remedy") {
    const Error full{ErrorCode::cannotWrite, "the disk is full", "/show/a.exr",
                     "Free 5 GB and render again"};
    CHECK(told(errorText(full)) == "The disk is full (/show/a.exr). Free 5 GB and render again.");
    const Error named{ErrorCode::usage, "clip 'a' is gone", "a", ""};
    CHECK(told(errorText(named)) == "Clip 'a' is gone.");
}
