// SPDX-License-Identifier: GPL-3.0-or-later
// Playing: directions, speeds, the part that is played, going round.
#include <QSignalSpy>
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/panels/transport_bar.h"

using namespace understudy::tests;
using understudy::ui::TransportBar;

namespace {

struct Bar {
    Bar() {
        ensureApplication();
        bar.setRange(1001, 1048, 240);
    }
    TransportBar bar;
};

}  // namespace

TEST_CASE("L and J play in both directions, twice as fast each time, and K stops") {
    Bar made;
    TransportBar& bar = made.bar;
    bar.seek(1020);
    bar.shuttle(1);
    CHECK(bar.playing());
    CHECK(bar.speed() == 1);
    for (const int speed : {2, 4, 8, 8}) {
        bar.shuttle(1);
        CHECK(bar.speed() == speed);
    }
    bar.shuttle(-1);
    CHECK(bar.speed() == -1);
    bar.shuttle(0);
    CHECK_FALSE(bar.playing());
    bar.setLoops(false);
    bar.seek(1020);
    bar.shuttle(-1);
    CHECK(runUntil([&] { return bar.frame() < 1020; }));
    // Without going round it stops at the end.
    CHECK(runUntil([&] { return !bar.playing(); }));
    CHECK(bar.frame() == 1001);
}

TEST_CASE("only the part from in to out is played") {
    Bar made;
    TransportBar& bar = made.bar;
    QSignalSpy parts(&bar, &TransportBar::partChanged);
    bar.setIn(1010);
    bar.setOut(1015);
    CHECK(parts.size() == 2);
    CHECK(bar.in() == 1010);
    CHECK(bar.out() == 1015);
    QSignalSpy frames(&bar, &TransportBar::frameWanted);
    bar.seek(1001);
    bar.shuttle(1);
    CHECK(runUntil([&] { return frames.size() > 20; }));
    bar.shuttle(0);
    for (qsizetype i = 1; i < frames.size(); ++i) {
        const auto frame = frames[i][0].toLongLong();
        CHECK(frame >= 1010);
        CHECK(frame <= 1015);
    }
    // An end that crosses the other one frees it.
    bar.setIn(1030);
    CHECK(bar.in() == 1030);
    CHECK(bar.out() == 1048);
    bar.setOut(1005);
    CHECK(bar.in() == 1001);
    bar.clearPart();
    CHECK(bar.out() == 1048);
    bar.setRange(1, 5, 24);
    CHECK(bar.in() == 1);
    CHECK(bar.out() == 5);
}
