// The queue by command: jobs that are put into it, moved in it, held, awaited and repeated.
#include <catch2/catch.hpp>
#include <filesystem>

#include "media/base/file.h"
#include "tests/system/cli/command_desk.h"

using namespace understudy;
using tests::BackgroundProcess;
using tests::checkRefused;
using tests::CommandDesk;
using tests::Json;
using tests::waitUntil;

namespace {

using Words = std::vector<std::string>;

// "queue add" with options, then a verb.
Words added(Words options, const Words& verb) {
    Words words = {"--json", "queue", "add"};
    words.insert(words.end(), options.begin(), options.end());
    words.emplace_back("--");
    words.insert(words.end(), verb.begin(), verb.end());
    return words;
}

struct QueueDesk : CommandDesk {
    explicit QueueDesk(const std::string& behave) : CommandDesk(behave) { makeProject(); }

    // The answer as `cli` gives it, without --json behind the inner verb.
    Json ask(const Words& words) const {
        const auto result = plain(words);
        INFO("stdout: " << result.out << "\nstderr: " << result.err);
        Json line = Json::parse(result.out, nullptr, false);
        REQUIRE(line.is_object());
        line["exit"] = result.exitCode;
        return line;
    }
    std::string add(const Words& options, const Words& verb) const {
        const Json line = ask(added(options, verb));
        INFO(line.dump(2));
        REQUIRE(line["exit"] == 0);
        CHECK(line["verb"] == "queue add");
        CHECK(line["detached"] == true);
        REQUIRE(line["jobs"].size() == 1);
        CHECK(line["jobs"][0] == line["job"]);
        return line["job"];
    }
    Words swap(const std::string& run, const std::string& out) const {
        return {"swap", project(), "--run", run, "--clip", "bird", "--out", out};
    }
    Json job(const std::string& name) const {
        const Json list = mustDo({"queue", "list"});
        for (const auto& job : list["jobs"]) {
            if (job["job"] == name) {
                return job;
            }
        }
        return {};
    }
    bool reaches(const std::string& name, const std::string& state) const {
        return waitUntil([&] { return job(name)["state"] == state; }, 30);
    }
};

}  // namespace

TEST_CASE("a swap is put into the queue with its training, before there is anything to swap with") {
    const QueueDesk desk("finish");
    desk.mustDo({"service", "start"});
    const auto training = desk.add({"--hold"}, desk.train("r01", {"--steps", "3"}));
    CHECK(desk.job(training)["state"] == "paused");
    const auto swap = desk.add({"--after", training, "--priority", "high"}, desk.swap("r01", "a"));
    const auto delivery = desk.add({"--after", swap}, [&] {
        auto words = desk.swap("r01", "b");
        words.emplace_back("--deliver");
        return words;
    }());
    CHECK(desk.job(swap)["priority"] == 10);
    CHECK(desk.job(swap)["after"] == Json({training}));
    CHECK(desk.job(swap)["position"] == 1);
    CHECK(desk.job(delivery)["kind"] == "deliver");
    CHECK(desk.job(delivery)["position"] == 2);
    CHECK(desk.plain({"queue", "list"})
              .out.find(swap +
                        "  queued (1)  Swap bird with r01, high: "
                        "Waits for " +
                        training) != std::string::npos);
    CHECK(desk.mustDo({"queue", "release", training})["job"] == training);
    const Json waited = desk.mustDo({"queue", "wait", delivery, swap});
    REQUIRE(waited["jobs"].size() == 2);
    CHECK(waited["jobs"][0]["job"] == delivery);
    CHECK(waited["jobs"][0]["state"] == "finished");
    CHECK(waited["jobs"][1]["result"]["swapped"] == 2);
    CHECK(desk.job(training)["state"] == "finished");
    CHECK(desk.job(training)["started"].get<double>() <= desk.job(swap)["started"].get<double>());
    // What is over is waited for at once.
    CHECK(desk.mustDo({"queue", "wait", training})["jobs"][0]["state"] == "finished");
    // For people only the names, one a line.
    auto words = added({}, desk.swap("r01", "c"));
    words.erase(words.begin());
    const auto plain = desk.plain(words);
    CHECK(plain.exitCode == 0);
    CHECK(plain.out == "job-4\n");
    const Json searches = desk.ask(added({}, {"extract", desk.project()}));
    CHECK(searches["jobs"] == Json({"job-5", "job-6"}));
    CHECK(searches["job"] == "job-6");
}

