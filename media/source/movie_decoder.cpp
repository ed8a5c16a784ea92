#include "media/source/movie_decoder.h"

#include <algorithm>
#include <thread>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace understudy::media {

namespace {

// Going on decoding is cheaper than seeking when the frame's key packet is at most this far ahead.
constexpr size_t kNearPackets = 12;
constexpr int kMostThreads = 4;

}  // namespace

Result<MovieDecoder> MovieDecoder::open(const std::string& path) {
    MovieDecoder decoder;
    decoder.path_ = path;
    decoder.frame_ = libav::newFrame();
    decoder.packet_ = libav::newPacket();
    US_ASSIGN(decoder.input_, libav::openInput(path));
    AVFormatContext* input = decoder.input_.get();
    decoder.stream_ = av_find_best_stream(input, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    decoder.hasAudio_ = av_find_best_stream(input, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0) >= 0;
    if (decoder.stream_ < 0) {
        return Error{ErrorCode::missingInput, "the file has no picture in it", path,
                     "Give a movie with a video track"};
    }
    decoder.index_ = MovieIndex::build(*input, decoder.stream_);
    if (decoder.index_.packets().empty()) {
        return Error{ErrorCode::corruptData, "the movie has no frames", path,
                     "Copy it again from where it came from; the recording may not be finished"};
    }
    US_TRY(decoder.openCodec());
    if (!decoder.index_.exact()) {
        decoder.countFrames();
    }
    return decoder;
}

AVStream& MovieDecoder::stream() const {
    return *input_->streams[stream_];
}

Status MovieDecoder::openCodec() {
    const AVCodecParameters& parameters = *stream().codecpar;
    const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
    if (codec == nullptr) {
        return Error{ErrorCode::missingInput,
                     std::string("there is no decoder for the codec ") +
                         avcodec_get_name(parameters.codec_id),
                     path_, "Convert the movie to ProRes, DNxHR or H.264"};
    }
    codec_.reset(avcodec_alloc_context3(codec));
    if (codec_ == nullptr || avcodec_parameters_to_context(codec_.get(), &parameters) < 0) {
        return Error{ErrorCode::corruptData, "the movie's codec settings are damaged", path_,
                     "Copy it again from where it came from"};
    }
    codec_->pkt_timebase = stream().time_base;
    codec_->max_pixels = int64_t{1} << 28;
    codec_->thread_count =
        std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMostThreads);
    // Threads that work on several frames at once tell of damage in one only by chance, and delay
    // the first frame after every seek.
    codec_->thread_type = FF_THREAD_SLICE;
    if (const int code = avcodec_open2(codec_.get(), codec, nullptr); code < 0) {
        return Error{ErrorCode::corruptData,
                     "the movie's decoder cannot be started: " + libav::errorText(code), path_,
                     "Convert the movie to ProRes, DNxHR or H.264"};
    }
    centredChroma_ = codec->id == AV_CODEC_ID_MJPEG;
    return {};
}

void MovieDecoder::countFrames() {
    if (!seekToBeginning()) {
        return;
    }
    while (nextFrame() != 0) {
        counted_ = passed_;
    }
    drained_ = true;
    current_ = 0;
}

bool MovieDecoder::seekToBeginning() {
    int64_t first = INT64_MAX;
    for (const MovieIndex::Packet& packet : index_.packets()) {
        for (const int64_t time : {packet.pts, packet.dts}) {
            first = time != AV_NOPTS_VALUE ? std::min(first, time) : first;
        }
    }
    const bool timed = first != INT64_MAX;
    if (!timed || av_seek_frame(input_.get(), stream_, first, AVSEEK_FLAG_BACKWARD) < 0 ||
        !index_.exact()) {
        // Formats without a usable index go back to their first byte by being opened again.
        auto again = libav::openInput(path_);
        if (!again.ok() || static_cast<int>((*again)->nb_streams) <= stream_) {
            return false;
        }
        input_ = std::move(again).value();
        for (unsigned i = 0; i < input_->nb_streams; ++i) {
            input_->streams[i]->discard =
                static_cast<int>(i) == stream_ ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
        }
    }
    avcodec_flush_buffers(codec_.get());
    av_packet_unref(packet_.get());
    passed_ = 0;
    current_ = 0;
    fed_ = 0;
    skipBefore_ = 0;
    drained_ = false;
    return true;
}

