// SPDX-License-Identifier: GPL-3.0-or-later
// Clips and performers on Ingest: searched again, moved, taken out, named, and all of it undone.
#include <QApplication>
#include <QDropEvent>
#include <QLineEdit>
#include <QListView>
#include <QMimeData>
#include <QPushButton>
#include <QSpinBox>
#include <QToolButton>
#include <QUrl>
#include <catch2/catch.hpp>

#include "media/project/people_settings.h"
#include "tests/ui/used_window.h"
#include "ui/models/formatting.h"
#include "ui/panels/clip_bin.h"
#include "ui/panels/search_form.h"
#include "ui/workspaces/ingest_page.h"

using namespace understudy;
using namespace understudy::tests;
using ui::PageId;
using ui::text;
using ui::utf8;

namespace {

struct Ingest : UsedWindow {
    Ingest() {
        window->goTo(PageId::ingest);
        REQUIRE(runUntil([&] { return bin("sourceBin")->list()->model()->rowCount() == 2; }));
    }
    ui::ClipBin* bin(const char* name) const { return find<ui::ClipBin>(name); }
    // Of one who has neither role.
    ui::ClipBin* binOf(const std::string& performer) const {
        for (auto* each : window->findChildren<ui::ClipBin*>()) {
            if (each->isVisible() && each->model()->performer() == performer) {
                return each;
            }
        }
        return nullptr;
    }
    const ui::ProjectSnapshot& snapshot() const { return window->studio().session.snapshot(); }
    QUndoStack& undo() const { return window->studio().undo; }
    media::Project project() const { return *media::Project::open(folder(), true); }
    void choose(const char* list, int row) const {
        auto* view = find<QListView>(list);
        view->setFocus();
        view->setCurrentIndex(view->model()->index(row, 0));
    }
    bool saved() const {
        return runUntil([&] { return !window->studio().session.saving(); });
    }
    bool commands(int count) const {
        return runUntil([&] { return undo().index() == count; }) && saved();
    }
    void back() const {
        undo().undo();
        REQUIRE(saved());
    }
    std::string argument(const training::StartJob& job, const char* name) const {
        for (size_t i = 0; i + 1 < job.arguments.size(); ++i) {
            if (job.arguments[i] == name) {
                return job.arguments[i + 1];
            }
        }
        return {};
    }
    // Null until it is open.
    QMenu* menu(const char* name) const {
        QMenu* open = nullptr;
        runUntil([&] {
            for (auto* each : window->findChildren<QMenu*>(name)) {
                open = each->isVisible() || each->title().size() > 0 ? each : open;
            }
            return open != nullptr;
        });
        return open;
    }
    static QAction* entry(const QMenu* menu, const QString& begins) {
        for (QAction* action : menu->actions()) {
            if (action->text().startsWith(begins)) {
                return action;
            }
        }
        return nullptr;
    }
    static void drop(QWidget* on, const QMimeData& data) {
        const QPoint middle = on->rect().center();
        QDragEnterEvent enter(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(on, &enter);
        REQUIRE(enter.isAccepted());
        QDropEvent drop(middle, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(on, &drop);
    }
};

}  // namespace

TEST_CASE("a clip that was taken out comes back by undo with all that was decided in it") {
    Ingest ingest;
    {
        auto writing = *media::Project::open(ingest.folder());
        const std::vector<int64_t> frames = {1003};
        REQUIRE(writing.setReview("bird", frames, media::ReviewState::reject).ok());
        REQUIRE(writing.assignFaces("bird", std::vector<int64_t>{1004}, "Anna").ok());
        REQUIRE(writing.putLandmarkCorrections("bird", {{1005, {{}, true}}}).ok());
        const std::vector<uint8_t> levels(4, 0);
        REQUIRE(
            writing.putMaskCorrection("bird", 1006, media::MaskCorrection::fromLevels(2, 2, levels))
                .ok());
    }
    ingest.choose("destinationClips", 0);
    ingest.press(Qt::Key_Delete);
    REQUIRE(ingest.commands(1));
    CHECK(ingest.dialogs.questions.isEmpty());  // it can be undone
    CHECK(ingest.project().clips()->size() == 2);
    CHECK(runUntil([&] { return ingest.snapshot().clips.size() == 2; }));
    CHECK(ingest.undo().undoText() == "Take out bird");
    ingest.back();
    const auto project = ingest.project();
    CHECK(project.faces("bird")->size() == 48);
    CHECK(project.review("bird")->at(1003) == media::ReviewState::reject);
    CHECK(project.assignments("bird")->at(1004) == "Anna");
    CHECK(project.landmarkCorrections("bird")->count(1005) == 1);
    CHECK(project.maskCorrections("bird")->count(1006) == 1);
    CHECK(runUntil([&] { return ingest.window->studio().faces.total() == 216; }));
    ingest.undo().redo();
    REQUIRE(ingest.saved());
    CHECK(ingest.project().clips()->size() == 2);
}

TEST_CASE("a clip that is being searched is only taken out with its job") {
    Ingest ingest;
    ingest.choose("destinationClips", 0);
    ingest.press(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
    REQUIRE(ingest.gateway.started.size() == 1);
    ingest.dialogs.answer = false;
    ingest.press(Qt::Key_Delete);
    CHECK(ingest.dialogs.questions.size() == 1);
    CHECK(ingest.undo().count() == 0);
    ingest.dialogs.answer = true;
    ingest.press(Qt::Key_Delete);
    REQUIRE(ingest.commands(1));
    CHECK(ingest.gateway.actions.back().first == ui::JobAction::stop);
}

TEST_CASE("an import is undone with the role that came of it, and done again") {
    StudioFixture studio;
    { REQUIRE(media::Project::create(utf8(studio.projectFolder())).ok()); }
    studio.openAndWait(studio.projectFolder());
    studio.window->goTo(PageId::ingest);
    const auto plate = writePlate(studio.temp / "anna", "milk", 3, 32);
    studio.dialogs.files = {text(plate)};
    studio.find<QToolButton>("sourceAdd")->click();
    auto& undo = studio.window->studio().undo;
    const auto& session = studio.window->studio().session;
    REQUIRE(runUntil([&] { return undo.count() == 1 && session.snapshot().clips.size() == 1; }));
    CHECK(session.snapshot().source == "anna");
    CHECK(undo.undoText() == "Import milk");
    undo.undo();
    REQUIRE(runUntil([&] { return session.snapshot().clips.empty() && !session.saving(); }));
    CHECK(session.snapshot().source.empty());
    undo.redo();
    REQUIRE(runUntil([&] { return session.snapshot().clips.size() == 1 && !session.saving(); }));
    CHECK(session.snapshot().source == "anna");
}

TEST_CASE("clips that were searched are searched again, with the options of the page") {
    Ingest ingest;
    auto* form = ingest.find<ui::SearchForm>("searchForm");
    REQUIRE(form != nullptr);
    form->findChild<ui::OptionField*>("option.size")->findChild<QSpinBox*>()->setValue(512);
    auto* occlusion =
        form->findChild<ui::OptionField*>("option.occlusion")->findChild<QLineEdit*>();
    ingest.choose("sourceClips", 0);
    occlusion->setText("3");
    ingest.press(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
    CHECK(ingest.gateway.started.empty());  // the field says why
    CHECK(form->findChild<QLabel*>("optionError") != nullptr);
    occlusion->setText("0.5");
    auto* list = ingest.find<QListView>("sourceClips");
    list->selectAll();
    ingest.press(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
    REQUIRE(ingest.gateway.started.size() == 2);
    for (const auto& job : ingest.gateway.started) {
        CHECK(job.kind == "extract");
        CHECK(ingest.argument(job, "--size") == "512");
        CHECK(ingest.argument(job, "--type") == "whole_face");
        CHECK(ingest.argument(job, "--occlusion") == "0.5");
    }
    // Kept with the project.
    REQUIRE(ingest.saved());
    CHECK(*ingest.project().setting(ui::searchSetting("size")) == "512");
}

TEST_CASE("whose face a clip is searched for is chosen among those seen in it") {
    Ingest ingest;
    {
        auto writing = *media::Project::open(ingest.folder());
        REQUIRE(writing
                    .putSetting(media::peopleSetting("bird"),
                                R"([{"person":1,"frames":48,"first":1001,"last":1048,)"
                                R"("size_px":150.4,"chosen":true},{"person":2,"frames":12,)"
                                R"("first":1004,"last":1015,"size_px":80,"chosen":false}])")
                    .ok());
    }
    ingest.choose("destinationClips", 0);
    ingest.press(Qt::Key_W, Qt::ControlModifier | Qt::ShiftModifier);
    QMenu* menu = ingest.menu("whoseFace");
    REQUIRE(menu != nullptr);
    REQUIRE(menu->actions().size() == 2);
    CHECK(utf8(menu->actions()[0]->text()) == "Person 1: 48 frames (1001 to 1048), 150 px");
    CHECK(menu->actions()[0]->isChecked());
    menu->actions()[1]->trigger();
    CHECK(ingest.dialogs.questions.size() == 1);
    REQUIRE(ingest.gateway.started.size() == 1);
    CHECK(ingest.gateway.started[0].clip == "bird");
    CHECK(ingest.argument(ingest.gateway.started[0], "--person") == "2");
}

TEST_CASE("the context menu key opens the menu of the current clip") {
    Ingest ingest;
    ingest.choose("sourceClips", 1);
    auto* list = ingest.find<QListView>("sourceClips");
    QContextMenuEvent key(QContextMenuEvent::Keyboard, list->rect().center(),
                          list->mapToGlobal(list->rect().center()));
    QApplication::sendEvent(list, &key);
    QMenu* menu = ingest.menu("clipMenu");
    REQUIRE(menu != nullptr);
    Ingest::entry(menu, "Find faces again")->trigger();
    REQUIRE(ingest.gateway.started.size() == 1);
    CHECK(ingest.gateway.started[0].clip == "help");
}

TEST_CASE("a third performer is added, named, and gets clips; each step can be undone") {
    Ingest ingest;
    ingest.find<QPushButton>("addPerformer")->click();
    REQUIRE(ingest.commands(1));
    REQUIRE(runUntil([&] { return ingest.binOf("Performer 3") != nullptr; }));
    CHECK(*ingest.project().performers() == std::vector<std::string>{"Anna", "Ben", "Performer 3"});
    // The name is typed at once.
    auto* name = ingest.binOf("Performer 3")->findChild<QLineEdit*>();
    REQUIRE(runUntil([&] { return ingest.window->focusWidget() == name; }));
    QTest::keyClicks(name, "Carl");
    QTest::keyClick(name, Qt::Key_Return);
    REQUIRE(ingest.commands(2));
    REQUIRE(runUntil([&] { return ingest.binOf("Carl") != nullptr; }));
    CHECK(ingest.snapshot().performers() == std::vector<std::string>{"Anna", "Ben", "Carl"});

    // Files dropped on the bin are Carl's.
    const auto plate = writePlate(ingest.temp / "c", "milk", 3, 32);
    QMimeData files;
    files.setUrls({QUrl::fromLocalFile(text(plate))});
    Ingest::drop(ingest.binOf("Carl"), files);
    REQUIRE(ingest.commands(3));
    CHECK(ingest.project().clip("milk")->performer == "Carl");

    // A clip dragged from one bin to another.
    const auto* list = ingest.bin("sourceBin")->list();
    const std::unique_ptr<QMimeData> clips(list->model()->mimeData({list->model()->index(1, 0)}));
    Ingest::drop(ingest.binOf("Carl"), *clips);
    REQUIRE(ingest.commands(4));
    CHECK(ingest.project().clip("help")->performer == "Carl");
    CHECK(runUntil([&] { return ingest.binOf("Carl")->list()->model()->rowCount() == 2; }));

    ingest.back();
    CHECK(ingest.project().clip("help")->performer == "Anna");
    ingest.back();
    CHECK(ingest.project().clips()->size() == 3);
    ingest.back();
    ingest.back();
    CHECK(*ingest.project().performers() == std::vector<std::string>{"Anna", "Ben"});
    CHECK(runUntil([&] { return ingest.binOf("Performer 3") == nullptr; }));
}

TEST_CASE("another performer becomes the source, and the names follow") {
    Ingest ingest;
    ingest.find<QToolButton>("destinationPerformer")->click();
    QMenu* menu = ingest.menu("performerMenu");
    REQUIRE(menu != nullptr);
    CHECK(Ingest::entry(menu, "Take out")->isEnabled() == false);
    Ingest::entry(menu, "Make the source")->trigger();
    REQUIRE(ingest.commands(1));
    REQUIRE(runUntil([&] { return ingest.snapshot().source == "Ben"; }));
    CHECK(ingest.snapshot().destination == "Anna");
    CHECK(ingest.find<QLineEdit>("sourceName")->text() == "Ben");
    CHECK(ingest.bin("sourceBin")->list()->model()->rowCount() == 1);
    // A name that is taken is refused, and the field shows the one that counts.
    auto* name = ingest.find<QLineEdit>("sourceName");
    name->setFocus();
    name->selectAll();
    QTest::keyClicks(name, "Anna");
    QTest::keyClick(name, Qt::Key_Return);
    CHECK(runUntil([&] { return name->text() == "Ben"; }));
    CHECK(ingest.undo().count() == 1);
    ingest.back();
    CHECK(runUntil([&] { return ingest.snapshot().source == "Anna"; }));
}
