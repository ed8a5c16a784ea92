// model info, model diff and reproduce on a run that was really trained.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "media/base/file.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"
#include "training/plan/run_folder.h"

using namespace understudy;
using nlohmann::json;
using tests::runProcess;
namespace fs = std::filesystem;

namespace {

// The last line of stdout, with the exit code.
json cli(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "--json");
    const auto result = runProcess("understudy-cli", arguments);
    INFO(result.err);
    const std::string text = result.out.substr(0, result.out.find_last_not_of('\n') + 1);
    json line = json::parse(text.substr(text.rfind('\n') + 1), nullptr, false);
    REQUIRE(line.is_object());
    line["exit"] = result.exitCode;
    return line;
}

void trainRun(const fs::path& folder, const training::Plan& plan) {
    tests::writeRun(folder, plan);
    const auto result = runProcess("understudy-trainer", {"--run", folder.string()});
    INFO(result.err);
    REQUIRE(result.exitCode == 0);
}

training::Plan exactPlan() {
    training::Plan plan = tests::tinyPlan();
    plan.mode = "exact";
    plan.steps = 20;
    plan.checkpointEvery = 10;
    plan.keepCheckpoints = 5;
    plan.previewEvery = 10;
    return plan;
}

}  // namespace

TEST_CASE("model info and diff look into checkpoints, and reproduce repeats the run") {
    const tests::TempFolder folder;
    const fs::path run = folder / "r01";
    trainRun(run, exactPlan());
    const training::RunFolder files{run};

    SECTION("model info") {
        const json info = cli({"model", "info", run.string()});
        REQUIRE(info["exit"] == 0);
        CHECK(info["kind"] == "run");
        CHECK(info["step"] == 20);
        CHECK(info["model"]["resolution"] == 64);
        CHECK(info["plan"]["steps"] == 20);
        CHECK(info["faces"]["source"].get<std::string>().size() == 64);
        CHECK(info["checkpoints"].size() == 2);
        CHECK(info["checkpoints"][1]["latest"] == true);
        CHECK(info["history"]["step"] == 20);
        CHECK(info["environment"][0]["threads"] == 1);
        CHECK(info["files"].size() == 3);
        size_t numbers = 0;
        for (const json& tensor : info["tensors"]) {
            size_t count = tensor["file"] == "model.safetensors" ? 1 : 0;
            for (const json& size : tensor["shape"]) {
                count *= size.get<size_t>();
            }
            numbers += count;
        }
        CHECK(info["parameters"] == numbers);
        const json one =
            cli({"model", "info", folder.path().string(), "--run", "../r01", "--step", "10"});
        CHECK(one["exit"] == 66);  // a project's runs lie in runs/
        CHECK(cli({"model", "info", run.string(), "--step", "10"})["step"] == 10);
        const auto text = runProcess("understudy-cli", {"model", "info", run.string()});
        CHECK(text.exitCode == 0);
        CHECK(text.out.find("checkpoint of step 20, latest") != std::string::npos);
        CHECK(cli({"model", "info", (folder / "nowhere").string()})["exit"] == 66);
    }
    SECTION("model export-base") {
        const std::string out = (folder / "base").string();
        const json made = cli({"model", "export-base", run.string(), "--out", out});
        REQUIRE(made["exit"] == 0);
        CHECK(made["folder"] == out);
        CHECK(made["step"] == 20);
        const json again = cli({"model", "export-base", run.string(), "--out", out});
        CHECK(again["exit"] == 64);
        CHECK(again["error"]["where"] == out);
        // Within a file no folder can be made.
        const std::string within = (files.history() / "base").string();
        const json refused = cli({"model", "export-base", run.string(), "--out", within});
        CHECK(refused["exit"] == 73);
        CHECK(refused["error"]["where"] == within);
        CHECK_FALSE(refused["error"]["remedy"].get<std::string>().empty());
        const std::string nowhere = (folder / "nowhere").string();
        const json missing = cli({"model", "export-base", nowhere, "--out", within});
        CHECK(missing["exit"] == 66);
        CHECK(missing["error"]["where"] == nowhere);
    }
    SECTION("model diff") {
        const std::string ten = files.checkpoint(10).string();
        const std::string twenty = files.checkpoint(20).string();
        const json same = cli({"model", "diff", ten, ten});
        CHECK(same["equal"] == true);
        CHECK(same["max_difference"] == 0);
        const json other = cli({"model", "diff", ten, twenty});
        REQUIRE(other["exit"] == 0);
        CHECK(other["equal"] == false);
        CHECK(other["same_names"] == true);
        CHECK(other["same_shapes"] == true);
        CHECK(other["max_difference"].get<double>() > 0);
        CHECK(other["relative_norm"].get<double>() > 0);
        CHECK(other["plan"].empty());
        const fs::path damaged = files.checkpoint(10) / "ema.safetensors";
        fs::resize_file(damaged, fs::file_size(damaged) - 1);
        const json refused = cli({"model", "diff", ten, twenty});
        CHECK(refused["exit"] == 65);
        CHECK(refused["error"]["where"] == damaged.string());
        CHECK_FALSE(refused["error"]["remedy"].get<std::string>().empty());
    }
    SECTION("reproduce") {
        const json again = cli({"reproduce", run.string(), "--steps", "10"});
        REQUIRE(again["exit"] == 0);
        CHECK(again["verdict"] == "equal");
        CHECK(again["lines"] == 2);
        CHECK(again["weights_equal"] == true);
        CHECK(again["weights_step"] == 10);
        CHECK(again["notes"].empty());
        CHECK(training::checkpointSteps(files) == std::vector<int64_t>{10, 20});
        // Another history: it says from where on.
        std::string text = readFile(files.history()).value();
        const size_t at = text.find("\"loss\":", text.find("\"step\":10")) + 7;
        text.insert(at, "9");
        std::ofstream(files.history()) << text;
        const json different = cli({"reproduce", run.string(), "--steps", "10"});
        CHECK(different["verdict"] == "different");
        CHECK(different["first_difference"]["step"] == 10);
        CHECK(different["first_difference"]["term"] == "loss");
        CHECK(cli({"reproduce", run.string(), "--steps", "0"})["exit"] == 64);
        CHECK(cli({"reproduce", (folder / "nowhere").string(), "--steps", "5"})["exit"] == 66);
        // Other faces than those it was trained on.
        tests::DrawnFaces faces = tests::drawnSource();
        faces.skin[0] = 0.3;
        tests::writeRun(run, exactPlan(), faces);
        const json refused = cli({"reproduce", run.string(), "--steps", "10"});
        CHECK(refused["exit"] == 64);
        CHECK(refused["error"]["message"].get<std::string>().find(
                  "faces of the run have changed") != std::string::npos);
    }
}

