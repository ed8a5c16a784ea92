#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <csignal>
#include <functional>
#include <thread>
#include <vector>

#include "media/base/philox.h"
#include "training/ranks/shared_ranks.h"

using namespace understudy;
using namespace understudy::training;

namespace {

SharedRanks firstOf(int size) {
    auto memory = SharedRanks::makeMemory(size);
    REQUIRE(memory.ok());
    auto first = SharedRanks::join(memory->get(), 0, size);
    REQUIRE(first.ok());
    return std::move(*first);
}

// Calls work(ranks) for every rank from a thread of its own.
void inThreads(int size, const std::function<void(SharedRanks&)>& work) {
    const SharedRanks first = firstOf(size);
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < size; ++rank) {
        threads.emplace_back([&, rank] {
            SharedRanks own = first.forThread(rank);
            work(own);
        });
    }
}

template <class Value>
std::vector<Value> numbers(int rank, size_t count) {
    RandomSequence random({.seed = 7, .sample = static_cast<uint32_t>(rank)});
    std::vector<Value> values(count);
    for (Value& value : values) {
        value = static_cast<Value>(random.uniform(-1, 1));
    }
    return values;
}

float widened(Bfloat16 value) {
    return std::bit_cast<float>(static_cast<uint32_t>(value) << 16);
}

// In a process of its own, whose exit status says whether `work` held.
pid_t inProcess(const std::function<bool()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(work() ? 0 : 1);
    }
    return child;
}

