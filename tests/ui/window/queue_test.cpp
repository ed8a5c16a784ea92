// SPDX-License-Identifier: GPL-3.0-or-later
// The jobs drawer as a queue: order, places, priorities, hold, what waits for what, tries again.
#include <QApplication>
#include <QCheckBox>
#include <QContextMenuEvent>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/ui/folder_opener.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/models/queue_view.h"

using namespace understudy;
using namespace understudy::tests;
using ui::JobAction;
using ui::utf8;

namespace {

ui::JobState stateOf(const char* id, const char* state, int64_t priority = 0, double place = 0) {
    ui::JobState job;
    job.info.job = id;
    job.info.title = id;
    job.info.state = state;
    job.info.priority = priority;
    job.info.place = place;
    return job;
}

struct Queue : ShowFixture {
    Queue() {
        QTest::keyClick(window.get(), Qt::Key_J, Qt::ControlModifier);
        tell("job-1", "finished", 0, 1);
        tell("job-2", "running", 0, 2);
        tell("job-3", "queued", 0, 3);
        tell("job-4", "queued", 0, 4);
        tell("job-5", "paused", -10, 5);
        list = find<QListView>("jobsList");
        REQUIRE(runUntil([&] { return list->model()->rowCount() == 5; }));
        list->setFocus();
    }
    void tell(const char* id, const char* state, int64_t priority, double place,
              std::vector<std::string> after = {}) {
        training::JobInfo info;
        info.job = id;
        info.kind = "extract";
        info.title = std::string("Find faces, ") + id;
        info.project = utf8(window->studio().session.folder());
        info.state = state;
        info.priority = priority;
        info.place = place;
        info.after = std::move(after);
        info.started = 1;
        gateway.tell(info);
    }
    std::string at(int row) const {
        return utf8(list->model()->index(row, 0).data().toString()).substr(12);
    }
    void choose(int row) const { list->setCurrentIndex(list->model()->index(row, 0)); }
    QMenu* menu(int row) const {
        for (auto* earlier : window->findChildren<QMenu*>("jobMenu")) {
            delete earlier;
        }
        const QPoint global =
            list->viewport()->mapToGlobal(list->visualRect(list->model()->index(row, 0)).center());
        auto* drawer = find<QWidget>("jobsDrawer");
        QContextMenuEvent event(QContextMenuEvent::Mouse, drawer->mapFromGlobal(global), global);
        QApplication::sendEvent(drawer, &event);
        return window->findChild<QMenu*>("jobMenu");
    }
    static QAction* action(QMenu* menu, const QString& words) {
        for (QAction* each : menu->actions()) {
            if (each->text().section('\t', 0, 0) == words) {
                return each;
            }
        }
        return nullptr;
    }

    QListView* list = nullptr;
};

}  // namespace

TEST_CASE("a queue is what runs, what waits by its turns, what is over") {
    // Newest first, as the model keeps them.
    const std::vector<ui::JobState> jobs = {
        stateOf("job-6", "finished"),        stateOf("job-5", "queued", 10, 5),
        stateOf("job-4", "queued", 0, 1.5),  stateOf("job-3", "paused", 0, 3),
        stateOf("job-2", "running", -10, 2), stateOf("job-1", "failed")};
    const auto order = ui::inQueueOrder(jobs);
    CHECK(order == std::vector<size_t>{4, 1, 2, 3, 0, 5});

    CHECK_FALSE(ui::moved(jobs, "job-5", -1));
    CHECK(ui::moved(jobs, "job-3", -1)->before == "job-4");
    CHECK(ui::moved(jobs, "job-5", 1)->before == "job-3");
    CHECK(ui::moved(jobs, "job-4", 1)->move == "last");
    CHECK(ui::moved(jobs, "job-3", -2)->move == "first");
    CHECK_FALSE(ui::moved(jobs, "job-3", 2));
    CHECK_FALSE(ui::moved(jobs, "job-2", -1));  // it runs

    CHECK(*ui::withPriority(jobs[2], 10)->priority == 10);
    CHECK_FALSE(ui::withPriority(jobs[1], 20));  // high already
    CHECK_FALSE(ui::withPriority(jobs[4], 10));
    ui::JobState waiting = jobs[1];
    waiting.info.after = {"job-2"};
    CHECK(utf8(ui::waitingText(jobs, waiting)) == "high   after job-2");
    CHECK(utf8(ui::waitingText(jobs, jobs[3])) == "held");
    CHECK(ui::waitingText(jobs, jobs[4]).isEmpty());
}

TEST_CASE("keys move, rank, hold and stop what waits") {
    Queue queue;
    CHECK(queue.at(0) == "job-2");
    CHECK(queue.at(1) == "job-3");
    CHECK(queue.at(3) == "job-5");
    CHECK(queue.at(4) == "job-1");
    queue.choose(2);
    QTest::keyClick(queue.list, Qt::Key_Up, Qt::AltModifier);
    REQUIRE(queue.gateway.changes.size() == 1);
    CHECK(queue.gateway.changes[0].job == "job-4");
    CHECK(queue.gateway.changes[0].before == "job-3");
    // The choice goes with the job.
    queue.tell("job-4", "queued", 0, 2.5);
    REQUIRE(runUntil([&] { return queue.at(1) == "job-4"; }));
    CHECK(queue.list->currentIndex().row() == 1);
    QTest::keyClick(queue.list, Qt::Key_Plus);
    REQUIRE(queue.gateway.changes.size() == 2);
    CHECK(queue.gateway.changes[1].priority == 10);
    QTest::keyClick(queue.list, Qt::Key_H);
    queue.choose(3);
    QTest::keyClick(queue.list, Qt::Key_H);
    queue.choose(1);
    QTest::keyClick(queue.list, Qt::Key_Delete);
    const std::vector<std::pair<JobAction, std::string>> wanted = {
        {JobAction::pause, "job-4"}, {JobAction::resume, "job-5"}, {JobAction::stop, "job-4"}};
    CHECK(queue.gateway.actions == wanted);
    CHECK(queue.dialogs.questions.size() == 1);
}

