#include <OpenImageIO/imageio.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "media/base/file.h"
#include "media/frame/image_ops.h"
#include "media/source/picture_format.h"
#include "media/source/picture_io.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

OIIO::TypeDesc oiioType(SampleType type) {
    switch (type) {
        case SampleType::u8:
            return OIIO::TypeDesc::UINT8;
        case SampleType::u16:
            return OIIO::TypeDesc::UINT16;
        case SampleType::f16:
            return OIIO::TypeDesc::HALF;
        default:
            return OIIO::TypeDesc::FLOAT;
    }
}

std::optional<std::array<uint32_t, 2>> packedTimecode(const std::string& text) {
    std::array<int, 4> parts{};
    char separator = ':';
    if (std::sscanf(text.c_str(), "%2d:%2d:%2d%c%2d", &parts[0], &parts[1], &parts[2], &separator,
                    &parts[3]) != 5) {
        return std::nullopt;
    }
    uint32_t packed = separator == ';' ? 0x40U : 0U;
    for (size_t i = 0; i < 4; ++i) {
        const auto value = static_cast<uint32_t>(std::clamp(parts[i], 0, 59));
        packed |= ((value / 10) << 4 | value % 10) << (24 - 8 * i);
    }
    return std::array<uint32_t, 2>{packed, 0};
}

struct Format {
    const char* name = nullptr;  // OpenImageIO's
    SampleType type = SampleType::u8;
};

// The format of an extension and the sample type in which it takes pixels of a given one.
std::optional<Format> formatFor(const std::string& extension, SampleType type) {
    const bool floating = type == SampleType::f16 || type == SampleType::f32;
    if (extension == ".png" || extension == ".tif" || extension == ".tiff") {
        return Format{extension == ".png" ? "png" : "tiff", floating ? SampleType::u16 : type};
    }
    if (extension == ".jpg" || extension == ".jpeg") {
        return Format{"jpeg", SampleType::u8};
    }
    if (extension == ".dpx") {
        return Format{"dpx", SampleType::u16};
    }
    if (extension == ".exr") {
        return Format{"openexr", type == SampleType::f16 ? SampleType::f16 : SampleType::f32};
    }
    return std::nullopt;
}

OIIO::ImageSpec specFor(const Image& pixels, const std::string& extension,
                        const PictureWriting& writing) {
    OIIO::ImageSpec spec(pixels.width(), pixels.height(), pixels.channels(),
                         oiioType(pixels.type()));
    spec.attribute("Software", "Understudy " US_VERSION);
    spec.attribute("PixelAspectRatio", static_cast<float>(writing.pixelAspect));
    if (writing.timecode.has_value()) {
        if (const auto packed = packedTimecode(*writing.timecode)) {
            spec.attribute("smpte:TimeCode", OIIO::TypeTimeCode, packed->data());
        }
    }
    const std::string& encoding = writing.encoding.name;
    if (extension == ".exr") {
        spec.attribute("compression", "zip");
        spec.attribute(kEncodingAttribute, encoding);
        spec.attribute("oiio:ColorSpace", writing.encoding.sceneLinear() ? "Linear" : encoding);
        if (writing.rate.has_value()) {
            const std::array<int, 2> rate = {static_cast<int>(writing.rate->numerator),
                                             static_cast<int>(writing.rate->denominator)};
            spec.attribute("FramesPerSecond", OIIO::TypeRational, rate.data());
        }
    } else {
        spec.attribute("oiio:ColorSpace", encoding == "bt709" ? "Rec709" : "sRGB");
    }
    if (extension == ".dpx") {
        spec.attribute("oiio:BitsPerSample", writing.dpxBits);
        if (writing.rate.has_value()) {
            spec.attribute("dpx:FrameRate", static_cast<float>(writing.rate->value()));
        }
    } else if (extension == ".tif" || extension == ".tiff") {
        spec.attribute("compression", "zip");
    } else if (extension == ".png") {
        // Twice as fast as the default for a few per cent in size.
        spec.attribute("png:compressionLevel", 4);
    } else if (extension == ".jpg" || extension == ".jpeg") {
        spec.attribute("CompressionQuality", 95);
    }
    return spec;
}

