#include "media/source/picture_io.h"

#include <OpenImageIO/imageio.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>

#include "media/base/file.h"
#include "media/frame/image_ops.h"
#include "media/source/picture_channels.h"
#include "media/source/picture_format.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

// Larger pictures than any camera makes are taken for damage.
constexpr int64_t kMostPixels = int64_t{1} << 29;
constexpr int kMostParts = 64;  // of a multi-part file

// Formats but OpenEXR name channels as they like, the first three being the picture's.
std::optional<PictureChannels> channelsOf(const OIIO::ImageSpec& spec, bool layered) {
    auto channels = chooseChannels(spec.channelnames,
                                   layered ? spec.get_string_attribute("oiio:subimagename") : "");
    if (layered || channels.has_value()) {
        return channels;
    }
    channels.emplace();
    channels->count = spec.nchannels >= 3 ? 3 : 1;
    channels->end = channels->count;
    channels->order = {0, 1, 2, 0};
    channels->why = PictureChannels::Why::grey;
    return channels;
}

SampleType sampleTypeOf(const OIIO::ImageSpec& spec, const PictureChannels& channels) {
    SampleType widest = SampleType::u8;
    for (int c = 0; c < channels.count; ++c) {
        const auto base = static_cast<OIIO::TypeDesc::BASETYPE>(
            spec.channelformat(channels.begin + channels.order[static_cast<size_t>(c)]).basetype);
        SampleType type = SampleType::f32;
        if (base == OIIO::TypeDesc::UINT8 || base == OIIO::TypeDesc::INT8) {
            type = SampleType::u8;
        } else if (base == OIIO::TypeDesc::UINT16 || base == OIIO::TypeDesc::INT16) {
            type = SampleType::u16;
        } else if (base == OIIO::TypeDesc::HALF) {
            type = SampleType::f16;
        }
        widest = std::max(widest, type);
    }
    return widest;
}

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

// Nothing where neither the file nor its format says it.
std::optional<ColorEncoding> encodingOf(const OIIO::ImageSpec& spec, const std::string& extension,
                                        SampleType type, std::string& warning) {
    const std::string own = spec.get_string_attribute(kEncodingAttribute);
    if (!own.empty()) {
        return ColorEncoding{own};
    }
    const bool floating = type == SampleType::f16 || type == SampleType::f32;
    if (floating || extension == ".exr" || extension == ".hdr") {
        return ColorEncoding{"scene_linear"};
    }
    if (extension == ".dpx" || extension == ".cin") {
        const std::string space = spec.get_string_attribute("oiio:ColorSpace");
        if (space == "Linear" && spec.get_int_attribute("oiio:BitsPerSample", 8) > 12) {
            return ColorEncoding{"scene_linear"};
        }
        if (space == "Linear") {
            // The ffmpeg program writes this into every DPX file.
            warning =
                "The pictures are tagged as linear light, which their bits could not hold, and are "
                "used as video; convert them to EXR for scene-linear work";
        }
        if (space == "Rec709") {
            return ColorEncoding{"bt709"};
        }
        if (space == "KodakLog") {
            warning =
                "The pictures are tagged as printing density (log) and are used as they are; "
                "convert them to EXR for scene-linear work";
        }
    }
    return std::nullopt;
}

Error pictureError(const fs::path& path, const std::string& why) {
    std::error_code code;
    if (!fs::exists(path, code)) {
        return Error{ErrorCode::missingInput, "there is no such file", path.string(),
                     "Check the name and that the disk is connected"};
    }
    if (fs::file_size(path, code) == 0) {
        return Error{ErrorCode::missingInput, "the file is empty", path.string(),
                     "Render or copy it again"};
    }
    const std::string first = why.substr(0, why.find('\n'));
    return Error{ErrorCode::missingInput,
                 "the picture cannot be read" + (first.empty() ? "" : ": " + first), path.string(),
                 "Render or copy it again, or leave the frame out"};
}

struct DpxHeader {
    uint64_t fileBytes = 0;
    uint64_t pixels = 0;    // where they begin
    uint64_t userData = 0;  // bytes
};

