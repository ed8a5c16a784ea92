// SPDX-License-Identifier: GPL-3.0-or-later
// What Ingest knows of a clip, and what somebody says of it instead of its file.
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/ui/used_window.h"
#include "ui/models/formatting.h"
#include "ui/panels/clip_details.h"
#include "ui/panels/clip_viewer.h"
#include "ui/panels/compare_view.h"
#include "ui/workspaces/page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;

namespace {

struct Ingest : UsedWindow {
    Ingest() {
        window->goTo(PageId::ingest);
        REQUIRE(runUntil([&] { return encoding()->isVisible() && viewer()->loader().info(); }));
    }
    QComboBox* encoding() const { return find<QComboBox>("clipEncoding"); }
    QComboBox* rate() const { return find<QComboBox>("clipRate"); }
    ui::ClipViewer* viewer() const {
        return window->page(PageId::ingest)->findChild<ui::ClipViewer*>();
    }
    std::string clip() const { return ui::utf8(viewer()->source().name); }
    media::ClipRecord record() const { return *media::Project::open(folder(), true)->clip(clip()); }
    void choose(QComboBox* combo, int index) const {
        combo->setCurrentIndex(index);
        Q_EMIT combo->activated(index);
    }
    bool saved() const {
        return runUntil([&] { return !window->studio().session.saving(); });
    }
};

}  // namespace

TEST_CASE("the encoding of a clip is changed, shown and taken back") {
    const Ingest ingest;
    REQUIRE(ingest.record().encoding == "srgb");
    const auto grey = [&] {
        const QImage picture = ingest.viewer()->view()->picture();
        return picture.isNull() ? 0 : qGray(picture.pixel(picture.rect().center()));
    };
    REQUIRE(runUntil([&] { return grey() > 0; }));
    const int before = grey();
    ingest.choose(ingest.encoding(), ingest.encoding()->findData("scene_linear"));
    REQUIRE(ingest.saved());
    CHECK(ingest.record().encoding == "scene_linear");
    // The player shows the same file as that.
    CHECK(runUntil([&] {
        const auto& info = ingest.viewer()->loader().info();
        return info && info->encoding.sceneLinear();
    }));
    CHECK(runUntil([&] { return grey() > before; }));  // light, not a display's levels
    ingest.window->studio().undo.undo();
    REQUIRE(ingest.saved());
    CHECK(ingest.record().encoding == "srgb");
    CHECK(runUntil([&] { return ingest.encoding()->currentData().toString() == "srgb"; }));
    ingest.window->studio().undo.redo();
    REQUIRE(ingest.saved());
    CHECK(ingest.record().encoding == "scene_linear");
}

TEST_CASE("the rate of a clip is chosen or typed, and what is no rate is put back") {
    const Ingest ingest;
    const double before = ingest.record().fps;
    ingest.choose(ingest.rate(), ingest.rate()->findText("25"));
    REQUIRE(ingest.saved());
    CHECK(ingest.record().fps == 25);
    REQUIRE(runUntil([&] { return ingest.rate()->currentText() == "25"; }));
    const auto type = [&](const QString& text) {
        ingest.rate()->setEditText(text);
        Q_EMIT ingest.rate()->lineEdit()->editingFinished();
        REQUIRE(ingest.saved());
    };
    type("12.5");
    CHECK(ingest.record().fps == 12.5);
    REQUIRE(runUntil([&] { return ingest.rate()->currentText() == "12.5"; }));
    for (const char* none : {"fast", "0", "-24", "1e9", ""}) {
        type(none);
        CHECK(ingest.record().fps == 12.5);
        CHECK(ingest.rate()->currentText() == "12.5");
    }
    ingest.window->studio().undo.undo();
    ingest.window->studio().undo.undo();
    REQUIRE(ingest.saved());
    CHECK(ingest.record().fps == before);
}

TEST_CASE("what a clip's file says of its timecode is shown") {
    const Ingest ingest;
    CHECK(
        runUntil([&] { return ingest.find<QLabel>("clipDetails")->text().contains("Timecode"); }));
}

TEST_CASE("what a clip's file does not say is marked as a guess until somebody says it") {
    const Ingest ingest;  // of pictures without any tags
    auto* rate = ingest.find<QLabel>("clipRateGuess");
    auto* encoding = ingest.find<QLabel>("clipEncodingGuess");
    REQUIRE(runUntil([&] { return rate->isVisible() && encoding->isVisible(); }));
    CHECK(rate->text() == "(guess)");
    CHECK_FALSE(encoding->toolTip().isEmpty());
    ingest.choose(ingest.encoding(), ingest.encoding()->findData("bt709"));
    REQUIRE(ingest.saved());
    // Neither is known while the file is opened again.
    CHECK(runUntil([&] { return !encoding->isVisible() && rate->isVisible(); }));
    ingest.window->studio().undo.undo();
    CHECK(runUntil([&] { return encoding->isVisible(); }));
}

TEST_CASE("missing frames are told as ranges") {
    ensureApplication();
    ui::ClipDetails details;
    media::ClipRecord clip;
    clip.name = "bird";
    clip.missing = {1003, 1007, 1008, 1009};
    const auto text = [&] {
        details.show(&clip, {}, std::nullopt, true);
        return details.findChild<QLabel*>("clipDetails")->text();
    };
    CHECK(text().contains("4: 1003, 1007–1009; they will be skipped"));
    for (int64_t frame = 1101; frame < 1200; frame += 2) {
        clip.missing.push_back(frame);
    }
    CHECK(text().contains("and 46 more gaps"));
    clip.missing.clear();
    CHECK(text().contains("none"));
}
