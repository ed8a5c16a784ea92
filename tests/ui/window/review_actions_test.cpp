// SPDX-License-Identifier: GPL-3.0-or-later
// From what a supervisor wrote to where it is dealt with: the version that was noted in Deliver,
// the faces of the frames with the right tool, the run that trains on.
#include <QDoubleSpinBox>
#include <QLabel>
#include <QPushButton>
#include <catch2/catch.hpp>

#include "tests/ui/reviewed.h"
#include "training/plan/run_folder.h"
#include "training/plan/selection.h"
#include "ui/panels/deliver_form.h"
#include "ui/workspaces/faces_page.h"

using namespace understudy;
using namespace understudy::tests;
using media::NoteAction;
using ui::CompareMode;
using ui::PageId;
using ui::utf8;

namespace {

struct Acting : Reviewed {
    Acting() {
        faces = static_cast<ui::FacesPage*>(window->page(PageId::faces));
        press(Qt::Key_Period);  // the note on 1002 to 1006
    }
    void ask(NoteAction what) const {
        auto* action = find<QComboBox>("noteAction");
        Q_EMIT action->activated(static_cast<int>(what));
        find<QAbstractButton>("noteAct")->click();
    }
    QString told(const char* bar) const { return find<ui::MessageBar>(bar)->text(); }
    QPushButton* remedy(const char* bar) const {
        return find<QWidget>(bar)->findChild<QPushButton*>("messageAction");
    }
    // States of the faces in these frames, as the project has them.
    std::vector<media::ReviewState> states(int64_t first, int64_t last) const {
        const auto review = *project().review("bird");
        std::vector<media::ReviewState> found;
        for (int64_t frame = first; frame <= last; ++frame) {
            const auto at = review.find(frame);
            found.push_back(at == review.end() ? media::ReviewState::undecided : at->second);
        }
        return found;
    }

    ui::FacesPage* faces = nullptr;
};

}  // namespace

TEST_CASE("a setting is changed on the version that was noted, whatever Deliver shows") {
    Acting review;
    auto* form = review.find<ui::DeliverForm>("deliverForm");
    // Somebody has chosen how the other clip is rendered.
    form->chooseClip("help");
    form->chooseRun("r02", "help");
    review.find<QDoubleSpinBox>("lookBlur")->setValue(0.4);
    const auto kept = form->shownOrder();
    REQUIRE(kept);
    review.press(Qt::Key_2);  // v001, of step 1,000
    REQUIRE(runUntil([&] { return review.find<QListWidget>("noteList")->count() == 1; }));
    review.press(Qt::Key_Period);
    review.ask(NoteAction::changeSetting);
    CHECK(review.window->currentPage() == static_cast<int>(PageId::deliver));
    const auto order = form->shownOrder();
    REQUIRE(order);
    CHECK(order->clip.name == "bird");
    REQUIRE(order->version);
    CHECK(order->version->number == 1);
    CHECK(order->version->step == 1000);
    CHECK(order->version->face == "Anna");
    CHECK(order->look == ui::lookOf(*order->version));
    CHECK(review.find<QComboBox>("lookColor")->hasFocus());
    // The other clip is as it was left.
    form->chooseClip("help");
    REQUIRE(form->shownOrder());
    CHECK(form->shownOrder()->run == kept->run);
    CHECK(form->shownOrder()->look == kept->look);
}

TEST_CASE("a swap that cannot be read is rendered again for its own clip") {
    Acting review;
    auto* form = review.find<ui::DeliverForm>("deliverForm");
    form->chooseClip("help");
    const auto help = form->shownOrder();
    review.window->studio().swaps.add({ui::text((review.temp / "gone.mp4").string()), "r02", "bird",
                                       "2026-03-12T16:00:00Z", "1001-1008"});
    REQUIRE(runUntil([&] { return review.find<QListWidget>("versionList")->count() == 3; }));
    review.press(Qt::Key_1);
    REQUIRE(runUntil([&] { return review.told("reviewMessages").contains("gone.mp4"); }));
    CHECK(utf8(review.remedy("reviewMessages")->text()) == "Render it in Deliver");
    review.remedy("reviewMessages")->click();
    CHECK(review.window->currentPage() == static_cast<int>(PageId::deliver));
    REQUIRE(form->shownOrder());
    CHECK(form->shownOrder()->clip.name == "bird");
    CHECK(form->shownOrder()->run == "r02");
    CHECK_FALSE(form->shownOrder()->version);
    form->chooseClip("help");
    CHECK(form->shownOrder()->run == help->run);
}