// SMPTE 268M.
DpxHeader readDpxHeader(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::array<uint8_t, 36> head{};
    file.read(reinterpret_cast<char*>(head.data()), head.size());
    const bool bigEndian = head[0] == 'S';
    const auto number = [&](size_t at) {
        uint64_t value = 0;
        for (size_t i = 0; i < 4; ++i) {
            value = value << 8 | head[bigEndian ? at + i : at + 3 - i];
        }
        return value;
    };
    std::error_code code;
    const uint64_t bytes = fs::file_size(path, code);
    constexpr uint64_t kUndefined = 0xffffffff;
    const uint64_t user = number(32) == kUndefined ? 0 : number(32);
    return {code ? 0 : bytes, number(4), user};
}

// libpng loses memory over a file that ends early, so its chunks are counted first.
bool endsEarly(const fs::path& png) {
    auto bytes = MappedFile::open(png);
    if (!bytes.ok()) {
        return false;
    }
    const std::span<const std::byte> all = bytes->bytes();
    size_t at = 8;
    while (at + 12 <= all.size()) {
        size_t length = 0;
        for (size_t i = 0; i < 4; ++i) {
            length = length << 8 | static_cast<size_t>(all[at + i]);
        }
        if (std::memcmp(all.data() + at + 4, "IEND", 4) == 0) {
            return false;
        }
        at += length + 12;
    }
    return true;
}

struct OpenPicture {
    std::unique_ptr<OIIO::ImageInput> input;
    OIIO::ImageSpec spec;
    PictureChannels channels;
    int subimage = 0;
    PictureHeader header;
    int orientation = 1;
};

std::string layerName(const std::string& layer) {
    return layer.empty() ? "the layer without a name" : "layer " + layer;
}

// Of a multi-part file the part whose layer is the likeliest to be the picture.
Status choosePart(OpenPicture& open, const fs::path& path) {
    const bool layered = lowerExtension(path) == ".exr";
    std::optional<PictureChannels> best;
    std::vector<std::string> others;
    std::string all;
    bool deep = false;
    for (int part = 0; open.input->seek_subimage(part, 0) && part < (layered ? kMostParts : 1);
         ++part) {
        const OIIO::ImageSpec spec = open.input->spec(part);
        deep = deep || spec.deep;
        for (const std::string& name : spec.channelnames) {
            all += all.size() < 200 ? (all.empty() ? "" : ", ") + name : "";
        }
        auto channels = spec.deep ? std::nullopt : channelsOf(spec, layered);
        if (!channels.has_value()) {
            continue;
        }
        others.insert(others.end(), channels->others.begin(), channels->others.end());
        if (!best.has_value() || channels->why < best->why) {
            if (best.has_value() && best->count >= 3) {
                others.push_back(best->layer);
            }
            best = std::move(channels);
            open.subimage = part;
        } else if (channels->count >= 3) {
            others.push_back(channels->layer);
        }
    }
    if (!best.has_value()) {
        return Error{
            ErrorCode::missingInput,
            deep ? "the picture is a deep one" : "none of its channels is a picture: " + all,
            path.string(), "Render it with the channels R, G and B"};
    }
    if (best->why == PictureChannels::Why::first && !others.empty()) {
        open.header.warning =
            "The pictures have no layer that is called the picture; the first is "
            "read, " +
            layerName(best->layer) + ", and not " + layerName(others.front()) +
            (others.size() > 1 ? " and others" : "");
    }
    open.channels = std::move(*best);
    open.input->seek_subimage(open.subimage, 0);
    open.spec = open.input->spec(open.subimage);
    return {};
}

std::optional<Rational> rateOf(const OIIO::ImageSpec& spec) {
    const OIIO::ParamValue* value = spec.find_attribute("FramesPerSecond");
    if (value != nullptr && value->type() == OIIO::TypeRational) {
        const int* numbers = static_cast<const int*>(value->data());
        if (numbers[0] > 0 && numbers[1] > 0) {
            return Rational{numbers[0], numbers[1]};
        }
    }
    for (const char* name : {"FramesPerSecond", "dpx:FrameRate", "dpx:TemporalFrameRate"}) {
        const float rate = spec.get_float_attribute(name, 0);
        if (std::isfinite(rate) && rate >= 1 && rate < 1000) {
            const float whole = std::round(rate);
            if (std::abs(rate - whole) < 0.005F) {
                return Rational{static_cast<int64_t>(whole), 1};
            }
            return Rational{std::lround(rate * 1.001) * 1000, 1001};
        }
    }
    return std::nullopt;
}

