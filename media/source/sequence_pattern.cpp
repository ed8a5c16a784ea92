#include "media/source/sequence_pattern.h"

#include <algorithm>

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kDigits = "0123456789";

size_t digitsAt(std::string_view text, size_t at) {
    const size_t end = text.find_first_not_of(kDigits, at);
    return (end == std::string_view::npos ? text.size() : end) - std::min(at, text.size());
}

FrameNumber numberFrom(std::string_view digits) {
    FrameNumber number = 0;
    for (const char c : digits.substr(0, kMostDigits)) {
        number = number * 10 + (c - '0');
    }
    return number;
}

// A part of a name that stands for the number.
struct Token {
    size_t begin = 0;
    size_t length = 0;
    int digits = 1;
};

std::optional<Token> repeatedToken(std::string_view name, char c) {
    const size_t last = name.find_last_of(c);
    if (last == std::string_view::npos) {
        return std::nullopt;
    }
    size_t begin = last;
    while (begin > 0 && name[begin - 1] == c) {
        --begin;
    }
    const size_t length = last + 1 - begin;
    return Token{begin, length, static_cast<int>(std::min(length, kMostDigits))};
}

std::optional<Token> printfToken(std::string_view name) {
    const size_t begin = name.find_last_of('%');
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    const size_t width = digitsAt(name, begin + 1);
    if (begin + 1 + width >= name.size() || name[begin + 1 + width] != 'd') {
        return std::nullopt;
    }
    const FrameNumber digits = numberFrom(name.substr(begin + 1, width));
    return Token{begin, width + 2,
                 static_cast<int>(std::clamp<FrameNumber>(digits, 1, kMostDigits))};
}

std::optional<Token> houdiniToken(std::string_view name) {
    const size_t begin = name.rfind("$F");
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    const size_t width = std::min<size_t>(digitsAt(name, begin + 2), 2);
    const FrameNumber digits = numberFrom(name.substr(begin + 2, width));
    return Token{begin, width + 2,
                 static_cast<int>(std::clamp<FrameNumber>(digits, 1, kMostDigits))};
}

std::optional<Token> tokenIn(std::string_view name) {
    for (const auto& token : {repeatedToken(name, '#'), printfToken(name), houdiniToken(name),
                              repeatedToken(name, '@')}) {
        if (token.has_value()) {
            return token;
        }
    }
    return std::nullopt;
}

constexpr std::string_view kListCharacters = "0123456789-,x";

// What right before `end` could be a frame list: where it begins, at a digit.
size_t listCandidate(std::string_view name, size_t end) {
    const size_t other = name.substr(0, end).find_last_not_of(kListCharacters);
    const size_t begin = other == std::string_view::npos ? 0 : other + 1;
    return std::min(name.find_first_of(kDigits, begin), end);
}

struct ListInName {
    size_t begin = 0;
    FrameList frames;
    int digits = 1;
};

// As many as the numbers are written with, where they agree or are filled with zeros.
int digitsOf(std::string_view text, const FrameList& frames) {
    const size_t digits = digitsAt(text, 0);
    bool same = text.starts_with('0');
    if (!same) {
        same = true;
        for (const FrameRange& range : frames.ranges()) {
            same = same && std::to_string(range.first).size() == digits &&
                   std::to_string(range.last).size() == digits;
        }
    }
    return same ? static_cast<int>(digits) : 1;
}

// The frame list right before `end`; of several numbers, since one alone is a file's own.
std::optional<ListInName> listBefore(std::string_view name, size_t end) {
    for (size_t begin = listCandidate(name, end); begin < end; ++begin) {
        const std::string_view text = name.substr(begin, end - begin);
        const bool number = digitsAt(text, 0) > 0 && (begin == 0 || digitsAt(name, begin - 1) == 0);
        if (!number || text.find_first_of("-,") == std::string_view::npos) {
            continue;
        }
        if (auto frames = FrameList::parse(text); frames.ok()) {
            const int digits = digitsOf(text, *frames);
            return ListInName{begin, std::move(frames).value(), digits};
        }
    }
    return std::nullopt;
}

