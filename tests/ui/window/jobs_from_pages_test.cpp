// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages ask the service for, and what they say when it refuses.
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSlider>
#include <QSpinBox>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/ui/studio_fixture.h"
#include "training/plan/run_folder.h"
#include "ui/models/formatting.h"
#include "ui/panels/loss_curves.h"
#include "ui/panels/option_field.h"
#include "ui/panels/preview_board.h"
#include "ui/workspaces/train_page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::JobAction;
using ui::PageId;
using ui::text;
using ui::utf8;

namespace {

struct Show : ShowFixture {
    bool click(const char* name) const {
        auto* button = find<QAbstractButton>(name);
        if (button == nullptr ||
            !runUntil([&] { return button->isVisible() && button->isEnabled(); })) {
            return false;
        }
        QTest::mouseClick(button, Qt::LeftButton);
        return true;
    }
    QString label(const char* name) const { return find<QAbstractButton>(name)->text(); }
    QString message(const char* bar) const {
        auto* widget = find<QWidget>(bar);
        return widget->isVisible() ? widget->findChild<QLabel*>("messageText")->text() : QString();
    }
    void newRun() const {
        auto* runs = find<QComboBox>("runChoice");
        runs->setCurrentIndex(0);
        Q_EMIT runs->activated(0);
    }
    // Starts a new run whose plan needs the faces of all three clips larger than they are.
    void startLarger() {
        window->goTo(PageId::train);
        newRun();
        option("resolution")->findChild<QSpinBox*>()->setValue(128);
        REQUIRE(click("trainPrimary"));
        REQUIRE(runUntil([&] { return gateway.started.size() == 3; }));
    }
    training::JobInfo trainingOf(const char* run, const char* state) const {
        training::JobInfo info;
        info.job = "job-7";
        info.kind = "train";
        info.run = run;
        info.project = folder().string();
        info.state = state;
        return info;
    }
    ui::OptionField* option(const char* key) const {
        return find<ui::OptionField>((std::string("option.") + key).c_str());
    }
    std::string argument(const training::StartJob& job, const char* name) const {
        for (size_t i = 0; i + 1 < job.arguments.size(); ++i) {
            if (job.arguments[i] == name) {
                return job.arguments[i + 1];
            }
        }
        return {};
    }
};

}  // namespace

TEST_CASE("clips that were not searched are searched, each by a job of its own") {
    Show show;
    const auto plate = writePlate(show.temp / "c", "milk", 3, 32);
    show.window->goTo(PageId::ingest);
    show.dialogs.files = {text(plate)};
    REQUIRE(show.click("destinationAdd"));
    REQUIRE(runUntil([&] { return show.label("ingestPrimary") == "Find faces in 1 clip"; }));
    REQUIRE(show.click("ingestPrimary"));
    REQUIRE(show.gateway.started.size() == 1);
    const auto& job = show.gateway.started[0];
    CHECK(job.kind == "extract");
    CHECK(job.clip == "milk");
    CHECK(job.project == show.folder().string());
    CHECK(show.argument(job, "--clip") == "milk");
    // It is not asked for twice.
    CHECK(show.label("ingestPrimary") == "Review faces");
}

TEST_CASE("a start from the page makes the run's folder and asks for its training") {
    Show show;
    show.window->goTo(PageId::train);
    show.newRun();
    REQUIRE(show.label("trainPrimary") == "Start training");
    CHECK(show.find<QLabel>("trainEstimate")->text().contains("2,000 steps at 64 pixels"));
    REQUIRE(show.click("trainPrimary"));
    REQUIRE(runUntil([&] { return !show.gateway.started.empty(); }));
    const auto& job = show.gateway.started[0];
    CHECK(job.kind == "train");
    CHECK(job.run == "r03");
    const training::RunFolder run{show.folder() / "runs" / "r03"};
    CHECK(show.argument(job, "--run") == run.path.string());
    const auto plan = training::loadPlan(run.plan());
    REQUIRE(plan.ok());
    CHECK(plan->source == "Anna");
    CHECK(plan->destination == "Ben");
    CHECK(plan->resolution == 64);
    CHECK(utf8(show.window->studio().run.name()) == "r03");
}

