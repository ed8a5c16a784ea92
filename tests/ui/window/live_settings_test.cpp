// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of a run at work: what may change is checked while it is typed, asked for together, and
// the answer is told and marked in the curves.
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "training/plan/changes.h"
#include "ui/models/formatting.h"
#include "ui/panels/basics.h"
#include "ui/panels/live_settings.h"
#include "ui/panels/loss_curves.h"
#include "ui/panels/option_field.h"
#include "ui/workspaces/page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;

namespace {

struct Running : ShowFixture {
    Running() {
        window->goTo(PageId::train);
        REQUIRE(runUntil([this] { return window->studio().run.plan().has_value(); }));
        tell("running");
        REQUIRE(runUntil([this] { return panel()->isVisible(); }));
    }
    void tell(const char* state) {
        training::JobInfo info;
        info.job = "job-7";
        info.kind = "train";
        info.run = "r02";
        info.project = folder().string();
        info.state = state;
        gateway.tell(info);
    }
    QWidget* panel() const { return find<QWidget>("liveSettings"); }
    ui::OptionField* field(const char* key) const {
        return find<ui::OptionField>((std::string("live.") + key).c_str());
    }
    void type(const char* key, const char* letters) const {
        auto* line = field(key)->findChild<QLineEdit*>();
        line->selectAll();
        QTest::keyClicks(line, letters);
    }
    QString said(const char* name) const {
        auto* label = find<QLabel>(name);
        return label->isVisible() ? label->text() : QString();
    }
    QPushButton* apply() const { return find<QPushButton>("liveApply"); }
    QUndoStack& undo() const { return window->studio().undo; }
    std::string last() const { return ui::utf8(undo().undoText()); }
    // As the trainer does it and tells of it.
    void answer(int64_t step) {
        const auto& asked = gateway.settingChanges.back();
        std::vector<training::PlanChange> changes;
        for (const std::string& setting : asked.settings) {
            const size_t equals = setting.find('=');
            changes.push_back(
                {step, setting.substr(0, equals), setting.substr(equals + 1), asked.reason});
        }
        const training::RunFolder run{folder() / "runs" / "r02"};
        REQUIRE(training::appendChanges(run.changes(), changes).ok());
        Q_EMIT gateway.received(
            training::SettingsChanged{asked.job, asked.settings, step, std::nullopt});
    }
    // Until the window has read of the run that the option has this value.
    bool holds(const char* key, const char* value) const {
        return runUntil([&] {
            const auto& plan = window->studio().run.plan();
            return plan && training::optionValue(*plan, key) == value &&
                   said("liveChanges").isEmpty();
        });
    }
    // A change that was applied and holds.
    void change(const char* key, const char* letters, const char* value) {
        type(key, letters);
        apply()->click();
        answer(12400);
        REQUIRE(holds(key, value));
    }
};

}  // namespace

TEST_CASE("only what may change is offered, and only while a run is at work") {
    Running show;
    CHECK(show.field("learningRate") != nullptr);
    CHECK(show.field("batch") == nullptr);
    size_t allowed = 0;
    for (const auto& option : training::planOptions()) {
        INFO(option.key);
        CHECK((show.field(option.key.c_str()) != nullptr) == option.changeableWhileRunning);
        allowed += option.changeableWhileRunning ? 1 : 0;
    }
    CHECK(allowed > 20);
    show.tell("finished");
    CHECK_FALSE(show.panel()->isVisible());
    show.tell("paused");
    CHECK(show.panel()->isVisible());
}

TEST_CASE("several changes are asked for together, with a reason") {
    Running show;
    CHECK_FALSE(show.apply()->isEnabled());
    show.type("learningRate", "2e-5");
    show.type("augment.warp", "0");
    CHECK(show.apply()->text() == "Apply 2");
    CHECK(show.said("liveChanges").contains("Augment: warp: 1 → 0"));
    QTest::keyClicks(show.find<QLineEdit>("liveReason"), "likeness is there");
    show.apply()->click();
    REQUIRE(show.gateway.settingChanges.size() == 1);
    const auto& asked = show.gateway.settingChanges[0];
    CHECK(asked.job == "job-7");
    CHECK(asked.settings == std::vector<std::string>{"learningRate=2e-05", "augment.warp=0"});
    CHECK(asked.reason == "likeness is there");
    CHECK_FALSE(show.apply()->isEnabled());  // not twice

    // As the trainer does it and tells of it.
    const training::RunFolder run{show.folder() / "runs" / "r02"};
    const std::vector<training::PlanChange> changes = {
        {12400, "learningRate", "2e-05", asked.reason}, {12400, "augment.warp", "0", asked.reason}};
    REQUIRE(training::appendChanges(run.changes(), changes).ok());
    Q_EMIT show.gateway.received(
        training::SettingsChanged{"job-7", asked.settings, 12400, std::nullopt});
    CHECK(show.said("liveAnswer").contains("Holds since step 12,401"));
    auto* curves = show.find<ui::LossCurves>("lossCurves");
    CHECK(runUntil([&] { return curves->marks().changedSteps() == std::vector<int64_t>{12400}; }));
    CHECK(curves->marks().changesNear(12390, 50).contains("augment: warp 0"));
    CHECK(curves->marks().changesNear(11000, 50).isEmpty());
    CHECK(runUntil([&] { return show.said("liveChanges").isEmpty(); }));
    CHECK(show.field("augment.warp")->value() == "0");
}

