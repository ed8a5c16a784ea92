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

// A movie of flat grey frames, as large as the made plates.
void writeMovie(const std::filesystem::path& file, int frames) {
    media::SinkOptions options;
    options.width = 640;
    options.height = 360;
    auto sink = media::createSink(file.string(), options);
    REQUIRE(sink.ok());
    for (int number = 1; number <= frames; ++number) {
        media::Frame frame;
        frame.number = number;
        frame.pixels = media::Image(640, 360, 3, media::SampleType::u8);
        for (int y = 0; y < 360; ++y) {
            std::fill_n(frame.pixels.row<uint8_t>(y), 640 * 3, static_cast<uint8_t>(90 + number));
        }
        REQUIRE((*sink)->write(frame).ok());
    }
    REQUIRE((*sink)->finish().ok());
}

// A viewer of its own on a plate of 48 frames from 1001, which keeps eight of them decoded.
struct Viewer {
    Viewer() { ensureApplication(); }
    std::filesystem::path file(int number) const {
        return temp / ("again." + std::to_string(number) + ".png");
    }
    void open() {
        viewer.setClip("again", text(file(1001).string()), {"", 24});
        REQUIRE(runUntil([&] { return viewer.view()->picture() == pictureOf(file(1001)); }));
    }
    void goTo(int number) { viewer.transport()->seek(number); }
    bool shows(int number) {
        const QImage wanted = pictureOf(file(number));
        return runUntil([&] { return viewer.view()->picture() == wanted; });
    }

    TempFolder temp;
    std::string pattern = writePlate(temp.path(), "again", 48, 20);
    ui::ClipViewer viewer{ui::makeDecodeThreads(), 8ll * 640 * 360 * 4};
};

struct Review : ShowFixture {
    // A swap of frames of "bird", shown on the page.
    ui::CompareView* show(const QString& out, const QString& frames) {
        window->studio().swaps.add({out, "r02", "bird", "2026-03-12T10:00:00Z", frames});
        window->goTo(PageId::review);
        return window->page(PageId::review)->findChild<ui::CompareView*>();
    }
    QImage plate(int number) const {
        return pictureOf(temp / "plates" / "b" / ("bird." + std::to_string(number) + ".png"));
    }
    QString message() const {
        auto* bar = find<QWidget>("reviewMessages");
        return bar->isVisible() ? bar->findChild<QLabel*>("messageText")->text() : QString();
    }
    void step(int by) const {
        window->page(PageId::review)->findChild<ui::TransportBar*>()->step(by);
    }
};

}  // namespace

TEST_CASE("a frame that cannot be read or is missing is said over the one before") {
    Viewer plate;
    std::filesystem::remove(plate.file(1005));
    std::ofstream(plate.file(1004), std::ios::binary | std::ios::trunc) << "no picture";
    plate.open();
    const auto* view = plate.viewer.view();
    plate.goTo(1004);
    REQUIRE(runUntil([&] { return plate.viewer.loader().failure(1004).has_value(); }));
    CHECK(view->firstWords().contains("1004"));
    CHECK(plate.viewer.probeText().isEmpty());
    plate.goTo(1003);
    REQUIRE(plate.shows(1003));
    CHECK(view->firstWords().isEmpty());
    plate.goTo(1005);
    CHECK(utf8(view->firstWords()) == "no frame 1005");
    CHECK(view->picture() == pictureOf(plate.file(1003)));
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

TEST_CASE("a movie of some frames is compared with those frames of its plate") {
    Review review;
    writeMovie(review.temp / "part.mp4", 6);
    ui::CompareView* view =
        review.show(text((review.temp / "part.mp4").string()), "1010-1014,1020");
    REQUIRE(runUntil([&] { return !view->second().isNull(); }));
    CHECK(view->second() == review.plate(1010));
    review.step(1);
    CHECK(runUntil([&] { return view->second() == review.plate(1011); }));
    review.step(9);  // what lies between was not rendered
    CHECK(runUntil([&] { return view->second() == review.plate(1020); }));
    CHECK(view->secondName().contains("1020"));
}

TEST_CASE("a movie of unknown frames is shown without a plate, and that is said") {
    Review review;
    writeMovie(review.temp / "some.mp4", 6);
    ui::CompareView* view = review.show(text((review.temp / "some.mp4").string()), {});
    REQUIRE(runUntil([&] { return !view->picture().isNull() && !review.message().isEmpty(); }));
    CHECK(view->second().isNull());
    CHECK(review.message().contains("6 frames"));
}

TEST_CASE("a sequence of which frames are missing is looked at, and not called done") {
    Review review;
    for (int number = 1001; number <= 1010; ++number) {
        review.plate(number).save(
            text((review.temp / ("part." + std::to_string(number) + ".png")).string()));
    }
    ui::CompareView* view = review.show(text((review.temp / "part.####.png").string()), {});
    REQUIRE(runUntil([&] { return !view->second().isNull(); }));
    CHECK(view->second() == review.plate(1001));
    const auto* list = review.find<QListWidget>("versionList");
    CHECK(runUntil([&] { return list->item(0)->text().contains("incomplete: 10 of 48 frames"); }));
    CHECK(review.find<QLabel>("swapFacts")->text().contains("Render it again"));
}

TEST_CASE("the pictures of a search are in the grid when it has ended") {
    ShowFixture show;
    auto& faces = show.window->studio().faces;
    const auto pictures = [&] {
        int count = 0;
        for (int row = 0; row < faces.rows(); ++row) {
            count += faces.face(row).record >= 0;
        }
        return count;
    };
    REQUIRE(pictures() == 216);
    for (const auto& entry : std::filesystem::directory_iterator(show.folder() / "facesets")) {
        if (entry.path().filename().string().starts_with("help.")) {
            std::filesystem::remove(entry.path());
        }
    }
    faces.reload();
    REQUIRE(runUntil([&] { return pictures() == 96; }));
    // Cut again, and nothing new in the document.
    cutFaces(*media::Project::open(show.folder()), "help", 96);
    training::JobInfo search;
    search.job = "job-1";
    search.kind = "extract";
    search.clip = "help";
    search.project = show.folder().string();
    for (const char* state : {"running", "finished"}) {
        search.state = state;
        show.gateway.tell(search);
    }
    CHECK(runUntil([&] { return pictures() == 216; }));
}
