// SPDX-License-Identifier: GPL-3.0-or-later
// That what is shown under a frame number is that frame: in the viewer, in Review, in the grid.
#include <QLabel>
#include <QListWidget>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <fstream>

#include "media/source/frame_sink.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/clip_viewer.h"
#include "ui/panels/wipe_view.h"
#include "ui/workspaces/page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::text;
using ui::utf8;

namespace {

QImage pictureOf(const std::filesystem::path& file) {
    return QImage(text(file.string())).convertToFormat(QImage::Format_RGB32);
}

// A viewer of its own on a plate of 48 frames from 1001, which keeps eight of them decoded.
struct Viewer {
    Viewer() { ensureApplication(); }
    std::filesystem::path file(int number) const {
        return temp / ("again." + std::to_string(number) + ".png");
    }
    void open() {
        viewer.setClip("again", text(file(1001).string()), 24);
        REQUIRE(runUntil([&] { return viewer.view()->picture() == pictureOf(file(1001)); }));
    }
    void goTo(int number) { viewer.transport()->seek(number); }
    bool shows(int number) {
        const QImage wanted = pictureOf(file(number));
        return runUntil([&] { return viewer.view()->picture() == wanted; });
    }

    TempFolder temp;
    std::string pattern = writePlate(temp.path(), "again", 48, 20);
    ui::ClipViewer viewer{nullptr, 8ll * 640 * 360 * 4};
};

}  // namespace

TEST_CASE("a frame that cannot be read or is missing shows why, not the one before") {
    Viewer plate;
    std::filesystem::remove(plate.file(1005));
    std::ofstream(plate.file(1004), std::ios::binary | std::ios::trunc) << "no picture";
    plate.open();
    plate.goTo(1004);
    REQUIRE(runUntil([&] { return plate.viewer.loader().failure(1004).has_value(); }));
    CHECK(plate.viewer.view()->picture().isNull());
    plate.goTo(1003);
    REQUIRE(plate.shows(1003));
    plate.goTo(1005);
    CHECK(plate.viewer.view()->picture().isNull());
    // Brought back, it is there the next time.
    std::filesystem::copy_file(plate.file(1002), plate.file(1004),
                               std::filesystem::copy_options::overwrite_existing);
    plate.goTo(1003);
    plate.goTo(1004);
    CHECK(plate.shows(1002));
}

TEST_CASE("the cache line shows what is in the cache") {
    Viewer plate;
    plate.open();
    auto* ruler = plate.viewer.findChild<ui::FrameRuler*>();
    REQUIRE(ruler != nullptr);
    REQUIRE(runUntil([&] { return ruler->cached().size() == 8; }));
    plate.goTo(1040);
    REQUIRE(runUntil([&] { return ruler->cached().count(1047) != 0; }));
    CHECK(ruler->cached() == plate.viewer.loader().frames());
    CHECK(ruler->cached().size() == 8);
    CHECK(ruler->cached().count(1001) == 0);
}
