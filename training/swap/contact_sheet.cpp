#include "training/swap/contact_sheet.h"

#include <algorithm>
#include <cmath>

#include "media/frame/image_ops.h"
#include "media/frame/resample.h"
#include "media/source/frame_sink.h"

namespace understudy::training {

using media::Affine;
using media::Image;
using media::Point;
using media::SampleType;

namespace {

constexpr int kGap = 4;          // pixels between the two pictures of a pair
constexpr int kMargin = 12;      // round pairs
constexpr double kExtent = 4.6;  // inter-ocular distances that a cell shows
constexpr uint8_t kGrey = 46;    // neutral, beside pictures

Point middleOf(const media::Landmarks& landmarks) {
    Point sum;
    for (const Point& point : landmarks) {
        sum = sum + point;
    }
    return (1.0 / media::kLandmarkCount) * sum;
}

double medianEyes(const std::vector<SheetMoment>& moments) {
    std::vector<double> distances;
    for (const SheetMoment& moment : moments) {
        distances.push_back(media::interOcularDistance(moment.landmarks));
    }
    std::nth_element(distances.begin(), distances.begin() + distances.size() / 2, distances.end());
    return std::max(4.0, distances[distances.size() / 2]);
}

void place(Image& sheet, const Image& picture, int x0, int y0) {
    for (int y = 0; y < picture.height(); ++y) {
        std::copy_n(picture.row<uint8_t>(y), 3 * picture.width(),
                    sheet.row<uint8_t>(y0 + y) + 3 * x0);
    }
}

Image cellOf(const Image& frame, Point middle, double extent, int cell) {
    Affine cellFromFrame;
    cellFromFrame.xx = cellFromFrame.yy = cell / extent;
    cellFromFrame.x0 = cell / 2.0 - cellFromFrame.xx * middle.x;
    cellFromFrame.y0 = cell / 2.0 - cellFromFrame.yy * middle.y;
    const Image picture = media::convertType(media::convertChannels(frame, 3), SampleType::u8);
    return media::resample(picture, cellFromFrame, cell, cell, media::Border::replicate);
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
    Image sheet(kMargin + columns * (pairWidth + kMargin), kMargin + rows * (cell + kMargin), 3,
                SampleType::u8);
    std::fill_n(sheet.row<uint8_t>(0), sheet.size(), kGrey);
    const double extent = kExtent * medianEyes(moments);
    for (int i = 0; i < count; ++i) {
        const SheetMoment& moment = moments[i];
        const Point middle = middleOf(moment.landmarks);
        const int x = kMargin + (i % columns) * (pairWidth + kMargin);
        const int y = kMargin + (i / columns) * (cell + kMargin);
        place(sheet, cellOf(moment.plate, middle, extent, cell), x, y);
        place(sheet, cellOf(moment.swap, middle, extent, cell), x + cell + kGap, y);
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
