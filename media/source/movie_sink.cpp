#include "media/source/movie_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>

#include "media/base/file.h"
#include "media/color/color_transforms.h"
#include "media/source/audio_copy.h"
#include "media/source/libav_handles.h"
#include "media/source/yuv.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/timecode.h>
}

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr int kUnspecified = 2;
constexpr int kBt709 = 1;
constexpr int kBt601 = 6;
constexpr int kSrgbTransfer = 13;

struct FreeOutput {
    void operator()(AVFormatContext* context) const {
        if (context->pb != nullptr) {
            avio_closep(&context->pb);
        }
        avformat_free_context(context);
    }
};

// Without a word from the user the tags are what players assume for the size, and are written, so
// that all of them agree.
VideoTags completeTags(VideoTags tags, int height, const ColorEncoding& encoding) {
    if (!knownMatrix(tags.matrix)) {
        tags.matrix = height < 720 ? kBt601 : kBt709;
    }
    const int family = tags.matrix == 5 ? kBt601 : tags.matrix;
    if (tags.primaries == kUnspecified) {
        tags.primaries = tags.matrix;
    }
    if (tags.transfer == kUnspecified) {
        tags.transfer = encoding.name == "srgb"                ? kSrgbTransfer
                        : encoding.name == "bt709"             ? kBt709
                        : encoding.name == "bt601"             ? kBt601
                        : family == kBt601 || family == kBt709 ? family
                                                               : kBt709;
    }
    return tags;
}

class MovieSink final : public FrameSink {
  public:
    MovieSink(std::string path, const SinkOptions& options)
        : path_(std::move(path)), options_(options) {
        fs::path temporary(path_);
        std::string name = temporary.filename().string();
        name.insert(0, 1, '.');
        name += ".part";
        temporary_ = temporary.parent_path() / name;
    }

    ~MovieSink() override {
        const bool opened = output_ != nullptr && output_->pb != nullptr;
        output_.reset();
        if (opened && !finished_) {
            ::unlink(temporary_.c_str());
        }
    }

    Status begin() {
        av_log_set_level(AV_LOG_QUIET);
        const std::string extension = fs::path(path_).extension().string();
        const char* muxer = extension == ".mov" ? "mov" : extension == ".mkv" ? "matroska" : "mp4";
        const std::string url = "file:" + temporary_.string();
        AVFormatContext* output = nullptr;
        if (avformat_alloc_output_context2(&output, nullptr, muxer, url.c_str()) < 0) {
            return Error{ErrorCode::environment, "libav cannot write this kind of movie", path_,
                         "Install FFmpeg's libraries with mp4, mov and matroska"};
        }
        output_.reset(output);
        if (const int code = avio_open(&output->pb, url.c_str(), AVIO_FLAG_WRITE); code < 0) {
            return failed(code);
        }
        US_TRY(makeEncoder());
        stream_ = avformat_new_stream(output, nullptr);
        US_CHECK(stream_ != nullptr);
        if (!options_.audioFrom.empty()) {
            US_ASSIGN(audio_, AudioCopy::open(options_.audioFrom, *output, options_.rate,
                                              options_.audioStart));
        }
        return {};
    }

    Status write(const Frame& frame) override {
        const std::string where = path_ + ", frame " + std::to_string(frame.number);
        if (frame.pixels.width() != options_.width || frame.pixels.height() != options_.height) {
            return Error{ErrorCode::usage, "the frame has another size than the movie", where, ""};
        }
        if (started_ && frame.number <= last_) {
            return Error{ErrorCode::usage, "frames of a movie must follow each other", where, ""};
        }
        Image converted;
        const Image* pixels = &frame.pixels;
        ColorEncoding encoding = frame.encoding;
        if (encoding.sceneLinear() || encoding.name == "acescct") {
            if (!transforms_.has_value()) {
                transforms_ = ColorTransforms::fromEnvironment();
            }
            encoding.name = "srgb";
            US_ASSIGN(converted, transforms_->convert(frame.pixels, frame.encoding, encoding));
            pixels = &converted;
        }
        if (!started_) {
            first_ = frame.number;
            US_TRY(start(encoding, frame.timecode));
        }
        last_ = frame.number;
        if (av_frame_make_writable(picture_.get()) < 0) {
            return failed(AVERROR(ENOMEM));
        }
        yuvFromRgb(*pixels, layout_,
                   {WritablePlane{picture_->data[0], picture_->linesize[0]},
                    WritablePlane{picture_->data[1], picture_->linesize[1]},
                    WritablePlane{picture_->data[2], picture_->linesize[2]}});
        picture_->pts = frame.number - first_;
        return encode(picture_.get());
    }

