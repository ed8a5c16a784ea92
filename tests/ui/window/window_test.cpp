// SPDX-License-Identifier: GPL-3.0-or-later
// The window as a whole: start page, pages, keys, menus, what is remembered, the service's state.
#include <QAction>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/support/small_disk.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/workspaces/page.h"
#include "ui/workspaces/page_docks.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::text;
using ui::utf8;

namespace {

struct Show : ShowFixture {
    // As a person presses it: where the focus is.
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) const {
        QWidget* focus = window->focusWidget();
        QTest::keyClick(focus != nullptr ? focus : window.get(), key, modifiers);
    }
    QAction* action(const QString& menu, const QString& title) const {
        for (const QAction* top : window->findChild<QMenuBar*>()->actions()) {
            if (top->text().remove('&') == menu) {
                for (QAction* entry : top->menu()->actions()) {
                    if (entry->text().remove('&').startsWith(title)) {
                        return entry;
                    }
                }
            }
        }
        return nullptr;
    }
};

training::JobInfo runningTraining(const QString& project) {
    training::JobInfo info;
    info.job = "job-1";
    info.kind = "train";
    info.title = "Train r02";
    info.run = "r02";
    info.project = utf8(project);
    info.state = "running";
    info.done = 12400;
    info.total = 60000;
    info.unit = "steps";
    info.secondsLeftLow = 3300;
    info.secondsLeftHigh = 4200;
    return info;
}

}  // namespace

TEST_CASE("without a project there is the start page, and only what needs none can be done") {
    StudioFixture studio;
    CHECK(studio.window->currentPage() == -1);
    CHECK(studio.find<QPushButton>("newProjectButton")->isVisible());
    CHECK_FALSE(studio.find<QListWidget>("recentProjects")->isVisible());
    CHECK_FALSE(studio.find<QWidget>("pageTab1")->isVisible());
    for (const QAction* action : studio.window->actions()) {
        INFO(utf8(action->text()));
        if (action->text().contains("Close project") || action->text() == "Train") {
            CHECK_FALSE(action->isEnabled());
        }
        if (action->text().startsWith("New project") || action->text() == "Quit") {
            CHECK(action->isEnabled());
        }
    }
    studio.dialogs.folder = {};  // cancelled
    QTest::mouseClick(studio.find<QPushButton>("newProjectButton"), Qt::LeftButton);
    CHECK_FALSE(studio.window->studio().session.isOpen());
}

TEST_CASE("a new project opens on its first page and becomes a recent one") {
    StudioFixture studio;
    studio.dialogs.folder = studio.projectFolder("fresh");
    QTest::mouseClick(studio.find<QPushButton>("newProjectButton"), Qt::LeftButton);
    REQUIRE(runUntil([&] { return studio.window->studio().session.isOpen(); }));
    CHECK(studio.window->currentPage() == static_cast<int>(PageId::ingest));
    CHECK(utf8(studio.window->windowTitle()).starts_with("fresh"));
    QTest::keyClick(studio.window.get(), Qt::Key_W, Qt::ControlModifier);
    REQUIRE(runUntil([&] { return studio.window->currentPage() == -1; }));
    auto* recent = studio.find<QListWidget>("recentProjects");
    REQUIRE(recent->count() == 1);
    CHECK(recent->isVisible());
    CHECK_FALSE(recent->item(0)->data(Qt::DecorationRole).value<QImage>().isNull());
    QTest::mouseClick(recent->viewport(), Qt::LeftButton, Qt::NoModifier,
                      recent->visualItemRect(recent->item(0)).center());
    CHECK(runUntil([&] { return studio.window->studio().session.isOpen(); }));
}

TEST_CASE("a recent project that is gone is told and forgotten") {
    StudioFixture studio;
    studio.settings->addRecentProject(studio.projectFolder("gone"));
    studio.restart();
    studio.window->openProject(studio.projectFolder("gone"));
    auto* message = studio.find<QWidget>("startMessages");
    REQUIRE(runUntil([&] { return message->isVisible(); }));
    CHECK(message->findChild<QLabel*>("messageText")->text().contains("gone"));
    CHECK(studio.settings->recentProjects().isEmpty());
}

