#include "media/notes/note_sheet.h"

#include <catch2/catch.hpp>

using namespace understudy::media;

namespace {

VersionRecord versionOf(const std::string& out, const std::string& frames) {
    VersionRecord version;
    version.out = out;
    version.frames = frames;
    return version;
}

ClipRecord clipOf(int64_t first, int64_t last, std::vector<int64_t> missing = {}) {
    ClipRecord clip;
    clip.first = first;
    clip.last = last;
    clip.missing = std::move(missing);
    return clip;
}

}  // namespace

TEST_CASE("a sequence keeps the plate's numbers, and has only what was rendered") {
    const VersionRecord part = versionOf("out/bird.####.exr", "1001-1010,1020");
    CHECK(frameInResult(part, nullptr, 1001) == 1001);
    CHECK(frameInResult(part, nullptr, 1020) == 1020);
    CHECK_FALSE(frameInResult(part, nullptr, 1015));
    CHECK(frameInResult(versionOf("out/bird.####.exr", ""), nullptr, 7) == 7);
}

TEST_CASE("a movie counts from 1 what was rendered") {
    const VersionRecord part = versionOf("out/bird.mov", "1001-1010,1020-1030x5");
    CHECK(frameInResult(part, nullptr, 1001) == 1);
    CHECK(frameInResult(part, nullptr, 1010) == 10);
    CHECK(frameInResult(part, nullptr, 1020) == 11);
    CHECK(frameInResult(part, nullptr, 1030) == 13);
    CHECK_FALSE(frameInResult(part, nullptr, 1022));
    // All of the clip but what it lacks.
    const VersionRecord all = versionOf("out/bird.mov", "");
    const ClipRecord clip = clipOf(100, 110, {103, 104});
    CHECK(frameInResult(all, &clip, 100) == 1);
    CHECK(frameInResult(all, &clip, 102) == 3);
    CHECK(frameInResult(all, &clip, 105) == 4);
    CHECK_FALSE(frameInResult(all, &clip, 103));
    CHECK_FALSE(frameInResult(all, &clip, 99));
    CHECK_FALSE(frameInResult(all, &clip, 111));
    CHECK_FALSE(frameInResult(all, nullptr, 100));
}

TEST_CASE("frames of a note are said as one or as a range") {
    NoteRecord note;
    note.first = note.last = 1034;
    CHECK(noteFrames(note) == "1034");
    note.last = 1041;
    CHECK(noteFrames(note) == "1034-1041");
}
