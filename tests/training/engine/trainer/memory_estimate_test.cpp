// How much memory a training is said to need, and what is named where that is too much.
#include "training/engine/trainer/memory_estimate.h"

#include <catch2/catch.hpp>

#include "training/engine/model/discriminators.h"
#include "training/engine/model/parts.h"
#include "training/engine/trainer/adversary.h"

using namespace understudy;
using namespace understudy::training;

TEST_CASE("the estimate of memory comes near what the benchmark measured") {
    // Peaks of the process after three steps, and of CUDA's allocator; see tests/bench/README.md.
    struct Measured {
        const char* model;
        const char* switches;
        int resolution, batch;
        Precision precision;
        bool gpu;
        double gigabytes;
        int dims = 64;
        bool recompute = false;
    };
    const Measured table[] = {{"df", "ud", 64, 4, Precision::fp32, false, 1.355},
                              {"df", "ud", 64, 16, Precision::fp32, false, 1.425},
                              {"df", "ud", 128, 4, Precision::fp32, false, 1.593},
                              {"df", "ud", 128, 8, Precision::fp32, false, 1.728},
                              {"df", "ud", 128, 4, Precision::bf16, false, 1.488},
                              {"df", "ud", 128, 8, Precision::bf16, true, 1.4},
                              {"liae", "ud", 256, 8, Precision::bf16, true, 4.1},
                              {"liae", "udt", 512, 4, Precision::bf16, true, 6.7},
                              {"df", "ud", 128, 8, Precision::fp32, false, 0.953, 32},
                              {"df", "ud", 128, 8, Precision::fp32, false, 0.857, 32, true}};
    for (const Measured& row : table) {
        Plan plan;
        plan.model = row.model;
        plan.switches = row.switches;
        plan.resolution = row.resolution;
        plan.batch = row.batch;
        plan.encoderDims = plan.decoderDims = row.dims;
        plan.recompute = row.recompute;
        const auto estimate = estimateMemory(plan, {row.precision, row.gpu, 1, 0});
        REQUIRE(estimate.ok());
        // The benchmark saves nothing, and CUDA's allocator does not count its libraries.
        const uint64_t extra = row.gpu ? estimate->programs : estimate->host;
        INFO(row.model << row.switches << " " << row.resolution << " batch " << row.batch);
        CHECK(static_cast<double>(estimate->total() - extra) / 1e9 ==
              Approx(row.gigabytes).epsilon(0.2));
    }
}

TEST_CASE("settings that fit do fit, and nothing is named that does not") {
    Plan plan;
    plan.resolution = 256;
    plan.batch = 16;
    const MemoryTerms terms{Precision::bf16, true, 1, 0};
    const uint64_t needed = estimateMemory(plan, terms)->total();
    Plan again = plan;
    again.recompute = true;
    const uint64_t room = estimateMemory(again, terms)->total();
    REQUIRE(room < needed);
    const auto settings = settingsThatFit(plan, terms, room);
    REQUIRE(settings.size() == 5);
    CHECK(settings[0] == "recompute=true");  // first what learns the same
    CHECK(settings[1].starts_with("accumulate="));
    for (const std::string& setting : settings) {
        Plan smaller = plan;
        for (size_t at = 0; at < setting.size();) {
            const size_t end = std::min(setting.find(' ', at), setting.size());
            const std::string one = setting.substr(at, end - at);
            const size_t equals = one.find('=');
            REQUIRE(setOption(smaller, one.substr(0, equals), one.substr(equals + 1)).ok());
            at = end + 1;
        }
        INFO(setting);
        CHECK(smaller.check().ok());
        CHECK(estimateMemory(smaller, terms)->total() <= room);
    }
    CHECK(settingsThatFit(plan, terms, 1).empty());
    const Error error = outOfMemory(plan, terms, room, "CUDA out of memory");
    CHECK(error.code == ErrorCode::usage);
    CHECK(error.remedy.find("recompute=true, or with " + settings[1] + ", or with batch=") !=
          std::string::npos);
    // Where the estimate was too low, it still names less than what failed.
    const Error surprised = outOfMemory(plan, terms, needed * 2, "CUDA out of memory");
    CHECK(surprised.remedy.find("batch=") != std::string::npos);
    CHECK(surprised.remedy.find("batch=16") == std::string::npos);
    CHECK(outOfMemory(plan, terms, 1, "").remedy.find("Nothing smaller") != std::string::npos);
}

TEST_CASE("what spares memory is named alone where that is enough, together where it is not") {
    Plan plan;
    plan.resolution = 256;
    plan.batch = 12;
    const auto needed = [](const Plan& wanted, const MemoryTerms& terms) {
        return estimateMemory(wanted, terms)->total();
    };
    const MemoryTerms terms{Precision::bf16, true, 2, 0};
    Plan again = plan, parts = plan, both = plan;
    again.recompute = true;
    parts.accumulate = 6;  // of the 6 faces that each of two ranks has
    both.recompute = true;
    both.accumulate = 6;
    CHECK(needed(again, terms) < needed(plan, terms));
    CHECK(needed(parts, terms) < needed(again, terms));
    CHECK(needed(both, terms) < needed(parts, terms));
    const auto first = settingsThatFit(plan, terms, needed(parts, terms));
    REQUIRE_FALSE(first.empty());
    CHECK(first[0] == "accumulate=6");
    const auto together = settingsThatFit(plan, terms, needed(both, terms));
    REQUIRE_FALSE(together.empty());
    CHECK(together[0] == "recompute=true accumulate=6");
    // What is set already is not named again, and smaller batches can be had in those parts.
    const auto further = settingsThatFit(both, terms, needed(both, terms) * 19 / 20);
    REQUIRE_FALSE(further.empty());
    CHECK(further[0].starts_with("resolution="));
}

TEST_CASE("discriminators and styles need memory too") {
    const MemoryTerms terms{Precision::fp32, false, 1, 0};
    const Plan plain;
    const MemoryEstimate without = *estimateMemory(plain, terms);
    Plan gan = plain, trueFace = plain, style = plain, sparse = plain;
    gan.gan.power = 0.1;
    trueFace.trueFace = 0.01;
    style.loss.backgroundStyle = 1;
    const auto judged = [&](const Plan& plan) {
        const MemoryEstimate with = *estimateMemory(plan, terms);
        CHECK(with.activations > without.activations);
        CHECK(with.average == without.average);
        return static_cast<int64_t>(with.weights - without.weights) / 4;
    };
    const auto built = [](const torch::nn::Module& network) {
        int64_t count = 0;
        for (const torch::Tensor& weight : network.parameters()) {
            count += weight.numel();
        }
        return count;
    };
    CHECK(judged(gan) == built(PatchDiscriminator(ganStrides(gan), gan.gan.dims)));
    const ModelSpec spec = specOf(trueFace);
    CHECK(judged(trueFace) == built(CodeDiscriminator(interChannels(spec), Inter::codeSide(spec))));
    CHECK(judged(style) == 0);
    sparse.lrDropout = 0.5;  // needs a copy of the weights, when the activations are gone
    sparse.accumulate = 8;
    CHECK(estimateMemory(sparse, terms)->activations >= without.weights);
}
