#include "training/protocol/job_channel.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <sstream>

#include "media/base/file.h"
#include "media/base/paths.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"
#include "training/protocol/codec.h"

using namespace understudy;
using namespace understudy::training;
using tests::BackgroundProcess;
using tests::TempFolder;

namespace {

// The job program lies beside the test.
std::string job() {
    return (programFolder() / "test_channel_job").string();
}

std::vector<Message> messages(const std::string& text) {
    std::vector<Message> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        auto message = decode(line);
        INFO(line);
        REQUIRE(message.ok());
        all.push_back(*message);
    }
    return all;
}

bool said(const std::filesystem::path& file, const std::string& name) {
    const auto text = readFile(file);
    return text.ok() && text->find("\"message\":\"" + name + "\"") != std::string::npos;
}

}  // namespace

TEST_CASE("the end of stdin means save and stop; nothing but messages is on stdout") {
    const auto run = tests::runProcess(job(), {});
    CHECK(run.exitCode == 85);
    const auto all = messages(run.out);
    REQUIRE(all.size() == 3);
    CHECK(std::get<Hello>(all[0]).protocolVersion == kProtocolVersion);
    CHECK(std::get<Hello>(all[0]).program == "test_channel_job");
    const auto& finished = std::get<JobFinished>(all[2]);
    CHECK(finished.exitCode == 85);
    CHECK(finished.result == R"({"step":7})");
    CHECK(run.err.find("a library talks") != std::string::npos);
    CHECK(run.err.find(" ends by itself with code 85\n") != std::string::npos);
}

TEST_CASE("requests reach the job, those not understood do no harm") {
    const TempFolder folder;
    BackgroundProcess process(job(), {}, {}, (folder / "out").string());
    process.write("nonsense\n{\"message\":\"Unknown\"}\n");
    process.write(encode(WriteCheckpoint{41, ""}) + "\n" + encode(WritePreview{42, ""}) + "\n");
    REQUIRE(tests::waitUntil([&] { return said(folder / "out", "PreviewWritten"); }));
    CHECK(said(folder / "out", "CheckpointWritten"));
    process.write(encode(StopJob{1, ""}) + "\n");
    CHECK(process.wait(30) == 85);
}

TEST_CASE("SIGTERM and SIGINT ask to stop") {
    for (const int number : {SIGTERM, SIGINT}) {
        const TempFolder folder;
        BackgroundProcess process(job(), {}, {}, (folder / "out").string());
        REQUIRE(tests::waitUntil([&] { return said(folder / "out", "WarningRaised"); }));
        process.signal(number);
        CHECK(process.wait(30) == 85);
        CHECK(said(folder / "out", "JobFinished"));
    }
}

TEST_CASE("without following stdin its end is nothing; only signals stop") {
    const TempFolder folder;
    BackgroundProcess process(job(), {"--no-stdin"}, {}, (folder / "out").string());
    process.closeInput();
    REQUIRE(tests::waitUntil([&] { return said(folder / "out", "WarningRaised"); }));
    CHECK(process.running());
    process.signal(SIGTERM);
    CHECK(process.wait(30) == 85);
}

TEST_CASE("a reader that does not read and then dies does not hold up the job") {
    // The shell never reads what the job says, and ends after one line of its own input.
    const auto run = tests::runProcess(
        "/bin/sh",
        {"-c", "( echo; read line ) | '" + job() + "' --flood 20000 | ( exec sleep 0.2 ); true"},
        {}, "", 60);
    CHECK(run.exitCode == 0);
}

TEST_CASE("a person gets text and the result") {
    const auto run = tests::runProcess(job(), {"--quiet"});
    CHECK(run.exitCode == 85);
    CHECK(run.out == "{\"step\":7}\n");
    CHECK(run.err.find("ready") != std::string::npos);
    CHECK(run.err.find("saved on request") != std::string::npos);
}
