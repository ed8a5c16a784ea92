#include "training/client/machine_settings.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;

namespace {

using Files = std::vector<std::filesystem::path>;

int codeOf(const Status& status) {
    return status.ok() ? 0 : static_cast<int>(status.error().code);
}

}  // namespace

TEST_CASE("the user's settings of the machine come before the site's") {
    const tests::TempFolder folder;
    const Files files = {folder / "site.json", folder / "user.json"};
    const auto defaults = readMachineSettings(files);
    REQUIRE(defaults.ok());
    CHECK(defaults->idleMinutes == 10);
    CHECK(defaults->reserved.empty());

    std::ofstream(files[0]) << R"({"devices.reserved": 0, "disk.warnGiB": 20, "train.price": 2})";
    std::ofstream(files[1]) << R"({"devices.reserved": "1, GPU-ab", "service.idleMinutes": 2.5})";
    const auto both = readMachineSettings(files);
    REQUIRE(both.ok());
    CHECK(both->reserved == std::vector<std::string>{"1", "GPU-ab"});
    CHECK(both->warnGiB == 20);
    CHECK(both->idleMinutes == 2.5);
    CHECK(both->reserves(1, "GPU-x"));
    CHECK(both->reserves(5, "GPU-ab"));
    CHECK_FALSE(both->reserves(0, "GPU-x"));
}

TEST_CASE("a setting that is written leaves the others of the file as they are") {
    const tests::TempFolder folder;
    const auto file = folder / "understudy" / "site.json";
    REQUIRE(writeMachineSetting(file, "disk.pauseGiB", "0.5").ok());
    std::ofstream(file) << R"({"face.detector": "default", "disk.pauseGiB": 0.5})";
    REQUIRE(writeMachineSetting(file, "devices.reserved", "0").ok());
    CHECK(readFile(file)->find("face.detector") != std::string::npos);
    const auto read = readMachineSettings(Files{file});
    REQUIRE(read.ok());
    CHECK(read->pauseGiB == 0.5);
    CHECK(read->reserves(0, ""));
    // Empty gives the default back.
    REQUIRE(writeMachineSetting(file, "disk.pauseGiB", "").ok());
    CHECK(readMachineSettings(Files{file})->pauseGiB == 1);
}

TEST_CASE("settings that make no sense are refused, in a file and when they are set") {
    const tests::TempFolder folder;
    const auto file = folder / "site.json";
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"devices.reserved", "first"},
                                                          {"devices.reserved", "1,,2"},
                                                          {"devices.reserved", "-1"},
                                                          {"service.idleMinutes", "-1"},
                                                          {"service.idleMinutes", "nan"},
                                                          {"disk.warnGiB", "5 GiB"},
                                                          {"disk.pause", "1"}}) {
        INFO(key << "=" << value);
        CHECK(codeOf(writeMachineSetting(file, key, value)) == 64);
    }
    CHECK_FALSE(std::filesystem::exists(file));
    std::ofstream(file) << R"({"disk.warnGiB": [5]})";
    const auto read = readMachineSettings(Files{file});
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == ErrorCode::environment);
    CHECK(read.error().message.find("disk.warnGiB") != std::string::npos);
    std::ofstream(file) << "{";
    CHECK_FALSE(readMachineSettings(Files{file}).ok());
    CHECK(codeOf(writeMachineSetting(file, "disk.warnGiB", "5")) == 78);
}
