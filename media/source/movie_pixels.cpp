#include "media/source/movie_pixels.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "media/source/movie_planes.h"
#include "media/source/yuv.h"

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace understudy::media {

namespace {

const AVPixFmtDescriptor& descriptorOf(int format) {
    const AVPixFmtDescriptor* descriptor = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(format));
    US_CHECK(descriptor != nullptr);
    return *descriptor;
}

bool isGrey(const AVPixFmtDescriptor& descriptor) {
    return descriptor.nb_components <= 2 && (descriptor.flags & AV_PIX_FMT_FLAG_PAL) == 0;
}

bool isRgbFormat(const AVPixFmtDescriptor& descriptor) {
    return (descriptor.flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
}

// Planes of whole samples in the processor's byte order, which yuv.h reads as they are.
bool isPlainYuv(const AVPixFmtDescriptor& descriptor) {
    if (isRgbFormat(descriptor) ||
        (descriptor.flags & (AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_BITSTREAM |
                             AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_HWACCEL)) != 0 ||
        descriptor.log2_chroma_w > 1 || descriptor.log2_chroma_h > 1 ||
        descriptor.nb_components == 2) {
        return false;
    }
    for (int i = 0; i < descriptor.nb_components; ++i) {
        const AVComponentDescriptor& component = descriptor.comp[i];
        if (component.plane != i || component.shift != 0 || component.offset != 0 ||
            component.depth != descriptor.comp[0].depth || component.depth < 8 ||
            component.step != (component.depth > 8 ? 2 : 1)) {
            return false;
        }
    }
    return true;
}

bool isPlainYuv8(const AVPixFmtDescriptor& descriptor) {
    return isPlainYuv(descriptor) && descriptor.comp[0].depth == 8 && descriptor.nb_components != 4;
}

// The nearest format that is read directly, without any change of colour on the way.
AVPixelFormat plainFormatFor(const AVPixFmtDescriptor& descriptor) {
    const bool alpha = (descriptor.flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
    const int depth = descriptor.comp[0].depth;
    if (isRgbFormat(descriptor)) {
        if (depth > 8) {
            return alpha ? AV_PIX_FMT_RGBA64LE : AV_PIX_FMT_RGB48LE;
        }
        return alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24;
    }
    if (isGrey(descriptor)) {
        return depth > 8 ? AV_PIX_FMT_GRAY16LE : AV_PIX_FMT_GRAY8;
    }
    if (alpha) {
        return depth > 8 ? AV_PIX_FMT_YUVA444P16LE : AV_PIX_FMT_YUVA444P;
    }
    const bool halfWidth = descriptor.log2_chroma_w == 1;
    const bool halfHeight = descriptor.log2_chroma_h == 1;
    if (halfWidth && halfHeight) {
        return depth > 8 ? (depth == 10 ? AV_PIX_FMT_YUV420P10LE : AV_PIX_FMT_YUV420P16LE)
                         : AV_PIX_FMT_YUV420P;
    }
    if (halfWidth) {
        return depth > 8 ? (depth == 10 ? AV_PIX_FMT_YUV422P10LE : AV_PIX_FMT_YUV422P16LE)
                         : AV_PIX_FMT_YUV422P;
    }
    return depth > 8 ? AV_PIX_FMT_YUV444P16LE : AV_PIX_FMT_YUV444P;
}

Image packedImage(const AVFrame& frame) {
    const AVPixFmtDescriptor& descriptor = descriptorOf(frame.format);
    Image image(frame.width, frame.height, descriptor.nb_components,
                descriptor.comp[0].depth > 8 ? SampleType::u16 : SampleType::u8);
    for (int y = 0; y < frame.height; ++y) {
        std::memcpy(image.data() + static_cast<size_t>(y) * image.rowBytes(),
                    frame.data[0] + static_cast<ptrdiff_t>(y) * frame.linesize[0],
                    image.rowBytes());
    }
    return image;
}

struct PlainYuv {
    YuvLayout layout;
    std::array<Plane, 4> planes;
};

// `plain` holds the planes; `tagged`, the same frame as decoded, says what they mean.
PlainYuv plainYuv(const AVFrame& plain, const AVFrame& tagged, bool centredChroma) {
    const AVPixFmtDescriptor& layoutOf = descriptorOf(plain.format);
    PlainYuv yuv;
    yuv.layout.depth = layoutOf.comp[0].depth;
    yuv.layout.chromaShiftX = layoutOf.log2_chroma_w;
    yuv.layout.chromaShiftY = layoutOf.log2_chroma_h;
    yuv.layout.fullRange = MoviePixels::fullRange(tagged);
    yuv.layout.matrix = MoviePixels::effectiveMatrix(tagged);
    const AVChromaLocation siting = tagged.chroma_location;
    yuv.layout.chromaLeft = siting == AVCHROMA_LOC_UNSPECIFIED
                                ? !centredChroma
                                : siting != AVCHROMA_LOC_CENTER && siting != AVCHROMA_LOC_TOP;
    yuv.layout.chromaTop = siting == AVCHROMA_LOC_TOPLEFT || siting == AVCHROMA_LOC_TOP;
    for (size_t i = 0; i < 4 && plain.data[i] != nullptr; ++i) {
        yuv.planes[i] = {plain.data[i], plain.linesize[i]};
    }
    return yuv;
}

}  // namespace

int MoviePixels::effectiveMatrix(const AVFrame& frame) {
    return knownMatrix(frame.colorspace) ? static_cast<int>(frame.colorspace)
           : frame.height < 720          ? 6
                                         : 1;
}

bool MoviePixels::fullRange(const AVFrame& frame) {
    switch (frame.format) {
        case AV_PIX_FMT_YUVJ420P:
        case AV_PIX_FMT_YUVJ422P:
        case AV_PIX_FMT_YUVJ444P:
        case AV_PIX_FMT_YUVJ440P:
        case AV_PIX_FMT_YUVJ411P:
            return true;
        default:
            break;
    }
    if (isRgb(frame) || isGrey(descriptorOf(frame.format))) {
        return frame.color_range != AVCOL_RANGE_MPEG;
    }
    return frame.color_range == AVCOL_RANGE_JPEG;
}

bool MoviePixels::isRgb(const AVFrame& frame) {
    return isRgbFormat(descriptorOf(frame.format));
}

int MoviePixels::bitDepth(const AVFrame& frame) {
    return std::max(8, descriptorOf(frame.format).comp[0].depth);
}

VideoTags MoviePixels::tagsOf(const AVFrame& frame) {
    VideoTags tags;
    tags.primaries = frame.color_primaries;
    tags.transfer = frame.color_trc;
    // 0 says RGB, which is a lie about planes of luma and chroma.
    tags.matrix = frame.colorspace == AVCOL_SPC_RGB ? 2 : static_cast<int>(frame.colorspace);
    // RGB is always full, which must not make a movie written with these tags so.
    tags.fullRange = !isRgb(frame) && fullRange(frame);
    return tags;
}

ColorEncoding MoviePixels::encodingOf(const AVFrame& frame) {
    switch (frame.color_trc) {
        case AVCOL_TRC_IEC61966_2_1:
            return {"srgb"};
        case AVCOL_TRC_BT709:
        case AVCOL_TRC_BT2020_10:
        case AVCOL_TRC_BT2020_12:
            return {"bt709"};
        case AVCOL_TRC_SMPTE170M:
        case AVCOL_TRC_GAMMA28:
        case AVCOL_TRC_GAMMA22:
            return {"bt601"};
        case AVCOL_TRC_SMPTE2084:
            return {"pq"};
        case AVCOL_TRC_ARIB_STD_B67:
            return {"hlg"};
        case AVCOL_TRC_LINEAR:
            return {"scene_linear"};
        default:
            break;
    }
    if (isRgb(frame)) {
        return {"srgb"};
    }
    const int matrix = effectiveMatrix(frame);
    return {matrix == 1 || matrix == 9 ? "bt709" : "bt601"};
}

Result<libav::FrameHandle> MoviePixels::converted(const AVFrame& frame, int pixelFormat) {
    const int key[] = {frame.width, frame.height, frame.format, pixelFormat};
    if (scaler_ == nullptr || !std::equal(std::begin(key), std::end(key), scalerKey_)) {
        scaler_.reset(
            sws_getContext(frame.width, frame.height, static_cast<AVPixelFormat>(frame.format),
                           frame.width, frame.height, static_cast<AVPixelFormat>(pixelFormat),
                           SWS_POINT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT,
                           nullptr, nullptr, nullptr));
        std::copy(std::begin(key), std::end(key), scalerKey_);
        if (scaler_ != nullptr) {
            // The same on both sides, so that samples are only moved.
            const int* coefficients = sws_getCoefficients(SWS_CS_ITU709);
            sws_setColorspaceDetails(scaler_.get(), coefficients, 1, coefficients, 1, 0, 1 << 16,
                                     1 << 16);
        }
    }
    libav::FrameHandle result = libav::newFrame();
    result->format = pixelFormat;
    result->width = frame.width;
    result->height = frame.height;
    if (scaler_ == nullptr || av_frame_get_buffer(result.get(), 0) < 0 ||
        sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, result->data,
                  result->linesize) < 0) {
        const char* name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(frame.format));
        return Error{
            ErrorCode::corruptData,
            std::string("the pixel format cannot be read: ") + (name != nullptr ? name : "unknown"),
            "", "Convert the movie to another format, ProRes or H.264 for example"};
    }
    return result;
}

