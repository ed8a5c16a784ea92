#include "training/telemetry/free_space.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/small_disk.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::training;

TEST_CASE("the room of a disk is what is left of it, and folders know their disk") {
    const tests::SmallDisk small(8 << 20);
    if (!small.available()) {
        return;
    }
    const auto empty = diskOf(small.path());
    REQUIRE(empty.has_value());
    CHECK(empty->total == 8u << 20);
    CHECK(empty->free <= empty->total);
    // What does not exist yet will be on the disk of the folder above it.
    const auto later = diskOf(small.path() / "runs" / "r01");
    REQUIRE(later.has_value());
    CHECK(later->disk == empty->disk);
    CHECK(diskOf(small.path().parent_path())->disk != empty->disk);

    std::ofstream(small.path() / "file") << std::string(3 << 20, 'x');
    CHECK(diskOf(small.path())->free == empty->free - (3u << 20));
}

TEST_CASE("bytes are counted through all folders below") {
    const tests::TempFolder folder;
    std::filesystem::create_directories(folder / "a/b");
    std::ofstream(folder / "one") << std::string(100, 'x');
    std::ofstream(folder / "a/b/two") << std::string(23, 'x');
    CHECK(bytesIn(folder.path()) == 123);
    CHECK(bytesIn(folder / "none") == 0);
}
