// SPDX-License-Identifier: GPL-3.0-or-later
// The page of faces as a person uses it: filters, sorting, the plot, coverage, the timeline.
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPushButton>
#include <QToolButton>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/range_histogram.h"
#include "ui/workspaces/faces_page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::FaceMeasure;
using ui::FaceSort;
using ui::PageId;

namespace {

struct Show : ShowFixture {
    Show() {
        window->goTo(PageId::faces);
        page = find<ui::FacesPage>("facesPage");
        REQUIRE(runUntil([this] { return !faces().ordering() && faces().rows() == 216; }));
    }
    ui::FacesModel& faces() { return window->studio().faces; }
    void settle() {
        REQUIRE(runUntil([this] { return !faces().ordering() && !faces().loading(); }));
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        page->grid()->setFocus();
        QTest::keyClick(page->grid(), key, modifiers);
        settle();
    }

    ui::FacesPage* page = nullptr;
};

void drag(QWidget* widget, const std::vector<QPoint>& path,
          Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::mousePress(widget, Qt::LeftButton, modifiers, path.front());
    for (const QPoint& at : path) {
        QMouseEvent move(QEvent::MouseMove, at, widget->mapToGlobal(at), Qt::NoButton,
                         Qt::LeftButton, modifiers);
        QApplication::sendEvent(widget, &move);
    }
    QTest::mouseRelease(widget, Qt::LeftButton, modifiers, path.back());
}

}  // namespace

TEST_CASE("a lasso takes the faces whose middle it goes round, with Ctrl in addition") {
    Show show;
    ui::FacesGrid* grid = show.page->grid();
    const auto middle = [grid](int row) { return grid->cellRect(row).center(); };
    REQUIRE(grid->columns() > 3);
    const int below = grid->columns();
    // Round the faces 0, 1 and those below them, from the middle of none.
    const QPoint half(grid->cellRect(0).width() / 2 - 4, grid->cellRect(0).height() / 2 - 4);
    const std::vector<QPoint> around = {middle(0) - half, middle(1) + QPoint(half.x(), -half.y()),
                                        middle(below + 1) + half,
                                        middle(below) + QPoint(-half.x(), half.y())};
    drag(grid->viewport(), around, Qt::AltModifier);
    CHECK(show.faces().selectedCount() == 4);
    CHECK(show.faces().selected(below));
    CHECK_FALSE(show.faces().selected(2));
    const QPoint corner = middle(3);
    drag(grid->viewport(),
         {corner - half, corner + QPoint(half.x(), -half.y()), corner + half,
          corner + QPoint(-half.x(), half.y())},
         Qt::AltModifier | Qt::ControlModifier);
    CHECK(show.faces().selectedCount() == 5);
    CHECK(show.faces().selected(3));
    show.press(Qt::Key_X);
    CHECK(show.faces().counts().rejected >= 5);
}

TEST_CASE("digits assign the selected faces to performers, in the order of the bins") {
    Show show;
    const auto onDisk = [&](const std::string& clip) {
        REQUIRE(runUntil([&] { return !show.window->studio().session.saving(); }));
        return media::Project::open(show.folder(), true)->assignments(clip)->size();
    };
    show.press(Qt::Key_L, Qt::ShiftModifier);
    show.faces().setSort(FaceSort::time);
    show.settle();
    auto* performer = show.find<QComboBox>("filterPerformer");
    performer->setCurrentIndex(performer->findData("Anna"));
    Q_EMIT performer->activated(performer->currentIndex());
    show.settle();
    const int annas = show.faces().rows();
    const std::string clip = ui::utf8(show.faces().clipName(show.faces().face(0).key.clip));
    const auto kept = show.faces().counts().kept;
    // Five by a range of the keyboard, then Ben's key.
    show.press(Qt::Key_Home);
    for (int i = 0; i < 4; ++i) {
        show.press(Qt::Key_Right, Qt::ShiftModifier);
    }
    REQUIRE(show.faces().selectedCount() == 5);
    show.press(Qt::Key_2);
    CHECK(show.faces().rows() == annas - 5);
    CHECK(onDisk(clip) == 5);
    CHECK(ui::utf8(show.window->studio().undo.undoText()) == "Assign 5 faces to Ben");

    // Nobody: by the menu, whose words are the performers'.
    auto* menu = show.find<QPushButton>("faceAssign")->menu();
    Q_EMIT menu->aboutToShow();
    QStringList words;
    for (const QAction* action : menu->actions()) {
        words << action->text();
    }
    CHECK(ui::utf8(words.join("|")) == "Anna\t1|Ben\t2||Nobody (not in the project)\t0");
    show.faces().selectRows(0, 0, false);
    menu->actions().last()->trigger();
    show.settle();
    CHECK(show.faces().rows() == annas - 6);
    CHECK(show.faces().counts().kept == kept - 1);
    CHECK(show.page->primary()->text().contains(QString::number(kept - 1)));
    CHECK(show.find<QLabel>("faceCounts")->text().contains("1 nobody's"));
    REQUIRE(performer->findText("Nobody (not in the project)") > 0);
    performer->setCurrentIndex(performer->findText("Nobody (not in the project)"));
    Q_EMIT performer->activated(performer->currentIndex());
    show.settle();
    REQUIRE(show.faces().rows() == 1);
    show.faces().setCurrent(0);
    CHECK(show.find<QLabel>("faceFacts")->text().startsWith("nobody's face"));

    // There are two performers.
    show.faces().selectRows(0, 0, false);
    show.press(Qt::Key_3);
    CHECK(show.page->messages()->text().startsWith("There is no performer 3"));
    CHECK(show.faces().rows() == 1);
    show.window->studio().undo.undo();
    show.window->studio().undo.undo();
    show.settle();
    CHECK(onDisk(clip) == 0);
    CHECK(show.faces().counts().kept == kept);
    CHECK(performer->findText("Nobody (not in the project)") < 0);
    CHECK(show.faces().rows() == 216);  // what was filtered by is gone
}

