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
    const std::pair<PageId, const char*> lists[] = {
        {PageId::train, "runChoice"}, {PageId::deliver, "swapRun"}, {PageId::deliver, "swapClip"}};
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
