// SPDX-License-Identifier: GPL-3.0-or-later
// The Train page by wheel, pointer and keys: fields that a form scrolls over, curves that are
// moved, checkpoints, presets, meters, and what a failed device leaves.
// The plotting library's header needs the short keywords.
#undef QT_NO_KEYWORDS

#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <QWheelEvent>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include <qcustomplot.h>

#include "tests/ui/used_window.h"
#include "training/plan/changes.h"
#include "training/plan/selection.h"
#include "ui/models/formatting.h"
#include "ui/panels/loss_curves.h"
#include "ui/panels/meter_bar.h"
#include "ui/panels/option_field.h"
#include "ui/panels/preview_board.h"
#include "ui/workspaces/train_page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::utf8;

namespace {

struct Train : UsedWindow {
    Train() {
        window->resize(1600, 1000);
        window->show();
        window->goTo(PageId::train);
        REQUIRE(runUntil([this] { return window->studio().run.last().has_value(); }));
        REQUIRE(runUntil([this] { return board()->shownStep() == 12000; }));
        page()->focusTarget()->setFocus();
    }
    ui::Page* page() const { return window->page(PageId::train); }
    ui::PreviewBoard* board() const { return find<ui::PreviewBoard>("previewBoard"); }
    ui::LossCurves* curves() const { return find<ui::LossCurves>("lossCurves"); }
    void newRun() const {
        auto* runs = find<QComboBox>("runChoice");
        runs->setCurrentIndex(0);
        Q_EMIT runs->activated(0);
    }
    ui::OptionField* option(const char* key) const {
        return find<ui::OptionField>((std::string("option.") + key).c_str());
    }
    training::JobInfo job(const char* state) const {
        training::JobInfo info;
        info.job = "job-7";
        info.kind = "train";
        info.run = "r02";
        info.project = folder().string();
        info.state = state;
        return info;
    }
    // r02 as a training of its faces has left it.
    void makeResumable() const {
        training::Selection selection;
        selection.packs = {"../../facesets/again.whole_face.128.idx"};
        for (const char* performer : {"Anna", "Ben"}) {
            training::SelectedFace face;
            face.hash = std::string(64, 'a');
            selection.identities.push_back({performer, {face}});
        }
        REQUIRE(
            training::saveSelection(selection, folder() / "runs" / "r02" / "selection.json").ok());
    }
    QString message() const {
        return find<QWidget>("trainMessages")->findChild<QLabel*>("messageText")->text();
    }
};

void turn(QWidget* widget) {
    const QPointF at = widget->rect().center();
    QWheelEvent event(at, widget->mapToGlobal(at), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QSpontaneKeyEvent::setSpontaneous(&event);  // others are not handed on to what it lies in
    qApp->notify(widget, &event);
}

training::DevicesListed workstation(int gpus) {
    training::DevicesListed list;
    for (int i = 0; i < gpus; ++i) {
        training::DeviceInfo gpu;
        gpu.id = "GPU-" + std::to_string(i);
        gpu.index = i;
        gpu.name = "NVIDIA H200";
        gpu.memoryTotal = 80'000'000'000;
        list.devices.push_back(gpu);
        training::GpuLoad load;
        load.id = gpu.id;
        load.index = i;
        load.load = 0.5;
        list.telemetry.gpus.push_back(load);
    }
    training::DeviceInfo cpu;
    cpu.id = "cpu";
    cpu.name = "CPU";
    list.devices.push_back(cpu);
    return list;
}

}  // namespace

TEST_CASE("the wheel scrolls the plan and changes no field that has not the focus") {
    Train show;
    show.newRun();
    auto* scroll = show.find<QScrollArea>("planScroll");
    auto* batch = show.option("batch")->findChild<QSpinBox*>();
    auto* source = show.find<QComboBox>("trainSource");
    REQUIRE(scroll->verticalScrollBar()->maximum() > 0);
    const int before = batch->value();
    const int chosen = source->currentIndex();
    REQUIRE_FALSE(batch->hasFocus());
    turn(batch);
    CHECK(batch->value() == before);
    CHECK_FALSE(batch->hasFocus());
    CHECK(scroll->verticalScrollBar()->value() > 0);
    turn(source);
    CHECK(source->currentIndex() == chosen);
    batch->setFocus();
    const int place = scroll->verticalScrollBar()->value();
    turn(batch);
    CHECK(batch->value() == before - 1);
    CHECK(scroll->verticalScrollBar()->value() == place);
}

TEST_CASE("forms that scroll are guarded, those of the other pages too") {
    Train show;
    for (const char* form : {"planScroll", "liveScroll", "deliverScroll"}) {
        auto* area = show.find<QScrollArea>(form);
        REQUIRE(area != nullptr);
        int fields = 0;
        for (QWidget* field : area->widget()->findChildren<QWidget*>()) {
            if (qobject_cast<QComboBox*>(field) || qobject_cast<QAbstractSpinBox*>(field)) {
                INFO(form << " " << field->objectName().toStdString());
                CHECK(field->focusPolicy() != Qt::WheelFocus);
                ++fields;
            }
        }
        CHECK(fields > 2);
    }
}

TEST_CASE("a click on a checkpoint shows its preview; a drag that ends there does not") {
    Train show;
    QCustomPlot* plot = show.curves()->plot();
    REQUIRE(runUntil([&] { return show.curves()->pointsShown() > 500; }));
    REQUIRE(runUntil([&] { return plot->xAxis->range().upper > 12000; }));
    const auto at = [&](double step) {
        return QPoint(static_cast<int>(plot->xAxis->coordToPixel(step)),
                      plot->axisRect()->rect().center().y());
    };
    QTest::mouseClick(plot, Qt::LeftButton, {}, at(5000));
    REQUIRE(runUntil([&] { return show.board()->shownStep() == 5000; }));
    int clicks = 0;
    QObject::connect(show.curves(), &ui::LossCurves::checkpointClicked, [&] { ++clicks; });
    // The drag takes the marks along: wherever it began at one, it ends at one.
    QTest::mousePress(plot, Qt::LeftButton, {}, at(3000));
    const QPoint end = at(3000) + QPoint(60, 0);
    QTest::mouseMove(plot, end);
    QTest::mouseRelease(plot, Qt::LeftButton, {}, end);
    CHECK(clicks == 0);
}

TEST_CASE("curves are zoomed, fitted and laid over time by keys") {
    Train show;
    QCustomPlot* plot = show.curves()->plot();
    REQUIRE(runUntil([&] { return plot->xAxis->range().upper > 12000; }));
    const QCPRange whole = plot->xAxis->range();
    show.press(Qt::Key_Plus);
    CHECK(plot->xAxis->range().size() == Approx(whole.size() / 1.5));
    show.press(Qt::Key_Minus);
    show.press(Qt::Key_Minus);
    CHECK(plot->xAxis->range().size() == Approx(whole.size() * 1.5));
    show.press(Qt::Key_Home);
    CHECK(runUntil([&] { return plot->xAxis->range() == whole; }));
    show.press(Qt::Key_T);
    CHECK(show.curves()->overTime());
    // 12,400 steps at 14.2 a second.
    CHECK(runUntil([&] { return plot->xAxis->range().upper == Approx(1.02 * 12400 / 14.2); }));
    CHECK(show.curves()->pointsShown() > 500);
    CHECK(show.curves()->marks().checkpointNear(5000 / 14.2, 1) == std::optional<int64_t>(5000));
    show.press(Qt::Key_T);
    CHECK(runUntil([&] { return plot->xAxis->range() == whole; }));
}

TEST_CASE("where a run diverged stands in its curves") {
    Train show;
    const training::RunFolder run{show.folder() / "runs" / "r02"};
    REQUIRE(training::appendRollback(run.rollbacks(), {8210, 8000, 2.5e-5, 9, "risen"}).ok());
    const auto& marks = show.curves()->marks();
    REQUIRE(runUntil([&] { return marks.changedSteps() == std::vector<int64_t>{8210}; }));
    CHECK(utf8(marks.changesNear(8200, 50)) == "step 8,210: diverged, back to 8,000");
}

TEST_CASE("checkpoints are gone through by keys, and asked for by one") {
    Train show;
    auto* list = show.find<QListWidget>("checkpointList");
    REQUIRE(runUntil([&] { return list->count() == 12; }));
    list->setFocus();
    list->setCurrentRow(0);
    QTest::keyClick(list, Qt::Key_Down);
    QTest::keyClick(list, Qt::Key_Down);
    CHECK(runUntil([&] { return show.board()->shownStep() == 10000; }));
    // A list that is filled again keeps its place and moves no previews.
    const training::RunFolder run{show.folder() / "runs" / "r02"};
    std::filesystem::remove_all(run.checkpoint(1000));
    REQUIRE(runUntil([&] { return list->count() == 11; }));
    CHECK(list->currentRow() == 2);
    CHECK(show.board()->shownStep() == 10000);
    show.gateway.tell(show.job("running"));
    show.page()->focusTarget()->setFocus();
    show.press(Qt::Key_K);
    REQUIRE(show.gateway.actions.size() == 1);
    CHECK(show.gateway.actions[0].first == ui::JobAction::checkpoint);
}

TEST_CASE("a preset that was put over one's own values gives them back") {
    Train show;
    show.newRun();
    auto* back = show.find<QAbstractButton>("presetBack");
    auto* batch = show.option("batch")->findChild<QSpinBox*>();
    show.find<QAbstractButton>("preset.high")->click();
    CHECK_FALSE(back->isVisible());  // nothing was lost
    show.find<QAbstractButton>("preset.quick")->click();
    batch->setValue(13);
    show.find<QAbstractButton>("preset.high")->click();
    CHECK(batch->value() != 13);
    REQUIRE(back->isVisible());
    show.find<QAbstractButton>("preset.max")->click();  // and another look
    CHECK(back->isVisible());
    back->click();
    CHECK(batch->value() == 13);
    CHECK(utf8(show.option("resolution")->value()) == "64");
    CHECK(static_cast<ui::TrainPage*>(show.page())->form()->plan().value().batch == 13);
    CHECK(show.find<QAbstractButton>("preset.quick")->isChecked());
    CHECK_FALSE(back->isVisible());
}

TEST_CASE("telemetry is asked for while either the plan or the numbers are looked at") {
    Train show;
    auto& devices = show.window->studio().devices;
    const QObject plan;
    const QObject numbers;
    CHECK(show.gateway.watched);
    show.window->goTo(PageId::review);
    CHECK_FALSE(show.gateway.watched);
    devices.setWatching(&plan, true);
    devices.setWatching(&numbers, true);
    devices.setWatching(&plan, false);
    CHECK(show.gateway.watched);
    devices.setWatching(&numbers, false);
    CHECK_FALSE(show.gateway.watched);
    // The dock of the plan is closed: the meters of the run go on.
    show.window->goTo(PageId::train);
    show.find<QWidget>("deviceList")->hide();
    CHECK(show.gateway.watched);
}

TEST_CASE("a run whose GPU failed goes on with those that are left, by one button") {
    Train show;
    show.makeResumable();
    show.gateway.devices = workstation(3);
    show.window->goTo(PageId::review);
    show.window->goTo(PageId::train);
    REQUIRE(runUntil([&] { return show.find<QAbstractButton>("device.cuda:2") != nullptr; }));
    auto info = show.job("running");
    info.devices = {"GPU-0", "GPU-1", "GPU-2"};
    show.gateway.tell(info);
    CHECK(runUntil([&] { return !show.find<QAbstractButton>("deviceAutomatic")->isEnabled(); }));
    info.state = "failed";
    info.error =
        training::JobError{75, "GPU 1 failed at step 12304: CUDA error; saved at step 12300",
                           "cuda:1", "Go on with the devices that are left"};
    show.gateway.tell(info);
    REQUIRE(runUntil([&] { return show.message().contains("GPU 1 failed at step 12304"); }));
    auto* action = show.find<QWidget>("trainMessages")->findChild<QPushButton*>();
    CHECK(utf8(action->text()) == "Go on with GPU 0, GPU 2");
    action->click();
    REQUIRE(runUntil([&] { return show.gateway.started.size() == 1; }));
    CHECK(show.gateway.started[0].run == "r02");
    const training::RunFolder run{show.folder() / "runs" / "r02"};
    CHECK(training::currentPlan(run)->devices == "cuda:0,cuda:2");
}

TEST_CASE("a failure that is no device's offers the log; devices of a run at rest can be chosen") {
    Train show;
    show.makeResumable();
    show.gateway.devices = workstation(2);
    show.window->goTo(PageId::review);
    show.window->goTo(PageId::train);
    REQUIRE(runUntil([&] { return show.find<QAbstractButton>("device.cuda:1") != nullptr; }));
    auto info = show.job("running");
    show.gateway.tell(info);
    info.state = "failed";
    info.error = training::JobError{73, "the disk is full", "runs/r02", "Free some"};
    show.gateway.tell(info);
    REQUIRE(runUntil([&] { return show.message().contains("disk is full"); }));
    CHECK(show.find<QWidget>("trainMessages")->findChild<QPushButton*>()->text() == "Show log");
    auto* automatic = show.find<QAbstractButton>("deviceAutomatic");
    REQUIRE(automatic->isEnabled());
    CHECK_FALSE(show.option("batch")->isEnabled());
    automatic->click();
    show.find<QAbstractButton>("device.cuda:1")->click();
    if (show.find<QAbstractButton>("device.cuda:0")->isChecked()) {
        show.find<QAbstractButton>("device.cuda:0")->click();
    }
    show.gateway.tell(info);  // told again, the choice stays
    CHECK(show.find<QAbstractButton>("device.cuda:1")->isChecked());
    show.page()->pressPrimary();
    REQUIRE(runUntil([&] { return show.gateway.started.size() == 1; }));
    const training::RunFolder run{show.folder() / "runs" / "r02"};
    CHECK(training::currentPlan(run)->devices == "cuda:1");
}
