// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/frame_loader.h"

#include <QSemaphore>
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>

#include "media/source/frame_sink.h"
#include "tests/ui/studio_fixture.h"
#include "ui/models/formatting.h"

using namespace understudy;
using namespace understudy::tests;

namespace {

constexpr int64_t kFrameBytes = 640 * 360 * 4;

// A plate of 48 frames from 1001 and a loader that holds so many of them.
struct Loader {
    explicit Loader(int64_t holds) : loader(nullptr, holds * kFrameBytes) {
        ensureApplication();
        QObject::connect(&loader, &ui::FrameLoader::frameArrived,
                         [this](qint64 frame) { ++arrivals[frame]; });
        QObject::connect(&loader, &ui::FrameLoader::frameFailed,
                         [this](qint64 frame, const Error&) { ++failures[frame]; });
    }
    std::filesystem::path file(int number) const {
        return temp / ("again." + std::to_string(number) + ".png");
    }
    void open() {
        loader.setPath(ui::text(file(1001).string()));
        REQUIRE(runUntil([&] { return loader.info().has_value(); }));
    }
    bool waitFor(int64_t frame) {
        return runUntil([&] { return loader.has(frame); });
    }

    TempFolder temp;
    std::string pattern = writePlate(temp.path(), "again", 48, 20);
    std::map<int64_t, int> arrivals;
    std::map<int64_t, int> failures;
    ui::FrameLoader loader;
};

}  // namespace

TEST_CASE("frames are decoded ahead as far as the cache reaches, each of them once") {
    Loader plate(5);
    plate.open();
    plate.loader.get(1001);
    REQUIRE(plate.waitFor(1005));
    // As long as another one takes for all of it, this one rests.
    Loader clock(48);
    clock.open();
    clock.loader.get(1001);
    REQUIRE(clock.waitFor(1048));
    CHECK(plate.loader.frames() == std::set<int64_t>{1001, 1002, 1003, 1004, 1005});
    CHECK(plate.arrivals.size() == 5);
    // On to the end: what is behind makes room for what is ahead.
    for (int64_t frame = 1001; frame <= 1048; ++frame) {
        plate.loader.get(frame);
        REQUIRE(plate.waitFor(frame));
    }
    CHECK(plate.loader.frames() == std::set<int64_t>{1044, 1045, 1046, 1047, 1048});
    for (const auto& [frame, times] : plate.arrivals) {
        INFO(frame);
        CHECK(times == 1);
    }
}

TEST_CASE("a frame larger than the cache is still shown, and is not decoded again and again") {
    Loader plate(0);
    plate.open();
    plate.loader.get(1010);
    REQUIRE(plate.waitFor(1010));
    plate.loader.get(1020);
    REQUIRE(plate.waitFor(1020));
    CHECK(plate.loader.frames() == std::set<int64_t>{1020});
    CHECK(plate.arrivals == std::map<int64_t, int>{{1010, 1}, {1020, 1}});
}

TEST_CASE("a frame that cannot be read is told, and read again when it is gone to again") {
    Loader plate(48);
    plate.open();
    std::ofstream(plate.file(1003), std::ios::binary | std::ios::trunc) << "no picture";
    plate.loader.get(1001);
    REQUIRE(runUntil([&] { return plate.loader.failure(1003).has_value(); }));
    CHECK(plate.failures == std::map<int64_t, int>{{1003, 1}});
    CHECK(plate.loader.get(1003).isNull());
    REQUIRE(runUntil([&] { return plate.failures[1003] == 2; }));
    std::filesystem::copy_file(plate.file(1002), plate.file(1003),
                               std::filesystem::copy_options::overwrite_existing);
    plate.loader.get(1004);
    plate.loader.get(1003);
    CHECK(plate.waitFor(1003));
    CHECK_FALSE(plate.loader.failure(1003));
}

TEST_CASE("a missing frame is told without being read") {
    Loader plate(48);
    std::filesystem::remove(plate.file(1005));
    plate.open();
    CHECK(plate.loader.get(1005).isNull());
    const auto failure = plate.loader.failure(1005);
    REQUIRE(failure);
    CHECK(failure->message.find("1005") != std::string::npos);
    CHECK_FALSE(failure->remedy.empty());
    CHECK_FALSE(plate.loader.failure(1004));
    plate.loader.get(1004);
    CHECK(plate.waitFor(1006));
    CHECK(plate.failures.empty());
}

TEST_CASE("what is played round and round comes from the cache the second time") {
    Loader plate(20);
    plate.open();
    ui::PlayOrder order;
    order.first = 1010;
    order.last = 1029;
    order.playing = order.loops = true;
    plate.loader.setOrder(order);
    plate.loader.get(1010);
    REQUIRE(plate.waitFor(1029));
    for (int pass = 0; pass < 2; ++pass) {
        for (int64_t frame = 1010; frame <= 1029; ++frame) {
            CHECK_FALSE(plate.loader.get(frame).isNull());
        }
    }
    // As long as another one takes for all of it, this one rests.
    Loader clock(48);
    clock.open();
    clock.loader.get(1001);
    REQUIRE(clock.waitFor(1048));
    CHECK(plate.arrivals.size() == 20);
    for (const auto& [frame, times] : plate.arrivals) {
        INFO(frame);
        CHECK(times == 1);
    }
    CHECK(plate.loader.frames().size() == 20);
}

