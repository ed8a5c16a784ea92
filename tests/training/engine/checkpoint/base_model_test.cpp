#include "training/engine/checkpoint/base_model.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"
#include "tests/training/engine/single_thread.h"
#include "training/engine/checkpoint/checkpoint.h"
#include "training/engine/checkpoint/safetensors.h"

using namespace understudy;
using namespace understudy::training;
namespace fs = std::filesystem;

namespace {

Plan smallPlan(const std::string& model, const std::string& others) {
    Plan plan;
    plan.source = std::string("a");
    plan.destination = std::string("b");
    plan.others = others;
    plan.model = model;
    plan.resolution = 64;
    plan.encoderDims = plan.decoderDims = 4;
    plan.maskDims = 2;
    plan.bottleneck = 8;
    return plan;
}

std::shared_ptr<FaceModel> modelOf(const Plan& plan, uint64_t seed) {
    auto model = makeModel(specOf(plan)).value();
    initialise(*model, seed);
    return model;
}

torch::Tensor tensorOf(const FaceModel& model, const std::string& name) {
    return model.named_parameters()[name].detach();
}

// A run with one checkpoint, whose average is twice its weights.
void writeRun(const fs::path& folder, const Plan& plan, uint64_t seed) {
    const auto model = modelOf(plan, seed);
    CheckpointTensors tensors;
    for (const auto& item : model->named_parameters()) {
        tensors.model.push_back({item.key(), item.value()});
        tensors.ema.push_back({item.key(), 2 * item.value().detach()});
    }
    CheckpointInfo info;
    info.step = 7;
    info.planJson = planToJson(plan);
    CheckpointWriter writer(folder, KeepPolicy{});
    writer.save(tensors, info);
    REQUIRE(writer.wait().ok());
}

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("what fits by name and shape comes from the base, and the rest is said") {
    const tests::TempFolder folder;
    const Plan trained = smallPlan("df", "c");
    writeRun(folder / "base", trained, 1);
    const auto base = modelOf(trained, 1);

    SECTION("the same network") {
        const auto model = modelOf(trained, 2);
        const auto report = loadBase(folder / "base", *model).value();
        CHECK(report.matched == static_cast<int64_t>(model->parameters().size()));
        CHECK(report.fresh.empty());
        CHECK(report.unused.empty());
        CHECK(report.copied == 0);
        for (const auto& item : model->named_parameters()) {
            CHECK(torch::equal(item.value(), base->named_parameters()[item.key()]));
        }
    }
    SECTION("fewer faces") {
        const auto model = modelOf(smallPlan("df", ""), 2);
        const auto report = loadBase(folder / "base", *model).value();
        CHECK(report.matched == static_cast<int64_t>(model->parameters().size()));
        CHECK(report.unused == std::vector<std::string>{"decoder_2"});
    }
    SECTION("more faces begin as the base's source") {
        const auto model = modelOf(smallPlan("df", "c,d,e"), 2);
        const auto report = loadBase(folder / "base", *model).value();
        CHECK(report.decoders == std::vector<std::string>{"decoder_3", "decoder_4"});
        CHECK(report.fresh.empty());
        const std::string end = ".body.up1.conv.weight";
        CHECK(torch::equal(tensorOf(*model, "decoder_4" + end),
                           tensorOf(*base, "decoder_source" + end)));
        CHECK(
            torch::equal(tensorOf(*model, "decoder_2" + end), tensorOf(*base, "decoder_2" + end)));
        CHECK(report.text().find("decoder_3, decoder_4 start as") != std::string::npos);
    }
    SECTION("a wider mask") {
        Plan wider = trained;
        wider.maskDims = 4;
        const auto model = modelOf(wider, 2), untouched = modelOf(wider, 2);
        const auto report = loadBase(folder / "base", *model).value();
        CHECK(report.matched > 0);
        CHECK(has(report.fresh, "decoder_source.mask"));
        CHECK_FALSE(has(report.fresh, "encoder"));
        CHECK(has(report.unused, "decoder_source.mask"));
        const std::string name = "decoder_source.mask.body.up1.conv.weight";
        CHECK(torch::equal(tensorOf(*model, name), tensorOf(*untouched, name)));
        CHECK(report.text().find("start fresh: decoder_source.mask") != std::string::npos);
    }
    SECTION("another resolution") {
        Plan larger = trained;
        larger.resolution = 128;
        const auto model = modelOf(larger, 2);
        const auto report = loadBase(folder / "base", *model).value();
        CHECK(report.fresh.empty());
        CHECK(report.resized == std::vector<std::string>{"inter.dense1", "inter.dense2"});
        CHECK(report.resizedTensors == 3);
        CHECK(report.text().find("3 tensors resampled, the base is of another resolution: "
                                 "inter.dense1, inter.dense2") != std::string::npos);
        // The same numbers at each place of an encoding make the same code at each of its places,
        // whatever the number of places.
        const auto dense = [](const FaceModel& of, const std::string& layer, torch::Tensor input) {
            return torch::linear(input, tensorOf(of, "inter." + layer + ".weight"),
                                 tensorOf(of, "inter." + layer + ".bias"));
        };
        const torch::Tensor channels = torch::arange(1, 33, torch::kFloat);
        const torch::Tensor small = dense(*base, "dense1", channels.repeat_interleave(16)),
                            large = dense(*model, "dense1", channels.repeat_interleave(64));
        CHECK(torch::allclose(small, large, 1e-4, 1e-4));
        const torch::Tensor before = dense(*base, "dense2", small).view({8, 2, 2}),
                            after = dense(*model, "dense2", small).view({8, 4, 4});
        CHECK(torch::allclose(before, after.slice(1, 0, 4, 3).slice(2, 0, 4, 3), 1e-3, 1e-3));
        CHECK(torch::allclose(before.mean({1, 2}), after.mean({1, 2}), 1e-3, 1e-3));
        CHECK_FALSE(torch::allclose(before, torch::zeros_like(before), 0, 1e-2));
    }
    SECTION("nothing") {
        Plan other = trained;
        other.encoderDims = other.decoderDims = 6;
        other.maskDims = 4;
        other.bottleneck = 10;
        for (const char* model : {"df", "liae"}) {
            other.model = std::string(model);
            const auto fresh = modelOf(other, 2), untouched = modelOf(other, 2);
            const auto refused = loadBase(folder / "base", *fresh);
            REQUIRE_FALSE(refused.ok());
            CHECK(refused.error().code == ErrorCode::usage);
            CHECK(refused.error().message.find("df-ud, 64 px, dims 4/4/2, bottleneck 8") !=
                  std::string::npos);
            CHECK(refused.error().message.find(other.model + "-ud, 64 px, dims 6/6/4") !=
                  std::string::npos);
            for (const auto& item : fresh->named_parameters()) {
                CHECK(torch::equal(item.value(), tensorOf(*untouched, item.key())));
            }
        }
    }
    SECTION("no checkpoint, or a damaged one") {
        const auto model = modelOf(trained, 2);
        CHECK(loadBase(folder / "nowhere", *model).error().code == ErrorCode::missingInput);
        const fs::path file = folder / "base/checkpoints/step-00000007/model.safetensors";
        fs::resize_file(file, fs::file_size(file) - 1);
        CHECK(loadBase(folder / "base/checkpoints/step-00000007", *model).error().code ==
              ErrorCode::corruptData);
    }
}

TEST_CASE("a base model holds what faces have in common, in half the bytes") {
    const tests::TempFolder folder;
    for (const char* name : {"df", "liae"}) {
        CAPTURE(name);
        const std::string run = std::string("run-") + name, made = std::string("base-") + name;
        const Plan plan = smallPlan(name, "c,d");
        writeRun(folder / run, plan, 1);
        const auto exported = exportBase(folder / run, folder / made);
        REQUIRE(exported.ok());
        CHECK(exported->step == 7);
        CHECK(exported->left ==
              (plan.model == "df"
                   ? std::vector<std::string>{"decoder_2", "decoder_3", "decoder_destination"}
                   : std::vector<std::string>{"code_2", "code_3"}));
        REQUIRE(verifyCheckpoint(folder / made).ok());
        const auto stored = readSafetensors(folder / made / "model.safetensors").value();
        for (const auto& [tensor, value] : stored) {
            CHECK(value.scalar_type() == torch::kBFloat16);
        }
        CHECK(exported->bytes < 2.2 * static_cast<double>(exported->parameters) + 20000);

        const auto source = modelOf(plan, 1), model = modelOf(smallPlan(name, ""), 2);
        const auto report = loadBase(folder / made, *model).value();
        CHECK(report.fresh.empty());
        CHECK(report.unused.empty());
        CHECK(report.decoders == (plan.model == "df"
                                      ? std::vector<std::string>{"decoder_destination"}
                                      : std::vector<std::string>{}));
        // The average was twice the weights; bf16 keeps eight bits.
        const auto weight = 2 * tensorOf(*source, "encoder.body.down1.conv.weight");
        CHECK(torch::allclose(tensorOf(*model, "encoder.body.down1.conv.weight"), weight, 1e-2,
                              1e-3));
        CHECK(exportBase(folder / run, folder / made).error().code == ErrorCode::usage);
    }
    CHECK(exportBase(folder / "nowhere", folder / "x").error().code == ErrorCode::missingInput);
    CHECK_FALSE(fs::exists(folder / "x"));
}
