#include "media/source/found_sequence.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <system_error>

#include "media/base/file.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr int64_t kMostAsked = 10'000'000;  // frames of a range
constexpr size_t kMostNamed = 6;            // sequences of a folder in a message

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isNumber(std::string_view text) {
    return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

FrameNumber numberFrom(std::string_view digits) {
    FrameNumber number = 0;
    for (const char c : digits.substr(0, kMostDigits)) {
        number = number * 10 + (c - '0');
    }
    return number;
}

// "shot.-0005.exr" is frame -5, "shot-0005.exr" is frame 5.
bool endsWithSign(std::string_view prefix) {
    return prefix.ends_with('-') && (prefix.size() == 1 || prefix[prefix.size() - 2] == '.' ||
                                     prefix[prefix.size() - 2] == '_');
}

Error belowZero(const fs::path& where) {
    return Error{ErrorCode::usage, "frame numbers below zero cannot be used", where.string(),
                 "Renumber the files, from 1 or 1001 for example"};
}

// Between prefix and suffix; nothing where the name has others.
std::optional<std::string_view> middleOf(std::string_view name, const std::string& prefix,
                                         const std::string& suffix) {
    if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) ||
        !name.ends_with(suffix)) {
        return std::nullopt;
    }
    return name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
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
        const auto middle = middleOf(name, seed.prefix, seed.suffix);
        if (middle.has_value() && middle->size() <= kMostDigits && isNumber(*middle)) {
            digits.emplace_back(*middle);
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
    FoundSequence found{{folder, seed.prefix, 1, seed.suffix}, {}, {}, {}};
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
    FoundSequence best{{folder, name, 0, ""}, {1}, {}, {}};
    for (const NumberedName& seed : numberedNames(name)) {
        FoundSequence found = joined(folder, seed, names);
        if (!found.numbers.empty() &&
            (best.pattern.digits == 0 || found.numbers.size() > best.numbers.size())) {
            best = std::move(found);
        }
    }
    return best;
}

// Files that look as if they belonged to the sequence, and do not.
void warnOfOthers(FoundSequence& found, const std::vector<std::string>& names) {
    const SequencePattern& pattern = found.pattern;
    if (pattern.digits == 0) {
        const size_t last = pattern.prefix.find_last_of(kDigits);
        const size_t before = pattern.prefix.find_last_not_of(kDigits, last);
        if (last != std::string::npos && last - before > kMostDigits) {
            found.warnings.push_back(
                "The number in the name has more than 18 digits, so this picture is taken alone");
        }
        return;
    }
    const bool signs = pattern.prefix.empty() || endsWithSign(pattern.prefix + '-');
    std::vector<std::string> below;
    std::vector<std::string> other;
    for (const std::string& name : names) {
        const auto middle = middleOf(name, pattern.prefix, pattern.suffix);
        if (!middle.has_value() || pattern.numberIn(name).has_value()) {
            continue;
        }
        if (isNumber(*middle)) {
            other.push_back(name);
        } else if (signs && middle->starts_with('-') && isNumber(middle->substr(1))) {
            below.push_back(name);
        }
    }
    const auto warn = [&found](const std::vector<std::string>& files, const char* why) {
        if (!files.empty()) {
            found.warnings.push_back(
                std::to_string(files.size()) + (files.size() == 1 ? " file is" : " files are") +
                " left out, " + why + ": " + files.front() + (files.size() > 1 ? ", …" : ""));
        }
    };
    warn(below, "since frame numbers below zero cannot be used");
    warn(other, "since the frame number has another number of digits");
}

Error severalSequences(const fs::path& folder, const std::vector<FoundSequence>& sequences) {
    std::string list;
    for (size_t i = 0; i < std::min(sequences.size(), kMostNamed); ++i) {
        list += (i > 0 ? ", " : "") + fs::path(sequences[i].text()).filename().string();
    }
    return Error{ErrorCode::missingInput, "the folder has more than one image sequence",
                 folder.string(),
                 "Name one of them: " + list + (sequences.size() > kMostNamed ? ", …" : "")};
}

Result<FoundSequence> findInFolder(const fs::path& folder) {
    US_ASSIGN(const std::vector<std::string> names, picturesIn(folder));
    std::vector<FoundSequence> sequences;
    for (const std::string& name : names) {
        const auto has = [&name](const FoundSequence& found) {
            return found.pattern.numberIn(name).has_value();
        };
        if (!std::any_of(sequences.begin(), sequences.end(), has)) {
            sequences.push_back(sequenceOf(folder, name, names));
        }
        // Enough to tell; a folder of ten thousand photographs is not worth more.
        if (sequences.size() > 2 * kMostNamed) {
            break;
        }
    }
    // Frames below zero are no sequence beside the one that they begin.
    std::erase_if(sequences, [&](const FoundSequence& one) {
        return endsWithSign(one.pattern.prefix) &&
               std::any_of(sequences.begin(), sequences.end(), [&](const FoundSequence& other) {
                   return other.pattern.prefix + '-' == one.pattern.prefix &&
                          other.pattern.suffix == one.pattern.suffix;
               });
    });
    if (sequences.empty()) {
        return Error{
            ErrorCode::missingInput, "the folder has no pictures in it", folder.string(),
            "Give a folder with one image sequence (exr, dpx, tiff, png, jpeg), or a movie "
            "file"};
    }
    if (sequences.size() > 1) {
        return severalSequences(folder, sequences);
    }
    if (endsWithSign(sequences.front().pattern.prefix)) {
        return belowZero(folder);
    }
    warnOfOthers(sequences.front(), names);
    return sequences.front();
}

