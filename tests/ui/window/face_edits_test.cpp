// SPDX-License-Identifier: GPL-3.0-or-later
// Landmarks and masks corrected in the large view, by pointer and keys, as they end in the project.
#include <QComboBox>
#include <QPushButton>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "media/project/database.h"
#include "tests/support/small_disk.h"
#include "tests/ui/faces_show.h"

using namespace understudy;
using namespace understudy::tests;
using Show = FacesShow;
using ui::FaceTool;
using ui::PageId;

namespace {

// Which landmarks lie elsewhere, by more than half a pixel.
std::vector<int> moved(const media::Landmarks& a, const media::Landmarks& b) {
    std::vector<int> result;
    for (int i = 0; i < media::kLandmarkCount; ++i) {
        if (media::distance(a[static_cast<size_t>(i)], b[static_cast<size_t>(i)]) > 0.5) {
            result.push_back(i);
        }
    }
    return result;
}

}  // namespace

TEST_CASE("a landmark is dragged, is in the project at once, and comes back") {
    Show show;
    const media::Landmarks found = show.counting(show.key().frame);
    show.press(Qt::Key_T);
    CHECK(show.page->view()->tools()->tool() == FaceTool::points);
    const QPoint nose = show.positionOf(30);
    const double scale = show.canvas()->widgetFromPicture().m11() * 128 / 256;
    show.drag(nose, nose + QPoint(24, 12));
    show.done(1);
    const media::Landmarks now = show.counting(show.key().frame);
    CHECK(moved(found, now) == std::vector<int>{30});
    // As far as the pointer went, in plate pixels.
    CHECK(now[30].x - found[30].x == Approx(24 / scale).margin(1));
    CHECK(now[30].y - found[30].y == Approx(12 / scale).margin(1));
    CHECK(show.placed().at(show.key().frame).key);
    CHECK(show.faces().face(show.faces().current()).corrected);
    CHECK(show.window->studio().undo.undoText() == "Place landmarks");

    show.window->studio().undo.undo();
    show.saved();
    CHECK(show.placed().empty());
    CHECK(runUntil([&] { return moved(show.counting(show.key().frame), found).empty(); }));
    CHECK(runUntil([&] { return show.positionOf(30) == nose; }));
    show.window->studio().undo.redo();
    show.saved();
    CHECK(moved(found, show.counting(show.key().frame)) == std::vector<int>{30});

    show.press(Qt::Key_Delete);
    show.done(2);
    CHECK(show.placed().empty());
}

TEST_CASE("shift drags an eye, ctrl the whole face, and a new window shows it so") {
    Show show;
    const media::Landmarks found = show.counting(show.key().frame);
    show.press(Qt::Key_T);
    const QPoint eye = show.positionOf(36);
    show.drag(eye, eye + QPoint(-30, 0), Qt::ShiftModifier);
    show.done(1);
    CHECK(moved(found, show.counting(show.key().frame)) ==
          std::vector<int>{36, 37, 38, 39, 40, 41});
    const media::Landmarks before = show.counting(show.key().frame);
    show.drag({20, 20}, {50, 40}, Qt::ControlModifier);
    show.done(2);
    CHECK(moved(before, show.counting(show.key().frame)).size() == media::kLandmarkCount);
    // From the other eye, as the panel may lie a little elsewhere.
    const QPoint there = show.positionOf(36) - show.positionOf(45);
    show.restart();
    show.openAndWait(show.projectFolder());
    show.window->goTo(PageId::faces);
    show.page = show.find<ui::FacesPage>("facesPage");
    show.faces().setSort(ui::FaceSort::time);
    show.saved();
    show.choose(5);
    CHECK((show.positionOf(36) - show.positionOf(45) - there).manhattanLength() <= 2);
}