TEST_CASE("frames are read ahead the way they are played, to the end of the part and round") {
    Loader plate(6);
    plate.open();
    ui::PlayOrder order;
    order.first = 1010;
    order.last = 1029;
    order.playing = order.loops = order.backwards = true;
    plate.loader.setOrder(order);
    plate.loader.get(1012);
    REQUIRE(runUntil([&] { return plate.loader.frames().size() == 6; }));
    CHECK(plate.loader.frames() == std::set<int64_t>{1010, 1011, 1012, 1027, 1028, 1029});
    order.backwards = order.loops = false;
    plate.loader.setOrder(order);
    plate.loader.get(1026);
    REQUIRE(plate.waitFor(1026));
    CHECK(plate.loader.has(1029));
    CHECK(plate.arrivals.count(1030) == 0);
    // Less room: what comes next stays.
    plate.loader.setMostBytes(2 * kFrameBytes);
    CHECK(plate.loader.frames() == std::set<int64_t>{1026, 1027});
}

namespace {

// Flat frames; any will do.
std::string writeMovie(const std::filesystem::path& path, int frames) {
    media::SinkOptions options;
    options.width = 64;
    options.height = 48;
    auto sink = media::createSink(path.string(), options);
    REQUIRE(sink.ok());
    for (int number = 1; number <= frames; ++number) {
        media::Frame frame;
        frame.number = number;
        frame.pixels = media::Image(64, 48, 3, media::SampleType::u8);
        REQUIRE((*sink)->write(frame).ok());
    }
    REQUIRE((*sink)->finish().ok());
    return path.string();
}

}  // namespace

TEST_CASE("a movie that is played backwards is read forwards, a stretch at a time") {
    ensureApplication();
    const TempFolder temp;
    const std::string movie = writeMovie(temp / "back.mp4", 40);
    ui::FrameLoader loader;
    std::vector<int64_t> order;
    QObject::connect(&loader, &ui::FrameLoader::frameArrived,
                     [&](qint64 frame) { order.push_back(frame); });
    ui::PlayOrder backwards;
    backwards.playing = backwards.backwards = true;
    loader.setOrder(backwards);
    loader.setPath(ui::text(movie));
    REQUIRE(runUntil([&] { return loader.info().has_value(); }));
    loader.get(40);
    REQUIRE(runUntil([&] { return order.size() == 40; }));
    std::vector<int64_t> wanted = {40};
    for (const auto& [first, last] : {std::pair(24, 39), std::pair(8, 23), std::pair(1, 7)}) {
        for (int64_t frame = first; frame <= last; ++frame) {
            wanted.push_back(frame);
        }
    }
    CHECK(order == wanted);
}

TEST_CASE("two movies on the same threads advance together") {
    ensureApplication();
    const TempFolder temp;
    const auto threads = std::make_shared<QThreadPool>();
    threads->setMaxThreadCount(1);
    ui::FrameLoader a(nullptr, 64 << 20, threads);
    ui::FrameLoader b(nullptr, 64 << 20, threads);
    std::string order;
    for (const auto& [loader, name] : {std::pair(&a, 'a'), std::pair(&b, 'b')}) {
        QObject::connect(loader, &ui::FrameLoader::frameArrived, [&order, name] { order += name; });
        loader->setLookAhead(false);
        loader->setPath(ui::text(writeMovie(temp / (std::string(1, name) + ".mp4"), 12)));
        REQUIRE(runUntil([&] { return loader->info().has_value(); }));
        loader->get(1);
        REQUIRE(runUntil([&] { return loader->has(1); }));
    }
    // Nothing begins before both have said what they want.
    QSemaphore begin;
    threads->start([&] { begin.acquire(); }, 100);
    order.clear();
    a.setLookAhead(true);
    b.setLookAhead(true);
    begin.release();
    REQUIRE(runUntil([&] { return order.size() == 22; }));
    CHECK(order == "ababababababababababab");
}

TEST_CASE("a movie that is read more slowly than it is played is read in one go") {
    ensureApplication();
    const TempFolder temp;
    ui::FrameLoader loader;
    std::vector<int64_t> order;
    QObject::connect(&loader, &ui::FrameLoader::frameArrived, [&](qint64 frame) {
        order.push_back(frame);
        if (order.size() == 1) {
            loader.get(30);  // that far it is played already
        }
    });
    ui::PlayOrder playing;
    playing.playing = playing.loops = true;
    loader.setOrder(playing);
    loader.setPath(ui::text(writeMovie(temp / "slow.mp4", 40)));
    REQUIRE(runUntil([&] { return loader.info().has_value(); }));
    loader.get(1);
    REQUIRE(runUntil([&] { return order.size() == 40; }));
    CHECK(std::is_sorted(order.begin(), order.end()));
}
