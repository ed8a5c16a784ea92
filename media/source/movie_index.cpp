#include "media/source/movie_index.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "media/base/median.h"
#include "media/source/libav_handles.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace understudy::media {

namespace {

// More starts than these do not help a frame that still comes out faulty.
constexpr size_t kMostStarts = 4;

bool everyFrameAlone(const AVCodecParameters& parameters) {
    const AVCodecDescriptor* codec = avcodec_descriptor_get(parameters.codec_id);
    return codec != nullptr && (codec->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
}

}  // namespace

// A QuickTime file lists its frames in front, and where each stands alone the order of the list is
// the order of presentation: no need to read through a hundred gigabytes.
bool MovieIndex::buildFromList(AVFormatContext& input, int stream) {
    AVStream* video = input.streams[stream];
    const int count = avformat_index_get_entries_count(video);
    if (std::strstr(input.iformat->name, "mov") == nullptr || count < 1 ||
        !everyFrameAlone(*video->codecpar)) {
        return false;
    }
    const int64_t size = avio_size(input.pb);
    for (int i = 0; i < count; ++i) {
        const AVIndexEntry* entry = avformat_index_get_entry(video, i);
        if (size > 0 && entry->pos + entry->size > size) {
            damaged_ = true;
            break;
        }
        packets_.push_back({entry->timestamp, entry->timestamp, true,
                            (entry->flags & AVINDEX_DISCARD_FRAME) == 0});
    }
    return !packets_.empty();
}

void MovieIndex::buildByReading(AVFormatContext& input, int stream) {
    // Invisible reference frames have packets and times of their own in VP8.
    exact_ = input.streams[stream]->codecpar->codec_id != AV_CODEC_ID_VP8;
    const libav::PacketHandle packet = libav::newPacket();
    int code = 0;
    while ((code = av_read_frame(&input, packet.get())) >= 0) {
        if (packet->stream_index == stream) {
            exact_ = exact_ && packet->pts != AV_NOPTS_VALUE;
            damaged_ = damaged_ || (packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
            packets_.push_back({packet->pts,
                                packet->dts != AV_NOPTS_VALUE ? packet->dts : packet->pts,
                                (packet->flags & AV_PKT_FLAG_KEY) != 0,
                                (packet->flags & AV_PKT_FLAG_DISCARD) == 0});
        }
        av_packet_unref(packet.get());
    }
    damaged_ = damaged_ || code != AVERROR_EOF;
}

MovieIndex MovieIndex::build(AVFormatContext& input, int stream) {
    for (unsigned i = 0; i < input.nb_streams; ++i) {
        input.streams[i]->discard =
            static_cast<int>(i) == stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    }
    MovieIndex index;
    index.alone_ = everyFrameAlone(*input.streams[stream]->codecpar);
    if (!index.buildFromList(input, stream)) {
        index.buildByReading(input, stream);
    }
    index.byTime_.resize(index.packets_.size());
    std::iota(index.byTime_.begin(), index.byTime_.end(), size_t{0});
    std::stable_sort(index.byTime_.begin(), index.byTime_.end(), [&](size_t a, size_t b) {
        return index.packets_[a].pts < index.packets_[b].pts;
    });
    for (size_t i = 0; i < index.byTime_.size(); ++i) {
        const Packet& current = index.packets_[index.byTime_[i]];
        if (i > 0 && current.pts == index.packets_[index.byTime_[i - 1]].pts) {
            index.exact_ = false;
        }
        if (current.shown) {
            index.presentation_.push_back(index.byTime_[i]);
        }
    }
    return index;
}

int64_t MovieIndex::ptsOf(FrameNumber number) const {
    US_CHECK(number >= 1 && number <= frames());
    return packets_[presentation_[static_cast<size_t>(number - 1)]].pts;
}

std::optional<FrameNumber> MovieIndex::numberOf(int64_t pts) const {
    const auto found =
        std::lower_bound(presentation_.begin(), presentation_.end(), pts,
                         [&](size_t packet, int64_t time) { return packets_[packet].pts < time; });
    if (found == presentation_.end() || packets_[*found].pts != pts) {
        return std::nullopt;
    }
    return found - presentation_.begin() + 1;
}

std::optional<size_t> MovieIndex::positionOf(int64_t pts) const {
    const auto found =
        std::lower_bound(byTime_.begin(), byTime_.end(), pts,
                         [&](size_t packet, int64_t time) { return packets_[packet].pts < time; });
    if (found == byTime_.end() || packets_[*found].pts != pts) {
        return std::nullopt;
    }
    return *found;
}

std::vector<size_t> MovieIndex::startsFor(FrameNumber number) const {
    const size_t position = presentation_[static_cast<size_t>(number - 1)];
    std::vector<size_t> starts;
    if (alone_) {
        return {position};
    }
    for (size_t i = position + 1; i-- > 0 && starts.size() < kMostStarts;) {
        // A frame shown before its key frame also needs what precedes the key frame.
        if (packets_[i].key && packets_[i].pts <= packets_[position].pts) {
            starts.push_back(i);
        }
    }
    if (starts.empty()) {
        starts.push_back(0);
    }
    return starts;
}

bool MovieIndex::variableRate() const {
    if (!exact_ || presentation_.size() < 3) {
        return false;
    }
    int64_t shortest = INT64_MAX;
    int64_t longest = 0;
    for (FrameNumber n = 2; n <= frames(); ++n) {
        const int64_t step = ptsOf(n) - ptsOf(n - 1);
        shortest = std::min(shortest, step);
        longest = std::max(longest, step);
    }
    return longest - shortest > std::max<int64_t>(2, longest / 4);
}

bool MovieIndex::cutAfterHole() {
    constexpr int64_t kMostReordered = 16;  // frames that any codec holds back
    if (!exact_ || frames() < 3) {
        return false;
    }
    std::vector<int64_t> steps;
    for (FrameNumber n = 2; n <= frames(); ++n) {
        steps.push_back(ptsOf(n) - ptsOf(n - 1));
    }
    const int64_t step = medianOf(std::move(steps));
    const bool reordered = !std::is_sorted(presentation_.begin(), presentation_.end());
    for (FrameNumber n = 2; reordered && n <= frames(); ++n) {
        if (2 * (ptsOf(n) - ptsOf(n - 1)) > 3 * step) {
            // Holes further in front are a varying rate, not a lost end.
            if (n <= frames() - kMostReordered) {
                return false;
            }
            cutAfter(n - 1);
            return true;
        }
    }
    return false;
}

void MovieIndex::cutAfter(FrameNumber last) {
    presentation_.resize(std::min(presentation_.size(), static_cast<size_t>(last)));
}

}  // namespace understudy::media