TEST_CASE("what cannot be is told while it is typed") {
    Running show;
    show.type("learningRate", "fast");
    auto* error = show.field("learningRate")->findChild<QLabel*>("optionError");
    CHECK(error->isVisibleTo(show.panel()));
    CHECK(error->text().contains("'fast'"));
    CHECK_FALSE(show.apply()->isEnabled());
    show.type("learningRate", "3e-5");
    CHECK_FALSE(error->isVisibleTo(show.panel()));
    CHECK(show.apply()->isEnabled());
    // Of the plan as a whole: seven parts do not divide the batch.
    show.field("accumulate")->findChild<QSpinBox*>()->setValue(7);
    CHECK_FALSE(show.apply()->isEnabled());
    CHECK(show.said("liveChanges").contains("accumulate", Qt::CaseInsensitive));
    show.find<QPushButton>("liveDiscard")->click();
    CHECK(show.said("liveChanges").isEmpty());
    CHECK(show.field("accumulate")->value() == "1");
    CHECK(show.gateway.settingChanges.empty());
}

TEST_CASE("a refusal says why, from the service and from the trainer") {
    Running show;
    show.type("learningRate", "2e-5");
    show.gateway.refuseNext =
        Error{ErrorCode::transient, "job-7 is about to end", "", "Ask again when it has ended"};
    show.apply()->click();
    CHECK(runUntil([&] { return show.said("liveAnswer").contains("about to end"); }));
    REQUIRE(show.apply()->isEnabled());
    show.apply()->click();
    Q_EMIT show.gateway.received(training::SettingsChanged{
        "job-7",
        {"learningRate=2e-05"},
        12400,
        training::JobError{64, "the disk is full", "", "Free some space"}});
    CHECK(show.said("liveAnswer").startsWith("Refused: "));
    CHECK(show.said("liveAnswer").contains("Free some space"));
    CHECK(show.field("learningRate")->value() == "2e-5");  // to try again
}

TEST_CASE("a change by somebody else shows, but not over what is typed") {
    Running show;
    show.type("augment.warp", "0.5");
    const training::RunFolder run{show.folder() / "runs" / "r02"};
    const std::vector<training::PlanChange> changes = {{12000, "previewEvery", "123", "cli"},
                                                       {12000, "augment.warp", "2", "cli"}};
    REQUIRE(training::appendChanges(run.changes(), changes).ok());
    CHECK(runUntil([&] { return show.field("previewEvery")->value() == "123"; }));
    CHECK(show.field("augment.warp")->value() == "0.5");
    CHECK(show.said("liveChanges").contains("Augment: warp: 2 → 0.5"));
}

TEST_CASE("what is typed is undone field by field, in the field as beside it, and so is Discard") {
    Running show;
    const QString rate = show.field("learningRate")->value();
    const QString every = show.field("previewEvery")->value();
    show.type("learningRate", "2e-5");
    CHECK(show.last() == "Learning rate 2e-5, not yet applied to r02");
    show.field("previewEvery")->findChild<QSpinBox*>()->setValue(77);
    auto* box = show.field("keepBest")->findChild<QCheckBox*>();
    box->click();
    CHECK(show.last() == "Keep best off, not yet applied to r02");
    CHECK(show.undo().count() == 3);
    show.undo().undo();
    CHECK(box->isChecked());
    auto* line = show.field("learningRate")->findChild<QLineEdit*>();
    line->setFocus();
    QTest::keyClick(line, Qt::Key_Z, Qt::ControlModifier);
    CHECK(show.field("previewEvery")->value() == every);
    CHECK(show.field("learningRate")->value() == "2e-5");
    QTest::keyClick(line, Qt::Key_Z, Qt::ControlModifier);
    CHECK(show.field("learningRate")->value() == rate);
    CHECK_FALSE(show.apply()->isEnabled());
    show.undo().redo();
    show.undo().redo();
    CHECK(show.apply()->text() == "Apply 2");
    show.find<QPushButton>("liveDiscard")->click();
    CHECK(show.last() == "Discard what was typed for r02");
    CHECK(show.field("learningRate")->value() == rate);
    show.undo().undo();
    CHECK(show.field("learningRate")->value() == "2e-5");
    CHECK(show.field("previewEvery")->value() == "77");
    CHECK(show.gateway.settingChanges.empty());
}