TEST_CASE("landmarks are chosen and moved by keys, and steps in a row are one undo step") {
    Show show;
    const media::Landmarks found = show.counting(show.key().frame);
    show.press(Qt::Key_T);
    REQUIRE(show.canvas()->hasFocus());
    QTest::keyClick(show.canvas(), Qt::Key_N);
    QTest::keyClick(show.canvas(), Qt::Key_N);
    CHECK(show.canvas()->chosenPoint() == 1);
    QTest::keyClick(show.canvas(), Qt::Key_Right, Qt::ShiftModifier);
    QTest::keyClick(show.canvas(), Qt::Key_Down, Qt::ShiftModifier);
    REQUIRE(runUntil([&] {
        const auto placed = show.placed();
        return placed.count(show.key().frame) != 0 &&
               placed.at(show.key().frame).landmarks[1].y > found[1].y + 5;
    }));
    show.saved();
    const media::Landmarks now = show.counting(show.key().frame);
    CHECK(moved(found, now) == std::vector<int>{1});
    CHECK(now[1].x - found[1].x == Approx(10).margin(0.1));
    CHECK(now[1].y - found[1].y == Approx(10).margin(0.1));
}

TEST_CASE("faces between two keys are placed, frames without a face too") {
    Show show;
    const int64_t first = show.key().frame;
    {
        auto project = media::Project::open(show.folder());
        media::FaceTruth missed;
        missed.frame = first + 2;
        REQUIRE(project->putFaces(show.clip(), std::span(&missed, 1)).ok());
    }
    show.faces().reload();
    REQUIRE(runUntil([&] { return show.faces().total() == 215 && !show.faces().ordering(); }));
    show.press(Qt::Key_S, Qt::ShiftModifier);
    REQUIRE(runUntil([&] { return !show.page->messages()->text().isEmpty(); }));
    CHECK(show.page->messages()->text().startsWith("Nothing lies between two key frames"));

    show.choose(5);
    show.press(Qt::Key_S);
    show.done(1);
    show.choose(8);  // frame first + 4
    REQUIRE(show.key().frame == first + 4);
    show.press(Qt::Key_S);
    show.done(2);
    show.choose(6);
    show.press(Qt::Key_S, Qt::ShiftModifier);
    show.done(3);
    const auto placed = show.placed();
    REQUIRE(placed.size() == 5);
    CHECK(placed.at(first).key);
    CHECK_FALSE(placed.at(first + 2).key);
    CHECK(placed.at(first + 4).key);
    REQUIRE(runUntil([&] { return show.faces().total() == 216; }));  // the gap has a face now
    // Halfway, as the two keys say.
    const media::Landmarks half =
        media::between(placed.at(first).landmarks, placed.at(first + 4).landmarks, 0.5);
    CHECK(moved(half, placed.at(first + 2).landmarks).empty());

    show.window->studio().undo.undo();
    show.saved();
    CHECK(show.placed().size() == 2);
}

TEST_CASE("the mask is painted by size and softness, is in the project at once, and comes back") {
    Show show;
    show.press(Qt::Key_D, Qt::ShiftModifier);
    CHECK(show.page->view()->tools()->tool() == FaceTool::eraser);
    const double before = show.page->view()->tools()->radius();
    show.press(Qt::Key_BracketRight);
    CHECK(show.page->view()->tools()->radius() > before * 1.1);
    show.page->view()->tools()->setRadius(10);
    const QPoint nose = show.positionOf(30);
    const media::Point plate = show.counting(show.key().frame)[30];
    show.drag(nose, nose + QPoint(20, 0));
    show.done(1);
    const media::MaskCorrection taken = show.painted();
    REQUIRE_FALSE(taken.empty());
    CHECK(taken.width() == 640);
    const auto level = [&](double x, double y) {
        ui::MaskPaint paint;
        paint.open(640, 360, taken);
        return paint.level(static_cast<int>(x), static_cast<int>(y));
    };
    CHECK(level(plate.x, plate.y) == 0);
    CHECK(level(plate.x, plate.y + 30) == media::MaskCorrection::kLeave);
    CHECK(show.window->studio().undo.undoText() == "Paint mask");
    CHECK(show.find<QPushButton>("facesCut")->text() == "Cut 1 corrected face anew");

    show.press(Qt::Key_D);
    show.drag(nose + QPoint(0, 60), nose + QPoint(20, 60));
    show.done(2);
    CHECK_FALSE(show.painted() == taken);
    show.window->studio().undo.undo();
    show.saved();
    CHECK(show.painted() == taken);
    CHECK(show.find<QPushButton>("facesCut")->isVisible());
    show.window->studio().undo.undo();
    show.saved();
    CHECK(show.painted().empty());
    // The picture is again what it was cut from.
    CHECK_FALSE(show.find<QPushButton>("facesCut")->isVisible());
    show.window->studio().undo.redo();
    show.saved();
    CHECK(show.painted() == taken);
    CHECK(show.find<QPushButton>("facesCut")->isVisible());
    // Shown over the picture as it is.
    CHECK(runUntil([&] { return show.page->view()->painting().correction() == taken; }));
}

