#include "training/record/keep_policy.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace understudy::training;

namespace {

using Steps = std::vector<int64_t>;

// Steps 100, 200, ... 1000; the validation is lowest at 400.
std::vector<SavedState> tenStates() {
    std::vector<SavedState> saved;
    for (int64_t step = 100; step <= 1000; step += 100) {
        saved.push_back({step, 1.0 + std::abs(static_cast<double>(step - 400)) / 1000});
    }
    return saved;
}

}  // namespace

TEST_CASE("the newest, every so many steps and the best stay") {
    const auto saved = tenStates();
    CHECK(stepsToPrune(saved, 1000, {.newest = 3, .every = 0, .best = false}) ==
          Steps{100, 200, 300, 400, 500, 600, 700});
    CHECK(stepsToPrune(saved, 1000, {.newest = 3, .every = 0, .best = true}) ==
          Steps{100, 200, 300, 500, 600, 700});
    CHECK(stepsToPrune(saved, 1000, {.newest = 1, .every = 300, .best = true}) ==
          Steps{100, 200, 500, 700, 800});
    CHECK(stepsToPrune(saved, 1000, {.newest = 10, .every = 0, .best = false}).empty());
    // The newest stays even where a policy makes no sense.
    CHECK(stepsToPrune(saved, 1000, {.newest = 0, .every = 0, .best = false}).size() == 9);
}

TEST_CASE("what is later than the newest belongs to another course and goes") {
    const auto saved = tenStates();
    CHECK(stepsToPrune(saved, 300, {.newest = 2, .every = 500, .best = true}) ==
          Steps{100, 400, 500, 600, 700, 800, 900, 1000});
}

TEST_CASE("the best has the lowest validation, and only measured ones count") {
    CHECK_FALSE(bestOf({}).has_value());
    const std::vector<SavedState> unmeasured = {{1, std::nullopt}, {2, NAN}};
    CHECK_FALSE(bestOf(unmeasured).has_value());
    CHECK(stepsToPrune(unmeasured, 2, {.newest = 1, .every = 0, .best = true}) == Steps{1});
    const std::vector<SavedState> equal = {{3, 0.5}, {1, 0.5}, {2, 0.7}, {4, std::nullopt}};
    CHECK(bestOf(equal) == 1);
}

TEST_CASE("a plan's keys are the policy") {
    Plan plan;
    plan.keepCheckpoints = 5;
    plan.keepEvery = 2000;
    plan.keepBest = false;
    const KeepPolicy policy = keepPolicyOf(plan);
    CHECK(policy.newest == 5);
    CHECK(policy.every == 2000);
    CHECK_FALSE(policy.best);
}
