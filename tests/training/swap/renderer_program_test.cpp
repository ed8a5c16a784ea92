// understudy-renderer as the service and the CLI start it.
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
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

std::string bytesOf(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// A renderer that serves previews.
struct Server {
    explicit Server(const MadeProject& made)
        : said(made.path("said")), process(kProgram, {"--serve"}, {}, said) {}
    void ask(int request, const std::vector<std::string>& words) {
        process.write(
            json{{"message", "RenderPreview"}, {"request", request}, {"arguments", words}}.dump() +
            "\n");
    }
    std::optional<json> answer(int request) const {
        std::istringstream in(bytesOf(said));
        for (std::string line; std::getline(in, line) && !in.eof();) {
            const json event = json::parse(line);
            if (event["message"] == "JobFinished" && event["job"] == std::to_string(request)) {
                return event;
            }
        }
        return std::nullopt;
    }
    int exitCodeOf(int request) const {
        REQUIRE(waitUntil([&] { return answer(request).has_value(); }));
        return (*answer(request))["exitCode"];
    }
    std::string said;
    BackgroundProcess process;
};

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

TEST_CASE("a renderer that serves previews makes what one makes that was started for each") {
    const MadeProject made;
    Server server(made);
    int asked = 0;
    const auto alike = [&](const std::vector<std::string>& more) {
        std::vector<std::string> words = {"--preview", "--frames", "1007", "--matte"};
        words.push_back(made.path("served" + std::to_string(++asked) + "/m.####.png"));
        words.insert(words.end(), more.begin(), more.end());
        server.ask(asked, arguments(made, "served" + std::to_string(asked) + "/f.####.png", words));
        CHECK(server.exitCodeOf(asked) == 0);
        words[4] = made.path("alone" + std::to_string(asked) + "/m.####.png");
        REQUIRE(runProcess(kProgram,
                           arguments(made, "alone" + std::to_string(asked) + "/f.####.png", words))
                    .exitCode == 0);
        for (const char* name : {"/f.1007.png", "/m.1007.png"}) {
            const std::string served = bytesOf(made.path("served" + std::to_string(asked) + name));
            CHECK_FALSE(served.empty());
            CHECK(served == bytesOf(made.path("alone" + std::to_string(asked) + name)));
        }
    };
    alike({});
    alike({"--blur", "0.1", "--scale", "1.1"});
    alike({"--steady", "0"});
    alike({"--checkpoint", "5"});
    alike({"--checkpoint", "5", "--batch", "3"});
    server.process.write("no request\n{\"message\":\"RenderPreview\"}\n");  // passed over
    // A plate that is written anew is looked at anew.
    for (int frame = MadeProject::kFirst; frame < MadeProject::kFirst + 12; ++frame) {
        fs::copy_file(made.plate(1020), made.plate(frame), fs::copy_options::overwrite_existing);
    }
    alike({});
    // What is wrong is said, and the next one is made.
    server.ask(90, {"--nonsense"});
    CHECK(server.exitCodeOf(90) == 64);
    server.ask(91, arguments(made, "kept/f.####.png"));  // a render that somebody keeps
    CHECK(server.exitCodeOf(91) == 64);
    CHECK(files(made.path("kept")) == 0);
    alike({});
    server.process.closeInput();
    CHECK(server.process.wait() == 0);
}

TEST_CASE("of previews that are asked for the newest counts") {
    const MadeProject made;
    Server server(made);
    constexpr int kAsked = 6;
    for (int i = 1; i <= kAsked; ++i) {
        server.ask(i, arguments(made, std::to_string(i) + "/f.####.png", {"--preview"}));
    }
    CHECK(server.exitCodeOf(kAsked) == 0);
    CHECK(files(made.path(std::to_string(kAsked))) == MadeProject::kFrames + 1);
    int stopped = 0;
    for (int i = 1; i < kAsked; ++i) {
        stopped += server.exitCodeOf(i) == 85 ? 1 : 0;
    }
    CHECK(stopped >= kAsked - 2);
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
