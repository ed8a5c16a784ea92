// SPDX-License-Identifier: GPL-3.0-or-later
// How long the grid of faces takes for a frame while it scrolls: measure_grid [FACES] [CROP]. A
// real project with so many faces and packs with pictures of CROP pixels is made in the temporary
// folder (16 KB a face at 64 pixels), opened as the window opens it, and scrolled in three ways. A
// frame is all that the GUI thread does for it: moving, what arrived from the workers, painting.
#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>

#include "tests/bench/window_frames.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/coverage_card.h"
#include "ui/panels/face_filters.h"
#include "ui/panels/face_timeline.h"
#include "ui/panels/faces_grid.h"
#include "ui/panels/pose_plot.h"

using namespace understudy;
using namespace understudy::tests;
using namespace understudy::bench;

namespace {

constexpr int kFrames = 1500;
constexpr int kClipFaces = 5000;

// Milliseconds of each frame.
std::vector<double> scroll(ui::FacesGrid& grid,
                           const std::function<int(int frame, int now)>& place) {
    std::vector<double> times;
    QScrollBar* bar = grid.verticalScrollBar();
    for (int frame = 0; frame < kFrames; ++frame) {
        QElapsedTimer clock;
        clock.start();
        bar->setValue(place(frame, bar->value()));
        QApplication::processEvents();
        grid.viewport()->repaint();
        double worst = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        // Until the next frame is due: what arrives meanwhile must not hold up either.
        while (static_cast<double>(clock.nsecsElapsed()) / 1e6 < kFrameMilliseconds) {
            const qint64 before = clock.nsecsElapsed();
            QApplication::processEvents(QEventLoop::AllEvents, 1);
            worst = std::max(worst, static_cast<double>(clock.nsecsElapsed() - before) / 1e6);
        }
        times.push_back(worst);
    }
    return times;
}

void tell(const char* how, const std::vector<double>& times, const ui::ThumbnailCache& cache) {
    std::printf(
        "%-28s p50 %5.2f ms  p99 %5.2f ms  most %6.2f ms  late %lld of %zu  thumbnails %lld "
        "MB  anonymous %.0f MB  mapped %.0f MB\n",
        how, quantile(times, 0.5), quantile(times, 0.99), quantile(times, 1), lateOf(times),
        times.size(), static_cast<long long>(cache.bytes() >> 20), megabytes("RssAnon"),
        megabytes("RssFile"));
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    const int faces = argc > 1 ? std::max(kClipFaces, std::atoi(argv[1])) : 100000;
    const int crop = argc > 2 ? std::clamp(std::atoi(argv[2]), 16, 512) : 64;
    ensureApplication();
    const TempFolder temp;
    const auto path = temp / "many.understudy";
    {
        auto project = media::Project::create(path);
        for (int made = 0; made < faces; made += kClipFaces) {
            const std::string name = "clip" + std::to_string(made / kClipFaces);
            addClipWithFaces(*project,
                             {name,
                              made % (2 * kClipFaces) == 0 ? "Anna" : "Ben",
                              std::min(kClipFaces, faces - made),
                              20 + made / kClipFaces,
                              {}},
                             crop);
        }
    }
    QUndoStack undo;
    ui::ProjectSession session;
    ui::FacesModel model(&session, &undo);
    ui::ThumbnailCache cache;
    ui::FacesGrid grid(&model, &cache);
    grid.resize(968, 824);
    grid.show();
    QElapsedTimer clock;
    clock.start();
    session.open(ui::text(path.string()));
    runUntil([&] { return model.total() == faces && !model.loading(); }, 600000);
    std::printf("%d faces of %d pixels read in %.1f s\n", model.total(), crop,
                static_cast<double>(clock.elapsed()) / 1000);
    clock.start();
    model.setSort(ui::FaceSort::outlier);
    runUntil([&] { return !model.ordering(); });
    std::printf("sorted anew in %lld ms, in the background\n",
                static_cast<long long>(clock.elapsed()));

    tell("a quarter of a line a frame", scroll(grid, [](int, int now) { return now + 39; }), cache);
    tell("a line a frame", scroll(grid, [](int, int now) { return now + 156; }), cache);
    std::mt19937 random(1);
    const int most = grid.verticalScrollBar()->maximum();
    tell(
        "anywhere every frame",
        scroll(grid, [&](int, int) { return std::uniform_int_distribution<int>(0, most)(random); }),
        cache);

    ui::PosePlot plot(&model, &session);
    plot.resize(320, 220);
    plot.show();
    QApplication::processEvents();  // nothing is painted before it is on the screen
    std::vector<double> times;
    for (int i = 0; i < 100; ++i) {
        model.selectRows(i * 100, i * 100 + 2000, false);  // the points are drawn anew
        clock.start();
        plot.repaint();
        times.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    tell("the yaw and pitch plot", times, cache);

    // With all that stands beside the grid on its page.
    ui::FaceFilters filters(&model);
    filters.resize(240, 800);
    filters.show();
    ui::FaceTimeline timeline(&model, &session);
    timeline.resize(1900, 120);
    timeline.show();
    ui::CoverageCard coverage(&model, &session);
    coverage.resize(320, 220);
    coverage.setVisible(true);
    runUntil([&] { return !model.ordering() && !model.loading(); });
    times.clear();
    for (int i = 0; i < 200; ++i) {
        model.selectRows(i, i, false);
        model.setCurrent(i);
        QApplication::processEvents();
        clock.start();
        model.decide(i % 2 == 0 ? media::ReviewState::reject : media::ReviewState::keep);
        times.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
        // What it makes the panels do follows in the frames after.
        double worst = 0;
        while (session.saving()) {
            const qint64 before = clock.nsecsElapsed();
            QApplication::processEvents(QEventLoop::AllEvents, 1);
            worst = std::max(worst, static_cast<double>(clock.nsecsElapsed() - before) / 1e6);
        }
        times.back() = std::max(times.back(), worst);
    }
    tell("a decision on one face", times, cache);
    return 0;
}
