#include "media/source/frame_sink.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "media/base/file.h"
#include "media/color/color_transforms.h"
#include "media/frame/image_ops.h"
#include "media/source/movie_sink.h"
#include "media/source/picture_io.h"
#include "media/source/sequence_pattern.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

template <size_t N>
bool contains(const std::array<std::string_view, N>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

Error unknownFormat(const std::string& path) {
    return Error{ErrorCode::usage, "the kind of file cannot be told from its name", path,
                 "Name a movie (.mp4, .mov, .mkv) or a numbered sequence such as out.####.exr, "
                 ".png, .tif or .dpx"};
}

class SequenceSink final : public FrameSink {
  public:
    SequenceSink(SequencePattern pattern, const SinkOptions& options)
        : pattern_(std::move(pattern)),
          extension_(lowerExtension(pattern_.file(1).string())),
          options_(options) {}

    Status write(const Frame& frame) override {
        const fs::path path = pattern_.file(frame.number);
        if (frame.number < 0 || frame.pixels.empty()) {
            return Error{ErrorCode::usage, "the frame has no number or no pixels", path.string(),
                         ""};
        }
        if (pattern_.digits == 0 && only_.value_or(frame.number) != frame.number) {
            return Error{ErrorCode::usage, "a single picture cannot hold several frames",
                         path.string(), "Put #### where the frame numbers belong"};
        }
        only_ = frame.number;
        PictureWriting writing;
        writing.pixelAspect = frame.pixelAspect;
        writing.timecode = frame.timecode;
        writing.rate = options_.rate;
        writing.encoding = frame.encoding;
        Image converted;
        const Image* pixels = &frame.pixels;
        if (const auto wanted = encodingToWrite(frame.encoding); wanted != frame.encoding) {
            if (!transforms_.has_value()) {
                transforms_ = ColorTransforms::fromEnvironment();
            }
            US_ASSIGN(converted, transforms_->convert(frame.pixels, frame.encoding, wanted));
            pixels = &converted;
            writing.encoding = wanted;
        }
        if (const SampleType type = typeToWrite(pixels->type()); type != pixels->type()) {
            converted = convertType(*pixels, type);
            pixels = &converted;
        }
        return writePicture(path, *pixels, writing);
    }

    // Every file is already in its place.
    Status finish() override { return {}; }

  private:
    // EXR takes scene-linear and display values, the others display values only.
    ColorEncoding encodingToWrite(const ColorEncoding& encoding) const {
        if (encoding.name == "acescct") {
            return {extension_ == ".exr" ? "scene_linear" : "srgb"};
        }
        return encoding.sceneLinear() && extension_ != ".exr" ? ColorEncoding{"srgb"} : encoding;
    }

    SampleType typeToWrite(SampleType type) const {
        if (extension_ == ".exr") {
            return SampleType::f16;
        }
        if (extension_ == ".png") {
            return type == SampleType::u8 ? SampleType::u8 : SampleType::u16;
        }
        return extension_ == ".jpg" || extension_ == ".jpeg" ? SampleType::u8 : SampleType::u16;
    }

    SequencePattern pattern_;
    std::string extension_;
    SinkOptions options_;
    std::optional<ColorTransforms> transforms_;
    std::optional<FrameNumber> only_;
};

Status makeFolderFor(const fs::path& path) {
    const fs::path folder = path.parent_path();
    std::error_code code;
    if (!folder.empty() && !fs::is_directory(folder, code)) {
        fs::create_directories(folder, code);
        if (code) {
            return writeError(code.value(), folder);
        }
    }
    if (fs::is_directory(path, code)) {
        return Error{ErrorCode::usage, "a folder stands where the file is to be written",
                     path.string(), "Name a file in it"};
    }
    return {};
}

}  // namespace

bool isMoviePath(const std::string& path) {
    static constexpr std::array<std::string_view, 20> kExtensions = {
        ".mp4", ".mov", ".mkv", ".m4v",  ".avi", ".mxf",  ".webm", ".mpg", ".mpeg", ".ts",
        ".mts", ".flv", ".ogv", ".m2ts", ".wmv", ".h264", ".hevc", ".3gp", ".nut",  ".dv"};
    return contains(kExtensions, lowerExtension(path));
}

std::string sequenceFile(const std::string& pattern, FrameNumber number) {
    if (isMoviePath(pattern)) {
        return pattern;
    }
    const auto parsed = parseSequencePattern(pattern);
    return parsed.has_value() ? parsed->pattern.file(number).string() : pattern;
}

Result<std::unique_ptr<FrameSink>> createSink(const std::string& path, const SinkOptions& options) {
    static constexpr std::array<std::string_view, 4> kMovies = {".mp4", ".mov", ".mkv", ".m4v"};
    static constexpr std::array<std::string_view, 7> kPictures = {".exr", ".png", ".tif", ".tiff",
                                                                  ".dpx", ".jpg", ".jpeg"};
    const std::string extension = lowerExtension(path);
    if (contains(kMovies, extension)) {
        US_TRY(makeFolderFor(path));
        return createMovieSink(path, options);
    }
    if (!contains(kPictures, extension)) {
        return unknownFormat(path);
    }
    const fs::path whole(path);
    SequencePattern pattern{whole.parent_path(), whole.filename().string(), 0, ""};
    if (const auto parsed = parseSequencePattern(path)) {
        pattern = parsed->pattern;
    }
    US_TRY(makeFolderFor(pattern.file(1)));
    return std::unique_ptr<FrameSink>(std::make_unique<SequenceSink>(pattern, options));
}

}  // namespace understudy::media
