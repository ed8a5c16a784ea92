#include "media/extract/ordered_reader.h"

namespace understudy::media {

namespace {

constexpr FrameNumber kNear = 4;

}  // namespace

Result<Frame> OrderedReader::read(FrameNumber number) {
    if (last_ && *last_ < number && number - *last_ <= kNear) {
        while (true) {
            Result<std::optional<Frame>> frame = source_.next();
            if (!frame.ok() || !frame->has_value() || (*frame)->number > number) {
                break;  // by seeking, whose error is the one to report
            }
            last_ = (*frame)->number;
            if ((*frame)->number == number) {
                return std::move(**frame);
            }
        }
    }
    Result<Frame> frame = source_.read(number);
    last_ = frame.ok() ? std::optional(number) : std::nullopt;
    return frame;
}

}  // namespace understudy::media
