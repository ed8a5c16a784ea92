#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <set>

#include "media/base/file.h"
#include "media/base/log.h"
#include "media/base/philox.h"
#include "media/base/sha256.h"
#include "media/base/sha256_rounds.h"
#include "tests/support/temp_folder.h"

using namespace understudy;

TEST_CASE("SHA-256 equals the standard's examples") {
    const auto hash = [](const std::string& text) {
        return sha256Of(std::as_bytes(std::span(text)));
    };
    CHECK(hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(hash(std::string(1000000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    // Pieces of any length give the same as the whole.
    for (size_t length : {55u, 56u, 63u, 64u, 65u, 119u, 120u, 200u}) {
        const std::string text(length, 'x');
        Sha256 pieces;
        for (size_t i = 0; i < length; i += 7) {
            pieces.add(text.substr(i, 7));
        }
        CHECK(pieces.finish() == hash(text));
    }
}

TEST_CASE("SHA-256 by instructions and without them is the same") {
    if (!sha256::instructionsThere()) {
        WARN("this processor has no instructions for SHA-256");
        return;
    }
    std::vector<uint8_t> bytes(64 * 9);
    RandomSequence random({.seed = 5});
    for (uint8_t& byte : bytes) {
        byte = static_cast<uint8_t>(random.below(256));
    }
    std::array<uint32_t, 8> plain = {1, 2, 3, 0xffffffff, 5, 6, 0x80000000, 8};
    std::array<uint32_t, 8> fast = plain;
    sha256::blocksPlain(plain, bytes.data(), 9);
    sha256::blocksByInstructions(fast, bytes.data(), 9);
    CHECK(plain == fast);
}

TEST_CASE("Philox equals the known answers of its reference implementation") {
    CHECK(philox({0, 0, 0, 0}, {0, 0}) ==
          std::array<uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    CHECK(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
          std::array<uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          std::array<uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("random sequences depend on every part of their key and are well spread") {
    const auto first = [](RandomKey key) { return RandomSequence(key).next(); };
    const std::set<uint32_t> values = {first({1, 2, 3, RandomStream::test}),
                                       first({2, 2, 3, RandomStream::test}),
                                       first({1, 3, 3, RandomStream::test}),
                                       first({1, 2, 4, RandomStream::test}),
                                       first({1, 2, 3, RandomStream::sampleOrder}),
                                       first({1, 2 + (uint64_t{1} << 40), 3, RandomStream::test})};
    CHECK(values.size() == 6);
    CHECK(first({1, 2, 3, RandomStream::test}) == first({1, 2, 3, RandomStream::test}));

    RandomSequence sequence({7, 0, 0, RandomStream::test});
    double sum = 0, squares = 0;
    constexpr int kCount = 20000;
    for (int i = 0; i < kCount; ++i) {
        const double value = sequence.normal();
        sum += value;
        squares += value * value;
    }
    CHECK(std::abs(sum / kCount) < 0.03);
    CHECK(std::abs(squares / kCount - 1) < 0.04);
    for (int i = 0; i < 1000; ++i) {
        CHECK(sequence.below(7) < 7);
    }
}

TEST_CASE("a file is replaced whole or not at all, privately") {
    const tests::TempFolder folder;
    const auto path = folder / "state.json";
    REQUIRE(writeFileAtomic(path, "one").ok());
    REQUIRE(writeFileAtomic(path, "two").ok());
    CHECK(*readFile(path) == "two");
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    // No temporary file stays behind.
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);

    const auto lost = writeFileAtomic(folder / "missing" / "x", "y");
    REQUIRE_FALSE(lost.ok());
    CHECK(lost.error().code == ErrorCode::cannotWrite);
    CHECK_FALSE(lost.error().remedy.empty());
}

TEST_CASE("writing to a full device says so and what to do") {
    std::ofstream probe("/dev/full");
    if (!probe) {
        return;
    }
    const FileHandle file(::open("/dev/full", 1));
    const std::string text(100, 'x');
    const auto status = writeAll(file.get(), std::as_bytes(std::span(text)), "/dev/full");
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == ErrorCode::cannotWrite);
    CHECK(status.error().remedy.find("space") != std::string::npos);
}

TEST_CASE("reads are limited and missing files are named") {
    const tests::TempFolder folder;
    REQUIRE(writeFileAtomic(folder / "big", std::string(5000, 'x')).ok());
    CHECK(readFile(folder / "big", 4096).error().code == ErrorCode::corruptData);
    const auto missing = readFile(folder / "none");
    CHECK(missing.error().code == ErrorCode::missingInput);
    CHECK(missing.error().where == (folder / "none").string());
}

TEST_CASE("a lock is held once and falls with its holder") {
    const tests::TempFolder folder;
    {
        const auto first = FileLock::acquire(folder / "lock");
        REQUIRE(first.ok());
        const auto second = FileLock::acquire(folder / "lock");
        REQUIRE_FALSE(second.ok());
        CHECK(second.error().code == ErrorCode::transient);
        CHECK(second.error().message.find(std::to_string(::getpid())) != std::string::npos);
    }
    CHECK(FileLock::acquire(folder / "lock").ok());
}

TEST_CASE("bytes that are not UTF-8 are replaced, the rest stays") {
    CHECK(validUtf8("plain Gr\xC3\xBC\xC3\x9F"
                    "e \xE2\x82\xAC \xF0\x9F\x98\x80") ==
          "plain Gr\xC3\xBC\xC3\x9F"
          "e \xE2\x82\xAC \xF0\x9F\x98\x80");
    CHECK(validUtf8("a\xFF"
                    "b") ==
          "a\xEF\xBF\xBD"
          "b");
    CHECK(validUtf8("\xC0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD");          // overlong
    CHECK(validUtf8("\xED\xA0\x80").find('\xED') == std::string::npos);  // surrogate
    CHECK(validUtf8("cut \xE2\x82") == "cut \xEF\xBF\xBD\xEF\xBF\xBD");
}
