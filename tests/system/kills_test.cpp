// kill -9 at random moments of every job program: the next command goes on, nothing earlier is
// lost, and the result is the one of an undisturbed run.
#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <iostream>
#include <random>
#include <sstream>
#include <thread>

#include "tests/support/footage.h"
#include "tests/system/studio.h"

namespace fs = std::filesystem;
using namespace understudy::tests;
using nlohmann::json;

namespace {

constexpr int kKills = 10;

double secondsOf(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Starts the command, kills it with everything it started after a random part of `span` seconds,
// and says whether it was still running then.
bool killedWithin(const Studio& studio, std::vector<std::string> arguments, double span,
                  std::mt19937& random) {
    arguments.insert(arguments.end(), {"--json", "--local"});
    BackgroundProcess process("understudy-cli", arguments, studio.environment());
    const double moment = std::uniform_real_distribution<double>(0.02, 1)(random) * span;
    std::this_thread::sleep_for(std::chrono::duration<double>(moment));
    const bool landed = process.running();
    process.signalGroup(SIGKILL);
    process.wait();
    return landed;
}

}  // namespace

TEST_CASE("kill -9 of the extractor at random moments", "[soak]") {
    const auto clip = footage("performer_b/bird.mkv");
    if (!clip) {
        return;
    }
    const Studio undisturbed;
    const double span = secondsOf([&] { undisturbed.prepare({*clip}, {*clip}); }) / 2;
    const json expected = undisturbed.mustDo({"faces", undisturbed.project().string()})["clips"][0];

    const Studio studio;
    const std::string project = studio.project().string();
    studio.mustDo({"new", project});
    studio.mustDo({"import", project, "--performer", "A", clip->string()});
    std::mt19937 random(1);
    int landed = 0;
    int before = 0;
    for (int i = 0; i < kKills; ++i) {
        landed += killedWithin(studio, {"extract", project, "--size", "128"}, span, random);
        const json clipNow = studio.mustDo({"faces", project})["clips"][0];
        const int found = clipNow["found"];
        CHECK(found >= before);
        before = found;
    }
    studio.mustDo({"extract", project, "--size", "128"});
    const json after = studio.mustDo({"faces", project})["clips"][0];
    for (const char* field :
         {"frames", "found", "detected", "tracked", "missed", "mean_jitter_px"}) {
        INFO(field);
        CHECK(after[field] == expected[field]);
    }
    std::cout << "extractor: " << landed << " of " << kKills << " kills landed\n";
    CHECK(landed >= 3);
}

TEST_CASE("kill -9 of the trainer at random moments", "[soak]") {
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    const Studio studio;
    studio.prepare({*clip}, {*clip});
    auto exact = studio.smallTraining("whole", 40);
    exact.insert(exact.end(), {"--set", "mode=exact"});
    double span = 0;
    span = secondsOf([&] { studio.mustDo(exact); });

    auto disturbed = studio.smallTraining("killed", 40);
    disturbed.insert(disturbed.end(), {"--set", "mode=exact", "--resume"});
    std::mt19937 random(2);
    int landed = 0;
    for (int i = 0; i < kKills; ++i) {
        landed += killedWithin(studio, disturbed, span, random);
    }
    CHECK(studio.mustDo(disturbed)["step"] == 40);
    const auto weights = [&](const std::string& run) {
        const auto file =
            studio.project() / "runs" / run / "checkpoints" / "step-00000040" / "model.safetensors";
        return runProcess("sha256sum", {file.string()}).out.substr(0, 64);
    };
    CHECK(weights("whole") == weights("killed"));
    // Each step stands once in the history.
    std::vector<int> steps;
    std::istringstream history(
        runProcess("cat", {(studio.project() / "runs" / "killed" / "history.jsonl").string()}).out);
    for (std::string line; std::getline(history, line);) {
        steps.push_back(json::parse(line)["step"]);
    }
    CHECK(steps.size() == 40);
    CHECK(std::is_sorted(steps.begin(), steps.end()));
    std::cout << "trainer: " << landed << " of " << kKills << " kills landed\n";
    CHECK(landed >= 3);
}

TEST_CASE("kill -9 of the renderer at random moments", "[soak]") {
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    const Studio studio;
    const std::string project = studio.project().string();
    studio.prepare({*clip}, {*clip});
    studio.mustDo(studio.smallTraining("r01", 5));
    const auto swap = [&](const std::string& out) {
        return std::vector<std::string>{"swap",   project, "--run", "r01",
                                        "--clip", "milk",  "--out", studio.path(out)};
    };
    double span = 0;
    span = secondsOf([&] { studio.mustDo(swap("whole/f.####.png")); });

    std::mt19937 random(3);
    int landed = 0;
    for (int i = 0; i < kKills; ++i) {
        const bool movie = i % 2 == 1;
        landed +=
            killedWithin(studio, swap(movie ? "killed.mp4" : "killed/f.####.png"), span, random);
        // Either the whole movie is there, or none.
        if (fs::exists(studio.path("killed.mp4"))) {
            CHECK(probeVideo(studio.path("killed.mp4"))["nb_read_frames"] == "51");
        }
    }
    CHECK(studio.mustDo(swap("killed/f.####.png"))["frames"] == 51);
    CHECK(studio.mustDo(swap("killed.mp4"))["frames"] == 51);
    const auto different = runProcess(
        "diff", {"-rq", "--exclude=*.json", studio.path("whole"), studio.path("killed")});
    INFO(different.out);
    CHECK(different.exitCode == 0);
    CHECK(probeVideo(studio.path("killed.mp4"))["nb_read_frames"] == "51");
    std::cout << "renderer: " << landed << " of " << kKills << " kills landed\n";
    CHECK(landed >= 3);
}