TEST_CASE("faces are cut anew for a plan that needs them larger, then the training starts") {
    Show show;
    show.startLarger();
    CHECK(show.gateway.started[0].kind == "extract");
    CHECK(show.argument(show.gateway.started[0], "--size") == "176");
    CHECK(show.label("trainPrimary") == "Cutting faces…");
    CHECK_FALSE(show.message("trainMessages").isEmpty());
    CHECK_FALSE(std::filesystem::exists(show.folder() / "runs" / "r03"));
    for (size_t i = 0; i < 3; ++i) {
        auto info = show.gateway.jobOf(i);
        cutFaces(*media::Project::open(show.folder()), info.clip, 176);
        info.state = "finished";
        show.gateway.tell(info);
    }
    REQUIRE(runUntil([&] { return show.gateway.started.size() == 4; }));
    CHECK(show.gateway.started[3].kind == "train");
}

TEST_CASE("cuts that end while the service is out of reach do not hold the page up") {
    Show show;
    show.startLarger();
    std::vector<training::JobInfo> over;
    for (size_t i = 0; i < 3; ++i) {
        over.push_back(show.gateway.jobOf(i));
        over.back().state = "failed";
        over.back().error = training::JobError{66, "the plate is gone", "again", "Bring it back"};
    }
    show.gateway.setState(ui::JobGateway::State::lost);
    show.gateway.setState(ui::JobGateway::State::ready);
    Q_EMIT show.gateway.listed(over);
    CHECK(show.message("trainMessages").contains("Bring it back"));
    CHECK(show.label("trainPrimary") == "Start training");
}

TEST_CASE("faces that cannot be cut are told, and nothing is trained") {
    Show show;
    show.startLarger();
    auto info = show.gateway.jobOf(0);
    info.state = "failed";
    info.error = training::JobError{66, "the plate is gone", "again", "Bring it back"};
    show.gateway.tell(info);
    CHECK(show.message("trainMessages").contains("Bring it back"));
    CHECK(show.label("trainPrimary") == "Start training");
    for (size_t i = 1; i < 3; ++i) {
        auto other = show.gateway.jobOf(i);
        other.state = "finished";
        show.gateway.tell(other);
    }
    CHECK(show.gateway.started.size() == 3);
}

TEST_CASE("a refused start is told with its remedy") {
    Show show;
    show.window->goTo(PageId::train);
    show.newRun();
    show.gateway.refuseNext =
        Error{ErrorCode::deviceUnavailable, "there is no device cuda:7", "", "Choose another one"};
    REQUIRE(show.click("trainPrimary"));
    CHECK(runUntil([&] { return show.message("trainMessages").contains("Choose another one"); }));
}

TEST_CASE("a run that is shown cannot be edited; a new one has the form's own choices again") {
    Show show;
    show.window->goTo(PageId::train);
    show.newRun();
    show.option("batch")->findChild<QSpinBox*>()->setValue(12);
    show.find<QCheckBox>("deviceAutomatic")->click();
    CHECK(show.find<QCheckBox>("device.cpu")->isChecked());
    auto* runs = show.find<QComboBox>("runChoice");
    const int shown = runs->findData("r02");
    runs->setCurrentIndex(shown);
    Q_EMIT runs->activated(shown);
    REQUIRE(runUntil([&] { return !show.option("batch")->isEnabled(); }));
    CHECK(utf8(show.option("batch")->value()) == "8");
    CHECK(show.find<QCheckBox>("deviceAutomatic")->isChecked());
    CHECK_FALSE(show.find<QCheckBox>("device.cpu")->isEnabled());
    CHECK(show.label("trainPrimary") == "Resume training");
    show.newRun();
    REQUIRE(runUntil([&] { return show.option("batch")->isEnabled(); }));
    CHECK(utf8(show.option("batch")->value()) == "12");
    CHECK_FALSE(show.find<QCheckBox>("deviceAutomatic")->isChecked());
    CHECK(show.find<QCheckBox>("device.cpu")->isChecked());
}

