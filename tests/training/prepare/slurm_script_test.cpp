#include <catch2/catch.hpp>

#include "tests/support/process.h"
#include "training/prepare/slurm_script.h"

using namespace understudy;
using namespace understudy::training;

namespace {

SlurmRequest made() {
    SlurmRequest request;
    request.run = "r01";
    request.runFolder = "/shows/it's here/runs/r01";
    request.trainer = "/opt/understudy/bin/understudy-trainer";
    request.arguments = {"--steps", "20000"};
    request.nodes = 2;
    request.ranksPerNode = 4;
    request.gpusPerNode = 4;
    request.time = "08:00:00";
    return request;
}

}  // namespace

TEST_CASE("the batch script asks for what was wanted, and a shell understands it") {
    SlurmRequest request = made();
    request.account = "vfx";
    request.extra = {"--constraint=h100"};
    REQUIRE(request.check().ok());
    const std::string script = slurmScript(request);
    INFO(script);
    for (const char* line :
         {"#SBATCH --nodes=2\n", "#SBATCH --ntasks-per-node=4\n", "#SBATCH --gpus-per-node=4\n",
          "#SBATCH --time=08:00:00\n", "#SBATCH --signal=USR1@180\n", "#SBATCH --requeue\n",
          "#SBATCH --open-mode=append\n", "#SBATCH --account=vfx\n", "#SBATCH --export=NONE\n",
          "#SBATCH --constraint=h100\n", "'/shows/it'\\''s here/runs/r01'", "'--steps' '20000'"}) {
        CHECK(script.find(line) != std::string::npos);
    }
    CHECK(script.find("--partition") == std::string::npos);
    const auto checked = tests::runProcess("bash", {"-n"}, {}, script);
    CHECK(checked.exitCode == 0);
    CHECK(checked.err.empty());
    request.gpusPerNode = 0;
    CHECK(slurmScript(request).find("gpus") == std::string::npos);
}

TEST_CASE("what a batch script cannot ask for is refused") {
    const auto refused = [](const auto& change) {
        SlurmRequest request = made();
        change(request);
        const Status status = request.check();
        return !status.ok() && status.error().code == ErrorCode::usage;
    };
    CHECK_FALSE(refused([](SlurmRequest&) {}));
    CHECK(refused([](SlurmRequest& r) { r.nodes = 0; }));
    CHECK(refused([](SlurmRequest& r) { r.ranksPerNode = 65; }));
    CHECK(refused([](SlurmRequest& r) { r.gpusPerNode = 2; }));
    CHECK(refused([](SlurmRequest& r) { r.warnSeconds = 0; }));
    CHECK(refused([](SlurmRequest& r) { r.account = "a\n#SBATCH --uid=0"; }));
    CHECK(refused([](SlurmRequest& r) { r.stageIn = "$(reboot)"; }));
    CHECK(refused([](SlurmRequest& r) { r.stageIn = "x\" ; reboot \""; }));
}
