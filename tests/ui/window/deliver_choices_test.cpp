// SPDX-License-Identifier: GPL-3.0-or-later
// Deliver: the list of what is written, what new versions are made with, what is kept of choices.
#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QListWidget>
#include <QSpinBox>
#include <QtTest/QTest>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/ui/deliver_fixture.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::text;
using ui::utf8;

TEST_CASE("a second look is queued beside the first, the very same is not") {
    Deliver page;
    page.choose("deliverSource", "r:r01");
    page.render();
    REQUIRE(runUntil([&] { return page.window->studio().swaps.swaps().size() == 1; }));
    REQUIRE(runUntil([&] { return utf8(page.primary()->text()) == "Review"; }));
    CHECK(page.label("swapSummary").contains("being rendered"));
    page.find<QDoubleSpinBox>("lookBlur")->setValue(0.3);
    CHECK(utf8(page.primary()->text()) == "Render bird");
    page.render();
    REQUIRE(runUntil([&] { return page.gateway.started.size() == 2; }));
    CHECK(Deliver::argument(page.gateway.started[0], "--out") !=
          Deliver::argument(page.gateway.started[1], "--out"));
    // Each row tells of its own job.
    REQUIRE(runUntil([&] { return page.queue()->model()->rowCount() == 2; }));
    auto first = page.gateway.jobOf(0);
    first.state = "running";
    first.done = 3;
    first.total = 48;
    first.unit = "frames";
    page.gateway.tell(first);
    CHECK(runUntil([&] { return page.row(1).find("3 of 48 frames") != std::string::npos; }));
    CHECK(page.row(0).find("queued") != std::string::npos);
}

TEST_CASE("what is written can be stopped, tried again, looked into and taken off the list") {
    Deliver page;
    page.choose("deliverSource", "r:r01");
    page.render();
    REQUIRE(runUntil([&] { return page.queue()->model()->rowCount() == 1; }));
    CHECK(page.queue()->currentIndex().row() == 0);
    REQUIRE(page.action("Stop")->isEnabled());
    CHECK_FALSE(page.action("Try again")->isEnabled());
    CHECK_FALSE(page.action("Take off the list")->isEnabled());
    page.queue()->setFocus();
    QTest::keyClick(page.queue(), Qt::Key_Delete);
    REQUIRE(page.gateway.actions.size() == 1);
    CHECK(page.gateway.actions[0] == std::pair(ui::JobAction::stop, std::string("job-1")));
    auto info = page.gateway.jobOf(0);
    info.state = "cancelled";
    page.gateway.tell(info);
    REQUIRE(runUntil([&] { return page.action("Try again")->isEnabled(); }));
    QTest::keyClick(page.queue(), Qt::Key_R);
    REQUIRE(page.gateway.actions.size() == 2);
    CHECK(page.gateway.actions[1].first == ui::JobAction::resume);
    QTest::keyClick(page.queue(), Qt::Key_L);
    CHECK(page.find<QWidget>("logDock")->isVisible());
    QTest::keyClick(page.queue(), Qt::Key_Delete);
    CHECK(page.queue()->model()->rowCount() == 0);
    page.window->studio().undo.undo();
    CHECK(page.queue()->model()->rowCount() == 1);
}

TEST_CASE("a new version is made with the checkpoint and the face that are chosen") {
    Deliver page;
    std::ofstream(page.folder() / "runs/r02/checkpoints/best") << "step-00005000\n";
    page.window->studio().shelf.lookAgain();
    page.choose("deliverSource", "r:r02");
    auto* steps = page.find<QComboBox>("deliverCheckpoint");
    REQUIRE(runUntil([&] { return steps->count() == 14; }));  // newest, best, twelve steps
    CHECK(utf8(steps->itemText(0)) == "newest");
    CHECK(utf8(steps->itemText(1)) == "best: step 5,000");
    CHECK(steps->itemText(2).startsWith("step 12,000   validation 0."));
    const auto ordered = [&](const char* option) {
        page.render();
        const size_t before = page.gateway.started.size();
        REQUIRE(runUntil([&] { return page.gateway.started.size() > before; }));
        return Deliver::argument(page.gateway.started.back(), option);
    };
    CHECK(ordered("--checkpoint").empty());
    page.choose("deliverCheckpoint", static_cast<qlonglong>(ui::kBestCheckpoint));
    CHECK(ordered("--checkpoint") == "5000");
    page.choose("deliverCheckpoint", static_cast<qlonglong>(7000));
    CHECK(ordered("--checkpoint") == "7000");
    CHECK(Deliver::argument(page.gateway.started.back(), "--face").empty());
    page.choose("deliverFace", "Ben");
    CHECK(ordered("--face") == "Ben");
    // A version has what it was made with.
    page.version("v002");
    CHECK_FALSE(steps->isEnabled());
}

