#include "media/source/frame_source.h"

#include <cmath>
#include <filesystem>
#include <utility>

#include "media/source/found_sequence.h"
#include "media/source/movie_source.h"
#include "media/source/sequence_source.h"

namespace understudy::media {

namespace {

// The same frames under another name of their values and at another rate.
class SaidSource final : public FrameSource {
  public:
    SaidSource(std::unique_ptr<FrameSource> file, const ReadAs& as)
        : file_(std::move(file)), info_(file_->info()) {
        info_.encodingGuessed = info_.encodingGuessed && as.encoding.empty();
        info_.rateGuessed = info_.rateGuessed && as.rate <= 0;
        if (!as.encoding.empty() && as.encoding != info_.encoding.name) {
            info_.encoding.name = as.encoding;
            info_.encodingSaid = true;
        }
        if (as.rate > 0 && std::abs(as.rate - info_.rate.value()) > kSameRate) {
            info_.rate = rateFrom(as.rate);
        }
    }

    const SourceInfo& info() const override { return info_; }

    Result<Frame> read(FrameNumber number) override {
        auto frame = file_->read(number);
        if (frame.ok()) {
            frame->encoding = info_.encoding;
        }
        return frame;
    }

    Result<std::optional<Frame>> next() override {
        auto frame = file_->next();
        if (frame.ok() && frame->has_value()) {
            (*frame)->encoding = info_.encoding;
        }
        return frame;
    }

  private:
    static constexpr double kSameRate = 1e-4;

    std::unique_ptr<FrameSource> file_;
    SourceInfo info_;
};

}  // namespace

Rational rateFrom(double framesPerSecond) {
    const double whole = std::round(framesPerSecond);
    const auto number = static_cast<int64_t>(whole);
    if (std::abs(framesPerSecond - whole) < 5e-4) {
        return {number, 1};
    }
    const auto above = static_cast<int64_t>(std::ceil(framesPerSecond));
    if (std::abs(framesPerSecond - static_cast<double>(above) * 1000 / 1001) < 5e-3) {
        return {above * 1000, 1001};
    }
    return {static_cast<int64_t>(std::llround(framesPerSecond * 1000)), 1000};
}

Result<std::unique_ptr<FrameSource>> openSource(const std::string& path, const ReadAs& as) {
    US_ASSIGN(auto file, openSource(path));
    if (as == ReadAs()) {
        return file;
    }
    return std::unique_ptr<FrameSource>(std::make_unique<SaidSource>(std::move(file), as));
}

Result<std::unique_ptr<FrameSource>> openSource(const std::string& path, WantedPixels wanted) {
    std::error_code code;
    if (path.empty()) {
        return Error{ErrorCode::missingInput, "no file was named", "",
                     "Name a movie, a picture sequence or a folder"};
    }
    if (std::filesystem::is_regular_file(path, code) && !isPicturePath(path)) {
        return openMovie(path, wanted);
    }
    US_ASSIGN(const FoundSequence found, findSequence(path));
    return openSequence(found);
}

}  // namespace understudy::media
