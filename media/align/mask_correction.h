// What somebody painted into the mask of one frame: where the face is added to, and where it is
// taken away.
//
// It is kept in the pixels of the plate. What hides a face (a hand, a microphone) belongs to the
// picture and not to the face: so a correction still lies on the hand when landmarks were found
// anew or edited, fits crops of every size and type, comes back as it was painted, and needs no
// face to be there yet. A plate of another size (a proxy) takes it scaled.
//
// Kept as runs of equal levels of the painted box, row after row: hundreds of frames of a 4K plate
// stay small, and only what is used becomes pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "media/base/result.h"

namespace understudy::media {

class MaskCorrection {
  public:
    // A level: kLeave changes nothing, 255 makes the pixel wholly face, 0 wholly not, those between
    // do it in part.
    static constexpr uint8_t kLeave = 128;
    static constexpr int kMostSide = 65535;

    // Of a picture of the plate's size: width*height levels, row-major. Sides 1 to kMostSide.
    static MaskCorrection fromLevels(int width, int height, std::span<const uint8_t> levels);
    // The same of a plate that is painted nowhere but in `part`, which lies within it: the part's
    // levels.
    struct Box;
    static MaskCorrection fromPart(int width, int height, const Box& part,
                                   std::span<const uint8_t> levels);
    // What bytes() gave. Errors: corruptData.
    static Result<MaskCorrection> fromBytes(std::span<const std::byte> bytes);

    // Nothing is painted.
    bool empty() const { return runs_.empty(); }
    int width() const { return width_; }  // of the plate it was painted over
    int height() const { return height_; }

    // The part of the plate that holds all that is painted.
    struct Box {
        int x = 0, y = 0, width = 0, height = 0;
        bool operator==(const Box&) const = default;
    };
    const Box& box() const { return box_; }
    // Of the box, row-major.
    std::vector<uint8_t> levels() const;

    std::vector<std::byte> bytes() const;
    bool operator==(const MaskCorrection&) const = default;

  private:
    int width_ = 0;
    int height_ = 0;
    Box box_;
    std::vector<std::byte> runs_;  // (length as base-128 varint, level), covering the box exactly
};

// How much a level adds to a mask and takes from it, 0 to 255 each.
constexpr uint8_t addedBy(uint8_t level) {
    constexpr int kUp = 255 - MaskCorrection::kLeave;
    const int above = level - MaskCorrection::kLeave;
    return above > 0 ? static_cast<uint8_t>((255 * above + kUp / 2) / kUp) : uint8_t{0};
}
constexpr uint8_t removedBy(uint8_t level) {
    constexpr int kDown = MaskCorrection::kLeave;
    const int below = MaskCorrection::kLeave - level;
    return below > 0 ? static_cast<uint8_t>((255 * below + kDown / 2) / kDown) : uint8_t{0};
}

}  // namespace understudy::media
