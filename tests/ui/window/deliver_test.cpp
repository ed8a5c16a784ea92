// SPDX-License-Identifier: GPL-3.0-or-later
// Deliver: which version and clips, how they look, how they are named, the live preview.
#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QListWidget>
#include <QSpinBox>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "tests/support/scoped_variable.h"
#include "tests/support/small_disk.h"
#include "tests/ui/deliver_fixture.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::text;
using ui::utf8;
namespace fs = std::filesystem;

TEST_CASE("a version is delivered as it was made, with its numbers and its project's name") {
    Deliver page;
    page.version("v002");
    page.choose("deliverFormat", "exr");
    CHECK(utf8(page.first()) == "bird_v002/heist_010_bird_v002.1001.exr");
    CHECK(utf8(page.primary()->text()) == "Deliver v002 of bird");
    REQUIRE(runUntil([&] { return page.label("swapSummary").contains("not approved"); }));
    CHECK(runUntil([&] { return page.label("swapSummary").contains(" free"); }));
    page.dialogs.answer = false;
    page.primary()->click();
    REQUIRE(page.dialogs.questions.size() == 1);
    CHECK(page.gateway.started.empty());
    page.dialogs.answer = true;
    page.primary()->click();
    REQUIRE(runUntil([&] { return page.gateway.started.size() == 1; }));
    const auto& job = page.gateway.started[0];
    CHECK(job.kind == "deliver");
    CHECK(Deliver::argument(job, "--deliver") == "v002");
    CHECK(Deliver::argument(job, "--run") == "r01");
    CHECK(Deliver::argument(job, "--out") ==
          (page.folder() / "deliveries/bird_v002/heist_010_bird_v002.####.exr").string());
    CHECK(Deliver::argument(job, "--matte").ends_with("heist_010_bird_v002_matte.####.png"));
    REQUIRE(runUntil([&] { return page.window->studio().swaps.swaps().size() == 1; }));
    CHECK(page.window->studio().swaps.swaps()[0].version == "v002");
    CHECK(page.row(0).find("v002 of bird") != std::string::npos);
}

TEST_CASE("another look is a new version, until it is put back") {
    Deliver page;
    page.version("v002");
    page.find<QDoubleSpinBox>("lookBlur")->setValue(0.3);
    CHECK(page.label("deliverDifference").contains("soft edge"));
    CHECK(utf8(page.primary()->text()) == "Render bird");
    CHECK(utf8(page.first()) == "bird_r01_v003.mp4");
    page.render();
    REQUIRE(runUntil([&] { return page.gateway.started.size() == 1; }));
    CHECK(page.gateway.started[0].kind == "swap");
    CHECK(Deliver::argument(page.gateway.started[0], "--blur") == "0.3");
    CHECK(Deliver::argument(page.gateway.started[0], "--deliver").empty());
    page.find<QPushButton>("deliverAsItWas")->click();
    CHECK(utf8(page.primary()->text()) == "Deliver v002 of bird");
    CHECK_FALSE(page.find<QLabel>("deliverDifference")->isVisibleTo(page.window.get()));
}

TEST_CASE("names are judged while they are typed, and are the project's") {
    Deliver page;
    page.version("v002");
    page.choose("deliverFormat", "png");
    page.typeName("{clip}_{verson}.{frame}");
    CHECK(page.fault().contains("{verson}"));
    CHECK_FALSE(page.primary()->isEnabled());
    page.typeName("{clip}:{version}.{frame}");
    CHECK(page.fault().contains("letter"));
    page.typeName("{clip}_{version}");
    CHECK(page.fault().contains("{frame}"));
    // The version's own pictures are bird_r01_v002.####.png of deliveries.
    const auto& versions = page.window->studio().versions.versions();
    const auto own = fs::path(versions.back().out).filename().string();
    page.typeName((own.substr(0, own.find('#')) + "{frame}").c_str());
    CHECK(page.fault().contains("pictures of v002 of bird"));
    page.typeName("x/{shot}_{version}.{frame:5}");
    CHECK(page.fault().isEmpty());
    CHECK(utf8(page.first()) == "x/bird_v002.01001.png");
    CHECK(page.primary()->isEnabled());
    REQUIRE(runUntil([&] { return !page.window->studio().session.saving(); }));
    page.restart();
    page.openAndWait(page.projectFolder());
    page.window->goTo(PageId::deliver);
    page.find<ui::DeliverForm>("deliverForm")->chooseClip("bird");
    CHECK(runUntil([&] {
        return page.find<QLineEdit>("deliverName")->text() == "x/{shot}_{version}.{frame:5}";
    }));
}

