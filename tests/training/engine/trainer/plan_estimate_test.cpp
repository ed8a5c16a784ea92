// What a plan is said to take of this machine before it is trained.
#include "training/engine/trainer/plan_estimate.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "training/plan/run_folder.h"
#include "training/record/calibration.h"
#include "training/record/environment.h"

using namespace understudy;
using namespace understudy::training;
using Json = nlohmann::json;

namespace {

EstimateOptions tiny() {
    EstimateOptions options;
    options.plan = tests::tinyPlan();
    options.plan.devices = "cpu";
    options.plan.precision = "fp32";
    options.plan.threads = 2;
    options.faces = 100;
    return options;
}

Json estimated(const EstimateOptions& options) {
    const auto estimate = estimatePlan(options);
    REQUIRE(estimate.ok());
    return Json::parse(*estimate);
}

// As a run of this plan on this machine leaves it.
void addRun(const std::filesystem::path& folder, const Plan& plan, double rate) {
    std::filesystem::create_directories(folder);
    const RunFolder run{folder};
    REQUIRE(savePlan(plan, run.plan()).ok());
    Environment then = describeMachine();
    then.devices = {"cpu"};
    then.threads = 2;
    then.precision = "fp32";
    REQUIRE(recordStart(run.environment(), then).ok());
    std::ofstream history(run.history());
    for (int step = 10; step <= 100; step += 10) {
        HistoryLine line;
        line.step = step;
        line.iterationsPerSecond = step == 10 ? rate / 9 : rate;  // it began slowly
        history << historyToJson(line) << '\n';
    }
}

}  // namespace

TEST_CASE("a small plan fits, its memory is told by what for, its time is not known") {
    const Json estimate = estimated(tiny());
    CHECK(estimate["devices"] == Json{"cpu"});
    CHECK(estimate["precision"] == "fp32");
    CHECK(estimate["fits"] == true);
    CHECK(estimate["settings"].empty());
    CHECK(estimate["free_bytes"].get<uint64_t>() <= estimate["total_bytes"].get<uint64_t>());
    uint64_t sum = 0;
    for (const auto& part : estimate["parts_bytes"]) {
        sum += part.get<uint64_t>();
    }
    CHECK(sum == estimate["memory_bytes"].get<uint64_t>());
    const int resolution = tiny().plan.resolution;
    CHECK(estimate["parts_bytes"]["faces"].get<int64_t>() ==
          int64_t{100} * resolution * resolution * (tiny().plan.loss.eyesMouth > 0 ? 5 : 4));
    CHECK(estimate["it_per_s"].is_null());
    CHECK(estimate["rate_from"].is_null());
}

TEST_CASE("what does not fit names what would") {
    EstimateOptions options = tiny();
    options.plan.resolution = 1024;
    options.plan.batch = 4096;
    const Json estimate = estimated(options);
    CHECK(estimate["fits"] == false);
    CHECK(estimate["memory_bytes"].get<uint64_t>() > estimate["free_bytes"].get<uint64_t>());
    bool batch = false;
    for (const auto& setting : estimate["settings"]) {
        batch |= setting.get<std::string>().starts_with("batch=");
    }
    CHECK(batch);
}

TEST_CASE("ranks on the CPU share its memory and the batch") {
    EstimateOptions options = tiny();
    options.plan.batch = 4;
    const auto alone = estimated(options)["total_bytes"].get<uint64_t>();
    options.plan.devices = "cpu,cpu";
    const Json shared = estimated(options);
    CHECK(shared["devices"] == Json{"cpu", "cpu"});
    CHECK(shared["total_bytes"].get<uint64_t>() == alone / 2);
    options.plan.batch = 3;
    CHECK(estimatePlan(options).error().code == ErrorCode::usage);
    options.plan.devices = "GPU-gone";
    options.plan.batch = 4;
    CHECK(estimatePlan(options).error().code == ErrorCode::usage);
}

TEST_CASE("a run like it says how fast, one that differs does not, then a calibration does") {
    const tests::TempFolder folder;
    EstimateOptions options = tiny();
    options.runs = folder / "runs";
    options.calibrations = folder / "calibrations";
    const CalibrationKey key =
        calibrationKey(options.plan, 1, "fp32", deviceModel(describeMachine(), "cpu"), 2);
    REQUIRE(Calibrations(options.calibrations).keep(key, 20).ok());
    CHECK(estimated(options)["it_per_s"] == 20.0);
    CHECK(estimated(options)["rate_from"] == "calibration");
    Plan wider = options.plan;
    wider.decoderDims *= 2;
    addRun(options.runs / "r01", wider, 3);
    CHECK(estimated(options)["rate_from"] == "calibration");
    Plan like = options.plan;
    like.learningRate = 1e-3;  // takes no longer
    addRun(options.runs / "r02", like, 9);
    CHECK(estimated(options)["it_per_s"] == 9.0);
    CHECK(estimated(options)["rate_from"] == "run r02");
    options.plan.threads = 1;
    CHECK(estimated(options)["it_per_s"].is_null());
}