TEST_CASE("Python's safetensors reads the tensors of a checkpoint") {
    const char* chosen = std::getenv("UNDERSTUDY_PYTHON");
    const std::string python = chosen != nullptr ? chosen : "python3";
    if (runProcess(python, {"-c", "import safetensors, numpy"}).exitCode != 0) {
        WARN("safetensors is not installed for " << python << ": it is not tried");
        return;
    }
    const tests::TempFolder folder;
    training::Plan plan = tests::tinyPlan();
    plan.steps = 2;
    trainRun(folder / "r01", plan);
    const training::RunFolder run{folder / "r01"};
    const std::string script = R"(
import json, sys
from safetensors.numpy import load_file
tensors = load_file(sys.argv[1])
print(json.dumps({name: list(value.shape) for name, value in tensors.items()}))
)";
    const json info = cli({"model", "info", run.path.string()});
    for (const char* name : {"model.safetensors", "ema.safetensors", "optimizer.safetensors"}) {
        const auto read = runProcess(python, {"-c", script, (run.checkpoint(2) / name).string()});
        INFO(read.err);
        REQUIRE(read.exitCode == 0);
        json expected = json::object();
        for (const json& tensor : info["tensors"]) {
            if (tensor["file"] == name) {
                expected[tensor["name"].get<std::string>()] = tensor["shape"];
            }
        }
        CHECK(json::parse(read.out) == expected);
    }
}

TEST_CASE("a project keeps the price of a GPU") {
    const tests::TempFolder folder;
    const std::string project = (folder / "show.understudy").string();
    REQUIRE(cli({"new", project})["exit"] == 0);
    const json set = cli({"settings", project, "--set", "train.price=2.5"});
    REQUIRE(set["exit"] == 0);
    CHECK(set["settings"]["train.price"] == 2.5);
    CHECK(cli({"settings", project})["settings"]["train.price"] == 2.5);
    CHECK(set["settings"]["train.currency"] == "USD");
    CHECK(cli({"settings", project, "--set", "train.currency=EUR"})["settings"]["train.currency"] ==
          "EUR");
    CHECK(cli({"settings", project, "--set", "train.currency=2 EUR"})["exit"] == 64);
    const json wrong = cli({"settings", project, "--set", "train.price=cheap"});
    CHECK(wrong["exit"] == 64);
    CHECK(wrong["error"]["where"] == "train.price");
    CHECK(cli({"train", project, "--price", "-1"})["exit"] == 64);
}
