#include "media/faceset/pack.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "media/base/file.h"
#include "media/base/sha256.h"
#include "media/faceset/crc32c.h"
#include "tests/media/faceset/pack_samples.h"
#include "tests/support/small_disk.h"
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

}  // namespace

TEST_CASE("CRC-32C equals its published check values") {
    const std::string digits = "123456789";
    CHECK(crc32c(std::as_bytes(std::span(digits))) == 0xE3069283u);
    const std::vector<uint8_t> zeros(32, 0);
    CHECK(crc32c(std::as_bytes(std::span(zeros))) == 0x8A9136AAu);
    const std::vector<uint8_t> ones(32, 0xFF);
    CHECK(crc32c(std::as_bytes(std::span(ones))) == 0x62A8AB43u);
    CHECK(crc32c({}) == 0);
}

TEST_CASE("names of packs") {
    CHECK(packIndexName("bird", FaceType::wholeFace, 256) == "bird.whole_face.256.idx");
    CHECK(packPixelsPath("x/bird.whole_face.256.idx") == "x/bird.whole_face.256.pix");
}

TEST_CASE("what is appended is read back exactly, in bytes and in halves") {
    for (const PackSample sample : {PackSample::u8, PackSample::f16}) {
        for (const int size : {16, 17, 33}) {
            const TempFolder folder;
            const auto index = folder / "a.whole_face.16.idx";
            const PackHeader header = sampleHeader(sample, size);
            REQUIRE(appendSamples(index, header, 0, 3).ok());
            REQUIRE(appendSamples(index, header, 3, 5).ok());
            const auto reader = PackReader::open(index);
            REQUIRE(reader.ok());
            CHECK(reader->header() == header);
            CHECK(reader->dropped() == 0);
            REQUIRE(reader->size() == 5);
            for (int i = 0; i < 5; ++i) {
                CHECK(isSample(*reader, i));
                // Halves can be read in place.
                CHECK(reinterpret_cast<uintptr_t>(reader->pixels(static_cast<size_t>(i)).data()) %
                          64 ==
                      0);
            }
            struct stat info {};
            REQUIRE(::stat(index.c_str(), &info) == 0);
            CHECK((info.st_mode & 0777) == 0600);
        }
    }
}

TEST_CASE("the same face has the same hash in any pack and place") {
    const TempFolder folder;
    const PackHeader header = sampleHeader();
    REQUIRE(appendSamples(folder / "a.idx", header, 0, 3).ok());
    REQUIRE(appendSamples(folder / "b.idx", header, 2, 3).ok());
    const auto a = PackReader::open(folder / "a.idx");
    const auto b = PackReader::open(folder / "b.idx");
    CHECK(a->storedHash(2) == b->storedHash(0));
    CHECK(a->storedHash(0) != a->storedHash(1));
    CHECK(a->storedHash(0).size() == 64);
}

TEST_CASE("a writer goes on where it stopped, and one with another header begins anew") {
    const TempFolder folder;
    const auto index = folder / "a.idx";
    PackHeader header = sampleHeader();
    {
        auto writer = PackWriter::open(index, header);
        REQUIRE(writer.ok());
        CHECK(writer->frames().empty());
        REQUIRE(appendSample(*writer, header, 0).ok());
        REQUIRE(appendSample(*writer, header, 1).ok());
        const auto second = PackWriter::open(index, header);
        REQUIRE_FALSE(second.ok());
        CHECK(second.error().code == ErrorCode::transient);
        // Readers do not mind a writer.
        CHECK(PackReader::open(index)->size() == 2);
    }
    CHECK(PackWriter::open(index, header)->frames() == std::vector<int64_t>{1000, 1001});

    const auto old = PackReader::open(index);
    header.truth = std::string(64, 'd');
    {
        auto writer = PackWriter::open(index, header);
        REQUIRE(writer.ok());
        CHECK(writer->frames().empty());
        REQUIRE(appendSample(*writer, header, 5).ok());
    }
    CHECK(PackReader::open(index)->record(0).frame == 1005);
    // Who had the old one open still has it.
    CHECK(isSample(*old, 1));
}

