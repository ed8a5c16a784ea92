#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "media/base/file.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "training/engine/trainer/history_file.h"
#include "training/engine/trainer/loss_meter.h"
#include "training/engine/trainer/png_writer.h"
#include "training/engine/trainer/run_lease.h"
#include "training/engine/trainer/schedule.h"
#include "training/engine/trainer/staged_packs.h"
#include "training/engine/trainer/step_clock.h"

using namespace understudy;
using namespace understudy::training;

TEST_CASE("schedules follow the progress of the run") {
    Plan plan;
    plan.learningRate = 1e-3;
    plan.warmupSteps = 10;
    CHECK(progressOf({100, 0}, 25, 1e9) == Approx(0.25));
    CHECK(progressOf({100, 60}, 99, 15) == Approx(0.25));  // by the clock
    CHECK(progressOf({100, 0}, 250, 0) == 1);
    CHECK(learningRateAt(plan, 0, 0) == Approx(1e-4));
    CHECK(learningRateAt(plan, 9, 0) == Approx(1e-3));
    CHECK(learningRateAt(plan, 50, 0.5) == Approx(0.55e-3));
    CHECK(learningRateAt(plan, 100, 1) == Approx(1e-4));
    plan.schedule = "constant";
    CHECK(learningRateAt(plan, 100, 1) == Approx(1e-3));
    plan.schedule = "step";
    plan.scheduleFactor = 0.3;
    plan.scheduleEvery = 100;
    CHECK(learningRateAt(plan, 99, 0.5) == Approx(1e-3));
    CHECK(learningRateAt(plan, 100, 0.5) == Approx(0.3e-3));
    CHECK(learningRateAt(plan, 250, 0.5) == Approx(0.09e-3));
    CHECK(learningRateAt(plan, 4, 0.5) == Approx(0.5e-3));  // still warming up
    plan.augment.warp = 0.8;
    plan.augment.warpFadeFrom = 0.6;
    CHECK(warpStrengthAt(plan, 0.3) == Approx(0.8));
    CHECK(warpStrengthAt(plan, 0.8) == Approx(0.4));
    CHECK(warpStrengthAt(plan, 1) == Approx(0));
    plan.augment.warpFadeFrom = 1;
    CHECK(warpStrengthAt(plan, 1) == Approx(0.8));
}

TEST_CASE("history is cut back to the checkpoint and torn lines go") {
    const tests::TempFolder folder;
    const auto path = folder / "history.jsonl";
    {
        auto file = HistoryFile::open(path, 0);
        REQUIRE(file.ok());
        for (const int64_t step : {10, 20, 30}) {
            HistoryLine line;
            line.step = step;
            line.loss = step == 20 ? std::nan("") : 1.0;
            REQUIRE(file->append(line).ok());
        }
    }
    std::ofstream(path, std::ios::app) << "{\"step\":40,\"ti";
    auto file = HistoryFile::open(path, 20);
    REQUIRE(file.ok());
    HistoryLine line;
    line.step = 21;
    REQUIRE(file->append(line).ok());
    uint64_t offset = 0;
    const auto lines = readHistory(path, offset);
    REQUIRE(lines.ok());
    REQUIRE(lines->size() == 3);
    CHECK((*lines)[1].step == 20);
    CHECK(std::isnan((*lines)[1].loss));
    CHECK((*lines)[2].step == 21);
}

TEST_CASE("the meter means over steps and its average begins without bias") {
    const auto loss = [](double value) {
        LossResult result;
        result.total = torch::tensor(value);
        result.terms = {{"source_mse", torch::tensor(value / 2)}};
        return result;
    };
    LossMeter meter;
    CHECK(std::isnan(meter.smoothed()));
    meter.add(loss(2));
    meter.add(loss(4));
    const LossReading reading = meter.read();
    CHECK(reading.total == Approx(3));
    CHECK(reading.terms.at("source_mse") == Approx(1.5));
    CHECK(meter.smoothed() == Approx(3));
    for (int i = 0; i < 60; ++i) {
        meter.add(loss(1));
    }
    meter.read();
    CHECK(meter.smoothed() < 1.1);
    CHECK(meter.smoothed() > 1);
    std::map<std::string, double> numbers;
    meter.save(numbers);
    LossMeter other;
    other.restore(numbers);
    CHECK(other.smoothed() == meter.smoothed());
    meter.add(loss(std::nan("")));
    meter.add(loss(1));
    CHECK(meter.read().diverged);
    CHECK(std::isfinite(meter.smoothed()));
    meter.add(loss(2.5));
    CHECK_FALSE(meter.read().diverged);
    meter.add(loss(5));
    CHECK(meter.read().diverged);
}