TEST_CASE("every page is reached by its key, its tab and the menu") {
    Show show;
    for (int page = 0; page < ui::kPageCount; ++page) {
        show.press(static_cast<Qt::Key>(Qt::Key_1 + page), Qt::AltModifier);
        CHECK(show.window->currentPage() == page);
        CHECK(show.window->page(static_cast<PageId>(page))->isVisible());
    }
    for (int page = ui::kPageCount - 1; page >= 0; --page) {
        auto* tab = show.find<QAbstractButton>(("pageTab" + std::to_string(page + 1)).c_str());
        REQUIRE(tab != nullptr);
        QTest::mouseClick(tab, Qt::LeftButton);
        CHECK(show.window->currentPage() == page);
    }
    QAction* review = show.action("View", "Review");
    REQUIRE(review != nullptr);
    review->trigger();
    CHECK(show.window->currentPage() == static_cast<int>(PageId::review));
}

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
    REQUIRE(menu->actions().size() == 5);  // and the log
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
        [&] { return docks->width() > 1200 && std::abs(dock("facesFace")->width() - 640) <= 2; }));
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
               std::abs(dock("facesFace")->width() - 640) <= 2;
    }));
    CHECK(runUntil(atBottom));
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
    CHECK(live->isVisible() == !show.find<QWidget>("liveSettings")->isHidden());
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

TEST_CASE("faces are decided by keys and the decision is taken back from the menu") {
    Show show;
    show.window->goTo(PageId::faces);
    ui::FacesModel& faces = show.window->studio().faces;
    REQUIRE(faces.rows() == 216);
    faces.setCurrent(0);
    faces.selectRows(0, 0, false);
    show.press(Qt::Key_X);
    show.press(Qt::Key_X);
    show.press(Qt::Key_P);
    CHECK(faces.counts().rejected == 2);
    CHECK(faces.face(2).state == media::ReviewState::keep);
    QAction* undo = show.action("Edit", "Undo");
    REQUIRE(undo != nullptr);
    CHECK(undo->isEnabled());
    undo->trigger();
    undo->trigger();
    CHECK(faces.counts().rejected == 1);
    show.action("Edit", "Redo")->trigger();
    CHECK(faces.counts().rejected == 2);
    CHECK(runUntil([&] { return !show.window->studio().session.saving(); }));
}

TEST_CASE("arrows and shift move and extend the selection of the grid") {
    Show show;
    show.window->goTo(PageId::faces);
    ui::FacesModel& faces = show.window->studio().faces;
    faces.setCurrent(0);
    faces.selectRows(0, 0, false);
    show.press(Qt::Key_Right);
    CHECK(faces.current() == 1);
    CHECK(faces.selectedCount() == 1);
    show.press(Qt::Key_Right, Qt::ShiftModifier);
    CHECK(faces.current() == 2);
    CHECK(faces.selectedCount() == 2);
    show.press(Qt::Key_Down);
    CHECK(faces.current() > 3);
    show.press(Qt::Key_A, Qt::ControlModifier);
    CHECK(faces.selectedCount() == 216);
    show.press(Qt::Key_Home);
    CHECK(faces.current() == 0);
    show.press(Qt::Key_End);
    CHECK(faces.current() == 215);
}

TEST_CASE("closing while a training runs stops nothing and says so once") {
    Show show;
    show.gateway.tell(runningTraining(show.projectFolder()));
    show.window->close();
    CHECK(show.gateway.actions.empty());
    REQUIRE(show.dialogs.informed.size() == 1);
    CHECK(show.dialogs.informed[0].contains("background"));
    show.restart();
    show.openAndWait(show.projectFolder());
    show.gateway.tell(runningTraining(show.projectFolder()));
    show.window->close();
    CHECK(show.dialogs.informed.size() == 1);
}

