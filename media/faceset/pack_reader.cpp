#include <algorithm>
#include <filesystem>

#include "media/base/file.h"
#include "media/faceset/pack_format.h"

namespace understudy::media {

namespace fs = std::filesystem;

struct PackReader::State {
    fs::path index;
    MappedFile indexFile;
    MappedFile pixelFile;
    PackHeader header;
    size_t count = 0;
    size_t stride = 0;
    uint64_t dropped = 0;

    std::span<const std::byte> record(size_t i) const {
        US_CHECK(i < count);
        return indexFile.bytes().subspan(kIndexHeaderBytes + i * kRecordBytes, kRecordBytes);
    }
    std::span<const std::byte> face(size_t i) const {
        US_CHECK(i < count);
        return pixelFile.bytes().subspan(kPixelHeaderBytes + i * stride, stride);
    }
};

namespace {

// How many records are whole, up to the first that is not; a whole one after it means damage in the
// middle, not a torn tail.
struct WholeRecords {
    size_t count = 0;
    bool damagedBetween = false;
};

WholeRecords countWhole(std::span<const std::byte> records, size_t most) {
    WholeRecords whole;
    bool ended = false;
    for (size_t i = 0; i < most; ++i) {
        const auto bytes = records.subspan(i * kRecordBytes, kRecordBytes);
        const bool good = recordIsWhole(bytes, static_cast<uint32_t>(i));
        if (good && ended) {
            whole.damagedBetween = true;
            return whole;
        }
        ended = ended || !good;
        whole.count += good ? 1 : 0;
    }
    return whole;
}

}  // namespace

PackReader::PackReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
PackReader::PackReader(PackReader&&) noexcept = default;
PackReader& PackReader::operator=(PackReader&&) noexcept = default;
PackReader::~PackReader() = default;

Result<PackReader> PackReader::open(const fs::path& index) {
    auto state = std::make_unique<State>();
    state->index = index;
    const fs::path pixels = packPixelsPath(index);
    // The index first: pixels are appended before their records, so the pixel file that is mapped
    // later holds at least what the index promises.
    US_ASSIGN(state->indexFile, MappedFile::open(index));
    US_ASSIGN(state->pixelFile, MappedFile::open(pixels));
    const auto indexBytes = state->indexFile.bytes();
    const auto pixelBytes = state->pixelFile.bytes();
    US_ASSIGN(const DecodedIndexHeader decoded, decodeIndexHeader(indexBytes, index.string()));
    US_ASSIGN(const PairId id, decodePixelHeader(pixelBytes, pixels.string()));
    if (id != decoded.id) {
        return Error{ErrorCode::corruptData, "the pixels belong to another face pack",
                     pixels.string(), "Extract the faces of this clip again"};
    }
    state->header = decoded.header;
    state->stride = faceStride(state->header);
    const size_t records = (indexBytes.size() - kIndexHeaderBytes) / kRecordBytes;
    const size_t faces = (pixelBytes.size() - kPixelHeaderBytes) / state->stride;
    const size_t most = std::min({records, faces, size_t{UINT32_MAX}});
    const WholeRecords whole = countWhole(indexBytes.subspan(kIndexHeaderBytes), most);
    if (whole.damagedBetween) {
        return Error{ErrorCode::corruptData,
                     "record " + std::to_string(whole.count) + " of the face pack is damaged",
                     index.string(),
                     "Extract the faces of this clip again; the plate and your review are not "
                     "affected"};
    }
    state->count = whole.count;
    state->dropped = indexBytes.size() - kIndexHeaderBytes - whole.count * kRecordBytes +
                     pixelBytes.size() - kPixelHeaderBytes - whole.count * state->stride;
    return PackReader(std::move(state));
}

const PackHeader& PackReader::header() const {
    return state_->header;
}

size_t PackReader::size() const {
    return state_->count;
}

FaceRecord PackReader::record(size_t i) const {
    return decodeRecord(state_->record(i));
}

std::span<const std::byte> PackReader::pixels(size_t i) const {
    return state_->face(i).first(samplesBytes(state_->header));
}

std::span<const uint8_t> PackReader::mask(size_t i) const {
    const auto bytes =
        state_->face(i).subspan(samplesBytes(state_->header), maskBytes(state_->header));
    return {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
}

std::string PackReader::storedHash(size_t i) const {
    return hashInRecord(state_->record(i));
}

Status PackReader::verify(size_t i) const {
    const auto bytes = state_->record(i);
    if (recordIsWhole(bytes, static_cast<uint32_t>(i)) &&
        contentHash(bytes, pixels(i), mask(i)) == hashInRecord(bytes)) {
        return {};
    }
    return Error{ErrorCode::corruptData,
                 "face " + std::to_string(i) + " (frame " +
                     std::to_string(decodeRecord(bytes).frame) + ") is damaged on disk",
                 packPixelsPath(state_->index).string(),
                 "Delete this file and extract the faces of the clip again"};
}

uint64_t PackReader::dropped() const {
    return state_->dropped;
}

std::string packIndexName(const std::string& clip, FaceType type, int size) {
    return clip + "." + std::string(faceTypeName(type)) + "." + std::to_string(size) + ".idx";
}

fs::path packPixelsPath(const fs::path& index) {
    return fs::path(index).replace_extension(".pix");
}

}  // namespace understudy::media