TEST_CASE("a change that holds is one command, which asks the training for the former values") {
    Running show;
    const std::string rate =
        training::optionValue(*show.window->studio().run.plan(), "learningRate");
    show.type("learningRate", "2e-5");
    show.type("augment.warp", "0");
    show.apply()->click();
    CHECK(show.undo().count() == 2);  // what was typed: nothing is changed yet
    show.answer(12400);
    REQUIRE(show.undo().count() == 1);
    CHECK(show.last() == "Change learning rate, augment: warp of r02");
    REQUIRE(show.holds("augment.warp", "0"));

    show.undo().undo();
    REQUIRE(show.gateway.settingChanges.size() == 2);
    CHECK(show.gateway.settingChanges[1].job == "job-7");
    CHECK(show.gateway.settingChanges[1].settings ==
          std::vector<std::string>{"learningRate=" + rate, "augment.warp=1"});
    CHECK(show.gateway.settingChanges[1].reason == "taken back in the window");
    show.answer(12500);
    CHECK(show.said("liveAnswer").contains("Holds since step 12,501"));
    CHECK(show.holds("augment.warp", "1"));
    CHECK(runUntil([&] { return show.field("augment.warp")->value() == "1"; }));

    show.undo().redo();
    REQUIRE(show.gateway.settingChanges.size() == 3);
    CHECK(show.gateway.settingChanges[2].settings == show.gateway.settingChanges[0].settings);
    show.answer(12600);
    CHECK(show.holds("augment.warp", "0"));
    CHECK(show.undo().count() == 1);
    show.tell("paused");  // it goes on with them
    show.undo().undo();
    CHECK(show.gateway.settingChanges.size() == 4);
}

TEST_CASE("a change by somebody else, or one that was refused, is no command") {
    Running show;
    Q_EMIT show.gateway.received(
        training::SettingsChanged{"job-7", {"previewEvery=123"}, 12000, std::nullopt});
    CHECK(show.undo().count() == 0);
    show.type("learningRate", "2e-5");
    show.apply()->click();
    Q_EMIT show.gateway.received(training::SettingsChanged{
        "job-7",
        {"learningRate=2e-05"},
        12400,
        training::JobError{64, "the disk is full", "", "Free some space"}});
    CHECK(show.undo().count() == 1);
    CHECK(show.last() == "Learning rate 2e-5, not yet applied to r02");
}

TEST_CASE("with the end of the run its changes are history, and undo does not offer them") {
    Running show;
    show.change("augment.warp", "0", "0");
    show.change("learningRate", "2e-5", "2e-05");
    show.undo().undo();
    show.answer(12500);
    show.type("loss.eyesMouth", "4");
    CHECK(show.undo().count() == 2);
    show.tell("finished");
    CHECK(runUntil([&] { return show.undo().count() == 0; }));
    CHECK_FALSE(show.find<QAction>("undo")->isEnabled());
    CHECK(show.gateway.settingChanges.size() == 3);
}

TEST_CASE("an undo that the service refuses says so, and the command goes") {
    Running show;
    show.change("augment.warp", "0", "0");
    show.gateway.refuseNext =
        Error{ErrorCode::transient, "job-7 is about to end", "", "Ask again when it has ended"};
    show.undo().undo();
    CHECK(runUntil([&] { return show.undo().count() == 0; }));
    CHECK_FALSE(show.undo().canRedo());
    auto* banner = show.find<ui::MessageBar>("windowMessages");
    CHECK(banner->text().contains("about to end"));
    CHECK(show.gateway.settingChanges.size() == 1);
}

TEST_CASE("what is typed for a run cannot be undone once another one is looked at") {
    Running show;
    show.type("augment.warp", "0.5");
    REQUIRE(show.undo().count() == 1);
    auto* runs = show.find<QComboBox>("runChoice");
    runs->setCurrentIndex(runs->findData("r01"));
    Q_EMIT runs->activated(runs->currentIndex());
    CHECK(runUntil([&] { return show.undo().count() == 0; }));
}