TEST_CASE("an assigned face shows the mark of whose it is") {
    Show show;
    show.find<QCheckBox>("filterSuspects")->setChecked(false);
    show.faces().setSort(FaceSort::time);
    show.settle();
    show.faces().setCurrent(-1);
    ui::FacesGrid* grid = show.page->grid();
    const auto corner = [&] {
        const QRect cell = grid->cellRect(0);
        const QImage picture = grid->viewport()->grab().toImage();
        return picture.pixelColor(cell.x() + 4 + grid->pictureSize() - 10, cell.y() + 14);
    };
    const std::string own = show.faces().performerOf(show.faces().face(0));
    const bool source = show.window->studio().session.snapshot().source == own;
    show.faces().setAutoAdvance(false);
    show.faces().selectRows(0, 0, false);
    show.press(source ? Qt::Key_2 : Qt::Key_1);
    CHECK(corner() == (source ? ui::theme::kDestination : ui::theme::kSource));
    show.press(source ? Qt::Key_1 : Qt::Key_2);
    CHECK(corner() != ui::theme::kDestination);
    CHECK(corner() != ui::theme::kSource);
}

TEST_CASE("the end of a histogram is dragged, and only faces in its range are left") {
    Show show;
    auto* sharpness = show.find<ui::RangeHistogram>("filterRangeYaw");
    REQUIRE(sharpness != nullptr);
    sharpness->ensurePolished();
    const int right = sharpness->width() - 6;
    drag(sharpness, {{6, 30}, {sharpness->width() / 2, 30}});
    REQUIRE(runUntil([&] { return show.faces().rows() < 216 && !show.faces().ordering(); }));
    const float least = sharpness->range().least;
    CHECK(std::abs(least) < 6);  // the middle of -48 to 48
    for (int row = 0; row < show.faces().rows(); ++row) {
        REQUIRE(show.faces().face(row).yaw >= least);
    }
    drag(sharpness, {{right, 30}, {right - 30, 30}});
    REQUIRE(
        runUntil([&] { return !std::isinf(show.faces().filter().range(FaceMeasure::yaw).most); }));
    // Back: nothing is filtered, and the fields say so.
    QTest::mouseClick(show.find<QPushButton>("filterClear"), Qt::LeftButton);
    REQUIRE(runUntil([&] { return show.faces().rows() == 216; }));
    CHECK(sharpness->range().whole());
}

TEST_CASE("a histogram is filtered by keys too") {
    Show show;
    auto* size = show.find<ui::RangeHistogram>("filterRangeSize");
    size->setFocus();
    QTest::keyClick(size, Qt::Key_Right);  // Ben's faces are the smallest
    REQUIRE(runUntil([&] { return show.faces().rows() == 168 && !show.faces().ordering(); }));
    QTest::keyClick(size, Qt::Key_Backspace);
    REQUIRE(runUntil([&] { return show.faces().rows() == 216; }));
    QTest::keyClick(size, Qt::Key_Left, Qt::ShiftModifier);
    REQUIRE(runUntil([&] { return show.faces().rows() == 48; }));
}

TEST_CASE("near-duplicates are hidden on request") {
    Show show;
    show.find<QCheckBox>("filterDistinct")->click();
    show.settle();
    // No two neighbours look alike in these clips.
    CHECK(show.faces().rows() == 216);
    show.find<QCheckBox>("filterCorrected")->click();
    show.settle();
    CHECK(show.faces().rows() == 0);
}