bool succeeded(pid_t child) {
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEMPLATE_TEST_CASE("sums are those of adding rank after rank, to the bit", "", float, double) {
    const int size = GENERATE(1, 2, 3, 4);
    const size_t count = GENERATE(size_t{0}, size_t{1}, size_t{1000}, size_t{600'001});
    std::vector<TestType> expected = numbers<TestType>(0, count);
    for (int rank = 1; rank < size; ++rank) {
        const auto values = numbers<TestType>(rank, count);
        for (size_t i = 0; i < count; ++i) {
            expected[i] += values[i];
        }
    }
    for (TestType& value : expected) {
        value *= TestType(0.25);
    }
    std::vector<std::vector<TestType>> results(static_cast<size_t>(size));
    inThreads(size, [&](SharedRanks& ranks) {
        auto values = numbers<TestType>(ranks.rank(), count);
        if (ranks.sum(std::span<TestType>(values), TestType(0.25)).ok()) {
            results[static_cast<size_t>(ranks.rank())] = values;
        }
    });
    for (const auto& result : results) {
        CHECK(result == expected);
    }
}

TEST_CASE("bf16 is added in fp32 and rounded once") {
    constexpr size_t kCount = 70'000;
    const auto cut = [](float value) {
        return static_cast<Bfloat16>(std::bit_cast<uint32_t>(value) >> 16);
    };
    std::vector<std::vector<Bfloat16>> inputs;
    for (int rank = 0; rank < 3; ++rank) {
        inputs.emplace_back();
        for (const float value : numbers<float>(rank, kCount)) {
            inputs.back().push_back(cut(value));
        }
    }
    std::vector<std::vector<Bfloat16>> results(3);
    inThreads(3, [&](SharedRanks& ranks) {
        auto values = inputs[static_cast<size_t>(ranks.rank())];
        if (ranks.sum(std::span(values), 1.0f / 3).ok()) {
            results[static_cast<size_t>(ranks.rank())] = values;
        }
    });
    double worst = 0;
    for (size_t i = 0; i < kCount; ++i) {
        const float exact =
            (widened(inputs[0][i]) + widened(inputs[1][i]) + widened(inputs[2][i])) * (1.0f / 3);
        const double step =
            std::max(1e-30, std::abs(static_cast<double>(exact)) / 256);  // at least half
        worst = std::max(worst, std::abs(widened(results[0][i]) - exact) / step);
    }
    CHECK(worst <= 1);  // half of the last place
    CHECK(results[1] == results[0]);
    CHECK(results[2] == results[0]);
}

TEST_CASE("everybody gets what the root has, between sums") {
    std::vector<int> good(4);
    inThreads(4, [&](SharedRanks& ranks) {
        bool all = true;
        for (int round = 0; round < 20; ++round) {
            const int root = round % 4;
            std::vector<float> values = numbers<float>(ranks.rank() + 10 * round, 300'000);
            all &= ranks.broadcast(std::as_writable_bytes(std::span(values)), root).ok();
            all &= values == numbers<float>(root + 10 * round, 300'000);
            std::vector<double> one = {1};
            all &= ranks.sum(std::span(one)).ok() && one[0] == 4;
        }
        good[static_cast<size_t>(ranks.rank())] = all;
    });
    CHECK(good == std::vector<int>{1, 1, 1, 1});
}

TEST_CASE("processes that inherit the memory add up") {
    auto memory = SharedRanks::makeMemory(3);
    REQUIRE(memory.ok());
    std::vector<pid_t> children;
    for (int rank = 0; rank < 3; ++rank) {
        children.push_back(inProcess([&memory, rank] {
            auto ranks = SharedRanks::join(memory->get(), rank, 3);
            std::vector<float> values(400'000, static_cast<float>(rank + 1));
            return ranks.ok() && ranks->sum(std::span(values)).ok() &&
                   std::count(values.begin(), values.end(), 6.0f) == 400'000;
        }));
    }
    for (const pid_t child : children) {
        CHECK(succeeded(child));
    }
}

TEST_CASE("who waits for a killed rank is told so") {
    auto memory = SharedRanks::makeMemory(2);
    REQUIRE(memory.ok());
    auto ranks = SharedRanks::join(memory->get(), 0, 2);
    REQUIRE(ranks.ok());
    const pid_t child = inProcess([&memory] {
        auto other = SharedRanks::join(memory->get(), 1, 2);
        if (!other.ok() || !other->barrier().ok()) {
            return false;
        }
        ::pause();
        return true;
    });
    REQUIRE(ranks->barrier().ok());
    REQUIRE(::kill(child, SIGKILL) == 0);
    ::waitpid(child, nullptr, 0);
    const Status status = ranks->barrier();
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == ErrorCode::transient);
    CHECK(status.error().message.find("rank 1") != std::string::npos);
}

TEST_CASE("a rank that never comes is not waited for beyond patience") {
    SharedRanks first = firstOf(2);
    first.setPatience(1);
    std::vector<float> values(10);
    const Status status = first.sum(std::span(values));
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == ErrorCode::transient);
}

TEST_CASE("abort releases those who wait, and nobody waits again") {
    SharedRanks first = firstOf(2);
    SharedRanks second = first.forThread(1);
    Status waited;
    {
        const std::jthread waiting([&] { waited = first.barrier(); });
        second.abort();
    }
    CHECK_FALSE(waited.ok());
    CHECK_FALSE(first.barrier().ok());
    CHECK_FALSE(second.barrier().ok());
}

TEST_CASE("memory that is none, of another size or of another machine is refused") {
    auto memory = SharedRanks::makeMemory(2);
    REQUIRE(memory.ok());
    CHECK(SharedRanks::join(-1, 0, 2).error().code == ErrorCode::usage);
    CHECK(SharedRanks::join(memory->get(), 0, 3).error().code == ErrorCode::usage);
    constexpr off_t kNode = 12;  // behind magic and size
    REQUIRE(::pwrite(memory->get(), "elsewhere", 10, kNode) == 10);
    const auto refused = SharedRanks::join(memory->get(), 0, 2);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::usage);
    CHECK(refused.error().message.find("elsewhere") != std::string::npos);
    REQUIRE(::pwrite(memory->get(), "not ours", 8, 0) == 8);
    CHECK_FALSE(SharedRanks::join(memory->get(), 0, 2).ok());
}
