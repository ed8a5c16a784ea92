// kill -9 at random moments of every job program: the next command goes on, nothing earlier is
// lost, and the result is the one of an undisturbed run.
#include <signal.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <random>
#include <sstream>

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

// Kills a command with -9, with everything it started, at random moments until ten kills landed
// while it ran. `landed` looks at what a kill left; where the command ended before its moment came
// the work is done, and `done` looks at the result and makes new work for `command`.
struct Killing {
    std::function<std::vector<std::string>()> command;
    std::function<void()> landed;
    std::function<void()> done;
    double span = 1;  // seconds that the whole work takes: as the last one did that was done
};

void killTenTimes(const Studio& studio, Killing killing, unsigned seed) {
    std::mt19937 random(seed);
    int landed = 0;
    for (int attempt = 0; landed < kKills; ++attempt) {
        REQUIRE(attempt < 10 * kKills);
        auto arguments = killing.command();
        arguments.insert(arguments.end(), {"--json", "--local"});
        BackgroundProcess process("understudy-cli", arguments, studio.environment());
        const double moment =
            std::uniform_real_distribution<double>(0.02, 1)(random) * killing.span;
        bool ran = true;
        const double took = secondsOf([&] {
            ran = !waitUntil([&] { return !process.running(); }, moment);
            process.signalGroup(SIGKILL);
            process.wait();
        });
        if (ran) {
            ++landed;
            killing.landed();
        } else {
            killing.span = std::max(0.1, took);
            killing.done();
        }
    }
}

}  // namespace

TEST_CASE("kill -9 of the extractor at random moments", "[soak]") {
    const auto clip = footage("performer_b/bird.mkv");
    if (!clip) {
        return;
    }
    const Studio studio;
    std::string project;
    int projects = 0;
    int before = 0;
    const auto begin = [&] {
        project = studio.path("show" + std::to_string(++projects));
        studio.mustDo({"new", project});
        studio.mustDo({"import", project, "--performer", "A", clip->string()});
        before = 0;
    };
    const auto extract = [&] {
        return std::vector<std::string>{"extract", project, "--size", "128"};
    };
    const auto faces = [&] { return json(studio.mustDo({"faces", project})["clips"][0]); };
    begin();
    const double span = secondsOf([&] { studio.mustDo(extract()); });
    const json expected = faces();
    const auto compare = [&] {
        const json now = faces();
        for (const char* field :
             {"frames", "found", "detected", "tracked", "missed", "mean_jitter_px"}) {
            INFO(field);
            CHECK(now[field] == expected[field]);
        }
    };
    begin();
    const auto landed = [&] {
        const int found = faces()["found"];
        CHECK(found >= before);
        before = found;
    };
    const auto done = [&] {
        compare();
        begin();
    };
    killTenTimes(studio, {extract, landed, done, span}, 1);
    studio.mustDo(extract());
    compare();
}

TEST_CASE("kill -9 of the trainer at random moments", "[soak]") {
    const auto clip = footage("performer_b/milk.mkv");
    if (!clip) {
        return;
    }
    constexpr int kSteps = 40;
    const Studio studio;
    studio.prepare({*clip}, {*clip});
    const auto training = [&](const std::string& run) {
        auto arguments = studio.smallTraining(run, kSteps);
        arguments.insert(arguments.end(), {"--set", "mode=exact", "--resume"});
        return arguments;
    };
    const double span = secondsOf([&] { studio.mustDo(training("whole")); });
    int runs = 1;
    const auto run = [&] { return "killed" + std::to_string(runs); };
    const auto weights = [&](const std::string& name) {
        const auto file = studio.project() / "runs" / name / "checkpoints" / "step-00000040" /
                          "model.safetensors";
        return runProcess("sha256sum", {file.string()}).out.substr(0, 64);
    };
    const auto compare = [&] {
        CHECK(weights("whole") == weights(run()));
        // Each step stands once in the history.
        std::vector<int> steps;
        std::istringstream history(
            runProcess("cat", {(studio.project() / "runs" / run() / "history.jsonl").string()})
                .out);
        for (std::string line; std::getline(history, line);) {
            steps.push_back(json::parse(line)["step"]);
        }
        CHECK(steps.size() == kSteps);
        CHECK(std::is_sorted(steps.begin(), steps.end()));
    };
    const auto done = [&] {
        compare();
        ++runs;
    };
    killTenTimes(studio, {[&] { return training(run()); }, [] {}, done, span}, 2);
    CHECK(studio.mustDo(training(run()))["step"] == kSteps);
    compare();
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
    const double span = secondsOf([&] { studio.mustDo(swap("whole/f.####.png")); });
    const auto compare = [&] {
        const auto different = runProcess(
            "diff", {"-rq", "--exclude=*.json", studio.path("whole"), studio.path("killed")});
        INFO(different.out);
        CHECK(different.exitCode == 0);
    };
    const auto done = [&] {
        compare();
        fs::remove_all(studio.path("killed"));
    };
    killTenTimes(studio, {[&] { return swap("killed/f.####.png"); }, [] {}, done, span}, 3);
    CHECK(studio.mustDo(swap("killed/f.####.png"))["frames"] == 51);
    compare();

    // Either the whole movie is there (a kill may come after its last act), or none.
    const auto movie = studio.path("killed.mp4");
    const auto wholeOrNone = [&] {
        if (fs::exists(movie)) {
            CHECK(probeVideo(movie)["nb_read_frames"] == "51");
            fs::remove(movie);
        }
    };
    const auto whole = [&] {
        REQUIRE(fs::exists(movie));
        wholeOrNone();
    };
    killTenTimes(studio, {[&] { return swap("killed.mp4"); }, wholeOrNone, whole, span}, 4);
    CHECK(studio.mustDo(swap("killed.mp4"))["frames"] == 51);
    whole();
}
