#include "media/source/sequence_pattern.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <map>
#include <system_error>

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr size_t kMostDigits = 18;  // of a number that an int64_t holds
constexpr std::string_view kDigits = "0123456789";

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

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

struct RangeText {
    FrameRange range;
    size_t length = 0;
    int digits = 1;  // of the first number, where it is filled with zeros
};

// "1001-1100" or "1001-1100x2" at a place in the text.
std::optional<RangeText> rangeAt(std::string_view text, size_t at) {
    const size_t firstDigits = digitsAt(text, at);
    const size_t dash = at + firstDigits;
    if (firstDigits == 0 || firstDigits > kMostDigits || dash >= text.size() || text[dash] != '-') {
        return std::nullopt;
    }
    const size_t lastDigits = digitsAt(text, dash + 1);
    if (lastDigits == 0 || lastDigits > kMostDigits) {
        return std::nullopt;
    }
    RangeText found;
    found.range.first = numberFrom(text.substr(at, firstDigits));
    found.range.last = numberFrom(text.substr(dash + 1, lastDigits));
    found.digits = text[at] == '0' || lastDigits == firstDigits ? static_cast<int>(firstDigits) : 1;
    size_t end = dash + 1 + lastDigits;
    if (end < text.size() && text[end] == 'x' && digitsAt(text, end + 1) > 0) {
        const size_t stepDigits = digitsAt(text, end + 1);
        found.range.step = std::max<FrameNumber>(1, numberFrom(text.substr(end + 1, stepDigits)));
        end += 1 + stepDigits;
    }
    found.length = end - at;
    if (found.range.last < found.range.first) {
        return std::nullopt;
    }
    return found;
}

// A range right before `end`, which the number's place then follows or which is itself the place.
std::optional<std::pair<size_t, RangeText>> rangeBefore(std::string_view name, size_t end) {
    for (size_t begin = 0; begin < end; ++begin) {
        if (isDigit(name[begin]) && (begin == 0 || !isDigit(name[begin - 1]))) {
            const auto range = rangeAt(name.substr(0, end), begin);
            if (range.has_value() && begin + range->length == end) {
                return std::pair(begin, *range);
            }
        }
    }
    return std::nullopt;
}

// All sequences that the names could belong to by one of their groups of digits.
struct NumberedName {
    std::string prefix;
    std::string digits;
    std::string suffix;
};

// The groups of digits in a name before its extension, the last first.
std::vector<NumberedName> numberedNames(const std::string& name) {
    std::vector<NumberedName> names;
    size_t end = name.find_last_of('.');
    end = end == std::string::npos ? name.size() : end;
    while (end > 0) {
        const size_t last = name.find_last_of(kDigits, end - 1);
        if (last == std::string::npos) {
            break;
        }
        size_t begin = last;
        while (begin > 0 && isDigit(name[begin - 1])) {
            --begin;
        }
        if (last + 1 - begin <= kMostDigits) {
            names.push_back({name.substr(0, begin), name.substr(begin, last + 1 - begin),
                             name.substr(last + 1)});
        }
        end = begin;
    }
    return names;
}

Result<std::vector<std::string>> picturesIn(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code code;
    for (fs::directory_iterator entry(folder.empty() ? "." : folder, code), end;
         !code && entry != end; entry.increment(code)) {
        const std::string name = entry->path().filename().string();
        std::error_code ignored;
        if (name[0] != '.' && isPicturePath(name) && entry->is_regular_file(ignored)) {
            names.push_back(name);
        }
    }
    if (code) {
        return Error{ErrorCode::missingInput, "the folder cannot be read: " + code.message(),
                     folder.string(), "Check that it exists and that you may read it"};
    }
    std::sort(names.begin(), names.end());
    return names;
}

// The files that share prefix and suffix with a numbered name, with a consistent number of digits.
FoundSequence joined(const fs::path& folder, const NumberedName& seed,
                     const std::vector<std::string>& names) {
    std::vector<std::string> digits;
    for (const std::string& name : names) {
        if (name.size() <= seed.prefix.size() + seed.suffix.size() ||
            !name.starts_with(seed.prefix) || !name.ends_with(seed.suffix)) {
            continue;
        }
        const std::string middle =
            name.substr(seed.prefix.size(), name.size() - seed.prefix.size() - seed.suffix.size());
        if (middle.size() <= kMostDigits && digitsAt(middle, 0) == middle.size()) {
            digits.push_back(middle);
        }
    }
    // Filled with zeros to the seed's own width where any file shows that, else to a smaller one
    // that the seed has outgrown.
    size_t width = 0;
    for (const std::string& text : digits) {
        if (text.size() > 1 && text[0] == '0' && text.size() <= seed.digits.size()) {
            width = std::max(width, text.size());
        }
    }
    const bool filled = width > 0;
    FoundSequence found{{folder, seed.prefix, 1, seed.suffix}, {}};
    bool sameWidth = true;
    for (const std::string& text : digits) {
        const bool natural = text[0] != '0' || text.size() == 1;
        if (filled ? text.size() == width || (text.size() > width && natural) : natural) {
            found.numbers.push_back(numberFrom(text));
            sameWidth = sameWidth && text.size() == seed.digits.size();
        }
    }
    found.pattern.digits = filled      ? static_cast<int>(width)
                           : sameWidth ? static_cast<int>(seed.digits.size())
                                       : 1;
    std::sort(found.numbers.begin(), found.numbers.end());
    return found;
}