TEST_CASE("verbs wait for other jobs themselves, and fail with what these fail with") {
    const QueueDesk desk("error:70");
    const Json failed = desk.ask(added({}, desk.train("r01")));
    const std::string training = failed["job"];
    REQUIRE(desk.reaches(training, "failed"));
    checkRefused(desk.cli({"queue", "wait", training}), 70);
    auto swap = desk.swap("r01", "a");
    swap.insert(swap.end(), {"--after", training});
    const Json refused = desk.cli(swap);
    checkRefused(refused, 64);
    CHECK(refused["error"]["remedy"].get<std::string>().find("queue retry") != std::string::npos);

    const QueueDesk other("wait");
    const auto running = other.add({}, other.train("r01"));
    REQUIRE(other.reaches(running, "running"));
    auto arguments = other.swap("r01", "a");
    arguments.insert(arguments.end(), {"--after", running, "--json"});
    const auto out = other.workplace().folder() / "out";
    BackgroundProcess waiting("understudy-cli", arguments, other.environment(), out.string());
    REQUIRE(other.reaches("job-2", "queued"));
    other.mustDo({"queue", "cancel", running});
    CHECK(waiting.wait(30) == 66);
    const auto said = readFile(out);
    REQUIRE(said.ok());
    CHECK(said->find("job-1 (Train r01), which it waits for, is cancelled") != std::string::npos);
    CHECK(other.job("job-2")["state"] == "paused");
    CHECK(other.job("job-2")["heldBy"] == "job-1");
    // Let go by itself, it waits for nothing any more.
    other.mustDo({"queue", "retry", "job-2"});
    CHECK(other.job("job-2")["after"].empty());
    CHECK(other.job("job-2")["heldBy"] == "");
    CHECK(other.job("job-2")["state"] != "paused");
}

TEST_CASE("jobs are moved, held, released and listed by command") {
    const QueueDesk desk("wait");
    const auto first = desk.add({}, {"extract", desk.project(), "--clip", "again"});
    REQUIRE(desk.reaches(first, "running"));
    const auto extraction = [&](int size) {
        return Words{"extract", desk.project(), "--clip", "bird", "--size", std::to_string(size)};
    };
    const auto a = desk.add({"--priority", "low"}, desk.train("r01"));
    REQUIRE(desk.reaches(a, "running"));
    const auto b = desk.add({"--priority", "-5"}, extraction(128));
    const auto c = desk.add({}, desk.train("r02"));
    const auto d = desk.add({"--priority", "7"}, desk.train("r03"));
    const auto order = [&] {
        std::map<int, std::string> turns;
        const Json list = desk.mustDo({"status"});
        for (const auto& job : list["jobs"]) {
            if (job["position"].is_number()) {
                turns[job["position"].get<int>()] = job["job"];
            }
        }
        Words names;
        for (const auto& [position, name] : turns) {
            names.push_back(name);
        }
        return names;
    };
    CHECK(order() == Words{d, c, b});
    CHECK(desk.mustDo({"queue", "move", b, "--first"})["job"] == b);
    CHECK(order() == Words{b, d, c});
    desk.mustDo({"queue", "move", b, "--before", c});
    CHECK(order() == Words{d, b, c});
    desk.mustDo({"queue", "move", d, "--last"});
    CHECK(order() == Words{b, c, d});
    desk.mustDo({"queue", "priority", d, "high"});
    CHECK(order() == Words{d, b, c});
    desk.mustDo({"queue", "priority", d, "-3"});
    CHECK(order() == Words{b, c, d});
    desk.mustDo({"queue", "after", b, c, d});
    CHECK(desk.job(b)["after"] == Json({c, d}));
    checkRefused(desk.cli({"queue", "after", c, b}), 64);
    desk.mustDo({"queue", "after", b});
    CHECK(desk.job(b)["after"].empty());
    desk.mustDo({"queue", "hold", c});
    CHECK(order() == Words{b, d});
    CHECK(desk.job(c)["position"].is_null());
    desk.mustDo({"queue", "release", c});
    CHECK(order() == Words{b, c, d});
    checkRefused(desk.cli({"queue", "move", a, "--first"}), 64);  // it runs
    checkRefused(desk.cli({"queue", "move", b}), 64);
    checkRefused(desk.cli({"queue", "move", b, "--first", "--last"}), 64);
    checkRefused(desk.cli({"queue", "priority", b, "urgent"}), 64);
    checkRefused(desk.cli({"queue", "wait", "job-99"}), 64);

    const Json page = desk.mustDo({"queue", "list", "--offset", "1", "--limit", "2"});
    CHECK(page["total"] == 5);
    REQUIRE(page["jobs"].size() == 2);
    CHECK(page["jobs"][0]["job"] == c);
    desk.mustDo({"queue", "cancel", c});
    const Json cancelled =
        desk.mustDo({"queue", "list", "--state", "cancelled", "--state", "failed"});
    REQUIRE(cancelled["jobs"].size() == 1);
    CHECK(cancelled["jobs"][0]["job"] == c);
    CHECK(desk.mustDo({"queue", "list", "--all"})["jobs"].size() == 5);
    CHECK(desk.mustDo({"queue", "list", "--project", desk.project()})["jobs"].size() == 5);
    CHECK(desk.mustDo({"queue", "list", "--project", "/elsewhere"})["jobs"].empty());
    checkRefused(desk.cli({"queue", "list", "--state", "asleep"}), 64);
}

