#include "media/base/sha256.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <vector>

#include "media/base/file.h"
#include "media/base/sha256_rounds.h"

namespace understudy {

namespace sha256 {

namespace {

void addBlock(std::array<uint32_t, 8>& state, const uint8_t* bytes) {
    std::array<uint32_t, 64> w;
    for (int i = 0; i < 16; ++i) {
        w[i] = uint32_t(bytes[4 * i]) << 24 | uint32_t(bytes[4 * i + 1]) << 16 |
               uint32_t(bytes[4 * i + 2]) << 8 | uint32_t(bytes[4 * i + 3]);
    }
    for (int i = 16; i < 64; ++i) {
        const uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
        const uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (int i = 0; i < 64; ++i) {
        const uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kRound[i] + w[i];
        const uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    const std::array<uint32_t, 8> add = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; ++i) {
        state[i] += add[i];
    }
}

}  // namespace

void blocksPlain(std::array<uint32_t, 8>& state, const uint8_t* bytes, size_t count) {
    for (; count > 0; --count, bytes += 64) {
        addBlock(state, bytes);
    }
}

}  // namespace sha256

Sha256::Sha256()
    : state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19} {}

void Sha256::blocks(const uint8_t* bytes, size_t count) {
    static const bool fast = sha256::instructionsThere();
    (fast ? sha256::blocksByInstructions : sha256::blocksPlain)(state_, bytes, count);
}

void Sha256::add(std::span<const std::byte> bytes) {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    size_t left = bytes.size();
    size_t held = length_ % 64;
    length_ += left;
    if (held > 0) {
        const size_t take = std::min(left, 64 - held);
        std::memcpy(pending_.data() + held, data, take);
        data += take, left -= take, held += take;
        if (held < 64) {
            return;
        }
        blocks(pending_.data(), 1);
    }
    blocks(data, left / 64);
    data += left / 64 * 64;
    left %= 64;
    if (left > 0) {
        std::memcpy(pending_.data(), data, left);
    }
}

void Sha256::add(const std::string& text) {
    add(std::as_bytes(std::span(text)));
}

std::string Sha256::finish() {
    const uint64_t bits = length_ * 8;
    std::array<std::byte, 72> padding{};
    padding[0] = std::byte{0x80};
    const size_t zeros = (119 - length_ % 64) % 64;
    for (int i = 0; i < 8; ++i) {
        padding[1 + zeros + i] = std::byte(bits >> (56 - 8 * i));
    }
    add(std::span(padding).first(9 + zeros));
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (uint32_t word : state_) {
        for (int shift = 28; shift >= 0; shift -= 4) {
            text += kDigits[word >> shift & 15];
        }
    }
    return text;
}

std::string sha256Of(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.add(bytes);
    return hash.finish();
}

Result<std::string> sha256OfFile(const std::filesystem::path& path) {
    const FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return Error{ErrorCode::missingInput, "cannot open the file: " + errnoText(errno),
                     path.string(), ""};
    }
    Sha256 hash;
    std::vector<std::byte> buffer(1 << 20);
    while (true) {
        const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
        if (got == 0) {
            return hash.finish();
        }
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return Error{ErrorCode::missingInput, "cannot read the file: " + errnoText(errno),
                         path.string(), ""};
        }
        hash.add(std::span(buffer).first(static_cast<size_t>(got)));
    }
}

}  // namespace understudy
