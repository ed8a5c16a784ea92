// SPDX-License-Identifier: GPL-3.0-or-later
// The devices on the Train page: what the service tells of them, ticking them for a training,
// keeping one for the viewport, and one that vanishes.
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QToolButton>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "tests/support/scoped_variable.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/meter_bar.h"
#include "ui/workspaces/train_page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;

namespace {

constexpr int64_t kGigabyte = 1'000'000'000;

training::GpuLoad loadOf(int index, double load) {
    training::GpuLoad made;
    made.id = "GPU-" + std::to_string(index);
    made.index = index;
    made.memoryTotal = 80 * kGigabyte;
    made.memoryUsed = (31 + index) * kGigabyte;
    made.load = load;
    made.celsius = 62;
    made.watts = 412;
    made.wattLimit = 700;
    return made;
}

training::TelemetrySampled sample(const std::vector<training::GpuLoad>& gpus) {
    training::TelemetrySampled made;
    made.time = 1;
    made.gpus = gpus;
    made.cpu = 0.25;
    made.memoryTotal = 128 * kGigabyte;
    made.memoryAvailable = 96 * kGigabyte;
    return made;
}

training::DevicesListed machine(int gpus) {
    training::DevicesListed list;
    std::vector<training::GpuLoad> loads;
    for (int i = 0; i < gpus; ++i) {
        training::DeviceInfo gpu;
        gpu.id = "GPU-" + std::to_string(i);
        gpu.index = i;
        gpu.name = "NVIDIA H200";
        gpu.memoryTotal = 80 * kGigabyte;
        list.devices.push_back(gpu);
        loads.push_back(loadOf(i, 0.9));
    }
    training::DeviceInfo cpu;
    cpu.id = "cpu";
    cpu.name = "CPU, 16 cores";
    list.devices.push_back(cpu);
    list.telemetry = sample(loads);
    return list;
}

struct Machine : ShowFixture {
    explicit Machine(int gpus) {
        gateway.devices = machine(gpus);
        window->goTo(PageId::train);
        auto* runs = find<QComboBox>("runChoice");
        runs->setCurrentIndex(0);
        Q_EMIT runs->activated(0);
        REQUIRE(runUntil([this] { return words("load.cpu") == "25 %"; }));
    }
    QString words(const char* meter) const {
        auto* bar = find<ui::MeterBar>(meter);
        return bar == nullptr || !bar->isVisible() ? QString() : bar->words();
    }
    QString label(const char* name) const {
        auto* found = find<QLabel>(name);
        return found != nullptr && found->isVisible() ? found->text() : QString();
    }
    void tick(const char* name) const { find<QCheckBox>(name)->click(); }
    void lookAt(const char* run) const {
        auto* runs = find<QComboBox>("runChoice");
        runs->setCurrentIndex(runs->findData(run));
        Q_EMIT runs->activated(runs->currentIndex());
        REQUIRE(runUntil([&] {
            return window->studio().run.plan().has_value() == (*run != 0) &&
                   find<QCheckBox>("deviceAutomatic")->isEnabled();
        }));
    }
    bool ticked(const char* name) const { return find<QCheckBox>(name)->isChecked(); }
    QUndoStack& undo() const { return window->studio().undo; }
    std::string planned() const {
        auto* page = static_cast<ui::TrainPage*>(window->page(PageId::train));
        const auto plan = page->form()->plan();
        return plan.ok() ? plan->devices : describe(plan.error());
    }
};

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("devices show how full and how busy they are, as it changes") {
    const TempFolder config;
    const ScopedVariable own("XDG_CONFIG_HOME", config.path().string());
    Machine show(2);
    CHECK(show.gateway.watched);
    CHECK(show.find<QCheckBox>("device.cuda:1")->text().contains("NVIDIA H200"));
    CHECK(show.words("memory.cuda:0") == "31.0 of 80.0 GB");
    CHECK(show.words("load.cuda:0") == "90 %");
    CHECK(show.words("memory.cpu") == "32.0 of 128 GB");
    CHECK(show.label("words.cuda:0").contains("62 °C"));
    CHECK(show.label("words.cuda:0").contains("412 of 700 W"));
    training::GpuLoad hot = loadOf(0, 0.5);
    hot.throttling = {"heat"};
    Q_EMIT show.gateway.received(sample({hot, loadOf(1, 0.1)}));
    CHECK(show.words("load.cuda:0") == "50 %");
    CHECK(show.words("load.cuda:1") == "10 %");
    CHECK(show.label("words.cuda:0").contains("slowed by heat"));
    CHECK(runUntil([&] { return show.words("deviceDisk").contains("free"); }));
    show.window->goTo(PageId::ingest);
    CHECK_FALSE(show.gateway.watched);
}

TEST_CASE("a machine without a GPU shows its CPU, memory and disk") {
    Machine show(0);
    CHECK(show.find<QCheckBox>("device.cpu")->text() == "CPU, 16 cores");
    CHECK(show.words("memory.cpu") == "32.0 of 128 GB");
    CHECK(show.find<QWidget>("device.cuda:0") == nullptr);
    CHECK(show.planned() == "auto");
    show.tick("deviceAutomatic");
    CHECK(show.planned() == "cpu");
}

TEST_CASE("devices are ticked for a new training: GPUs together, the CPU alone") {
    Machine show(2);
    CHECK(show.planned() == "auto");
    show.tick("deviceAutomatic");
    CHECK(show.planned() == "cuda:0");
    show.tick("device.cuda:1");
    CHECK(show.planned() == "cuda:0,cuda:1");
    show.tick("device.cpu");
    CHECK(show.planned() == "cpu");
    show.tick("device.cuda:1");
    CHECK(show.planned() == "cuda:1");
    show.tick("deviceAutomatic");
    CHECK(show.planned() == "auto");
}

TEST_CASE("who uses a device is said by name") {
    Machine show(1);
    training::JobInfo train;
    train.job = "job-7";
    train.kind = "train";
    train.run = "r02";
    train.title = "Train r02";
    train.project = show.folder().string();
    train.state = "running";
    show.gateway.devices.devices[0].jobs = {"job-7", "job-9"};
    show.gateway.tell(train);  // who asks who uses what, asks again
    CHECK(runUntil([&] { return show.label("words.cuda:0").contains("used by Train r02"); }));
    CHECK(show.label("words.cuda:0").contains("another project's job-9"));
}

TEST_CASE("a GPU that vanished is said in words, and comes back") {
    Machine show(2);
    Q_EMIT show.gateway.received(sample({loadOf(0, 0.9)}));
    CHECK(show.label("words.cuda:1").startsWith("GPU 1 no longer answers."));
    CHECK(show.words("load.cuda:1").isEmpty());
    // Listed anew without it, it is still told of.
    show.gateway.devices = machine(1);
    const int asked = show.gateway.devicesAsked;
    Q_EMIT show.gateway.stateChanged();
    REQUIRE(runUntil([&] { return show.gateway.devicesAsked > asked; }));
    QCoreApplication::processEvents();
    CHECK(show.label("words.cuda:1").startsWith("GPU 1 no longer answers."));
    Q_EMIT show.gateway.received(sample({loadOf(0, 0.9), loadOf(1, 0.2)}));
    CHECK(show.words("load.cuda:1") == "20 %");
    CHECK_FALSE(show.label("words.cuda:1").contains("answers"));
}

TEST_CASE("a GPU is kept for the viewport in the user's own settings, and given free") {
    const TempFolder config;
    const ScopedVariable own("XDG_CONFIG_HOME", config.path().string());
    const auto file = config / "understudy" / "site.json";
    Machine show(2);
    auto* keep = show.find<QToolButton>("keep.cuda:1");
    const int asked = show.gateway.devicesAsked;
    show.gateway.devices.devices[1].reserved = true;  // as the service sees it from then on
    keep->click();
    REQUIRE(runUntil([&] { return show.gateway.devicesAsked > asked; }));
    CHECK(contentOf(file).find("\"devices.reserved\": \"GPU-1\"") != std::string::npos);
    CHECK(runUntil([&] { return keep->text() == "kept for viewport" && keep->isChecked(); }));
    show.gateway.devices.devices[1].reserved = false;
    keep->click();
    CHECK(runUntil([&] { return keep->text() == "keep for viewport" && !keep->isChecked(); }));
    CHECK(contentOf(file).find("GPU-1") == std::string::npos);
}

TEST_CASE("the devices of a run at work are shown beside its numbers") {
    Machine show(2);
    auto* runs = show.find<QComboBox>("runChoice");
    runs->setCurrentIndex(runs->findText("r02", Qt::MatchStartsWith));
    Q_EMIT runs->activated(runs->currentIndex());
    training::JobInfo train;
    train.job = "job-7";
    train.kind = "train";
    train.run = "r02";
    train.title = "Train r02";
    train.project = show.folder().string();
    train.state = "running";
    train.devices = {"GPU-1"};
    show.gateway.tell(train);
    CHECK(runUntil([&] { return show.words("runDevice.GPU-1") == "90 %  32.0 GB"; }));
    CHECK(show.find<QWidget>("runDevice.GPU-0") == nullptr);
    train.state = "paused";
    train.devices = {};
    show.gateway.tell(train);
    CHECK(runUntil([&] { return show.find<QWidget>("runDevice.GPU-1") == nullptr; }));
}

TEST_CASE("devices chosen for a run at rest are undone, one command for each choice") {
    Machine show(2);
    show.lookAt("r02");
    REQUIRE(show.ticked("deviceAutomatic"));
    show.tick("deviceAutomatic");
    CHECK(ui::utf8(show.undo().undoText()) == "Devices of r02: cuda:0");
    show.tick("device.cuda:1");
    CHECK(ui::utf8(show.undo().undoText()) == "Devices of r02: cuda:0, cuda:1");
    REQUIRE(show.undo().count() == 2);
    show.undo().undo();
    CHECK(show.ticked("device.cuda:0"));
    CHECK_FALSE(show.ticked("device.cuda:1"));
    show.undo().undo();
    CHECK(show.ticked("deviceAutomatic"));
    show.undo().redo();
    show.undo().redo();
    CHECK(show.ticked("device.cuda:1"));
    show.tick("deviceAutomatic");
    CHECK(ui::utf8(show.undo().undoText()) == "Devices of r02 chosen automatically");

    // The choice is kept while something else is looked at, and what comes back is shown.
    show.lookAt("");
    CHECK(show.planned() == "auto");
    show.undo().undo();
    CHECK(show.window->studio().run.name() == "r02");
    REQUIRE(runUntil([&] { return show.ticked("device.cuda:1"); }));
    CHECK_FALSE(show.ticked("deviceAutomatic"));
    show.lookAt("");
    show.lookAt("r02");
    CHECK(show.ticked("device.cuda:1"));
}

TEST_CASE("a run that goes on has taken its devices, which cannot be undone any more") {
    Machine show(2);
    show.lookAt("r02");
    show.tick("deviceAutomatic");
    show.tick("device.cuda:1");
    show.undo().undo();
    REQUIRE(show.undo().count() == 2);
    training::JobInfo train;
    train.job = "job-7";
    train.kind = "train";
    train.run = "r02";
    train.project = show.folder().string();
    train.state = "running";
    show.gateway.tell(train);
    CHECK(runUntil([&] { return show.undo().count() == 0; }));
    CHECK_FALSE(show.find<QAction>("undo")->isEnabled());
    CHECK_FALSE(show.find<QAction>("redo")->isEnabled());
    train.state = "cancelled";
    show.gateway.tell(train);
    REQUIRE(runUntil([&] { return show.find<QCheckBox>("deviceAutomatic")->isEnabled(); }));
    CHECK(show.ticked("deviceAutomatic"));  // as its plan says
    show.tick("deviceAutomatic");
    CHECK(show.undo().count() == 1);
}

TEST_CASE("keeping a GPU for the viewport is undone in the user's settings") {
    const TempFolder config;
    const ScopedVariable own("XDG_CONFIG_HOME", config.path().string());
    const auto kept = [&] {
        return contentOf(config / "understudy" / "site.json").find("GPU-1") != std::string::npos;
    };
    Machine show(2);
    show.find<QToolButton>("keep.cuda:1")->click();
    REQUIRE(runUntil([&] { return show.undo().count() == 1; }));
    CHECK(ui::utf8(show.undo().undoText()) == "Keep GPU 1 for the viewport");
    CHECK(kept());
    show.undo().undo();
    CHECK(runUntil([&] { return !kept(); }));
    show.undo().redo();
    CHECK(runUntil(kept));
    CHECK(show.undo().count() == 1);
}
