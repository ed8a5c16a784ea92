// One picture to judge a swap by: plate and swap side by side round the face, at several moments.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "media/align/landmarks.h"
#include "media/base/result.h"
#include "media/frame/image.h"
#include "media/source/frame_source.h"

namespace understudy::training {

struct SheetMoment {
    media::Image plate;
    media::Image swap;
    media::Landmarks landmarks{};  // plate pixels
};

// Pairs in two columns, at most eight, each cell `cell` pixels wide. All cells show the same extent
// round the face. Nothing for no moments.
media::Image contactSheet(const std::vector<SheetMoment>& moments, int cell = 320);

// Writes a picture as a file of its own. Errors: cannotWrite, usage for an unknown extension.
Status writePicture(const media::Image& image, const std::filesystem::path& path);

// Up to `count` of the frames, evenly spread.
std::vector<media::FrameNumber> spread(const std::vector<media::FrameNumber>& frames, size_t count);

}  // namespace understudy::training
