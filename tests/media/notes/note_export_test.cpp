#include "media/notes/note_export.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using understudy::tests::TempFolder;

namespace {

NotesToWrite threeNotes() {
    NotesToWrite notes{"heist", {}};
    for (int number = 1; number <= 2; ++number) {
        NotedVersion noted;
        noted.version.id = number;
        noted.version.number = number;
        noted.version.clip = "bird";
        noted.version.out = noted.result = "/nowhere/bird.####.png";
        noted.notes.resize(static_cast<size_t>(3 - number));
        for (NoteRecord& note : noted.notes) {
            note.first = note.last = 1001;
            note.text = "softer";
        }
        notes.noted.push_back(noted);
    }
    return notes;
}

}  // namespace

TEST_CASE("writing notes tells how far it is, and needs no project") {
    const TempFolder temp;
    std::vector<std::pair<int64_t, int64_t>> told;
    const auto done = writeNotes(threeNotes(), NoteFormat::html, temp / "notes.html",
                                 [&](int64_t now, int64_t all) { told.emplace_back(now, all); });
    REQUIRE(done.ok());
    CHECK(done->notes == 3);
    CHECK(done->versions == 2);
    CHECK_FALSE(done->warnings.empty());  // no picture can be read
    CHECK(told == std::vector<std::pair<int64_t, int64_t>>{{1, 3}, {2, 3}, {3, 3}});
    CHECK(std::filesystem::exists(temp / "notes.html"));
}

TEST_CASE("writing notes that is stopped leaves no file") {
    const TempFolder temp;
    std::stop_source stop;
    const auto done = writeNotes(
        threeNotes(), NoteFormat::html, temp / "notes.html",
        [&](int64_t, int64_t) { stop.request_stop(); }, stop.get_token());
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().code == ErrorCode::saved);
    CHECK_FALSE(std::filesystem::exists(temp / "notes.html"));
}
