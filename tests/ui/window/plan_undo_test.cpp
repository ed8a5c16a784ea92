// SPDX-License-Identifier: GPL-3.0-or-later
// The plan of a new run, edited and gone back to: fields, presets, performers, others, what it
// starts from and devices; and the runs between, whose plans stay as they are.
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QSpinBox>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/option_field.h"
#include "ui/panels/others_field.h"
#include "ui/workspaces/train_page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::utf8;

namespace {

// A new run in a project of Anna and Ben, and of Carl and Dora beside them.
struct Form : StudioFixture {
    Form() {
        {
            auto project = media::Project::create(utf8(projectFolder()));
            REQUIRE(project.ok());
            addClipWithFaces(*project, {"a", "Anna", 12, 20, {}}, 64);
            addClipWithFaces(*project, {"b", "Ben", 14, 30, {}}, 64);
            addClipWithFaces(*project, {"c", "Carl", 16, 40, {}}, 64);
            addClipWithFaces(*project, {"d", "Dora", 18, 50, {}}, 64);
            addRun(*project, "r01", 1000, 3000);
        }
        training::DeviceInfo cpu;
        cpu.id = "cpu";
        cpu.name = "CPU";
        gateway.devices.devices = {cpu};
        openAndWait(projectFolder());
        window->goTo(PageId::train);
        look("");
        REQUIRE(plan().source == "Anna");
    }
    void look(const char* run) const {
        auto* runs = find<QComboBox>("runChoice");
        REQUIRE(runUntil([&] { return runs->count() == 2; }));
        choose("runChoice", run);
        REQUIRE(runUntil([&] { return window->studio().run.plan().has_value() == (*run != 0); }));
    }
    void choose(const char* combo, const char* data) const {
        auto* box = find<QComboBox>(combo);
        const int at = box->findData(data);
        REQUIRE(at >= 0);
        box->setCurrentIndex(at);
        Q_EMIT box->activated(at);
    }
    ui::TrainingForm* form() const { return find<ui::TrainingForm>("trainingForm"); }
    training::Plan plan() const {
        const auto plan = form()->plan();
        REQUIRE(plan.ok());
        return *plan;
    }
    QUndoStack& undo() const { return window->studio().undo; }
    std::string last() const { return utf8(undo().undoText()); }
    ui::OptionField* option(const char* key) const {
        return find<ui::OptionField>((std::string("option.") + key).c_str());
    }
    QSpinBox* spin(const char* key) const { return option(key)->findChild<QSpinBox*>(); }
    QLineEdit* line(const char* key) const { return option(key)->findChild<QLineEdit*>(); }
    void type(QLineEdit* field, const char* letters) const {
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, letters);
    }
    // By the pointer, in the menu of the others that is open.
    void tick(const char* words) const {
        auto* menu = find<ui::OthersField>("trainOthers")->menu();
        for (QAction* action : menu->actions()) {
            if (action->text().startsWith(words)) {
                QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
                return;
            }
        }
        FAIL("nobody is called " << words);
    }
};

}  // namespace

TEST_CASE("an option that is changed is undone and done again, in words") {
    Form show;
    const int before = show.plan().resolution;
    show.spin("resolution")->setValue(256);
    CHECK(show.last() == "Resolution 256");
    show.undo().undo();
    CHECK(show.plan().resolution == before);
    CHECK(show.spin("resolution")->value() == before);
    show.undo().redo();
    CHECK(show.plan().resolution == 256);
    CHECK(show.spin("resolution")->value() == 256);
    auto* box = show.option("keepBest")->findChild<QCheckBox*>();
    REQUIRE(box->isChecked());
    box->click();
    CHECK(show.last() == "Keep best off");
    CHECK(show.undo().count() == 2);
    show.undo().undo();
    CHECK(box->isChecked());
}

TEST_CASE("what is typed into one field is one command, and a refused value goes back too") {
    Form show;
    const QString before = show.line("learningRate")->text();
    show.type(show.line("learningRate"), "2e-4");
    CHECK(show.undo().count() == 1);
    CHECK(show.last() == "Learning rate 2e-04");
    show.type(show.line("loss.dssim"), "many");
    CHECK(show.undo().count() == 2);
    CHECK_FALSE(show.option("loss.dssim")->findChild<QLabel*>("optionError")->isHidden());
    CHECK_FALSE(show.form()->plan().ok());
    // In the field itself, as beside it.
    QTest::keyClick(show.line("loss.dssim"), Qt::Key_Z, Qt::ControlModifier);
    CHECK(show.undo().index() == 1);
    CHECK(show.form()->plan().ok());
    QTest::keyClick(show.line("loss.dssim"), Qt::Key_Z, Qt::ControlModifier);
    CHECK(show.line("learningRate")->text() == before);
    show.undo().redo();
    show.undo().redo();
    CHECK(utf8(show.line("loss.dssim")->text()) == "many");
    CHECK_FALSE(show.form()->plan().ok());
}

