// SPDX-License-Identifier: GPL-3.0-or-later
// A plan that is not trained yet: presets put over it, options that refuse, and every edit as a
// command that goes back and forth.
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/models/edits.h"
#include "ui/models/formatting.h"
#include "ui/models/plan_draft.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PlanDraft;
using ui::utf8;

namespace {

PlanDraft quick() {
    PlanDraft draft;
    REQUIRE(draft.choosePreset("quick").ok());
    return draft;
}

struct Edited {
    Edited() { ensureApplication(); }
    // As a form does it.
    void set(const char* key, const char* value, const char* gesture) {
        const PlanDraft before = draft;
        REQUIRE(draft.take(key, value).ok());
        edits.record(QStringLiteral("%1 %2").arg(key, value), gesture, before, draft);
    }
    QUndoStack undo;
    ui::Edits<PlanDraft> edits{&undo, [this](const PlanDraft& to) { draft = to; }};
    PlanDraft draft = quick();
};

}  // namespace

TEST_CASE("a preset leaves alone who is trained, what from and on what") {
    PlanDraft draft = quick();
    draft.plan.source = "Anna";
    draft.plan.destination = "Ben";
    draft.plan.others = "Carl,Dora";
    draft.plan.base = "r01";
    draft.plan.devices = "cuda:1";
    REQUIRE(draft.choosePreset("high").ok());
    CHECK(draft.plan.resolution > 64);
    CHECK(draft.plan.source == "Anna");
    CHECK(draft.plan.others == "Carl,Dora");
    CHECK(draft.plan.base == "r01");
    CHECK(draft.plan.devices == "cuda:1");
    CHECK_FALSE(draft.mine);  // none of these is an option that the preset put something over
    const PlanDraft before = draft;
    CHECK_FALSE(draft.choosePreset("no such preset").ok());
    CHECK(draft == before);
}

TEST_CASE("one's own values come back from under presets") {
    PlanDraft draft = quick();
    REQUIRE(draft.take("batch", "13").ok());
    REQUIRE(draft.choosePreset("high").ok());
    REQUIRE(draft.choosePreset("max").ok());
    REQUIRE(draft.mine);
    draft.plan.source = "Anna";
    draft.backToMine();
    CHECK(draft.plan.batch == 13);
    CHECK(utf8(draft.presetName) == "quick");
    CHECK(draft.plan.source == "Anna");
    CHECK_FALSE(draft.mine);
}

TEST_CASE("what an option does not take is kept beside its value") {
    PlanDraft draft = quick();
    const double before = draft.plan.learningRate;
    const PlanDraft whole = draft;
    CHECK_FALSE(draft.take("learningRate", "much").ok());
    CHECK(draft.plan.learningRate == before);
    CHECK(utf8(draft.said("learningRate")) == "much");
    CHECK_FALSE(draft == whole);
    REQUIRE(draft.take("learningRate", ui::text(training::optionValue(whole.plan, "learningRate")))
                .ok());
    CHECK(draft == whole);
}

TEST_CASE("edits of one field in one gesture are one command") {
    Edited form;
    form.set("batch", "9", "batch");
    form.set("batch", "10", "batch");
    form.set("resolution", "128", "resolution");
    form.set("batch", "11", "batch");
    REQUIRE(form.undo.count() == 3);
    CHECK(utf8(form.undo.text(0)) == "batch 10");
    form.undo.setIndex(0);
    CHECK(form.draft == quick());
    form.undo.redo();
    CHECK(form.draft.plan.batch == 10);
    form.undo.redo();
    CHECK(form.draft.plan.resolution == 128);
}

TEST_CASE("a gesture ends by itself or with what is undone") {
    Edited form;
    form.set("batch", "9", "batch");
    form.edits.endGesture();
    form.set("batch", "10", "batch");
    CHECK(form.undo.count() == 2);
    form.undo.undo();
    CHECK(form.draft.plan.batch == 9);
    form.set("batch", "12", "batch");
    CHECK(form.undo.count() == 2);  // not merged into what was gone back to
    form.undo.undo();
    CHECK(form.draft.plan.batch == 9);
}

TEST_CASE("what is taken back while it is typed leaves no command, and neither does nothing") {
    Edited form;
    const std::string before = training::optionValue(form.draft.plan, "batch");
    form.set("batch", before.c_str(), "batch");
    CHECK(form.undo.count() == 0);
    form.set("batch", "9", "batch");
    form.set("batch", before.c_str(), "batch");
    CHECK(form.undo.count() == 0);
}

TEST_CASE("commands without a key stay apart; those of a form that is gone do nothing") {
    Edited form;
    form.set("batch", "9", "");
    form.set("batch", "10", "");
    CHECK(form.undo.count() == 2);
    QUndoStack undo;
    {
        ui::Edits<PlanDraft> gone(&undo, [](const PlanDraft&) {});
        gone.record("batch 9", "batch", quick(), form.draft);
    }
    REQUIRE(undo.count() == 1);
    undo.undo();
    CHECK(undo.count() == 0);
}

TEST_CASE("commands that have passed are dropped where undo or redo would come to them") {
    ensureApplication();
    QUndoStack undo;
    std::vector<int> restored;
    int last = 9;  // what is beyond has passed
    ui::Edits<int> edits(
        &undo, [&](int state) { restored.push_back(state); },
        [&](int state) { return state > last; });
    for (const int state : {1, 5, 2, 6, 7}) {
        edits.record(QString::number(state), {}, 0, state);
    }
    undo.undo();
    REQUIRE(restored == std::vector{0});
    QString redo;
    QObject::connect(&undo, &QUndoStack::redoTextChanged, [&](const QString& to) { redo = to; });
    last = 4;
    ui::dropPassed(undo);
    CHECK(utf8(undo.undoText()) == "2");  // 6 is gone, and so is 7, which could be done again
    CHECK_FALSE(undo.canRedo());
    CHECK(redo.isEmpty());
    CHECK(undo.count() == 3);  // 5 lies below 2, where it stays until it is come to
    CHECK(restored.size() == 1);
    undo.undo();
    ui::dropPassed(undo);
    CHECK(utf8(undo.undoText()) == "1");
    undo.redo();
    CHECK(restored == std::vector{0, 0, 2});
}