TEST_CASE("fixing and painting open the plate with their tool") {
    Acting review;
    review.ask(NoteAction::fixAlignment);
    CHECK(review.window->currentPage() == static_cast<int>(PageId::faces));
    CHECK(review.faces->view()->plate());
    CHECK(review.faces->view()->tools()->tool() == ui::FaceTool::points);
    CHECK(review.window->studio().faces.selectedCount() == 5);
    review.faces->view()->setPlate(false);
    review.window->goTo(PageId::review);
    review.ask(NoteAction::paintMask);
    CHECK(review.faces->view()->plate());
    CHECK(review.faces->view()->tools()->tool() == ui::FaceTool::brush);
    // Over what a filter hides, too.
    ui::FaceFilter filter;
    filter.performer = "Anna";
    review.window->studio().faces.setFilter(filter);
    review.window->goTo(PageId::review);
    review.ask(NoteAction::fixAlignment);
    CHECK(runUntil([&] { return review.faces->view()->tools()->tool() == ui::FaceTool::points; }));
    CHECK(review.window->studio().faces.selectedCount() == 5);
    CHECK(review.window->studio().faces.filter() == ui::FaceFilter());
}

TEST_CASE("frames are added to the faceset by one step that can be undone") {
    Acting review;
    const auto before = review.states(1002, 1006);
    const std::vector kept(5, media::ReviewState::keep);
    REQUIRE(before != kept);
    review.ask(NoteAction::addFrames);
    CHECK(review.window->currentPage() == static_cast<int>(PageId::faces));
    CHECK(utf8(review.remedy("facesMessages")->text()) == "Keep these 5 faces");
    const int steps = review.undo().count();
    review.remedy("facesMessages")->click();
    REQUIRE(review.saved());
    CHECK(review.states(1002, 1006) == kept);
    CHECK(review.undo().count() == steps + 1);
    CHECK(review.told("facesMessages").contains("Undo"));
    CHECK(review.window->studio().faces.selectedCount() == 5);
    review.undo().undo();
    REQUIRE(review.saved());
    CHECK(review.states(1002, 1006) == before);
    // Once they are kept there is nothing to do, and that is said.
    review.undo().redo();
    review.window->goTo(PageId::review);
    review.ask(NoteAction::addFrames);
    CHECK(review.told("facesMessages").contains("kept already"));
}

TEST_CASE("frames without a face say so") {
    Acting review;
    review.faces->dealWith("bird", 2001, 2004, NoteAction::addFrames);
    CHECK(review.told("facesMessages").contains("bird, frames 2001"));
    CHECK(utf8(review.remedy("facesMessages")->text()) == "Go to Ingest");
    review.remedy("facesMessages")->click();
    CHECK(review.window->currentPage() == static_cast<int>(PageId::ingest));
}

TEST_CASE("a run that has done all its steps is offered more of them") {
    Acting review;
    // Whose faces it trains with.
    REQUIRE(
        training::saveSelection({{}, {{"Anna", {}}, {"Ben", {}}}},
                                training::RunFolder{review.project().runFolder("r01")}.selection())
            .ok());
    review.ask(NoteAction::trainFurther);
    CHECK(review.window->currentPage() == static_cast<int>(PageId::train));
    REQUIRE(runUntil([&] { return review.told("trainMessages").contains("all of its 3,000"); }));
    CHECK(utf8(review.remedy("trainMessages")->text()) == "Train 1,500 more");
    review.remedy("trainMessages")->click();
    REQUIRE(runUntil([&] { return review.gateway.started.size() == 1; }));
    CHECK(review.gateway.started[0].kind == "train");
    CHECK(review.gateway.started[0].run == "r01");
    CHECK(runUntil([&] { return review.window->studio().run.plan()->steps == 4500; }));
}

