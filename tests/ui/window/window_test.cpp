// SPDX-License-Identifier: GPL-3.0-or-later
// The window as a whole: start page, pages, keys, menus, what is remembered, the service's state.
#include <QAction>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/support/small_disk.h"
#include "tests/ui/used_window.h"
#include "ui/models/formatting.h"
#include "ui/panels/start_page.h"
#include "ui/workspaces/page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::text;
using ui::utf8;

namespace {

using Show = UsedWindow;

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
    CHECK(runUntil(
        [&] { return !recent->item(0)->data(Qt::DecorationRole).value<QImage>().isNull(); }));
    QTest::mouseClick(recent->viewport(), Qt::LeftButton, Qt::NoModifier,
                      recent->visualItemRect(recent->item(0)).center());
    CHECK(runUntil([&] { return studio.window->studio().session.isOpen(); }));
}

TEST_CASE("where one was is kept without the window being closed") {
    Show show;
    show.press(Qt::Key_4, Qt::AltModifier);
    show.window->resize(1500, 900);
    const ui::UiSettings& kept = *show.settings;
    const QString page = ui::UiSettings::projectKey(show.window->studio().session.folder(), "page");
    REQUIRE(runUntil([&] { return kept.number(page, -1) == static_cast<int>(PageId::review); }));
    ui::Studio& studio = show.window->studio();
    studio.faces.setSort(ui::FaceSort::yaw, true);
    show.press(Qt::Key_3, Qt::AltModifier);
    REQUIRE(runUntil([&] { return kept.number(page, -1) == static_cast<int>(PageId::train); }));
    const QString run = studio.run.name();
    const QString folder = studio.session.folder();
    ui::MainWindow other(&show.gateway, &show.dialogs, show.settings.get());
    CHECK(other.size() == QSize(1500, 900));
    other.openProject(folder);
    REQUIRE(runUntil([&] { return other.currentPage() == static_cast<int>(PageId::train); }));
    CHECK(other.studio().faces.sort() == ui::FaceSort::yaw);
    CHECK(other.studio().faces.reversed());
    CHECK(other.studio().run.name() == run);
}

TEST_CASE("the whole screen gives back the window that was maximised") {
    Show show;
    show.window->showMaximized();
    show.press(Qt::Key_F11);
    CHECK(show.window->isFullScreen());
    show.press(Qt::Key_F11);
    CHECK_FALSE(show.window->isFullScreen());
    CHECK(show.window->isMaximized());
}

TEST_CASE("a recent project that is gone is told and forgotten") {
    StudioFixture studio;
    studio.settings->addRecentProject(studio.projectFolder("gone"));
    studio.restart();
    auto* recent = studio.find<QListWidget>("recentProjects");
    CHECK(runUntil([&] {
        return recent->count() == 1 &&
               recent->item(0)->data(ui::StartPage::kDay).toString() == "not there now";
    }));
    studio.window->openProject(studio.projectFolder("gone"));
    auto* message = studio.find<QWidget>("startMessages");
    REQUIRE(runUntil([&] { return message->isVisible(); }));
    CHECK(message->findChild<QLabel*>("messageText")->text().contains("gone"));
    CHECK(runUntil([&] { return studio.settings->recentProjects().isEmpty(); }));
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

TEST_CASE("of two jobs at work the strip tells the one begun last, then the other again") {
    Show show;
    auto training = runningTraining(show.projectFolder());
    training.title = "Train r01";
    training.started = 1000;
    training::JobInfo swap = training;
    swap.job = "job-2";
    swap.kind = "swap";
    swap.title = "Swap bird";
    swap.started = 2000;
    auto* title = show.find<ui::ElidedLabel>("jobTitle");
    auto* more = show.find<QLabel>("jobsMore");
    show.gateway.tell(training);
    show.gateway.tell(swap);
    REQUIRE(runUntil([&] { return title->fullText() == "Swap bird"; }));
    CHECK(more->text() == "+ 1 more");
    CHECK(more->toolTip() == "Train r01: running");
    auto* list = show.find<QListView>("jobsList");
    QTest::mouseClick(title, Qt::LeftButton);
    CHECK(list->isVisible());
    QTest::mouseClick(more, Qt::LeftButton);
    CHECK_FALSE(list->isVisible());
    swap.state = "finished";
    show.gateway.tell(swap);
    CHECK(runUntil([&] { return title->fullText() == "Train r01" && more->text().isEmpty(); }));
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
    // And on the page it belongs to, from where its log opens.
    auto* message = show.find<QWidget>("trainMessages");
    CHECK(message->findChild<QLabel*>("messageText")->text().contains("Free 5 GB and resume"));
    CHECK_FALSE(show.find<QWidget>("logDock")->isVisible());
    message->findChild<QPushButton*>("messageAction")->click();
    CHECK(show.find<QWidget>("logDock")->isVisible());
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