TEST_CASE("what is refused is not in the picture either") {
    Show show;
    SmallDisk disk(64 << 20);
    if (!disk.available()) {
        WARN("skipped: no right to mount a disk");
        return;
    }
    const auto there = disk.path() / "heist_010.understudy";
    std::filesystem::copy(show.folder(), there, std::filesystem::copy_options::recursive);
    disk.makeReadOnly();
    show.openAndWait(ui::text(there.string()));
    REQUIRE(show.window->studio().session.readOnly());
    show.begin();
    show.press(Qt::Key_T);
    const media::Landmarks before = show.canvas()->landmarks();
    const QPoint nose = show.positionOf(30);
    show.drag(nose, nose + QPoint(24, 12));
    CHECK(moved(before, show.canvas()->landmarks()).size() == 1);
    CHECK(runUntil([&] { return moved(before, show.canvas()->landmarks()).empty(); }));
    show.press(Qt::Key_D);
    show.drag(show.positionOf(30), show.positionOf(30) + QPoint(20, 0));
    CHECK_FALSE(show.page->view()->painting().correction().empty());
    CHECK(runUntil([&] { return show.page->view()->painting().correction().empty(); }));
    // Nor by the pointer in the grid.
    Q_EMIT show.page->grid()->decided(media::ReviewState::reject);
    CHECK(show.faces().counts().rejected == 0);
    CHECK(show.window->studio().undo.count() == 0);
    show.window->studio().session.close();
}

