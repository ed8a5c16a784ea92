#include "media/truth/comparison_sheet.h"

#include <algorithm>
#include <array>

#include "media/frame/image_ops.h"
#include "media/frame/resample.h"
#include "media/source/frame_sink.h"
#include "media/source/frame_source.h"
#include "media/source/picture_io.h"
#include "media/truth/performer_clips.h"

namespace understudy::media {

namespace {

constexpr int kCell = 256;
constexpr int kGap = 4;
constexpr double kExtent = 4.6;  // inter-ocular distances that a cell shows
constexpr uint8_t kGrey = 46;    // neutral, beside pictures

Image cellOf(const Image& frame, const Landmarks& landmarks) {
    Point middle;
    for (const Point& p : landmarks) {
        middle = middle + (1.0 / kLandmarkCount) * p;
    }
    const double scale = kCell / (kExtent * std::max(4.0, interOcularDistance(landmarks)));
    const Affine cellFromFrame{scale, 0,     kCell / 2.0 - scale * middle.x,
                               0,     scale, kCell / 2.0 - scale * middle.y};
    const Image picture = convertType(convertChannels(frame, 3), SampleType::u8);
    return resample(picture, cellFromFrame, kCell, kCell, Border::replicate);
}

}  // namespace

Status writeComparisonSheet(const std::filesystem::path& path, const std::string& swap,
                            const std::filesystem::path& truth, int rows) {
    US_ASSIGN(const TruthFiles files, readTruthFiles(truth));
    US_ASSIGN(const auto landmarks, readTrueLandmarks(files.landmarks, files.frames));
    US_ASSIGN(const auto sourceLandmarks, readTrueLandmarks(files.sourceLandmarks, files.frames));
    US_ASSIGN(const auto swapped, openSource(swap));
    constexpr int kColumns = 4;
    Image sheet(kGap + kColumns * (kCell + kGap), kGap + rows * (kCell + kGap), 3, SampleType::u8);
    std::fill_n(sheet.row<uint8_t>(0), sheet.size(), kGrey);
    for (int row = 0; row < rows; ++row) {
        const FrameNumber number = 1 + (2 * row + 1) * files.frames / (2 * rows);
        US_ASSIGN(const Picture source, readPicture(sequenceFile(files.sourcePlate, number)));
        US_ASSIGN(const Picture plate, readPicture(sequenceFile(files.plate, number)));
        US_ASSIGN(const Picture target, readPicture(sequenceFile(files.swap, number)));
        US_ASSIGN(const Frame result, swapped->read(number));
        const auto at = static_cast<size_t>(number - 1);
        const std::array<Image, kColumns> cells = {
            cellOf(source.pixels, sourceLandmarks[at]), cellOf(plate.pixels, landmarks[at]),
            cellOf(result.pixels, landmarks[at]), cellOf(target.pixels, landmarks[at])};
        for (int column = 0; column < kColumns; ++column) {
            for (int y = 0; y < kCell; ++y) {
                std::copy_n(cells[static_cast<size_t>(column)].row<uint8_t>(y), 3 * kCell,
                            sheet.row<uint8_t>(kGap + row * (kCell + kGap) + y) +
                                3 * (kGap + column * (kCell + kGap)));
            }
        }
    }
    return writePicture(path, sheet, {{"srgb"}, 1, {}, {}, 10});
}

}  // namespace understudy::media