// Ten bits are taken from the upper end of sixteen without rounding, so round before.
void roundToBits(Image& image, int bits) {
    const int top = (1 << bits) - 1;
    for (int y = 0; y < image.height(); ++y) {
        uint16_t* row = image.row<uint16_t>(y);
        for (int i = 0; i < image.width() * image.channels(); ++i) {
            const int level = (row[i] * top + 32767) / 65535;
            row[i] = static_cast<uint16_t>(level << (16 - bits) | level >> (2 * bits - 16));
        }
    }
}

// The file's bytes in memory. Format libraries overlook failed writes and say nothing of their
// cause, so they never touch the disk.
Result<FileHandle> encoded(const fs::path& path, const Format& format, const Image& pixels,
                           const OIIO::ImageSpec& spec) {
    FileHandle memory(::memfd_create("picture", MFD_CLOEXEC));
    auto output = OIIO::ImageOutput::create(format.name);
    if (!memory || output == nullptr) {
        return Error{ErrorCode::environment, std::string("OpenImageIO cannot write ") + format.name,
                     path.string(), "Install OpenImageIO with this format, or choose another"};
    }
    const std::string name = "/proc/self/fd/" + std::to_string(memory.get());
    if (!output->open(name, spec) || !output->write_image(oiioType(pixels.type()), pixels.data()) ||
        !output->close()) {
        const std::string why = output->geterror();
        return Error{ErrorCode::cannotWrite,
                     "the picture cannot be written: " + why.substr(0, why.find('\n')),
                     path.string(), "Choose another format"};
    }
    return memory;
}

Status copyTo(int memory, const fs::path& temporary, const fs::path& path) {
    const FileHandle file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file) {
        return writeError(errno, path);
    }
    std::vector<std::byte> buffer(size_t{1} << 18);
    off_t offset = 0;
    while (true) {
        const ssize_t got = ::pread(memory, buffer.data(), buffer.size(), offset);
        if (got <= 0) {
            break;
        }
        US_TRY(writeAll(file.get(), {buffer.data(), static_cast<size_t>(got)}, path));
        offset += got;
    }
    if (::fsync(file.get()) != 0) {
        return writeError(errno, path);
    }
    return {};
}

}  // namespace

Status writePicture(const fs::path& path, const Image& pixels, const PictureWriting& writing) {
    US_CHECK(!pixels.empty());
    const std::string extension = lowerExtension(path);
    const std::optional<Format> format = formatFor(extension, pixels.type());
    if (!format.has_value()) {
        return Error{ErrorCode::usage, "pictures cannot be written as " + extension, path.string(),
                     "Use .exr, .png, .tif, .dpx or .jpg"};
    }
    Image converted = convertType(pixels, format->type);
    if (pixels.channels() == 2 || (pixels.channels() == 4 && format->type == SampleType::u8 &&
                                   std::string_view(format->name) == "jpeg")) {
        converted = convertChannels(converted, pixels.channels() - 1);
    }
    std::string name = path.filename().string();
    name.insert(0, 1, '.');
    name += ".part";
    const fs::path temporary = path.parent_path() / name;
    if (extension == ".dpx") {
        roundToBits(converted, writing.dpxBits);
    }
    US_ASSIGN(const FileHandle memory,
              encoded(path, *format, converted, specFor(converted, extension, writing)));
    const Status written = copyTo(memory.get(), temporary, path);
    if (!written.ok()) {
        ::unlink(temporary.c_str());
        return written;
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        const int number = errno;
        ::unlink(temporary.c_str());
        return writeError(number, path);
    }
    return syncFolder(path.parent_path());
}

}  // namespace understudy::media
