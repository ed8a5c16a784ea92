// submit where Slurm is not there, is not set up, does not answer, or refuses: programs of its
// names stand in for it.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/system/cli/command_desk.h"

namespace fs = std::filesystem;
using namespace understudy::tests;

namespace {

// A folder for PATH with an sbatch and a scontrol that say `words` and end with `code`.
fs::path slurmSaying(const CommandDesk& desk, const std::string& words, int code) {
    const fs::path folder = desk.workplace().folder() / "slurm";
    fs::create_directories(folder);
    for (const char* name : {"sbatch", "scontrol"}) {
        std::ofstream(folder / name)
            << "#!/bin/sh\necho '" << words << "' >&2\nexit " << code << "\n";
        fs::permissions(folder / name, fs::perms::owner_all);
    }
    return folder;
}

Json submit(const CommandDesk& desk, const fs::path& path, const std::string& run) {
    Environment environment = desk.environment();
    environment["PATH"] = path.string();
    const auto result =
        runProcess("understudy-cli",
                   {"submit", desk.project(), "--source", "A", "--destination", "B", "--run", run,
                    "--cpu", "--set", "resolution=64", "--detach", "--json"},
                   environment, "", 60);
    INFO("stdout: " << result.out << "\nstderr: " << result.err);
    Json line = Json::parse(result.out, nullptr, false);
    REQUIRE(line.is_object());
    line["exit"] = result.exitCode;
    return line;
}

}  // namespace

TEST_CASE("submit tells a missing, a silent and a refusing Slurm apart") {
    const CommandDesk desk;
    desk.makeProject();
    const fs::path nothing = desk.workplace().folder() / "nothing";
    fs::create_directory(nothing);
    const Json missing = submit(desk, nothing, "r01");
    checkRefused(missing, 78);
    CHECK(missing["error"]["where"] == "sbatch");
    // Nothing was prepared for a cluster that is not there.
    CHECK_FALSE(fs::exists(fs::path(desk.project()) / "runs" / "r01"));

    for (const char* words :
         {"sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect "
          "failure)",
          "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation"}) {
        const std::string run = std::string("r") + std::to_string(std::string(words).size());
        const Json silent = submit(desk, slurmSaying(desk, words, 1), run);
        checkRefused(silent, 75);
        CHECK(silent["error"]["message"].get<std::string>().find(words) != std::string::npos);
        CHECK(fs::exists(fs::path(desk.project()) / "runs" / run / "submit.sbatch"));
    }
    checkRefused(
        submit(desk,
               slurmSaying(desk, "sbatch: fatal: Could not establish a configuration source", 1),
               "r03"),
        78);
    const Json refusing = submit(
        desk, slurmSaying(desk, "sbatch: error: invalid partition specified: nowhere", 1), "r04");
    checkRefused(refusing, 64);
    CHECK(refusing["error"]["message"].get<std::string>().find("nowhere") != std::string::npos);
}
