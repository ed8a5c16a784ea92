// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the window in its states, for people to judge: ui_screenshots FOLDER [PROJECT]. With
// a project of one's own, pictures of that one.
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDoubleSpinBox>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QTreeWidget>
#include <QtTest/QTest>
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "tests/ui/studio_fixture.h"
#include "training/plan/changes.h"
#include "training/plan/run_folder.h"
#include "ui/models/formatting.h"
#include "ui/panels/deliver_form.h"
#include "ui/panels/demo_guide.h"
#include "ui/panels/log_panel.h"
#include "ui/panels/loss_curves.h"
#include "ui/window/relink_dialog.h"
#include "ui/workspaces/faces_page.h"
#include "ui/workspaces/page_docks.h"
#include "ui/workspaces/review_page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;

namespace {

QString folder;

void settle(int milliseconds) {
    runUntil([] { return false; }, milliseconds);
}

void shoot(StudioFixture& fixture, const char* name) {
    settle(400);
    const QString file = folder + '/' + QString::fromLatin1(name) + QStringLiteral(".png");
    fixture.window->grab().save(file);
    std::printf("%s\n", file.toUtf8().constData());
}

training::JobInfo job(const QString& project, const char* kind, const char* title,
                      const char* state) {
    training::JobInfo info;
    info.kind = kind;
    info.title = title;
    info.project = ui::utf8(project);
    info.state = state;
    info.started = 1.77e9;
    return info;
}

void shootPages(StudioFixture& fixture, const char* state) {
    static const char* const kNames[] = {"ingest", "faces", "train", "review", "deliver"};
    for (int page = 0; page < ui::kPageCount; ++page) {
        fixture.window->goTo(static_cast<PageId>(page));
        if (page == 1 && fixture.window->studio().faces.rows() > 0) {
            settle(300);
            fixture.window->studio().faces.selectRows(3, 3, false);
            fixture.window->studio().faces.setCurrent(3);
        }
        shoot(fixture, (std::string(kNames[page]) + "-" + state).c_str());
    }
}

// The ways to compare, a note being drawn on, and the picture alone.
void shootReview(StudioFixture& fixture) {
    fixture.window->goTo(PageId::review);
    auto* page = static_cast<ui::ReviewPage*>(fixture.window->page(PageId::review));
    page->player()->transport()->seek(1004);
    page->notes()->stepNote(1);
    page->notes()->setTool(ui::DrawTool::arrow);
    shoot(fixture, "review-note");
    page->notes()->setTool(ui::DrawTool::none);
    static const std::pair<ui::CompareMode, const char*> kModes[] = {
        {ui::CompareMode::difference, "review-difference"},
        {ui::CompareMode::side, "review-side"},
        {ui::CompareMode::overlay, "review-overlay"}};
    auto* mode = fixture.find<QComboBox>("compareMode");
    for (const auto& [which, name] : kModes) {
        mode->setCurrentIndex(static_cast<int>(which));
        Q_EMIT mode->activated(static_cast<int>(which));
        page->player()->look()->setLook({which == ui::CompareMode::side ? 1.5 : 0, 1, {}});
        page->player()->transport()->setIn(1004);
        page->player()->transport()->setOut(1030);
        shoot(fixture, name);
    }
    page->player()->look()->makeNeutral();
    page->player()->transport()->clearPart();
    mode->setCurrentIndex(static_cast<int>(ui::CompareMode::wipe));
    Q_EMIT mode->activated(static_cast<int>(ui::CompareMode::wipe));
    fixture.find<QToolButton>("present")->click();
    fixture.window->resize(1920, 1080);
    shoot(fixture, "review-present");
    QTest::keyClick(fixture.window.get(), Qt::Key_Escape);
    fixture.window->resize(1920, 1080);
}

ui::DeliverForm* deliverForm(const StudioFixture& fixture) {
    return fixture.find<ui::DeliverForm>("deliverForm");
}

void choose(const StudioFixture& fixture, const char* name, const QVariant& data) {
    auto* combo = fixture.find<QComboBox>(name);
    combo->setCurrentIndex(combo->findData(data));
    Q_EMIT combo->activated(combo->currentIndex());
}

// A version in another form with its live preview, a new look, and a name that cannot be.
void shootDeliver(StudioFixture& fixture) {
    drawnPlate(3, 200).save(ui::text((fixture.temp / "made.png").string()));
    writeRenderer(fixture.temp / "bin", fixture.temp / "made.png");
    const QByteArray before = qgetenv("UNDERSTUDY_BIN");
    qputenv("UNDERSTUDY_BIN", QByteArray::fromStdString((fixture.temp / "bin").string()));
    fixture.window->goTo(PageId::deliver);
    for (const auto& version : fixture.window->studio().versions.versions()) {
        deliverForm(fixture)->chooseVersion(version.id);
    }
    choose(fixture, "deliverFormat", "png");
    fixture.find<QCheckBox>("deliverLive")->setChecked(true);
    runUntil([&] { return fixture.find<QLabel>("previewState")->text().startsWith("rendered"); });
    shoot(fixture, "deliver-version");
    fixture.find<QDoubleSpinBox>("lookBlur")->setValue(0.2);
    for (auto* fold : deliverForm(fixture)->findChildren<ui::FoldSection*>()) {
        fold->setOpen(true);
    }
    shoot(fixture, "deliver-new-look");
    fixture.find<QPushButton>("deliverAsItWas")->click();
    auto* name = fixture.find<QLineEdit>("deliverName");
    const QString kept = name->text();
    name->setText("{clip}_{verson}.{frame}");
    Q_EMIT name->textEdited(name->text());
    shoot(fixture, "deliver-name-fault");
    name->setText(kept);
    Q_EMIT name->textEdited(kept);
    fixture.find<QCheckBox>("deliverLive")->setChecked(false);
    before.isEmpty() ? qunsetenv("UNDERSTUDY_BIN") : qputenv("UNDERSTUDY_BIN", before);
}

// An action of the window by its text, whatever has the keyboard.
void trigger(StudioFixture& fixture, const char* name) {
    for (QAction* action : fixture.window->actions()) {
        if (action->text() == QString::fromLatin1(name)) {
            action->trigger();
        }
    }
}

// A panel elsewhere, the log, moved files.
void shootFrame(StudioFixture& fixture) {
    fixture.window->goTo(PageId::review);
    auto* docks = fixture.find<ui::PageDocks>("reviewDocks");
    docks->addDockWidget(Qt::BottomDockWidgetArea, docks->docks()[0]);
    shoot(fixture, "review-docks");
    fixture.window->page(PageId::review)->resetLayout();
    const std::filesystem::path project(ui::utf8(fixture.projectFolder()));
    std::ofstream(project / "runs/r02/trainer-0.log")
        << "12:00:00 info understudy-trainer: run r02 begins at step 0\n"
           "12:00:04 info understudy-trainer: 2,310 and 2,291 faces on the device\n"
           "12:41:09 warning understudy-trainer: data wait 31 %: faces are read from disk\n"
           "13:02:51 error understudy-trainer: the loss is no number at step 8,210\n"
           "13:02:52 info understudy-trainer: back to step 8,000 and on\n";
    trigger(fixture, "Log");
    fixture.find<ui::LogPanel>("logPanel")->showJob("job-3");
    shoot(fixture, "log");
    trigger(fixture, "Log");
    auto* dialog = new ui::RelinkDialog(fixture.window->studio(), {}, fixture.window.get());
    dialog->open();
    dialog->search(ui::text(fixture.temp.path().string()));
    runUntil([&] {
        return std::any_of(dialog->found().begin(), dialog->found().end(), [](const auto& plate) {
            return plate.state != ui::FoundPlate::State::notFound;
        });
    });
    settle(200);
    dialog->grab().save(folder + "/relink.png");
    dialog->close();
}

training::GpuLoad gpuLoad(int index, double load) {
    training::GpuLoad made;
    made.id = "GPU-" + std::to_string(index);
    made.index = index;
    made.memoryTotal = 141'000'000'000;
    made.memoryUsed = 31'400'000'000 * (index == 0 ? 3 : 1);
    made.load = load;
    made.celsius = 58 + 9 * index;
    made.watts = 210 + 150 * index;
    made.wattLimit = 700;
    return made;
}

// Three GPUs: one trains, one is free, one is kept for the viewport and hot.
training::DevicesListed workstation() {
    training::DevicesListed list;
    for (int i = 0; i < 3; ++i) {
        training::DeviceInfo gpu;
        gpu.id = "GPU-" + std::to_string(i);
        gpu.index = i;
        gpu.name = "NVIDIA H200";
        gpu.memoryTotal = 141'000'000'000;
        gpu.reserved = i == 2;
        gpu.jobs = i == 0 ? std::vector<std::string>{"job-3"} : std::vector<std::string>{};
        list.devices.push_back(gpu);
        list.telemetry.gpus.push_back(gpuLoad(i, i == 0 ? 0.97 : 0.02));
    }
    list.telemetry.gpus[2].throttling = {"heat"};
    training::DeviceInfo cpu;
    cpu.id = "cpu";
    cpu.name = "CPU, 64 cores";
    list.devices.push_back(cpu);
    list.telemetry.cpu = 0.31;
    list.telemetry.memoryTotal = 512'000'000'000;
    list.telemetry.memoryAvailable = 401'000'000'000;
    return list;
}

void newRun(StudioFixture& fixture) {
    auto* runs = fixture.find<QComboBox>("runChoice");
    runs->setCurrentIndex(0);
    Q_EMIT runs->activated(0);
}

// A new training: its devices, one of which vanishes, and what it would take.
void shootDevices(StudioFixture& fixture) {
    fixture.window->goTo(PageId::train);
    newRun(fixture);
    settle(4000);  // for the trainer's estimate, where UNDERSTUDY_BIN has a trainer
    shoot(fixture, "train-new-cpu");
    fixture.gateway.devices = workstation();
    Q_EMIT fixture.gateway.stateChanged();
    shoot(fixture, "train-devices");
    fixture.find<QCheckBox>("deviceAutomatic")->click();
    fixture.find<QCheckBox>("device.cuda:1")->click();
    auto gone = workstation().telemetry;
    gone.gpus.erase(gone.gpus.begin() + 1);
    Q_EMIT fixture.gateway.received(gone);
    shoot(fixture, "train-gpu-gone");
    fixture.find<QCheckBox>("deviceAutomatic")->click();
    fixture.gateway.devices.devices.clear();
}

// What may be changed while a run is at work, as it is typed, refused and marked in the curves.
void shootLive(StudioFixture& fixture, const QString& project) {
    const training::RunFolder run{std::filesystem::path(ui::utf8(project)) / "runs" / "r02"};
    const std::vector<training::PlanChange> changes = {
        {5000, "learningRate", "3e-05", "calmer"},
        {8000, "augment.warp", "0", "likeness is there"},
        {8000, "lrDropout", "0.3", "likeness is there"}};
    if (!training::appendChanges(run.changes(), changes).ok()) {
        std::abort();
    }
    fixture.window->goTo(PageId::train);
    settle(600);
    const auto type = [&](const char* field, const char* letters) {
        auto* line = fixture.find<QWidget>(field)->findChild<QLineEdit*>();
        line->selectAll();
        QTest::keyClicks(line, letters);
    };
    type("live.gan.power", "0.1");
    type("live.learningRate", "fast");
    shoot(fixture, "train-live-typed");
    type("live.learningRate", "2e-5");
    fixture.find<QPushButton>("liveApply")->click();
    Q_EMIT fixture.gateway.received(training::SettingsChanged{
        "job-3", {"gan.power=0.1", "learningRate=2e-05"}, 12400, std::nullopt});
    shoot(fixture, "train-live-answer");
    fixture.find<QPushButton>("liveDiscard")->click();
}

void shootConsent(StudioFixture& fixture, const QString& project) {
    fixture.window->goTo(PageId::ingest);
    fixture.find<QToolButton>("sourceConsent")->click();
    auto* dialog = fixture.find<QDialog>("consentDialog");
    settle(200);
    dialog->grab().save(folder + "/consent-new.png");
    dialog->close();
    {
        auto document = media::Project::open(ui::utf8(project));
        media::ConsentRecord consent;
        consent.performer = "Anna";
        consent.replicaType = "face replacement";
        consent.use = "face onto the stunt double in shots 010 to 040";
        consent.scope = "training, swap, delivery";
        consent.production = "Heist";
        consent.signedOn = "2026-03-01";
        consent.expires = "2099-03-01";
        consent.document = "/shows/heist/legal/consent_anna_2026-03-01.pdf";
        consent.approver = "Zoë Brandt";
        bool written = document->putConsent(consent, "Zoë Brandt").ok();
        consent.performer = "Ben";
        consent.signedOn = "2024-03-01";
        consent.expires = "2025-03-01";
        written = written && document->putConsent(consent, "Zoë Brandt").ok();
        if (!written) {
            std::abort();
        }
    }
    settle(1500);
    shoot(fixture, "ingest-consent");
    fixture.find<QToolButton>("destinationConsent")->click();
    settle(200);
    dialog = fixture.window->findChildren<QDialog*>("consentDialog").last();
    dialog->grab().save(folder + "/consent-expired.png");
    dialog->close();
}

void shootOwn(const QString& project) {
    StudioFixture fixture;
    fixture.openAndWait(project);
    shootPages(fixture, "own");
}

// How keys are found and changed.
void shootKeys(StudioFixture& fixture) {
    QTest::keyClick(fixture.window.get(), Qt::Key_K, Qt::ControlModifier);
    QTest::keyClicks(fixture.find<QLineEdit>("finderSearch"), "ck");
    shoot(fixture, "keys-finder");
    QTest::keyClick(fixture.find<QLineEdit>("finderSearch"), Qt::Key_Escape);
    QTest::keyClick(fixture.window.get(), Qt::Key_K, Qt::ControlModifier | Qt::AltModifier);
    auto* table = fixture.find<QDialog>("shortcutTable");
    auto* rows = fixture.find<QTreeWidget>("shortcutList");
    rows->setCurrentItem(rows->topLevelItem(5));
    fixture.find<QKeySequenceEdit>("shortcutKey")->setKeySequence(QKeySequence("Ctrl+J"));
    QApplication::processEvents();
    table->grab().save(folder + "/keys-table.png");
    table->close();
}

}  // namespace

