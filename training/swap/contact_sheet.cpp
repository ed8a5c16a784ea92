#include "training/swap/contact_sheet.h"

#include <algorithm>
#include <cmath>

#include "media/base/median.h"
#include "media/frame/face_sheet.h"
#include "media/source/frame_sink.h"

namespace understudy::training {

using media::Image;

namespace {

constexpr int kGap = 4;      // pixels between the two pictures of a pair
constexpr int kMargin = 12;  // round pairs

double medianEyes(const std::vector<SheetMoment>& moments) {
    std::vector<double> distances;
    for (const SheetMoment& moment : moments) {
        distances.push_back(media::interOcularDistance(moment.landmarks));
    }
    return std::max(4.0, medianOf(std::move(distances)));
}

}  // namespace

Image contactSheet(const std::vector<SheetMoment>& moments, int cell) {
    if (moments.empty()) {
        return {};
    }
    const int count = std::min<int>(8, static_cast<int>(moments.size()));
    const int columns = count > 1 ? 2 : 1;
    const int rows = (count + columns - 1) / columns;
    const int pairWidth = 2 * cell + kGap;
    Image sheet = media::emptySheet(kMargin + columns * (pairWidth + kMargin),
                                    kMargin + rows * (cell + kMargin));
    const double extent = media::kSheetExtent * medianEyes(moments);
    for (int i = 0; i < count; ++i) {
        const SheetMoment& moment = moments[i];
        const int x = kMargin + (i % columns) * (pairWidth + kMargin);
        const int y = kMargin + (i / columns) * (cell + kMargin);
        media::placeOnSheet(sheet, media::sheetCell(moment.plate, moment.landmarks, extent, cell),
                            x, y);
        media::placeOnSheet(sheet, media::sheetCell(moment.swap, moment.landmarks, extent, cell),
                            x + cell + kGap, y);
    }
    return sheet;
}

Status writePicture(const Image& image, const std::filesystem::path& path) {
    media::SinkOptions options;
    options.width = image.width();
    options.height = image.height();
    US_ASSIGN(auto sink, media::createSink(path.string(), options));
    media::Frame frame;
    frame.number = 1;
    frame.pixels = image;
    US_TRY(sink->write(frame));
    return sink->finish();
}

std::vector<media::FrameNumber> spread(const std::vector<media::FrameNumber>& frames,
                                       size_t count) {
    if (frames.size() <= count) {
        return frames;
    }
    std::vector<media::FrameNumber> result;
    for (size_t i = 0; i < count; ++i) {
        result.push_back(frames[(2 * i + 1) * frames.size() / (2 * count)]);
    }
    return result;
}

}  // namespace understudy::training