TEST_CASE("the job strip tells the running job, pauses it and asks before it stops it") {
    Show show;
    auto* left = show.find<QLabel>("jobLeft");
    CHECK_FALSE(left->isVisible());
    show.gateway.tell(runningTraining(show.projectFolder()));
    REQUIRE(runUntil([&] { return left->isVisible(); }));
    CHECK(utf8(left->text()) == "55–70 min left");
    CHECK(utf8(show.find<QLabel>("jobProgress")->text()) == "step 12,400 of 60,000");
    QTest::mouseClick(show.find<QToolButton>("jobPause"), Qt::LeftButton);
    REQUIRE(show.gateway.actions.size() == 1);
    CHECK(show.gateway.actions[0] ==
          std::pair<ui::JobAction, std::string>{ui::JobAction::pause, "job-1"});
    show.dialogs.answer = false;
    QTest::mouseClick(show.find<QToolButton>("jobStop"), Qt::LeftButton);
    CHECK(show.dialogs.questions.size() == 1);
    CHECK(show.gateway.actions.size() == 1);
    show.dialogs.answer = true;
    QTest::mouseClick(show.find<QToolButton>("jobStop"), Qt::LeftButton);
    CHECK(show.gateway.actions.back().first == ui::JobAction::stop);
}

TEST_CASE("a failed job is told with its remedy in the drawer") {
    Show show;
    auto failed = runningTraining(show.projectFolder());
    show.gateway.tell(failed);
    failed.state = "failed";
    failed.error =
        training::JobError{73, "the disk is full", "step-00001000", "Free 5 GB and resume"};
    show.gateway.tell(failed);
    show.press(Qt::Key_J, Qt::ControlModifier);
    auto* list = show.find<QListView>("jobsList");
    REQUIRE(list->isVisible());
    REQUIRE(list->model()->rowCount() == 1);
    show.press(Qt::Key_J, Qt::ControlModifier);
    CHECK_FALSE(list->isVisible());
    // And on the page it belongs to.
    CHECK(show.find<QWidget>("trainMessages")
              ->findChild<QLabel*>("messageText")
              ->text()
              .contains("Free 5 GB and resume"));
}

TEST_CASE("the window says whether the service is there") {
    Show show;
    auto* state = show.find<QLabel>("serviceState");
    CHECK(utf8(state->text()) == "service ready");
    show.gateway.setState(ui::JobGateway::State::lost);
    CHECK(state->text().startsWith("service lost"));
    show.gateway.tell(runningTraining(show.projectFolder()));
    CHECK(runUntil([&] { return show.find<QLabel>("jobLeft")->text().contains("not connected"); }));
    show.gateway.setState(ui::JobGateway::State::ready);
    CHECK(utf8(state->text()) == "service ready");
}

TEST_CASE("F1 shows the keys of the page and takes them away") {
    Show show;
    show.window->goTo(PageId::train);
    show.press(Qt::Key_F1);
    auto* overlay = show.find<QWidget>("keyOverlay");
    REQUIRE(overlay != nullptr);
    CHECK(overlay->isVisible());
    show.press(Qt::Key_F1);
    CHECK_FALSE(overlay->isVisible());
}

TEST_CASE("a project that may only be read is looked at, not changed") {
    StudioFixture studio;
    SmallDisk disk(64 << 20);
    if (!disk.available()) {
        WARN("skipped: no right to mount a disk");
        return;
    }
    makeShow(disk.path() / "show.understudy", studio.temp / "plates");
    disk.makeReadOnly();
    studio.openAndWait(text((disk.path() / "show.understudy").string()));
    REQUIRE(studio.window->studio().session.isOpen());
    CHECK(studio.window->studio().session.readOnly());
    CHECK(studio.window->studio().faces.rows() == 216);
    CHECK(studio.find<QWidget>("windowMessages")->isVisible());
    CHECK_FALSE(studio.find<QPushButton>("ingestPrimary")->isEnabled());
    CHECK_FALSE(studio.find<QPushButton>("trainPrimary")->isEnabled());
    CHECK_FALSE(studio.find<QPushButton>("deliverPrimary")->isEnabled());
    studio.window->studio().session.close();
}