Result<Image> MoviePixels::toRgb(const AVFrame& frame, bool centredChroma) {
    const AVPixFmtDescriptor& descriptor = descriptorOf(frame.format);
    const AVFrame* plain = &frame;
    libav::FrameHandle copy;
    if (!isPlainYuv(descriptor)) {
        US_ASSIGN(copy, converted(frame, plainFormatFor(descriptor)));
        if (isRgbFormat(descriptor)) {
            return packedImage(*copy);
        }
        plain = copy.get();
    }
    const PlainYuv yuv = plainYuv(*plain, frame, centredChroma);
    return rgbFromYuv(yuv.layout, yuv.planes, frame.width, frame.height);
}

Result<Image> MoviePixels::toGrey(const AVFrame& frame, bool centredChroma) {
    if (!isPlainYuv8(descriptorOf(frame.format))) {
        return toRgb(frame, centredChroma);
    }
    const PlainYuv yuv = plainYuv(frame, frame, centredChroma);
    return greyFromYuv(yuv.layout, yuv.planes, frame.width, frame.height);
}

std::shared_ptr<const FramePlanes> MoviePixels::planesOf(const AVFrame& frame, bool centredChroma) {
    return isPlainYuv8(descriptorOf(frame.format))
               ? moviePlanes(frame, plainYuv(frame, frame, centredChroma).layout)
               : nullptr;
}

}  // namespace understudy::media