TEST_CASE("a preset fills the plan; a value that cannot be is told at its field") {
    Show show;
    show.window->goTo(PageId::train);
    show.newRun();
    show.find<QAbstractButton>("preset.high")->click();
    CHECK(utf8(show.option("resolution")->value()) == "256");
    show.find<QAbstractButton>("preset.quick")->click();
    CHECK(utf8(show.option("resolution")->value()) == "64");
    auto* rate = show.option("learningRate")->findChild<QLineEdit*>();
    REQUIRE(rate != nullptr);
    rate->setText("fast");
    Q_EMIT rate->editingFinished();
    auto* error = show.option("learningRate")->findChild<QLabel*>("optionError");
    const auto told = [&] { return !error->isHidden() && error->text().contains("'fast'"); };
    INFO(utf8(error->text()));
    CHECK(told());
    // It stays while other things happen, and nothing is trained with the value from before.
    show.gateway.tell(show.trainingOf("r02", "running"));
    CHECK(told());
    CHECK(utf8(rate->text()) == "fast");
    REQUIRE(show.click("trainPrimary"));
    CHECK(show.message("trainMessages").contains("'fast'"));
    CHECK(show.gateway.started.empty());
    rate->setText("2e-5");
    Q_EMIT rate->editingFinished();
    CHECK(error->isHidden());
}

TEST_CASE("what is being typed is left alone while a job makes progress, and counts at the start") {
    Show show;
    show.window->goTo(PageId::train);
    show.newRun();
    auto* rate = show.option("learningRate")->findChild<QLineEdit*>();
    rate->setText("3e-");
    auto running = show.trainingOf("r02", "running");
    show.gateway.tell(running);
    running.done = 10;
    int repaints = 0;
    QObject::connect(&show.window->studio().jobs, &ui::JobsModel::changed, [&] { ++repaints; });
    show.gateway.tell(running);
    REQUIRE(runUntil([&] { return repaints > 0; }));
    CHECK(utf8(rate->text()) == "3e-");
    rate->setText("3e-5");
    show.window->page(PageId::train)->pressPrimary();  // as by its key: the field keeps the focus
    REQUIRE(runUntil([&] { return !show.gateway.started.empty(); }));
    const auto plan = training::loadPlan(show.folder() / "runs" / "r03" / "plan.json");
    REQUIRE(plan.ok());
    CHECK(plan->learningRate == 3e-5);
}

TEST_CASE("the buttons of a running training act on it") {
    Show show;
    show.window->goTo(PageId::train);
    show.gateway.tell(show.trainingOf("r02", "running"));
    REQUIRE(runUntil([&] { return show.find<QWidget>("trainPause")->isVisible(); }));
    CHECK_FALSE(show.find<QWidget>("trainPrimary")->isVisible());
    for (const char* button : {"trainCheckpoint", "trainPreview", "trainPause", "trainStop"}) {
        INFO(button);
        CHECK(show.click(button));
    }
    const std::vector<std::pair<JobAction, std::string>> wanted = {{JobAction::checkpoint, "job-7"},
                                                                   {JobAction::preview, "job-7"},
                                                                   {JobAction::pause, "job-7"},
                                                                   {JobAction::stop, "job-7"}};
    CHECK(show.gateway.actions == wanted);
    show.gateway.tell(show.trainingOf("r02", "paused"));
    CHECK(show.label("trainPrimary") == "Resume training");
    CHECK(show.click("trainPrimary"));
    CHECK(show.gateway.actions.back().first == JobAction::resume);
}

TEST_CASE("curves are drawn, on both scales, whole and in part") {
    Show show;
    show.window->goTo(PageId::train);
    auto* curves = show.find<ui::LossCurves>("lossCurves");
    REQUIRE(runUntil([&] { return curves->pointsShown() > 500; }));
    CHECK(curves->isLog());
    QTest::keyClick(curves, Qt::Key_U);
    CHECK_FALSE(curves->isLog());
    const int whole = curves->pointsShown();
    curves->toggleLastTenth();
    CHECK(runUntil([&] { return curves->pointsShown() < whole / 2; }));
    // A run that grows goes on being drawn.
    curves->toggleLastTenth();
    REQUIRE(runUntil([&] { return curves->pointsShown() >= whole; }));
    auto& run = show.window->studio().run;
    appendHistory(show.folder() / "runs" / "r02", 12410, 12500, 10);
    CHECK(runUntil([&] { return run.last() && run.last()->step == 12500; }));
}

