// The service with a fake driver of two GPUs: NVML's second, of 16 GiB, is the better one.
#include <fstream>

#include "media/base/file.h"
#include "media/base/paths.h"
#include "tests/training/service/running_service.h"
#include "training/client/machine_settings.h"
#include "training/plan/changes.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;
using tests::RunningService;
using tests::ScopedVariable;
using tests::ServiceWatch;
using tests::TempFolder;

namespace {

const std::string kSmall = "GPU-00000000-0000-0000-0000-000000000001";
const std::string kLarge = "GPU-00000000-0000-0000-0000-000000000002";
constexpr uint64_t kGib = 1ull << 30;

// What is set before a service looks at it.
struct FakeMachine {
    TempFolder folder;
    ScopedVariable gpus{"FAKE_GPUS", (folder / "gpus").string()};
    ScopedVariable memory{"FAKE_GPU_MEMORY", std::to_string(8 * kGib)};
    ScopedVariable config{"XDG_CONFIG_HOME", (folder / "config").string()};

    FakeMachine() {
        use(0, 0);
        // Of the real machine nothing is known here: other tests may need its memory.
        std::ofstream(folder / "meminfo") << "MemTotal: 99000000 kB\nMemAvailable: 88000000 kB\n";
    }
    // Memory in use. In one step, since the service reads it at any time.
    void use(uint64_t small, uint64_t large) const {
        std::ofstream(folder / "next") << small << " 50 100000 60 0\n"
                                       << large << " 90 650000 83 36\n";
        std::filesystem::rename(folder / "next", folder / "gpus");
    }
    void set(const std::string& key, const std::string& value) const {
        REQUIRE(writeMachineSetting(siteSettingsFiles().back(), key, value).ok());
    }
    ServiceOptions options() const {
        ServiceOptions options;
        options.nvmlLibrary = (programFolder() / "us_fake_driver.so").string();
        options.proc = folder.path();
        options.lookSeconds = 0.02;
        return options;
    }
};

std::string visible(const RunningService& running, const std::string& name) {
    const auto text = readFile(running.workplace.folder() / (name + ".starts.visible"));
    return text.ok() ? *text : "no file";
}

StartJob swapOf(const RunningService& running, const std::string& name) {
    StartJob start = running.workplace.extraction(name, "wait");
    start.kind = "swap";
    return start;
}

}  // namespace

TEST_CASE("each training gets a GPU of its own, and one that waits says for whom") {
    const FakeMachine machine;
    RunningService running(machine.options());
    auto& watch = running.watch;
    const auto first = watch.start(running.workplace.training("r01", "wait"));
    const auto second = watch.start(running.workplace.training("r02", "wait"));
    const auto third = watch.start(running.workplace.training("r03", "wait"));
    REQUIRE(watch.reaches(first, "running"));
    REQUIRE(watch.reaches(second, "running"));
    CHECK(watch.jobs[first].devices == std::vector<std::string>{kLarge});
    CHECK(watch.jobs[second].devices == std::vector<std::string>{kSmall});
    CHECK(visible(running, "r01") == kLarge);
    CHECK(visible(running, "r02") == kSmall);
    REQUIRE(pumpUntil([&] { return !watch.jobs[third].text.empty(); }));
    CHECK(watch.jobs[third].text == "Waits for GPU 0 and GPU 1, used by job-1 and job-2");

    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(second, answer); }) == 0);
    REQUIRE(watch.reaches(third, "running"));
    CHECK(watch.jobs[third].devices == std::vector<std::string>{kSmall});
    CHECK(watch.jobs[third].text != "Waits for GPU 0 and GPU 1, used by job-1 and job-2");
    CHECK(watch.jobs[second].devices.empty());

    // Who asks for it does not wait.
    auto start = running.workplace.training("r04", "wait");
    start.shareDevices = true;
    const auto fourth = watch.start(start);
    CHECK(watch.reaches(fourth, "running"));
}

TEST_CASE("the devices that a service gave are known to the next one") {
    const FakeMachine machine;
    RunningService running(machine.options());
    auto& watch = running.watch;
    const auto first = watch.start(running.workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(first, "running"));
    running.end();
    watch.listed = false;
    running.begin();
    REQUIRE(pumpUntil([&] { return watch.listed; }));
    REQUIRE(pumpUntil([&] { return running.workplace.starts("r01") == 2; }));
    REQUIRE(watch.reaches(first, "running"));
    CHECK(watch.jobs[first].devices == std::vector<std::string>{kLarge});
}

TEST_CASE("a GPU is kept for the viewport while the user says so") {
    const FakeMachine machine;
    machine.set("devices.reserved", "1");
    RunningService running(machine.options());
    auto& watch = running.watch;
    const auto first = watch.start(running.workplace.training("r01", "wait"));
    const auto second = watch.start(running.workplace.training("r02", "wait"));
    REQUIRE(watch.reaches(first, "running"));
    CHECK(watch.jobs[first].devices == std::vector<std::string>{kSmall});
    REQUIRE(pumpUntil([&] { return !watch.jobs[second].text.empty(); }));
    CHECK(watch.jobs[second].text == "Waits for GPU 0, used by job-1");
    machine.set("devices.reserved", "");
    REQUIRE(watch.reaches(second, "running"));
    CHECK(visible(running, "r02") == kLarge);
}