TEST_CASE("a tail torn at any byte of the last face is dropped and written again") {
    const TempFolder folder;
    const PackHeader header = sampleHeader();
    REQUIRE(appendSamples(folder / "whole.idx", header, 0, 2).ok());
    const auto two = std::pair(*readFile(folder / "whole.idx"), *readFile(folder / "whole.pix"));
    REQUIRE(appendSamples(folder / "whole.idx", header, 2, 3).ok());
    const std::string idx = *readFile(folder / "whole.idx");
    const std::string pix = *readFile(folder / "whole.pix");
    const auto index = folder / "torn.idx";
    const auto check = [&](const std::string& indexBytes, const std::string& pixelBytes,
                           int whole) {
        write(index, indexBytes);
        write(packPixelsPath(index), pixelBytes);
        const auto reader = PackReader::open(index);
        REQUIRE(reader.ok());
        REQUIRE(reader->size() == static_cast<size_t>(whole));
        const size_t kept =
            whole == 3 ? idx.size() + pix.size() : two.first.size() + two.second.size();
        REQUIRE(reader->dropped() == indexBytes.size() + pixelBytes.size() - kept);
        REQUIRE(isSample(*reader, 1));
    };
    for (size_t cut = two.first.size(); cut <= idx.size(); ++cut) {
        check(idx.substr(0, cut), pix, cut == idx.size() ? 3 : 2);
    }
    for (size_t cut = two.second.size(); cut <= pix.size(); ++cut) {
        check(two.first, pix.substr(0, cut), 2);
        check(idx, pix.substr(0, cut), cut == pix.size() ? 3 : 2);
    }
    // Space that was allocated but never written, as after a power failure.
    check(two.first + std::string(idx.size() - two.first.size(), '\0'), pix, 2);

    for (const size_t cut : {two.first.size() + 1, idx.size() - 1}) {
        write(index, idx.substr(0, cut));
        write(packPixelsPath(index), pix);
        REQUIRE(appendSamples(index, header, 2, 4).ok());
        const auto reader = PackReader::open(index);
        REQUIRE(reader->size() == 4);
        CHECK(reader->dropped() == 0);
        CHECK(isSample(*reader, 2));
        CHECK(isSample(*reader, 3));
    }
    // Records are there, the pixels of the last are not: the writer notices.
    write(index, idx);
    write(packPixelsPath(index),
          pix.substr(0, two.second.size()) + std::string(pix.size() - two.second.size(), '\0'));
    CHECK(PackWriter::open(index, header)->frames().size() == 2);
}

TEST_CASE("flipped bits are found") {
    const TempFolder folder;
    const auto index = folder / "a.idx";
    REQUIRE(appendSamples(index, sampleHeader(), 0, 3).ok());
    const std::string idx = *readFile(index);
    const std::string pix = *readFile(folder / "a.pix");
    SECTION("in pixels and masks, by verify") {
        const size_t stride = (pix.size() - 64) / 3;
        for (const size_t at :
             {size_t{0}, size_t{100}, size_t{16 * 16 * 3 - 1}, size_t{16 * 16 * 4 - 1}}) {
            std::string bad = pix;
            bad[64 + stride + at] ^= 1;
            write(folder / "a.pix", bad);
            const auto reader = PackReader::open(index);
            REQUIRE(reader.ok());
            CHECK(reader->verify(0).ok());
            const auto status = reader->verify(1);
            REQUIRE_FALSE(status.ok());
            CHECK(status.error().code == ErrorCode::corruptData);
            CHECK(status.error().message.find("1001") != std::string::npos);
            CHECK(reader->verify(2).ok());
        }
    }
    SECTION("in the headers, on open") {
        for (size_t at = 0; at < 256; ++at) {
            std::string bad = idx;
            bad[at] ^= 4;
            write(index, bad);
            const auto reader = PackReader::open(index);
            REQUIRE_FALSE(reader.ok());
            REQUIRE(reader.error().code == ErrorCode::corruptData);
        }
        write(index, idx);
        for (size_t at = 0; at < 64; ++at) {
            std::string bad = pix;
            bad[at] ^= 4;
            write(folder / "a.pix", bad);
            REQUIRE_FALSE(PackReader::open(index).ok());
        }
    }
    SECTION("in records: in the middle on open, and the writer begins anew") {
        for (size_t at = 0; at < 1192; at += 7) {
            std::string bad = idx;
            bad[256 + 1192 + at] ^= 16;
            write(index, bad);
            const auto reader = PackReader::open(index);
            REQUIRE_FALSE(reader.ok());
            REQUIRE(reader.error().code == ErrorCode::corruptData);
            REQUIRE(reader.error().message.find("record 1") != std::string::npos);
        }
        REQUIRE(appendSamples(index, sampleHeader(), 0, 3).ok());
        CHECK(isSample(*PackReader::open(index), 1));
    }
}

