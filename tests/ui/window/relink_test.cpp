// SPDX-License-Identifier: GPL-3.0-or-later
// Plates that were moved: marked, found again by name and range, relinked, taken back.
#include <QAbstractItemView>
#include <QPushButton>
#include <QTreeWidget>
#include <QtTest/QTest>
#include <catch2/catch.hpp>

#include "media/source/frame_source.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/clip_list_model.h"
#include "ui/models/formatting.h"
#include "ui/models/relink.h"
#include "ui/window/relink_dialog.h"

using namespace understudy;
using namespace understudy::tests;
using ui::FoundPlate;
using ui::text;
using ui::utf8;
namespace fs = std::filesystem;

namespace {

std::string stateOf(const StudioFixture& show, const std::string& clip) {
    for (const char* list : {"sourceClips", "destinationClips", "othersClips"}) {
        const auto* model = show.find<QAbstractItemView>(list)->model();
        for (int row = 0; row < model->rowCount(); ++row) {
            if (utf8(model->index(row, 0).data().toString()) == clip) {
                return utf8(model->index(row, 0).data(ui::ClipListModel::StateRole).toString());
            }
        }
    }
    return "no such clip";
}

}  // namespace

TEST_CASE("plates are found by the names, numbers and size of their files") {
    const TempFolder temp;
    const std::string was = writePlate(temp / "old/shots", "bird", 6, 20);
    const auto source = media::openSource(was);
    REQUIRE(source.ok());
    media::ClipRecord clip;
    clip.name = "bird";
    clip.path = (*source)->info().path;
    clip.first = (*source)->info().first;
    clip.last = (*source)->info().last;
    clip.width = (*source)->info().width;
    clip.height = (*source)->info().height;
    CHECK(ui::platesGone({clip}, temp / "p").empty());
    fs::create_directories(temp / "new/deep");
    fs::rename(temp / "old/shots", temp / "new/deep/shots");
    CHECK(ui::platesGone({clip}, temp / "p") == std::set<std::string>{"bird"});
    // A part of it lies elsewhere and comes first in the alphabet.
    writePlate(temp / "new/aaa", "bird", 3, 20);

    const auto found = ui::findPlates(temp / "new", {clip}, temp / "p", {});
    REQUIRE(found.ok());
    REQUIRE(found->size() == 1);
    CHECK(found->front().state == FoundPlate::State::matches);
    CHECK(fs::path(found->front().found).parent_path() == temp / "new/deep/shots");
    CHECK(found->front().was == clip.path);

    const auto part = ui::findPlates(temp / "new/aaa", {clip}, temp / "p", {});
    CHECK(part->front().state == FoundPlate::State::otherFrames);
    CHECK_FALSE(part->front().detail.empty());
    clip.width += 2;
    CHECK(ui::findPlates(temp / "new/deep", {clip}, temp / "p", {})->front().state ==
          FoundPlate::State::otherSize);
    CHECK(ui::findPlates(temp / "old", {clip}, temp / "p", {})->front().state ==
          FoundPlate::State::notFound);
    CHECK(ui::findPlates(temp / "none", {clip}, temp / "p", {}).error().code ==
          ErrorCode::missingInput);
    std::stop_source stop;
    stop.request_stop();
    CHECK(ui::findPlates(temp / "new", {clip}, temp / "p", stop.get_token()).error().code ==
          ErrorCode::saved);
}

TEST_CASE("moved plates are told, relinked as one step, and back") {
    StudioFixture show;
    const std::string was = writePlate(show.temp / "plates", "bird", 6, 20);
    {
        auto project = media::Project::create(utf8(show.projectFolder()));
        addClipWithFaces(*project, {"bird", "Ben", 6, 20, was}, 64);
    }
    fs::rename(show.temp / "plates", show.temp / "moved");
    show.openAndWait(show.projectFolder());
    REQUIRE(runUntil([&] { return stateOf(show, "bird") == "its files are gone"; }));
    auto* banner = show.find<QWidget>("windowMessages");
    REQUIRE(runUntil([&] { return banner->isVisible(); }));
    banner->findChild<QPushButton*>("messageAction")->click();
    auto* dialog = show.find<ui::RelinkDialog>("relinkDialog");
    REQUIRE(dialog != nullptr);
    auto* apply = dialog->findChild<QPushButton*>("relinkApply");
    CHECK_FALSE(apply->isEnabled());
    show.dialogs.folderAnswer = text(show.temp.path().string());
    dialog->findChild<QPushButton*>("relinkChoose")->click();
    REQUIRE(runUntil([&] { return apply->isEnabled(); }));
    const auto path = [&] {
        const auto project = media::Project::open(utf8(show.projectFolder()), true);
        return fs::path(project->clip("bird")->path).parent_path().filename().string();
    };
    CHECK(path() == "plates");  // nothing is changed before it is asked for
    apply->click();
    REQUIRE(runUntil([&] { return path() == "moved"; }));
    CHECK(runUntil([&] { return stateOf(show, "bird") != "its files are gone"; }));
    CHECK(runUntil([&] { return !banner->isVisible(); }));
    show.window->studio().undo.undo();
    CHECK(runUntil([&] { return path() == "plates"; }));
    CHECK(runUntil([&] { return stateOf(show, "bird") == "its files are gone"; }));
    const auto project = media::Project::open(utf8(show.projectFolder()), true);
    CHECK(project->auditLog()->back().action == "relink");
}
