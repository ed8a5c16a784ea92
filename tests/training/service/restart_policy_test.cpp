#include "training/service/restart_policy.h"

#include <catch2/catch.hpp>

using namespace understudy::training;

TEST_CASE("an exit code decides what becomes of a job") {
    const auto after = [](int code, int retries = 0, Wish wish = Wish::run) {
        return afterEnd({code, 0}, wish, retries, 2);
    };
    CHECK(after(0).state == "finished");
    for (const int code : {64, 65, 66, 69, 70, 78, 1, 127}) {
        INFO(code);
        CHECK(after(code).state == "failed");
        CHECK_FALSE(after(code).retry);
    }
    CHECK(after(73).state == "paused");
    CHECK(after(85).state == "paused");
    CHECK(after(75).state == "queued");
    CHECK(after(75).retry);
}

TEST_CASE("signals and transient failures are retried three times, waiting longer") {
    for (const JobEnd end : {JobEnd{75, 0}, JobEnd{0, 9}, JobEnd{0, 11}}) {
        double delay = 0;
        for (int retries = 0; retries < 3; ++retries) {
            const auto verdict = afterEnd(end, Wish::run, retries, 2);
            CHECK(verdict.state == "queued");
            CHECK(verdict.retry);
            CHECK(verdict.delaySeconds > delay);
            delay = verdict.delaySeconds;
        }
        CHECK(afterEnd(end, Wish::run, 3, 2).state == "failed");
    }
}

TEST_CASE("what was wished comes before how it ended, but done is done") {
    for (const JobEnd end : {JobEnd{85, 0}, JobEnd{75, 0}, JobEnd{0, 9}}) {
        CHECK(afterEnd(end, Wish::pause, 0, 2).state == "paused");
        CHECK(afterEnd(end, Wish::stop, 0, 2).state == "cancelled");
        CHECK(afterEnd(end, Wish::hold, 0, 2).state == "queued");
        CHECK_FALSE(afterEnd(end, Wish::hold, 0, 2).retry);
    }
    for (const Wish wish : {Wish::run, Wish::pause, Wish::stop, Wish::hold}) {
        CHECK(afterEnd({0, 0}, wish, 0, 2).state == "finished");
        CHECK(wishOf(nameOf(wish)) == wish);
    }
    CHECK(wishOf("unheard") == Wish::run);
}
