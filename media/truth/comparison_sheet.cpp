#include "media/truth/comparison_sheet.h"

#include <algorithm>
#include <array>

#include "media/frame/face_sheet.h"
#include "media/source/frame_sink.h"
#include "media/source/frame_source.h"
#include "media/source/picture_io.h"
#include "media/truth/performer_clips.h"

namespace understudy::media {

namespace {

constexpr int kCell = 256;
constexpr int kGap = 4;
Image cellOf(const Image& frame, const Landmarks& landmarks) {
    const double extent = kSheetExtent * std::max(4.0, interOcularDistance(landmarks));
    return sheetCell(frame, landmarks, extent, kCell);
}

}  // namespace

Status writeComparisonSheet(const std::filesystem::path& path, const std::string& swap,
                            const std::filesystem::path& truth, int rows) {
    US_ASSIGN(const TruthFiles files, readTruthFiles(truth));
    US_ASSIGN(const auto landmarks, readTrueLandmarks(files.landmarks, files.frames));
    US_ASSIGN(const auto sourceLandmarks, readTrueLandmarks(files.sourceLandmarks, files.frames));
    US_ASSIGN(const auto swapped, openSource(swap));
    constexpr int kColumns = 4;
    Image sheet = emptySheet(kGap + kColumns * (kCell + kGap), kGap + rows * (kCell + kGap));
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
            placeOnSheet(sheet, cells[static_cast<size_t>(column)], kGap + column * (kCell + kGap),
                         kGap + row * (kCell + kGap));
        }
    }
    return writePicture(path, sheet, {});
}

}  // namespace understudy::media