TEST_CASE("several clips are ticked, each with its own frames, and written at once") {
    Deliver page;
    page.version("v002");
    auto* clips = page.find<QListWidget>("deliverClips");
    REQUIRE(clips->count() == 3);
    int other = -1;
    for (int row = 0; row < clips->count(); ++row) {
        other = clips->item(row)->data(Qt::UserRole).toString() == "bird" ? other : row;
    }
    clips->item(other)->setCheckState(Qt::Checked);
    CHECK(utf8(page.primary()->text()) == "Write 2 clips");
    auto* frames = page.find<QLineEdit>("deliverFrames");
    frames->setText("1002-1004");
    Q_EMIT frames->textEdited(frames->text());
    clips->setCurrentRow(other);
    CHECK(frames->text().isEmpty());
    frames->setText("9000");
    Q_EMIT frames->textEdited(frames->text());
    CHECK(page.fault().contains("none of these frames"));
    frames->setText("1001-1002");
    Q_EMIT frames->textEdited(frames->text());
    CHECK(page.fault().isEmpty());
    page.render();
    REQUIRE(runUntil([&] { return page.gateway.started.size() == 2; }));
    CHECK(page.gateway.started[0].clip != page.gateway.started[1].clip);
    for (const auto& job : page.gateway.started) {
        CHECK(Deliver::argument(job, "--frames") ==
              (job.clip == "bird" ? "1002-1004" : "1001-1002"));
    }
}

TEST_CASE("handles are written at both ends, said with the range, and remembered") {
    Deliver page;
    page.version("v002");
    page.form->setRange(1011, 1020);
    auto* handles = page.find<QSpinBox>("deliverHandles");
    auto* words = page.find<QLabel>("deliverRange");
    CHECK_FALSE(words->isVisibleTo(page.window.get()));
    handles->setValue(8);
    CHECK(utf8(words->text()) == "Writes 1003-1028: 26 frames, 16 of them handles");
    CHECK(words->isVisibleTo(page.window.get()));
    CHECK(page.form->orders().front().plateFrames().size() == 26);
    CHECK(page.find<QListWidget>("deliverClips")->currentItem()->text().contains("1003-1028"));
    CHECK(page.label("swapSummary").startsWith("26 frames"));
    page.primary()->click();
    REQUIRE(runUntil([&] { return page.gateway.started.size() == 1; }));
    CHECK(Deliver::argument(page.gateway.started[0], "--frames") == "1003-1028");
    REQUIRE(runUntil([&] { return page.window->studio().swaps.swaps().size() == 1; }));
    CHECK(utf8(page.window->studio().swaps.swaps()[0].frames) == "1003-1028");

    // No more than the clip has.
    page.form->setRange(1001, 1020);
    handles->setValue(2);
    CHECK(utf8(words->text()) == "Writes 1001-1022: 22 frames, 2 of them handles");
    page.form->setRange(1001, 5000);
    CHECK(utf8(words->text()) == "The clip has no more frames than these.");

    REQUIRE(runUntil([&] { return !page.window->studio().session.saving(); }));
    CHECK(**media::Project::open(page.folder(), true)->setting("deliver.handles") == "2");
    page.restart();
    page.openAndWait(page.projectFolder());
    page.window->goTo(PageId::deliver);
    REQUIRE(runUntil([&] { return page.find<QSpinBox>("deliverHandles")->value() == 2; }));
}

TEST_CASE("a render that failed offers what may help") {
    Deliver page;
    page.version("v002");
    page.primary()->click();
    REQUIRE(runUntil([&] { return page.gateway.started.size() == 1; }));
    auto* bar = page.find<QWidget>("deliverMessages");
    auto* action = bar->findChild<QPushButton*>("messageAction");
    auto info = page.gateway.jobOf(0);
    const auto fail = [&](int code) {
        info.state = "running";
        info.error.reset();
        page.gateway.tell(info);
        info.state = "failed";
        info.error = training::JobError{code, "it did not work", "bird.1001.exr", "Look at it"};
        page.gateway.tell(info);
        REQUIRE(runUntil([&] { return bar->isVisible(); }));
        return utf8(action->text());
    };
    // A full disk has room again once somebody has made some.
    CHECK(fail(73) == "Try again");
    CHECK(bar->findChild<QLabel*>("messageText")->text().contains("Look at it"));
    QTest::mouseClick(action, Qt::LeftButton);
    REQUIRE(page.gateway.actions.size() == 1);
    CHECK(page.gateway.actions[0] == std::pair(ui::JobAction::resume, info.job));
    CHECK_FALSE(bar->isVisible());

    CHECK(fail(65) == "Show log");
    QTest::mouseClick(action, Qt::LeftButton);
    CHECK(page.find<QWidget>("logDock")->isVisible());

    SmallDisk disk(4 << 20);
    if (!disk.available()) {
        return;
    }
    disk.makeReadOnly();
    info.out = (disk.path() / "bird.####.exr").string();
    CHECK(fail(73) == "Choose another folder…");
    page.dialogs.folderAnswer = text((page.temp / "elsewhere").string());
    QTest::mouseClick(action, Qt::LeftButton);
    CHECK(page.window->studio().names.folder() == page.dialogs.folderAnswer);
}

