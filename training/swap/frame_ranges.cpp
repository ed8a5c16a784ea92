#include "training/swap/frame_ranges.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace understudy::training {

namespace {

constexpr int64_t kMostFrames = 10'000'000;
constexpr int64_t kLargestNumber = 1'000'000'000;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

// Takes a number, which may be negative, from the front of `text`.
std::optional<int64_t> takeNumber(std::string_view& text) {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number > kLargestNumber || number < -kLargestNumber) {
        return std::nullopt;
    }
    text.remove_prefix(end - text.data());
    return number;
}

bool takeLetter(std::string_view& text, char letter) {
    if (text.empty() || text.front() != letter) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

struct Range {
    int64_t first = 0;
    int64_t last = 0;
    int64_t step = 1;
};

std::optional<Range> parseRange(std::string_view text) {
    Range range;
    const auto first = takeNumber(text);
    if (!first) {
        return std::nullopt;
    }
    range.first = range.last = *first;
    if (takeLetter(text, '-')) {
        const auto last = takeNumber(text);
        if (!last || *last < range.first) {
            return std::nullopt;
        }
        range.last = *last;
        if (takeLetter(text, 'x')) {
            const auto step = takeNumber(text);
            if (!step || *step < 1) {
                return std::nullopt;
            }
            range.step = *step;
        }
    }
    return text.empty() ? std::optional(range) : std::nullopt;
}

}  // namespace

Result<std::vector<int64_t>> parseFrameRanges(std::string_view text) {
    const auto wrong = [](std::string_view part, const char* what) {
        return Error{ErrorCode::usage, what, std::string(part),
                     "Write frames like 1001-1010,1020 or 1001-1100x10."};
    };
    std::vector<int64_t> frames;
    size_t begin = 0;
    while (begin <= text.size()) {
        const size_t comma = std::min(text.find(',', begin), text.size());
        const std::string_view part = trimmed(text.substr(begin, comma - begin));
        begin = comma + 1;
        const auto range = parseRange(part);
        if (!range) {
            return wrong(part, "this is not a frame or a range of frames");
        }
        if ((range->last - range->first) / range->step + 1 + static_cast<int64_t>(frames.size()) >
            kMostFrames) {
            return wrong(part, "there are more than ten million frames in this list");
        }
        for (int64_t frame = range->first; frame <= range->last; frame += range->step) {
            frames.push_back(frame);
        }
    }
    std::sort(frames.begin(), frames.end());
    frames.erase(std::unique(frames.begin(), frames.end()), frames.end());
    return frames;
}

std::string frameRangesText(const std::vector<int64_t>& frames) {
    std::string text;
    for (size_t i = 0; i < frames.size();) {
        size_t end = i + 1;
        while (end < frames.size() && frames[end] == frames[end - 1] + 1) {
            ++end;
        }
        if (!text.empty()) {
            text.push_back(',');
        }
        text.append(std::to_string(frames[i]));
        if (end - i > 1) {
            text.append("-").append(std::to_string(frames[end - 1]));
        }
        i = end;
    }
    return text;
}

}  // namespace understudy::training