// Puts the input at or before the packet.
bool MovieDecoder::seekTo(size_t packet) {
    const MovieIndex::Packet& target = index_.packets()[packet];
    if (packet == 0) {
        return seekToBeginning();
    }
    for (const int64_t time : {target.pts, target.dts}) {
        if (av_seek_frame(input_.get(), stream_, time, AVSEEK_FLAG_BACKWARD) < 0) {
            continue;
        }
        // Containers seek by their own idea of time, so look where this one landed.
        av_packet_unref(packet_.get());
        while (av_read_frame(input_.get(), packet_.get()) >= 0) {
            if (packet_->stream_index == stream_) {
                const std::optional<size_t> landed = index_.positionOf(packet_->pts);
                if (landed.has_value() && *landed <= packet) {
                    return true;
                }
                break;
            }
            av_packet_unref(packet_.get());
        }
        av_packet_unref(packet_.get());
    }
    return seekToBeginning();
}

bool MovieDecoder::startAt(size_t packet) {
    if (!seekTo(packet)) {
        return false;
    }
    avcodec_flush_buffers(codec_.get());
    passed_ = 0;
    current_ = 0;
    fed_ = packet;
    skipBefore_ = packet;
    drained_ = false;
    return true;
}

// Gives the decoder one more packet, or tells it that there are none. False when it is drained.
bool MovieDecoder::feed() {
    if (drained_) {
        return false;
    }
    while (packet_->data != nullptr || av_read_frame(input_.get(), packet_.get()) >= 0) {
        bool wanted = packet_->stream_index == stream_;
        if (wanted && index_.exact()) {
            const std::optional<size_t> position = index_.positionOf(packet_->pts);
            wanted = position.has_value() && *position >= skipBefore_;
            fed_ = wanted ? *position : fed_;
        }
        // A packet that the decoder refuses is damaged: its frame will be missed by number.
        const int code = wanted ? avcodec_send_packet(codec_.get(), packet_.get()) : 0;
        if (code == AVERROR(EAGAIN)) {
            return true;
        }
        av_packet_unref(packet_.get());
        if (wanted) {
            return true;
        }
    }
    drained_ = true;
    avcodec_send_packet(codec_.get(), nullptr);
    return true;
}

// The number of the next frame out of the decoder, which is then in frame_; 0 at the end.
FrameNumber MovieDecoder::nextFrame() {
    while (true) {
        const int code = avcodec_receive_frame(codec_.get(), frame_.get());
        if (code >= 0) {
            if (!index_.exact()) {
                return current_ = ++passed_;
            }
            const std::optional<FrameNumber> number = index_.numberOf(frame_->pts);
            if (number.has_value()) {
                return current_ = passed_ = *number;
            }
            continue;
        }
        if (code == AVERROR_EOF || (code != AVERROR(EAGAIN) && drained_) || !feed()) {
            current_ = 0;
            return 0;
        }
    }
}

bool MovieDecoder::faulty() const {
    return (frame_->flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame_->decode_error_flags != 0;
}

bool MovieDecoder::decodeUpTo(FrameNumber number) {
    while (const FrameNumber got = nextFrame()) {
        if (got >= number) {
            return got == number && !faulty();
        }
    }
    return false;
}

bool MovieDecoder::canGoOnTo(FrameNumber number) const {
    if (drained_ && passed_ == 0) {
        return false;
    }
    if (number <= passed_) {
        return false;
    }
    return !index_.exact() || number == passed_ + 1 ||
           index_.startsFor(number).front() <= fed_ + kNearPackets;
}

const AVFrame* MovieDecoder::decode(FrameNumber number) {
    if (faulty_.count(number) != 0) {
        return nullptr;
    }
    if (current_ == number && !faulty()) {
        return frame_.get();
    }
    if (canGoOnTo(number) && decodeUpTo(number)) {
        return frame_.get();
    }
    if (!index_.exact()) {
        if (seekToBeginning() && decodeUpTo(number)) {
            return frame_.get();
        }
        faulty_.insert(number);
        return nullptr;
    }
    for (const size_t start : index_.startsFor(number)) {
        if (startAt(start) && decodeUpTo(number)) {
            return frame_.get();
        }
    }
    faulty_.insert(number);
    return nullptr;
}

}  // namespace understudy::media