TEST_CASE("in and out of the viewer are the frames that are written") {
    Deliver page;
    page.version("v002");
    auto* viewer = page.find<ui::ClipViewer>("deliverViewer");
    REQUIRE(runUntil([&] { return !viewer->transport()->empty(); }));
    viewer->transport()->setIn(1003);
    viewer->transport()->setOut(1010);
    CHECK(page.find<QLineEdit>("deliverFrames")->text() == "1003-1010");
    viewer->transport()->clearPart();
    CHECK(page.find<QLineEdit>("deliverFrames")->text().isEmpty());
}

namespace {

std::string callsOf(const fs::path& folder) {
    std::ifstream file(folder / "calls");
    return {std::istreambuf_iterator<char>(file), {}};
}

size_t startsOf(const fs::path& folder) {
    const std::string calls = "\n" + callsOf(folder);
    size_t starts = 0;
    for (size_t at = 0; (at = calls.find("\n--serve\n", at)) != std::string::npos; ++at) {
        ++starts;
    }
    return starts;
}

}  // namespace

TEST_CASE("the frame that is looked at is rendered live, the last wish first") {
    Deliver page;
    const fs::path bin = page.temp / "bin";
    drawnPlate(3, 200).save(text((page.temp / "made.png").string()));
    writeRenderer(bin, page.temp / "made.png");
    const ScopedVariable programs("UNDERSTUDY_BIN", bin.string());
    page.version("v002");
    auto* viewer = page.find<ui::ClipViewer>("deliverViewer");
    REQUIRE(runUntil([&] { return !viewer->transport()->empty(); }));
    viewer->transport()->seek(1004);
    page.find<QCheckBox>("deliverLive")->setChecked(true);
    const auto state = [&] { return utf8(page.label("previewState")); };
    REQUIRE(runUntil([&] { return state().starts_with("rendered in"); }));
    const std::string calls = callsOf(bin);
    CHECK(calls.find("--preview") != std::string::npos);
    CHECK(calls.find("--frames 1004") != std::string::npos);
    CHECK(calls.find("--run r01") != std::string::npos);
    CHECK(utf8(viewer->view()->secondName()) == "result");

    // Of a row of changes only the last is made.
    auto* blur = page.find<QDoubleSpinBox>("lookBlur");
    for (const double value : {0.1, 0.2, 0.3}) {
        blur->setValue(value);
    }
    REQUIRE(runUntil([&] { return state().starts_with("rendering"); }));
    REQUIRE(runUntil([&] { return state().starts_with("rendered in"); }));
    const std::string later = callsOf(bin).substr(calls.size());
    CHECK(std::count(later.begin(), later.end(), '\n') == 1);
    CHECK(later.find("--blur 0.3") != std::string::npos);

    blur->setValue(0.5);
    REQUIRE(runUntil([&] { return state() == "the plate is gone"; }));
    CHECK(startsOf(bin) == 1);  // all by one renderer

    // One that crashes is said, and the next wish has a new one.
    blur->setValue(0.25);
    REQUIRE(runUntil([&] { return state().starts_with("the renderer"); }));
    CHECK(page.find<QLabel>("previewState")->toolTip().contains("Its exit code is 9"));
    blur->setValue(0.1);
    REQUIRE(runUntil([&] { return state().starts_with("rendered in"); }));
    CHECK(startsOf(bin) == 2);
    // It goes when the page is left, and comes back with it.
    page.window->goTo(PageId::faces);
    page.window->goTo(PageId::deliver);
    REQUIRE(runUntil([&] { return startsOf(bin) == 3; }));
    REQUIRE(runUntil([&] { return state().starts_with("rendered in"); }));
    page.find<QCheckBox>("deliverLive")->setChecked(false);
    CHECK(state() == "preview off");
}

TEST_CASE("a live preview leaves the GPUs of trainings of all projects alone") {
    Deliver page;
    const fs::path bin = page.temp / "bin";
    drawnPlate(3, 200).save(text((page.temp / "made.png").string()));
    writeRenderer(bin, page.temp / "made.png");
    const ScopedVariable programs("UNDERSTUDY_BIN", bin.string());
    training::JobInfo other;
    other.job = "job-7";
    other.kind = "train";
    other.project = "/elsewhere/other.understudy";
    other.state = "running";
    page.gateway.tell(other);
    page.version("v002");
    auto* viewer = page.find<ui::ClipViewer>("deliverViewer");
    REQUIRE(runUntil([&] { return !viewer->transport()->empty(); }));
    page.find<QCheckBox>("deliverLive")->setChecked(true);
    REQUIRE(runUntil([&] { return page.label("previewState").startsWith("rendered in"); }));
    CHECK(callsOf(bin).find("--device cpu") != std::string::npos);
}
