// The bytes of a pack (private to media/faceset), all little-endian:
//
// .idx  header, 256 bytes: magic 8, version u32, header bytes u32, record bytes u32, size u32,
//       margin f64, type u8, sample u8, zero 6, encoding 32, truth 64, pair id 16, zero, CRC u32
//       record i, 1192 bytes: frame i64, confidence f32, zero u32, alignedFromFrame 6 f64 (xx xy x0
//       yx yy y0), landmarks 136 f64, SHA-256 of [record so far, pixels, mask] 32, i u32, CRC u32
// .pix  header, 64 bytes: magic 8, version u32, header bytes u32, pair id 16, zero, CRC u32
//       face i: size*size*3 samples, size*size mask bytes, zeros up to a multiple of 64
//
// CRCs are CRC-32C of everything before them in their header or record. The pixels of a face are
// written before its record, so a record that is there has its pixels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "media/faceset/pack.h"

namespace understudy::media {

constexpr uint32_t kPackVersion = 1;
constexpr size_t kIndexHeaderBytes = 256;
constexpr size_t kPixelHeaderBytes = 64;
constexpr size_t kRecordBytes = 1192;
constexpr size_t kHashedRecordBytes = 1152;  // the part of a record that its hash covers
constexpr size_t kHashBytes = 32;
constexpr int kLeastFace = 16;
constexpr int kMostFace = 4096;

using PairId = std::array<std::byte, 16>;
using IndexHeaderBytes = std::array<std::byte, kIndexHeaderBytes>;
using PixelHeaderBytes = std::array<std::byte, kPixelHeaderBytes>;
using RecordBytes = std::array<std::byte, kRecordBytes>;

size_t samplesBytes(const PackHeader& header);
size_t maskBytes(const PackHeader& header);
// From one face to the next in the .pix file.
size_t faceStride(const PackHeader& header);

IndexHeaderBytes encodeIndexHeader(const PackHeader& header, const PairId& id);
PixelHeaderBytes encodePixelHeader(const PairId& id);

struct DecodedIndexHeader {
    PackHeader header;
    PairId id{};
};
// Errors: corruptData, saying what is wrong; `where` names the file.
Result<DecodedIndexHeader> decodeIndexHeader(std::span<const std::byte> file,
                                             const std::string& where);
Result<PairId> decodePixelHeader(std::span<const std::byte> file, const std::string& where);

// The record with its hash, its number and its CRC.
RecordBytes encodeRecord(const FaceRecord& record, uint32_t number,
                         std::span<const std::byte> pixels, std::span<const uint8_t> mask);
FaceRecord decodeRecord(std::span<const std::byte> bytes);
// CRC, number and finite values.
bool recordIsWhole(std::span<const std::byte> bytes, uint32_t number);
std::string contentHash(std::span<const std::byte> record, std::span<const std::byte> pixels,
                        std::span<const uint8_t> mask);
std::string hashInRecord(std::span<const std::byte> record);

}  // namespace understudy::media
