#include <catch2/catch.hpp>

#include "tests/media/extract/reference.h"
#include "tests/support/footage.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;

namespace {

void checkClip(const std::string& relative, int every) {
    const auto clip = footage(relative);
    if (!clip) {
        return;
    }
    INFO(relative);
    const TempFolder folder;
    Project project = projectOf(folder / "p.understudy", *clip);
    const ExtractResult result = extracted(project, clip->stem().string(), {.size = 128});
    CHECK(result.missed.size() <= 1);
    CHECK(result.found + static_cast<int64_t>(result.missed.size()) == result.frames);
    CHECK(result.meanJitter < 0.5);
    const Deviation deviation = deviationFromReference(project, result.clip, every);
    CHECK(deviation.compared > result.frames / every / 2);
    CHECK(deviation.worst < 0.10);
}

}  // namespace

TEST_CASE("faces of a clip that a detector at the original scale half misses", "[footage]") {
    checkClip("performer_b/bird.mkv", 3);
}

TEST_CASE("faces of a clip with hands before the face", "[footage]") {
    checkClip("performer_a/again.mkv", 3);
}

TEST_CASE("faces of all real clips, every frame compared", "[footage][soak]") {
    for (const char* clip :
         {"performer_a/again.mkv", "performer_b/bird.mkv", "performer_a/brother.mkv",
          "performer_a/help.mkv", "performer_a/no.mkv", "performer_b/milk.mkv",
          "performer_b/please.mkv", "performer_b/sorry.mkv"}) {
        checkClip(clip, 1);
    }
}