TEST_CASE("what could not be written is not in the picture either") {
    Show show;
    {
        auto database = *media::Database::open(show.folder() / "project.db",
                                               media::Database::Access::readWrite);
        for (const char* table : {"landmark_corrections", "mask_corrections"}) {
            REQUIRE(database
                        ->run("CREATE TRIGGER full_" + std::string(table) + " BEFORE INSERT ON " +
                              table + " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
                        .ok());
        }
    }
    show.press(Qt::Key_T);
    const media::Landmarks before = show.canvas()->landmarks();
    const QPoint nose = show.positionOf(30);
    show.drag(nose, nose + QPoint(24, 12));
    CHECK(moved(before, show.canvas()->landmarks()).size() == 1);
    CHECK(runUntil([&] { return moved(before, show.canvas()->landmarks()).empty(); }));
    show.press(Qt::Key_D);
    show.drag(show.positionOf(30), show.positionOf(30) + QPoint(20, 0));
    CHECK_FALSE(show.page->view()->painting().correction().empty());
    CHECK(runUntil([&] { return show.page->view()->painting().correction().empty(); }));
    CHECK(show.window->studio().undo.count() == 0);
}

TEST_CASE("a face is placed in a frame where none was found, from the nearest one") {
    Show show;
    auto* timeline = show.find<ui::FaceTimeline>("faceTimeline");
    const std::string clip = show.clip();
    const ui::FaceKey key = show.key();
    {
        auto project = *media::Project::open(show.folder());
        const media::FaceTruth missed{.frame = key.frame};
        REQUIRE(project.putFaces(clip, std::span(&missed, 1)).ok());
    }
    REQUIRE(runUntil([&] { return show.faces().total() == 215; }));
    show.saved();
    QTest::mouseClick(timeline, Qt::LeftButton, Qt::NoModifier,
                      timeline->positionOf(key.clip, key.frame));
    CHECK(timeline->cursor() == key);
    REQUIRE(show.page->view()->openedFrame() == key);
    auto* place = show.find<QPushButton>("placeFace");
    REQUIRE(runUntil([&] { return place->isVisible() && show.page->view()->ready(); }));
    CHECK_FALSE(show.canvas()->hasLandmarks());
    CHECK(runUntil([&] { return show.canvas()->picture().width() == 640; }));  // the plate
    place->click();
    show.done(1);
    REQUIRE(runUntil([&] { return show.faces().total() == 216; }));
    CHECK(show.placed().at(key.frame).key);
    CHECK(moved(show.counting(key.frame), show.counting(key.frame - 1)).empty());
    // It is the current face now, and the whole of it is moved.
    REQUIRE(runUntil([&] {
        return show.faces().current() >= 0 && show.key() == key && show.page->view()->ready() &&
               show.canvas()->hasLandmarks();
    }));
    CHECK_FALSE(place->isVisible());
    CHECK(show.page->view()->tools()->grip() == ui::PointGrip::whole);
    show.window->studio().undo.undo();
    CHECK(runUntil([&] { return show.faces().total() == 215; }));
}

TEST_CASE("the whole face is turned and scaled around its middle") {
    Show show;
    show.press(Qt::Key_T);
    const media::Landmarks found = show.counting(show.key().frame);
    media::Point middle{};
    for (const media::Point& point : found) {
        middle = middle + media::Point{point.x / 68, point.y / 68};
    }
    // The chin goes a quarter round, twice as far away.
    const QPoint chin = show.positionOf(8);
    QPointF centre;
    for (int i = 0; i < media::kLandmarkCount; ++i) {
        centre += QPointF(show.positionOf(i)) / media::kLandmarkCount;
    }
    const QPointF arm = QPointF(chin) - centre;
    const QPointF turned = centre + QPointF(-arm.y(), arm.x());
    show.drag(chin, turned.toPoint(), Qt::ControlModifier | Qt::ShiftModifier);
    show.done(1);
    const media::Landmarks now = show.counting(show.key().frame);
    for (const int i : {8, 30, 36, 54}) {
        const auto at = static_cast<size_t>(i);
        const media::Point was{found[at].x - middle.x, found[at].y - middle.y};
        CHECK(media::distance(now[at], middle + media::Point{-was.y, was.x}) < 4);
    }
    // By keys: larger by a tenth.
    show.page->view()->tools()->setGrip(ui::PointGrip::turn);
    show.canvas()->setFocus();
    QTest::keyClick(show.canvas(), Qt::Key_Up, Qt::ShiftModifier);
    show.done(2);
    const media::Landmarks larger = show.counting(show.key().frame);
    CHECK(media::distance(larger[0], larger[16]) ==
          Approx(1.1 * media::distance(now[0], now[16])).epsilon(0.01));
}

TEST_CASE("the timeline is gone along by keys, and ranges of it are selected") {
    Show show;
    auto* timeline = show.find<ui::FaceTimeline>("faceTimeline");
    CHECK(timeline->focusPolicy() == Qt::StrongFocus);
    timeline->setFocus();
    const ui::FaceKey from = show.key();
    QTest::keyClick(timeline, Qt::Key_Right);
    CHECK(show.key() == ui::FaceKey{from.clip, from.frame + 1});
    QTest::keyClick(timeline, Qt::Key_PageDown, Qt::ShiftModifier);
    CHECK(show.faces().selectedCount() == 11);
    QTest::keyClick(timeline, Qt::Key_Home);
    CHECK(show.key().frame == 1001);
    QTest::keyClick(timeline, Qt::Key_Down);
    CHECK(show.key().clip == from.clip + 1);
}

TEST_CASE("key frames look unlike faces that were placed between them") {
    Show show;
    const std::string clip = show.clip();
    const int64_t frame = show.key().frame;
    {
        auto project = *media::Project::open(show.folder());
        const media::Landmarks at = show.counting(frame);
        REQUIRE(
            project.putLandmarkCorrections(clip, {{frame, {at, true}}, {frame + 1, {at, false}}})
                .ok());
    }
    const auto kinds = [&] {
        std::vector<bool> keys;
        for (const ui::FaceItem& face : show.faces().all()) {
            if (face.key.clip == show.key().clip && face.corrected) {
                keys.push_back(face.keyFrame);
            }
        }
        return keys;
    };
    REQUIRE(runUntil([&] { return kinds().size() == 2; }));
    CHECK(kinds() == std::vector<bool>{true, false});
    auto* timeline = show.find<ui::FaceTimeline>("faceTimeline");
    const auto picture = [&](int64_t at) {
        const QPoint middle = timeline->positionOf(show.key().clip, at);
        return timeline->grab(QRect(middle.x() - 5, middle.y() - 12, 10, 8)).toImage();
    };
    CHECK(picture(frame) != picture(frame + 1));
}

TEST_CASE("what was painted and never cut is known after a restart, and cut before training") {
    Show show;
    const std::string clip = show.clip();
    show.press(Qt::Key_D, Qt::ShiftModifier);
    const QPoint nose = show.positionOf(30);
    show.drag(nose, nose + QPoint(20, 0));
    show.done(1);
    show.restart();
    show.openAndWait(show.projectFolder());
    show.window->goTo(PageId::faces);
    CHECK(show.find<QPushButton>("facesCut")->text() == "Cut 1 corrected face anew");
    show.window->goTo(PageId::train);
    auto* runs = show.find<QComboBox>("runChoice");
    runs->setCurrentIndex(0);  // a new run
    Q_EMIT runs->activated(0);
    auto* start = show.find<QPushButton>("trainPrimary");
    REQUIRE(runUntil([&] { return start->isEnabled() && start->text() == "Start training"; }));
    start->click();
    REQUIRE(runUntil([&] { return show.gateway.started.size() == 1; }));
    CHECK(show.gateway.started[0].kind == "extract");
    CHECK(show.gateway.started[0].clip == clip);
    {
        auto project = *media::Project::open(show.folder());
        REQUIRE(
            project.noteCutMasks(clip, clip + ".whole_face.128.idx", *project.maskCorrections(clip))
                .ok());
    }
    auto info = show.gateway.jobOf(0);
    info.state = "finished";
    show.gateway.tell(info);
    REQUIRE(runUntil([&] { return show.gateway.started.size() == 2; }));
    CHECK(show.gateway.started[1].kind == "train");
    CHECK(runUntil([&] { return show.faces().stale().empty(); }));
}

TEST_CASE("pictures of corrected faces are cut anew on request") {
    Show show;
    CHECK_FALSE(show.find<QPushButton>("facesCut")->isVisible());
    show.press(Qt::Key_T);
    const QPoint nose = show.positionOf(30);
    show.drag(nose, nose + QPoint(24, 12));
    show.done(1);
    auto* cut = show.find<QPushButton>("facesCut");
    REQUIRE(cut->isVisible());
    CHECK(cut->text() == "Cut 1 corrected face anew");
    QTest::mouseClick(cut, Qt::LeftButton);
    REQUIRE(show.gateway.started.size() == 1);
    CHECK(show.gateway.started[0].kind == "extract");
    CHECK(show.gateway.started[0].clip == show.clip());
}

TEST_CASE("the plate of a face is shown through the view that is chosen") {
    FacesShow show;
    show.page->view()->setPlate(true);
    const auto grey = [&] { return qGray(show.canvas()->picture().pixel(4, 4)); };
    REQUIRE(runUntil([&] { return show.canvas()->picture().width() == 640; }));
    const int asFile = grey();
    REQUIRE(media::Project::open(show.folder())->sayOfClip(show.clip(), {"scene_linear", 0}).ok());
    CHECK(runUntil([&] { return !show.canvas()->picture().isNull() && grey() > asFile; }));
    ui::DisplayChoice& display = show.window->studio().display;
    display.choose(static_cast<int>(display.names().indexOf("Raw")));
    CHECK(runUntil([&] { return !show.canvas()->picture().isNull() && grey() == asFile; }));
}
