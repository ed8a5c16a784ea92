#include <catch2/catch.hpp>
#include <map>

#include "training/ranks/rank_channel.h"
#include "training/ranks/slurm_place.h"

using namespace understudy;
using namespace understudy::training;

TEST_CASE("a task finds its place from what srun says") {
    std::map<std::string, std::string> said = {{"SLURM_PROCID", "3"},
                                               {"SLURM_NTASKS", "4"},
                                               {"SLURM_LOCALID", "1"},
                                               {"SLURM_JOB_ID", "123456"},
                                               {"UNDERSTUDY_LEADER", "node7"}};
    const auto place = [&said] {
        return slurmPlace([&said](const char* name) { return said[name]; });
    };
    REQUIRE(place().ok());
    CHECK(place()->rank == 3);
    CHECK(place()->size == 4);
    CHECK(place()->local == 1);
    CHECK(place()->cpus == 0);
    CHECK(place()->lease() == "123456.0");
    CHECK(place()->port() == 23456);
    said["SLURM_RESTART_COUNT"] = "2";
    said["SLURM_CPUS_PER_TASK"] = "6";
    CHECK(place()->lease() == "123456.2");
    CHECK(place()->cpus == 6);
    for (const auto& [name, value] :
         {std::pair{"SLURM_PROCID", ""}, std::pair{"SLURM_PROCID", "4"},
          std::pair{"SLURM_NTASKS", "many"}, std::pair{"SLURM_LOCALID", "-1"},
          std::pair{"SLURM_JOB_ID", ""}, std::pair{"UNDERSTUDY_LEADER", ""}}) {
        const std::string before = said[name];
        said[name] = value;
        INFO(name << "=" << value);
        REQUIRE_FALSE(place().ok());
        CHECK(place().error().code == ErrorCode::usage);
        said[name] = before;
    }
}

TEST_CASE("orders come back as they were given, and nothing else is one") {
    const RankOrder order{RankOrder::Kind::step, 41, 1.5e-4, 0.25};
    const std::string bytes = encoded(order);
    const auto back = decodedOrder(bytes);
    REQUIRE(back.ok());
    CHECK(back->kind == order.kind);
    CHECK(back->step == 41);
    CHECK(back->learningRate == 1.5e-4);
    CHECK(back->warpStrength == 0.25);
    CHECK(decodedOrder(bytes.substr(1)).error().code == ErrorCode::corruptData);
    CHECK_FALSE(decodedOrder("").ok());
    CHECK_FALSE(decodedOrder(std::string(bytes.size(), '\xFF')).ok());
}
