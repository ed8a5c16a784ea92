#include "training/record/environment.h"

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;

namespace {

Environment startAt(int64_t step, int threads = 2) {
    Environment environment = describeMachine();
    environment.step = step;
    environment.versions["torch"] = "2.11.0";
    environment.gpus = {{"GPU-1", "Large", 2000000000}};
    environment.devices = {"cuda:0"};
    environment.threads = threads;
    environment.precision = "bf16";
    environment.mode = "exact";
    environment.seed = 18446744073709551615u;
    environment.sourceFaces = "aa";
    environment.destinationFaces = "bb";
    environment.minutes = 2.5;
    return environment;
}

}  // namespace

TEST_CASE("the machine is described without naming it") {
    const Environment machine = describeMachine();
    CHECK(machine.cores >= 1);
    CHECK(machine.memoryBytes > 100'000'000);
    CHECK(machine.versions.at("understudy") == US_VERSION);
    CHECK(machine.versions.at("kernel").starts_with("Linux "));
    std::array<char, 256> name{};
    REQUIRE(::gethostname(name.data(), name.size() - 1) == 0);
    const std::string host = name.data();
    if (host.size() > 3) {  // short ones occur in other words
        CHECK(environmentToJson(machine).find("\"" + host) == std::string::npos);
    }
}

TEST_CASE("every start of a run is written down and read back") {
    const tests::TempFolder folder;
    const auto file = folder / "environment.json";
    REQUIRE(recordStart(file, startAt(0)).ok());
    REQUIRE(recordStart(file, startAt(0)).ok());  // one that got nowhere
    REQUIRE(recordStart(file, startAt(100, 4)).ok());
    auto starts = readStarts(file);
    REQUIRE(starts.ok());
    REQUIRE(starts->size() == 2);
    const Environment& first = starts->front();
    CHECK(environmentToJson(first) == environmentToJson(startAt(0)));
    CHECK(first.seed == 18446744073709551615u);
    CHECK(first.gpus.at(0).name == "Large");
    CHECK(first.minutes == 2.5);
    CHECK_FALSE(first.steps.has_value());
    CHECK(starts->at(1).threads == 4);
    // Back to an earlier checkpoint: what came after it is not of this run.
    REQUIRE(recordStart(file, startAt(50)).ok());
    starts = readStarts(file);
    REQUIRE(starts->size() == 2);
    CHECK(starts->at(1).step == 50);
}

TEST_CASE("a damaged record is an error to read, and begins anew") {
    const tests::TempFolder folder;
    const auto file = folder / "environment.json";
    CHECK(readStarts(file).error().code == ErrorCode::missingInput);
    for (const char* text : {"", "{", "[]", R"({"format":1,"starts":[]})",
                             R"({"format":1,"starts":[{"step":"x"}]})", R"({"format":9})"}) {
        std::ofstream(file) << text;
        CHECK(readStarts(file).error().code == ErrorCode::corruptData);
    }
    REQUIRE(recordStart(file, startAt(7)).ok());
    CHECK(readStarts(file)->front().step == 7);
}
