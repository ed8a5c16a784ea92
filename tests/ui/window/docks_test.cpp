// SPDX-License-Identifier: GPL-3.0-or-later
// The panels round the middle of the pages: moved, closed, put back, their heights, and what of
// that a new window remembers.
#include <QAction>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/ui/used_window.h"
#include "ui/workspaces/page.h"
#include "ui/workspaces/page_docks.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;

using Show = UsedWindow;

TEST_CASE("page and layout are where they were when the window is opened again") {
    Show show;
    show.window->goTo(PageId::faces);
    show.window->resize(1500, 800);
    auto* docks = show.find<ui::PageDocks>("facesDocks");
    REQUIRE(docks != nullptr);
    REQUIRE(runUntil([&] { return docks->width() > 1200 && !docks->state().isEmpty(); }));
    docks->resizeDocks({docks->docks()[0]}, {300}, Qt::Horizontal);
    docks->addDockWidget(Qt::LeftDockWidgetArea, docks->docks()[1]);
    REQUIRE(runUntil([&] { return docks->docks()[1]->x() < 600; }));
    const int width = docks->docks()[0]->width();
    show.restart();
    show.openAndWait(show.projectFolder());
    CHECK(show.window->currentPage() == static_cast<int>(PageId::faces));
    show.window->resize(1500, 800);
    auto* again = show.find<ui::PageDocks>("facesDocks");
    CHECK(runUntil([&] { return std::abs(again->docks()[0]->width() - width) <= 2; }));
    CHECK(again->dockWidgetArea(again->docks()[1]) == Qt::LeftDockWidgetArea);
    show.action("View", "Reset this page's layout")->trigger();
    CHECK(again->dockWidgetArea(again->docks()[1]) == Qt::RightDockWidgetArea);
    CHECK(runUntil([&] { return std::abs(again->docks()[0]->width() - 240) <= 2; }));
}

TEST_CASE("side panels go and come back by their key and by the menu") {
    Show show;
    show.window->goTo(PageId::faces);
    auto* docks = show.find<ui::PageDocks>("facesDocks");
    QDockWidget* left = docks->docks()[0];
    QDockWidget* right = docks->docks()[1];
    // Its usual width, once all is laid out.
    REQUIRE(runUntil([&] { return left->isVisible() && std::abs(left->width() - 240) <= 2; }));
    const int before = left->width();
    show.press(Qt::Key_F4);
    CHECK_FALSE(left->isVisible());
    CHECK(docks->centralWidget()->isVisible());
    CHECK_FALSE(right->isVisible());
    show.press(Qt::Key_F4);
    CHECK(left->isVisible());
    CHECK(runUntil([&] { return left->width() == before; }));
    auto* menu = show.find<QMenu>("panelsMenu");
    Q_EMIT menu->aboutToShow();
    REQUIRE(menu->actions().size() == 6);  // and the log
    CHECK(menu->actions()[0]->text() == "Filters");
    CHECK(menu->actions()[3]->text() == "Coverage");
    menu->actions()[0]->trigger();
    CHECK_FALSE(left->isVisible());
    CHECK(right->isVisible());
}

TEST_CASE("panels of a side are closed, moved and put back one by one, and remembered") {
    Show show;
    show.window->resize(1700, 1000);
    show.window->goTo(PageId::faces);
    auto* docks = show.find<ui::PageDocks>("facesDocks");
    const auto dock = [&](const char* name) { return show.find<QDockWidget>(name); };
    const auto top = [&](const char* name) { return dock(name)->y(); };
    REQUIRE(runUntil(
        [&] { return docks->width() > 1200 && std::abs(dock("facesFace")->width() - 640) <= 8; }));
    // As a column: the face, below it the two plots side by side, below them what comes next.
    CHECK(top("facesFace") < top("facesPose"));
    CHECK(top("facesPose") == top("facesCoverage"));
    CHECK(dock("facesPose")->x() < dock("facesCoverage")->x());
    CHECK(top("facesFoot") > top("facesPose"));
    const auto atBottom = [&] {
        const QWidget* button = show.window->page(PageId::faces)->primary();
        const int left = docks->height() - button->mapTo(docks, QPoint(0, button->height())).y();
        return left >= 0 && left < 24;
    };
    CHECK(runUntil(atBottom));

    docks->addDockWidget(Qt::LeftDockWidgetArea, dock("facesCoverage"));
    dock("facesPose")->close();
    REQUIRE(runUntil([&] { return dock("facesCoverage")->x() < 400; }));
    show.restart();
    show.openAndWait(show.projectFolder());
    show.window->resize(1700, 1000);
    docks = show.find<ui::PageDocks>("facesDocks");
    REQUIRE(runUntil([&] { return docks->width() > 1200 && !dock("facesPose")->isVisible(); }));
    CHECK(docks->dockWidgetArea(dock("facesCoverage")) == Qt::LeftDockWidgetArea);
    CHECK(dock("facesFace")->isVisible());
    dock("facesFace")->close();  // nothing is left above the button
    CHECK(runUntil(atBottom));
    show.action("View", "Reset this page's layout")->trigger();
    CHECK(runUntil([&] {
        return dock("facesPose")->isVisible() && dock("facesFace")->isVisible() &&
               top("facesPose") == top("facesCoverage") &&
               std::abs(dock("facesFace")->width() - 640) <= 8;
    }));
    CHECK(runUntil(atBottom));
}