std::optional<std::string> timecodeOf(const OIIO::ImageSpec& spec) {
    const OIIO::ParamValue* value = spec.find_attribute("smpte:TimeCode");
    if (value == nullptr || value->type() != OIIO::TypeTimeCode) {
        return std::nullopt;
    }
    // SMPTE 12M: binary-coded decimals with flag bits between.
    uint32_t packed = 0;
    std::memcpy(&packed, value->data(), sizeof packed);
    const auto decimal = [packed](int shift, uint32_t tens) {
        return static_cast<int>(((packed >> (shift + 4)) & tens) * 10 + ((packed >> shift) & 15U));
    };
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%02d:%02d:%02d%c%02d", decimal(24, 3), decimal(16, 7),
                  decimal(8, 7), (packed & 0x40U) != 0 ? ';' : ':', decimal(0, 3));
    return std::string(text.data());
}

Result<OpenPicture> openPicture(const fs::path& path) {
    if (lowerExtension(path) == ".dpx") {
        // OpenImageIO 2.4 ends the program over a wrong size here.
        const DpxHeader header = readDpxHeader(path);
        if (header.userData > header.fileBytes) {
            return pictureError(path, "its header is damaged");
        }
    }
    if (lowerExtension(path) == ".png" && endsEarly(path)) {
        return pictureError(path, "it is cut short or no picture");
    }
    OpenPicture open;
    open.input = OIIO::ImageInput::open(path.string());
    if (open.input == nullptr) {
        return pictureError(path, OIIO::geterror());
    }
    US_TRY(choosePart(open, path));
    const OIIO::ImageSpec& spec = open.spec;
    const int64_t pixels = static_cast<int64_t>(spec.width) * spec.height;
    const int64_t shown = static_cast<int64_t>(spec.full_width) * spec.full_height;
    if (spec.width <= 0 || spec.height <= 0 || spec.full_width <= 0 || spec.full_height <= 0 ||
        pixels > kMostPixels || shown > kMostPixels || spec.nchannels < 1) {
        return Error{ErrorCode::corruptData, "the picture's size makes no sense", path.string(),
                     "Render or copy it again"};
    }
    PictureHeader& header = open.header;
    open.orientation = std::clamp(spec.get_int_attribute("Orientation", 1), 1, 8);
    const bool sideways = open.orientation >= 5;
    header.width = sideways ? spec.full_height : spec.full_width;
    header.height = sideways ? spec.full_width : spec.full_height;
    header.channels = open.channels.count;
    header.type = sampleTypeOf(spec, open.channels);
    header.bitDepth = spec.get_int_attribute("oiio:BitsPerSample",
                                             static_cast<int>(8 * bytesPerSample(header.type)));
    const auto encoding = encodingOf(spec, lowerExtension(path), header.type, header.warning);
    header.encoding = encoding.value_or(ColorEncoding{"srgb"});
    header.encodingGuessed = !encoding;
    const double aspect = spec.get_float_attribute("PixelAspectRatio", 1);
    header.pixelAspect = std::isfinite(aspect) && aspect > 0.1 && aspect < 10 ? aspect : 1;
    header.pixelAspect = sideways ? 1 / header.pixelAspect : header.pixelAspect;
    header.timecode = timecodeOf(spec);
    header.rate = rateOf(spec);
    return open;
}

// The part of the data window that lies in the display window.
Image shownPart(const Image& data, const OIIO::ImageSpec& spec) {
    const int offsetX = spec.x - spec.full_x;
    const int offsetY = spec.y - spec.full_y;
    if (offsetX == 0 && offsetY == 0 && data.width() == spec.full_width &&
        data.height() == spec.full_height) {
        return data;
    }
    Image shown(spec.full_width, spec.full_height, data.channels(), data.type());
    const int left = std::max(0, offsetX);
    const int right = std::min(spec.full_width, offsetX + data.width());
    const size_t pixel = bytesPerSample(data.type()) * static_cast<size_t>(data.channels());
    for (int y = std::max(0, offsetY);
         left < right && y < std::min(spec.full_height, offsetY + data.height()); ++y) {
        std::memcpy(shown.data() + static_cast<size_t>(y) * shown.rowBytes() +
                        static_cast<size_t>(left) * pixel,
                    data.data() + static_cast<size_t>(y - offsetY) * data.rowBytes() +
                        static_cast<size_t>(left - offsetX) * pixel,
                    static_cast<size_t>(right - left) * pixel);
    }
    return shown;
}

