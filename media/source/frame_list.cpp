#include "media/source/frame_list.h"

#include <algorithm>
#include <optional>

namespace understudy::media {

namespace {

constexpr size_t kMostParts = 100'000;
constexpr size_t kMostNumbers = 10'000'000;
constexpr size_t kMostShown = 50;  // parts of a list in a message
constexpr std::string_view kDigits = "0123456789";

Error fault(const std::string& what, std::string_view part) {
    return Error{ErrorCode::usage, what + ": " + std::string(part.substr(0, 80)), "frame range",
                 "Write frames as 1001-1100, 1001-1100x2 or 1001-1100,1150"};
}

// The number at the front, which is taken off.
Result<FrameNumber> numberOff(std::string_view& text, std::string_view part) {
    const size_t digits = std::min(text.find_first_not_of(kDigits), text.size());
    if (digits == 0) {
        return fault(text.starts_with('-') ? "frame numbers below zero cannot be used"
                                           : "this is no frame range",
                     part);
    }
    if (digits > kMostDigits) {
        return fault("a frame number has more than 18 digits", part);
    }
    FrameNumber number = 0;
    for (const char c : text.substr(0, digits)) {
        number = number * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return number;
}

Result<FrameRange> rangeOf(std::string_view part) {
    std::string_view text = part;
    FrameRange range;
    US_ASSIGN(range.first, numberOff(text, part));
    range.last = range.first;
    if (text.starts_with('-')) {
        text.remove_prefix(1);
        US_ASSIGN(range.last, numberOff(text, part));
        if (text.starts_with('x')) {
            text.remove_prefix(1);
            US_ASSIGN(range.step, numberOff(text, part));
        }
    }
    if (!text.empty()) {
        return fault("this is no frame range", part);
    }
    if (range.last < range.first) {
        return fault("the frame range runs backwards", part);
    }
    if (range.step < 1) {
        return fault("the step of a frame range is at least 1", part);
    }
    return range;
}

std::string_view trimmed(std::string_view text) {
    const size_t first = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

std::string textOf(const FrameRange& range) {
    std::string text = std::to_string(range.first);
    if (range.last != range.first) {
        text += "-" + std::to_string(range.last);
        text += range.step != 1 ? "x" + std::to_string(range.step) : "";
    }
    return text;
}

}  // namespace

Result<FrameList> FrameList::parse(std::string_view text) {
    FrameList list;
    while (true) {
        const size_t comma = std::min(text.find(','), text.size());
        if (list.ranges_.size() >= kMostParts) {
            return fault("the frame range has more than a hundred thousand parts", text);
        }
        US_ASSIGN(FrameRange range, rangeOf(trimmed(text.substr(0, comma))));
        // One frame has no step, however it is written.
        range.step = range.first == range.last ? 1 : range.step;
        list.ranges_.push_back(range);
        if (comma == text.size()) {
            return list;
        }
        text.remove_prefix(comma + 1);
    }
}

bool FrameList::looksLike(std::string_view text) {
    return text.find_first_not_of("0123456789-,x") == std::string_view::npos &&
           text.find_first_of(kDigits) != std::string_view::npos;
}

bool FrameList::contains(FrameNumber number) const {
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [number](const FrameRange& range) { return range.contains(number); });
}

std::string FrameList::text() const {
    std::string text;
    for (const FrameRange& range : ranges_) {
        text += (text.empty() ? "" : ",") + textOf(range);
    }
    return text;
}

FrameList FrameList::of(const std::vector<FrameNumber>& numbers) {
    FrameList list;
    for (const FrameNumber number : numbers) {
        if (list.ranges_.empty() || list.ranges_.back().last + 1 != number) {
            list.ranges_.push_back({number, number, 1});
        } else {
            list.ranges_.back().last = number;
        }
    }
    return list;
}

Result<std::vector<FrameNumber>> FrameList::numbers() const {
    std::vector<FrameNumber> numbers;
    for (const FrameRange& range : ranges_) {
        const auto count = static_cast<size_t>((range.last - range.first) / range.step) + 1;
        if (count > kMostNumbers - numbers.size()) {
            return fault("the frame range has more than ten million frames", textOf(range));
        }
        for (size_t i = 0; i < count; ++i) {
            numbers.push_back(range.first + static_cast<FrameNumber>(i) * range.step);
        }
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return numbers;
}

FrameList withHandles(const FrameList& chosen, FrameNumber handles, FrameNumber first,
                      FrameNumber last, const std::vector<FrameNumber>& missing) {
    std::vector<FrameNumber> frames;
    if (chosen.ranges().empty()) {
        return {};
    }
    FrameNumber lowest = chosen.ranges().front().first;
    FrameNumber highest = lowest;
    for (const FrameRange& range : chosen.ranges()) {
        lowest = std::min(lowest, range.first);
        highest = std::max(highest, range.last - (range.last - range.first) % range.step);
    }
    for (FrameNumber number = std::max(first, lowest - handles);
         number <= std::min(last, highest + handles); ++number) {
        const bool handle = number < lowest || number > highest;
        if ((handle || chosen.contains(number)) &&
            !std::binary_search(missing.begin(), missing.end(), number)) {
            frames.push_back(number);
        }
    }
    return FrameList::of(frames);
}

Result<std::string> framesWithHandles(const std::string& chosen, FrameNumber handles,
                                      FrameNumber first, FrameNumber last,
                                      const std::vector<FrameNumber>& missing) {
    if (chosen.empty() || handles == 0) {
        return chosen;
    }
    US_ASSIGN(const FrameList list, FrameList::parse(chosen));
    const std::string more = withHandles(list, handles, first, last, missing).text();
    return more.empty() ? chosen : more;
}

std::string framesText(const std::vector<FrameNumber>& numbers) {
    std::string text;
    const FrameList list = FrameList::of(numbers);
    size_t shown = 0;
    size_t left = numbers.size();
    for (const FrameRange& range : list.ranges()) {
        if (shown++ == kMostShown) {
            return text + " and " + std::to_string(left) + " more";
        }
        text += (text.empty() ? "" : ", ") + textOf(range);
        left -= static_cast<size_t>(range.last - range.first) + 1;
    }
    return text;
}

}  // namespace understudy::media
