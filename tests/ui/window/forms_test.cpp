// SPDX-License-Identifier: GPL-3.0-or-later
// Lists, filters and menus: what somebody has open or has chosen is not changed beneath them, and
// what they ask for is done once.
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/face_view.h"
#include "ui/panels/faces_grid.h"
#include "ui/panels/jobs_drawer.h"
#include "ui/panels/start_page.h"
#include "ui/workspaces/page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::JobAction;
using ui::PageId;
using ui::text;
using ui::utf8;

namespace {

struct Show : ShowFixture {
    // Another snapshot of the project, as a search makes them all the time.
    void readAgain() const {
        auto& session = window->studio().session;
        bool changed = false;
        const auto connection = QObject::connect(&session, &ui::ProjectSession::changed,
                                                 [&changed] { changed = true; });
        session.refresh();
        REQUIRE(runUntil([&] { return changed; }));
        QObject::disconnect(connection);
    }
    training::JobInfo job(const char* kind, const char* state) const {
        training::JobInfo info;
        info.job = "job-3";
        info.kind = kind;
        info.clip = "bird";
        info.run = std::string(kind) == "swap" ? "r02" : "";
        info.title = "Swap bird with r02";
        info.project = folder().string();
        info.state = state;
        return info;
    }
    QString message(const char* bar) const {
        auto* widget = find<QWidget>(bar);
        return widget->isVisible() ? widget->findChild<QLabel*>("messageText")->text() : QString();
    }
    // The entry of the first job's menu in the drawer.
    QAction* jobAction(const QString& words) const {
        for (auto* earlier : window->findChildren<QMenu*>("jobMenu")) {
            earlier->close();
        }
        auto* list = find<QListView>("jobsList");
        const QPoint at = list->visualRect(list->model()->index(0, 0)).center();
        const QPoint global = list->viewport()->mapToGlobal(at);
        QContextMenuEvent event(QContextMenuEvent::Mouse,
                                find<QWidget>("jobsDrawer")->mapFromGlobal(global), global);
        QApplication::sendEvent(find<QWidget>("jobsDrawer"), &event);
        for (auto* menu : window->findChildren<QMenu*>("jobMenu")) {
            for (QAction* action : menu->actions()) {
                if (menu->isVisible() && action->text() == words) {
                    return action;
                }
            }
        }
        return nullptr;
    }
};

}  // namespace

TEST_CASE("a list that is open keeps its place while the project is read again") {
    Show show;
    const std::pair<PageId, const char*> lists[] = {{PageId::train, "runChoice"},
                                                    {PageId::deliver, "deliverSource"}};
    for (const auto& [page, name] : lists) {
        INFO(name);
        show.window->goTo(page);
        auto* combo = show.find<QComboBox>(name);
        REQUIRE(combo->count() > 1);
        combo->showPopup();
        combo->view()->setCurrentIndex(combo->model()->index(1, 0));
        show.readAgain();
        CHECK(combo->view()->currentIndex().row() == 1);
        combo->hidePopup();
    }
    show.window->goTo(PageId::faces);
    auto* clips = show.find<QComboBox>("filterClip");
    clips->showPopup();
    clips->view()->setCurrentIndex(clips->model()->index(2, 0));
    bool arrived = false;
    auto& faces = show.window->studio().faces;
    QObject::connect(&faces, &ui::FacesModel::layoutChanged, [&arrived] { arrived = true; });
    faces.reload();
    REQUIRE(runUntil([&] { return arrived; }));
    CHECK(clips->view()->currentIndex().row() == 2);
    clips->hidePopup();
}

TEST_CASE("filters are those of the project that is open") {
    Show show;
    {
        auto project = media::Project::create(utf8(show.projectFolder("other")));
        addClipWithFaces(*project, {"solo", "Carl", 12, 20, {}}, 64);
    }
    show.window->goTo(PageId::faces);
    auto* performer = show.find<QComboBox>("filterPerformer");
    performer->setCurrentIndex(performer->findData("Ben"));
    Q_EMIT performer->activated(performer->currentIndex());
    show.find<QCheckBox>("filterUndecided")->setChecked(false);
    auto& faces = show.window->studio().faces;
    REQUIRE(runUntil([&] { return !faces.ordering() && faces.rows() == 0; }));
    show.window->studio().session.close();
    show.openAndWait(show.projectFolder("other"));
    CHECK(runUntil([&] { return !faces.ordering() && faces.rows() == 12; }));
    CHECK(show.find<QCheckBox>("filterUndecided")->isChecked());
    CHECK(performer->currentIndex() == 0);
    CHECK(faces.filter() == ui::FaceFilter{});
}

TEST_CASE("a sequence that is there already is told before it is written over") {
    Show show;
    show.window->goTo(PageId::deliver);
    auto* name = show.find<QLineEdit>("deliverName");
    auto* summary = show.find<QLabel>("swapSummary");
    const auto type = [&](const char* words) {
        name->setText(words);
        Q_EMIT name->textEdited(name->text());
    };
    type("bird");
    CHECK_FALSE(summary->text().contains("there already"));
    std::filesystem::create_directories(show.folder() / "deliveries");
    std::ofstream(show.folder() / "deliveries" / "birds.mp4") << "x";
    type("birds");
    CHECK(runUntil([&] { return summary->text().contains("birds.mp4 is there already"); }));
}

