// The verbs that run jobs, through the service and without it.
#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "media/base/file.h"
#include "media/base/paths.h"
#include "media/project/project.h"
#include "tests/system/cli/command_desk.h"

using namespace understudy;
using tests::BackgroundProcess;
using tests::checkRefused;
using tests::CommandDesk;
using tests::Json;
using tests::waitUntil;

namespace {

// The last line that a background command wrote.
Json lastLine(const std::filesystem::path& file) {
    const auto text = readFile(file);
    return text.ok() ? Json::parse(*text, nullptr, false) : Json();
}

bool saved(const CommandDesk& desk, const std::string& run) {
    return std::filesystem::exists(desk.project() + "/runs/" + run + "/saves");
}

// The fake job has taken the run's lock, so it is at work.
bool atWork(const CommandDesk& desk, const std::string& run) {
    return std::filesystem::exists(desk.project() + "/runs/" + run + "/lock") &&
           !FileLock::acquire(desk.project() + "/runs/" + run + "/lock").ok();
}

// Of all jobs, newest first.
Json states(const CommandDesk& desk) {
    Json all = Json::array();
    const Json status = desk.mustDo({"status"});
    for (const auto& job : status["jobs"]) {
        all.push_back(job["state"]);
    }
    return all;
}

}  // namespace

TEST_CASE("extract runs a job for each clip and says what was found") {
    const CommandDesk desk;
    desk.makeProject();
    for (const std::vector<std::string>& how : {std::vector<std::string>{}, {"--local"}}) {
        std::vector<std::string> arguments = {"extract", desk.project(), "--size", "128"};
        arguments.insert(arguments.end(), how.begin(), how.end());
        const Json line = desk.mustDo(arguments);
        REQUIRE(line["clips"].size() == 2);
        CHECK(line["clips"][0]["found"] == 5);
        CHECK(line["clips"][0]["warnings"].back() == "a word of warning");
        CHECK(line["seconds"].get<double>() > 0);
        CHECK(line["frames_per_s"].is_number());
        CHECK(line["err"].get<std::string>().find("a word of warning") != std::string::npos);
    }
    const auto text = desk.plain({"extract", desk.project(), "--clip", "bird"});
    CHECK(text.exitCode == 0);
    CHECK(text.out.find("bird") != std::string::npos);
    CHECK(text.out.find("again") == std::string::npos);
}

TEST_CASE("what a job fails with is what the command ends with") {
    for (const int code : {65, 73, 78}) {
        INFO(code);
        const CommandDesk desk("error:" + std::to_string(code));
        desk.makeProject();
        for (const std::vector<std::string>& how : {std::vector<std::string>{}, {"--local"}}) {
            std::vector<std::string> arguments = {"extract", desk.project(), "--clip", "bird"};
            arguments.insert(arguments.end(), how.begin(), how.end());
            const Json line = desk.cli(arguments);
            checkRefused(line, code);
            CHECK(line["error"]["message"] == "as asked");
            CHECK(line["error"]["where"] == "here");
        }
    }
}

TEST_CASE("a program that is missing says how to get it") {
    const CommandDesk desk;
    desk.makeProject();
    std::filesystem::remove(desk.workplace().bin() / "understudy-extractor");
    checkRefused(desk.cli({"extract", desk.project()}), 78);
    checkRefused(desk.cli({"extract", desk.project(), "--local"}), 78);
    std::filesystem::remove(desk.workplace().bin() / "understudy-trainer");
    checkRefused(desk.cli({"bench", "train"}), 78);
}

TEST_CASE("train makes the run, waits for the end and says what came of it") {
    const CommandDesk desk;
    desk.makeProject();
    for (const std::string how : {"", "--local"}) {
        const std::string run = how.empty() ? "first" : "second";
        auto arguments = desk.train(run, {"--steps", "3", "--set", "resolution=64"});
        if (!how.empty()) {
            arguments.push_back(how);
        }
        const Json line = desk.mustDo(arguments);
        INFO(line.dump(2));
        CHECK(line["run"] == run);
        CHECK(line["step"] == 3);
        CHECK(line["seconds"] == 1.5);
        CHECK(line["loss"] == 0.25);
        CHECK(line["validation"].is_null());
        CHECK(line["checkpoint"] == "c");
        CHECK(line["cost"].is_null());
        CHECK(std::filesystem::exists(desk.project() + "/runs/" + run + "/trainer-0.log"));
        // Not overwritten by mistake, but gone on with when that is said.
        checkRefused(desk.cli(arguments), 64);
        arguments.push_back("--resume");
        CHECK(desk.mustDo(arguments)["run"] == run);
        // What a run cannot change is said, and not passed over.
        arguments.insert(arguments.end(), {"--set", "bottleneck=100", "--set", "batch=8"});
        const std::string said = desk.mustDo(arguments)["err"];
        CHECK(said.find("keeps bottleneck=") != std::string::npos);
        CHECK(said.find("keeps resolution=") == std::string::npos);
    }
    const Json swapped = desk.mustDo({"swap", desk.project(), "--run", "first", "--clip", "bird",
                                      "--out", "relative.mp4", "--frames", "1-3"});
    CHECK(swapped["out"] == std::filesystem::absolute("relative.mp4").string());
    CHECK(swapped["frames"] == 3);
    CHECK(swapped["swapped"] == 2);
    CHECK(swapped["passed_through"] == Json({7}));
}

