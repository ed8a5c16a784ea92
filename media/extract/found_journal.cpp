#include "media/extract/found_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include "media/base/sha256.h"

namespace understudy::media {

static_assert(std::endian::native == std::endian::little, "the journal is little-endian");

namespace {

constexpr std::string_view kMagic = "USFOUND2";
constexpr uint32_t kBatch = 1;
constexpr uint32_t kGap = 2;
constexpr size_t kChecksum = 16;    // hex digits of a record's SHA-256
constexpr size_t kLeastFrame = 12;  // bytes

class Writer {
  public:
    template <class T>
    void put(const T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
    }
    std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    template <class T>
    T get() {
        static_assert(std::is_trivially_copyable_v<T>);
        T value{};
        if (bytes_.size() < sizeof(T)) {
            good_ = false;
            return value;
        }
        std::memcpy(&value, bytes_.data(), sizeof(T));
        bytes_.remove_prefix(sizeof(T));
        return value;
    }
    std::string_view take(size_t size) {
        const std::string_view result = bytes_.substr(0, size);
        good_ = good_ && result.size() == size;
        bytes_.remove_prefix(result.size());
        return result;
    }
    bool good() const { return good_; }
    bool atEnd() const { return bytes_.empty(); }
    size_t left() const { return bytes_.size(); }

  private:
    std::string_view bytes_;
    bool good_ = true;
};

void putFace(Writer& out, const FaceFound& face) {
    out.put<uint8_t>(face.detected);
    out.put<uint8_t>(face.hasMotion);
    out.put<uint8_t>(face.afterCut);
    out.put<int32_t>(face.sinceDetected);
    out.put(face.score);
    out.put(face.agreement);
    out.put(face.likeness);
    out.put(face.confidence);
    out.put(face.landmarks);
    out.put(face.look.sharpness);
    out.put(face.look.brightness);
    out.put(face.look.pixels);
    if (face.hasMotion) {
        out.put(face.before);
        out.put(face.beforeError);
    }
}

FaceFound getFace(Reader& in) {
    FaceFound face;
    face.detected = in.get<uint8_t>() != 0;
    face.hasMotion = in.get<uint8_t>() != 0;
    face.afterCut = in.get<uint8_t>() != 0;
    face.sinceDetected = in.get<int32_t>();
    face.score = in.get<float>();
    face.agreement = in.get<float>();
    face.likeness = in.get<float>();
    face.confidence = in.get<float>();
    face.landmarks = in.get<Landmarks>();
    face.look.sharpness = in.get<float>();
    face.look.brightness = in.get<float>();
    face.look.pixels = in.get<decltype(face.look.pixels)>();
    if (face.hasMotion) {
        face.before = in.get<Landmarks>();
        face.beforeError = in.get<std::array<float, kLandmarkCount>>();
    }
    return face;
}

std::string encode(uint32_t kind, int64_t index, const std::vector<FrameFaces>& frames) {
    Writer out;
    out.put(kind);
    out.put(index);
    out.put(static_cast<uint32_t>(frames.size()));
    for (const FrameFaces& frame : frames) {
        out.put(frame.number);
        out.put(static_cast<uint32_t>(frame.faces.size()));
        for (const FaceFound& face : frame.faces) {
            putFace(out, face);
        }
    }
    return out.take();
}

struct Record {
    uint32_t kind = 0;
    int64_t index = 0;
    std::vector<FrameFaces> frames;
};

std::optional<Record> decode(std::string_view payload) {
    Reader in(payload);
    Record record;
    record.kind = in.get<uint32_t>();
    record.index = in.get<int64_t>();
    const uint32_t count = in.get<uint32_t>();
    if (!in.good() || count > in.left() / kLeastFrame ||
        (record.kind != kBatch && record.kind != kGap)) {
        return std::nullopt;
    }
    for (uint32_t f = 0; f < count && in.good(); ++f) {
        FrameFaces frame;
        frame.number = in.get<FrameNumber>();
        const uint32_t faces = in.get<uint32_t>();
        for (uint32_t k = 0; k < faces && in.good(); ++k) {
            frame.faces.push_back(getFace(in));
        }
        record.frames.push_back(std::move(frame));
    }
    if (!in.good() || !in.atEnd()) {
        return std::nullopt;
    }
    return record;
}

std::string checksum(std::string_view payload) {
    return sha256Of(std::as_bytes(std::span(payload.data(), payload.size()))).substr(0, kChecksum);
}

}  // namespace

Result<FoundJournal> FoundJournal::open(const std::filesystem::path& path, const std::string& key) {
    US_CHECK(key.size() == 64);
    FoundJournal journal;
    journal.path_ = path;
    journal.file_ = FileHandle(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!journal.file_) {
        return writeError(errno, path);
    }
    US_TRY(journal.load(key));
    return journal;
}

Status FoundJournal::load(const std::string& key) {
    const std::string head = std::string(kMagic) + key;
    uint64_t good = 0;
    if (const Result<MappedFile> file = MappedFile::open(path_); file.ok()) {
        const std::span<const std::byte> bytes = file->bytes();
        Reader in({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        if (in.take(head.size()) == head) {
            good = head.size();
            while (!in.atEnd()) {
                const uint32_t length = in.get<uint32_t>();
                if (!in.good() || in.left() < kChecksum + uint64_t{length}) {
                    break;
                }
                const std::string_view sum = in.take(kChecksum);
                const std::string_view payload = in.take(length);
                std::optional<Record> record;
                if (sum == checksum(payload)) {
                    record = decode(payload);
                }
                if (!record) {
                    break;
                }
                good += sizeof length + kChecksum + length;
                (record->kind == kBatch ? batches_ : gaps_)[record->index] =
                    std::move(record->frames);
            }
        }
    }
    if (::ftruncate(file_.get(), static_cast<off_t>(good)) != 0 ||
        ::lseek(file_.get(), static_cast<off_t>(good), SEEK_SET) < 0) {
        return writeError(errno, path_);
    }
    if (good == 0) {
        US_TRY(writeAll(file_.get(), std::as_bytes(std::span(head)), path_));
        if (::fsync(file_.get()) != 0) {
            return writeError(errno, path_);
        }
        US_TRY(syncFolder(path_.parent_path()));
    }
    return {};
}

Status FoundJournal::append(uint32_t kind, int64_t index, const std::vector<FrameFaces>& frames) {
    const std::string payload = encode(kind, index, frames);
    if (payload.size() > std::numeric_limits<uint32_t>::max()) {  // of about a million frames
        return Error{ErrorCode::usage, "a face was followed over more frames than can be kept",
                     path_.string(), "Import the clip in parts"};
    }
    const uint32_t length = static_cast<uint32_t>(payload.size());
    std::string record(reinterpret_cast<const char*>(&length), sizeof length);
    record += checksum(payload);
    record += payload;
    US_TRY(writeAll(file_.get(), std::as_bytes(std::span(record)), path_));
    if (::fdatasync(file_.get()) != 0) {
        return writeError(errno, path_);
    }
    return {};
}

Status FoundJournal::addBatch(int64_t index, const std::vector<FrameFaces>& frames) {
    US_TRY(append(kBatch, index, frames));
    batches_[index] = frames;
    return {};
}

Status FoundJournal::addGap(int64_t first, const std::vector<FrameFaces>& frames) {
    US_TRY(append(kGap, first, frames));
    gaps_[first] = frames;
    return {};
}

}  // namespace understudy::media