    Status finish() override {
        if (!started_) {
            return Error{ErrorCode::usage, "no frame was written to the movie", path_, ""};
        }
        US_TRY(encode(nullptr));
        const double end = static_cast<double>(last_ - first_ + 1) / options_.rate.value();
        if (const int code = audio_.writeUpTo(end); code < 0) {
            return failed(code);
        }
        if (const int code = av_write_trailer(output_.get()); code < 0) {
            return failed(code);
        }
        if (const int code = output_->pb->error; code < 0) {
            return failed(code);
        }
        if (const int code = avio_closep(&output_->pb); code < 0) {
            ::unlink(temporary_.c_str());
            return failed(code);
        }
        const Status moved = moveIntoPlace();
        if (!moved.ok()) {
            ::unlink(temporary_.c_str());
        }
        finished_ = true;
        return moved;
    }

  private:
    Error failed(int code) const {
        // libav's own errors have no system number; those of files and memory do.
        const int number = code > -4096 && code < 0 ? AVUNERROR(code) : EIO;
        Error error = writeError(number, path_);
        if (number == EIO && code != AVERROR(EIO)) {
            error.message = "cannot write: " + libav::errorText(code);
        }
        return error;
    }

    Status makeEncoder() {
        const AVCodec* codec = avcodec_find_encoder_by_name("libx264");
        if (codec == nullptr) {
            return Error{ErrorCode::environment, "libav has no H.264 encoder (libx264)", path_,
                         "Install FFmpeg's libraries with libx264, or write an image sequence"};
        }
        encoder_.reset(avcodec_alloc_context3(codec));
        US_CHECK(encoder_ != nullptr);
        return {};
    }