TEST_CASE("deliver writes approved versions, named as the project names them") {
    const CommandDesk desk;
    desk.makeProject();
    checkRefused(desk.cli({"deliver", desk.project()}), 64);  // nothing is approved
    int64_t id = 0;
    {
        auto project = understudy::media::Project::open(desk.project());
        REQUIRE(project.ok());
        understudy::media::VersionRecord version;
        version.clip = "bird";
        version.run = "r01";
        version.step = 5;
        version.out = desk.project() + "/deliveries/bird_r01_v001.mp4";
        version.frames = "1-9";
        version.settings = "run=r01 clip=bird color=mean mask=hull erode=0.02";
        id = project->addVersion(version)->id;
    }
    const Json one = desk.mustDo({"deliver", desk.project(), "--clip", "bird", "--version", "v1",
                                  "--format", "png", "--list", "--matte"});
    REQUIRE(one["deliveries"].size() == 1);
    CHECK(one["deliveries"][0]["version"] == "v001");
    const std::string name = one["deliveries"][0]["out"];
    CHECK(name.find("deliveries/bird_v001/") != std::string::npos);
    CHECK(name.ends_with("_bird_v001.####.png"));
    CHECK(one["deliveries"][0]["matte"].get<std::string>().ends_with("_matte.####.png"));
    CHECK(one["warnings"][0].get<std::string>().find("not approved") != std::string::npos);
    checkRefused(desk.cli({"deliver", desk.project(), "--version", "v001"}), 64);
    checkRefused(desk.cli({"deliver", desk.project(), "--clip", "bird"}), 64);
    {
        auto project = understudy::media::Project::open(desk.project());
        REQUIRE(
            project->setVersionStatus(id, understudy::media::VersionStatus::approved, "x").ok());
        REQUIRE(project->putSetting("deliver.name", "{shot}-{version}.{frame}").ok());
        REQUIRE(project->putSetting("deliver.folder", "out").ok());
    }
    const Json all = desk.mustDo({"deliver", desk.project(), "--format", "mov"});
    REQUIRE(all["deliveries"].size() == 1);
    CHECK(all["deliveries"][0]["frames"] == 3);                    // as the job says
    CHECK(all["warnings"] == Json::array({"a word of warning"}));  // the job's
    CHECK(desk.mustDo({"deliver", desk.project(), "--list"})["deliveries"][0]["out"] ==
          std::filesystem::absolute(desk.project() + "/out/bird-v001.####.exr").string());
    checkRefused(desk.cli({"deliver", desk.project(), "--name", "{clp}.{frame}"}), 64);
    checkRefused(desk.cli({"deliver", desk.project(), "--name", "{clip}"}), 64);
    checkRefused(desk.cli({"deliver", desk.project(), "--format", "gif"}), 64);
}

TEST_CASE("a detached training is asked to save, to wait, to go on and to stop") {
    const CommandDesk desk("wait");
    desk.makeProject();
    const Json started = desk.mustDo(desk.train("r01", {"--detach"}));
    CHECK(started["run"] == "r01");
    CHECK(started["detached"] == true);
    REQUIRE(waitUntil([&] { return desk.newestState() == "running"; }, 30));

    const auto ask = [&](const std::string& verb) {
        return desk.mustDo({verb, desk.project(), "--run", "r01"});
    };
    const Json checkpoint = ask("checkpoint");
    CHECK(checkpoint["state"] == "running");
    CHECK(checkpoint["step"] == 1);
    CHECK(ask("preview")["step"] == 2);
    CHECK(desk.mustDo({"preview", desk.project() + "/", "--run", "r01"})["step"] == 3);
    const Json paused = ask("pause");
    CHECK(paused["run"] == "r01");
    CHECK(paused["state"] == "paused");
    CHECK(paused["step"].is_null());  // the fake job leaves no checkpoint
    CHECK(saved(desk, "r01"));
    checkRefused(desk.cli({"pause", desk.project(), "--run", "r01"}), 64);
    checkRefused(desk.cli({"checkpoint", desk.project(), "--run", "r01"}), 64);
    ask("resume");
    REQUIRE(waitUntil([&] { return desk.newestState() == "running"; }, 30));
    CHECK(ask("stop")["state"] == "cancelled");
    checkRefused(desk.cli({"stop", desk.project(), "--run", "none"}), 64);
    checkRefused(desk.cli(desk.train("r02", {"--detach", "--local"})), 64);
}