// "shot.####.exr 1001-1100": the name and what stands behind its last space.
std::pair<std::string, std::string> splitAtSpace(const std::string& path) {
    const size_t space = path.find_last_of(' ');
    if (space == std::string::npos || path.find('/', space) != std::string::npos ||
        !FrameList::looksLike(std::string_view(path).substr(space + 1))) {
        return {path, ""};
    }
    return {path.substr(0, space), path.substr(space + 1)};
}

size_t placeBehind(std::string_view name, const std::optional<Token>& token) {
    const size_t dot = name.find_last_of('.');
    return token.has_value() ? token->begin : std::min(dot, name.size());
}

}  // namespace

fs::path SequencePattern::file(FrameNumber number) const {
    if (digits == 0) {
        return folder / (prefix + suffix);
    }
    std::string text = std::to_string(std::max<FrameNumber>(number, 0));
    if (text.size() < static_cast<size_t>(digits)) {
        text.insert(0, static_cast<size_t>(digits) - text.size(), '0');
    }
    return folder / (prefix + text + suffix);
}

std::string SequencePattern::text() const {
    return (folder / (prefix + std::string(static_cast<size_t>(digits), '#') + suffix)).string();
}

std::optional<FrameNumber> SequencePattern::numberIn(std::string_view name) const {
    if (digits == 0) {
        return name == prefix + suffix ? std::optional<FrameNumber>(1) : std::nullopt;
    }
    if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) ||
        !name.ends_with(suffix)) {
        return std::nullopt;
    }
    const std::string_view number =
        name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    const auto width = static_cast<size_t>(digits);
    if (digitsAt(number, 0) != number.size() || number.size() > kMostDigits ||
        number.size() < width || (number.size() > width && number[0] == '0')) {
        return std::nullopt;
    }
    return numberFrom(number);
}

std::optional<ParsedPattern> parseSequencePattern(const std::string& path) {
    ParsedPattern parsed;
    auto [text, behind] = splitAtSpace(path);
    if (!behind.empty()) {
        if (auto frames = FrameList::parse(behind); frames.ok()) {
            parsed.frames = std::move(frames).value();
        } else {
            text = path;
        }
    }
    const fs::path whole(text);
    const std::string name = whole.filename().string();
    parsed.pattern.folder = whole.parent_path();
    auto token = tokenIn(name);
    if (!parsed.frames.has_value()) {
        const size_t end = placeBehind(name, token);
        if (auto list = listBefore(name, end)) {
            parsed.frames = std::move(list->frames);
            const size_t last = token.has_value() ? token->begin + token->length : end;
            const int digits = token.has_value() ? token->digits : list->digits;
            token = Token{list->begin, last - list->begin, digits};
        }
    }
    if (!token.has_value()) {
        return std::nullopt;
    }
    parsed.pattern.prefix = name.substr(0, token->begin);
    parsed.pattern.digits = token->digits;
    parsed.pattern.suffix = name.substr(token->begin + token->length);
    return parsed;
}

std::optional<Error> faultInFrames(const std::string& path) {
    const auto [text, behind] = splitAtSpace(path);
    const std::string name = fs::path(text).filename().string();
    const auto token = tokenIn(name);
    if (token.has_value() && !behind.empty()) {
        const auto frames = FrameList::parse(behind);
        return frames.ok() ? std::nullopt : std::optional(frames.error());
    }
    const size_t end = placeBehind(name, token);
    const std::string_view list =
        std::string_view(name).substr(listCandidate(name, end), end - listCandidate(name, end));
    if (list.find_first_of("-,") == std::string_view::npos) {
        return std::nullopt;
    }
    const auto frames = FrameList::parse(list);
    return frames.ok() ? std::nullopt : std::optional(frames.error());
}

}  // namespace understudy::media
