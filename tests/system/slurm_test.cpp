// A run on a real Slurm of two nodes: submitted, warned, killed, queued again and finished.
#include <signal.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include "tests/support/footage.h"
#include "tests/system/slurm_cluster.h"
#include "tests/system/studio.h"

namespace fs = std::filesystem;
using namespace understudy::tests;
using nlohmann::json;

namespace {

constexpr int kSteps = 120;

std::map<int, double> losses(const fs::path& run) {
    std::map<int, double> found;
    std::ifstream in(run / "history.jsonl");
    for (std::string line; std::getline(in, line);) {
        const json one = json::parse(line, nullptr, false);
        if (one.is_object()) {
            found[one["step"].get<int>()] = one["loss"].get<double>();
        }
    }
    return found;
}

int lastStep(const fs::path& run) {
    const auto found = losses(run);
    return found.empty() ? 0 : found.rbegin()->first;
}

std::string textOf(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> trainingOf(const Studio& studio, const std::string& verb,
                                    const std::string& run) {
    std::vector<std::string> arguments = {
        verb,      studio.project().string(), "--source", "A", "--destination", "B", "--run", run,
        "--steps", std::to_string(kSteps)};
    for (const char* setting :
         {"resolution=64", "encoderDims=8", "decoderDims=8", "maskDims=4", "bottleneck=16",
          "batch=4", "precision=fp32", "mode=exact", "threads=1", "historyEvery=1",
          "checkpointEvery=10", "previewEvery=1000"}) {
        arguments.insert(arguments.end(), {"--set", setting});
    }
    return arguments;
}

// Of a task of the job that is not the first.
pid_t otherTrainer(const fs::path& run) {
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string command = textOf(entry.path() / "cmdline");
        if (command.find("understudy-trainer") == std::string::npos ||
            command.find(run.string()) == std::string::npos) {
            continue;
        }
        const std::string environment = textOf(entry.path() / "environ");
        if (environment.find(std::string("\0SLURM_PROCID=3\0", 16)) != std::string::npos) {
            return std::stoi(entry.path().filename().string());
        }
    }
    return 0;
}

}  // namespace

TEST_CASE("a run on two nodes is warned, killed, queued again and ends as on one machine",
          "[soak]") {
    const auto source = footage("performer_a/no.mkv");
    const auto destination = footage("performer_b/milk.mkv");
    const auto cluster = SlurmCluster::start();
    if (!source || !destination || !cluster) {
        return;
    }
    const Studio studio;
    studio.prepare({*source}, {*destination});
    std::vector<std::string> arguments = trainingOf(studio, "submit", "farm");
    arguments.insert(arguments.end(),
                     {"--cpu", "--nodes", "2", "--ranks-per-node", "2", "--cpus-per-rank", "1",
                      "--stage-in", studio.path("node"), "--json"});
    Environment environment = studio.environment();
    environment.merge(cluster->environment());
    const fs::path run = studio.project() / "runs/farm";
    BackgroundProcess submit("understudy-cli", arguments, environment, studio.path("submit"));

    REQUIRE(waitUntil([&] { return lastStep(run) >= 25; }, 120));
    cluster->run("scancel", {"--signal=USR1", "1"});
    const auto restarts = [&] {
        return cluster->run("scontrol", {"show", "job", "--oneliner", "1"});
    };
    REQUIRE(waitUntil([&] { return restarts().find("Restarts=1") != std::string::npos; }, 120));
    const int saved = lastStep(run);
    CHECK(fs::exists(run / "checkpoints" / ("step-000000" + std::to_string(saved))));

    REQUIRE(waitUntil([&] { return lastStep(run) >= saved + 15; }, 120));
    const pid_t other = otherTrainer(run);
    REQUIRE(other > 0);
    REQUIRE(::kill(other, SIGKILL) == 0);
    REQUIRE(waitUntil([&] { return restarts().find("Restarts=2") != std::string::npos; }, 120));

    const int code = submit.wait();
    const std::string out = textOf(studio.path("submit"));
    INFO(out << textOf(studio.path("submit.err")) << textOf(run / "slurm-1.log"));
    REQUIRE(code == 0);
    const json result = json::parse(out.substr(0, out.find('\n')));
    CHECK(result["state"] == "COMPLETED");
    CHECK(result["restarts"] == 2);
    CHECK(result["step"] == kSteps);
    const std::string log = textOf(run / "slurm-1.log");
    CHECK(log.find("staged") != std::string::npos);
    CHECK(fs::is_empty(studio.path("node")));  // no footage stays on a node

    studio.mustDo(trainingOf(studio, "train", "here"));
    const auto farm = losses(run);
    const auto here = losses(studio.project() / "runs/here");
    REQUIRE(farm.size() == kSteps);
    REQUIRE(here.size() == kSteps);
    CHECK(std::abs(farm.at(1) / here.at(1) - 1) < 1e-5);
    CHECK(std::abs(farm.at(kSteps) / here.at(kSteps) - 1) < 0.05);
    CHECK(farm.at(kSteps) < 0.5 * farm.at(1));
}

TEST_CASE("what cannot be submitted says why", "[soak]") {
    const auto source = footage("performer_a/no.mkv");
    const auto destination = footage("performer_b/milk.mkv");
    if (!source || !destination) {
        return;
    }
    const Studio studio;
    studio.prepare({*source}, {*destination});
    auto arguments = trainingOf(studio, "submit", "r");
    arguments.insert(arguments.end(), {"--cpu", "--nodes", "0"});
    CHECK(studio.cli(arguments)["error"]["where"] == "--nodes");
    arguments.back() = "1";
    arguments.emplace_back("--dry-run");
    const json dry = studio.mustDo(arguments);
    CHECK(textOf(dry["script"].get<std::string>()).find("srun") != std::string::npos);
    arguments.back() = "--resume";
    Environment nowhere = studio.environment();
    nowhere["PATH"] = studio.path("");
    nowhere["SLURM_CONF"] = studio.path("none.conf");
    arguments.emplace_back("--json");
    const auto refused = runProcess("understudy-cli", arguments, nowhere);
    CHECK(refused.exitCode == 78);
    CHECK(refused.out.find("sbatch") != std::string::npos);
}
