#include "media/align/mask_correction.h"

#include <algorithm>
#include <optional>

#include "media/base/check.h"

namespace understudy::media {

namespace {

constexpr std::byte kFormat{1};
constexpr size_t kNumbers = 6;                     // width, height and the box, 16 bits each
constexpr size_t kHeader = 1 + 2 * kNumbers;       // bytes
constexpr int64_t kMostPixels = int64_t{1} << 28;  // of a box: 16K by 16K

void putNumber(std::vector<std::byte>& bytes, int number) {
    bytes.push_back(static_cast<std::byte>(number & 255));
    bytes.push_back(static_cast<std::byte>(number >> 8));
}

void putRun(std::vector<std::byte>& runs, uint64_t length, uint8_t level) {
    for (; length >= 128; length >>= 7) {
        runs.push_back(static_cast<std::byte>(128 | (length & 127)));
    }
    runs.push_back(static_cast<std::byte>(length));
    runs.push_back(static_cast<std::byte>(level));
}

struct Run {
    int64_t length = 0;
    uint8_t level = 0;
};

// The run at `place`, which moves behind it; nothing where there is none that makes sense.
std::optional<Run> takeRun(std::span<const std::byte> runs, size_t& place) {
    Run run;
    for (int shift = 0; shift < 35 && place < runs.size(); shift += 7) {
        const auto byte = static_cast<int64_t>(runs[place++]);
        run.length |= (byte & 127) << shift;
        if (byte < 128) {
            if (place >= runs.size() || run.length == 0) {
                return std::nullopt;
            }
            run.level = static_cast<uint8_t>(runs[place++]);
            return run;
        }
    }
    return std::nullopt;
}

// The smallest box around what is not kLeave; empty where all is.
MaskCorrection::Box paintedBox(int width, int height, std::span<const uint8_t> levels) {
    const auto painted = [](uint8_t level) { return level != MaskCorrection::kLeave; };
    int left = width;
    int right = 0;
    int top = height;
    int bottom = 0;
    for (int y = 0; y < height; ++y) {
        const auto row = levels.subspan(static_cast<size_t>(y) * width, width);
        const auto first = std::find_if(row.begin(), row.end(), painted);
        if (first == row.end()) {
            continue;
        }
        const auto last = std::find_if(row.rbegin(), row.rend(), painted);
        left = std::min(left, static_cast<int>(first - row.begin()));
        right = std::max(right, static_cast<int>(row.rend() - last));
        top = std::min(top, y);
        bottom = y + 1;
    }
    return bottom == 0 ? MaskCorrection::Box{}
                       : MaskCorrection::Box{left, top, right - left, bottom - top};
}

Error damaged() {
    return {ErrorCode::corruptData, "a painted correction of a mask is damaged", "",
            "Take it away and paint it again"};
}

}  // namespace

MaskCorrection MaskCorrection::fromLevels(int width, int height, std::span<const uint8_t> levels) {
    return fromPart(width, height, {0, 0, width, height}, levels);
}

MaskCorrection MaskCorrection::fromPart(int width, int height, const Box& part,
                                        std::span<const uint8_t> levels) {
    US_CHECK(width > 0 && height > 0 && width <= kMostSide && height <= kMostSide);
    US_CHECK(part.x >= 0 && part.y >= 0 && part.width >= 0 && part.height >= 0 &&
             part.x + part.width <= width && part.y + part.height <= height);
    US_CHECK(levels.size() == static_cast<size_t>(part.width) * static_cast<size_t>(part.height));
    MaskCorrection result;
    result.width_ = width;
    result.height_ = height;
    const Box painted = paintedBox(part.width, part.height, levels);
    if (painted == Box{}) {
        return result;
    }
    result.box_ = {part.x + painted.x, part.y + painted.y, painted.width, painted.height};
    uint64_t length = 0;
    uint8_t level = 0;
    for (int y = painted.y; y < painted.y + painted.height; ++y) {
        for (int x = painted.x; x < painted.x + painted.width; ++x) {
            const uint8_t here = levels[static_cast<size_t>(y) * part.width + x];
            if (length > 0 && here != level) {
                putRun(result.runs_, length, level);
                length = 0;
            }
            level = here;
            ++length;
        }
    }
    putRun(result.runs_, length, level);
    return result;
}

Result<MaskCorrection> MaskCorrection::fromBytes(std::span<const std::byte> bytes) {
    if (bytes.size() < kHeader || bytes[0] != kFormat) {
        return damaged();
    }
    MaskCorrection result;
    size_t at = 1;
    for (int* number : {&result.width_, &result.height_, &result.box_.x, &result.box_.y,
                        &result.box_.width, &result.box_.height}) {
        *number = static_cast<int>(bytes[at]) | static_cast<int>(bytes[at + 1]) << 8;
        at += 2;
    }
    const Box& box = result.box_;
    const int64_t pixels = static_cast<int64_t>(box.width) * box.height;
    if (result.width_ == 0 || result.height_ == 0 || box.x + box.width > result.width_ ||
        box.y + box.height > result.height_ || pixels > kMostPixels) {
        return damaged();
    }
    const auto runs = bytes.subspan(kHeader);
    int64_t covered = 0;
    for (size_t place = 0; place < runs.size();) {
        const auto run = takeRun(runs, place);
        if (!run || run->length > pixels - covered) {
            return damaged();
        }
        covered += run->length;
    }
    if (covered != pixels) {
        return damaged();
    }
    result.runs_.assign(runs.begin(), runs.end());
    return result;
}

std::vector<uint8_t> MaskCorrection::levels() const {
    std::vector<uint8_t> levels;
    levels.reserve(static_cast<size_t>(box_.width) * static_cast<size_t>(box_.height));
    for (size_t place = 0; place < runs_.size();) {
        const auto run = takeRun(runs_, place);
        US_CHECK(run.has_value());
        levels.insert(levels.end(), static_cast<size_t>(run->length), run->level);
    }
    return levels;
}

std::vector<std::byte> MaskCorrection::bytes() const {
    std::vector<std::byte> bytes = {kFormat};
    for (const int number : {width_, height_, box_.x, box_.y, box_.width, box_.height}) {
        putNumber(bytes, number);
    }
    bytes.insert(bytes.end(), runs_.begin(), runs_.end());
    return bytes;
}

}  // namespace understudy::media
