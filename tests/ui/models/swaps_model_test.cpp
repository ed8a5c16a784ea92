// SPDX-License-Identifier: GPL-3.0-or-later
// Which swaps there are, how much of each is on disk, and which frames of the plate they show.
#include "ui/models/swaps_model.h"

#include <QApplication>
#include <QThread>
#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/models/swap_frames.h"
#include "ui/models/swap_list_model.h"

using namespace understudy;
using namespace understudy::tests;
using ui::text;
using ui::utf8;
using State = ui::SwapsModel::State;

namespace {

// A project with a clip of ten frames from 1001.
struct Swaps {
    Swaps() {
        ensureApplication();
        {
            auto project = media::Project::create(temp / "show.understudy");
            addClipWithFaces(*project, {"bird", "Ben", 10, 32, {}}, 64);
        }
        session.open(text((temp / "show.understudy").string()));
        REQUIRE(runUntil([&] { return session.isOpen(); }));
        jobs.setProject(session.folder());
    }
    QString sequence() const { return text((temp / "bird_r01_v001.####.png").string()); }
    void frame(int number) const {
        std::ofstream(temp / ("bird_r01_v001." + std::to_string(number) + ".png")) << "x";
    }
    void frames(int from, int to) const {
        for (int number = from; number <= to; ++number) {
            frame(number);
        }
    }
    ui::SwapRecord record(const QString& out, const QString& wanted = {}) const {
        return {out, "r01", "bird", "2026-01-01T00:00:00Z", wanted};
    }
    const ui::SwapRecord& newest() const { return swaps.swaps()[0]; }
    // Of the newest, once the disk was looked at.
    bool becomes(State state) {
        results.lookAgain();
        return runUntil([&] { return swaps.state(newest()) == state; });
    }
    std::string words(const ui::SwapRecord& swap) const {
        return utf8(swaps.stateText(swap, swaps.standing(swap)));
    }
    void job(const char* state, const char* result = "") {
        training::JobInfo info;
        info.job = "job-1";
        info.kind = "swap";
        info.project = utf8(session.folder());
        info.run = "r01";
        info.clip = "bird";
        info.state = state;
        info.result = result;
        info.out = utf8(sequence());
        gateway.tell(info);
    }

    TempFolder temp;
    ui::ProjectSession session;
    FakeGateway gateway;
    ui::JobsModel jobs{&gateway};
    ui::ResultsOnDisk results{&session, &jobs};
    ui::SwapsModel swaps{&session, &jobs, &results};
};

}  // namespace

TEST_CASE("a sequence is done when every frame of it is there") {
    Swaps show;
    show.swaps.add(show.record(show.sequence()));
    CHECK(show.words(show.newest()) == "looking…");  // never waits for the disk
    CHECK(show.becomes(State::missing));
    show.frames(1001, 1004);
    CHECK(show.becomes(State::incomplete));
    CHECK(show.words(show.newest()) == "incomplete: 4 of 10 frames");
    CHECK(show.swaps.standing(show.newest()).bytes == 4);
    CHECK(utf8(ui::SwapsModel::iconName(State::incomplete)) == "warning");
    show.frames(1005, 1010);
    CHECK(show.becomes(State::done));
    // Of a part, the part.
    show.swaps.add(show.record(show.sequence(), "1003-1005"));
    CHECK(show.becomes(State::done));
}

TEST_CASE("a render that was stopped or failed leaves nothing that looks done") {
    Swaps show;
    show.swaps.add(show.record(show.sequence()));
    show.frames(1001, 1010);  // of an earlier render, and of this one in part
    for (const char* state : {"running", "cancelled"}) {
        show.job(state);
    }
    CHECK(show.becomes(State::incomplete));
    show.job("running");
    CHECK(show.swaps.state(show.newest()) == State::rendering);
    show.job("failed");
    CHECK(show.becomes(State::incomplete));
    show.job("running");
    show.job("finished");
    CHECK(show.becomes(State::done));
}

TEST_CASE("of two renders of one run and clip each has the state of its own job") {
    Swaps show;
    const QString movie = text((show.temp / "bird.mp4").string());
    show.swaps.add(show.record(show.sequence()));
    show.swaps.add(show.record(movie));
    show.job("running");  // of the sequence, which was ordered first
    const ui::SwapRecord& older = *show.swaps.find(show.sequence());
    CHECK(show.swaps.state(older) == State::rendering);
    CHECK(show.swaps.jobOf(show.newest()) == nullptr);
    CHECK(show.becomes(State::missing));
}

TEST_CASE("of a swap that the command line made, its job says how many frames it has") {
    Swaps show;
    show.frames(1003, 1004);
    show.job("running");
    show.job("finished", (R"({"frames":2,"out":")" + utf8(show.sequence()) + "\"}").c_str());
    REQUIRE(show.swaps.swaps().size() == 1);
    CHECK(show.becomes(State::done));
    std::filesystem::remove(show.temp / "bird_r01_v001.1004.png");
    CHECK(show.becomes(State::incomplete));
    CHECK(show.words(show.newest()) == "incomplete: 1 of 2 frames");
}

