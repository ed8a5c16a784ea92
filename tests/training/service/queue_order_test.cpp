#include "training/service/queue_order.h"

#include <catch2/catch.hpp>
#include <map>

using namespace understudy::training;

namespace {

JobInfo jobAt(const std::string& name, int64_t priority, double place) {
    JobInfo job;
    job.job = name;
    job.priority = priority;
    job.place = place;
    return job;
}

}  // namespace

TEST_CASE("priority comes first, then the place, then who came first") {
    CHECK(comesBefore(jobAt("job-2", 10, 9), jobAt("job-1", 0, 1)));
    CHECK(comesBefore(jobAt("job-2", 0, 1), jobAt("job-1", 0, 2)));
    CHECK(comesBefore(jobAt("job-9", 0, 1), jobAt("job-10", 0, 1)));
    CHECK_FALSE(comesBefore(jobAt("job-10", 0, 1), jobAt("job-9", 0, 1)));
    CHECK_FALSE(comesBefore(jobAt("job-1", -1, 1), jobAt("job-2", 0, 5)));
}

TEST_CASE("a job that is moved stands between its new neighbours") {
    const std::vector<Turn> line = {{10, 1}, {10, 2}, {0, 5}, {-10, 3}};
    const auto moved = [&](size_t index, Turn own) {
        const auto turn = turnAt(line, index, own);
        REQUIRE(turn);
        return *turn;
    };
    // Its own priority stays where it fits.
    CHECK(moved(0, {20, 8}) == Turn{20, 8});
    CHECK(moved(0, {0, 8}) == Turn{10, 0});
    CHECK(moved(1, {0, 8}) == Turn{10, 1.5});
    CHECK(moved(2, {0, 8}) == Turn{0, 4});
    CHECK(moved(2, {10, 8}) == Turn{10, 3});
    CHECK(moved(2, {5, 8}) == Turn{5, 8});
    CHECK(moved(4, {0, 8}) == Turn{-10, 4});
    CHECK(moved(4, {-20, 8}) == Turn{-20, 8});
    CHECK(*turnAt({}, 0, {3, 4}) == Turn{3, 4});
}

TEST_CASE("places between two neighbours run out only after many moves, and then it is said") {
    std::vector<Turn> line = {{0, 1}, {0, 2}};
    int moves = 0;
    while (const auto turn = turnAt(line, line.size() - 1, {0, 9})) {
        REQUIRE(line[line.size() - 2].place < turn->place);
        REQUIRE(turn->place < line.back().place);
        line.insert(line.end() - 1, *turn);
        REQUIRE(++moves < 1000);
    }
    CHECK(moves > 40);
}

TEST_CASE("no job waits for itself, however many others are between") {
    const std::map<std::string, std::vector<std::string>> others = {
        {"b", {"c", "d"}}, {"c", {"e"}}, {"d", {"e"}}, {"e", {"a"}}, {"f", {"f"}}};
    const auto waitsFor = [&](const std::string& job) {
        const auto found = others.find(job);
        return found == others.end() ? std::vector<std::string>() : found->second;
    };
    CHECK(wouldWaitForItself("a", {"a"}, waitsFor));
    CHECK(wouldWaitForItself("a", {"x", "b"}, waitsFor));
    CHECK_FALSE(wouldWaitForItself("x", {"b", "c"}, waitsFor));
    CHECK_FALSE(wouldWaitForItself("a", {"f"}, waitsFor));
    CHECK_FALSE(wouldWaitForItself("a", {}, waitsFor));
}

TEST_CASE("a job says what it waits for") {
    JobInfo job;
    CHECK(waitingText(job).empty());
    job.after = {"job-1", "job-3"};
    CHECK(waitingText(job) == "Waits for job-1, job-3");
}