    void configure(const ColorEncoding& encoding) {
        const VideoTags tags = completeTags(options_.tags, options_.height, encoding);
        // Halved chroma needs even sizes.
        const bool even = options_.width % 2 == 0 && options_.height % 2 == 0;
        layout_.chromaShiftX = layout_.chromaShiftY = even ? 1 : 0;
        layout_.fullRange = tags.fullRange;
        layout_.matrix = tags.matrix;
        AVCodecContext& encoder = *encoder_;
        encoder.width = options_.width;
        encoder.height = options_.height;
        encoder.pix_fmt = even ? AV_PIX_FMT_YUV420P : AV_PIX_FMT_YUV444P;
        encoder.time_base = {static_cast<int>(options_.rate.denominator),
                             static_cast<int>(options_.rate.numerator)};
        encoder.framerate = av_inv_q(encoder.time_base);
        encoder.sample_aspect_ratio = av_d2q(options_.pixelAspect, 4096);
        encoder.color_primaries = static_cast<AVColorPrimaries>(tags.primaries);
        encoder.color_trc = static_cast<AVColorTransferCharacteristic>(tags.transfer);
        encoder.colorspace = static_cast<AVColorSpace>(tags.matrix);
        encoder.color_range = tags.fullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
        encoder.chroma_sample_location = even ? AVCHROMA_LOC_LEFT : AVCHROMA_LOC_UNSPECIFIED;
        // A key frame each second or so keeps scrubbing quick.
        encoder.gop_size = std::clamp(static_cast<int>(options_.rate.value() + 0.5), 12, 60);
        if ((output_->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
            encoder.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
        }
    }

    Status start(const ColorEncoding& encoding, const std::optional<std::string>& timecode) {
        configure(encoding);
        AVDictionary* settings = nullptr;
        av_dict_set(&settings, "preset", options_.quick ? "veryfast" : "medium", 0);
        av_dict_set_int(&settings, "crf", options_.quality, 0);
        const int code = avcodec_open2(encoder_.get(), encoder_->codec, &settings);
        av_dict_free(&settings);
        if (code < 0) {
            return Error{ErrorCode::usage,
                         "the H.264 encoder refuses this movie: " + libav::errorText(code), path_,
                         "Use a picture size and rate that H.264 allows, or an image sequence"};
        }
        avcodec_parameters_from_context(stream_->codecpar, encoder_.get());
        stream_->time_base = encoder_->time_base;
        stream_->avg_frame_rate = encoder_->framerate;
        stream_->sample_aspect_ratio = encoder_->sample_aspect_ratio;
        AVTimecode parsed;
        if (timecode.has_value() && av_timecode_init_from_string(&parsed, encoder_->framerate,
                                                                 timecode->c_str(), nullptr) >= 0) {
            av_dict_set(&stream_->metadata, "timecode", timecode->c_str(), 0);
        }
        AVDictionary* muxing = nullptr;
        av_dict_set(&muxing, "movflags", "+faststart+write_colr", 0);
        const int written = avformat_write_header(output_.get(), &muxing);
        av_dict_free(&muxing);
        if (written < 0) {
            return failed(written);
        }
        picture_ = libav::newFrame();
        picture_->format = encoder_->pix_fmt;
        picture_->width = options_.width;
        picture_->height = options_.height;
        if (av_frame_get_buffer(picture_.get(), 0) < 0) {
            return failed(AVERROR(ENOMEM));
        }
        picture_->color_range = encoder_->color_range;
        packet_ = libav::newPacket();
        started_ = true;
        return {};
    }

    // Null flushes what the encoder holds back.
    Status encode(const AVFrame* picture) {
        if (const int code = avcodec_send_frame(encoder_.get(), picture); code < 0) {
            return failed(code);
        }
        while (true) {
            const int got = avcodec_receive_packet(encoder_.get(), packet_.get());
            if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) {
                break;
            }
            if (got < 0) {
                return failed(got);
            }
            packet_->duration = 1;
            const double seconds = static_cast<double>(packet_->pts) / options_.rate.value();
            av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
            packet_->stream_index = stream_->index;
            if (const int code = audio_.writeUpTo(seconds); code < 0) {
                return failed(code);
            }
            if (const int code = av_interleaved_write_frame(output_.get(), packet_.get());
                code < 0) {
                return failed(code);
            }
        }
        if (output_->pb->error < 0) {
            return failed(output_->pb->error);
        }
        return {};
    }

    Status moveIntoPlace() const {
        {
            const FileHandle file(::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC));
            if (!file || ::fsync(file.get()) != 0) {
                return writeError(errno, path_);
            }
        }
        if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
            return writeError(errno, path_);
        }
        return syncFolder(fs::path(path_).parent_path());
    }

    std::string path_;
    fs::path temporary_;
    SinkOptions options_;
    std::unique_ptr<AVFormatContext, FreeOutput> output_;
    libav::Codec encoder_;
    libav::FrameHandle picture_;
    libav::PacketHandle packet_;
    AudioCopy audio_;
    AVStream* stream_ = nullptr;
    YuvLayout layout_;
    std::optional<ColorTransforms> transforms_;
    FrameNumber first_ = 0;
    FrameNumber last_ = 0;
    bool started_ = false;
    bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<FrameSink>> createMovieSink(const std::string& path,
                                                   const SinkOptions& options) {
    if (options.width <= 0 || options.height <= 0 || options.rate.numerator <= 0 ||
        options.rate.denominator <= 0) {
        return Error{ErrorCode::usage, "a movie needs a picture size and a frame rate", path, ""};
    }
    auto sink = std::make_unique<MovieSink>(path, options);
    US_TRY(sink->begin());
    return std::unique_ptr<FrameSink>(std::move(sink));
}

}  // namespace understudy::media
