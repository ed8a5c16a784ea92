// SPDX-License-Identifier: GPL-3.0-or-later
// Small pictures of frames: read in the background, of the right frame, bounded, newest first.
#include "ui/models/frame_thumbnails.h"

#include <QListWidget>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "media/base/file.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/picture_rows.h"

using namespace understudy;
using namespace understudy::tests;
using ui::FrameOfFile;
using ui::FrameThumbnails;
using ui::text;

namespace {

constexpr QSize kBox(80, 45);

bool alike(const QImage& a, const QImage& b) {
    if (a.size() != b.size()) {
        return false;
    }
    int64_t apart = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int x = 0; x < a.width(); ++x) {
            apart += std::abs(qRed(a.pixel(x, y)) - qRed(b.pixel(x, y)));
        }
    }
    return apart <= int64_t{2} * a.width() * a.height();
}

QImage smallPlate(int i, int hue) {
    return drawnPlate(i, hue).scaled(kBox, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

}  // namespace

TEST_CASE("a thumbnail is of the frame that was asked for, once it is read") {
    ensureApplication();
    const TempFolder temp;
    const QString plate = text(writePlate(temp.path(), "bird", 30, 20));
    FrameThumbnails pictures;
    CHECK(pictures.get({plate, 1004}, kBox).isNull());
    CHECK(pictures.pending() == 1);
    REQUIRE(runUntil([&] { return !pictures.get({plate, 1004}, kBox).isNull(); }));
    CHECK(alike(pictures.get({plate, 1004}, kBox), smallPlate(3, 20)));
    pictures.get({plate, 1025}, kBox);
    REQUIRE(runUntil([&] { return !pictures.get({plate, 1025}, kBox).isNull(); }));
    CHECK_FALSE(alike(pictures.get({plate, 1025}, kBox), smallPlate(3, 20)));
    // The middle, where nobody says which.
    pictures.get({plate}, kBox);
    REQUIRE(runUntil([&] { return !pictures.get({plate}, kBox).isNull(); }));
    CHECK(alike(pictures.get({plate}, kBox), smallPlate(14, 20)));
    CHECK(pictures.get({}, kBox).isNull());
    CHECK(pictures.pending() == 0);
}

TEST_CASE("a thumbnail is of what somebody says that the values mean") {
    ensureApplication();
    const TempFolder temp;
    const QString plate = text(writePlate(temp.path(), "bird", 4, 20));
    FrameThumbnails pictures;
    const auto greyOf = [&](const media::ReadAs& as) {
        REQUIRE(runUntil([&] { return !pictures.get({plate, 1001, as}, kBox).isNull(); }));
        return qGray(pictures.get({plate, 1001, as}, kBox).pixel(4, 4));
    };
    const int asFile = greyOf({});
    CHECK(greyOf({"scene_linear", 0}) > asFile);
    CHECK(greyOf({}) == asFile);

    // Light is shown as viewers show it; video as it is.
    ui::UiSettings settings(text((temp / "ui.ini").string()));
    ui::DisplayChoice display(&settings, [] { return media::DisplayViews::fromConfig(""); });
    pictures.follow(&display);
    REQUIRE(runUntil([&] { return display.current() == 0; }));
    display.choose(static_cast<int>(display.names().indexOf("Raw")));
    REQUIRE(runUntil([&] { return display.view() != nullptr; }));
    CHECK(std::abs(greyOf({"scene_linear", 0}) - asFile) <= 1);
    CHECK(greyOf({}) == asFile);
}

TEST_CASE("what cannot be read is asked for once, until files may have changed") {
    ensureApplication();
    const TempFolder temp;
    const QString plate = text(writePlate(temp.path(), "bird", 4, 20));
    const auto damaged = temp / "bird.1002.png";
    REQUIRE(std::filesystem::exists(damaged));
    REQUIRE(writeFileAtomic(damaged, "no picture").ok());
    FrameThumbnails pictures;
    pictures.get({plate, 1002}, kBox);
    REQUIRE(runUntil([&] { return pictures.pending() == 0; }));
    CHECK(pictures.get({plate, 1002}, kBox).isNull());
    CHECK(pictures.pending() == 0);
    drawnPlate(1, 20).save(text(damaged.string()));
    pictures.clear();
    pictures.get({plate, 1002}, kBox);
    CHECK(runUntil([&] { return !pictures.get({plate, 1002}, kBox).isNull(); }));
}

TEST_CASE("a list of a thousand notes reads what is seen of it, and keeps no more than it may") {
    ensureApplication();
    const TempFolder temp;
    const QString plate = text(writePlate(temp.path(), "bird", 1, 20));
    constexpr int64_t kMost = 40 * 80 * 45 * 4;
    FrameThumbnails pictures(nullptr, kMost);
    QListWidget list;
    list.setUniformItemSizes(true);
    int painted = 0;
    list.setItemDelegate(new ui::PictureRows(
        &pictures,
        [&](int row) {
            ++painted;
            ui::PictureRow shown;
            shown.title = QString::number(row);
            shown.icon = "note";
            shown.picture = {plate, 1001};
            return shown;
        },
        &list));
    for (int i = 0; i < 1000; ++i) {
        list.addItem(QString::number(i));
    }
    list.resize(300, 760);
    list.show();
    REQUIRE(runUntil([&] { return painted > 0 && pictures.pending() == 0; }));
    CHECK(painted < 100);
    // As many as are asked for at once are limited, whoever asks.
    for (int i = 0; i < 1000; ++i) {
        pictures.get({plate, 5000 + i}, kBox);
    }
    CHECK(pictures.pending() <= 129);
    for (int size = 20; size < 120; ++size) {
        pictures.get({plate, 1001}, {size, size});
    }
    REQUIRE(runUntil([&] { return pictures.pending() == 0; }));
    CHECK(pictures.bytes() > 0);
    CHECK(pictures.bytes() <= kMost);
}