TEST_CASE("curves are of terms and of the learning rate") {
    Show show;
    show.window->goTo(PageId::train);
    auto* curves = show.find<ui::LossCurves>("lossCurves");
    auto* choice = show.find<QComboBox>("curveChoice");
    const auto drawnBecomes = [&](const QStringList& names) {
        return runUntil([&] { return curves->drawn() == names; });
    };
    CHECK(drawnBecomes({"destination", "source", "validation"}));
    choice->setCurrentIndex(choice->findText("Source, by term"));
    CHECK(drawnBecomes({"dssim", "mse"}));
    choice->setCurrentIndex(choice->findText("Learning rate"));
    CHECK(drawnBecomes({"learning rate"}));
    choice->setCurrentIndex(choice->findText("Total"));
    CHECK(drawnBecomes({"total", "validation"}));
}

TEST_CASE("training starts from what was chosen") {
    Show show;
    show.window->goTo(PageId::train);
    auto* form = show.find<ui::TrainingForm>("trainingForm");
    Q_EMIT form->runChosen({});
    auto* base = show.find<QComboBox>("trainBase");
    const auto choose = [&](const QString& text) {
        const int at = base->findText(text, Qt::MatchStartsWith);
        REQUIRE(at >= 0);
        base->setCurrentIndex(at);
        Q_EMIT base->activated(at);
        return form->plan().value().base;
    };
    CHECK(form->plan().value().base.empty());
    CHECK(choose("Run r01") == "r01");
    CHECK(choose("quick") == "quick");
    show.dialogs.folder = "/bases/faces";
    CHECK(choose("Folder") == "/bases/faces");
    CHECK(base->currentText() == "/bases/faces");
    show.dialogs.folder.clear();  // thought better of it
    CHECK(choose("Folder") == "/bases/faces");
    CHECK(choose("Nothing").empty());
}

TEST_CASE("what a training has cost stands beside it where it is known") {
    Show show;
    show.window->goTo(PageId::train);
    training::JobInfo info = show.trainingOf("r02", "running");
    show.gateway.tell(info);
    CHECK_FALSE(show.find<QLabel>("runCost")->isVisibleTo(show.window.get()));
    info.gpuHours = 3.5;
    info.cost = 8.05;
    info.energyKwh = 1.25;
    show.gateway.tell(info);
    CHECK(runUntil([&] { return show.find<QLabel>("runGpuTime")->text() == "3 h 30 min"; }));
    CHECK(utf8(show.find<QLabel>("runCost")->text()) == "8.05 USD");
    CHECK(show.find<QLabel>("runEnergy")->text() == "1.25 kWh");
    CHECK(show.find<QLabel>("runCost")->isVisibleTo(show.window.get()));
    REQUIRE(media::Project::open(show.folder())->putSetting("train.currency", "EUR").ok());
    show.window->studio().session.refresh();
    CHECK(runUntil([&] { return utf8(show.find<QLabel>("runCost")->text()) == "8.05 EUR"; }));
}

TEST_CASE("the preview board follows the newest until somebody looks back") {
    Show show;
    show.window->goTo(PageId::train);
    auto* board = show.find<ui::PreviewBoard>("previewBoard");
    REQUIRE(runUntil([&] { return board->shownStep() == 12000; }));
    CHECK(board->following());
    board->step(-1);
    REQUIRE(runUntil([&] { return board->shownStep() == 11000; }));
    CHECK_FALSE(board->following());
    board->showStep(3400);
    REQUIRE(runUntil([&] { return board->shownStep() == 3000; }));
    show.find<QAbstractButton>("previewNewest")->click();
    CHECK(runUntil([&] { return board->shownStep() == 12000 && board->following(); }));
}

