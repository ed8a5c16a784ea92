// Ten recorded losses (record_losses.py) guard the whole of the mathematics: initial weights,
// networks, loss, gradients and optimizers. In double precision, where nothing hides in rounding.
#include <torch/types.h>

#include <catch2/catch.hpp>

#include "tests/training/engine/golden/recorded_run.h"
#include "tests/training/engine/single_thread.h"

using namespace understudy;
using namespace understudy::training;
using namespace understudy::tests;

namespace {

std::map<std::string, double> firstChecksums(const RecordedRun& run) {
    const auto squares = [](const torch::Tensor& values) {
        return values.square().sum().item<double>();
    };
    const auto& [source, destination] = run.firstPredictions;
    std::map<std::string, double> sums{{"source_rgb", squares(source.image)},
                                       {"source_mask", squares(source.mask)},
                                       {"destination_rgb", squares(destination.image)},
                                       {"destination_mask", squares(destination.mask)}};
    for (const auto& [name, gradient] : run.firstGradients) {
        sums["gradient"] += squares(gradient);
    }
    return sums;
}

}  // namespace

TEST_CASE("training repeats the recorded losses in double precision") {
    for (const auto& recording : recordedRuns()) {
        CAPTURE(recording["model"].get<std::string>(), recording["resolution"].get<int>());
        const RecordedRun run =
            repeatRecorded(recording, torch::kCPU, torch::kDouble, false, Precision::fp32);
        for (size_t i = 0; i < run.losses.size(); ++i) {
            CAPTURE(i);
            CHECK(run.losses[i] == Approx(recording["losses"][i].get<double>()).epsilon(1e-9));
        }
        REQUIRE(run.firstTerms.size() == recording["first_terms"].size());
        for (const LossTerm& term : run.firstTerms) {
            CAPTURE(term.name);
            CHECK(term.value.item<double>() ==
                  Approx(recording["first_terms"].at(term.name).get<double>()).epsilon(1e-11));
        }
        for (const auto& [name, sum] : firstChecksums(run)) {
            CAPTURE(name);
            CHECK(sum == Approx(recording["checksums"].at(name).get<double>()).epsilon(1e-10));
        }
    }
}

TEST_CASE("single precision and channels_last follow the recorded losses") {
    const auto all = recordedRuns();
    for (const size_t index : {1, 2, 3}) {
        CAPTURE(all[index]["model"].get<std::string>());
        const RecordedRun run =
            repeatRecorded(all[index], torch::kCPU, torch::kFloat, true, Precision::fp32);
        CHECK(run.losses[0] == Approx(all[index]["losses"][0].get<double>()).epsilon(2e-6));
        CHECK(run.losses[2] == Approx(all[index]["losses"][2].get<double>()).epsilon(1e-4));
        CHECK(run.losses.back() == Approx(all[index]["losses"].back().get<double>()).epsilon(5e-3));
    }
}

TEST_CASE("bf16 arithmetic stays near the recorded losses") {
    const auto all = recordedRuns();
    const RecordedRun run =
        repeatRecorded(all[1], torch::kCPU, torch::kFloat, true, Precision::bf16);
    CHECK(run.losses[0] == Approx(all[1]["losses"][0].get<double>()).epsilon(2e-3));
    CHECK(run.losses.back() == Approx(all[1]["losses"].back().get<double>()).epsilon(2e-2));
}

TEST_CASE("parameters have the recorded names and shapes") {
    for (const auto& recording : recordedRuns()) {
        if (recording["parameters"].empty()) {
            continue;
        }
        const auto model = makeModel(smallSpec(recording)).value();
        std::map<std::string, std::vector<int64_t>> shapes;
        for (const auto& item : model->named_parameters()) {
            shapes[item.key()] = item.value().sizes().vec();
        }
        CHECK(shapes == recording["parameters"].get<std::map<std::string, std::vector<int64_t>>>());
    }
}
