#include "training/service/process_mark.h"

#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/process.h"

using namespace understudy::training;
using understudy::tests::BackgroundProcess;

TEST_CASE("a process is known by its number, its start and the boot") {
    BackgroundProcess process("sleep", {"100"});
    const auto mark = markOf(process.pid());
    CHECK(mark.pid == process.pid());
    CHECK(isAlive(mark));
    auto other = mark;
    other.started = "1 another boot";
    CHECK_FALSE(isAlive(other));
    signalMarked(other, SIGKILL);
    CHECK(process.running());

    signalMarked(mark, SIGKILL);
    // A process that has ended but is not collected yet counts as gone.
    CHECK(understudy::tests::waitUntil([&] { return !isAlive(mark); }, 10));
    CHECK(process.wait(10) == 128 + SIGKILL);
    CHECK_FALSE(isAlive(mark));
    CHECK(markOf(-1).pid == 0);
    CHECK_FALSE(isAlive({}));
    signalMarked({}, SIGKILL);  // nobody, above all not ourselves
}
