// Single pictures for previews, contact sheets, masks and tests.
#pragma once

#include <filesystem>

#include "media/base/result.h"
#include "media/frame/image.h"

namespace understudy::media {

// PNG, JPEG, TIFF, EXR, DPX and what else a sequence may consist of; 1 (grey), 3 or 4 channels,
// upright, u8, u16, f16 or f32 as stored. Errors: missingInput, corruptData.
Result<Image> readImage(const std::filesystem::path& path);

// Format by extension, written beside and renamed. Display values ("srgb") except in .exr, which
// takes them as scene-linear. Errors: usage for an unknown extension, cannotWrite.
Status writeImage(const std::filesystem::path& path, const Image& image);

}  // namespace understudy::media