TEST_CASE("a swap runs beside trainings as soon as a GPU has memory for it") {
    const FakeMachine machine;
    RunningService running(machine.options());
    auto& watch = running.watch;
    const auto training = watch.start(running.workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(training, "running"));
    machine.use(7 * kGib, 15 * kGib);
    // Until the service has seen it.
    bool seen = false;
    QObject::connect(&watch.client, &ServiceClient::telemetrySampled, &watch.client,
                     [&](const TelemetrySampled& sample) {
                         seen = sample.gpus.size() == 2 && sample.gpus[0].memoryUsed == 7 * kGib;
                     });
    watch.client.watchTelemetry(true);
    REQUIRE(pumpUntil([&] { return seen; }));
    const auto swap = watch.start(swapOf(running, "s01"));
    const auto search = watch.start(running.workplace.extraction("bird", "wait"));
    REQUIRE(watch.reaches(search, "running"));
    REQUIRE(pumpUntil([&] { return watch.jobs[swap].text.find("Waits for memory on GPU") == 0; }));
    CHECK(watch.jobs[swap].state == "queued");
    machine.use(5 * kGib, 15 * kGib);
    REQUIRE(watch.reaches(swap, "running"));
    CHECK(visible(running, "s01") == kSmall);
}

TEST_CASE("devices are listed with who uses them and how busy they are") {
    const FakeMachine machine;
    machine.set("devices.reserved", "0");
    machine.use(kGib, 3 * kGib);
    RunningService running(machine.options());
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(job, "running"));
    std::optional<Result<DevicesListed>> answer;
    watch.client.listDevices([&](auto devices) { answer = devices; });
    REQUIRE(pumpUntil([&] { return answer.has_value(); }));
    REQUIRE(answer->ok());
    const DevicesListed& list = **answer;
    REQUIRE(list.devices.size() == 3);
    CHECK(list.devices[0].id == kSmall);
    CHECK(list.devices[0].reserved);
    CHECK(list.devices[0].jobs.empty());
    CHECK(list.devices[1].name == "Large");
    CHECK(list.devices[1].index == 1);
    CHECK(list.devices[1].memoryTotal == int64_t{16} << 30);
    CHECK(list.devices[1].jobs == std::vector<std::string>{job});
    CHECK(list.devices[2].id == "cpu");
    REQUIRE(list.telemetry.gpus.size() == 2);
    const GpuLoad& load = list.telemetry.gpus[1];
    CHECK(load.id == kLarge);
    CHECK(load.memoryUsed == int64_t{3} << 30);
    CHECK(load.load == Approx(0.9));
    CHECK(load.watts == Approx(650));
    CHECK(load.celsius == Approx(83));
    CHECK(load.throttling == std::vector<std::string>{"power limit", "heat"});
    CHECK(list.telemetry.memoryAvailable == int64_t{88000000} * 1024);
    CHECK(list.telemetry.time > 1.6e9);
}

TEST_CASE("telemetry goes to the clients that watch, and again after a lost connection") {
    const FakeMachine machine;
    RunningService running(machine.options());
    ServiceWatch other;
    other.connectNow();
    int told = 0, toldOther = 0;
    QObject::connect(&running.watch.client, &ServiceClient::telemetrySampled, &running.watch.client,
                     [&] { ++told; });
    QObject::connect(&other.client, &ServiceClient::telemetrySampled, &other.client,
                     [&] { ++toldOther; });
    running.watch.client.watchTelemetry(true);
    REQUIRE(pumpUntil([&] { return told >= 3; }));
    CHECK(toldOther == 0);
    running.end();
    running.begin();
    const int before = told;
    REQUIRE(pumpUntil([&] { return told >= before + 2; }));
    CHECK(toldOther == 0);
}

TEST_CASE("without a driver jobs are told nothing of GPUs") {
    FakeMachine machine;
    ServiceOptions options = machine.options();
    options.nvmlLibrary = "libno-such-library.so.1";
    const ScopedVariable shown("CUDA_VISIBLE_DEVICES", std::nullopt);
    RunningService running(options);
    auto& watch = running.watch;
    const auto first = watch.start(running.workplace.training("r01", "wait"));
    const auto second = watch.start(running.workplace.training("r02", "wait"));
    REQUIRE(watch.reaches(first, "running"));
    CHECK(visible(running, "r01") == "not set");
    REQUIRE(pumpUntil([&] { return !watch.jobs[second].text.empty(); }));
    CHECK(watch.jobs[second].text == "Waits for the devices, used by job-1");
}

TEST_CASE("how long an idle service waits is a setting") {
    const FakeMachine machine;
    machine.set("service.idleMinutes", "0.0005");
    const tests::Workplace workplace;
    ServiceOptions options = machine.options();
    options.onDemand = true;
    Service service(options);
    bool finished = false;
    QObject::connect(&service, &Service::finished, [&] { finished = true; });
    REQUIRE(service.start().ok());
    CHECK(pumpUntil([&] { return finished; }));
}
