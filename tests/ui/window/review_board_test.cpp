// SPDX-License-Identifier: GPL-3.0-or-later
// Review: the board of all versions of the project.
#include <QAbstractButton>
#include <catch2/catch.hpp>

#include "tests/ui/reviewed.h"

using namespace understudy;
using namespace understudy::tests;
using ui::utf8;
using ui::VersionCards;

namespace {

// Two versions of "bird", and two of another clip: one wip, one approved.
struct Board : Reviewed {
    Board() {
        const auto& clips = window->studio().session.snapshot().clips;
        const auto found = std::find_if(clips.begin(), clips.end(),
                                        [](const auto& clip) { return clip.name > "bird"; });
        REQUIRE(found != clips.end());
        other = found->name;
        window->studio().session.write(
            [clip = other](media::Project& project) -> Status {
                US_ASSIGN(media::VersionRecord version, project.version("bird", "v002"));
                version.clip = clip;
                version.matte.clear();
                for (const auto status :
                     {media::VersionStatus::approved, media::VersionStatus::wip}) {
                    version.status = status;
                    version.out += "x";  // not there
                    const auto added = project.addVersion(version);
                    if (!added.ok()) {
                        return added.error();
                    }
                }
                return {};
            },
            [](const Status& status) { REQUIRE(status.ok()); });
        REQUIRE(runUntil([&] { return window->studio().versions.versions().size() == 4; }));
        board = find<ui::VersionBoard>("versionBoard");
        REQUIRE(runUntil([&] { return cards()->takes().size() == 4; }));
    }
    VersionCards* cards() const { return board->cards(); }
    bool shown() const { return board->isVisible(); }
    std::vector<std::string> listed() const {
        std::vector<std::string> names;
        for (const ui::Take& take : cards()->takes()) {
            names.push_back(utf8(take.clip + " " + take.name + " " + take.state));
        }
        return names;
    }
    void filter(const char* name) const { find<QAbstractButton>(name)->click(); }

    std::string other;
    ui::VersionBoard* board;
};

}  // namespace

TEST_CASE("all versions are on one board, by clip and the newest first") {
    Board all;
    CHECK_FALSE(all.shown());
    all.press(Qt::Key_V, Qt::ShiftModifier);
    REQUIRE(all.shown());
    CHECK(all.find<QAbstractButton>("allVersions")->isChecked());
    CHECK(all.listed() == std::vector<std::string>{"bird v002 pending review", "bird v001 retake",
                                                   all.other + " v002 wip",
                                                   all.other + " v001 approved"});
    CHECK(utf8(all.cards()->takes()[1].notes) == "1 open note");
    CHECK(all.cards()->current()->name == "v002");
    // A click opens that version on its clip.
    const QPoint place = all.cards()->cardRect(1).center();
    QTest::mouseClick(all.cards()->viewport(), Qt::LeftButton, {}, place);
    CHECK_FALSE(all.shown());
    CHECK(runUntil([&] { return all.view()->picture() == all.file("bird_r01_v001", 1001); }));
    CHECK_FALSE(all.find<QAbstractButton>("allVersions")->isChecked());
}

TEST_CASE("one walks over the board by keys, and the sides speak of where one is") {
    Board all;
    all.find<QAbstractButton>("allVersions")->click();
    REQUIRE(all.shown());
    const auto press = [&](Qt::Key key) { QTest::keyClick(all.cards(), key); };
    const auto at = [&] {
        return utf8(all.cards()->current()->clip + " " + all.cards()->current()->name);
    };
    auto* status = all.find<QComboBox>("versionStatus");
    press(Qt::Key_Right);
    CHECK(at() == "bird v001");
    CHECK(status->currentIndex() == static_cast<int>(media::VersionStatus::retake));
    press(Qt::Key_Down);
    CHECK(at() == all.other + " v001");
    CHECK(status->currentIndex() == static_cast<int>(media::VersionStatus::approved));
    press(Qt::Key_Left);
    CHECK(at() == all.other + " v002");
    press(Qt::Key_Up);
    CHECK(at() == "bird v002");
    press(Qt::Key_End);
    CHECK(at() == all.other + " v001");
    press(Qt::Key_Home);
    press(Qt::Key_Return);
    CHECK_FALSE(all.shown());
    CHECK(runUntil([&] { return all.view()->picture() == all.file("bird_r01_v002", 1001); }));
    all.press(Qt::Key_V, Qt::ShiftModifier);
    press(Qt::Key_Escape);
    CHECK_FALSE(all.shown());
}

TEST_CASE("the board shows versions of one status, and says where there are none") {
    Board all;
    all.press(Qt::Key_V, Qt::ShiftModifier);
    all.filter("board_pending");
    CHECK(all.listed() == std::vector<std::string>{"bird v002 pending review"});
    CHECK(all.find<QAbstractButton>("board_pending")->text().endsWith("1"));
    CHECK(all.find<QAbstractButton>("board_all")->text().endsWith("4"));
    // Somebody decides: it is no longer among them.
    QTest::keyClick(all.cards(), Qt::Key_4, Qt::ControlModifier | Qt::ShiftModifier);
    REQUIRE(runUntil([&] { return all.cards()->takes().empty(); }));
    CHECK(all.find<QWidget>("boardEmpty")->isVisible());
    CHECK(all.find<QAbstractButton>("board_approved")->text().endsWith("2"));
    all.find<QAbstractButton>("boardShowAll")->click();
    CHECK(all.cards()->takes().size() == 4);
    CHECK(all.find<QAbstractButton>("board_all")->isChecked());
}

TEST_CASE("a project without versions has no board") {
    StudioFixture studio;
    makeShow(ui::utf8(studio.projectFolder()), studio.temp / "plates");
    studio.openAndWait(studio.projectFolder());
    studio.window->goTo(ui::PageId::review);
    auto* all = studio.find<QAbstractButton>("allVersions");
    CHECK_FALSE(all->isEnabled());
    auto* page = static_cast<ui::ReviewPage*>(studio.window->page(ui::PageId::review));
    page->showBoard(true);
    CHECK_FALSE(page->board()->isVisible());
    CHECK(studio.find<QWidget>("reviewEmpty")->isVisible());
}