TEST_CASE("heights that somebody gave are kept, whatever comes and goes beside them") {
    Show show;
    show.window->resize(1700, 1000);
    show.window->goTo(PageId::faces);
    auto* docks = show.find<ui::PageDocks>("facesDocks");
    const auto dock = [&](const char* name) { return show.find<QDockWidget>(name); };
    const auto height = [&](const char* name) { return dock(name)->height(); };
    // Grips and frames are of whole pixels.
    const auto isHigh = [&](const char* name, int wanted) {
        return std::abs(height(name) - wanted) <= 2;
    };
    REQUIRE(runUntil([&] { return docks->width() > 1200 && isHigh("facesPose", 260); }));
    // What lies between the face and the plots is dragged up.
    QPoint grip(dock("facesFace")->geometry().center().x(),
                dock("facesFace")->geometry().bottom() + 2);
    const auto mouse = [&](QEvent::Type type, QPoint at, Qt::MouseButtons held) {
        QMouseEvent event(type, at, docks->mapToGlobal(at),
                          type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton, held,
                          Qt::NoModifier);
        QApplication::sendEvent(docks, &event);
    };
    mouse(QEvent::MouseButtonPress, grip, Qt::LeftButton);
    mouse(QEvent::MouseMove, grip - QPoint(0, 60), Qt::LeftButton);
    REQUIRE(runUntil([&] { return isHigh("facesPose", 320); }));
    mouse(QEvent::MouseButtonRelease, grip - QPoint(0, 60), Qt::NoButton);
    CHECK(isHigh("facesCoverage", 320));
    const int face = height("facesFace");
    const auto asBefore = [&] {
        return runUntil([&] {
            return isHigh("facesPose", 320) && isHigh("facesCoverage", 320) &&
                   isHigh("facesFace", face);
        });
    };
    auto* hint = show.find<QLabel>("facesHint");
    const QString words = hint->text();
    for (int i = 0; i < 3; ++i) {
        hint->setText(QStringLiteral("one\ntwo\nthree\nfour"));
        CHECK(runUntil([&] { return height("facesFace") < face; }));
        CHECK(isHigh("facesPose", 320));
        hint->setText(words);
        CHECK(asBefore());
        show.window->resize(1700, 600);  // no room for the plots
        CHECK(runUntil([&] { return !dock("facesPose")->isVisible(); }));
        show.window->resize(1700, 1000);
        CHECK(asBefore());
        show.window->goTo(PageId::train);
        show.window->goTo(PageId::faces);
        CHECK(asBefore());
    }
    show.restart();
    show.window->resize(1700, 1000);
    show.openAndWait(show.projectFolder());
    docks = show.find<ui::PageDocks>("facesDocks");
    CHECK(asBefore());
    show.action("View", "Reset this page's layout")->trigger();
    CHECK(runUntil([&] { return isHigh("facesPose", 260); }));
}

TEST_CASE("a layout of an older window is not used where its panels are others") {
    Show show;
    show.window->goTo(PageId::review);
    auto* docks = show.find<ui::PageDocks>("reviewDocks");
    REQUIRE(runUntil([&] { return !docks->state().isEmpty(); }));
    show.window->goTo(PageId::ingest);
    {
        QMainWindow older;
        auto* notes = new QDockWidget;
        notes->setObjectName("reviewRight");
        older.addDockWidget(Qt::LeftDockWidgetArea, notes);
        notes->hide();
        show.window.reset();
        show.settings->setBytes("docks/review", older.saveState(1));
    }
    show.restart();
    show.window->resize(1500, 900);
    show.openAndWait(show.projectFolder());
    show.window->goTo(PageId::review);
    for (const char* name : {"reviewVersions", "reviewStatus", "reviewNotes", "reviewFoot"}) {
        INFO(name);
        CHECK(runUntil([&] { return show.find<QDockWidget>(name)->isVisible(); }));
    }
}

TEST_CASE(
    "a panel that there is nothing for takes its dock with it, and what was closed stays so") {
    Show show;
    show.window->resize(1500, 1000);
    show.window->goTo(PageId::faces);
    auto* pose = show.find<QDockWidget>("facesPose");
    auto* coverage = show.find<QDockWidget>("facesCoverage");
    REQUIRE(runUntil([&] { return pose->isVisible() && coverage->isVisible(); }));
    coverage->close();
    show.window->resize(1500, 700);  // pictures come first
    REQUIRE(runUntil([&] { return !pose->isVisible(); }));
    CHECK_FALSE(pose->toggleViewAction()->isEnabled());
    auto* docks = show.find<ui::PageDocks>("facesDocks");
    const QByteArray state = docks->state();
    CHECK_FALSE(pose->isVisible());
    docks->setState(state);
    CHECK_FALSE(pose->isVisible());
    show.window->resize(1500, 1000);
    REQUIRE(runUntil([&] { return pose->isVisible(); }));
    CHECK_FALSE(coverage->isVisible());
    CHECK(pose->toggleViewAction()->isEnabled());
    // What may be changed while a run is at work: nothing is.
    show.window->goTo(PageId::train);
    auto* live = show.find<QDockWidget>("trainLive");
    REQUIRE(runUntil([&] { return show.find<QDockWidget>("trainPlan")->isVisible(); }));
    CHECK(runUntil([&] { return live->isVisible() == !live->widget()->isHidden(); }));
}

TEST_CASE("a panel that is out of the window goes with its page") {
    Show show;
    show.window->goTo(PageId::review);
    auto* docks = show.find<ui::PageDocks>("reviewDocks");
    REQUIRE(runUntil([&] { return !docks->state().isEmpty(); }));
    QDockWidget* notes = docks->docks()[1];
    notes->setFloating(true);
    REQUIRE(runUntil([&] { return notes->isVisible() && notes->isWindow(); }));
    show.window->goTo(PageId::faces);
    CHECK(runUntil([&] { return !notes->isVisible(); }));
    show.window->goTo(PageId::review);
    CHECK(runUntil([&] { return notes->isVisible() && notes->isFloating(); }));
}
