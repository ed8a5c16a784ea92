// SPDX-License-Identifier: GPL-3.0-or-later
// In another language: words that libraries and actions have are shown in it, and keys, which are
// kept by ids, stay what they are.
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QTranslator>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/ui/found_texts.h"
#include "tests/ui/studio_fixture.h"
#include "training/prepare/project_settings.h"
#include "ui/models/described.h"
#include "ui/models/formatting.h"
#include "ui/panels/look_form.h"
#include "ui/panels/option_field.h"
#include "ui/window/shortcuts.h"

using namespace understudy;
using namespace understudy::tests;
using ui::text;

namespace {

const QString kMark = QStringLiteral("~");

// A language of the same words with a mark before each.
struct Marked : QTranslator {
    Marked() { QCoreApplication::installTranslator(this); }
    ~Marked() override { QCoreApplication::removeTranslator(this); }
    bool isEmpty() const override { return false; }
    QString translate(const char*, const char* source, const char*, int) const override {
        return kMark + QString::fromUtf8(source);
    }
};

const ui::Shortcuts::Entry& entry(const StudioFixture& studio, const QString& id) {
    const auto& entries = studio.window->findChild<ui::Shortcuts*>()->entries();
    return *std::find_if(entries.begin(), entries.end(),
                         [&](const auto& each) { return !each.page && each.id == id; });
}

bool isDescribed(const QString& shown) {
    const auto texts = ui::describedTexts();
    return shown.startsWith(kMark) && texts.contains(ui::utf8(shown.mid(kMark.size())));
}

}  // namespace

TEST_CASE("options of training, search and look are shown in the user's language") {
    const Marked language;
    ShowFixture show;
    const auto fields = show.window->findChildren<ui::OptionField*>();
    REQUIRE(fields.size() > 20);
    for (const ui::OptionField* field : fields) {
        INFO(field->info().key);
        const QString help = field->findChild<QLabel*>()->toolTip();
        CHECK(help == kMark + text(field->info().help));
        CHECK(isDescribed(help));
    }
    const auto* batch = show.find<ui::OptionField>("option.batch");
    CHECK(batch->findChild<QLabel*>()->text() == "~Batch");
    CHECK(isDescribed(batch->findChild<QLabel*>()->text()));
    CHECK(ui::groupedOptionTitle("loss.eyesMouth") == "~Loss: ~eyes mouth");
    const auto* blur = show.window->findChild<ui::LookForm*>()->findChild<QWidget*>("lookBlur");
    CHECK(isDescribed(blur->accessibleName()));
    CHECK(isDescribed(blur->toolTip()));
    // What a key says is the same in every language.
    CHECK(batch->info().key == "batch");
}

TEST_CASE("settings of the project are shown in the user's language") {
    const Marked language;
    ShowFixture show;
    QTest::keyClick(show.window.get(), Qt::Key_Comma, Qt::ControlModifier);
    const SettingAbout& about = training::projectSettings().front();
    REQUIRE(show.window->findChild<QLineEdit*>("setting." + QString(about.key)) != nullptr);
    QStringList shown;
    for (const QLabel* label : show.window->findChildren<QLabel*>()) {
        shown << label->text();
    }
    for (const char* words : {about.title, about.help}) {
        CHECK(shown.contains(kMark + words));
        CHECK(isDescribed(kMark + words));
    }
}

TEST_CASE("keys stay what they are when actions are called otherwise") {
    ShowFixture show;
    CHECK(entry(show, "log").title == "Log");
    show.window->findChild<ui::Shortcuts*>()->assign(entry(show, "log"), QKeySequence("Ctrl+G"));
    const Marked language;
    show.restart();
    show.openAndWait(show.projectFolder());
    CHECK(entry(show, "log").title == "~Log");
    CHECK(entry(show, "log").action->shortcut() == QKeySequence("Ctrl+G"));
    auto* dock = show.find<QWidget>("logDock");
    REQUIRE_FALSE(dock->isVisible());
    QTest::keyClick(show.window.get(), Qt::Key_G, Qt::ControlModifier);
    CHECK(dock->isVisible());
    show.window->findChild<ui::Shortcuts*>()->usePreset("xstudio");
    CHECK(entry(show, "review").title == "~Review");
    CHECK(entry(show, "review").action->shortcut() == QKeySequence("F4"));
}

TEST_CASE("translators are given every text that the window asks for") {
    const AskedTexts asked;
    ShowFixture show;
    for (int page = 0; page < ui::kPageCount; ++page) {
        show.window->goTo(static_cast<ui::PageId>(page));
        QCoreApplication::processEvents();
    }
    CHECK(asked.size() > 500);
    const QStringList missing = asked.missingIn(foundTexts());
    INFO(ui::utf8(missing.join('\n')));
    CHECK(missing.isEmpty());
}
