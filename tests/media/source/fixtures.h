// Movies made on the fly by the ffmpeg program, whose every frame can be told from the others.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/frame/frame.h"
#include "media/source/frame_source.h"

namespace understudy::tests {

// Runs ffmpeg quietly; throws with its words when it fails.
void ffmpeg(const std::vector<std::string>& arguments);

// What ffprobe says about the first video stream: "key=value" lines for the entries named.
std::string probe(const std::filesystem::path& path, const std::string& entries,
                  const std::string& stream = "v:0");

// A moving pattern of `frames` frames with a grey square in its top left corner whose luma is
// 30 + 3 * (number - 1) in limited range; `encode` are the arguments of the output.
void makeNumbered(const std::filesystem::path& path, int frames, const std::string& size,
                  const std::vector<std::string>& encode);

// The frame number (from 1) that the square tells, of a limited range movie.
double numberShown(const media::Frame& frame);

// Mean of one channel over a rectangle, in 0 to 1 (floats as they are).
double meanOf(const media::Image& image, int channel, int x, int y, int width, int height);

// A movie of one colour (0xRRGGBB), with encoder arguments.
void makeFlat(const std::filesystem::path& path, const std::string& color, const std::string& size,
              const std::vector<std::string>& encode);

std::unique_ptr<media::FrameSource> mustOpen(const std::filesystem::path& path);
media::Frame mustRead(media::FrameSource& source, media::FrameNumber number);

}  // namespace understudy::tests
