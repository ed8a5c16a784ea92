#include "training/record/calibration.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;
namespace fs = std::filesystem;

namespace {

CalibrationKey keyOf(const Plan& plan, int ranks = 1) {
    return calibrationKey(plan, ranks, "bf16", "Large", 0);
}

}  // namespace

TEST_CASE("a rank's share of the batch is compared with as large a batch of one device") {
    const tests::TempFolder folder;
    const Calibrations kept(folder / "cache" / "calibrations");
    Plan one, four;
    one.batch = 8;
    four.batch = 32;
    CHECK_FALSE(kept.rate(keyOf(one)).has_value());
    REQUIRE(kept.keep(keyOf(one), 12.5).ok());
    CHECK(kept.rate(keyOf(one)) == 12.5);
    CHECK(kept.rate(keyOf(four, 4)) == 12.5);
    CHECK_FALSE(kept.rate(keyOf(four, 2)).has_value());
}

TEST_CASE("what makes a step longer has a calibration of its own") {
    const tests::TempFolder folder;
    const Calibrations kept(folder.path());
    REQUIRE(kept.keep(keyOf(Plan{}), 10).ok());
    const auto differs = [&](const std::string& key, const std::string& value) {
        Plan plan;
        REQUIRE(setOption(plan, key, value).ok());
        CAPTURE(key);
        return !kept.rate(keyOf(plan)).has_value();
    };
    for (const auto& [key, value] :
         {std::pair{"resolution", "256"}, std::pair{"model", "liae"},
          std::pair{"decoderDims", "32"}, std::pair{"optimizer", "adabelief"},
          std::pair{"mode", "exact"}, std::pair{"gan.power", "0.1"}, std::pair{"trueFace", "0.01"},
          std::pair{"accumulate", "2"}, std::pair{"recompute", "true"},
          std::pair{"loss.eyesMouth", "30"}, std::pair{"loss.faceStyle", "1"}}) {
        CHECK(differs(key, value));
    }
    CHECK_FALSE(differs("learningRate", "0.001"));
    CHECK_FALSE(differs("seed", "5"));
    CHECK_FALSE(differs("gan.patch", "20"));  // of a GAN that there is not
    CHECK_FALSE(kept.rate(calibrationKey(Plan{}, 1, "fp32", "Large", 0)).has_value());
    CHECK_FALSE(kept.rate(calibrationKey(Plan{}, 1, "bf16", "Small", 0)).has_value());
    CHECK_FALSE(kept.rate(calibrationKey(Plan{}, 1, "bf16", "Large", 2)).has_value());
}

TEST_CASE("a run only raises what a benchmark keeps, and damage is no rate") {
    const tests::TempFolder folder;
    const Calibrations kept(folder.path());
    const CalibrationKey key = keyOf(Plan{});
    REQUIRE(kept.raise(key, 10).ok());
    REQUIRE(kept.raise(key, 8).ok());
    CHECK(kept.rate(key) == 10);
    REQUIRE(kept.keep(key, 9).ok());
    CHECK(kept.rate(key) == 9);
    for (const double none : {0.0, -1.0, std::nan("")}) {
        REQUIRE(kept.keep(key, none).ok());
    }
    CHECK(kept.rate(key) == 9);
    const fs::path file = fs::directory_iterator(folder.path())->path();
    CHECK(readFile(file)->find("\"device\": \"Large\"") != std::string::npos);
    for (const char* text : {"", "{", "[]", "{\"it_per_s\": -1}", "{\"it_per_s\": \"9\"}"}) {
        std::ofstream(file) << text;
        CHECK_FALSE(kept.rate(key).has_value());
    }
    REQUIRE(kept.raise(key, 7).ok());
    CHECK(kept.rate(key) == 7);
    // Nowhere to keep it is no error.
    CHECK(Calibrations({}).keep(key, 5).ok());
    CHECK_FALSE(Calibrations({}).rate(key).has_value());
}

TEST_CASE("devices are named by their model") {
    Environment machine;
    CHECK(deviceModel(machine, "cpu") == "cpu");
    machine.cpu = "Some CPU";
    CHECK(deviceModel(machine, "cpu") == "Some CPU");
    CHECK(deviceModel(machine, "cuda:99") == "cuda");
}
