// SPDX-License-Identifier: GPL-3.0-or-later
// The window asks the disk away from its thread: Deliver and Review with versions, names and jobs.
#include "tests/ui/disk_watch.h"

#include <QFileInfo>
#include <QTimer>
#include <catch2/catch.hpp>

#include "tests/ui/deliver_fixture.h"

using namespace understudy;
using namespace understudy::tests;

namespace {

std::string joined(const std::vector<std::string>& lines) {
    std::string all;
    for (const std::string& line : lines) {
        all += line + '\n';
    }
    return all;
}

}  // namespace

TEST_CASE("who asks the disk on the window's thread is noticed") {
    ensureApplication();
    const TempFolder temp;
    const DiskWatch watch(temp.path());
    const auto ask = [&](const std::function<void()>& work) {
        bool done = false;
        QTimer::singleShot(0, qApp, [&] {
            work();
            done = true;
        });
        REQUIRE(runUntil([&] { return done; }));
    };
    CHECK_FALSE(std::filesystem::exists(temp / "by the test itself"));
    CHECK(watch.seen().empty());
    ask([&] { (void)QFileInfo::exists(ui::text((temp / "a.png").string())); });
    CHECK(joined(watch.seen()).find("a.png\n") != std::string::npos);
    ask([&] { (void)std::filesystem::exists(temp / "b.png"); });
    CHECK(joined(watch.seen()).find("b.png\n") != std::string::npos);
    ask([&] {
        std::error_code failed;
        (void)std::filesystem::directory_iterator(temp / "folder", failed);
    });
    CHECK(joined(watch.seen()).find("folder\n") != std::string::npos);
}

TEST_CASE("Deliver and Review ask nothing of the disk on the window's thread") {
    Deliver page;
    const DiskWatch watch(page.folder());
    auto& studio = page.window->studio();
    const auto tick = [&](const char* state, double done) {
        auto info = page.gateway.jobOf(0);
        info.state = state;
        info.done = done;
        info.total = 48;
        info.unit = "frames";
        page.gateway.tell(info);
        QCoreApplication::processEvents();
    };
    page.choose("deliverSource", "r:r01");
    page.typeName("{clip}/{version}/{clip}_{version}.{frame}");
    page.choose("deliverFormat", "exr");
    page.render();
    REQUIRE(runUntil([&] { return studio.swaps.swaps().size() == 1; }));
    for (int i = 0; i < 20; ++i) {
        tick("running", i);
    }
    page.window->goTo(ui::PageId::review);
    REQUIRE(runUntil([&] { return studio.results.of(studio.swaps.swaps()[0].out).known; }));
    tick("running", 30);
    tick("finished", 48);
    page.window->goTo(ui::PageId::deliver);
    REQUIRE(runUntil([&] {
        return studio.swaps.state(studio.swaps.swaps()[0]) == ui::SwapsModel::State::missing &&
               !studio.session.saving();
    }));
    CHECK(joined(watch.seen()) == "");
}
