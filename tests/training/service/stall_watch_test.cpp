#include "training/service/stall_watch.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/process.h"
#include "training/service/process_work.h"

using namespace understudy::training;

namespace {

// A watch on a clock of the test's own that looks as often as it should.
struct Watched {
    StallWatch watch;
    double time = 1000;

    explicit Watched(double least = kLeastStall) : watch(least) { watch.begin(time); }

    // Whether it was stalled at any look.
    bool pass(double seconds) {
        bool stalled = false;
        for (const double end = time + seconds; time < end;) {
            time += watch.lookEvery();
            stalled = watch.isStalled(time) || stalled;
        }
        return stalled;
    }
    bool step(double seconds) {
        const bool stalled = pass(seconds);
        watch.sign(time);
        return stalled;
    }
};

}  // namespace

TEST_CASE("a job that says nothing for two minutes is stalled") {
    Watched job;
    CHECK_FALSE(job.pass(119));
    CHECK(job.pass(3));
    job.watch.sign(job.time);
    CHECK_FALSE(job.watch.isStalled(job.time));
}

TEST_CASE("slow steps have twenty times their median") {
    Watched job;
    for (int i = 0; i < 9; ++i) {
        CHECK_FALSE(job.step(30));
    }
    CHECK(job.watch.limit() == 600);
    CHECK_FALSE(job.step(500));  // one long step changes the median little
    CHECK(job.watch.limit() == 600);
    CHECK_FALSE(job.pass(595));
    CHECK(job.pass(10));
}

TEST_CASE("what is said together about one step is one sign of life") {
    Watched job;
    for (int i = 0; i < 9; ++i) {
        job.step(20);
        job.watch.sign(job.time + 0.01);
        job.watch.sign(job.time + 0.02);
    }
    CHECK(job.watch.limit() == 400);
}

TEST_CASE("until its rhythm is known, and at its end, work alone is a sign of life") {
    Watched job;
    const auto working = [&](int seconds) {
        bool stalled = false;
        for (int i = 0; i < seconds; ++i) {
            stalled = job.pass(1) || stalled;
            job.watch.work(job.time);
        }
        return stalled;
    };
    CHECK_FALSE(working(400));
    for (int i = 0; i < 5; ++i) {
        job.step(1);
    }
    CHECK(working(130));
    job.step(1);
    job.watch.setFinishing(true);
    CHECK_FALSE(working(400));
    CHECK(job.pass(130));
}

TEST_CASE("a job with passes that say nothing is stalled when it does nothing either") {
    Watched job;
    job.watch.begin(job.time, false);
    for (int i = 0; i < 20; ++i) {
        job.step(1);
    }
    for (int i = 0; i < 400; ++i) {
        CHECK_FALSE(job.pass(1));
        job.watch.work(job.time);
    }
    CHECK(job.pass(130));
}

TEST_CASE("where the watch itself stood still the job is not blamed") {
    Watched job;
    job.step(1);
    job.time += 7200;  // the service was stopped, the job's words wait in the pipe
    CHECK_FALSE(job.watch.isStalled(job.time));
    CHECK_FALSE(job.pass(119));
    CHECK(job.pass(3));
}

TEST_CASE("a process that computes is told from one that is stopped") {
    const auto worked = [](const char* script, bool stop) {
        understudy::tests::BackgroundProcess process("sh", {"-c", script});
        if (stop) {
            process.signal(SIGSTOP);
            int status = 0;
            ::waitpid(process.pid(), &status, WUNTRACED);
        }
        const ProcessWork before = workOf(process.pid());
        // Until we ourselves had some time of the processors.
        const ProcessWork own = workOf(::getpid());
        volatile double sum = 0;
        while (workOf(::getpid()).cpuSeconds - own.cpuSeconds < 0.3) {
            for (int i = 0; i < 100000; ++i) {
                sum = sum + i;
            }
        }
        return hasWorked(before, workOf(process.pid()), 0.3);
    };
    CHECK(worked("while :; do :; done", false));
    CHECK_FALSE(worked("while :; do :; done", true));
    CHECK(workOf(0).cpuSeconds == 0);
}
