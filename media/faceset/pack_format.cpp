#include "media/faceset/pack_format.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "media/base/sha256.h"
#include "media/faceset/crc32c.h"

namespace understudy::media {

static_assert(std::endian::native == std::endian::little,
              "packs are little-endian and read in place");

namespace {

constexpr char kIndexMagic[] = "USFIDX\r\n";
constexpr char kPixelMagic[] = "USFPIX\r\n";
constexpr size_t kMagicBytes = 8;
constexpr size_t kEncodingBytes = 32;
constexpr size_t kTruthBytes = 64;

// Writes values one after the other.
class Pen {
  public:
    explicit Pen(std::span<std::byte> bytes) : bytes_(bytes) {}

    template <class Value>
    void put(const Value& value) {
        putBytes(&value, sizeof value);
    }
    void putBytes(const void* data, size_t count) {
        US_CHECK(count <= bytes_.size() - at_);
        std::memcpy(bytes_.data() + at_, data, count);
        at_ += count;
    }
    void skip(size_t count) { at_ += count; }

  private:
    std::span<std::byte> bytes_;
    size_t at_ = 0;
};

// Reads values one after the other.
class Eye {
  public:
    explicit Eye(std::span<const std::byte> bytes) : bytes_(bytes) {}

    template <class Value>
    Value take() {
        Value value{};
        takeBytes(&value, sizeof value);
        return value;
    }
    void takeBytes(void* data, size_t count) {
        US_CHECK(count <= bytes_.size() - at_);
        std::memcpy(data, bytes_.data() + at_, count);
        at_ += count;
    }
    std::string takeText(size_t count) {
        std::string text(count, '\0');
        takeBytes(text.data(), count);
        return text.substr(0, text.find('\0'));
    }
    void skip(size_t count) { at_ += count; }

