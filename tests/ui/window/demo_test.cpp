// SPDX-License-Identifier: GPL-3.0-or-later
// The demo: made from the start page, guided through, left alone when somebody has seen enough.
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/models/demo_maker.h"
#include "ui/models/formatting.h"
#include "ui/panels/demo_guide.h"

using namespace understudy;
using namespace understudy::tests;
using ui::utf8;

namespace {

struct Demo : StudioFixture {
    ui::DemoMaker& maker() const { return *window->findChild<ui::DemoMaker*>(); }
    ui::DemoGuide& guide() const { return *window->findChild<ui::DemoGuide*>(); }
    ui::Studio& studio() const { return window->studio(); }
    void make() {
        maker().make(QString::fromStdString((temp / "demo").string()), 6);
        REQUIRE(runUntil([&] { return studio().session.isOpen() && !maker().busy(); }, 120000));
        REQUIRE(runUntil([&] { return studio().session.snapshot().clips.size() == 2; }));
    }
};

}  // namespace

TEST_CASE("the demo is a project of two drawn performers, and says what to do first") {
    Demo demo;
    CHECK_FALSE(demo.guide().isVisible());
    demo.make();
    REQUIRE(runUntil([&] { return demo.guide().step() == 1; }));
    CHECK(demo.guide().isVisible());
    REQUIRE(runUntil([&] { return demo.studio().session.snapshot().destination == "Ben"; }));
    const auto& project = demo.studio().session.snapshot();
    CHECK(project.source == "Ada");
    CHECK(project.clips[0].performer == "Ada");
    CHECK(project.clips[1].performer == "Ben");
    for (const char* chip : {"sourceConsent", "destinationConsent"}) {
        CHECK(runUntil([&] { return demo.find<QToolButton>(chip)->text().contains("Synthetic"); }));
    }
    training::JobInfo search;
    search.job = "job-1";
    search.kind = "extract";
    search.clip = project.clips[0].name;
    search.project = utf8(demo.studio().session.folder());
    search.state = "running";
    demo.gateway.tell(search);
    CHECK(runUntil([&] { return demo.guide().step() == 2; }));
    demo.find<QPushButton>("demoSkip")->click();
    CHECK_FALSE(demo.guide().isVisible());
    CHECK(demo.guide().step() == 0);
}

TEST_CASE("a demo that is not waited for leaves nothing behind") {
    Demo demo;
    bool cancelled = false;
    QObject::connect(&demo.maker(), &ui::DemoMaker::cancelled, [&] { cancelled = true; });
    const QString folder = QString::fromStdString((demo.temp / "demo").string());
    bool begun = false;
    QObject::connect(&demo.maker(), &ui::DemoMaker::progressed, [&] { begun = true; });
    demo.maker().make(folder, 2000);
    REQUIRE(runUntil([&] { return begun; }, 120000));
    demo.maker().cancel();
    REQUIRE(runUntil([&] { return cancelled; }, 120000));
    CHECK_FALSE(QDir(folder).exists());
    CHECK_FALSE(demo.studio().session.isOpen());
    CHECK(demo.find<QPushButton>("demoButton")->isEnabled());
}

TEST_CASE("a demo that cannot be written says so on the start page") {
    Demo demo;
    std::optional<Error> error;
    QObject::connect(&demo.maker(), &ui::DemoMaker::failed,
                     [&](const Error& told) { error = told; });
    demo.maker().make("/proc/none/demo", 6);
    REQUIRE(runUntil([&] { return error.has_value(); }));
    CHECK(error->code == ErrorCode::cannotWrite);
    CHECK(demo.find<QWidget>("startMessages")->isVisible());
    CHECK(demo.find<QPushButton>("demoButton")->isEnabled());
}

TEST_CASE("every demo has a folder of its own") {
    TempFolder temp;
    const QString parent = QString::fromStdString(temp.path().string());
    const QString first = ui::DemoMaker::freeFolder(parent);
    CHECK(first.endsWith("Understudy demo"));
    QDir().mkpath(first);
    CHECK(ui::DemoMaker::freeFolder(parent) == first + " 2");
}
