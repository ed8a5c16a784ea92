// Small packs with known content for the tests of packs and of what reads them.
#pragma once

#include <cmath>
#include <vector>

#include "media/faceset/pack.h"

namespace understudy::tests {

inline media::PackHeader sampleHeader(media::PackSample sample = media::PackSample::u8,
                                      int size = 16) {
    media::PackHeader header;
    header.size = size;
    header.sample = sample;
    header.encoding = sample == media::PackSample::u8 ? "srgb" : "acescct";
    header.truth = std::string(64, 'c');
    return header;
}

inline media::FaceRecord sampleRecord(int i) {
    media::FaceRecord record;
    record.frame = 1000 + i;
    record.confidence = 1.0f / static_cast<float>(1 + i);
    for (size_t k = 0; k < record.landmarks.size(); ++k) {
        record.landmarks[k] = {std::sqrt(2.0) * static_cast<double>(k) + i, 1.0 / 3 + i};
    }
    record.alignedFromFrame = {0.5, -0.25, 3 + 0.1 * i, 0.25, 0.5, -7};
    return record;
}

inline std::vector<std::byte> samplePixels(const media::PackHeader& header, int i) {
    const size_t count = static_cast<size_t>(header.size) * static_cast<size_t>(header.size) * 3 *
                         (header.sample == media::PackSample::u8 ? 1 : 2);
    std::vector<std::byte> pixels(count);
    for (size_t k = 0; k < count; ++k) {
        pixels[k] = static_cast<std::byte>(k * 7 + static_cast<size_t>(i) * 31);
    }
    return pixels;
}

inline std::vector<uint8_t> sampleMask(const media::PackHeader& header, int i) {
    return std::vector<uint8_t>(static_cast<size_t>(header.size) * static_cast<size_t>(header.size),
                                static_cast<uint8_t>(i + 1));
}

inline Status appendSample(media::PackWriter& writer, const media::PackHeader& header, int i) {
    return writer.append(sampleRecord(i), samplePixels(header, i), sampleMask(header, i));
}

// Records first to last-1.
inline Status appendSamples(const std::filesystem::path& index, const media::PackHeader& header,
                            int first, int last) {
    US_ASSIGN(auto writer, media::PackWriter::open(index, header));
    for (int i = first; i < last; ++i) {
        US_TRY(appendSample(writer, header, i));
    }
    return writer.sync();
}

// Whether record i of the pack is sample i, whole.
inline bool isSample(const media::PackReader& reader, int i) {
    const auto index = static_cast<size_t>(i);
    const media::FaceRecord expected = sampleRecord(i);
    const media::FaceRecord record = reader.record(index);
    const auto pixels = samplePixels(reader.header(), i);
    const auto mask = sampleMask(reader.header(), i);
    return record.frame == expected.frame && record.confidence == expected.confidence &&
           record.landmarks == expected.landmarks &&
           record.alignedFromFrame == expected.alignedFromFrame &&
           std::equal(pixels.begin(), pixels.end(), reader.pixels(index).begin(),
                      reader.pixels(index).end()) &&
           std::equal(mask.begin(), mask.end(), reader.mask(index).begin(),
                      reader.mask(index).end()) &&
           reader.verify(index).ok();
}

}  // namespace understudy::tests