TEST_CASE("movies have a quality, new versions may show what was rejected") {
    Deliver page;
    page.choose("deliverSource", "r:r01");
    auto* quality = page.find<QSpinBox>("deliverQuality");
    page.choose("deliverFormat", "exr");
    CHECK_FALSE(quality->isVisibleTo(page.window.get()));
    page.choose("deliverFormat", "mp4");
    CHECK(quality->isVisibleTo(page.window.get()));
    CHECK(quality->toolTip() == training::kQualityHelp);
    page.render();
    REQUIRE(runUntil([&] { return page.gateway.started.size() == 1; }));
    CHECK(Deliver::argument(page.gateway.started[0], "--quality").empty());
    quality->setValue(20);
    page.find<QCheckBox>("deliverRejected")->setChecked(true);
    page.render();
    REQUIRE(runUntil([&] { return page.gateway.started.size() == 2; }));
    CHECK(Deliver::argument(page.gateway.started[1], "--quality") == "20");
    const auto& words = page.gateway.started[1].arguments;
    CHECK(std::count(words.begin(), words.end(), "--all") == 1);
}

TEST_CASE("every option of the look has a field with its words and its range") {
    Deliver page;
    ui::LookForm form;
    for (const training::LookOption& option : training::lookOptions()) {
        CAPTURE(option.key);
        const auto fields = form.findChildren<QWidget*>();
        const auto field = std::find_if(fields.begin(), fields.end(), [&](const QWidget* each) {
            return each->accessibleName() == text(option.title) &&
                   each->toolTip() == text(option.help);
        });
        REQUIRE(field != fields.end());
        if (const auto* box = qobject_cast<const QDoubleSpinBox*>(*field)) {
            CHECK(box->minimum() == option.least);
            CHECK(box->maximum() == option.most);
            CHECK(box->singleStep() == option.step);
        } else {
            const auto* combo = qobject_cast<const QComboBox*>(*field);
            REQUIRE(combo != nullptr);
            CHECK(combo->count() == static_cast<int>(option.choices.size()));
        }
    }
    ui::Look look = ui::usualLook();
    look["--mask-window"] = "1.5";
    look["--color-window"] = "9";
    form.setLook(look);
    CHECK(form.look() == look);
}

TEST_CASE("what was chosen is there after a restart") {
    Deliver page;
    page.version("v002");
    page.choose("deliverFormat", "exr");
    page.find<QCheckBox>("deliverMatte")->setChecked(false);
    page.form->setRange(1011, 1020);
    page.find<QDoubleSpinBox>("lookBlur")->setValue(0.3);
    auto* clips = page.find<QListWidget>("deliverClips");
    for (int row = 0; row < clips->count(); ++row) {
        clips->item(row)->setCheckState(Qt::Checked);
    }
    page.window->goTo(PageId::review);  // whoever goes away has not lost it
    REQUIRE(runUntil([&] { return !page.window->studio().session.saving(); }));
    page.restart();
    page.openAndWait(page.projectFolder());
    page.window->goTo(PageId::deliver);
    REQUIRE(runUntil([&] {
        return page.find<QComboBox>("deliverFormat")->currentData().toString() == "exr" &&
               page.window->studio().versions.versions().size() == 2;
    }));
    page.form = page.find<ui::DeliverForm>("deliverForm");
    CHECK_FALSE(page.find<QCheckBox>("deliverMatte")->isChecked());
    CHECK(page.form->orders().size() == 3);
    const auto order = std::find_if(page.form->orders().begin(), page.form->orders().end(),
                                    [](const auto& each) { return each.clip.name == "bird"; });
    REQUIRE(order != page.form->orders().end());
    CHECK(order->frames == "1011-1020");
    REQUIRE(order->version);
    CHECK(order->version->number == 2);
    CHECK(order->look.at("--blur") == "0.3");
    CHECK_FALSE(order->isDelivery());
}

TEST_CASE("what is kept of choices is read back, damaged or not") {
    ensureApplication();
    ui::DeliveryChoices choices;
    choices.format = "exr";
    choices.quality = 20;
    ui::DeliveryRow& row = choices.rows["bird"];
    row.ticked = row.own = row.rejected = true;
    row.run = "r01";
    row.checkpoint = ui::kBestCheckpoint;
    row.face = "Ben";
    row.look = ui::usualLook();
    row.look["--mask"] = "hull";
    CHECK(ui::deliveryChoices(ui::toJson(choices)) == choices);
    const auto damaged = ui::deliveryChoices(
        R"({"format":"gif","quality":900,"rows":{"bird":{"checkpoint":-9,"look":{"--blur":"x"}}}})");
    CHECK(damaged.format == training::deliveryFormats().front().name);
    CHECK(damaged.quality == training::kWorstQuality);
    CHECK(damaged.rows.at("bird").look == ui::usualLook());
    CHECK(ui::deliveryChoices("nonsense").rows.empty());
}

TEST_CASE("Tab goes from the picture to the next field where nothing is presented") {
    Deliver page;
    auto* viewer = page.find<ui::ClipViewer>("deliverViewer");
    viewer->view()->setFocus();
    QTest::keyClick(viewer->view(), Qt::Key_Tab);
    CHECK_FALSE(viewer->view()->hasFocus());
}
