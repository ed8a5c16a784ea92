// A decoded movie frame's planes, for whoever may want the colours of a part of it later.
#pragma once

#include <memory>

#include "media/frame/frame_planes.h"
#include "media/source/libav_handles.h"
#include "media/source/yuv.h"

namespace understudy::media {

// Shares the decoder's buffers, which stay until it goes. `frame` has planes of 8 bits that yuv.h
// reads as they are, and no alpha.
std::shared_ptr<const FramePlanes> moviePlanes(const AVFrame& frame, const YuvLayout& layout);

}  // namespace understudy::media
