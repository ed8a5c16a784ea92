#include <catch2/catch.hpp>
#include <filesystem>

#include "media/extract/found_journal.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using understudy::tests::TempFolder;

namespace {

const std::string kKey(64, 'a');

std::vector<FrameFaces> batchOf(FrameNumber first, int count) {
    std::vector<FrameFaces> frames;
    for (int i = 0; i < count; ++i) {
        FrameFaces frame{first + i, {}};
        for (int k = 0; k < i % 3; ++k) {
            FaceFound face;
            face.detected = k == 0;
            face.score = 0.5f;
            face.confidence = 0.75f;
            face.hasMotion = k == 1;
            face.look.sharpness = 0.25f * static_cast<float>(k + 1);
            face.look.brightness = 0.5f;
            face.look.pixels.fill(static_cast<uint8_t>(i));
            for (int p = 0; p < kLandmarkCount; ++p) {
                face.landmarks[p] = {100.0 * k + p, 0.25 * p + i};
                if (face.hasMotion) {
                    face.before[p] = {99.5 * k + p, 0.25 * p};
                    face.beforeError[p] = 0.01f;
                }
            }
            frame.faces.push_back(face);
        }
        frames.push_back(frame);
    }
    return frames;
}

bool same(const std::vector<FrameFaces>& a, const std::vector<FrameFaces>& b) {
    if (a.size() != b.size()) {
        return false;
    }
    for (size_t i = 0; i < a.size(); ++i) {
        if (a[i].number != b[i].number || a[i].faces.size() != b[i].faces.size()) {
            return false;
        }
        for (size_t k = 0; k < a[i].faces.size(); ++k) {
            const FaceFound& x = a[i].faces[k];
            const FaceFound& y = b[i].faces[k];
            if (x.landmarks != y.landmarks || x.before != y.before ||
                x.beforeError != y.beforeError || x.detected != y.detected ||
                x.confidence != y.confidence || x.hasMotion != y.hasMotion || x.look != y.look) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace

TEST_CASE("a journal gives back what was put in") {
    const TempFolder folder;
    const auto path = folder / "clip.found";
    {
        auto journal = FoundJournal::open(path, kKey);
        REQUIRE(journal.ok());
        CHECK(journal->addBatch(1, batchOf(33, 32)).ok());
        CHECK(journal->addBatch(0, batchOf(1, 32)).ok());
        CHECK(journal->addGap(70, batchOf(70, 5)).ok());
        CHECK(journal->addGap(100, batchOf(100, 8000)).ok());  // a face followed for minutes
    }
    const auto journal = FoundJournal::open(path, kKey);
    REQUIRE(journal.ok());
    REQUIRE(journal->batches().size() == 2);
    CHECK(same(journal->batches().at(0), batchOf(1, 32)));
    CHECK(same(journal->batches().at(1), batchOf(33, 32)));
    REQUIRE(journal->gaps().size() == 2);
    CHECK(same(journal->gaps().at(70), batchOf(70, 5)));
    CHECK(same(journal->gaps().at(100), batchOf(100, 8000)));
}

TEST_CASE("a journal of another plate is begun anew") {
    const TempFolder folder;
    {
        auto journal = FoundJournal::open(folder / "clip.found", kKey);
        REQUIRE(journal.ok());
        CHECK(journal->addBatch(0, batchOf(1, 8)).ok());
    }
    const auto journal = FoundJournal::open(folder / "clip.found", std::string(64, 'b'));
    REQUIRE(journal.ok());
    CHECK(journal->batches().empty());
}

TEST_CASE("a torn or damaged journal keeps what comes before") {
    const TempFolder folder;
    const auto path = folder / "clip.found";
    std::vector<uintmax_t> ends;
    {
        auto journal = FoundJournal::open(path, kKey);
        REQUIRE(journal.ok());
        ends.push_back(std::filesystem::file_size(path));
        for (int b = 0; b < 3; ++b) {
            CHECK(journal->addBatch(b, batchOf(1 + 8 * b, 8)).ok());
            ends.push_back(std::filesystem::file_size(path));
        }
    }
    const std::string whole = readFile(path).value();
    for (size_t length = 0; length < whole.size(); length += 997) {
        REQUIRE(writeFileAtomic(path, whole.substr(0, length)).ok());
        auto journal = FoundJournal::open(path, kKey);
        REQUIRE(journal.ok());
        size_t expected = 0;
        while (expected < 3 && ends[expected + 1] <= length) {
            ++expected;
        }
        REQUIRE(journal->batches().size() == expected);
        // And goes on from there.
        REQUIRE(journal->addBatch(9, batchOf(500, 4)).ok());
        const auto again = FoundJournal::open(path, kKey);
        REQUIRE(again.ok());
        REQUIRE(again->batches().size() == expected + 1);
    }
    for (size_t at = 3; at < whole.size(); at += 1499) {
        std::string flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
        REQUIRE(writeFileAtomic(path, flipped).ok());
        const auto journal = FoundJournal::open(path, kKey);
        REQUIRE(journal.ok());
        REQUIRE(journal->batches().size() < 3);
        for (const auto& [index, frames] : journal->batches()) {
            REQUIRE(same(frames, batchOf(1 + 8 * index, 8)));
        }
    }
}
