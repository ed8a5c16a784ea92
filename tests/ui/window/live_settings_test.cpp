// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of a run at work: what may change is checked while it is typed, asked for together, and
// the answer is told and marked in the curves.
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