TEST_CASE("a double click on a recent project opens it once, as Return does") {
    StudioFixture studio;
    ui::StartPage page;
    page.setRecent({{"/shows/one", {}, {}}, {"/shows/two", {}, "Review"}});
    page.resize(1200, 800);
    page.show();
    QStringList opened;
    QObject::connect(&page, &ui::StartPage::openFolder,
                     [&](const QString& folder) { opened << folder; });
    auto* list = page.findChild<QListWidget*>("recentProjects");
    const QPoint at = list->visualItemRect(list->item(1)).center();
    QTest::mouseClick(list->viewport(), Qt::LeftButton, Qt::NoModifier, at);
    QTest::mouseDClick(list->viewport(), Qt::LeftButton, Qt::NoModifier, at);
    CHECK(opened == QStringList{"/shows/two"});
    opened.clear();
    page.activateWindow();
    list->setFocus();
    REQUIRE(runUntil([&] { return list->hasFocus(); }));
    list->setCurrentRow(0);
    QTest::keyClick(list, Qt::Key_Return);
    CHECK(opened == QStringList{"/shows/one"});
}

TEST_CASE("a job's menu pauses, resumes and tries again") {
    Show show;
    QTest::keyClick(show.window.get(), Qt::Key_J, Qt::ControlModifier);
    show.gateway.tell(show.job("extract", "running"));
    REQUIRE(runUntil([&] { return show.find<QListView>("jobsList")->model()->rowCount() == 1; }));
    REQUIRE(show.jobAction("Pause") != nullptr);
    show.jobAction("Pause")->trigger();
    show.gateway.tell(show.job("extract", "paused"));
    CHECK(show.jobAction("Pause") == nullptr);
    REQUIRE(show.jobAction("Resume") != nullptr);
    show.jobAction("Resume")->trigger();
    show.gateway.tell(show.job("extract", "failed"));
    REQUIRE(show.jobAction("Try again") != nullptr);
    show.jobAction("Try again")->trigger();
    const std::vector<std::pair<JobAction, std::string>> wanted = {
        {JobAction::pause, "job-3"}, {JobAction::resume, "job-3"}, {JobAction::resume, "job-3"}};
    CHECK(show.gateway.actions == wanted);
}

TEST_CASE("a pause that is refused is told") {
    Show show;
    show.gateway.tell(show.job("extract", "running"));
    auto* pause = show.find<QAbstractButton>("jobPause");
    REQUIRE(runUntil([&] { return pause->isVisible(); }));
    show.gateway.refuseNext =
        Error{ErrorCode::transient, "the service is not there", "", "Start it again"};
    QTest::mouseClick(pause, Qt::LeftButton);
    CHECK(runUntil([&] { return show.message("windowMessages").contains("Start it again"); }));
}

TEST_CASE("warnings of a job are told in the drawer and when its swap is done") {
    Show show;
    show.window->goTo(PageId::deliver);
    QTest::keyClick(show.window.get(), Qt::Key_J, Qt::ControlModifier);
    show.gateway.tell(show.job("swap", "running"));
    training::WarningRaised warning;
    warning.job = "job-3";
    warning.text = "the plate has no frames 1012; they are left out";
    Q_EMIT show.gateway.received(warning);
    show.gateway.tell(show.job("swap", "finished"));
    CHECK(show.message("deliverMessages").contains("is done"));
    CHECK(show.message("deliverMessages").contains("1012"));
    auto* list = show.find<QListView>("jobsList");
    CHECK(list->model()->index(0, 0).data(Qt::ToolTipRole).toString().contains("1012"));
}

TEST_CASE("Return and a double click show a face in its plate, and back") {
    Show show;
    show.window->goTo(PageId::faces);
    auto* grid = show.find<ui::FacesGrid>("facesGrid");
    auto* view = show.find<ui::FaceView>("faceView");
    show.window->studio().faces.setCurrent(0);
    QTest::keyClick(grid, Qt::Key_Return);
    CHECK(view->plate());
    QTest::mouseDClick(grid->viewport(), Qt::LeftButton, Qt::NoModifier,
                       grid->cellRect(0).center());
    CHECK_FALSE(view->plate());
}

TEST_CASE("jobs of a clip that is taken out are stopped: they could only fail") {
    Show show;
    show.window->goTo(PageId::ingest);
    auto paused = show.job("extract", "paused");
    paused.clip = "again";  // the one that is shown
    show.gateway.tell(paused);
    QTest::keyClick(show.window->focusWidget(), Qt::Key_Delete);
    REQUIRE(runUntil([&] { return show.window->studio().session.snapshot().clips.size() == 2; }));
    CHECK(show.gateway.actions ==
          std::vector<std::pair<JobAction, std::string>>{{JobAction::stop, "job-3"}});
}
