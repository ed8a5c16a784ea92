// SPDX-License-Identifier: GPL-3.0-or-later
// What the list of versions costs the window: 30 sequences of 500 frames, asked for again and again
// as jobs tell of their progress, beside what a look at the disk takes.
//   measure_results [VERSIONS] [FRAMES]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/models/swaps_model.h"

using namespace understudy;
using namespace understudy::tests;

namespace {

double millisecondsSince(std::chrono::steady_clock::time_point begun) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun)
        .count();
}

}  // namespace

int main(int argc, char** argv) {
    const int versions = argc > 1 ? std::atoi(argv[1]) : 30;
    const int frames = argc > 2 ? std::atoi(argv[2]) : 500;
    constexpr int kRefreshes = 100;
    ensureApplication();
    const TempFolder temp;
    {
        auto project = media::Project::create(temp / "show.understudy");
        addClipWithFaces(*project, {"bird", "Ben", frames, 32, {}}, 64);
    }
    ui::ProjectSession session;
    session.open(ui::text((temp / "show.understudy").string()));
    FakeGateway gateway;
    ui::JobsModel jobs(&gateway);
    ui::ResultsOnDisk results(&session, &jobs);
    ui::SwapsModel swaps(&session, &jobs, &results);
    if (!runUntil([&] { return session.isOpen(); })) {
        return 1;
    }
    for (int version = 1; version <= versions; ++version) {
        const auto folder = temp / ("v" + std::to_string(version));
        std::filesystem::create_directories(folder);
        for (int frame = 1001; frame <= 1000 + frames; ++frame) {
            std::ofstream(folder / ("bird." + std::to_string(frame) + ".exr")) << "x";
        }
        swaps.add({ui::text((folder / "bird.####.exr").string()),
                   "r01",
                   "bird",
                   "2026-01-01T00:00:00Z",
                   {}});
    }
    const auto refresh = [&] {
        int done = 0;
        for (const ui::SwapRecord& swap : swaps.swaps()) {
            done += swaps.state(swap) == ui::SwapsModel::State::done ? 1 : 0;
        }
        return done;
    };
    auto begun = std::chrono::steady_clock::now();
    if (!runUntil([&] { return refresh() == versions; })) {
        return 1;
    }
    std::printf("until all are known      %8.2f ms, in the background\n", millisecondsSince(begun));
    begun = std::chrono::steady_clock::now();
    for (int i = 0; i < kRefreshes; ++i) {
        refresh();
    }
    std::printf("a refresh of the list    %8.3f ms, on the window's thread\n",
                millisecondsSince(begun) / kRefreshes);
    const ui::Disk disk;
    begun = std::chrono::steady_clock::now();
    size_t files = 0;
    for (int version = 1; version <= versions; ++version) {
        files += disk.names(temp / ("v" + std::to_string(version))).size();
    }
    std::printf("listing %7zu files    %8.2f ms, as a refresh would without what is remembered\n",
                files, millisecondsSince(begun));
    return 0;
}
