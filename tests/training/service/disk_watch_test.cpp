#include "training/service/disk_watch.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/small_disk.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;

namespace {

constexpr uint64_t kGib = 1ull << 30;
using Kind = DiskUse::Kind;
using What = DiskAction::What;

DiskReading reading(Kind kind, double freeGib, double checkpointGib = 0, uint64_t disk = 1) {
    const auto bytes = [](double gib) { return static_cast<uint64_t>(gib * kGib); };
    return {{kind == Kind::ownFiles ? "" : "job-1", "/show", kind},
            {disk, bytes(freeGib), 100 * kGib},
            bytes(checkpointGib)};
}

}  // namespace

TEST_CASE("a disk that runs low is warned of once, and again after there was room") {
    DiskWatch watch;
    const auto warnings = [&](double freeGib) {
        size_t count = 0;
        for (const auto& action : watch.look({reading(Kind::training, freeGib)}, {})) {
            CHECK(action.what == What::warn);
            CHECK(action.text ==
                  "the disk of /show has 4.0 GiB left: free some space. Trainings that write there "
                  "are paused below 1.0 GiB");
            ++count;
        }
        return count;
    };
    CHECK(warnings(6) == 0);
    CHECK(warnings(4) == 1);
    CHECK(warnings(4) == 0);
    CHECK(warnings(5.1) == 0);  // hardly above
    CHECK(warnings(4) == 0);
    CHECK(warnings(6) == 0);
    CHECK(warnings(4) == 1);
}

TEST_CASE("a training is paused before its disk is full, and goes on when there is room") {
    DiskWatch watch;
    auto actions = watch.look({reading(Kind::training, 0.5)}, {});
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].what == What::pause);
    CHECK(actions[0].job == "job-1");
    CHECK(actions[0].folder == "/show");
    CHECK(actions[0].text ==
          "Paused: the disk of /show has 0.5 GiB left. Free some space: it goes on by itself when "
          "there are 5.0 GiB");
    // Not as soon as it would be paused no more: it would soon be paused again.
    CHECK(watch.whyNot("job-1").find("Waits for room") == 0);  // resumed by hand
    actions = watch.look({reading(Kind::paused, 4)}, {});
    CHECK(watch.whyNot("job-1").empty());
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].what == What::say);
    CHECK(actions[0].text.find("4.0 GiB left") != std::string::npos);
    actions = watch.look({reading(Kind::paused, 5)}, {});
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].what == What::resume);
    // A search or a swap has its own way to end.
    actions = watch.look({reading(Kind::other, 0.5)}, {});
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].what == What::warn);
}

TEST_CASE("large checkpoints need more room") {
    DiskWatch watch;
    const auto first = [&](Kind kind, double freeGib) {
        const auto actions = watch.look({reading(kind, freeGib, 4)}, {});
        return actions.empty() ? std::optional<What>() : actions[0].what;
    };
    CHECK(first(Kind::training, 13) == std::nullopt);
    CHECK(first(Kind::training, 11) == What::warn);  // less than three
    CHECK(first(Kind::training, 7) == What::pause);  // less than two
    CHECK(first(Kind::paused, 11) == What::say);
    CHECK(first(Kind::paused, 12) == What::resume);
}

TEST_CASE("a training whose disk is full waits for room") {
    DiskWatch watch;
    CHECK(watch.look({reading(Kind::waiting, 0.5)}, {}).empty());
    CHECK(watch.whyNot("job-1") ==
          "Waits for room: the disk of /show has 0.5 GiB left, 1.0 GiB are needed");
    CHECK(watch.whyNot("job-2").empty());
    CHECK(watch.look({reading(Kind::waiting, 2)}, {}).empty());
    CHECK(watch.whyNot("job-1").empty());
}

TEST_CASE("the disk of the service's own files is warned of where no job's warning says so") {
    DiskWatch watch;
    auto actions = watch.look({reading(Kind::ownFiles, 2), reading(Kind::other, 2)}, {});
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].job == "job-1");
    DiskWatch other;
    actions = other.look({reading(Kind::ownFiles, 2, 0, 7), reading(Kind::other, 9)}, {});
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].job.empty());
}

TEST_CASE("a disk is read with the size of the run's last checkpoint") {
    const tests::SmallDisk small(8 << 20);
    if (!small.available()) {
        return;
    }
    const auto run = small.path() / "runs" / "r01";
    const auto checkpoint = run / "checkpoints" / "step-00000010";
    std::filesystem::create_directories(checkpoint);
    std::ofstream(checkpoint / "model.safetensors") << std::string(1 << 20, 'x');
    std::ofstream(run / "checkpoints" / "latest") << "step-00000010\n";
    const auto readings = readDisks({{"job-1", run, Kind::training}, {"job-2", run, Kind::other}});
    REQUIRE(readings.size() == 2);
    CHECK(readings[0].checkpoint == 1u << 20);
    CHECK(readings[0].disk.free < 7u << 20);
    CHECK(readings[1].checkpoint == 0);
    // A file that is none does not lead elsewhere.
    std::ofstream(run / "checkpoints" / "latest") << "../../..";
    CHECK(readDisks({{"job-1", run, Kind::training}}).at(0).checkpoint == 0);
}
