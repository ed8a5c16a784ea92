#include "media/truth/evaluation.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "media/truth/comparison_sheet.h"
#include "media/truth/performer_clips.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
namespace fs = std::filesystem;

TEST_CASE("the truth itself is perfect, the plate is the plate, the movie of it nearly so") {
    const tests::TempFolder folder;
    PerformerClips clips;
    clips.folder = folder.path();
    clips.frames = 6;
    clips.width = clips.height = 160;
    clips.truth = true;
    clips.swaps = {{0, 1}};
    REQUIRE(writePerformerClips(clips).ok());
    const fs::path truth = folder / "truth/swap_0_on_1";

    const auto perfect = evaluateSwap((truth / "%04d.png").string(), truth);
    REQUIRE(perfect.ok());
    CHECK(perfect->frames == 6);
    CHECK(perfect->psnr == 99);
    CHECK(perfect->ssim == Approx(1));
    CHECK(perfect->jitter == Approx(perfect->jitterTruth));
    CHECK(perfect->jitter > 0);
    CHECK(perfect->psnrUnchanged < 30);
    CHECK(perfect->psnrRecolored > perfect->psnrUnchanged);
    CHECK(perfect->ssimUnchanged < 0.95);
    CHECK(perfect->ssimRecolored < 0.95);
    CHECK(perfect->ssimRecolored > 0.2);

    const auto plate = evaluateSwap((folder / "performer_1/####.png").string(), truth);
    REQUIRE(plate.ok());
    CHECK(plate->psnr == Approx(plate->psnrUnchanged));
    CHECK(plate->ssim == Approx(plate->ssimUnchanged));
    CHECK(plate->psnrUnchanged == Approx(perfect->psnrUnchanged));

    const auto movie = evaluateSwap((folder / "performer_1.mp4").string(), truth);
    REQUIRE(movie.ok());
    CHECK(movie->psnr == Approx(plate->psnr).margin(0.5));

    CHECK(
        writeComparisonSheet(folder / "sheet.png", (folder / "performer_1.mp4").string(), truth, 3)
            .ok());
    CHECK(fs::file_size(folder / "sheet.png") > 50000);

    // A frame that lacks is named, other sizes are refused.
    fs::create_directory(folder / "gap");
    for (const char* name : {"0001.png", "0002.png", "0004.png", "0005.png", "0006.png"}) {
        fs::copy(truth / name, folder / "gap");
    }
    const auto gap = evaluateSwap((folder / "gap").string(), truth);
    REQUIRE_FALSE(gap.ok());
    CHECK(gap.error().code == ErrorCode::missingInput);
    CHECK(gap.error().message.find("first of them 3") != std::string::npos);

    PerformerClips other = clips;
    other.folder = folder / "other";
    other.width = 128;
    REQUIRE(writePerformerClips(other).ok());
    const auto size = evaluateSwap((folder / "other/performer_1.mp4").string(), truth);
    REQUIRE_FALSE(size.ok());
    CHECK(size.error().code == ErrorCode::usage);

    std::ofstream(truth / "mask/0003.png") << "no picture";
    CHECK_FALSE(evaluateSwap((truth / "%04d.png").string(), truth).ok());
}
