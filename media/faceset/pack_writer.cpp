#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <random>

#include "media/base/file.h"
#include "media/base/log.h"
#include "media/faceset/pack_format.h"

namespace understudy::media {

namespace fs = std::filesystem;

struct PackWriter::State {
    fs::path index;
    fs::path pixels;
    PackHeader header;
    std::vector<int64_t> frames;
    FileHandle indexFile;
    FileHandle pixelFile;
    std::vector<std::byte> padding;
    std::unique_ptr<FileLock> lock;
};

namespace {

std::string_view asText(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A new, empty pair. Readers that have the old files mapped keep them: those are unlinked, never
// overwritten.
Status createPair(const fs::path& index, const PackHeader& header) {
    const fs::path pixels = packPixelsPath(index);
    for (const fs::path& old : {index, pixels}) {
        if (::unlink(old.c_str()) != 0 && errno != ENOENT) {
            return writeError(errno, old);
        }
    }
    std::random_device random;
    PairId id{};
    for (std::byte& byte : id) {
        byte = static_cast<std::byte>(random());
    }
    const PixelHeaderBytes pixelHeader = encodePixelHeader(id);
    US_TRY(writeFileAtomic(pixels, asText(pixelHeader)));
    const IndexHeaderBytes indexHeader = encodeIndexHeader(header, id);
    return writeFileAtomic(index, asText(indexHeader));
}

// Frames of the existing pair, if it can be gone on with.
std::optional<std::vector<int64_t>> framesOf(const fs::path& index, const PackHeader& header) {
    const auto reader = PackReader::open(index);
    if (!reader.ok()) {
        std::error_code ignored;
        if (fs::exists(index, ignored)) {
            logWarning("the face pack is made again: " + describe(reader.error()));
        }
        return std::nullopt;
    }
    if (!(reader->header() == header)) {
        return std::nullopt;
    }
    // After a power failure the last pixels may be missing although their records are there.
    size_t count = reader->size();
    while (count > 0 && !reader->verify(count - 1).ok()) {
        --count;
    }
    std::vector<int64_t> frames;
    frames.reserve(count);
    for (size_t i = 0; i < count; ++i) {
        frames.push_back(reader->record(i).frame);
    }
    return frames;
}

Result<FileHandle> openForAppending(const fs::path& path, uint64_t bytes) {
    FileHandle file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!file || ::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) {
        return writeError(errno, path);
    }
    return file;
}

// Starts at a known place, so that what a failed append left behind is overwritten.
Status writeAt(const FileHandle& file, uint64_t offset,
               std::initializer_list<std::span<const std::byte>> parts, const fs::path& path) {
    if (::lseek(file.get(), static_cast<off_t>(offset), SEEK_SET) < 0) {
        return writeError(errno, path);
    }
    for (const auto part : parts) {
        US_TRY(writeAll(file.get(), part, path));
    }
    return {};
}

}  // namespace

PackWriter::PackWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
PackWriter::PackWriter(PackWriter&&) noexcept = default;
PackWriter& PackWriter::operator=(PackWriter&&) noexcept = default;
PackWriter::~PackWriter() = default;

Result<PackWriter> PackWriter::open(const fs::path& index, const PackHeader& header) {
    US_CHECK(header.margin >= 0 && header.margin <= 1);
    auto state = std::make_unique<State>();
    state->index = index;
    state->pixels = packPixelsPath(index);
    state->header = header;
    US_TRY(createPrivateFolder(index.parent_path()));
    US_ASSIGN(FileLock lock, FileLock::acquire(fs::path(index).replace_extension(".lock")));
    state->lock = std::make_unique<FileLock>(std::move(lock));
    if (auto frames = framesOf(index, header)) {
        state->frames = std::move(*frames);
    } else {
        US_TRY(createPair(index, header));
    }
    const uint64_t count = state->frames.size();
    const size_t used = samplesBytes(header) + maskBytes(header);
    state->padding.resize(faceStride(header) - used);
    US_ASSIGN(state->pixelFile,
              openForAppending(state->pixels, kPixelHeaderBytes + count * faceStride(header)));
    US_ASSIGN(state->indexFile, openForAppending(index, kIndexHeaderBytes + count * kRecordBytes));
    return PackWriter(std::move(state));
}

const std::vector<int64_t>& PackWriter::frames() const {
    return state_->frames;
}

Status PackWriter::append(const FaceRecord& record, std::span<const std::byte> pixels,
                          std::span<const uint8_t> mask) {
    US_CHECK(pixels.size() == samplesBytes(state_->header));
    US_CHECK(mask.size() == maskBytes(state_->header));
    const size_t number = state_->frames.size();
    const RecordBytes bytes = encodeRecord(record, static_cast<uint32_t>(number), pixels, mask);
    US_CHECK(recordIsWhole(bytes, static_cast<uint32_t>(number)));
    US_TRY(writeAt(state_->pixelFile, kPixelHeaderBytes + number * faceStride(state_->header),
                   {pixels, std::as_bytes(mask), state_->padding}, state_->pixels));
    US_TRY(writeAt(state_->indexFile, kIndexHeaderBytes + number * kRecordBytes, {bytes},
                   state_->index));
    state_->frames.push_back(record.frame);
    return {};
}

Status PackWriter::sync() {
    if (::fdatasync(state_->pixelFile.get()) != 0) {
        return writeError(errno, state_->pixels);
    }
    if (::fdatasync(state_->indexFile.get()) != 0) {
        return writeError(errno, state_->index);
    }
    return {};
}

}  // namespace understudy::media
