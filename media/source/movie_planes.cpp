#include "media/source/movie_planes.h"

#include <algorithm>
#include <array>
#include <vector>

extern "C" {
#include <libavutil/frame.h>
}

namespace understudy::media {

namespace {

// How far from the edge of a part its chroma is not what the whole frame has there: one sample of
// chroma, which counts for two pixels.
constexpr int kChromaReach = 2;

int chromaSize(int luma, int shift) {
    return (luma + (1 << shift) - 1) >> shift;
}

class MoviePart final : public FramePart {
  public:
    // `planes` are those of the whole frame; chroma may be missing.
    MoviePart(const YuvLayout& layout, const std::array<Plane, 4>& planes, int width, int height,
              const PixelRect& rect)
        : layout_(layout), wholeWidth_(width), wholeHeight_(height), rect_(rect) {
        stored_ = rect.grown(kChromaReach, width, height);
        // Whole pairs, as chroma counts them.
        stored_.width += stored_.x % 2;
        stored_.height += stored_.y % 2;
        stored_.x -= stored_.x % 2;
        stored_.y -= stored_.y % 2;
        stored_.width = std::min(stored_.width + stored_.width % 2, width - stored_.x);
        stored_.height = std::min(stored_.height + stored_.height % 2, height - stored_.y);
        size_t bytes = 0;
        for (size_t i = 0; i < 3 && planes[i].data != nullptr; ++i) {
            bytes += static_cast<size_t>(widthOf(i)) * static_cast<size_t>(heightOf(i));
        }
        samples_.reserve(bytes);
        for (size_t i = 0; i < 3 && planes[i].data != nullptr; ++i) {
            const int left = i == 0 ? stored_.x : stored_.x >> layout.chromaShiftX;
            const int top = i == 0 ? stored_.y : stored_.y >> layout.chromaShiftY;
            starts_[i] = samples_.size();
            ++planes_;
            for (int y = 0; y < heightOf(i); ++y) {
                const uint8_t* row = planes[i].data + (top + y) * planes[i].stride + left;
                samples_.insert(samples_.end(), row, row + widthOf(i));
            }
        }
    }

    size_t bytes() const override { return samples_.size(); }
    PixelRect rect() const override { return rect_; }

    PicturePart colors() const override {
        return {rgbFromYuv(layout_, planes(), stored_.width, stored_.height), stored_.x, stored_.y,
                wholeWidth_, wholeHeight_};
    }

  private:
    int widthOf(size_t plane) const {
        return plane == 0 ? stored_.width : chromaSize(stored_.width, layout_.chromaShiftX);
    }
    int heightOf(size_t plane) const {
        return plane == 0 ? stored_.height : chromaSize(stored_.height, layout_.chromaShiftY);
    }
    std::array<Plane, 4> planes() const {
        std::array<Plane, 4> planes;
        for (size_t i = 0; i < planes_; ++i) {
            planes[i] = {samples_.data() + starts_[i], widthOf(i)};
        }
        return planes;
    }

    YuvLayout layout_;
    int wholeWidth_;
    int wholeHeight_;
    PixelRect rect_;
    PixelRect stored_;
    size_t planes_ = 0;
    std::array<size_t, 3> starts_{};
    std::vector<uint8_t> samples_;
};

class MoviePlanes final : public FramePlanes {
  public:
    MoviePlanes(const AVFrame& frame, const YuvLayout& layout)
        : layout_(layout), frame_(av_frame_clone(&frame)) {
        US_CHECK(frame_ != nullptr);
        for (size_t i = 0; i < 3 && frame_->data[i] != nullptr; ++i) {
            planes_[i] = {frame_->data[i], frame_->linesize[i]};
        }
    }

    size_t bytes() const override {
        size_t all = 0;
        for (size_t i = 0; i < 3 && planes_[i].data != nullptr; ++i) {
            const int height =
                i == 0 ? frame_->height : chromaSize(frame_->height, layout_.chromaShiftY);
            all += static_cast<size_t>(planes_[i].stride) * static_cast<size_t>(height);
        }
        return all;
    }
    std::shared_ptr<const FramePart> cut(const PixelRect& rect) const override {
        const PixelRect all{0, 0, frame_->width, frame_->height};
        US_CHECK(!rect.empty() && all.contains(rect));
        return std::make_shared<MoviePart>(layout_, planes_, all.width, all.height, rect);
    }

  private:
    YuvLayout layout_;
    libav::FrameHandle frame_;
    std::array<Plane, 4> planes_;
};

}  // namespace

std::shared_ptr<const FramePlanes> moviePlanes(const AVFrame& frame, const YuvLayout& layout) {
    return std::make_shared<MoviePlanes>(frame, layout);
}

}  // namespace understudy::media
