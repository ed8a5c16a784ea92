// SPDX-License-Identifier: GPL-3.0-or-later
// Keys: none twice, changed by their user, remembered, and every action found by its letters.
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/window/key_tips.h"
#include "ui/window/shortcuts.h"
#include "ui/workspaces/page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;

namespace {

struct Keys : ShowFixture {
    ui::Shortcuts& shortcuts() const { return *window->findChild<ui::Shortcuts*>(); }
    using Where = std::optional<PageId>;
    const ui::Shortcuts::Entry& entry(const QString& id, Where page = std::nullopt) const {
        for (const auto& each : shortcuts().entries()) {
            if (each.page == page && each.id == id) {
                return each;
            }
        }
        FAIL("no action " << id.toStdString());
        std::abort();
    }
    QKeySequence keyOf(const QString& id, Where page = std::nullopt) const {
        return entry(id, page).action->shortcut();
    }
};

}  // namespace

TEST_CASE("no key is there twice where both could be meant") {
    Keys keys;
    for (const QString& preset : ui::Shortcuts::presets()) {
        keys.shortcuts().usePreset(preset);
        for (const auto& entry : keys.shortcuts().entries()) {
            const auto* other = keys.shortcuts().conflict(entry, entry.action->shortcut());
            INFO(preset.toStdString()
                 << ": " << (entry.page ? ui::pageKey(*entry.page).toStdString() : "") << " "
                 << entry.id.toStdString());
            CHECK(other == nullptr);
        }
    }
    CHECK(keys.shortcuts().entries().size() > 40);
}

TEST_CASE("a preset has the keys of another program, and the usual ones come back") {
    Keys keys;
    CHECK(keys.keyOf("review") == QKeySequence("Alt+4"));
    keys.shortcuts().usePreset("xstudio");
    CHECK(keys.keyOf("review") == QKeySequence("F4"));
    CHECK(keys.keyOf("sides") == QKeySequence("Shift+F4"));
    keys.shortcuts().usePreset("default");
    CHECK(keys.keyOf("sides") == QKeySequence("F4"));
}

TEST_CASE("a key that is taken is named before it is, and is remembered") {
    Keys keys;
    QTest::keyClick(keys.window.get(), Qt::Key_K, Qt::ControlModifier | Qt::AltModifier);
    auto* table = keys.find<QTreeWidget>("shortcutList");
    REQUIRE(table != nullptr);
    const auto choose = [&](const QString& title) {
        for (int i = 0; i < table->topLevelItemCount(); ++i) {
            if (table->topLevelItem(i)->text(1) == title) {
                table->setCurrentItem(table->topLevelItem(i));
                return;
            }
        }
        FAIL("no row " << title.toStdString());
    };
    choose("Full screen");
    keys.find<QKeySequenceEdit>("shortcutKey")->setKeySequence(QKeySequence("Ctrl+J"));
    CHECK(keys.find<QLabel>("shortcutConflict")->text() ==
          "Ctrl+J is the key of \"All jobs\" (everywhere), which would have none.");
    CHECK(keys.keyOf("jobs") == QKeySequence("Ctrl+J"));
    keys.find<QPushButton>("shortcutTake")->click();
    CHECK(keys.keyOf("fullScreen") == QKeySequence("Ctrl+J"));
    CHECK(keys.keyOf("jobs").isEmpty());
    // The next window has them too.
    ui::UiSettings& settings = *keys.window->studio().settings;
    ui::Shortcuts later(&settings);
    QAction full("Vollbild"), jobs("Alle Aufträge");  // whatever they are called
    full.setObjectName("fullScreen");
    jobs.setObjectName("jobs");
    full.setShortcut(QKeySequence("F11"));
    jobs.setShortcut(QKeySequence("Ctrl+J"));
    later.add(std::nullopt, {&full, &jobs});
    CHECK(full.shortcut() == QKeySequence("Ctrl+J"));
    CHECK(jobs.shortcut().isEmpty());
    choose("All jobs");
    keys.find<QPushButton>("shortcutReset")->click();
    CHECK(keys.keyOf("jobs") == QKeySequence("Ctrl+J"));
    CHECK(keys.keyOf("fullScreen").isEmpty());
}