TEST_CASE("packs that are missing, of another kind or newer are told apart") {
    const TempFolder folder;
    const auto index = folder / "a.idx";
    CHECK(PackReader::open(index).error().code == ErrorCode::missingInput);
    REQUIRE(appendSamples(index, sampleHeader(), 0, 2).ok());
    const std::string idx = *readFile(index);
    const std::string pix = *readFile(folder / "a.pix");

    fs::remove(folder / "a.pix");
    CHECK(PackReader::open(index).error().code == ErrorCode::missingInput);
    CHECK(PackReader::open(index).error().where == (folder / "a.pix").string());
    REQUIRE(appendSamples(folder / "b.idx", sampleHeader(), 0, 2).ok());
    fs::copy_file(folder / "b.pix", folder / "a.pix");
    CHECK(PackReader::open(index).error().message.find("another") != std::string::npos);

    write(folder / "a.pix", pix);
    write(index, "");
    CHECK(PackReader::open(index).error().code == ErrorCode::corruptData);
    write(index, std::string(5000, 'x'));
    CHECK(PackReader::open(index).error().message == "this is not a face pack");
    std::string newer = idx;
    newer[8] = 9;
    write(index, newer);
    CHECK(PackReader::open(index).error().message.find("version 9") != std::string::npos);
    CHECK_FALSE(PackReader::open(folder.path()).ok());

    // Headers with right CRCs but impossible values.
    const auto sealed = [&](size_t at, std::string bytes) {
        std::string bad = idx;
        bad.replace(at, bytes.size(), bytes);
        const uint32_t crc = crc32c(std::as_bytes(std::span(bad).first(252)));
        bad.replace(252, 4, reinterpret_cast<const char*>(&crc), 4);
        write(index, bad);
        return PackReader::open(index);
    };
    CHECK(sealed(20, std::string("\x10\0\0\0", 4)).ok());
    CHECK_FALSE(sealed(20, std::string("\x0f\0\0\0", 4)).ok());
    CHECK_FALSE(sealed(20, "\xFF\xFF\xFF\xFF").ok());
    CHECK(sealed(20, std::string("\0\x10\0\0", 4))->size() == 0);
    CHECK_FALSE(sealed(16, std::string("\0\0\0\0", 4)).ok());
    CHECK_FALSE(sealed(24, std::string(8, '\xFF')).ok());
    CHECK_FALSE(sealed(32, "\x09").ok());
    CHECK_FALSE(sealed(33, "\x01").ok());
    CHECK_FALSE(sealed(40, std::string(32, 'e')).ok());
    CHECK_FALSE(sealed(72, "zz").ok());
}

TEST_CASE("a place that cannot be written is said with what to do") {
    const TempFolder folder;
    const auto inFile = folder / "file" / "a.idx";
    write(folder / "file", "x");
    const auto blocked = PackWriter::open(inFile, sampleHeader());
    REQUIRE_FALSE(blocked.ok());
    CHECK(blocked.error().code == ErrorCode::cannotWrite);

    SmallDisk disk(1 << 20);
    if (!disk.available()) {
        return;
    }
    REQUIRE(appendSamples(disk.path() / "a.idx", sampleHeader(), 0, 2).ok());
    disk.makeReadOnly();
    const auto status = PackWriter::open(disk.path() / "a.idx", sampleHeader());
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == ErrorCode::cannotWrite);
    CHECK(status.error().remedy.find("read-only") != std::string::npos);
    CHECK(PackReader::open(disk.path() / "a.idx")->size() == 2);
}

TEST_CASE("a disk that fills up costs no face that was there, and writing goes on with space") {
    SmallDisk disk(1 << 20);
    if (!disk.available()) {
        return;
    }
    const auto index = disk.path() / "a.idx";
    const PackHeader header = sampleHeader(PackSample::u8, 64);
    auto writer = PackWriter::open(index, header);
    REQUIRE(writer.ok());
    disk.fill(100000);
    int written = 0;
    Status status;
    while (written < 100 && (status = appendSample(*writer, header, written)).ok()) {
        ++written;
    }
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == ErrorCode::cannotWrite);
    CHECK(status.error().remedy.find("space") != std::string::npos);
    CHECK(written > 0);
    CHECK(PackReader::open(index)->size() == static_cast<size_t>(written));
    CHECK(isSample(*PackReader::open(index), written - 1));
    fs::remove(disk.path() / "filler");
    REQUIRE(appendSample(*writer, header, written).ok());
    REQUIRE(writer->sync().ok());
    CHECK(isSample(*PackReader::open(index), written));
    CHECK(PackReader::open(index)->dropped() == 0);
}

TEST_CASE("a file size limit is an error, not the end") {
    const TempFolder folder;
    const auto index = folder / "a.idx";
    const PackHeader header = sampleHeader();
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{4000, 4000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        auto writer = PackWriter::open(index, header);
        int written = 0;
        while (writer.ok() && written < 100 && appendSample(*writer, header, written).ok()) {
            ++written;
        }
        ::_exit(written);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 3);  // 1024 bytes a face
    CHECK(PackReader::open(index)->size() == 3);
}