int main(int argc, char** argv) {
    ensureApplication();
    folder = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QDir::currentPath();
    QDir().mkpath(folder);
    if (argc > 2) {
        shootOwn(QDir(QString::fromLocal8Bit(argv[2])).absolutePath());
        return 0;
    }
    StudioFixture fixture;
    shoot(fixture, "start-empty");
    const QString full = fixture.projectFolder();
    makeShow(ui::utf8(full), fixture.temp / "plates");
    {
        auto project = media::Project::open(ui::utf8(full));
        addVersions(*project, 48);
    }

    fixture.window->createProject(fixture.projectFolder("new_show"));
    runUntil([&] { return fixture.window->studio().session.isOpen(); });
    shootPages(fixture, "empty");

    fixture.openAndWait(full);
    shootPages(fixture, "full");
    shootKeys(fixture);
    fixture.window->findChild<ui::DemoGuide*>()->begin();
    shoot(fixture, "demo-step");
    fixture.find<QPushButton>("demoSkip")->click();
    shootReview(fixture);
    shootDeliver(fixture);
    shootConsent(fixture, full);
    shootDevices(fixture);

    auto train = job(full, "train", "Train r02", "running");
    train.job = "job-3";
    train.run = "r02";
    train.done = 12400;
    train.total = 60000;
    train.unit = "steps";
    train.rate = 14.2;
    train.secondsLeftLow = 3300;
    train.secondsLeftHigh = 4200;
    fixture.gateway.tell(train);
    auto search = job(full, "extract", "Find faces in bird", "queued");
    search.job = "job-4";
    search.clip = "bird";
    fixture.gateway.tell(search);
    auto third = job(full, "swap", "Swap bird with r02", "queued");
    third.job = "job-5";
    third.clip = "bird";
    third.run = "r02";
    third.after = {"job-3"};
    third.place = 2;
    fixture.gateway.tell(third);
    auto held = job(full, "deliver", "Deliver bird v002", "paused");
    held.job = "job-6";
    held.clip = "bird";
    held.priority = 10;
    fixture.gateway.tell(held);
    auto failed = job(full, "swap", "Swap bird with r01", "failed");
    failed.job = "job-2";
    failed.clip = "bird";
    failed.run = "r01";
    failed.error =
        training::JobError{73, "the disk is full after 88 of 312 files", "bird_r01_v001.0088.exr",
                           "Free 5.3 GB and render again; finished files are kept."};
    fixture.gateway.tell(failed);
    fixture.window->findChild<QWidget*>("jobDrawerButton")->setProperty("checked", true);
    fixture.find<QComboBox>("runChoice")->setCurrentIndex(1);
    Q_EMIT fixture.find<QComboBox>("runChoice")->activated(1);
    shootLive(fixture, full);
    shootPages(fixture, "working");
    shootFrame(fixture);
    fixture.window->resize(1280, 720);
    shootPages(fixture, "small");
    fixture.window->resize(1920, 1080);

    fixture.gateway.setState(ui::JobGateway::State::lost);
    fixture.window->studio().session.close();
    fixture.window->openProject(fixture.projectFolder("gone"));
    shoot(fixture, "start-error");
    return 0;
}
