// Single pictures through OpenImageIO, with what a plate's frame must not lose: display window,
// encoding, pixel aspect, time code, orientation.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "media/base/result.h"
#include "media/frame/frame.h"
#include "media/source/frame_source.h"

namespace understudy::media {

struct PictureHeader {
    int width = 0;  // of the display window, turned upright
    int height = 0;
    int channels = 3;  // 1 grey, 3 or 4
    SampleType type = SampleType::u8;
    int bitDepth = 8;
    ColorEncoding encoding;
    bool encodingGuessed = false;  // neither the file nor its format says it
    double pixelAspect = 1;
    std::optional<std::string> timecode;
    std::optional<Rational> rate;
    std::string warning;  // for the user, where something about it is uncertain
};

struct Picture {
    PictureHeader header;
    Image pixels;
};

// Of a picture with layers the one that picture_channels.h chooses, with a warning where that is a
// guess. What lies outside the data window is black and transparent, what lies outside the display
// window is cut off. Errors: missingInput (absent, empty, not a picture, deep, no colours),
// corruptData (cut short).
Result<PictureHeader> readPictureHeader(const std::filesystem::path& path);
Result<Picture> readPicture(const std::filesystem::path& path);

struct PictureWriting {
    ColorEncoding encoding;
    double pixelAspect = 1;
    std::optional<std::string> timecode;
    std::optional<Rational> rate;
    int dpxBits = 10;
};

// Writes beside, fsyncs and renames; the extension of `path` chooses the format. PNG and TIFF take
// u8 and u16, JPEG u8, DPX u16, EXR f16 (ZIP) and f32; other sample types are converted to the
// format's widest. Errors: usage for an unknown extension, cannotWrite.
Status writePicture(const std::filesystem::path& path, const Image& pixels,
                    const PictureWriting& writing);

}  // namespace understudy::media
