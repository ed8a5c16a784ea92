// Owners for libav's objects and the way every movie is opened, without naming libav's headers.
#pragma once

#include <memory>
#include <string>

#include "media/base/result.h"

struct AVCodecContext;
struct AVFormatContext;
struct AVFrame;
struct AVPacket;
struct SwsContext;

namespace understudy::media::libav {

struct Free {
    void operator()(AVFormatContext* context) const;  // of an input
    void operator()(AVCodecContext* context) const;
    void operator()(AVFrame* frame) const;
    void operator()(AVPacket* packet) const;
    void operator()(SwsContext* context) const;
};
using Input = std::unique_ptr<AVFormatContext, Free>;
using Codec = std::unique_ptr<AVCodecContext, Free>;
using FrameHandle = std::unique_ptr<AVFrame, Free>;
using PacketHandle = std::unique_ptr<AVPacket, Free>;
using Scaler = std::unique_ptr<SwsContext, Free>;

FrameHandle newFrame();
PacketHandle newPacket();

// libav's words for one of its error numbers.
std::string errorText(int code);

// Opens a movie file and finds its streams. Only real movie containers are tried, so that no
// playlist or script dressed up as a movie makes the program read something else. Errors:
// missingInput, corruptData.
Result<Input> openInput(const std::string& path);

}  // namespace understudy::media::libav