Image chosenChannels(const std::vector<std::byte>& raw, int stored, const OpenPicture& open) {
    const OIIO::ImageSpec& spec = open.spec;
    Image image(spec.width, spec.height, open.channels.count, open.header.type);
    const size_t sample = bytesPerSample(image.type());
    const std::byte* from = raw.data();
    std::byte* to = image.data();
    const size_t pixels = static_cast<size_t>(spec.width) * spec.height;
    for (size_t i = 0; i < pixels; ++i, from += sample * static_cast<size_t>(stored)) {
        for (int c = 0; c < open.channels.count; ++c, to += sample) {
            std::memcpy(
                to,
                from + sample * static_cast<size_t>(open.channels.order[static_cast<size_t>(c)]),
                sample);
        }
    }
    return image;
}

// OpenImageIO fills what a cut DPX or JPEG file lacks with black or grey and says nothing.
bool cutShort(const fs::path& path, const OpenPicture& open) {
    const std::string extension = lowerExtension(path);
    if (extension == ".dpx") {
        const DpxHeader header = readDpxHeader(path);
        const auto samples = static_cast<uint64_t>(open.spec.width) *
                             static_cast<uint64_t>(open.spec.height) *
                             static_cast<uint64_t>(open.spec.nchannels);
        const bool encoded = open.spec.get_string_attribute("compression", "none") != "none";
        return !encoded &&
               header.fileBytes <
                   header.pixels + samples * static_cast<uint64_t>(open.header.bitDepth) / 8;
    }
    if (extension != ".jpg" && extension != ".jpeg") {
        return false;
    }
    // Marker segments up to the scan, behind which only the end marker is FF D9.
    auto bytes = MappedFile::open(path);
    if (!bytes.ok()) {
        return true;
    }
    const std::span<const std::byte> all = bytes->bytes();
    const auto byte = [&](size_t i) { return static_cast<unsigned>(all[i]); };
    size_t at = 2;
    while (at + 4 <= all.size() && byte(at) == 0xff && byte(at + 1) != 0xda) {
        at += byte(at + 1) == 0xff ? 1 : 2 + (byte(at + 2) << 8 | byte(at + 3));
    }
    for (; at + 1 < all.size(); ++at) {
        if (byte(at) == 0xff && byte(at + 1) == 0xd9) {
            return false;
        }
    }
    return true;
}

bool inOrder(const PictureChannels& channels) {
    for (int c = 0; c < channels.count; ++c) {
        if (channels.order[static_cast<size_t>(c)] != c) {
            return false;
        }
    }
    return channels.end - channels.begin == channels.count;
}

}  // namespace

Result<PictureHeader> readPictureHeader(const fs::path& path) {
    US_ASSIGN(OpenPicture open, openPicture(path));
    return std::move(open.header);
}

Result<Picture> readPicture(const fs::path& path) {
    US_ASSIGN(OpenPicture open, openPicture(path));
    const PictureChannels& channels = open.channels;
    const OIIO::TypeDesc type = oiioType(open.header.type);
    Image data;
    bool complete = false;
    if (inOrder(channels)) {
        data = Image(open.spec.width, open.spec.height, channels.count, open.header.type);
        complete = open.input->read_image(open.subimage, 0, channels.begin, channels.end, type,
                                          data.data());
    } else {
        const int stored = channels.end - channels.begin;
        std::vector<std::byte> raw(static_cast<size_t>(open.spec.width) * open.spec.height *
                                   static_cast<size_t>(stored) * bytesPerSample(open.header.type));
        complete = open.input->read_image(open.subimage, 0, channels.begin, channels.end, type,
                                          raw.data());
        data = chosenChannels(raw, stored, open);
    }
    const std::string why = complete ? "" : open.input->geterror();
    if (!complete || cutShort(path, open)) {
        Error error = pictureError(path, complete ? "it is cut short" : why);
        error.code = ErrorCode::corruptData;
        return error;
    }
    return Picture{open.header, orient(shownPart(data, open.spec), open.orientation)};
}

}  // namespace understudy::media