TEST_CASE("settings of a training are changed by command, and the log of its job is followed") {
    const CommandDesk desk("wait");
    desk.makeProject();
    desk.mustDo(desk.train("r01", {"--detach"}));
    REQUIRE(waitUntil([&] { return desk.newestState() == "running"; }, 30));
    const auto set = [&](const std::string& setting) {
        return std::vector<std::string>{"set", desk.project(), "--run", "r01", setting};
    };
    const Json changed = desk.mustDo(set("learningRate=2e-5"));
    CHECK(changed["settings"] == Json({"learningRate=2e-5"}));
    CHECK(changed["state"] == "running");
    checkRefused(desk.cli(set("resolution=64")), 64);
    checkRefused(desk.cli(set("learningRat=2e-5")), 64);

    const std::string job = desk.mustDo({"status"})["jobs"][0]["job"];
    const auto out = desk.workplace().folder() / "followed";
    BackgroundProcess log("understudy-cli", {"logs", "--job", job, "--follow"}, desk.environment(),
                          out.string());
    const auto heard = [&](const std::string& text) {
        const auto said = readFile(out);
        return said.ok() && said->find(text) != std::string::npos;
    };
    REQUIRE(waitUntil([&] { return heard("learningRate=2e-5"); }, 30));
    desk.mustDo({"pause", desk.project(), "--run", "r01"});
    REQUIRE(waitUntil([&] { return heard(job + ": ended with code 85"); }, 30));
    log.signal(SIGINT);
    CHECK(log.wait(30) == 0);
    CHECK(desk.mustDo({"logs", "--job", "job-99"})["lines"].empty());
    checkRefused(desk.cli({"logs", desk.project(), "--job", job, "--run", "r01"}), 64);
    // At rest it may get other devices too.
    CHECK(desk.mustDo(set("devices=cpu"))["state"] == "paused");
    CHECK(readFile(desk.project() + "/runs/r01/changes.jsonl")->find("\"devices\"") !=
          std::string::npos);
}

TEST_CASE("Ctrl-C leaves a training in the service, and saves one without it") {
    const CommandDesk desk("wait");
    desk.makeProject();
    const auto interrupted = [&](const std::string& run, const std::vector<std::string>& more) {
        auto arguments = desk.train(run, more);
        arguments.push_back("--json");
        const auto out = desk.workplace().folder() / (run + ".out");
        BackgroundProcess process("understudy-cli", arguments, desk.environment(), out.string());
        REQUIRE(waitUntil([&] { return atWork(desk, run); }, 30));
        process.signal(SIGINT);
        const int code = process.wait(60);
        Json line = lastLine(out);
        line["exit"] = code;
        return line;
    };
    const Json local = interrupted("r01", {"--local"});
    checkRefused(local, 85);
    CHECK(saved(desk, "r01"));

    const Json detached = interrupted("r02", {});
    CHECK(detached["exit"] == 0);
    CHECK(detached["detached"] == true);
    CHECK(atWork(desk, "r02"));
    CHECK(desk.newestState() == "running");
}

namespace {

// What the program says that is sent a signal while it waits for the search of two clips.
Json endSearch(const CommandDesk& desk, int signal) {
    desk.makeProject();
    const auto out = desk.workplace().folder() / "out";
    BackgroundProcess process("understudy-cli", {"extract", desk.project(), "--json"},
                              desk.environment(), out.string());
    REQUIRE(waitUntil([&] { return states(desk) == Json({"queued", "running"}); }, 30));
    process.signal(signal);
    CHECK(process.wait(30) == 85);
    return lastLine(out);
}

}  // namespace

TEST_CASE("a terminal that is closed ends no work: all clips are searched") {
    for (const int number : {SIGHUP, SIGTERM}) {
        const CommandDesk desk("wait");
        const Json said = endSearch(desk, number);
        CHECK(said["error"]["message"].get<std::string>().find("goes on") != std::string::npos);
        CHECK(states(desk) == Json({"queued", "running"}));
    }
}