TEST_CASE("a swap is asked for as the form says, and never onto another one by itself") {
    Show show;
    show.window->goTo(PageId::deliver);
    auto* out = show.find<ui::ElidedLabel>("deliverFirst");
    REQUIRE(utf8(out->fullText()) == "bird_r02_v001.mp4");
    auto* format = show.find<QComboBox>("deliverFormat");
    format->setCurrentIndex(format->findData("exr"));
    Q_EMIT format->activated(format->currentIndex());
    REQUIRE(utf8(out->fullText()) == "bird_r02_v001.1001.exr");
    auto* frames = show.find<QLineEdit>("deliverFrames");
    frames->setText("1001-1010");
    Q_EMIT frames->textEdited(frames->text());
    CHECK(utf8(show.find<ui::ElidedLabel>("deliverLast")->fullText()) == "bird_r02_v001.1010.exr");
    REQUIRE(show.click("deliverPrimary"));
    REQUIRE(runUntil([&] { return show.gateway.started.size() == 1; }));
    const auto& job = show.gateway.started[0];
    CHECK(job.kind == "swap");
    CHECK(job.run == "r02");
    CHECK(job.clip == "bird");
    CHECK(show.argument(job, "--frames") == "1001-1010");
    REQUIRE(runUntil([&] { return show.window->studio().swaps.swaps().size() == 1; }));
    CHECK(show.argument(job, "--out") == utf8(show.window->studio().swaps.swaps()[0].out));
    auto info = show.gateway.jobOf(0);
    info.state = "finished";
    show.gateway.tell(info);
    CHECK(utf8(out->fullText()) == "bird_r02_v002.1001.exr");
    CHECK(show.message("deliverMessages").contains("is done"));
}

TEST_CASE("a swap that fails is told with its remedy") {
    Show show;
    show.window->goTo(PageId::deliver);
    REQUIRE(show.click("deliverPrimary"));
    REQUIRE(runUntil([&] { return show.gateway.started.size() == 1; }));
    auto info = show.gateway.jobOf(0);
    info.state = "failed";
    info.error = training::JobError{73, "the disk is full", "", "Free 5 GB and render again"};
    show.gateway.tell(info);
    CHECK(runUntil(
        [&] { return show.message("deliverMessages").contains("Free 5 GB and render again"); }));
    CHECK(show.label("deliverPrimary") == "Render bird");
}

TEST_CASE("a finished run offers its swap") {
    Show show;
    show.window->goTo(PageId::train);
    auto* runs = show.find<QComboBox>("runChoice");
    const int shown = runs->findData("r01");
    runs->setCurrentIndex(shown);
    Q_EMIT runs->activated(shown);
    REQUIRE(runUntil([&] { return show.label("trainPrimary").startsWith("Make swap"); }));
    REQUIRE(show.click("trainPrimary"));
    CHECK(show.window->currentPage() == static_cast<int>(PageId::deliver));
    CHECK(utf8(show.find<QComboBox>("deliverSource")->currentData().toString()) == "r:r01");
}

TEST_CASE("who looks elsewhere is told what ended, who looks at the window is not") {
    Show show;
    const auto end = [&](const char* state) {
        training::JobInfo info = show.trainingOf("r02", "running");
        show.gateway.tell(info);
        info.state = state;
        info.error = training::JobError{74, "the disk is full", "", "Free some of it"};
        show.gateway.tell(info);
    };
    show.window->activateWindow();
    REQUIRE(runUntil([&] { return show.window->isActiveWindow(); }));
    end("finished");
    CHECK(show.dialogs.notified.isEmpty());
    QWidget other;
    other.show();
    other.activateWindow();
    REQUIRE(runUntil([&] { return !show.window->isActiveWindow(); }));
    end("failed");
    REQUIRE(show.dialogs.notified.size() == 1);
    CHECK(show.dialogs.notified.front().contains("failed | "));
    CHECK(show.dialogs.notified.front().contains("disk is full"));
    end("cancelled");
    CHECK(show.dialogs.notified.size() == 1);
}

TEST_CASE("pictures of faces that are gone are told on Faces, and made again from there") {
    Show show;
    show.window->goTo(PageId::faces);
    CHECK(show.message("facesMessages").isEmpty());
    for (const auto& entry : std::filesystem::directory_iterator(show.folder() / "facesets")) {
        if (entry.path().filename().string().starts_with("help.")) {
            std::filesystem::remove(entry.path());
        }
    }
    show.window->studio().faces.reload();
    REQUIRE(
        runUntil([&] { return show.message("facesMessages").contains("of help are missing"); }));
    auto* rebuild = show.find<QWidget>("facesMessages")->findChild<QPushButton*>("messageAction");
    QTest::mouseClick(rebuild, Qt::LeftButton);
    REQUIRE(runUntil([&] { return show.gateway.started.size() == 1; }));
    CHECK(show.gateway.started[0].kind == "extract");
    CHECK(show.gateway.started[0].clip == "help");
    CHECK(show.message("facesMessages").isEmpty());
}
