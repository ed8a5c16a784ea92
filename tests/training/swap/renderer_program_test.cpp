// understudy-renderer as the service and the CLI start it.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>

#include "tests/support/process.h"
#include "tests/training/swap/made_project.h"

using namespace understudy::tests;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kProgram = "understudy-renderer";

std::vector<std::string> arguments(const MadeProject& made, const std::string& out,
                                   std::vector<std::string> more = {}) {
    std::vector<std::string> result = {"--project",   made.folder().string(),
                                       "--run",       "r01",
                                       "--clip",      "plate",
                                       "--out",       made.path(out),
                                       "--device",    "cpu",
                                       "--precision", "fp32",
                                       "--threads",   "1",
                                       "--json-lines"};
    result.insert(result.end(), more.begin(), more.end());
    return result;
}

std::vector<json> lines(const std::string& text) {
    std::vector<json> result;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        result.push_back(json::parse(line));
    }
    return result;
}

size_t files(const std::string& folder) {
    return fs::exists(folder) ? std::distance(fs::directory_iterator(folder), {}) : 0;
}

}  // namespace

TEST_CASE("the renderer says what it does as JSON lines and ends with its result") {
    const MadeProject made;
    const auto done = runProcess(
        kProgram, arguments(made, "o/f.####.png",
                            {"--frames", "1003-1012", "--contact-sheet", made.path("sheet.png"),
                             "--color", "mean", "--mask", "hull", "--erode", "0.03", "--blur",
                             "0.1", "--sharpen", "0", "--checkpoint", "5"}));
    INFO(done.err);
    REQUIRE(done.exitCode == 0);
    const auto events = lines(done.out);
    REQUIRE(events.size() >= 2);
    bool progressed = false;
    for (const json& event : events) {
        progressed = progressed || (event["message"] == "JobProgressed" && event["done"] == 10 &&
                                    event["total"] == 10 && event["unit"] == "frames");
    }
    CHECK(progressed);
    CHECK(events.back()["message"] == "JobFinished");
    CHECK(events.back()["exitCode"] == 0);
    const json result = json::parse(events.back()["result"].get<std::string>());
    CHECK(result["out"] == made.path("o/f.####.png"));
    CHECK(result["frames"] == 10);
    CHECK(result["swapped"] == 8);
    CHECK(result["passed_through"] == json{1005, 1010});
    CHECK(result["checkpoint"] == 5);
    CHECK(result["frames_per_s"].get<double>() > 0);
    CHECK(fs::exists(made.path("sheet.png")));
    CHECK(files(made.path("o")) == 11);  // ten frames and the record
}

TEST_CASE("the renderer refuses what it does not understand") {
    const MadeProject made;
    const std::vector<std::vector<std::string>> wrong = {
        {"--color", "blue"}, {"--mask", "none"}, {"--erode", "9"},      {"--sharpen", "x"},
        {"--nonsense"},      {"--frames", "b"},  {"--checkpoint", "7"}, {"--device", "abacus"}};
    for (const auto& more : wrong) {
        INFO(more.front());
        const auto done = runProcess(kProgram, arguments(made, "o/f.####.png", more));
        CHECK(done.exitCode == 64);
        const auto events = lines(done.out);
        REQUIRE_FALSE(events.empty());
        CHECK(events.back()["message"] == "JobFinished");
        CHECK(events.back()["error"]["code"] == 64);
        CHECK_FALSE(events.back()["error"]["remedy"].get<std::string>().empty());
    }
    CHECK(runProcess(kProgram, {}).exitCode == 64);
    CHECK(runProcess(kProgram, {"--help"}).exitCode == 0);
    CHECK(files(made.path("o")) == 0);
}

TEST_CASE("the end of stdin stops the renderer with 85") {
    const MadeProject made;
    const auto done = runProcess(kProgram, arguments(made, "o/f.mp4", {"--follow-stdin"}));
    CHECK(done.exitCode == 85);
    CHECK_FALSE(fs::exists(made.path("o/f.mp4")));
}

TEST_CASE("a place that cannot be written is said as such") {
    const MadeProject made;
    std::ofstream(made.path("file")) << "in the way of the folder";
    const auto done = runProcess(kProgram, arguments(made, "file/f.mp4"));
    CHECK(done.exitCode == 73);
}

TEST_CASE("a killed renderer goes on with its sequence", "[soak]") {
    const MadeProject made;
    REQUIRE(runProcess(kProgram, arguments(made, "whole/f.####.png")).exitCode == 0);
    std::mt19937 random(5);
    int landed = 0;
    for (int i = 0; i < 10; ++i) {
        BackgroundProcess process(kProgram, arguments(made, "killed/f.####.png"));
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 3000));
        landed += process.running() ? 1 : 0;
        process.signal(SIGKILL);
        process.wait();
        for (const auto& entry : fs::directory_iterator(made.path("whole"))) {
            const auto other = fs::path(made.path("killed")) / entry.path().filename();
            if (entry.path().extension() == ".png" && fs::exists(other)) {
                CHECK(runProcess("cmp", {entry.path(), other}).exitCode == 0);
            }
        }
    }
    REQUIRE(runProcess(kProgram, arguments(made, "killed/f.####.png")).exitCode == 0);
    const auto different = runProcess("diff", {"-rq", made.path("whole"), made.path("killed")});
    INFO(different.out);
    CHECK(different.exitCode == 0);
    std::cout << landed << " of 10 kills landed\n";
}