TEST_CASE("the clock gives a range of the remaining time") {
    StepClock clock(100);
    CHECK(clock.remaining(10).first < 0);
    for (int i = 0; i < 40; ++i) {
        clock.add(i % 4 == 0 ? 0.3 : 0.1, 0.01, i < 20 ? 0.02 : 0.04);
    }
    CHECK(clock.communication() == Approx(0.03));
    CHECK_FALSE(clock.settled());
    CHECK(clock.seconds() == Approx(106));
    CHECK(clock.rate() == Approx(10));
    CHECK(clock.dataWait() == Approx(0.4 / 6));
    CHECK(clock.remaining(10).first == Approx(1));
    CHECK(clock.remaining(10).second == Approx(3));
}

TEST_CASE("the newest holder of a lease alone may write") {
    const tests::TempFolder folder;
    const RunLease first(folder.path(), "12.0"), second(folder.path(), "12.1");
    CHECK_FALSE(first.check().ok());  // nobody has taken it
    REQUIRE(first.take().ok());
    CHECK(first.check().ok());
    REQUIRE(second.take().ok());
    CHECK(second.check().ok());
    REQUIRE_FALSE(first.check().ok());
    CHECK(first.check().error().code == ErrorCode::transient);
    CHECK(first.check().error().message.find("12.1") != std::string::npos);
}

TEST_CASE("staged packs are whole copies that go away again") {
    const tests::TempFolder folder, node;
    tests::writeRun(folder.path(), tests::tinyPlan());
    const Selection selection = loadSelection(folder / "selection.json").value();
    const auto place = node / "job";
    const StagedPacks staged(selection, folder.path(), place);
    const auto report = staged.copy();
    REQUIRE(report.ok());
    CHECK(report->bytes > 10000);
    const Selection near = staged.selection();
    REQUIRE(near.packs.size() == selection.packs.size());
    for (size_t pack = 0; pack < near.packs.size(); ++pack) {
        const auto here = packPath(near, pack, folder.path());
        CHECK(here.string().starts_with(place.string()));
        CHECK(*readFile(here) == *readFile(packPath(selection, pack, folder.path())));
    }
    staged.remove();
    CHECK_FALSE(std::filesystem::exists(place));
    std::filesystem::remove(packPath(selection, 0, folder.path()));
    CHECK(staged.copy().error().code == ErrorCode::missingInput);
    const StagedPacks nowhere(near, folder.path(), "/proc/none");
    CHECK_FALSE(nowhere.copy().ok());
}

TEST_CASE("a written PNG is read back by other programs") {
    const int width = 37, height = 23;
    std::vector<uint8_t> pixels;
    for (int i = 0; i < width * height * 3; ++i) {
        pixels.push_back(static_cast<uint8_t>(i * i / 7));
    }
    const std::string png = encodePng(width, height, pixels);
    CHECK(png.substr(1, 3) == "PNG");
    const tests::TempFolder folder;
    REQUIRE(writeFileAtomic(folder / "a.png", png).ok());
    const std::string script =
        "import sys,zlib,struct\n"
        "d=open(sys.argv[1],'rb').read(); at=8; raw=b''\n"
        "while at<len(d):\n"
        "    n,t=struct.unpack('>I4s',d[at:at+8]); body=d[at+8:at+8+n]\n"
        "    assert struct.unpack('>I',d[at+8+n:at+12+n])[0]==zlib.crc32(t+body), t\n"
        "    raw+=body if t==b'IDAT' else b''; at+=12+n\n"
        "raw=zlib.decompress(raw); w=37*3; up=bytes(w); out=b''\n"
        "for y in range(23):\n"
        "    line=raw[y*(w+1):(y+1)*(w+1)]; assert line[0]==4; row=bytearray(line[1:])\n"
        "    for i in range(w):\n"
        "        a=row[i-3] if i>2 else 0; b=up[i]; c=up[i-3] if i>2 else 0; p=a+b-c\n"
        "        q=sorted((abs(p-v),k,v) for k,v in enumerate((a,b,c)))[0][2]\n"
        "        row[i]=(row[i]+q)&255\n"
        "    out+=row; up=row\n"
        "assert all(v==(i*i//7&255) for i,v in enumerate(out)); print('same',len(out))\n";
    const auto result = tests::runProcess("python3", {"-c", script, (folder / "a.png").string()});
    INFO(result.err);
    CHECK(result.out == "same 2553\n");
}