  private:
    std::span<const std::byte> bytes_;
    size_t at_ = 0;
};

uint32_t crcAtEnd(std::span<const std::byte> bytes) {
    return Eye(bytes.last(4)).take<uint32_t>();
}

uint32_t crcOfBody(std::span<const std::byte> bytes) {
    return crc32c(bytes.first(bytes.size() - 4));
}

void seal(std::span<std::byte> bytes) {
    const uint32_t crc = crcOfBody(bytes);
    Pen(bytes.last(4)).put(crc);
}

Error corrupt(const std::string& what, const std::string& where) {
    return {ErrorCode::corruptData, what, where,
            "Extract the faces of this clip again; the plate and your review are not affected"};
}

// Magic, version, length and CRC, the same for both files.
Status checkEnvelope(std::span<const std::byte> file, const char* magic, size_t headerBytes,
                     const std::string& where) {
    if (file.size() < headerBytes) {
        return corrupt("the face pack is cut off within its header", where);
    }
    if (std::memcmp(file.data(), magic, kMagicBytes) != 0) {
        return corrupt("this is not a face pack", where);
    }
    Eye eye(file.subspan(kMagicBytes));
    const auto version = eye.take<uint32_t>();
    if (version > kPackVersion) {
        return Error{ErrorCode::corruptData,
                     "the face pack has format version " + std::to_string(version) +
                         ", this program reads up to " + std::to_string(kPackVersion),
                     where, "Use the newer program that wrote it, or extract the faces again"};
    }
    const auto stored = eye.take<uint32_t>();
    const auto header = file.first(headerBytes);
    if (stored != headerBytes || crcOfBody(header) != crcAtEnd(header)) {
        return corrupt("the header of the face pack is damaged", where);
    }
    return {};
}

bool isTruth(const std::string& truth) {
    return truth.empty() || (truth.size() == kTruthBytes &&
                             truth.find_first_not_of("0123456789abcdef") == std::string::npos);
}

}  // namespace

size_t samplesBytes(const PackHeader& header) {
    const auto side = static_cast<size_t>(header.size);
    return side * side * 3 * (header.sample == PackSample::f16 ? 2 : 1);
}

size_t maskBytes(const PackHeader& header) {
    return static_cast<size_t>(header.size) * static_cast<size_t>(header.size);
}

size_t faceStride(const PackHeader& header) {
    return (samplesBytes(header) + maskBytes(header) + 63) / 64 * 64;
}

IndexHeaderBytes encodeIndexHeader(const PackHeader& header, const PairId& id) {
    US_CHECK(header.size >= kLeastFace && header.size <= kMostFace);
    US_CHECK(header.encoding.size() < kEncodingBytes && isTruth(header.truth));
    IndexHeaderBytes bytes{};
    Pen pen(bytes);
    pen.putBytes(kIndexMagic, kMagicBytes);
    pen.put(kPackVersion);
    pen.put(static_cast<uint32_t>(kIndexHeaderBytes));
    pen.put(static_cast<uint32_t>(kRecordBytes));
    pen.put(static_cast<uint32_t>(header.size));
    pen.put(header.margin);
    pen.put(static_cast<uint8_t>(header.type));
    pen.put(static_cast<uint8_t>(header.sample));
    pen.skip(6);
    pen.putBytes(header.encoding.data(), header.encoding.size());
    pen.skip(kEncodingBytes - header.encoding.size());
    pen.putBytes(header.truth.data(), header.truth.size());
    pen.skip(kTruthBytes - header.truth.size());
    pen.put(id);
    seal(bytes);
    return bytes;
}

PixelHeaderBytes encodePixelHeader(const PairId& id) {
    PixelHeaderBytes bytes{};
    Pen pen(bytes);
    pen.putBytes(kPixelMagic, kMagicBytes);
    pen.put(kPackVersion);
    pen.put(static_cast<uint32_t>(kPixelHeaderBytes));
    pen.put(id);
    seal(bytes);
    return bytes;
}

Result<DecodedIndexHeader> decodeIndexHeader(std::span<const std::byte> file,
                                             const std::string& where) {
    US_TRY(checkEnvelope(file, kIndexMagic, kIndexHeaderBytes, where));
    Eye eye(file.subspan(kMagicBytes + 8));
    DecodedIndexHeader decoded;
    PackHeader& header = decoded.header;
    const auto recordBytes = eye.take<uint32_t>();
    const auto size = eye.take<uint32_t>();
    header.margin = eye.take<double>();
    const auto type = eye.take<uint8_t>();
    const auto sample = eye.take<uint8_t>();
    eye.skip(6);
    header.encoding = eye.takeText(kEncodingBytes);
    header.truth = eye.takeText(kTruthBytes);
    decoded.id = eye.take<PairId>();
    if (recordBytes != kRecordBytes || size < kLeastFace || size > kMostFace ||
        !(header.margin >= 0 && header.margin <= 1) ||
        type > static_cast<uint8_t>(FaceType::head) ||
        (sample != static_cast<uint8_t>(PackSample::u8) &&
         sample != static_cast<uint8_t>(PackSample::f16)) ||
        header.encoding.size() >= kEncodingBytes || !isTruth(header.truth)) {
        return corrupt("the header of the face pack has impossible values", where);
    }
    header.size = static_cast<int>(size);
    header.type = static_cast<FaceType>(type);
    header.sample = static_cast<PackSample>(sample);
    return decoded;
}

Result<PairId> decodePixelHeader(std::span<const std::byte> file, const std::string& where) {
    US_TRY(checkEnvelope(file, kPixelMagic, kPixelHeaderBytes, where));
    return Eye(file.subspan(kMagicBytes + 8)).take<PairId>();
}

RecordBytes encodeRecord(const FaceRecord& record, uint32_t number,
                         std::span<const std::byte> pixels, std::span<const uint8_t> mask) {
    RecordBytes bytes{};
    Pen pen(bytes);
    pen.put(record.frame);
    pen.put(record.confidence);
    pen.skip(4);
    const Affine& a = record.alignedFromFrame;
    for (const double value : {a.xx, a.xy, a.x0, a.yx, a.yy, a.y0}) {
        pen.put(value);
    }
    for (const Point& point : record.landmarks) {
        pen.put(point.x);
        pen.put(point.y);
    }
    const std::string hash =
        contentHash(std::span<const std::byte>(bytes).first(kHashedRecordBytes), pixels, mask);
    for (size_t i = 0; i < kHashBytes; ++i) {
        pen.put(static_cast<uint8_t>(std::stoul(hash.substr(2 * i, 2), nullptr, 16)));
    }
    pen.put(number);
    seal(bytes);
    return bytes;
}

FaceRecord decodeRecord(std::span<const std::byte> bytes) {
    Eye eye(bytes);
    FaceRecord record;
    record.frame = eye.take<int64_t>();
    record.confidence = eye.take<float>();
    eye.skip(4);
    Affine& a = record.alignedFromFrame;
    for (double* value : {&a.xx, &a.xy, &a.x0, &a.yx, &a.yy, &a.y0}) {
        *value = eye.take<double>();
    }
    for (Point& point : record.landmarks) {
        point.x = eye.take<double>();
        point.y = eye.take<double>();
    }
    return record;
}

bool recordIsWhole(std::span<const std::byte> bytes, uint32_t number) {
    if (crcOfBody(bytes) != crcAtEnd(bytes) ||
        Eye(bytes.subspan(kHashedRecordBytes + kHashBytes)).take<uint32_t>() != number) {
        return false;
    }
    // A file made with ill intent has right CRCs: geometry must be finite all the same.
    const auto sane = [](double value) { return std::abs(value) < 1e9; };
    Eye eye(bytes.subspan(8));
    bool whole = sane(eye.take<float>());
    eye.skip(4);
    for (int i = 0; i < 6 + 2 * kLandmarkCount; ++i) {
        whole = whole && sane(eye.take<double>());
    }
    return whole;
}

std::string contentHash(std::span<const std::byte> record, std::span<const std::byte> pixels,
                        std::span<const uint8_t> mask) {
    Sha256 sum;
    sum.add(record.first(kHashedRecordBytes));
    sum.add(pixels);
    sum.add(std::as_bytes(mask));
    return sum.finish();
}

std::string hashInRecord(std::span<const std::byte> record) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : record.subspan(kHashedRecordBytes, kHashBytes)) {
        text += kDigits[static_cast<uint8_t>(byte) >> 4];
        text += kDigits[static_cast<uint8_t>(byte) & 15];
    }
    return text;
}

}  // namespace understudy::media
