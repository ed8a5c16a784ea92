// From a decoded frame in whatever form its codec gives to RGB, honouring matrix, range, siting and
// bit depth; what the file does not say is taken as the trade does.
#pragma once

#include "media/base/result.h"
#include "media/frame/frame.h"
#include "media/source/frame_source.h"
#include "media/source/libav_handles.h"

namespace understudy::media {

class MoviePixels {
  public:
    // As stored: not turned yet. Errors: corruptData for a pixel format that cannot be read.
    Result<Image> toRgb(const AVFrame& frame, bool centredChroma);

    // One channel, the plain mean of red, green and blue, where luma and chroma are 8 bits deep and
    // nothing is transparent; the others as toRgb.
    Result<Image> toGrey(const AVFrame& frame, bool centredChroma);
    // For colours later, of what toGrey() gives in one channel; null of the others.
    static std::shared_ptr<const FramePlanes> planesOf(const AVFrame& frame, bool centredChroma);

    // How `frame` is read, with the values assumed where it does not say (so never 2).
    static int effectiveMatrix(const AVFrame& frame);
    static bool fullRange(const AVFrame& frame);
    static bool isRgb(const AVFrame& frame);
    static int bitDepth(const AVFrame& frame);
    // The tags as the file has them.
    static VideoTags tagsOf(const AVFrame& frame);
    static ColorEncoding encodingOf(const AVFrame& frame);

  private:
    Result<libav::FrameHandle> converted(const AVFrame& frame, int pixelFormat);

    libav::Scaler scaler_;
    int scalerKey_[4] = {-1, -1, -1, -1};
};

}  // namespace understudy::media