Result<FoundSequence> findByFile(const fs::path& file) {
    US_ASSIGN(const std::vector<std::string> names, picturesIn(file.parent_path()));
    FoundSequence found = sequenceOf(file.parent_path(), file.filename().string(), names);
    if (endsWithSign(found.pattern.prefix)) {
        return belowZero(file);
    }
    warnOfOthers(found, names);
    return found;
}

// All numbers that fit the pattern.
void collect(FoundSequence& found, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (const auto number = found.pattern.numberIn(name)) {
            found.numbers.push_back(*number);
        }
    }
    // One # may also mean any number of digits, filled with zeros.
    for (const std::string& name : names) {
        if (found.pattern.digits != 1) {
            break;
        }
        for (const NumberedName& numbered : numberedNames(name)) {
            if (numbered.prefix == found.pattern.prefix &&
                numbered.suffix == found.pattern.suffix) {
                FoundSequence filled = joined(found.pattern.folder, numbered, names);
                if (filled.numbers.size() > found.numbers.size()) {
                    found = std::move(filled);
                }
            }
        }
    }
    std::sort(found.numbers.begin(), found.numbers.end());
}

Status checkAsked(const FrameList& asked, const std::string& path) {
    int64_t frames = 0;
    for (const FrameRange& range : asked.ranges()) {
        frames += std::min(kMostAsked + 1, (range.last - range.first) / range.step + 1);
    }
    if (frames > kMostAsked) {
        return Error{ErrorCode::usage, "the frame range has more than ten million frames", path,
                     "Name the frames that exist, or none to take them all"};
    }
    return {};
}

Result<FoundSequence> findByPattern(const std::string& path, const ParsedPattern& parsed) {
    const fs::path& folder = parsed.pattern.folder;
    std::error_code ignored;
    if (!folder.empty() && !fs::is_directory(folder, ignored)) {
        return Error{ErrorCode::missingInput, "there is no such folder", folder.string(),
                     "Check the name and that the disk is connected"};
    }
    if (endsWithSign(parsed.pattern.prefix)) {
        return belowZero(path);
    }
    if (parsed.frames.has_value()) {
        US_TRY(checkAsked(*parsed.frames, path));
    }
    US_ASSIGN(const std::vector<std::string> names, picturesIn(folder));
    FoundSequence found{parsed.pattern, {}, {}, {}};
    collect(found, names);
    if (found.numbers.empty()) {
        return Error{ErrorCode::missingInput, "no picture fits this name", path,
                     "Check the folder, the name and the number of digits"};
    }
    warnOfOthers(found, names);
    if (parsed.frames.has_value()) {
        const std::string there = framesText(found.numbers);
        found.asked = parsed.frames;
        std::erase_if(found.numbers,
                      [&](FrameNumber number) { return !parsed.frames->contains(number); });
        if (found.numbers.empty()) {
            return Error{ErrorCode::missingInput, "none of these frames is there", path,
                         "The sequence has the frames " + there};
        }
        const auto again = parseSequencePattern(found.text());
        if (!again.has_value() || again->pattern != found.pattern || again->frames != found.asked) {
            return Error{ErrorCode::usage,
                         "the place of the frame number cannot be told from the rest of the name",
                         path, "Rename the files without #, or name one of them to take all"};
        }
    }
    return found;
}

}  // namespace

std::string FoundSequence::text() const {
    const std::string text = pattern.text() + (asked.has_value() ? " " + asked->text() : "");
    const auto parsed = parseSequencePattern(text);
    const bool same = parsed.has_value() && parsed->pattern == pattern && parsed->frames == asked;
    return same || pattern.digits == 0 || asked.has_value()
               ? text
               : pattern.file(numbers.front()).string();
}

bool isPicturePath(const fs::path& path) {
    const std::string extension = lowerExtension(path);
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
        return findByFile(path);
    }
    const auto fault = faultInFrames(path);
    if (fault.has_value() && !parseSequencePattern(path).has_value()) {
        return Error{ErrorCode::missingInput, "there is no such file, and " + fault->message, path,
                     fault->remedy};
    }
    if (fault.has_value()) {
        return Error{ErrorCode::usage, fault->message, path, fault->remedy};
    }
    if (const auto parsed = parseSequencePattern(path)) {
        return findByPattern(path, *parsed);
    }
    return Error{ErrorCode::missingInput, "there is no such file or folder", path,
                 "Check the name and that the disk is connected"};
}

}  // namespace understudy::media
