#include "media/source/libav_handles.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "media/base/file.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <libswscale/swscale.h>
}

namespace understudy::media::libav {

namespace fs = std::filesystem;

namespace {

constexpr const char* kContainers =
    "mov,mp4,matroska,webm,avi,mxf,mxf_opatom,mpegts,mpeg,mpegvideo,asf,flv,ogg,nut,ivf,dv,gxf,lxf,"
    "h264,hevc,m4v,obu,mjpeg,yuv4mpegpipe,gif,apng,rm,wtv,swf,nuv,v210,vc1";

// Whether the first bytes are those of a movie container, however damaged the rest may be.
bool looksLikeMovie(const std::string& path) {
    std::array<char, 12> head{};
    std::ifstream file(path, std::ios::binary);
    file.read(head.data(), head.size());
    const auto has = [&](size_t at, const char* text) {
        return std::memcmp(head.data() + at, text, std::strlen(text)) == 0;
    };
    return has(4, "ftyp") || has(4, "moov") || has(4, "mdat") || has(4, "wide") || has(4, "free") ||
           has(0, "\x1a\x45\xdf\xa3") || has(0, "RIFF") || has(0, "\x06\x0e\x2b\x34") ||
           has(0, "OggS");
}

Status checkFile(const std::string& path) {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (!fs::exists(status)) {
        return Error{ErrorCode::missingInput, "there is no such file", path,
                     "Check the name and that the disk is connected"};
    }
    if (fs::is_directory(status)) {
        return Error{ErrorCode::missingInput, "this is a folder, not a movie", path,
                     "Give a movie, or a folder with one image sequence"};
    }
    if (!fs::is_regular_file(status)) {
        return Error{ErrorCode::missingInput, "this is not a file", path, "Give a movie file"};
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return Error{ErrorCode::missingInput, "the file cannot be opened: " + errnoText(errno),
                     path, "Check that you may read it"};
    }
    if (fs::file_size(path, code) == 0 && !code) {
        return Error{ErrorCode::missingInput, "the file is empty", path,
                     "Copy it again from where it came from"};
    }
    return {};
}

}  // namespace

void Free::operator()(AVFormatContext* context) const {
    avformat_close_input(&context);
}
void Free::operator()(AVCodecContext* context) const {
    avcodec_free_context(&context);
}
void Free::operator()(AVFrame* frame) const {
    av_frame_free(&frame);
}
void Free::operator()(AVPacket* packet) const {
    av_packet_free(&packet);
}
void Free::operator()(SwsContext* context) const {
    sws_freeContext(context);
}

FrameHandle newFrame() {
    FrameHandle frame(av_frame_alloc());
    US_CHECK(frame != nullptr);
    return frame;
}

PacketHandle newPacket() {
    PacketHandle packet(av_packet_alloc());
    US_CHECK(packet != nullptr);
    return packet;
}

std::string errorText(int code) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(code, text.data(), text.size());
    return text.data();
}

Result<Input> openInput(const std::string& path) {
    US_TRY(checkFile(path));
    // What it prints about damaged media is said by our own errors.
    av_log_set_level(AV_LOG_QUIET);
    AVDictionary* options = nullptr;
    av_dict_set(&options, "format_whitelist", kContainers, 0);
    av_dict_set(&options, "protocol_whitelist", "file", 0);
    AVFormatContext* opened = nullptr;
    const int code = avformat_open_input(&opened, ("file:" + path).c_str(), nullptr, &options);
    av_dict_free(&options);
    Input input(opened);
    if (code < 0) {
        if (looksLikeMovie(path)) {
            return Error{ErrorCode::corruptData,
                         "the movie is cut short or damaged: " + errorText(code), path,
                         "Copy it again from where it came from; a recording that was not finished "
                         "may have lost its index"};
        }
        return Error{ErrorCode::missingInput, "this is not a movie or picture that can be read",
                     path,
                     "Give a movie (mp4, mov, mkv, avi, mxf) or an image sequence (exr, dpx, tiff, "
                     "png, jpeg)"};
    }
    if (const int found = avformat_find_stream_info(input.get(), nullptr); found < 0) {
        return Error{ErrorCode::corruptData,
                     "the movie's streams cannot be read: " + errorText(found), path,
                     "Copy it again from where it came from"};
    }
    return input;
}

}  // namespace understudy::media::libav
