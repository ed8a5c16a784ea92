#include "training/record/event_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <optional>
#include <vector>

#include "media/faceset/crc32c.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

constexpr const char* kPrefix = "events.out.tfevents.";
constexpr uint64_t kRecordLimit = 256u << 20;  // bytes of one event
constexpr size_t kHead = 12, kFoot = 4;        // around the data of a record

double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// ---- records ------------------------------------------------------------------------------------

std::string littleEndian(uint64_t value, size_t bytes) {
    std::string text;
    for (size_t i = 0; i < bytes; ++i) {
        text.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
    }
    return text;
}

uint64_t fromLittleEndian(std::string_view text) {
    uint64_t value = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        value |= uint64_t{static_cast<uint8_t>(text[i])} << (8 * i);
    }
    return value;
}

// A checksum of data that hold checksums would be weak, so the format turns and shifts it.
uint32_t maskedCrc(std::string_view data) {
    const uint32_t crc = media::crc32c(std::as_bytes(std::span(data)));
    return std::rotr(crc, 15) + 0xa282ead8u;
}

std::string recordOf(const std::string& event) {
    const std::string length = littleEndian(event.size(), 8);
    return length + littleEndian(maskedCrc(length), 4) + event + littleEndian(maskedCrc(event), 4);
}

// ---- protocol buffers ---------------------------------------------------------------------------

std::string varint(uint64_t value) {
    std::string text;
    for (; value >= 0x80; value >>= 7) {
        text.push_back(static_cast<char>(value | 0x80));
    }
    text.push_back(static_cast<char>(value));
    return text;
}

enum WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

std::string key(int field, WireType type) {
    return varint(static_cast<uint64_t>(field) << 3 | type);
}
std::string integer(int field, int64_t value) {
    return key(field, kVarint) + varint(static_cast<uint64_t>(value));
}
std::string real64(int field, double value) {
    return key(field, kFixed64) + littleEndian(std::bit_cast<uint64_t>(value), 8);
}
std::string real32(int field, double value) {
    return key(field, kFixed32) +
           littleEndian(std::bit_cast<uint32_t>(static_cast<float>(value)), 4);
}
std::string bytes(int field, std::string_view value) {
    return key(field, kBytes) + varint(value.size()) + std::string(value);
}

// Fields of tensorflow.Event (event.proto).
enum EventField { kWallTime = 1, kStep = 2, kFileVersion = 3, kSummary = 5, kSessionLog = 7 };

std::string eventAt(int64_t step, const std::string& content) {
    return real64(kWallTime, now()) + integer(kStep, step) + content;
}

std::string scalar(const std::string& tag, double value) {
    // SummaryMetadata, which says which page the value belongs to.
    static const std::string metadata = bytes(9, bytes(1, bytes(1, "scalars")));
    return bytes(1, bytes(1, tag) + real32(2, value) + metadata);
}

// Reads a varint at `at`; nothing at a torn end.
std::optional<uint64_t> readVarint(std::string_view text, size_t& at) {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && at < text.size(); shift += 7) {
        const auto byte = static_cast<uint8_t>(text[at++]);
        value |= uint64_t{byte & 0x7Fu} << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    return std::nullopt;
}

// The step of an event; 0 when it has none, as the first record.
int64_t stepOf(std::string_view event) {
    size_t at = 0;
    while (const auto tag = readVarint(event, at)) {
        std::optional<uint64_t> value;
        switch (*tag & 7) {
            case kVarint:
                value = readVarint(event, at);
                break;
            case kFixed64:
                value = 8;
                at += 8;
                break;
            case kFixed32:
                value = 4;
                at += 4;
                break;
            case kBytes:
                value = readVarint(event, at);
                at += value ? std::min<uint64_t>(*value, event.size()) : 0;
                break;
            default:
                break;
        }
        if (!value || at > event.size()) {
            return 0;
        }
        if (*tag >> 3 == kStep && (*tag & 7) == kVarint) {
            return static_cast<int64_t>(*value);
        }
    }
    return 0;
}

// ---- files --------------------------------------------------------------------------------------

std::vector<fs::path> eventFiles(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
        if (at->path().filename().string().starts_with(kPrefix)) {
            files.push_back(at->path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

int64_t timeOf(const fs::path& file) {
    const std::string name = file.filename().string();
    int64_t time = 0;
    std::from_chars(name.data() + std::string_view(kPrefix).size(), name.data() + name.size(),
                    time);
    return time;
}

// Bytes of whole records with steps up to `upTo`.
uint64_t wholeUpTo(std::span<const std::byte> content, int64_t upTo) {
    const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
    size_t at = 0;
    while (text.size() - at >= kHead + kFoot) {
        const std::string_view length = text.substr(at, 8);
        const uint64_t size = fromLittleEndian(length);
        if (fromLittleEndian(text.substr(at + 8, 4)) != maskedCrc(length) || size > kRecordLimit ||
            size > text.size() - at - kHead - kFoot) {
            break;
        }
        const std::string_view event = text.substr(at + kHead, size);
        if (fromLittleEndian(text.substr(at + kHead + size, kFoot)) != maskedCrc(event) ||
            stepOf(event) > upTo) {
            break;
        }
        at += kHead + size + kFoot;
    }
    return at;
}

Status cutBack(const fs::path& file, int64_t upTo) {
    uint64_t kept = 0, size = 0;
    {
        US_ASSIGN(const MappedFile mapped, MappedFile::open(file));
        size = mapped.bytes().size();
        kept = wholeUpTo(mapped.bytes(), upTo);
    }
    if (kept < size && ::truncate(file.c_str(), static_cast<off_t>(kept)) != 0) {
        return writeError(errno, file);
    }
    return {};
}

}  // namespace

Result<EventFile> EventFile::open(const fs::path& folder, int64_t upTo) {
    const std::vector<fs::path> before = eventFiles(folder);
    auto time = static_cast<int64_t>(now());
    for (const fs::path& file : before) {
        US_TRY(cutBack(file, upTo));
        time = std::max(time, timeOf(file) + 1);
    }
    // Others write the name of the machine where "understudy" stands; run folders do not name it.
    const fs::path path = folder / (kPrefix + std::to_string(time) + ".understudy." +
                                    std::to_string(::getpid()) + ".0");
    FileHandle handle(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
    if (!handle) {
        return writeError(errno, path);
    }
    EventFile file(std::move(handle), path);
    US_TRY(file.add(real64(kWallTime, now()) + bytes(kFileVersion, "brain.Event:2")));
    if (!before.empty()) {
        // SessionLog with the status START: readers drop what they have from this step on.
        US_TRY(file.add(eventAt(upTo + 1, bytes(kSessionLog, integer(1, 1)))));
    }
    return file;
}

Status EventFile::add(const std::string& event) {
    const std::string record = recordOf(event);
    return writeAll(file_.get(), std::as_bytes(std::span(record)), path_);
}

Status EventFile::addScalars(int64_t step, const std::map<std::string, double>& values) {
    std::string summary;
    for (const auto& [tag, value] : values) {
        summary += scalar(tag, value);
    }
    return add(eventAt(step, bytes(kSummary, summary)));
}

Status EventFile::addPicture(int64_t step, const std::string& tag, int width, int height,
                             const std::string& png) {
    constexpr int kRgb = 3;
    const std::string image =
        integer(1, height) + integer(2, width) + integer(3, kRgb) + bytes(4, png);
    return add(eventAt(step, bytes(kSummary, bytes(1, bytes(1, tag) + bytes(4, image)))));
}

}  // namespace understudy::training
