#include "media/frame/face_sheet.h"

#include <algorithm>

#include "media/frame/image_ops.h"
#include "media/frame/resample.h"

namespace understudy::media {

Image emptySheet(int width, int height) {
    constexpr uint8_t kGrey = 46;
    Image sheet(width, height, 3, SampleType::u8);
    std::fill_n(sheet.row<uint8_t>(0), sheet.size(), kGrey);
    return sheet;
}

Image sheetCell(const Image& frame, const Landmarks& landmarks, double extent, int cell) {
    Point middle;
    for (const Point& point : landmarks) {
        middle = middle + (1.0 / kLandmarkCount) * point;
    }
    const double scale = cell / extent;
    const Affine cellFromFrame{scale, 0,     cell / 2.0 - scale * middle.x,
                               0,     scale, cell / 2.0 - scale * middle.y};
    const Image picture = convertType(convertChannels(frame, 3), SampleType::u8);
    return resample(picture, cellFromFrame, cell, cell, Border::replicate);
}

void placeOnSheet(Image& sheet, const Image& picture, int x, int y) {
    US_CHECK(x >= 0 && y >= 0 && x + picture.width() <= sheet.width() &&
             y + picture.height() <= sheet.height());
    for (int row = 0; row < picture.height(); ++row) {
        std::copy_n(picture.row<uint8_t>(row), 3 * picture.width(),
                    sheet.row<uint8_t>(y + row) + 3 * x);
    }
}

}  // namespace understudy::media
