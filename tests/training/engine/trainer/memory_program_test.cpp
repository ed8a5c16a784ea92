// The trainer where memory does not suffice.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_folder.h"
#include "tests/training/engine/data/test_faces.h"

using namespace understudy;
using tests::runProcess;

TEST_CASE("out of memory names settings that would fit") {
    const tests::TempFolder folder;
    training::Plan plan = tests::tinyPlan();
    plan.decoderDims = 512;  // weights of 6 GB, of which the first few do not fit
    plan.bottleneck = 1024;
    tests::writeRun(folder.path(), plan);
    const char* folderOfPrograms = std::getenv("UNDERSTUDY_BIN");
    const std::string program =
        (folderOfPrograms != nullptr ? folderOfPrograms + std::string("/") : "") +
        "understudy-trainer";
    // An address space in which the libraries fit and the network does not.
    const auto result = runProcess("sh", {"-c", "ulimit -v 2500000; exec \"$0\" --run \"$1\"",
                                          program, folder.path().string()});
    INFO(result.err);
    CHECK(result.exitCode == static_cast<int>(ErrorCode::usage));
    CHECK(result.err.find("memory this training needs, estimated") != std::string::npos);
    CHECK(result.err.find("do not fit in memory") != std::string::npos);
    CHECK(result.err.find("decoderDims=") != std::string::npos);
}
