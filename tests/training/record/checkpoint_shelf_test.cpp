#include "training/record/checkpoint_shelf.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include "media/base/file.h"
#include "tests/support/temp_folder.h"
#include "tests/training/record/kill_points.h"
#include "tests/training/record/made_checkpoint.h"
#include "training/record/checkpoint_folder.h"

using namespace understudy;
using namespace understudy::training;
using tests::killedBefore;
using tests::writeCheckpoint;
namespace fs = std::filesystem;

namespace {

using Steps = std::vector<int64_t>;

// Saves a checkpoint as the writer does.
Status save(const fs::path& runFolder, int64_t step, double validation, const KeepPolicy& policy) {
    const CheckpointShelf shelf(runFolder);
    US_ASSIGN(const fs::path temporary, shelf.temporaryFor(step));
    writeCheckpoint(temporary, step, {{"w", {1, 2, 3, static_cast<float>(step)}, {}}}, validation);
    US_TRY(shelf.add(temporary, step));
    return shelf.prune(step, policy);
}

std::string pointed(const fs::path& pointer) {
    const auto text = readFile(pointer);
    return text.ok() ? *text : "";
}

}  // namespace

TEST_CASE("latest and best are named, and never pruned") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    const KeepPolicy policy{.newest = 2, .every = 0, .best = true};
    const double validations[] = {0.9, 0.4, 0.6, NAN, 0.7};
    for (int64_t step = 1; step <= 5; ++step) {
        REQUIRE(save(folder.path(), step, validations[step - 1], policy).ok());
    }
    CHECK(checkpointSteps(run) == Steps{2, 4, 5});
    CHECK(pointed(run.latest()) == "step-00000005\n");
    CHECK(pointed(run.best()) == "step-00000002\n");
    // A better one takes its place, and the old best is pruned like any other.
    REQUIRE(save(folder.path(), 6, 0.3, policy).ok());
    CHECK(checkpointSteps(run) == Steps{5, 6});
    CHECK(pointed(run.best()) == "step-00000006\n");
    REQUIRE(save(folder.path(), 7, 0.8, {.newest = 1, .every = 0, .best = false}).ok());
    CHECK(checkpointSteps(run) == Steps{7});
    CHECK_FALSE(fs::exists(run.best()));
}

TEST_CASE("a damaged checkpoint is not the best") {
    const tests::TempFolder folder;
    const RunFolder run{folder.path()};
    const KeepPolicy policy{.newest = 1, .every = 0, .best = true};
    REQUIRE(save(folder.path(), 1, 0.1, {.newest = 5, .every = 0, .best = true}).ok());
    REQUIRE(save(folder.path(), 2, 0.2, {.newest = 5, .every = 0, .best = true}).ok());
    std::ofstream(run.checkpoint(1) / "state.json", std::ios::app) << " ";
    REQUIRE(save(folder.path(), 3, 0.3, policy).ok());
    CHECK(checkpointSteps(run) == Steps{2, 3});
    CHECK(pointed(run.best()) == "step-00000002\n");
}

TEST_CASE("a process that ends between any two operations leaves a good state") {
    const KeepPolicy policy{.newest = 2, .every = 0, .best = true};
    int changes = 0;
    for (bool came = true; came;) {
        const tests::TempFolder folder;
        const RunFolder run{folder.path()};
        // The third becomes the best, so that both names change and two checkpoints go.
        for (const auto& [step, validation] :
             {std::pair{int64_t{1}, 0.5}, std::pair{int64_t{2}, 0.6}, std::pair{int64_t{3}, 0.7}}) {
            REQUIRE(save(folder.path(), step, validation, {.newest = 9}).ok());
        }
        came = killedBefore(++changes, [&] {
            if (!save(folder.path(), 4, 0.4, policy).ok()) {
                ::_Exit(1);
            }
        });
        INFO("ended before change " << changes);
        const auto loaded = loadLatest(folder.path());
        REQUIRE(loaded.ok());
        REQUIRE(loaded->has_value());
        CHECK((*loaded)->warnings.empty());
        CHECK(((*loaded)->info.step == 3 || (*loaded)->info.step == 4));
        const std::string best = pointed(run.best());
        REQUIRE(best.size() > 1);
        CHECK(verifyCheckpoint(run.checkpoints() / best.substr(0, best.size() - 1)).ok());
        for (const int64_t step : checkpointSteps(run)) {
            CHECK(verifyCheckpoint(run.checkpoint(step)).ok());
        }
        // The next start clears up, and the next save ends where it would have.
        CheckpointShelf(folder.path()).clear();
        REQUIRE(save(folder.path(), 4, 0.4, policy).ok());
        CHECK(checkpointSteps(run) == Steps{3, 4});
        CHECK(pointed(run.latest()) == "step-00000004\n");
        CHECK(pointed(run.best()) == "step-00000004\n");
        size_t entries = 0;
        for ([[maybe_unused]] const auto& entry : fs::directory_iterator(run.checkpoints())) {
            ++entries;
        }
        CHECK(entries == 4);  // two checkpoints, two names
    }
    // Writing, naming and pruning are all in it.
    CHECK(changes > 30);
}