TEST_CASE("keys that were kept by the titles of actions are taken over once") {
    Keys keys;
    ui::UiSettings& settings = *keys.window->studio().settings;
    settings.setText("keys/default//Log", "Ctrl+G");
    settings.setText("keys/rv/Review/Wipe", "none");
    QAction log("Log…"), wipe("&Wipe");
    log.setObjectName("protocol");
    wipe.setObjectName("curtain");
    wipe.setShortcut(Qt::Key_W);
    ui::Shortcuts first(&settings);
    first.add(std::nullopt, {&log});
    first.add(PageId::review, {&wipe});
    CHECK(log.shortcut() == QKeySequence("Ctrl+G"));
    CHECK(wipe.shortcut() == QKeySequence("W"));
    first.usePreset("rv");
    CHECK(wipe.shortcut().isEmpty());
    CHECK(log.shortcut().isEmpty());
    CHECK(settings.text("keys/rv/Review/Wipe").isEmpty());
    // What is assigned later is not undone by them.
    first.usePreset("default");
    first.resetAll();
    ui::Shortcuts second(&settings);
    second.add(std::nullopt, {&log});
    CHECK(log.shortcut() != QKeySequence("Ctrl+G"));
}

TEST_CASE("rows are found by action and by key") {
    Keys keys;
    QTest::keyClick(keys.window.get(), Qt::Key_K, Qt::ControlModifier | Qt::AltModifier);
    auto* table = keys.find<QTreeWidget>("shortcutList");
    const auto shown = [&] {
        QStringList titles;
        for (int i = 0; i < table->topLevelItemCount(); ++i) {
            if (!table->topLevelItem(i)->isHidden()) {
                titles << table->topLevelItem(i)->text(1);
            }
        }
        return titles;
    };
    keys.find<QLineEdit>("shortcutSearch")->setText("ctrl+j");
    CHECK(shown() == QStringList{"All jobs"});
    keys.find<QLineEdit>("shortcutSearch")->setText("full");
    CHECK(shown().contains("Full screen"));
}

TEST_CASE("an action is found by a few letters and done") {
    Keys keys;
    keys.window->goTo(PageId::faces);
    auto* drawer = keys.find<QWidget>("jobsDrawer");
    REQUIRE_FALSE(drawer->isVisible());
    QTest::keyClick(keys.window.get(), Qt::Key_K, Qt::ControlModifier);
    auto* search = keys.find<QLineEdit>("finderSearch");
    REQUIRE(runUntil([&] { return search->hasFocus(); }));
    QTest::keyClicks(search, "alljob");
    QTest::keyClick(search, Qt::Key_Return);
    CHECK(drawer->isVisible());
    CHECK_FALSE(keys.find<QWidget>("actionFinder")->isVisible());
    QTest::keyClick(keys.window.get(), Qt::Key_K, Qt::ControlModifier);
    QTest::keyClick(search, Qt::Key_Escape);
    CHECK_FALSE(keys.find<QWidget>("actionFinder")->isVisible());
}

TEST_CASE("own keys of a preset wait for it, and all of them go at once") {
    Keys keys;
    keys.shortcuts().assign(keys.entry("log"), QKeySequence("Ctrl+G"));
    CHECK(keys.shortcuts().changedByUser());
    keys.shortcuts().usePreset("rv");
    CHECK(keys.keyOf("log") == QKeySequence("Ctrl+L"));
    CHECK_FALSE(keys.shortcuts().changedByUser());
    keys.shortcuts().usePreset("default");
    CHECK(keys.keyOf("log") == QKeySequence("Ctrl+G"));
    QTest::keyClick(keys.window.get(), Qt::Key_K, Qt::ControlModifier | Qt::AltModifier);
    keys.find<QPushButton>("shortcutResetAll")->click();
    CHECK(keys.keyOf("log") == QKeySequence("Ctrl+L"));
    CHECK_FALSE(keys.find<QPushButton>("shortcutResetAll")->isEnabled());
}

TEST_CASE("a tool tip names the key that its action has now") {
    Keys keys;
    const ui::KeyTips tips(&keys.shortcuts());
    auto* drawer = keys.find<QWidget>("jobDrawerButton");
    CHECK(tips.tipOf(drawer) == drawer->toolTip());
    CHECK(drawer->toolTip().contains("(Ctrl+J)"));
    keys.shortcuts().assign(keys.entry("jobs"), QKeySequence("Ctrl+Alt+J"));
    CHECK(tips.tipOf(drawer).endsWith("(Ctrl+Alt+J)"));
    keys.shortcuts().assign(keys.entry("jobs"), {});
    CHECK_FALSE(tips.tipOf(drawer).contains('('));
    // One page's key says nothing of another's button.
    keys.shortcuts().usePreset("rv");
    for (const PageId page : {PageId::review, PageId::ingest, PageId::deliver}) {
        auto* in = keys.window->page(page)->findChild<QWidget*>("markIn");
        CHECK(tips.tipOf(in).endsWith("([)"));
    }
    CHECK(keys.keyOf("playBackwards", PageId::deliver) == QKeySequence("Up"));
    CHECK(keys.keyOf("smallerBrush", PageId::faces) == QKeySequence("["));
}
