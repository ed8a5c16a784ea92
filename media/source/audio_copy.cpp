#include "media/source/audio_copy.h"

#include <cmath>
#include <cstring>

#include "media/base/log.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace understudy::media {

Result<AudioCopy> AudioCopy::open(const std::string& path, AVFormatContext& output,
                                  const Rational& rate, FrameNumber firstFrame) {
    AudioCopy copy;
    US_ASSIGN(copy.input_, libav::openInput(path));
    AVFormatContext& input = *copy.input_;
    copy.output_ = &output;
    copy.packet_ = libav::newPacket();
    copy.streams_.assign(input.nb_streams, -1);
    for (unsigned i = 0; i < input.nb_streams; ++i) {
        AVStream& from = *input.streams[i];
        from.discard = AVDISCARD_ALL;
        if (from.codecpar->codec_type != AVMEDIA_TYPE_AUDIO) {
            continue;
        }
        if (avformat_query_codec(output.oformat, from.codecpar->codec_id, FF_COMPLIANCE_NORMAL) !=
            1) {
            logWarning("the sound of " + path + " (" + avcodec_get_name(from.codecpar->codec_id) +
                       ") cannot be put into ." + output.oformat->name +
                       " without changing it and was left out; write .mov or .mkv instead");
            continue;
        }
        AVStream* to = avformat_new_stream(&output, nullptr);
        US_CHECK(to != nullptr);
        avcodec_parameters_copy(to->codecpar, from.codecpar);
        to->codecpar->codec_tag = 0;
        to->time_base = from.time_base;
        to->disposition = from.disposition;
        if (const auto* language = av_dict_get(from.metadata, "language", nullptr, 0)) {
            av_dict_set(&to->metadata, "language", language->value, 0);
        }
        from.discard = AVDISCARD_DEFAULT;
        copy.streams_[i] = to->index;
        copy.ended_ = false;
    }
    const int video = av_find_best_stream(&input, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
    if (video >= 0 && input.streams[video]->start_time != AV_NOPTS_VALUE) {
        copy.zero_ = static_cast<double>(input.streams[video]->start_time) *
                     av_q2d(input.streams[video]->time_base);
    }
    const double offset = static_cast<double>(firstFrame - 1) / rate.value();
    if (!copy.ended_ && offset > 2) {
        copy.zero_ += offset;
        // A second of run-up; without an index the packets are simply read from the beginning.
        av_seek_frame(&input, -1, static_cast<int64_t>((copy.zero_ - 1) * AV_TIME_BASE),
                      AVSEEK_FLAG_BACKWARD);
    } else {
        copy.zero_ += offset;
    }
    return copy;
}

bool AudioCopy::place() {
    const int index = streams_[static_cast<size_t>(packet_->stream_index)];
    if (index < 0 || packet_->pts == AV_NOPTS_VALUE) {
        return false;
    }
    const AVStream& from = *input_->streams[packet_->stream_index];
    const auto shift = static_cast<int64_t>(std::llround(zero_ / av_q2d(from.time_base)));
    packet_->pts -= shift;
    packet_->dts = packet_->dts == AV_NOPTS_VALUE ? packet_->pts : packet_->dts - shift;
    packet_->pos = -1;
    // Only mp4 and mov can say that the first packet begins before the picture does.
    const bool edits = std::strcmp(output_->oformat->name, "matroska") != 0;
    if (packet_->pts < 0 && (!edits || packet_->pts + packet_->duration <= 0)) {
        return false;
    }
    return true;
}

int AudioCopy::writeUpTo(double seconds) {
    while (!ended_) {
        if (!pending_) {
            if (av_read_frame(input_.get(), packet_.get()) < 0) {
                ended_ = true;
                break;
            }
            if (!place()) {
                av_packet_unref(packet_.get());
                continue;
            }
            pending_ = true;
        }
        const AVStream& from = *input_->streams[packet_->stream_index];
        if (static_cast<double>(packet_->pts) * av_q2d(from.time_base) >= seconds) {
            break;
        }
        const int index = streams_[static_cast<size_t>(packet_->stream_index)];
        av_packet_rescale_ts(packet_.get(), from.time_base, output_->streams[index]->time_base);
        packet_->stream_index = index;
        pending_ = false;
        if (const int code = av_interleaved_write_frame(output_, packet_.get()); code < 0) {
            return code;
        }
    }
    return 0;
}

}  // namespace understudy::media
