#include "training/engine/trainer/png_writer.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "media/base/check.h"

#ifdef US_HAVE_ZLIB
#include <zlib.h>
#endif

namespace understudy::training {

namespace {

void appendBigEndian(std::string& out, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> shift & 0xFF);
    }
}

uint32_t crcOf(const std::string& bytes, size_t from) {
    static const auto kTable = [] {
        std::array<uint32_t, 256> table{};
        for (uint32_t n = 0; n < 256; ++n) {
            uint32_t value = n;
            for (int bit = 0; bit < 8; ++bit) {
                value = value & 1 ? 0xEDB88320u ^ value >> 1 : value >> 1;
            }
            table[n] = value;
        }
        return table;
    }();
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = from; i < bytes.size(); ++i) {
        crc = kTable[(crc ^ static_cast<uint8_t>(bytes[i])) & 0xFF] ^ crc >> 8;
    }
    return ~crc;
}

void appendChunk(std::string& out, const char* type, const std::string& data) {
    appendBigEndian(out, static_cast<uint32_t>(data.size()));
    const size_t from = out.size();
    out += type;
    out += data;
    appendBigEndian(out, crcOf(out, from));
}

uint8_t paeth(int left, int up, int corner) {
    const int guess = left + up - corner;
    const int toLeft = std::abs(guess - left), toUp = std::abs(guess - up),
              toCorner = std::abs(guess - corner);
    return static_cast<uint8_t>(toLeft <= toUp && toLeft <= toCorner ? left
                                : toUp <= toCorner                   ? up
                                                                     : corner);
}

// Every row behind its filter byte; Paeth suits faces.
std::string filtered(int width, int height, std::span<const uint8_t> pixels) {
    const size_t length = static_cast<size_t>(width) * 3;
    std::string out;
    out.reserve((length + 1) * static_cast<size_t>(height));
    for (size_t y = 0; y < static_cast<size_t>(height); ++y) {
        out += '\4';
        const uint8_t* row = pixels.data() + y * length;
        const uint8_t* above = y > 0 ? row - length : nullptr;
        for (size_t i = 0; i < length; ++i) {
            const int left = i >= 3 ? row[i - 3] : 0;
            const int up = above ? above[i] : 0;
            const int corner = above && i >= 3 ? above[i - 3] : 0;
            out += static_cast<char>(row[i] - paeth(left, up, corner));
        }
    }
    return out;
}

std::string zlibStream(const std::string& data) {
#ifdef US_HAVE_ZLIB
    uLongf length = compressBound(static_cast<uLong>(data.size()));
    std::string out(length, '\0');
    US_CHECK(compress2(reinterpret_cast<Bytef*>(out.data()), &length,
                       reinterpret_cast<const Bytef*>(data.data()), static_cast<uLong>(data.size()),
                       4) == Z_OK);
    out.resize(length);
    return out;
#else
    std::string out = "\x78\x01";
    uint32_t a = 1, b = 0;
    for (size_t at = 0; at < data.size() || at == 0;) {
        const size_t length = std::min<size_t>(data.size() - at, 0xFFFF);
        out += static_cast<char>(at + length == data.size());
        for (const size_t value : {length, ~length}) {
            out += static_cast<char>(value & 0xFF);
            out += static_cast<char>(value >> 8 & 0xFF);
        }
        out.append(data, at, length);
        at += length;
    }
    for (const char byte : data) {
        a = (a + static_cast<uint8_t>(byte)) % 65521;
        b = (b + a) % 65521;
    }
    appendBigEndian(out, b << 16 | a);
    return out;
#endif
}

}  // namespace

std::string encodePng(int width, int height, std::span<const uint8_t> pixels) {
    US_CHECK(width > 0 && height > 0 &&
             pixels.size() == static_cast<size_t>(width) * static_cast<size_t>(height) * 3);
    std::string out = "\x89PNG\r\n\x1a\n";
    std::string head;
    appendBigEndian(head, static_cast<uint32_t>(width));
    appendBigEndian(head, static_cast<uint32_t>(height));
    head += std::string("\x08\x02\x00\x00\x00", 5);  // 8 bits, RGB
    appendChunk(out, "IHDR", head);
    appendChunk(out, "IDAT", zlibStream(filtered(width, height, pixels)));
    appendChunk(out, "IEND", "");
    return out;
}

}  // namespace understudy::training
