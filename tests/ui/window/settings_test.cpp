// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of the machine and of the project: kept when a field is left, put back where they
// cannot.
#include <QLabel>
#include <QLineEdit>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "media/base/paths.h"
#include "tests/support/scoped_variable.h"
#include "tests/ui/used_window.h"
#include "training/client/machine_settings.h"
#include "training/prepare/price.h"
#include "ui/models/formatting.h"

using namespace understudy;
using namespace understudy::tests;

namespace {

struct Settings : UsedWindow {
    Settings() : home("XDG_CONFIG_HOME", (temp / "config").string()) {}
    void open() const {
        press(Qt::Key_Comma, Qt::ControlModifier);
        REQUIRE(runUntil([&] { return field("disk.warnGiB")->isEnabled(); }));
    }
    QLineEdit* field(const char* key) const {
        return window->findChild<QLineEdit*>(QStringLiteral("setting.%1").arg(key));
    }
    void type(const char* key, const QString& value) const {
        field(key)->setText(value);
        Q_EMIT field(key)->editingFinished();
    }
    QString told() const {
        auto* bar = find<QWidget>("settingsMessages");
        return bar->isVisible() ? bar->findChild<QLabel*>("messageText")->text() : QString();
    }
    ScopedVariable home;
};

}  // namespace

TEST_CASE(
    "what the machine keeps is changed in the window, and refused with the words of the CLI") {
    const Settings settings;
    settings.open();
    CHECK(settings.field("disk.warnGiB")->text() == "5");
    settings.type("disk.warnGiB", "20");
    const auto kept = [] { return *training::readMachineSettings(siteSettingsFiles()); };
    REQUIRE(runUntil([&] { return kept().warnGiB == 20; }));
    settings.type("disk.warnGiB", "much");
    REQUIRE(runUntil([&] { return settings.told().contains("'much' is no number of GiB"); }));
    CHECK(runUntil([&] { return settings.field("disk.warnGiB")->text() == "20"; }));
    CHECK(kept().warnGiB == 20);
    settings.type("disk.warnGiB", "");
    CHECK(runUntil([&] { return settings.field("disk.warnGiB")->text() == "5"; }));
}

TEST_CASE("what holds for a project is changed in the window") {
    const Settings settings;
    settings.open();
    REQUIRE(runUntil([&] { return settings.field("train.price")->isEnabled(); }));
    settings.type("train.price", "2.5");
    const auto price = [&] {
        return *training::pricePerHour(*media::Project::open(settings.folder(), true), {});
    };
    REQUIRE(runUntil([&] { return price() == 2.5; }));
    settings.type("face.detector", "/nowhere/faces.onnx");
    REQUIRE(runUntil([&] { return settings.told().contains("/nowhere/faces"); }));
    CHECK(runUntil([&] { return settings.field("face.detector")->text() == "default"; }));
}
