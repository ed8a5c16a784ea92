// SPDX-License-Identifier: GPL-3.0-or-later
// How quick the window is: measure_window [start] [curves] [player], all of them where none is
// named. A frame is what the GUI thread does between two moments at which a screen of 60 Hz wants a
// picture; the longest piece of work in it counts.

// The plotting library's header needs the short keywords.
#undef QT_NO_KEYWORDS

#include <QApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QSlider>
#include <QThread>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "qcustomplot.h"
#include "tests/bench/window_frames.h"
#include "tests/support/process.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"
#include "ui/panels/loss_curves.h"
#include "ui/panels/player.h"

using namespace understudy;
using namespace understudy::tests;
using namespace understudy::bench;

namespace {

constexpr int64_t kPoints = 1000000;
// Between two looks for events: a window that waits leaves its core to those who decode.
constexpr unsigned long kIdleMicroseconds = 250;

double since(const QElapsedTimer& clock, qint64 before = 0) {
    return static_cast<double>(clock.nsecsElapsed() - before) / 1e6;
}

// The longest piece of work of one frame that begins with `work`.
double frame(const std::function<void()>& work) {
    QElapsedTimer clock;
    clock.start();
    work();
    QApplication::processEvents();
    double worst = since(clock);
    while (since(clock) < kFrameMilliseconds) {
        const qint64 before = clock.nsecsElapsed();
        QApplication::processEvents();
        worst = std::max(worst, since(clock, before));
        QThread::usleep(kIdleMicroseconds);
    }
    return worst;
}

void tell(const char* what, const std::vector<double>& times) {
    std::printf("%-44s p50 %6.2f ms  p99 %6.2f ms  most %6.2f ms  late %lld of %zu\n", what,
                quantile(times, 0.5), quantile(times, 0.99), quantile(times, 1), lateOf(times),
                times.size());
}

// A program that only loads its libraries, and the window until it is painted, empty and with a
// project.
void measureStart() {
    std::vector<double> loads;
    for (int i = 0; i < 10; ++i) {
        QElapsedTimer clock;
        clock.start();
        if (runProcess("understudy", {"--version"}).exitCode != 0) {
            throw std::runtime_error("understudy does not start");
        }
        loads.push_back(since(clock));
    }
    QElapsedTimer clock;
    clock.start();
    ensureApplication();
    StudioFixture studio;
    studio.window->show();
    studio.window->repaint();
    const double empty = since(clock);
    const double memory = megabytes("VmRSS");
    makeShow(ui::utf8(studio.projectFolder()), studio.temp / "plates");
    clock.restart();
    studio.openAndWait(studio.projectFolder());
    studio.window->repaint();
    const double opened = since(clock);
    std::printf(
        "start: programs and libraries %.0f ms, window painted %.0f ms more, %.0f MB; a project of "
        "three clips and 216 faces opened in %.0f ms, %.0f MB\n",
        quantile(loads, 0.5), empty, memory, opened, megabytes("VmRSS"));
}

void measureCurves() {
    ShowFixture show;
    show.window->goTo(ui::PageId::train);
    auto* curves = show.find<ui::LossCurves>("lossCurves");
    if (!runUntil([&] { return curves->pointsShown() > 0; })) {
        throw std::runtime_error("no curve is drawn");
    }
    auto& run = show.window->studio().run;
    const int64_t begin = run.last()->step + 1;
    appendHistory(run.folder().path, begin, begin + kPoints - 1, 1);
    QElapsedTimer clock;
    clock.start();
    std::vector<double> reading;
    run.poll();
    while (run.last()->step < begin + kPoints - 1) {
        reading.push_back(frame([] {}));
    }
    std::printf("%lld lines of history read in %.1f s\n", static_cast<long long>(kPoints),
                since(clock) / 1000);
    tell("while they are read", reading);
    QCustomPlot* plot = curves->plot();
    const auto first = static_cast<double>(begin);
    const auto whole = [&](int i) {
        // In to a thousandth and out again, a little each frame.
        const double zoom = std::pow(1000.0, -0.5 + 0.5 * std::cos(i * 0.05));
        const double middle = first + kPoints * (0.5 + 0.3 * std::sin(i * 0.013));
        plot->axisRect()
            ->axis(QCPAxis::atBottom)
            ->setRange(middle - 0.5 * kPoints * zoom, middle + 0.5 * kPoints * zoom);
        plot->replot(QCustomPlot::rpQueuedReplot);  // as a wheel or a drag does
    };
    std::vector<double> moving;
    for (int i = 0; i < 600; ++i) {
        moving.push_back(frame([&] { whole(i); }));
    }
    tell("zoomed and moved, all curves", moving);
    auto* slider = show.find<QSlider>("curveSmoothing");
    curves->fit();
    std::vector<double> smoothing;
    for (int i = 0; i < 200; ++i) {
        smoothing.push_back(frame([&] { slider->setValue(i % 100); }));
    }
    tell("smoothing dragged, the whole run in view", smoothing);
    std::vector<double> growing;
    for (int i = 0; i < 100; ++i) {
        const int64_t next = run.last()->step + 1;
        appendHistory(run.folder().path, next, next + 9, 1);
        run.poll();
        growing.push_back(frame([] {}));
    }
    tell("ten more lines each frame", growing);
    std::printf("memory %.0f MB\n", megabytes("VmRSS"));
}

// Pictures that changed on the screen in a second of playing, of a plate of this rate, with the
// cache that Review has; of one picture and of two that are compared.
void measurePlayer() {
    ensureApplication();
    const TempFolder temp;
    const auto path = (temp / "plate.mp4").string();
    const auto made =
        runProcess("ffmpeg", {"-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=24",
                              "-vf", "noise=alls=6:allf=t", "-frames:v", "100", "-pix_fmt",
                              "yuv420p", "-b:v", "20M", path});
    if (made.exitCode != 0) {
        throw std::runtime_error("ffmpeg: " + made.err);
    }
    for (const auto& [rate, two] : {std::pair(24.0, false), std::pair(24.0, true),
                                    std::pair(240.0, false), std::pair(240.0, true)}) {
        ui::Player player;
        player.resize(1280, 800);
        player.setVisible(true);
        int64_t shown = 0;
        qint64 last = 0;
        QObject::connect(&player, &ui::Player::frameShown, &player, [&] {
            const qint64 now = player.view()->picture().cacheKey();
            shown += now != last;
            last = now;
        });
        player.setSource({"plate", ui::text(path)}, std::nullopt, {}, rate);
        if (two) {
            player.setSecond({"again", ui::text(path)});
            player.setMode(ui::CompareMode::wipe);
        }
        if (!runUntil([&] { return shown > 0 && player.view()->firstWords().isEmpty(); })) {
            throw std::runtime_error("the plate does not open");
        }
        player.transport()->setLoops(true);
        for (const char* pass : {"from the file", "from the cache"}) {
            shown = 0;
            std::vector<double> times;
            QElapsedTimer clock;
            clock.start();
            player.transport()->setPlaying(true);
            while (since(clock) < 6000) {
                times.push_back(frame([] {}));
            }
            player.transport()->setPlaying(false);
            std::printf("1920x1080, H.264, %s, %3.0f frames/s wanted, %s: %.1f shown\n",
                        two ? "two compared" : "one", rate, pass,
                        static_cast<double>(shown) * 1000 / since(clock));
            tell("while it plays", times);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const std::vector<std::string> names(argv + 1, argv + argc);
    const auto wanted = [&](const char* name) {
        return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    };
    try {
        if (wanted("start")) {
            measureStart();
        }
        if (wanted("curves")) {
            measureCurves();
        }
        if (wanted("player")) {
            measurePlayer();
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "measure_window: %s\n", error.what());
        return 1;
    }
    return 0;
}
