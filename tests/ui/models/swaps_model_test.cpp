// SPDX-License-Identifier: GPL-3.0-or-later
// Which swaps there are, how much of each is on disk, and which frames of the plate they show.
#include "ui/models/swaps_model.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/models/swap_frames.h"

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
        gateway.tell(info);
    }

    TempFolder temp;
    ui::ProjectSession session;
    FakeGateway gateway;
    ui::JobsModel jobs{&gateway};
    ui::SwapsModel swaps{&session, &jobs};
};

}  // namespace

TEST_CASE("a sequence is done when every frame of it is there") {
    Swaps show;
    show.swaps.add(show.record(show.sequence()));
    const ui::SwapRecord& swap = show.swaps.swaps()[0];
    CHECK(show.swaps.state(swap) == State::missing);
    show.frames(1001, 1004);
    CHECK(show.swaps.state(swap) == State::incomplete);
    CHECK(show.words(swap) == "incomplete: 4 of 10 frames");
    CHECK(utf8(ui::SwapsModel::iconName(show.swaps.state(swap))) == "warning");
    show.frames(1005, 1010);
    CHECK(show.swaps.state(swap) == State::done);
    // Of a part, the part.
    show.swaps.add(show.record(show.sequence(), "1003-1005"));
    CHECK(show.swaps.state(show.swaps.swaps()[0]) == State::done);
}

TEST_CASE("a render that was stopped or failed leaves nothing that looks done") {
    Swaps show;
    show.swaps.add(show.record(show.sequence()));
    show.frames(1001, 1010);  // of an earlier render, and of this one in part
    for (const char* state : {"running", "cancelled"}) {
        show.job(state);
    }
    const ui::SwapRecord& swap = show.swaps.swaps()[0];
    CHECK(show.swaps.state(swap) == State::incomplete);
    show.job("running");
    CHECK(show.swaps.state(swap) == State::rendering);
    show.job("failed");
    CHECK(show.swaps.state(swap) == State::incomplete);
    show.job("running");
    show.job("finished");
    CHECK(show.swaps.state(swap) == State::done);
}

TEST_CASE("of a swap that the command line made, its job says how many frames it has") {
    Swaps show;
    show.frames(1003, 1004);
    show.job("running");
    show.job("finished", (R"({"frames":2,"out":")" + utf8(show.sequence()) + "\"}").c_str());
    REQUIRE(show.swaps.swaps().size() == 1);
    CHECK(show.swaps.state(show.swaps.swaps()[0]) == State::done);
    std::filesystem::remove(show.temp / "bird_r01_v001.1004.png");
    CHECK(show.words(show.swaps.swaps()[0]) == "incomplete: 1 of 2 frames");
}

TEST_CASE("a sequence is there as soon as one frame of it is, whatever its name") {
    Swaps show;
    const auto out = [&](const char* name) { return text((show.temp / name).string()); };
    CHECK_FALSE(ui::SwapsModel::isThere(show.sequence()));
    show.frame(1004);
    CHECK(ui::SwapsModel::isThere(show.sequence()));
    CHECK(ui::SwapsModel::isThere(out("bird_r01_v001.%04d.png")));
    CHECK_FALSE(ui::SwapsModel::isThere(out("bird_r01.####.png")));
    std::ofstream(show.temp / "take[2].0007.exr") << "x";
    CHECK(ui::SwapsModel::isThere(out("take[2].####.exr")));
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