TEST_CASE("what is no job does not come into the queue") {
    const QueueDesk desk("finish");
    checkRefused(desk.ask(added({}, {"faces", desk.project()})), 64);
    checkRefused(desk.ask(added({}, {"swapp", desk.project()})), 64);
    checkRefused(desk.ask(added({}, {"queue", "add", "--", "faces"})), 64);
    checkRefused(desk.cli({"queue", "add"}), 64);
    checkRefused(desk.ask(added({"--after", "job-7"}, desk.train("r01"))), 64);
    checkRefused(desk.ask(added({"--local"}, desk.train("r02"))), 64);
    auto local = desk.train("r03", {"--local", "--priority", "high"});
    checkRefused(desk.cli(local), 64);
    CHECK(desk.mustDo({"queue", "list"})["jobs"].empty());
}

TEST_CASE("the example script goes from a project to a swap") {
    const QueueDesk desk("finish");
    const auto script =
        desk.workplace().bin().parent_path() / "share/understudy/examples/swap_by_queue.sh";
    REQUIRE(std::filesystem::exists(script));
    if (tests::runProcess("sh", {"-c", "command -v jq"}).exitCode != 0) {
        WARN("jq is not installed: the example is not run");
        return;
    }
    auto environment = desk.environment();
    environment["PATH"] = desk.workplace().bin().string() + ":/usr/bin:/bin";
    environment["SOURCE"] = "A";
    environment["DESTINATION"] = "B";
    const auto out = (desk.workplace().folder() / "swap.mp4").string();
    const auto run =
        tests::runProcess(script.string(), {desk.project(), "-", "-", out}, environment, "", 60);
    INFO("stdout: " << run.out << "\nstderr: " << run.err);
    CHECK(run.exitCode == 0);
    CHECK(run.out.find("again: faces in 5 of 6 frames") != std::string::npos);
    CHECK(run.out.find("3 frames, 2 with the new face") != std::string::npos);
    CHECK(run.out.find("wrote " + out) != std::string::npos);
    // What fails is said, and is the end.
    environment["SOURCE"] = "Nobody";
    environment["RUN"] = "r02";
    const auto failed =
        tests::runProcess(script.string(), {desk.project(), "-", "-", out}, environment, "", 60);
    CHECK(failed.exitCode == 64);
    INFO("stderr: " << failed.err);
    CHECK(failed.err.find("queue add: ") != std::string::npos);
}
