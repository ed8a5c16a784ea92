// Packs come from disks that break and from strangers: whatever the bytes, the reader answers or
// refuses.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>
#include <random>

#include "media/base/file.h"
#include "media/faceset/crc32c.h"
#include "media/faceset/pack.h"
#include "tests/media/faceset/pack_samples.h"
#include "tests/support/temp_folder.h"

using namespace understudy;
using namespace understudy::media;
using namespace understudy::tests;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path, const std::string& content) {
    // A file that is truncated and written again is flushed to disk at once; a new one is not.
    fs::remove(path);
    std::ofstream(path, std::ios::binary) << content;
}

void seal(std::string& bytes, size_t start, size_t length) {
    if (bytes.size() >= start + length) {
        const uint32_t crc = crc32c(std::as_bytes(std::span(bytes).subspan(start, length - 4)));
        std::memcpy(bytes.data() + start + length - 4, &crc, 4);
    }
}

// Touches everything that a user of the reader would.
size_t readAll(const fs::path& index) {
    const auto reader = PackReader::open(index);
    if (!reader.ok()) {
        REQUIRE((reader.error().code == ErrorCode::corruptData ||
                 reader.error().code == ErrorCode::missingInput));
        return 0;
    }
    for (size_t i = 0; i < reader->size(); ++i) {
        const FaceRecord record = reader->record(i);
        REQUIRE(std::isfinite(record.landmarks[0].x));
        unsigned sum = reader->mask(i).back();
        sum += static_cast<unsigned>(reader->pixels(i).back());
        REQUIRE(sum < 512);
        REQUIRE(reader->storedHash(i).size() == 64);
        static_cast<void>(reader->verify(i).ok());
    }
    return reader->size();
}

void fuzz(int rounds, unsigned seed) {
    const TempFolder folder;
    const auto index = folder / "a.idx";
    REQUIRE(appendSamples(index, sampleHeader(), 0, 3).ok());
    const std::string idx = *readFile(index);
    const std::string pix = *readFile(folder / "a.pix");
    std::mt19937 random(seed);
    const auto below = [&](size_t limit) { return static_cast<size_t>(random()) % limit; };
    size_t readable = 0;
    for (int i = 0; i < rounds; ++i) {
        std::string badIndex = idx;
        std::string badPixels = pix;
        for (size_t k = below(4); k > 0; --k) {
            // Half of the time where the header is.
            badIndex[below(below(2) == 0 ? 160 : badIndex.size())] = static_cast<char>(random());
        }
        if (below(4) == 0) {
            badPixels[below(badPixels.size())] = static_cast<char>(random());
        }
        if (below(6) == 0) {
            badIndex.resize(below(badIndex.size() + 2000));
        }
        if (below(6) == 0) {
            badPixels.resize(below(badPixels.size() + 2000));
        }
        if (below(2) == 0) {
            // With right checksums the values themselves reach the reader.
            seal(badIndex, 0, 256);
            for (size_t r = 0; r < 3; ++r) {
                seal(badIndex, 256 + r * 1192, 1192);
            }
            seal(badPixels, 0, 64);
        }
        write(index, badIndex);
        write(folder / "a.pix", badPixels);
        readable += readAll(index) > 0 ? 1 : 0;
    }
    CHECK(readable > 0);
}

}  // namespace

TEST_CASE("mutated packs are read or refused") {
    fuzz(3000, 11);
}

TEST_CASE("random bytes are refused") {
    const TempFolder folder;
    std::mt19937 random(5);
    for (int i = 0; i < 200; ++i) {
        std::string bytes(random() % 3000, '\0');
        for (char& byte : bytes) {
            byte = static_cast<char>(random());
        }
        write(folder / "a.idx", bytes);
        write(folder / "a.pix", bytes);
        CHECK(readAll(folder / "a.idx") == 0);
    }
}

TEST_CASE("a hundred thousand mutated packs are read or refused", "[soak]") {
    fuzz(100000, 12);
}

TEST_CASE("a writer killed at random moments loses no face that it reported", "[soak]") {
    const TempFolder folder;
    const auto index = folder / "a.idx";
    const PackHeader header = sampleHeader(PackSample::u8, 64);
    std::mt19937 random(21);
    size_t before = 0;
    for (int round = 0; round < 10; ++round) {
        int report[2];
        REQUIRE(::pipe(report) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            auto writer = PackWriter::open(index, header);
            for (int i = static_cast<int>(writer->frames().size()); writer.ok(); ++i) {
                if (!appendSample(*writer, header, i).ok() || ::write(report[1], "x", 1) != 1) {
                    break;
                }
            }
            ::_exit(1);
        }
        ::close(report[1]);
        ::usleep(20000 + random() % 60000);
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        size_t reported = 0;
        char byte = 0;
        while (::read(report[0], &byte, 1) == 1) {
            ++reported;
        }
        ::close(report[0]);
        const auto reader = PackReader::open(index);
        REQUIRE(reader.ok());
        REQUIRE(reader->size() >= before + reported);
        for (size_t i = before; i < reader->size(); ++i) {
            REQUIRE(isSample(*reader, static_cast<int>(i)));
        }
        before = reader->size();
    }
    CHECK(before > 10);
    CHECK(PackWriter::open(index, header)->frames().size() == before);
}
