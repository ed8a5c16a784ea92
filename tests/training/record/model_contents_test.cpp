#include "training/record/model_contents.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"
#include "tests/training/record/made_checkpoint.h"
#include "training/plan/run_folder.h"

using namespace understudy;
using namespace understudy::training;
using tests::MadeTensor;
using tests::writeCheckpoint;
namespace fs = std::filesystem;

namespace {

const std::vector<MadeTensor> kModel = {{"encoder.weight", {1, 2, 3, 4, 5, 6}, {2, 3}},
                                        {"encoder.bias", {3, 4}, {}}};

}  // namespace

TEST_CASE("a checkpoint, the run around it and a single file say what is inside") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    writeCheckpoint(run.checkpoint(5), 5, kModel, 0.5, R"({"model":"df"})");
    REQUIRE(writeFileAtomic(run.latest(), "step-00000005\n").ok());
    for (const fs::path& path : {run.checkpoint(5), folder.path()}) {
        const auto contents = readModel(path);
        REQUIRE(contents.ok());
        CHECK(contents->folder == run.checkpoint(5));
        REQUIRE(contents->info.has_value());
        CHECK(contents->info->step == 5);
        CHECK(contents->parameters() == 8);
        REQUIRE(contents->files.size() == 2);
        CHECK(contents->files[0].name == "model.safetensors");
        CHECK(contents->files[0].tensors[0].name == "encoder.bias");
        CHECK(contents->files[0].sha256.size() == 64);
        CHECK(contents->bytes() > 64);
    }
    const auto single = readModel(run.checkpoint(5) / "model.safetensors");
    REQUIRE(single.ok());
    CHECK_FALSE(single->info.has_value());
    CHECK(single->parameters() == 8);
}

TEST_CASE("what is missing or damaged has the designed code") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    CHECK(readModel(folder / "nowhere").error().code == ErrorCode::missingInput);
    CHECK(readModel(folder.path()).error().code == ErrorCode::missingInput);
    writeCheckpoint(run.checkpoint(5), 5, kModel, NAN);
    const fs::path model = run.checkpoint(5) / "model.safetensors";
    std::string bytes = readFile(model).value();
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    std::ofstream(model, std::ios::binary) << bytes;
    CHECK(readModel(run.checkpoint(5)).error().code == ErrorCode::corruptData);
    std::ofstream(folder / "x.safetensors") << "no tensors at all";
    const auto foreign = readModel(folder / "x.safetensors");
    CHECK(foreign.error().code == ErrorCode::corruptData);
    CHECK_FALSE(foreign.error().remedy.empty());
}

TEST_CASE("two models are compared tensor by tensor") {
    const tests::TempFolder folder;
    const std::vector<MadeTensor> other = {{"encoder.weight", {1, 2, 3, 4, 5, 6.5}, {2, 3}},
                                           {"encoder.bias", {3, 4, 5}, {}},
                                           {"decoder.weight", {1}, {}}};
    writeCheckpoint(folder / "a", 1, kModel, NAN);
    writeCheckpoint(folder / "b", 2, other, NAN);
    const auto a = readModel(folder / "a"), b = readModel(folder / "b");
    REQUIRE((a.ok() && b.ok()));
    const auto same = compareModels(*a, *a);
    REQUIRE(same.ok());
    CHECK(same->equal());
    CHECK(same->tensors.size() == 4);  // of both files
    CHECK(same->most() == 0);

    const auto difference = compareModels(*a, *b);
    REQUIRE(difference.ok());
    CHECK_FALSE(difference->equal());
    CHECK(difference->onlyInA.empty());
    CHECK(difference->onlyInB == std::vector<std::string>{"model.safetensors: decoder.weight",
                                                          "ema.safetensors: decoder.weight"});
    REQUIRE(difference->shapes.size() == 2);
    CHECK(difference->shapes[0].name == "encoder.bias");
    CHECK(difference->shapes[0].a == "[2] F32");
    CHECK(difference->shapes[0].b == "[3] F32");
    REQUIRE(difference->tensors.size() == 2);
    CHECK(difference->tensors[0].most == 0.5);
    CHECK(difference->tensors[0].relative == Approx(0.5 / std::sqrt(91.0)));
    CHECK(difference->most() == 0.5);
}

TEST_CASE("numbers that are none are told apart") {
    const tests::TempFolder folder;
    REQUIRE(writeFileAtomic(folder / "a.safetensors",
                            tests::safetensorsOf({{"x", {NAN, INFINITY, 0}, {}}}))
                .ok());
    REQUIRE(writeFileAtomic(folder / "b.safetensors",
                            tests::safetensorsOf({{"x", {1, INFINITY, 0}, {}}}))
                .ok());
    REQUIRE(writeFileAtomic(folder / "c.safetensors", tests::safetensorsOf({{"x", {0, 0, 0}, {}}}))
                .ok());
    const auto a = readModel(folder / "a.safetensors"), b = readModel(folder / "b.safetensors"),
               c = readModel(folder / "c.safetensors");
    CHECK(compareModels(*a, *a)->equal());
    CHECK_FALSE(compareModels(*a, *b)->equal());
    CHECK(std::isnan(compareModels(*a, *b)->most()));
    CHECK(compareModels(*c, *b)->most() == HUGE_VAL);
    CHECK(std::isnan(compareModels(*c, *b)->relative()));  // of nothing
}

TEST_CASE("plans are compared key by key") {
    const auto differences = comparePlans(R"({"model":"df","loss":{"mse":10,"mask":1},"old":1})",
                                          R"({"model":"df","loss":{"mse":5,"mask":1},"new":"x"})");
    REQUIRE(differences.size() == 3);
    CHECK(differences[0].key == "loss.mse");
    CHECK(differences[0].a == "10");
    CHECK(differences[0].b == "5");
    CHECK(differences[1].key == "old");
    CHECK(differences[1].b.empty());
    CHECK(differences[2].key == "new");
    CHECK(differences[2].b == "x");
}