TEST_CASE("a preset is one command, which gives all values back") {
    Form show;
    show.spin("batch")->setValue(13);
    const auto own = training::planToJson(show.plan());
    show.find<QAbstractButton>("preset.high")->click();
    CHECK(show.undo().count() == 2);
    CHECK(show.last().starts_with("Preset "));
    const auto high = training::planToJson(show.plan());
    REQUIRE(high != own);
    auto* back = show.find<QAbstractButton>("presetBack");
    show.undo().undo();
    CHECK(training::planToJson(show.plan()) == own);
    CHECK(show.find<QAbstractButton>("preset.quick")->isChecked());
    CHECK(back->isHidden());
    show.undo().redo();
    CHECK(training::planToJson(show.plan()) == high);
    CHECK(show.find<QAbstractButton>("preset.high")->isChecked());
    REQUIRE_FALSE(back->isHidden());
    back->click();
    CHECK(training::planToJson(show.plan()) == own);
    CHECK(show.last() == "Back to my values");
    show.undo().undo();
    CHECK(training::planToJson(show.plan()) == high);
    CHECK_FALSE(back->isHidden());
}

TEST_CASE("performers, what a run starts from and its devices go back") {
    Form show;
    show.choose("trainSource", "Carl");
    CHECK(show.last() == "Source Carl");
    show.choose("trainDestination", "Dora");
    show.choose("trainBase", "r01");
    CHECK(show.last() == "Start from r01");
    show.find<QAbstractButton>("deviceAutomatic")->click();
    CHECK(show.undo().count() == 4);
    CHECK(show.plan().devices == "cpu");
    show.undo().setIndex(0);
    CHECK(show.plan().source == "Anna");
    CHECK(show.plan().destination == "Ben");
    CHECK(show.plan().base.empty());
    CHECK(show.plan().devices == "auto");
    CHECK(show.find<QComboBox>("trainSource")->currentData() == "Anna");
    CHECK(show.find<QAbstractButton>("deviceAutomatic")->isChecked());
    CHECK(utf8(show.find<QComboBox>("trainBase")->currentText()) == "Nothing");
    show.undo().setIndex(4);
    CHECK(show.plan().source == "Carl");
    CHECK(show.plan().destination == "Dora");
    CHECK(show.plan().base == "r01");
    CHECK(show.plan().devices == "cpu");
}

TEST_CASE("nothing is recorded while the form is filled, and a run's plan is never edited") {
    Form show;
    CHECK(show.undo().count() == 0);  // the project was opened and its run shown
    show.spin("resolution")->setValue(256);
    show.look("r01");
    CHECK(show.spin("resolution")->value() == 64);
    CHECK(show.undo().count() == 1);
    // The draft comes back first.
    show.undo().undo();
    CHECK(show.form()->run().isEmpty());
    CHECK(show.spin("resolution")->isEnabled());
    CHECK(show.plan().resolution != 256);
    show.look("r01");
    show.undo().redo();
    CHECK(show.form()->run().isEmpty());
    CHECK(show.spin("resolution")->value() == 256);
    CHECK(training::loadPlan(std::filesystem::path(utf8(show.projectFolder())) / "runs" / "r01" /
                             "plan.json")
              ->resolution == 64);
    CHECK(show.undo().count() == 1);
}

TEST_CASE("a draft keeps its performers while a run is looked at") {
    Form show;
    show.choose("trainSource", "Carl");
    show.look("r01");
    CHECK(show.find<QComboBox>("trainSource")->currentData() == "Anna");
    show.look("");
    CHECK(show.find<QComboBox>("trainSource")->currentData() == "Carl");
    CHECK(show.plan().source == "Carl");
}

TEST_CASE("others are ticked in a list with their faces") {
    Form show;
    auto* field = show.find<ui::OthersField>("trainOthers");
    CHECK(utf8(field->currentText()) == "Nobody");
    field->showPopup();
    REQUIRE(field->menu()->actions().size() == 5);  // two people, a line, all and nobody
    CHECK(field->menu()->actions().front()->text().startsWith("Carl"));
    CHECK(field->menu()->actions().front()->text().endsWith("faces"));
    show.tick("Dora");
    show.tick("Carl");
    CHECK(field->menu()->isVisible());
    CHECK(show.plan().others == "Dora,Carl");  // in the order in which they were chosen
    CHECK(utf8(field->currentText()) == "Dora, Carl");
    CHECK(show.last() == "Others Dora, Carl");
    CHECK(show.undo().count() == 1);  // one gesture
    show.tick("Dora");
    CHECK(show.plan().others == "Carl");
    field->hidePopup();
    show.undo().undo();
    CHECK(show.plan().others.empty());
    CHECK(utf8(field->currentText()) == "Nobody");
    show.undo().redo();
    CHECK(show.plan().others == "Carl");
}

TEST_CASE("whoever is learned twice is told in the plan's words") {
    Form show;
    auto* field = show.find<ui::OthersField>("trainOthers");
    field->showPopup();
    show.tick("All of them");
    field->hidePopup();
    CHECK(show.plan().others == "Carl,Dora");
    show.choose("trainSource", "Carl");
    const auto plan = show.form()->plan();
    REQUIRE_FALSE(plan.ok());
    CHECK(plan.error().where == "others");
    CHECK(show.find<QLabel>("trainEstimate")->text().contains("'Carl' is named twice"));
    field->showPopup();  // whom the list does not offer any more can be let go
    show.tick("Carl");
    CHECK(show.plan().others == "Dora");
}
