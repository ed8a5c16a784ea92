// SPDX-License-Identifier: GPL-3.0-or-later
// The pages while jobs run and after they failed.
#include <QImage>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QtTest/QTest>
#include <fstream>

#include "tests/ui/scenes.h"
#include "training/plan/changes.h"
#include "training/plan/rollbacks.h"
#include "training/plan/run_folder.h"
#include "training/protocol/codec.h"
#include "ui/models/formatting.h"
#include "ui/panels/log_panel.h"
#include "ui/workspaces/review_page.h"

namespace understudy::tests {

using ui::PageId;

namespace {

training::GpuLoad gpuLoad(int index) {
    training::GpuLoad made;
    made.id = "GPU-" + std::to_string(index);
    made.index = index;
    made.memoryTotal = 141'000'000'000;
    made.memoryUsed = index == 2 ? 1'200'000'000 : 31'400'000'000;
    made.load = index == 2 ? 0.03 : 0.91 - 0.01 * index;
    made.celsius = 58 + 9 * index;
    made.watts = index == 2 ? 82 : 512 + 9 * index;
    made.wattLimit = 700;
    return made;
}

// A result as writeResults() writes it.
std::string resultOf(const QString& project, const std::string& name) {
    return ui::utf8(project) + "/deliveries/" + name + "/" + name + ".####.jpg";
}

}  // namespace

training::DevicesListed workstation() {
    training::DevicesListed list;
    for (int i = 0; i < 3; ++i) {
        training::DeviceInfo gpu;
        gpu.id = "GPU-" + std::to_string(i);
        gpu.index = i;
        gpu.name = "NVIDIA H200";
        gpu.memoryTotal = 141'000'000'000;
        gpu.reserved = i == 2;
        list.devices.push_back(gpu);
        list.telemetry.gpus.push_back(gpuLoad(i));
    }
    training::DeviceInfo cpu;
    cpu.id = "cpu";
    cpu.name = "CPU, 64 cores";
    list.devices.push_back(cpu);
    list.telemetry.cpu = 0.31;
    list.telemetry.memoryTotal = 512'000'000'000;
    list.telemetry.memoryAvailable = 401'000'000'000;
    return list;
}

training::JobInfo sceneJob(const QString& project, const char* id, const char* kind,
                           const char* title, const char* state) {
    training::JobInfo info;
    info.job = id;
    info.kind = kind;
    info.title = title;
    info.project = ui::utf8(project);
    info.state = state;
    info.started = 1.77e9;
    return info;
}

void writePrograms(const std::filesystem::path& folder, const std::filesystem::path& picture) {
    // What the window asks for is PNG.
    const auto made = folder.parent_path() / "made.png";
    if (!QImage(ui::text(picture.string())).save(ui::text(made.string()))) {
        std::abort();
    }
    writeRenderer(folder, made);
    training::JobFinished finished;
    finished.result =
        R"({"devices":["cuda:0","cuda:1"],"precision":"bf16","memory_bytes":41000000000,)"
        R"("free_bytes":109600000000,"total_bytes":141000000000,"fits":true,"settings":[],)"
        R"("it_per_s":14.2,"rate_from":"run r02"})";
    const auto program = folder / "understudy-trainer";
    std::ofstream(program) << "#!/bin/sh\ncat \"$0.answer\"\n";
    std::ofstream(folder / "understudy-trainer.answer") << training::encode(finished) << '\n';
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
}

// A delivery that is written, and the first frames of the swap that is being rendered or failed.
void Scenes::writeResults() {
    const int whole = std::min(show_.frames, 12);
    const auto write = [&](const std::string& name, int frames, const char* version) {
        const auto folder = std::filesystem::path(ui::utf8(project_)) / "deliveries" / name;
        std::filesystem::create_directories(folder);
        for (int i = 0; i < frames; ++i) {
            const std::string number = "." + std::to_string(1001 + i) + ".jpg";
            std::filesystem::copy_file(show_.folder / "versions" / ("v004" + number),
                                       folder / (name + number));
        }
        fixture_.window->studio().swaps.add({ui::text((folder / (name + ".####.jpg")).string()),
                                             "r02", RenderedShow::kShot, "2026-03-13T09:30:00Z",
                                             ui::text("1001-" + std::to_string(1000 + whole)),
                                             whole, version});
    };
    write("heist_010_bg_v003", whole, "v003");
    write("heist_010_bg_v005", whole / 2, "");
}

void Scenes::working() {
    writeResults();
    const auto clipJob = [&](const char* id, const char* kind, const char* title, const char* state,
                             const char* clip) {
        auto info = sceneJob(project_, id, kind, title, state);
        info.clip = clip;
        return info;
    };
    auto train = sceneJob(project_, "job-3", "train", "Train r02", "running");
    train.run = "r02";
    train.done = 48'200;
    train.total = 120'000;
    train.unit = "steps";
    train.rate = 14.2;
    train.secondsLeftLow = 4800;
    train.secondsLeftHigh = 5700;
    train.gpuHours = 1.9;
    train.cost = 5.7;
    train.energyKwh = 1.24;
    train.devices = {"GPU-0", "GPU-1"};
    for (size_t i = 0; i < 2; ++i) {
        fixture_.gateway.devices.devices[i].jobs = {"job-3"};
    }
    fixture_.gateway.tell(train);
    auto search =
        clipJob("job-4", "extract", "Find faces in heist_020_bg", "running", RenderedShow::kNext);
    search.done = 312;
    search.total = 1248;
    search.unit = "frames";
    search.rate = 24;
    search.secondsLeftLow = 35;
    search.secondsLeftHigh = 45;
    fixture_.gateway.tell(search);
    auto swap =
        clipJob("job-5", "swap", "Swap heist_010_bg with r02", "running", RenderedShow::kShot);
    swap.run = "r02";
    swap.out = resultOf(project_, "heist_010_bg_v005");
    swap.done = 120;
    swap.total = 312;
    swap.unit = "frames";
    swap.rate = 1.6;
    swap.secondsLeftLow = 120;
    swap.secondsLeftHigh = 150;
    fixture_.gateway.tell(swap);
    auto third =
        clipJob("job-7", "swap", "Swap heist_020_bg with r02", "queued", RenderedShow::kNext);
    third.run = "r02";
    third.after = {"job-3"};
    third.place = 2;
    fixture_.gateway.tell(third);
    auto held =
        clipJob("job-6", "deliver", "Deliver heist_010_bg v003", "paused", RenderedShow::kShot);
    held.priority = 10;
    fixture_.gateway.tell(held);
    choose("runChoice", 1);
    seePages("working");
    fixture_.window->goTo(PageId::train);
    key(Qt::Key_J, Qt::ControlModifier);
    see("jobs");
    key(Qt::Key_J, Qt::ControlModifier);
    std::ofstream(std::filesystem::path(ui::utf8(project_)) / "runs/r02/trainer-0.log")
        << "12:00:00 info understudy-trainer: run r02 begins at step 0\n"
           "12:00:04 info understudy-trainer: 1,288 and 56 faces on the device\n"
           "12:41:09 warning understudy-trainer: data wait 31 %: faces are read from disk\n"
           "13:02:51 error understudy-trainer: the loss is no number at step 8,210\n"
           "13:02:52 info understudy-trainer: back to step 8,000 and on\n";
    key(Qt::Key_L, Qt::ControlModifier);
    find<ui::LogPanel>("logPanel")->showJob("job-3");
    see("log");
    key(Qt::Key_L, Qt::ControlModifier);
}

// What may be changed while a run is at work, as it is typed, refused and marked in the curves.
void Scenes::moreOfTrain() {
    const training::RunFolder run{std::filesystem::path(ui::utf8(project_)) / "runs" / "r02"};
    const std::vector<training::PlanChange> changes = {
        {20'000, "learningRate", "3e-05", "calmer"},
        {32'000, "augment.warp", "0", "likeness is there"},
        {32'000, "lrDropout", "0.3", "likeness is there"}};
    if (!training::appendChanges(run.changes(), changes).ok()) {
        std::abort();
    }
    if (!training::appendRollback(run.rollbacks(), {48'400, 48'000, 2.5e-5, 9, "risen"}).ok()) {
        std::abort();
    }
    fixture_.window->goTo(PageId::train);
    fixture_.window->studio().run.poll();
    const auto type = [&](const char* field, const char* letters) {
        auto* line = find<QWidget>(field)->findChild<QLineEdit*>();
        line->selectAll();
        QTest::keyClicks(line, letters);
    };
    type("live.gan.power", "0.1");
    type("live.learningRate", "fast");
    see("train-live-typed");
    type("live.learningRate", "2e-5");
    find<QPushButton>("liveApply")->click();
    Q_EMIT fixture_.gateway.received(training::SettingsChanged{
        "job-3", {"gan.power=0.1", "learningRate=2e-05"}, 48'200, std::nullopt});
    see("train-live-answer");
    find<QPushButton>("liveDiscard")->click();
}

void Scenes::errors() {
    const auto fail = [&](training::JobInfo info, training::JobError error) {
        info.state = "running";
        fixture_.gateway.tell(info);
        info.state = "failed";
        info.error = std::move(error);
        fixture_.gateway.tell(info);
    };
    auto train = sceneJob(project_, "job-3", "train", "Train r02", "failed");
    train.run = "r02";
    train.devices = {"GPU-0", "GPU-1"};
    fail(train,
         {75,
          "GPU 1 failed at step 48,204: CUDA error: unspecified launch failure; saved at step "
          "48,000",
          "cuda:1",
          "Go on with the devices that are left, or look at the log; if it stays, restart "
          "the machine or update the driver"});
    auto search = sceneJob(project_, "job-4", "extract", "Find faces in heist_020_bg", "failed");
    search.clip = RenderedShow::kNext;
    fail(search, {66, "frame 1013 cannot be read", "heist_020_bg.1013.jpg",
                  "Render the frame again, then find faces once more"});
    auto swap = sceneJob(project_, "job-5", "swap", "Swap heist_010_bg with r02", "failed");
    swap.clip = RenderedShow::kShot;
    swap.run = "r02";
    swap.out = resultOf(project_, "heist_010_bg_v005");
    fail(swap, {73, "the disk is full after 88 of 312 files", "heist_010_bg_v005.1088.exr",
                "Free 5.3 GB and render again; finished files are kept"});
    auto deliver = sceneJob(project_, "job-6", "deliver", "Deliver heist_010_bg v003", "failed");
    deliver.clip = RenderedShow::kShot;
    fail(deliver, {73, "the disk is full after 88 of 312 files", "heist_010_bg_v003.1088.exr",
                   "Free 5.3 GB and deliver again; finished files are kept"});
    for (const auto& entry : std::filesystem::directory_iterator(
             std::filesystem::path(ui::utf8(project_)) / "facesets")) {
        if (entry.path().filename().string().starts_with(RenderedShow::kDialogue)) {
            std::filesystem::remove(entry.path());
        }
    }
    fixture_.window->studio().faces.reload();
    runUntil([&] { return !fixture_.window->studio().faces.loading(); });
    reviewError();
    seePages("error");
}

// A version of which one frame is damaged.
void Scenes::reviewError() {
    const auto folder = fixture_.temp / "damaged";
    std::filesystem::create_directories(folder);
    {
        auto project = media::Project::open(ui::utf8(project_));
        const auto versions = project->versions();
        media::VersionRecord damaged = versions->back();
        for (int frame = 1001; frame <= 1000 + std::min(show_.frames, 30); ++frame) {
            const std::string number = "." + std::to_string(frame) + ".jpg";
            std::filesystem::copy_file(show_.folder / "versions" / ("v004" + number),
                                       folder / ("v005" + number));
        }
        std::ofstream(folder / "v005.1004.jpg", std::ios::trunc) << "no picture";
        damaged.out = (folder / "v005.####.jpg").string();
        damaged.status = media::VersionStatus::wip;
        if (!project->addVersion(damaged).ok()) {
            std::abort();
        }
    }
    auto& versions = fixture_.window->studio().versions;
    const size_t before = versions.versions().size();
    fixture_.window->studio().session.refresh();
    runUntil([&] { return versions.versions().size() > before; });
    fixture_.window->goTo(PageId::review);
    auto* list = find<QListView>("versionList");
    list->setCurrentIndex(list->model()->index(0, 0));
    settle();
    static_cast<ui::ReviewPage*>(fixture_.window->page(PageId::review))
        ->player()
        ->transport()
        ->seek(1004);
}

}  // namespace understudy::tests