// The sequence that a file belongs to by the group of digits that most others share.
FoundSequence sequenceOf(const fs::path& folder, const std::string& name,
                         const std::vector<std::string>& names) {
    FoundSequence best{{folder, name, 0, ""}, {1}};
    for (const NumberedName& seed : numberedNames(name)) {
        FoundSequence found = joined(folder, seed, names);
        if (!found.numbers.empty() &&
            (best.pattern.digits == 0 || found.numbers.size() > best.numbers.size())) {
            best = std::move(found);
        }
    }
    return best;
}

Result<FoundSequence> findInFolder(const fs::path& folder) {
    US_ASSIGN(const std::vector<std::string> names, picturesIn(folder));
    std::vector<FoundSequence> sequences;
    for (const std::string& name : names) {
        const bool known = std::any_of(sequences.begin(), sequences.end(), [&](const auto& found) {
            return found.pattern.numberIn(name).has_value();
        });
        if (!known) {
            sequences.push_back(sequenceOf(folder, name, names));
        }
    }
    if (sequences.size() == 1) {
        return sequences.front();
    }
    if (sequences.empty()) {
        return Error{
            ErrorCode::missingInput, "the folder has no pictures in it", folder.string(),
            "Give a folder with one image sequence (exr, dpx, tiff, png, jpeg), or a movie "
            "file"};
    }
    std::string list;
    for (size_t i = 0; i < std::min<size_t>(sequences.size(), 6); ++i) {
        list += (i > 0 ? ", " : "") + fs::path(sequences[i].pattern.text()).filename().string();
    }
    return Error{ErrorCode::missingInput, "the folder has more than one image sequence",
                 folder.string(),
                 "Name one of them: " + list + (sequences.size() > 6 ? ", …" : "")};
}

Result<FoundSequence> findByPattern(const std::string& path, const ParsedPattern& parsed) {
    FoundSequence found{parsed.pattern, {}};
    const fs::path folder = parsed.pattern.folder;
    std::error_code ignored;
    if (!folder.empty() && !fs::is_directory(folder, ignored)) {
        return Error{ErrorCode::missingInput, "there is no such folder", folder.string(),
                     "Check the name and that the disk is connected"};
    }
    US_ASSIGN(const std::vector<std::string> names, picturesIn(folder));
    for (const std::string& name : names) {
        const auto number = found.pattern.numberIn(name);
        if (number.has_value() && (!parsed.range.has_value() || parsed.range->contains(*number))) {
            found.numbers.push_back(*number);
        }
    }
    if (parsed.pattern.digits == 1) {
        // One # may also mean any number of digits, filled with zeros.
        for (const std::string& name : names) {
            for (const NumberedName& numbered : numberedNames(name)) {
                if (numbered.prefix != found.pattern.prefix ||
                    numbered.suffix != found.pattern.suffix) {
                    continue;
                }
                FoundSequence filled = joined(folder, numbered, names);
                std::erase_if(filled.numbers, [&](FrameNumber number) {
                    return parsed.range.has_value() && !parsed.range->contains(number);
                });
                if (filled.numbers.size() > found.numbers.size()) {
                    found = std::move(filled);
                }
            }
        }
    }
    if (found.numbers.empty()) {
        return Error{ErrorCode::missingInput, "no picture fits this name", path,
                     "Check the folder, the number of digits and the frame range"};
    }
    std::sort(found.numbers.begin(), found.numbers.end());
    return found;
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
    std::string text = path;
    const size_t space = text.find_last_of(' ');
    if (space != std::string::npos && text.find('/', space) == std::string::npos) {
        const auto range = rangeAt(text, space + 1);
        if (range.has_value() && space + 1 + range->length == text.size()) {
            parsed.range = range->range;
            text.resize(space);
        }
    }
    const fs::path whole(text);
    const std::string name = whole.filename().string();
    parsed.pattern.folder = whole.parent_path();
    auto token = tokenIn(name);
    const size_t dot = name.find_last_of('.');
    const size_t end = token.has_value()          ? token->begin
                       : dot == std::string::npos ? name.size()
                                                  : dot;
    if (!parsed.range.has_value()) {
        if (const auto before = rangeBefore(name, end)) {
            parsed.range = before->second.range;
            const size_t behind = token.has_value() ? token->begin + token->length : end;
            const int digits = token.has_value() ? token->digits : before->second.digits;
            token = Token{before->first, behind - before->first, digits};
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

bool isPicturePath(const fs::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    static constexpr std::array<std::string_view, 13> kExtensions = {
        ".exr",  ".dpx", ".cin", ".tif",  ".tiff", ".png", ".jpg",
        ".jpeg", ".bmp", ".tga", ".webp", ".hdr",  ".jp2"};
    return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

Result<FoundSequence> findSequence(const std::string& path) {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (fs::is_directory(status)) {
        return findInFolder(path);
    }
    if (fs::is_regular_file(status)) {
        const fs::path file(path);
        US_ASSIGN(const std::vector<std::string> names, picturesIn(file.parent_path()));
        return sequenceOf(file.parent_path(), file.filename().string(), names);
    }
    if (const auto parsed = parseSequencePattern(path)) {
        return findByPattern(path, *parsed);
    }
    return Error{ErrorCode::missingInput, "there is no such file or folder", path,
                 "Check the name and that the disk is connected"};
}

}  // namespace understudy::media
