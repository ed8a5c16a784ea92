// SPDX-License-Identifier: GPL-3.0-or-later
// What a plan will take, as the form says it. A script stands in for the trainer: what is asked of
// it, and what becomes of its answers. The trainer's own numbers are tested beside the trainer.
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "media/base/paths.h"
#include "tests/support/scoped_variable.h"
#include "tests/ui/studio_fixture.h"
#include "training/protocol/codec.h"
#include "ui/models/formatting.h"
#include "ui/panels/option_field.h"
#include "ui/workspaces/train_page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;

namespace {

// In place of the trainer; it answers what `answer` says.
class ScriptedTrainer {
  public:
    ScriptedTrainer() {
        std::filesystem::create_directories(folder_ / "bin");
        const auto program = folder_ / "bin" / "understudy-trainer";
        std::ofstream(program) << "#!/bin/sh\n"
                                  "printf '%s ' \"$@\" > \"$0.asked.part\"\n"
                                  "mv \"$0.asked.part\" \"$0.asked\"\n"
                                  "cat \"$0.answer\"\n";
        std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    }
    void answer(const std::string& json) const {
        training::JobFinished finished;
        finished.result = json;
        std::ofstream(folder_ / "bin" / "understudy-trainer.answer")
            << training::encode(finished) << '\n';
    }
    void refuse(const training::JobError& error) const {
        training::JobFinished finished;
        finished.exitCode = error.code;
        finished.error = error;
        std::ofstream(folder_ / "bin" / "understudy-trainer.answer")
            << training::encode(finished) << '\n';
    }
    std::string asked() const {
        std::ifstream in(folder_ / "bin" / "understudy-trainer.asked");
        return {std::istreambuf_iterator<char>(in), {}};
    }

  private:
    // The programs' resources are found beside them.
    static std::string binBeside(const TempFolder& folder) {
        const auto preset = resourceFile("presets/quick.json");
        REQUIRE(preset.ok());
        std::filesystem::create_directory_symlink(
            std::filesystem::absolute(*preset).parent_path().parent_path().parent_path(),
            folder / "share");
        return (folder / "bin").string();
    }

    TempFolder folder_;
    ScopedVariable place_{"UNDERSTUDY_BIN", binBeside(folder_)};
};

const char* const kFits =
    R"({"devices":["cpu"],"precision":"fp32","memory_bytes":1500000000,"free_bytes":11000000000,)"
    R"("total_bytes":16000000000,"fits":true,"settings":[],"it_per_s":2.5,"rate_from":"run r01"})";
const char* const kTooLarge =
    R"({"devices":["cuda:0"],"precision":"bf16","memory_bytes":86000000000,)"
    R"("free_bytes":80000000000,"total_bytes":80000000000,"fits":false,)"
    R"("settings":["recompute=true","batch=3","encoderDims=48 decoderDims=48"],)"
    R"("it_per_s":null,"rate_from":null})";

struct Form : ShowFixture {
    // On a machine of which the service knows a CPU alone, whatever this one is.
    void newRun() {
        training::DeviceInfo cpu;
        cpu.id = "cpu";
        cpu.name = "CPU, 16 cores";
        gateway.devices.devices = {cpu};
        window->goTo(PageId::train);
        auto* runs = find<QComboBox>("runChoice");
        runs->setCurrentIndex(0);
        Q_EMIT runs->activated(0);
    }
    QString said(const char* name) const {
        auto* label = find<QLabel>(name);
        return label->isVisible() ? label->text() : QString();
    }
    ui::OptionField* option(const char* key) const {
        return find<ui::OptionField>((std::string("option.") + key).c_str());
    }
};

}  // namespace

TEST_CASE("memory and time are said for what the form holds, and asked anew for what is changed") {
    const ScriptedTrainer trainer;
    trainer.answer(kFits);
    Form show;
    show.newRun();
    REQUIRE(runUntil([&] { return show.said("estimateMemory").contains("free"); }));
    CHECK(show.said("estimateMemory") ==
          "Needs about 1.5 GB of memory on the CPU; 11.0 GB are free.");
    CHECK(show.said("estimateTime").startsWith("About 7 min for 1,000 steps, 13 min in all"));
    CHECK(show.said("estimateTime").contains("as run r01 did"));
    CHECK(trainer.asked().find("--set resolution=64 ") != std::string::npos);
    CHECK(
        runUntil([&] { return trainer.asked().find("--set devices=cpu ") != std::string::npos; }));
    const auto faces = show.window->studio().session.snapshot().countsOf({}).kept;
    REQUIRE(faces > 100);
    CHECK(trainer.asked().find("--faces " + std::to_string(faces) + " ") != std::string::npos);
    CHECK(trainer.asked().find("/runs ") != std::string::npos);

    trainer.answer(kTooLarge);
    show.option("resolution")->findChild<QSpinBox*>()->setValue(1024);
    REQUIRE(runUntil([&] { return show.said("estimateMemory").contains("86.0 GB"); }));
    CHECK(trainer.asked().find("--set resolution=1024 ") != std::string::npos);
    CHECK(show.said("estimateMemory").contains("GPU 0"));
    CHECK(show.said("estimateMemory").contains("only 80.0 GB are free"));
    CHECK(show.said("estimateTime").contains("not known yet"));
}

TEST_CASE("what would fit is a button that sets it") {
    const ScriptedTrainer trainer;
    trainer.answer(kTooLarge);
    Form show;
    show.newRun();
    const auto remedy = [&](const char* settings) {
        return show.find<QPushButton>((std::string("estimateRemedy.") + settings).c_str());
    };
    REQUIRE(runUntil([&] { return remedy("batch=3") != nullptr; }));
    CHECK(remedy("recompute=true")->text() == "Use recompute");
    CHECK(remedy("encoderDims=48 decoderDims=48")->text() ==
          "Use encoder dims 48, decoder dims 48");
    trainer.answer(kFits);
    remedy("encoderDims=48 decoderDims=48")->click();
    CHECK(show.option("encoderDims")->value() == "48");
    CHECK(show.option("decoderDims")->value() == "48");
    REQUIRE(runUntil([&] { return show.said("estimateMemory").contains("1.5 GB"); }));
    CHECK(trainer.asked().find("--set encoderDims=48 ") != std::string::npos);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    CHECK(remedy("batch=3") == nullptr);
}

TEST_CASE("why there is no estimate is said in the trainer's words") {
    const ScriptedTrainer trainer;
    trainer.refuse(
        {64, "a batch of 4 cannot be shared evenly by 3 devices", "batch", "Use a multiple of 3"});
    Form show;
    show.newRun();
    CHECK(runUntil([&] { return show.said("estimateMemory").contains("Use a multiple of 3"); }));
    CHECK(show.said("estimateTime").isEmpty());
}

TEST_CASE("an answer that is none is an error, not a number") {
    CHECK_FALSE(ui::estimateFromJson("").ok());
    CHECK_FALSE(ui::estimateFromJson("[]").ok());
    CHECK_FALSE(ui::estimateFromJson(R"({"memory_bytes":"many","devices":["cpu"]})").ok());
    const auto sparse =
        ui::estimateFromJson(R"({"memory_bytes":5,"devices":["cpu"],"it_per_s":0})");
    REQUIRE(sparse.ok());
    CHECK_FALSE(sparse->free);
    CHECK_FALSE(sparse->rate);
    CHECK(sparse->fits);
}
