#include "media/source/movie_source.h"

#include <array>
#include <cmath>
#include <filesystem>

#include "media/base/log.h"
#include "media/frame/image_ops.h"
#include "media/source/container_size.h"
#include "media/source/movie_decoder.h"
#include "media/source/movie_pixels.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/timecode.h>
}

namespace understudy::media {

namespace {

// Frames at the end that may be dropped while looking for the last one that can be decoded.
constexpr int kMostCutFrames = 512;

// The display matrix as an orientation of orient(): what is shown at (x', y') = (a x + c y, b x +
// d y) for a stored picture.
int orientationOf(const AVStream& stream) {
    const uint8_t* side = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
    if (side == nullptr) {
        return 1;
    }
    const auto* matrix = reinterpret_cast<const int32_t*>(side);
    const double a = matrix[0];
    const double b = matrix[1];
    const double c = matrix[3];
    const double d = matrix[4];
    if (std::abs(a) + std::abs(d) >= std::abs(b) + std::abs(c)) {
        if (a == 0 && d == 0) {
            return 1;
        }
        return a >= 0 ? (d >= 0 ? 1 : 4) : (d >= 0 ? 2 : 3);
    }
    return b >= 0 ? (c >= 0 ? 5 : 6) : (c >= 0 ? 8 : 7);
}

Rational rateOf(AVFormatContext& input, AVStream& stream) {
    const AVRational average = stream.avg_frame_rate;
    const AVRational real = stream.r_frame_rate;
    AVRational rate = av_guess_frame_rate(&input, &stream, nullptr);
    // The lowest rate that fits all time stamps is exact where it is near the average.
    if (real.num > 0 && average.num > 0 && std::abs(av_q2d(real) / av_q2d(average) - 1) < 0.01) {
        rate = real;
    } else if (average.num > 0) {
        rate = average;
    }
    if (rate.num <= 0 || rate.den <= 0) {
        return {24, 1};
    }
    return {rate.num, rate.den};
}

std::string metadata(const AVDictionary* dictionary, const char* key) {
    const AVDictionaryEntry* entry = av_dict_get(dictionary, key, nullptr, 0);
    return entry != nullptr ? entry->value : "";
}

// The start time code that some track or the file itself carries; empty if none does.
std::string timecodeOf(const AVFormatContext& input, const AVStream& video) {
    std::string text = metadata(video.metadata, "timecode");
    for (unsigned i = 0; i < input.nb_streams && text.empty(); ++i) {
        text = metadata(input.streams[i]->metadata, "timecode");
    }
    return text.empty() ? metadata(input.metadata, "timecode") : text;
}

class MovieSource final : public FrameSource {
  public:
    static Result<std::unique_ptr<FrameSource>> open(const std::string& path, WantedPixels wanted) {
        US_ASSIGN(MovieDecoder decoder, MovieDecoder::open(path));
        auto source = std::unique_ptr<MovieSource>(new MovieSource(std::move(decoder), wanted));
        US_TRY(source->describe(path));
        return std::unique_ptr<FrameSource>(std::move(source));
    }

    const SourceInfo& info() const override { return info_; }

    Result<Frame> read(FrameNumber number) override {
        if (number < info_.first || number > info_.last) {
            return Error{ErrorCode::missingInput, "there is no frame " + std::to_string(number),
                         info_.path, "The movie has the frames 1 to " + std::to_string(info_.last)};
        }
        last_ = number;
        return frameOf(number);
    }

    Result<std::optional<Frame>> next() override {
        while (last_ < info_.last) {
            ++last_;
            if (decoder_.decode(last_) == nullptr) {
                logWarning("frame " + std::to_string(last_) + " of " + info_.path +
                           " is damaged and was left out");
                continue;
            }
            US_ASSIGN(Frame frame, frameOf(last_));
            return std::optional<Frame>(std::move(frame));
        }
        return std::optional<Frame>();
    }

  private:
    MovieSource(MovieDecoder decoder, WantedPixels wanted)
        : decoder_(std::move(decoder)), wanted_(wanted) {}

    Status describe(const std::string& path) {
        info_.kind = SourceInfo::Kind::movie;
        info_.path = std::filesystem::absolute(path).lexically_normal().string();
        info_.hasAudio = decoder_.hasAudio();
        const int64_t announced = decoder_.stream().nb_frames;
        const Ending ending = endingOf(path);
        const bool lacking = decoder_.index().damaged() || ending == Ending::cut ||
                             (decoder_.index().exact() && announced > decoder_.frames());
        const bool whole =
            !lacking && (ending == Ending::complete || announced == decoder_.frames());
        // In a whole file a hole is a frame that is shown longer.
        const bool hole = !whole && decoder_.index().cutAfterHole();
        const bool doubtful = lacking || hole;
        info_.last = decoder_.frames();
        const AVFrame* frame = firstGoodFrame();
        if (frame == nullptr) {
            return Error{ErrorCode::corruptData, "none of the movie's frames can be decoded", path,
                         "Copy it again from where it came from"};
        }
        describePicture(*frame);
        if (doubtful) {
            cutUnreadableEnd(announced);
        }
        info_.frames = info_.last;
        info_.rate = rateOf(const_cast<AVFormatContext&>(decoder_.input()), decoder_.stream());
        if (decoder_.index().variableRate()) {
            info_.warnings.push_back(
                "The frame rate varies: frames are numbered as they follow each other, and a "
                "constant rate of " +
                std::to_string(info_.rate.value()) + " is assumed");
        }
        startTimecode(timecodeOf(decoder_.input(), decoder_.stream()));
        return {};
    }