TEST_CASE("L sorts by likeness to the face that is looked at, Shift+L by suspects") {
    Show show;
    show.faces().setCurrent(50);
    const ui::FaceItem like = show.faces().face(50);
    show.press(Qt::Key_L);
    CHECK(show.faces().sort() == FaceSort::likeness);
    CHECK(show.find<QComboBox>("faceSort")->currentText() == "likeness to this face");
    CHECK(show.faces().current() < 20);  // with those of the same pose
    for (int row = 1; row < show.faces().rows(); ++row) {
        REQUIRE(unlikeness(show.faces().face(row - 1), like) <=
                unlikeness(show.faces().face(row), like));
    }
    show.press(Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
    CHECK(show.faces().reversed());
    show.press(Qt::Key_L, Qt::ShiftModifier);
    CHECK(show.faces().sort() == FaceSort::suspects);
    CHECK(show.faces().face(0).suspect);
}

TEST_CASE("sorting by likeness without a face says what to do") {
    Show show;
    show.faces().setCurrent(-1);
    show.press(Qt::Key_L);
    CHECK(show.faces().sort() == FaceSort::suspects);
    CHECK(show.page->messages()->text().startsWith("Choose a face first"));
}

TEST_CASE("a lasso in the plot selects the faces inside, with Shift more, with Ctrl fewer") {
    Show show;
    auto* plot = show.find<ui::PosePlot>("posePlot");
    REQUIRE(plot->isVisible());
    CHECK(plot->shown() == 216);
    const auto corner = [&](float yaw, float pitch) {
        return plot->positionOf(yaw, pitch).toPoint();
    };
    const auto lasso = [&](float from, float to, Qt::KeyboardModifiers modifiers) {
        drag(plot, {corner(from, 29), corner(to, 29), corner(to, -29), corner(from, -29)},
             modifiers);
    };
    const auto expected = [&](auto inside) {
        size_t count = 0;
        for (int row = 0; row < show.faces().rows(); ++row) {
            const float yaw = show.faces().face(row).yaw;
            const bool is = inside(yaw);
            count += is;
            constexpr float kPixel = 0.8f;  // degrees: whoever stands on the line may be either
            const bool clear = inside(yaw - kPixel) == inside(yaw + kPixel);
            if (clear && show.faces().selected(row) != is) {
                return size_t{0};
            }
        }
        return count;
    };
    lasso(10, 44, Qt::NoModifier);
    CHECK(expected([](float yaw) { return yaw > 10 && yaw < 44; }) > 20);
    CHECK(show.faces().current() >= 0);
    CHECK(show.faces().selected(show.faces().current()));
    lasso(-44, -20, Qt::ShiftModifier);
    CHECK(expected([](float yaw) { return (yaw > 10 && yaw < 44) || (yaw > -44 && yaw < -20); }) >
          40);
    lasso(10, 44, Qt::ControlModifier);
    CHECK(expected([](float yaw) { return yaw > -44 && yaw < -20; }) > 10);

    QTest::mouseClick(show.find<QToolButton>("poseBox"), Qt::LeftButton);
    drag(plot, {corner(10, 29), corner(44, -29)});
    CHECK(expected([](float yaw) { return yaw > 10 && yaw < 44; }) > 20);
    // What the grid selects is white in the plot.
    show.faces().selectRows(0, 0, false);
    const ui::FaceItem& face = show.faces().face(0);
    show.faces().setCurrent(-1);
    const QImage picture = plot->grab().toImage();
    CHECK(picture.pixelColor(plot->positionOf(face.yaw, face.pitch).toPoint()) ==
          QColor(Qt::white));
}

TEST_CASE("a click in the plot goes to the nearest face; Y selects those that look the same way") {
    Show show;
    auto* plot = show.find<ui::PosePlot>("posePlot");
    const ui::FaceItem face = show.faces().face(100);
    QTest::mouseClick(plot, Qt::LeftButton, {}, plot->positionOf(face.yaw, face.pitch).toPoint());
    REQUIRE(show.faces().current() >= 0);
    const ui::FaceItem& there = show.faces().face(show.faces().current());
    CHECK(std::hypot(there.yaw - face.yaw, there.pitch - face.pitch) < 4);
    show.press(Qt::Key_Y);
    CHECK(show.faces().selectedCount() > 5);
    for (int row = 0; row < show.faces().rows(); ++row) {
        const ui::FaceItem& one = show.faces().face(row);
        REQUIRE(show.faces().selected(row) ==
                (std::hypot(one.yaw - there.yaw, one.pitch - there.pitch) <= 10));
    }
}

TEST_CASE("coverage says what the source lacks, and follows what is rejected") {
    Show show;
    auto* card = show.find<ui::CoverageCard>("coverageCard");
    REQUIRE(runUntil([&] { return card->text().contains("beyond"); }));
    CHECK(card->text().contains("Ben looks left (in the picture) beyond 35°"));
    CHECK(card->text().contains("Anna never does. Closest: 2"));
    // Without Ben's turned faces nothing is lacking.
    for (int row = 0; row < show.faces().rows(); ++row) {
        const ui::FaceItem& face = show.faces().face(row);
        if (std::abs(face.yaw) > 27) {
            show.faces().selectRows(row, row, true);
        }
    }
    show.faces().decide(media::ReviewState::reject);
    CHECK(runUntil([&] { return card->text().contains("cover all that Ben shows"); }));
}

TEST_CASE("the timeline shows gaps, and a click goes to the frame") {
    Show show;
    auto* timeline = show.find<ui::FaceTimeline>("faceTimeline");
    const int clip = show.faces().face(0).key.clip;
    CHECK(timeline->gapsOf(clip).empty());
    {
        // Frames 1010 to 1012 have no face any more.
        auto project = media::Project::open(show.folder());
        std::vector<media::FaceTruth> missed(3);
        for (int i = 0; i < 3; ++i) {
            missed[static_cast<size_t>(i)].frame = 1010 + i;
        }
        REQUIRE(project->putFaces(ui::utf8(show.faces().clipName(clip)), missed).ok());
    }
    show.faces().reload();
    REQUIRE(runUntil([&] { return show.faces().total() == 213 && !show.faces().ordering(); }));
    using Gap = ui::FaceTimeline::Gap;
    CHECK(timeline->gapsOf(clip) == std::vector<Gap>{{1010, 1012}});
    QTest::mouseClick(timeline, Qt::LeftButton, {}, timeline->positionOf(clip, 1030));
    REQUIRE(show.faces().current() >= 0);
    CHECK(show.faces().face(show.faces().current()).key == ui::FaceKey{clip, 1030});
    CHECK(show.find<QLabel>("timelineSummary")->text().contains("gaps 1 (frames 3)"));
    // Where there is none, the frame itself.
    QTest::mouseClick(timeline, Qt::LeftButton, {}, timeline->positionOf(clip, 1010));
    CHECK(timeline->cursor() == ui::FaceKey{clip, 1010});
    CHECK(show.page->view()->openedFrame() == ui::FaceKey{clip, 1010});
    CHECK(show.faces().selectedCount() == 0);
    drag(timeline, {timeline->positionOf(clip, 1020), timeline->positionOf(clip, 1024)});
    CHECK(show.faces().selectedCount() == 5);
}

TEST_CASE("the lasso has a tool, which a key and Escape turn on and off") {
    Show show;
    ui::FacesGrid* grid = show.page->grid();
    show.press(Qt::Key_A, Qt::ShiftModifier);
    auto* tool = show.find<QToolButton>("faceLasso");
    CHECK(tool->isChecked());
    CHECK(tool->toolTip().contains("Alt"));
    const QPoint middle = grid->cellRect(1).center();
    const QPoint half(grid->cellRect(1).width() / 2 - 4, grid->cellRect(1).height() / 2 - 4);
    drag(grid->viewport(), {middle - half, middle + QPoint(half.x(), -half.y()), middle + half,
                            middle + QPoint(-half.x(), half.y())});
    CHECK(show.faces().selectedCount() == 1);
    CHECK(show.faces().selected(1));
    show.press(Qt::Key_Escape);
    CHECK_FALSE(tool->isChecked());
}

TEST_CASE("the context menu key acts on the current face") {
    Show show;
    show.faces().selectRows(2, 2, false);
    show.faces().setCurrent(2);
    const ui::FaceKey key = show.faces().face(2).key;
    QContextMenuEvent menu(QContextMenuEvent::Keyboard, show.page->grid()->rect().center(),
                           show.page->grid()->mapToGlobal(show.page->grid()->rect().center()));
    QApplication::sendEvent(show.page->grid(), &menu);
    auto* open = show.find<QMenu>("faceMenu");
    REQUIRE(open != nullptr);
    CHECK(show.faces().selection() == std::set<ui::FaceKey>{key});
    for (QAction* action : open->actions()) {
        if (action->text() == "Reject") {
            action->trigger();
            break;
        }
    }
    REQUIRE(show.window->studio().undo.count() == 1);
    CHECK(show.faces().counts().rejected == 1);
}