TEST_CASE("a sequence is there as soon as one frame of it is, whatever its name") {
    Swaps show;
    const auto isThere = [&](const char* name) {
        const QString out = text((show.temp / name).string());
        REQUIRE(runUntil([&] { return show.results.of(out).known; }));
        return show.results.of(out).there;
    };
    CHECK_FALSE(isThere("bird_r01_v001.####.exr"));
    show.frame(1004);
    CHECK(isThere("bird_r01_v001.####.png"));
    CHECK(isThere("bird_r01_v001.%04d.png"));
    CHECK_FALSE(isThere("bird_r01.####.png"));
    std::ofstream(show.temp / "take[2].0007.exr") << "x";
    CHECK(isThere("take[2].####.exr"));
}

namespace {

// Counts what is asked of it, and by whom.
struct CountedDisk : ui::Disk {
    std::vector<std::string> names(const std::filesystem::path& folder) const override {
        ++listed;
        onGuiThread = onGuiThread || QThread::currentThread() == qApp->thread();
        return ui::Disk::names(folder);
    }
    mutable std::atomic<int> listed = 0;
    mutable std::atomic<bool> onGuiThread = false;
};

}  // namespace

TEST_CASE("a folder is listed once for all results in it, and only when somebody wants to know") {
    Swaps show;
    const auto disk = std::make_shared<CountedDisk>();
    ui::ResultsOnDisk results(&show.session, &show.jobs, disk);
    int told = 0;
    QObject::connect(&results, &ui::ResultsOnDisk::changed, [&] { ++told; });
    show.frames(1001, 1010);
    const auto out = [&](int number) {
        return text((show.temp / ("bird_r01_v00" + std::to_string(number) + ".####.png")).string());
    };
    for (int i = 0; i < 100; ++i) {  // as views do that are painted again and again
        for (int number = 1; number <= 9; ++number) {
            results.of(out(number));
        }
    }
    CHECK(disk->listed == 0);
    REQUIRE(runUntil([&] { return results.of(out(1)).known; }));
    CHECK(results.of(out(1)).frames.size() == 10);
    CHECK(results.of(out(9)).known);
    CHECK_FALSE(results.of(out(9)).there);
    CHECK(disk->listed == 1);
    CHECK(told == 1);
    // Events of jobs are no reason to look; their end is.
    show.job("running");
    show.job("running");
    results.of(out(1));
    CHECK(disk->listed == 1);
    show.frame(1011);
    show.job("finished");
    REQUIRE(runUntil([&] { return results.of(out(1)).frames.size() == 11; }));
    CHECK(disk->listed == 2);
    CHECK_FALSE(disk->onGuiThread);
}

TEST_CASE("what is taken off the list stays off it, and comes back as it was") {
    Swaps show;
    ui::SwapListModel list(&show.swaps);
    show.swaps.add(show.record(show.sequence()));
    show.swaps.add(show.record(text((show.temp / "bird.mp4").string())));
    list.refresh();
    REQUIRE(list.rowCount() == 2);
    const QPersistentModelIndex older = list.index(1);
    show.swaps.add(show.record(text((show.temp / "bird.mov").string())));
    list.refresh();
    CHECK(older.row() == 2);  // what is chosen stays chosen
    show.swaps.setListed(text((show.temp / "bird.mp4").string()), false);
    list.refresh();
    CHECK(list.rowCount() == 2);
    CHECK(older.row() == 1);
    CHECK(older.data().toString().startsWith("bird_r01_v001.####.png\n"));
    REQUIRE(runUntil([&] { return !show.session.saving(); }));
    ui::SwapsModel again(&show.session, &show.jobs, &show.results);
    show.session.open(show.session.folder());
    REQUIRE(runUntil([&] { return again.swaps().size() == 3; }));
    CHECK_FALSE(again.swaps()[1].listed);
    show.swaps.setListed(text((show.temp / "bird.mp4").string()), true);
    list.refresh();
    CHECK(list.rowCount() == 3);
}

TEST_CASE("a movie counts what was rendered from one, a sequence has the plate's numbers") {
    const auto whole = ui::FrameMap::counted(ui::renderedFrames(1001, 1020, {1012}, ""));
    CHECK(whole.length() == 19);
    CHECK(whole.inFile(1001) == 1);
    CHECK(whole.inFile(1011) == 11);
    CHECK_FALSE(whole.inFile(1012));
    CHECK(whole.inFile(1013) == 12);
    CHECK(whole.ofPlate(12) == 1013);
    CHECK(whole.ofPlate(19) == 1020);
    CHECK_FALSE(whole.ofPlate(20));
    const auto part = ui::FrameMap::counted(ui::renderedFrames(1001, 1020, {}, "1010-1014,1019"));
    CHECK(part.ofPlate(1) == 1010);
    CHECK(part.ofPlate(6) == 1019);
    CHECK(part.inFile(1019) == 6);
    CHECK_FALSE(part.inFile(1015));
    const ui::FrameMap numbered;
    CHECK_FALSE(numbered.counts());
    CHECK(numbered.inFile(1011) == 1011);
    CHECK(numbered.ofPlate(1011) == 1011);
}