    const AVFrame* firstGoodFrame() {
        const FrameNumber tried = std::min<FrameNumber>(info_.last, 64);
        for (FrameNumber number = 1; number <= tried; ++number) {
            if (const AVFrame* frame = decoder_.decode(number)) {
                return frame;
            }
        }
        return nullptr;
    }

    void describePicture(const AVFrame& frame) {
        orientation_ = orientationOf(decoder_.stream());
        storedWidth_ = frame.width;
        storedHeight_ = frame.height;
        const bool sideways = orientation_ >= 5;
        info_.width = sideways ? frame.height : frame.width;
        info_.height = sideways ? frame.width : frame.height;
        const AVRational aspect =
            av_guess_sample_aspect_ratio(const_cast<AVFormatContext*>(&decoder_.input()),
                                         &decoder_.stream(), const_cast<AVFrame*>(&frame));
        if (aspect.num > 0 && aspect.den > 0) {
            info_.pixelAspect = sideways ? 1 / av_q2d(aspect) : av_q2d(aspect);
        }
        info_.bitDepth = MoviePixels::bitDepth(frame);
        info_.encoding = MoviePixels::encodingOf(frame);
        info_.tags = MoviePixels::tagsOf(frame);
        info_.encodingGuessed = frame.color_trc == AVCOL_TRC_UNSPECIFIED;
        if (frame.interlaced_frame != 0) {
            info_.warnings.push_back(
                "The movie is interlaced: faces in motion will show combs. Deinterlace it first");
        }
        if (info_.encoding.name == "pq" || info_.encoding.name == "hlg") {
            info_.warnings.push_back(
                "The movie is high dynamic range video and its values are used as they are. "
                "Convert it to scene-linear EXR to work in its full range");
        }
    }

    // Cut off in the middle, the last packets may be there in part only.
    void cutUnreadableEnd(int64_t announced) {
        for (int i = 0; i < kMostCutFrames && info_.last > 1; ++i) {
            if (decoder_.decode(info_.last) != nullptr) {
                break;
            }
            --info_.last;
        }
        decoder_.index().cutAfter(info_.last);
        std::string text = "The movie is cut short or damaged: " + std::to_string(info_.last);
        if (announced > info_.last) {
            text += " of " + std::to_string(announced);
        }
        info_.warnings.push_back(text +
                                 " frames can be read. Copy it again from where it came from");
    }

    void startTimecode(const std::string& text) {
        const AVRational rate{static_cast<int>(info_.rate.numerator),
                              static_cast<int>(info_.rate.denominator)};
        hasTimecode_ = !text.empty() &&
                       av_timecode_init_from_string(&timecode_, rate, text.c_str(), nullptr) >= 0;
        info_.timecode = timecodeAt(1);
    }

    Result<Frame> frameOf(FrameNumber number) {
        const AVFrame* decoded = decoder_.decode(number);
        const std::string where = info_.path + ", frame " + std::to_string(number);
        if (decoded == nullptr) {
            return Error{ErrorCode::missingInput, "the frame is damaged and cannot be decoded",
                         where, "Copy the movie again, or leave the frame out"};
        }
        if (decoded->width != storedWidth_ || decoded->height != storedHeight_) {
            return Error{ErrorCode::missingInput, "the picture size changes within the movie",
                         where, "Split the movie where its size changes"};
        }
        auto pixels = wanted_ == WantedPixels::greyIfCheap
                          ? pixels_.toGrey(*decoded, decoder_.centredChroma())
                          : pixels_.toRgb(*decoded, decoder_.centredChroma());
        if (!pixels.ok()) {
            Error error = pixels.error();
            error.where = where;
            return error;
        }
        Frame frame;
        frame.number = number;
        frame.pixels = orient(std::move(*pixels), orientation_);
        frame.encoding = info_.encoding;
        frame.pixelAspect = info_.pixelAspect;
        if (wanted_ == WantedPixels::greyIfCheap && orientation_ == 1) {
            frame.planes = MoviePixels::planesOf(*decoded, decoder_.centredChroma());
        }
        frame.timecode = timecodeAt(number);
        return frame;
    }

    std::optional<std::string> timecodeAt(FrameNumber number) const {
        if (!hasTimecode_) {
            return std::nullopt;
        }
        std::array<char, AV_TIMECODE_STR_SIZE> text{};
        return av_timecode_make_string(&timecode_, text.data(), static_cast<int>(number - 1));
    }

    MovieDecoder decoder_;
    WantedPixels wanted_;
    MoviePixels pixels_;
    SourceInfo info_;
    FrameNumber last_ = 0;
    int orientation_ = 1;
    int storedWidth_ = 0;
    int storedHeight_ = 0;
    bool hasTimecode_ = false;
    AVTimecode timecode_{};
};

}  // namespace

Result<std::unique_ptr<FrameSource>> openMovie(const std::string& path, WantedPixels wanted) {
    return MovieSource::open(path, wanted);
}

}  // namespace understudy::media
