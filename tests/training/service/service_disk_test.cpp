// The service on a disk that fills.
#include <fstream>

#include "media/base/paths.h"
#include "tests/support/small_disk.h"
#include "tests/training/service/running_service.h"
#include "training/client/machine_settings.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;
using tests::RunningService;
using tests::ScopedVariable;
using tests::SmallDisk;
using tests::TempFolder;

namespace {

constexpr size_t kMib = 1 << 20;

// The project's runs lie on a small disk: below 40 MiB it is warned of, below 10 MiB trainings are
// paused.
struct SmallStudio {
    SmallDisk disk{64 * kMib};
    TempFolder config;
    ScopedVariable variable{"XDG_CONFIG_HOME", config.path().string()};
    std::unique_ptr<RunningService> running;
    std::vector<WarningRaised> warnings;

    SmallStudio() {
        const auto file = siteSettingsFiles().back();
        REQUIRE(writeMachineSetting(file, "disk.warnGiB", "0.0390625").ok());
        REQUIRE(writeMachineSetting(file, "disk.pauseGiB", "0.009765625").ok());
        ServiceOptions options;
        options.lookSeconds = 0.02;
        running = std::make_unique<RunningService>(options);
        std::filesystem::create_directory_symlink(disk.path(),
                                                  running->workplace.project() / "runs");
        QObject::connect(&running->watch.client, &ServiceClient::warningRaised,
                         &running->watch.client,
                         [this](const WarningRaised& warning) { warnings.push_back(warning); });
    }
    void leave(size_t bytes) {
        std::filesystem::remove(disk.path() / "filler");
        disk.fill(bytes);
    }
};

}  // namespace

TEST_CASE("on a disk that fills a training saves, waits for room and goes on") {
    SmallStudio studio;
    if (!studio.disk.available()) {
        return;
    }
    auto& watch = studio.running->watch;
    const auto job = watch.start(studio.running->workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(job, "running"));
    studio.leave(20 * kMib);
    REQUIRE(pumpUntil([&] { return !studio.warnings.empty(); }));
    CHECK(studio.warnings[0].job == job);
    CHECK(studio.warnings[0].text.find("free some space") != std::string::npos);
    CHECK(watch.jobs[job].state == "running");

    studio.leave(5 * kMib);
    REQUIRE(watch.reaches(job, "paused"));
    CHECK(watch.jobs[job].pauseReason == "disk");
    CHECK(watch.jobs[job].text.find("Paused: the disk of ") == 0);
    REQUIRE(watch.jobs[job].error.has_value());
    CHECK(watch.jobs[job].error->code == 73);
    CHECK(std::filesystem::exists(studio.disk.path() / "r01" / "saves"));

    studio.leave(60 * kMib);
    REQUIRE(watch.reaches(job, "running"));
    CHECK(studio.running->workplace.starts("r01") == 2);
    CHECK(watch.jobs[job].pauseReason.empty());
}

TEST_CASE("what is paused for its disk waits for the next service too, and for who pauses it") {
    SmallStudio studio;
    if (!studio.disk.available()) {
        return;
    }
    auto& watch = studio.running->watch;
    const auto job = watch.start(studio.running->workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(job, "running"));
    studio.leave(5 * kMib);
    REQUIRE(watch.reaches(job, "paused"));
    // Resumed by hand it waits: nothing has changed.
    CHECK(watch.ask([&](auto answer) { watch.client.resumeJob(job, answer); }) == 0);
    REQUIRE(pumpUntil([&] { return watch.jobs[job].text.find("Waits for room") == 0; }));
    CHECK(watch.jobs[job].state == "queued");
    CHECK(studio.running->workplace.starts("r01") == 1);
    studio.leave(60 * kMib);
    REQUIRE(watch.reaches(job, "running"));

    studio.leave(5 * kMib);
    REQUIRE(watch.reaches(job, "paused"));
    studio.running->end();
    watch.listed = false;
    studio.running->begin();
    REQUIRE(pumpUntil([&] { return watch.listed; }));
    CHECK(watch.jobs[job].pauseReason == "disk");
    // Now somebody wants it paused, whatever room there is.
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 0);
    REQUIRE(pumpUntil([&] { return watch.jobs[job].pauseReason.empty(); }));
    CHECK(watch.jobs[job].state == "paused");
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 64);
}
