#include "media/source/sequence_source.h"

#include <algorithm>
#include <filesystem>

#include "media/base/log.h"
#include "media/frame/image_ops.h"
#include "media/source/picture_io.h"

namespace understudy::media {

namespace {

constexpr FrameNumber kWidestSequence = 10'000'000;

class SequenceSource final : public FrameSource {
  public:
    SequenceSource(const FoundSequence& found, const PictureHeader& header) : found_(found) {
        found_.pattern.folder =
            std::filesystem::absolute(found.pattern.folder.empty() ? "." : found.pattern.folder)
                .lexically_normal();
        info_.kind = SourceInfo::Kind::sequence;
        info_.path = found_.text();
        info_.first = found_.numbers.front();
        info_.last = found_.numbers.back();
        info_.frames = static_cast<int64_t>(found_.numbers.size());
        info_.missing = gaps();
        info_.warnings = found_.warnings;
        warnOfAbsent();
        info_.rate = header.rate.value_or(Rational{24, 1});
        info_.rateGuessed = !header.rate;
        info_.width = header.width;
        info_.height = header.height;
        info_.pixelAspect = header.pixelAspect;
        info_.bitDepth = header.bitDepth;
        info_.encoding = header.encoding;
        info_.encodingGuessed = header.encodingGuessed;
        info_.timecode = header.timecode;
        if (!header.warning.empty()) {
            info_.warnings.push_back(header.warning);
        }
    }

    const SourceInfo& info() const override { return info_; }

    Result<Frame> read(FrameNumber number) override {
        const auto found = std::lower_bound(found_.numbers.begin(), found_.numbers.end(), number);
        if (found == found_.numbers.end() || *found != number) {
            const bool inside = number >= info_.first && number <= info_.last;
            return Error{ErrorCode::missingInput,
                         (inside ? "frame " : "there is no frame ") + std::to_string(number) +
                             (inside ? " is missing" : ""),
                         found_.pattern.file(number).string(),
                         inside ? "Render or copy it, or leave the frame out"
                                : "The sequence has the frames " + std::to_string(info_.first) +
                                      " to " + std::to_string(info_.last)};
        }
        position_ = static_cast<size_t>(found - found_.numbers.begin()) + 1;
        return load(number);
    }

    Result<std::optional<Frame>> next() override {
        while (position_ < found_.numbers.size()) {
            const FrameNumber number = found_.numbers[position_++];
            auto frame = load(number);
            if (frame.ok()) {
                return std::optional<Frame>(std::move(frame).value());
            }
            logWarning(describe(frame.error()) + " (left out)");
        }
        return std::optional<Frame>();
    }

  private:
    std::vector<FrameNumber> gaps() const {
        std::vector<FrameNumber> missing;
        for (size_t i = 1; i < found_.numbers.size(); ++i) {
            for (FrameNumber n = found_.numbers[i - 1] + 1; n < found_.numbers[i]; ++n) {
                missing.push_back(n);
            }
        }
        return missing;
    }

    // Frames that were asked for, or lie between others, and are not there; files without content
    // count, since a render that failed leaves them behind.
    void warnOfAbsent() {
        std::vector<FrameNumber> absent = info_.missing;
        if (found_.asked.has_value()) {
            absent.clear();
            for (const FrameRange& range : found_.asked->ranges()) {
                for (FrameNumber n = range.first; n <= range.last; n += range.step) {
                    if (!std::binary_search(found_.numbers.begin(), found_.numbers.end(), n)) {
                        absent.push_back(n);
                    }
                }
            }
            std::sort(absent.begin(), absent.end());
            absent.erase(std::unique(absent.begin(), absent.end()), absent.end());
        }
        warnOf(absent, "missing");
        std::vector<FrameNumber> empty;
        std::error_code ignored;
        for (const FrameNumber n : found_.numbers) {
            if (std::filesystem::file_size(found_.pattern.file(n), ignored) == 0) {
                empty.push_back(n);
            }
        }
        warnOf(empty, "empty");
    }

    void warnOf(const std::vector<FrameNumber>& frames, const std::string& what) {
        if (!frames.empty()) {
            info_.warnings.push_back((frames.size() == 1
                                          ? "1 frame is "
                                          : std::to_string(frames.size()) + " frames are ") +
                                     what + ": " + framesText(frames));
        }
    }

    Result<Frame> load(FrameNumber number) const {
        US_ASSIGN(Picture picture, readPicture(found_.pattern.file(number)));
        if (picture.header.width != info_.width || picture.header.height != info_.height) {
            return Error{ErrorCode::missingInput,
                         "the picture is " + std::to_string(picture.header.width) + " x " +
                             std::to_string(picture.header.height) + " pixels and the others are " +
                             std::to_string(info_.width) + " x " + std::to_string(info_.height),
                         found_.pattern.file(number).string(),
                         "Move pictures of another size elsewhere, or render them again"};
        }
        Frame frame;
        frame.number = number;
        frame.pixels = picture.pixels.channels() < 3 ? convertChannels(picture.pixels, 3)
                                                     : std::move(picture.pixels);
        frame.encoding = picture.header.encoding;
        frame.pixelAspect = picture.header.pixelAspect;
        frame.timecode = picture.header.timecode;
        return frame;
    }

    FoundSequence found_;
    SourceInfo info_;
    size_t position_ = 0;  // in found_.numbers, of what next() gives
};

}  // namespace

Result<std::unique_ptr<FrameSource>> openSequence(const FoundSequence& found) {
    if (found.numbers.back() - found.numbers.front() > kWidestSequence) {
        return Error{ErrorCode::missingInput,
                     "the frame numbers lie too far apart to be one sequence", found.pattern.text(),
                     "Move the files that do not belong to it elsewhere"};
    }
    // A damaged first frame must not hide the others.
    Result<PictureHeader> header = readPictureHeader(found.pattern.file(found.numbers.front()));
    for (size_t i = 1; i < std::min<size_t>(found.numbers.size(), 16) && !header.ok(); ++i) {
        auto other = readPictureHeader(found.pattern.file(found.numbers[i]));
        if (other.ok()) {
            header = std::move(other);
        }
    }
    if (!header.ok()) {
        return header.error();
    }
    return std::unique_ptr<FrameSource>(std::make_unique<SequenceSource>(found, *header));
}

}  // namespace understudy::media