TEST_CASE("the menu has places, priorities and what to wait for") {
    Queue queue;
    QMenu* menu = queue.menu(1);
    REQUIRE(menu != nullptr);
    CHECK_FALSE(Queue::action(menu, "Move up")->isEnabled());
    Queue::action(menu, "To the end")->trigger();
    REQUIRE(queue.gateway.changes.size() == 1);
    CHECK(queue.gateway.changes[0].move == "last");
    menu = queue.menu(1);
    auto* priorities = menu->findChild<QMenu*>("priorityMenu");
    CHECK(Queue::action(priorities, "normal")->isChecked());
    Queue::action(priorities, "low")->trigger();
    CHECK(queue.gateway.changes[1].priority == -10);
    menu = queue.menu(1);
    auto* after = menu->findChild<QMenu*>("afterMenu");
    REQUIRE(after->actions().size() == 3);  // not itself, not what is over
    Queue::action(after, "Find faces, job-2")->trigger();
    CHECK(queue.gateway.changes[2].after == std::vector<std::string>{"job-2"});
    queue.tell("job-3", "queued", 0, 3, {"job-2"});
    menu = queue.menu(1);
    QAction* waits = Queue::action(menu->findChild<QMenu*>("afterMenu"), "Find faces, job-2");
    CHECK(waits->isChecked());
    waits->trigger();
    CHECK(queue.gateway.changes[3].after == std::vector<std::string>{});
    CHECK(Queue::action(queue.menu(0), "Move up") == nullptr);  // it runs

    // A refusal is told.
    queue.gateway.refuseNext = Error{ErrorCode::usage, "it would wait for itself", "job-3", ""};
    Queue::action(queue.menu(1), "Move down")->trigger();
    auto* message = queue.find<QWidget>("windowMessages");
    CHECK(runUntil([&] {
        return message->findChild<QLabel*>("messageText")->text().contains("wait for itself");
    }));
}

TEST_CASE("an empty drawer says what would be in it, and what of other projects is at work") {
    ShowFixture show;
    QTest::keyClick(show.window.get(), Qt::Key_J, Qt::ControlModifier);
    auto* empty = show.find<QLabel>("jobsEmpty");
    auto* list = show.find<QListView>("jobsList");
    auto* everyones = show.find<QCheckBox>("jobsEveryones");
    REQUIRE(empty->isVisible());
    CHECK(empty->text().startsWith("Nothing is running. Find faces in Ingest"));
    training::JobInfo info;
    info.job = "job-7";
    info.kind = "train";
    info.title = "Train r02";
    info.project = "/elsewhere/heist_020.understudy";
    info.state = "running";
    show.gateway.tell(info);
    REQUIRE(runUntil([&] { return empty->text().contains("One job of another project"); }));
    everyones->click();
    REQUIRE(list->isVisible());
    CHECK(utf8(list->model()->index(0, 0).data().toString()) == "Train r02, of heist_020");
    // It may be stopped from here; its log is its project's.
    list->setCurrentIndex(list->model()->index(0, 0));
    list->setFocus();
    QTest::keyClick(list, Qt::Key_Delete);
    REQUIRE(show.gateway.actions.size() == 1);
    CHECK(show.gateway.actions[0] == std::pair{JobAction::stop, std::string("job-7")});

    show.restart();
    CHECK(show.find<QCheckBox>("jobsEveryones")->isChecked());
}

TEST_CASE("a double click on a result that is done opens its folder") {
    Queue queue;
    training::JobInfo info;
    info.job = "job-6";
    info.kind = "deliver";
    info.title = "Find faces, job-6";
    info.project = utf8(queue.window->studio().session.folder());
    info.run = "r01";
    info.state = "running";
    info.result = R"({"out":"/results/bird_v002/bird.####.exr"})";
    queue.gateway.tell(info);
    REQUIRE(runUntil([&] { return queue.list->model()->rowCount() == 6; }));
    FolderOpener opener;
    const auto open = [&] {
        int row = 0;
        while (queue.at(row) != "job-6") {
            ++row;
        }
        queue.choose(row);
        const QPoint at = queue.list->visualRect(queue.list->model()->index(row, 0)).center();
        QTest::mouseClick(queue.list->viewport(), Qt::LeftButton, Qt::NoModifier, at);
        QTest::mouseDClick(queue.list->viewport(), Qt::LeftButton, Qt::NoModifier, at);
    };
    open();
    CHECK(opener.opened.isEmpty());  // it is not there yet
    info.state = "finished";
    queue.gateway.tell(info);
    open();
    CHECK(opener.opened == QStringList{"/results/bird_v002"});
    QTest::keyClick(queue.list, Qt::Key_Return);
    CHECK(opener.opened.size() == 2);
}