TEST_CASE("what somebody else decided meanwhile is not written over") {
    Reviewed review;
    const int64_t id = review.project().version("bird", "v002")->id;
    // Another writer, of whom the window has not heard yet.
    auto other = media::Project::open(utf8(review.projectFolder()));
    REQUIRE(other->setVersionStatus(id, media::VersionStatus::approved, "Zoë").ok());
    review.window->studio().versions.setStatus(id, media::VersionStatus::retake);
    REQUIRE(review.saved());
    CHECK(other->version("bird", "v002")->status == media::VersionStatus::approved);
    auto* banner = review.find<ui::MessageBar>("windowMessages");
    CHECK(banner->text().contains("approved by somebody else"));
    CHECK(runUntil([&] {
        return review.find<QListWidget>("versionList")->item(0)->text().contains("approved");
    }));
    // The command is none any more.
    review.undo().undo();
    REQUIRE(review.saved());
    CHECK(review.undo().count() == 0);
    CHECK(other->version("bird", "v002")->status == media::VersionStatus::approved);

    // The same with notes: one that was written on, and one that was taken away.
    const auto notes = review.notesOf("v002");
    media::NoteRecord theirs = notes[0];
    theirs.text = "They say otherwise.";
    REQUIRE(other->putNote(theirs).ok());
    review.window->studio().versions.resolveNote(notes[0].id, true);
    REQUIRE(review.saved());
    CHECK(review.notesOf("v002")[0].text == "They say otherwise.");
    CHECK(review.notesOf("v002")[0].open());
    CHECK(banner->text().contains("note on 1002"));
    REQUIRE(other->removeNote(notes[1].id).ok());
    review.window->studio().versions.resolveNote(notes[1].id, false);
    REQUIRE(review.saved());
    CHECK(review.notesOf("v002").size() == 1);
}

TEST_CASE("B alone is seen at full frame, and what hides the picture can be hidden") {
    Reviewed review;
    review.compare(CompareMode::off);
    auto* modes = review.find<QComboBox>("compareMode");
    CHECK(utf8(modes->currentText()) == "A alone");
    review.press(Qt::Key_QuoteLeft);
    CHECK(utf8(modes->currentText()) == "B alone");
    CHECK(runUntil([&] { return review.view()->second() == drawnPlate(0, 32); }));
    CHECK(review.view()->secondName().startsWith("plate"));
    review.press(Qt::Key_QuoteLeft);
    CHECK(utf8(modes->currentText()) == "A alone");
    CHECK(utf8(review.view()->firstName()) == "v002");
    const double fitted = review.view()->widgetFromPicture().m22();
    review.press(Qt::Key_Plus);
    CHECK(review.view()->widgetFromPicture().m22() > fitted);
    review.press(Qt::Key_Minus);
    CHECK(review.view()->widgetFromPicture().m22() == Approx(fitted));
    review.press(Qt::Key_W);
    review.press(Qt::Key_Right, Qt::ControlModifier);
    CHECK(review.view()->split() == Approx(0.55));
    // The drawing of 1002 goes and comes back.
    review.bar()->seek(1002);
    REQUIRE(runUntil([&] {
        return !review.view()->drawing().empty() && review.view()->firstWords().isEmpty() &&
               !review.view()->second().isNull();
    }));
    const QImage drawn = review.view()->grab().toImage();
    review.press(Qt::Key_H);
    CHECK_FALSE(review.view()->marksShown());
    CHECK(review.view()->grab().toImage() != drawn);
    review.press(Qt::Key_H);
    CHECK(review.view()->grab().toImage() == drawn);
}

TEST_CASE("an empty review says and does the same next step") {
    ShowFixture show;
    show.window->goTo(PageId::review);
    auto* next = show.find<QPushButton>("reviewNext");
    REQUIRE(next->isVisible());
    CHECK(utf8(next->text()) == "Go to Deliver");
    next->click();
    CHECK(show.window->currentPage() == static_cast<int>(PageId::deliver));
}

TEST_CASE("a contact sheet says which versions had no room on it") {
    Reviewed review;
    {
        auto project = media::Project::open(utf8(review.projectFolder()));
        const auto folder = std::filesystem::path(utf8(review.projectFolder())) / "deliveries";
        media::VersionRecord version = project->versions()->back();
        for (int number = 3; number <= 7; ++number) {
            const std::string name = "bird_r01_v00" + std::to_string(number) + ".";
            for (int frame = 1001; frame <= 1008; ++frame) {
                const std::string end = std::to_string(frame) + ".png";
                std::filesystem::copy_file(folder / ("bird_r01_v002." + end),
                                           folder / (name + end));
            }
            version.out = (folder / (name + "####.png")).string();
            REQUIRE(project->addVersion(version).ok());
        }
    }
    REQUIRE(runUntil([&] { return review.list->count() == 7; }));
    review.dialogs.output = ui::text((review.temp / "sheet.png").string());
    review.find<QAbstractButton>("contactSheet")->click();
    auto* bar = review.find<ui::MessageBar>("reviewMessages");
    REQUIRE(runUntil([&] { return bar->text().contains("sheet.png"); }));
    CHECK(bar->text().contains("v002, v001"));
}
