// SPDX-License-Identifier: GPL-3.0-or-later
// The log panel: whose log, which lines, followed, copied.
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/log_panel.h"

using namespace understudy;
using namespace understudy::tests;
using ui::utf8;

TEST_CASE("lines of logs say how grave they are") {
    CHECK(ui::jobLogLine("12:00:01 warning understudy-trainer: the disk is slow").level ==
          LogLevel::warning);
    CHECK(ui::jobLogLine("12:00:01 error understudy-trainer: gone").level == LogLevel::error);
    CHECK(ui::jobLogLine("an error of a library").level == LogLevel::info);
    const auto line = ui::serviceLogLine(
        R"({"time":"2026-03-01T12:00:00.000Z","level":"error","about":"job-3","text":"failed"})");
    REQUIRE(line.has_value());
    CHECK(line->level == LogLevel::error);
    CHECK(line->text.contains("job-3: failed"));
    CHECK_FALSE(ui::serviceLogLine("{\"time\":\"2026").has_value());
}

TEST_CASE("a job's log is followed, filtered and copied") {
    ShowFixture show;
    const auto log = show.folder() / "runs" / "r02" / "trainer-0.log";
    std::ofstream(log) << "12:00:00 info understudy-trainer: begins\n"
                          "12:00:01 warning understudy-trainer: the disk is slow\n";
    training::JobInfo info;
    info.job = "job-7";
    info.kind = "train";
    info.run = "r02";
    info.title = "Train r02";
    info.project = show.folder().string();
    info.state = "running";
    show.gateway.tell(info);
    QTest::keyClick(show.window.get(), Qt::Key_L, Qt::ControlModifier);
    auto* panel = show.find<ui::LogPanel>("logPanel");
    REQUIRE(panel->isVisible());
    auto* source = show.find<QComboBox>("logSource");
    REQUIRE(runUntil([&] { return source->findData("job-7") >= 0; }));
    panel->showJob("job-7");
    REQUIRE(runUntil([&] { return panel->shownText().contains("begins"); }));
    std::ofstream(log, std::ios::app) << "12:00:02 error understudy-trainer: diverged\n";
    REQUIRE(runUntil([&] { return panel->shownText().contains("diverged"); }));
    show.find<QComboBox>("logLevel")->setCurrentIndex(1);
    CHECK_FALSE(panel->shownText().contains("begins"));
    CHECK(panel->shownText().contains("slow"));
    show.find<QComboBox>("logLevel")->setCurrentIndex(2);
    CHECK(panel->shownText().count('\n') == 0);
    show.find<QComboBox>("logLevel")->setCurrentIndex(0);
    show.find<QLineEdit>("logWords")->setText("DISK");
    CHECK(utf8(panel->shownText()) == "12:00:01 warning understudy-trainer: the disk is slow");
    // What comes is filtered as well.
    std::ofstream(log, std::ios::app) << "12:00:03 info understudy-trainer: the disk is fast\n"
                                         "12:00:04 info understudy-trainer: step 5\n";
    REQUIRE(runUntil([&] { return panel->shownText().contains("fast"); }));
    CHECK_FALSE(panel->shownText().contains("step 5"));
    show.find<QPushButton>("logCopy")->click();
    CHECK(QApplication::clipboard()->text().count('\n') == 1);
    QTest::keyClick(show.window.get(), Qt::Key_L, Qt::ControlModifier);
    CHECK_FALSE(panel->isVisible());
}
