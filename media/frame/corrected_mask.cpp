#include "media/frame/corrected_mask.h"

#include <cmath>
#include <vector>

#include "media/frame/resample.h"

namespace understudy::media {

Image correctionOver(const MaskCorrection& correction, int plateWidth, int plateHeight,
                     const Affine& outFromPlate, int outWidth, int outHeight) {
    if (correction.empty()) {
        return {outWidth, outHeight, 2, SampleType::u8};
    }
    // A ring of nothing, so that the border that goes on is nothing too; not at the plate's own
    // edge, where what is painted goes on.
    const MaskCorrection::Box box = correction.box();
    const int left = box.x > 0 ? 1 : 0;
    const int top = box.y > 0 ? 1 : 0;
    const int right = box.x + box.width < correction.width() ? 1 : 0;
    const int bottom = box.y + box.height < correction.height() ? 1 : 0;
    Image painted(box.width + left + right, box.height + top + bottom, 2, SampleType::u8);
    const std::vector<uint8_t> levels = correction.levels();
    for (int y = 0; y < box.height; ++y) {
        uint8_t* row = painted.row<uint8_t>(y + top) + 2 * left;
        for (int x = 0; x < box.width; ++x) {
            const uint8_t level = levels[static_cast<size_t>(y) * box.width + x];
            row[2 * x] = addedBy(level);
            row[2 * x + 1] = removedBy(level);
        }
    }
    Affine plateFromPainted;
    plateFromPainted.xx = static_cast<double>(plateWidth) / correction.width();
    plateFromPainted.yy = static_cast<double>(plateHeight) / correction.height();
    plateFromPainted.x0 = plateFromPainted.xx * (box.x - left);
    plateFromPainted.y0 = plateFromPainted.yy * (box.y - top);
    return resample(painted, outFromPlate * plateFromPainted, outWidth, outHeight,
                    Border::replicate);
}

void correctMask(std::span<uint8_t> mask, const Image& over) {
    US_CHECK(over.channels() == 2 &&
             mask.size() == static_cast<size_t>(over.width()) * static_cast<size_t>(over.height()));
    for (int y = 0; y < over.height(); ++y) {
        const uint8_t* levels = over.row<uint8_t>(y);
        uint8_t* row = mask.data() + static_cast<size_t>(y) * over.width();
        for (int x = 0; x < over.width(); ++x) {
            const float corrected = correctedMask(static_cast<float>(row[x]) / 255.0f,
                                                  levels[2 * x], levels[2 * x + 1]);
            row[x] = static_cast<uint8_t>(std::lround(255 * corrected));
        }
    }
}

}  // namespace understudy::media