TEST_CASE("Ctrl-C ends a search for faces, and a clip that fails the ones after it") {
    {
        const CommandDesk desk("wait");
        endSearch(desk, SIGINT);
        CHECK(states(desk) == Json({"cancelled", "cancelled"}));
    }
    const CommandDesk desk("error:65");
    desk.makeProject();
    checkRefused(desk.cli({"extract", desk.project()}), 65);
    const Json ended = states(desk);
    CHECK(ended[1] == "failed");
    CHECK((ended[0] == "cancelled" || ended[0] == "failed"));  // if it was faster
}

TEST_CASE("watching one run, nothing is heard of others") {
    const CommandDesk desk("wait");
    desk.makeProject();
    desk.mustDo(desk.train("r01", {"--detach"}));
    desk.mustDo(desk.train("r02", {"--detach", "--set", "devices=cpu"}));
    REQUIRE(waitUntil([&] { return states(desk) == Json({"queued", "running"}); }, 30));
    const auto out = desk.workplace().folder() / "out";
    BackgroundProcess process("understudy-cli", {"watch", desk.project(), "--run", "r02", "--json"},
                              desk.environment(), out.string());
    const auto err = [&] { return readFile(out.string() + ".err"); };
    REQUIRE(waitUntil([&] { return err().ok() && !err()->empty(); }, 30));
    desk.mustDo({"checkpoint", desk.project(), "--run", "r01"});  // raises a warning
    desk.mustDo({"stop", desk.project(), "--run", "r02"});
    CHECK(process.wait(30) == 0);
    CHECK(lastLine(out)["jobs"].size() == 1);
    CHECK(lastLine(out)["jobs"][0]["state"] == "cancelled");
    CHECK(err()->find("warning") == std::string::npos);
}

TEST_CASE("a service of another version is not taken for none, and can be stopped") {
    const CommandDesk desk;
    // Speaks like one: a service that is alone with its lock.
    const auto bin = desk.workplace().bin();
    std::filesystem::remove(bin / "understudyd");
    std::filesystem::copy_file(programFolder() / "test_other_service", bin / "understudyd");
    BackgroundProcess other((bin / "understudyd").string(), {}, desk.environment());
    REQUIRE(waitUntil([&] { return desk.mustDo({"service", "status"})["running"] == true; }, 30));
    REQUIRE(waitUntil([&] { return std::filesystem::exists(desk.socket()); }, 30));
    const Json status = desk.cli({"status"});
    checkRefused(status, 78);
    CHECK(status["error"]["message"].get<std::string>().find("another protocol") !=
          std::string::npos);
    CHECK(status["error"]["remedy"].get<std::string>().find("service stop") != std::string::npos);
    checkRefused(desk.cli({"queue", "list"}), 78);
    CHECK(other.running());
    CHECK(desk.mustDo({"service", "stop"})["running"] == false);
    CHECK(other.wait(10) == 128 + SIGTERM);
}

TEST_CASE("a command whose service is killed goes on with the next") {
    const CommandDesk desk("wait");
    desk.makeProject();
    auto arguments = desk.train("r01");
    arguments.push_back("--json");
    const auto out = desk.workplace().folder() / "out";
    BackgroundProcess process("understudy-cli", arguments, desk.environment(), out.string());
    REQUIRE(waitUntil([&] { return atWork(desk, "r01"); }, 30));
    ::kill(desk.mustDo({"status"})["service"]["pid"].get<int>(), SIGKILL);
    REQUIRE(waitUntil([&] { return saved(desk, "r01"); }, 30));
    REQUIRE(waitUntil([&] { return atWork(desk, "r01"); }, 30));
    CHECK(process.running());
    desk.mustDo({"stop", desk.project(), "--run", "r01"});
    CHECK(process.wait(30) == 85);
    CHECK(lastLine(out)["error"]["code"] == 85);
}

TEST_CASE("the service is started, shown and stopped by command") {
    const CommandDesk desk;
    CHECK(desk.mustDo({"service", "status"})["running"] == false);
    CHECK(desk.mustDo({"status"})["jobs"].empty());
    CHECK(desk.mustDo({"queue", "list"})["jobs"].empty());
    const Json started = desk.mustDo({"service", "start"});
    CHECK(started["running"] == true);
    CHECK(desk.mustDo({"service", "start"})["pid"] == started["pid"]);
    CHECK(desk.mustDo({"service", "status"})["pid"] == started["pid"]);
    checkRefused(desk.cli({"queue", "cancel", "job-1"}), 64);
    CHECK(desk.mustDo({"watch"})["jobs"].empty());
    CHECK(desk.mustDo({"logs"})["lines"].size() >= 1);
    CHECK(desk.mustDo({"service", "stop"})["running"] == false);
    CHECK(desk.mustDo({"service", "status"})["running"] == false);
}
