// A faceset on disk: `<clip>.<type>.<size>.pix` holds crops and masks, `.idx` one record each. Both
// are append-only and mapped for reading; the grid in the window and the trainer use this same
// reader. A torn tail (crash while appending) is dropped on open, never fatal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "media/align/face_alignment.h"
#include "media/align/landmarks.h"
#include "media/base/result.h"

namespace understudy::media {

enum class PackSample : uint8_t { u8 = 0, f16 = 2 };  // values of media::SampleType

struct PackHeader {
    FaceType type = FaceType::wholeFace;
    int size = 256;  // crop is size x size pixels, including the margin
    double margin =
        0.15;  // of the trained area, on every side: the trained area is size/(1+2 margin)
    PackSample sample = PackSample::u8;
    std::string encoding = "srgb";  // colour encoding of the samples, at most 31 bytes
    std::string truth;              // hash of what the pack was made from, 64 hex digits or empty
    bool operator==(const PackHeader&) const = default;
};

struct FaceRecord {
    int64_t frame = 0;        // plate frame number
    float confidence = 0;     // 0 to 1
    Landmarks landmarks{};    // in crop pixels
    Affine alignedFromFrame;  // crop pixel from plate pixel
};

class PackReader {
  public:
    // `index` names the .idx file. Errors: missingInput, corruptData (names what is wrong; a newer
    // format version is named too).
    static Result<PackReader> open(const std::filesystem::path& index);
    PackReader(PackReader&&) noexcept;
    PackReader& operator=(PackReader&&) noexcept;
    ~PackReader();

    const PackHeader& header() const;
    size_t size() const;
    FaceRecord record(size_t i) const;
    // size*size*3 samples, R G B interleaved.
    std::span<const std::byte> pixels(size_t i) const;
    // size*size coverages of the face mask, 0 to 255.
    std::span<const uint8_t> mask(size_t i) const;
    // SHA-256 of record, pixels and mask as stored; `verify` recomputes and compares with the
    // stored one.
    std::string storedHash(size_t i) const;
    Status verify(size_t i) const;
    // Bytes that were dropped from the end as torn, 0 normally.
    uint64_t dropped() const;

  private:
    struct State;
    explicit PackReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

class PackWriter {
  public:
    // Creates the pair, or goes on with an existing one whose header is equal (its torn tail is
    // cut); one with another header is replaced. Errors: cannotWrite, transient when another
    // process appends.
    static Result<PackWriter> open(const std::filesystem::path& index, const PackHeader& header);
    PackWriter(PackWriter&&) noexcept;
    PackWriter& operator=(PackWriter&&) noexcept;
    ~PackWriter();

    // Frames already in the pack, in the order of the records.
    const std::vector<int64_t>& frames() const;
    Status append(const FaceRecord& record, std::span<const std::byte> pixels,
                  std::span<const uint8_t> mask);
    // Makes all that was appended durable.
    Status sync();

  private:
    struct State;
    explicit PackWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// "<clip>.<type>.<size>.idx", and the .pix beside an .idx.
std::string packIndexName(const std::string& clip, FaceType type, int size);
std::filesystem::path packPixelsPath(const std::filesystem::path& index);

}  // namespace understudy::media
