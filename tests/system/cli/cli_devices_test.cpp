// The real service and command line with a fake driver, found as the real one is.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "media/base/paths.h"
#include "tests/support/scoped_variable.h"
#include "tests/support/temp_folder.h"
#include "tests/system/cli/command_desk.h"

using namespace understudy;
using namespace understudy::tests;

namespace {

std::string withFolderFirst(const std::string& folder) {
    const char* path = std::getenv("LD_LIBRARY_PATH");
    return path == nullptr ? folder : folder + ":" + path;
}

// For all programs that are started while it lives.
struct FakeDriver {
    TempFolder folder;
    ScopedVariable libraries{"LD_LIBRARY_PATH", withFolderFirst(folder.path().string())};
    ScopedVariable gpus{"FAKE_GPUS", (folder / "gpus").string()};
    ScopedVariable memory{"FAKE_GPU_MEMORY", "25769803776"};  // 24 GiB, and 48
    ScopedVariable config{"XDG_CONFIG_HOME", (folder / "config").string()};

    FakeDriver() {
        std::filesystem::create_symlink(programFolder() / "us_fake_driver.so",
                                        folder / "libnvidia-ml.so.1");
        std::ofstream(folder / "gpus") << "1073741824 3 55000 41 1\n"
                                       << "13207024435 91 412000 71 4\n";
    }
};

}  // namespace

TEST_CASE("status tells the GPUs, how busy they are and who uses them") {
    const FakeDriver driver;
    const CommandDesk desk("wait");
    desk.makeProject();
    const Json before = desk.mustDo({"status"});
    CHECK(before["devices"].empty());  // no service runs, and none is started for this
    CHECK(before["telemetry"].is_null());

    CHECK(desk.mustDo(
              {"settings", "--set", "devices.reserved=0"})["settings"]["devices.reserved"] == "0");
    desk.mustDo(desk.train("r01", {"--detach"}));
    REQUIRE(waitUntil([&] { return desk.newestState() == "running"; }));
    const Json status = desk.mustDo({"status"});
    REQUIRE(status["devices"].size() == 3);
    CHECK(status["devices"][0]["reserved"] == true);
    CHECK(status["devices"][1]["name"] == "Large");
    CHECK(status["devices"][1]["jobs"] == Json{"job-1"});
    CHECK(status["devices"][2]["id"] == "cpu");
    CHECK(status["telemetry"]["gpus"][1]["load"].get<double>() == Approx(0.91));
    CHECK(status["telemetry"]["gpus"][1]["throttling"] == Json{"power limit"});
    CHECK(status["telemetry"]["memoryTotal"].get<int64_t>() > 0);
    CHECK(status["telemetry"]["disks"][0]["free"].get<int64_t>() > 0);
    CHECK(status["jobs"][0]["devices"][0] == status["devices"][1]["id"]);

    // Another training has no GPU, and says so; sharing it does not wait.
    desk.mustDo(desk.train("r02", {"--detach"}));
    REQUIRE(waitUntil([&] {
        return desk.mustDo({"status"})["jobs"][0]["text"] == "Waits for GPU 1, used by job-1";
    }));
    desk.mustDo(desk.train("r03", {"--detach", "--share-devices"}));
    REQUIRE(waitUntil([&] { return desk.newestState() == "running"; }));

    const std::string text = desk.plain({"status"}).out;
    INFO(text);
    CHECK(text.find("GPU 0  Small, 1.0 of 24.0 GiB in use, 3 % busy, 55 of 700 W, 41 \u00b0C, "
                    "reserved for the viewport\n") != std::string::npos);
    CHECK(text.find("GPU 1  Large, 12.3 of 48.0 GiB in use, 91 % busy, 412 of 700 W, 71 \u00b0C, "
                    "slowed by power limit, used by job-1, job-3\n") != std::string::npos);
    CHECK(text.find("Disk of ") != std::string::npos);
    CHECK(text.find("job-2  queued (1)  Train r02: Waits for GPU 1, used by job-1 and job-3") !=
          std::string::npos);
}

TEST_CASE("settings without a project are those of the machine") {
    const FakeDriver driver;
    const CommandDesk desk;
    const Json defaults = desk.mustDo({"settings"});
    CHECK(defaults["settings"] == Json{{"devices.reserved", ""},
                                       {"service.idleMinutes", 10},
                                       {"disk.warnGiB", 5},
                                       {"disk.pauseGiB", 1}});
    desk.mustDo({"settings", "--set", "service.idleMinutes=2.5", "--set", "disk.warnGiB=20"});
    const Json changed = desk.mustDo({"settings"});
    CHECK(changed["settings"]["service.idleMinutes"] == 2.5);
    CHECK(changed["settings"]["disk.warnGiB"] == 20);
    checkRefused(desk.cli({"settings", "--set", "devices.reserved=first"}), 64);
    checkRefused(desk.cli({"settings", "--set", "train.price=2"}), 64);
}
