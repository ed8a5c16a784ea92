#include "training/prepare/name_template.h"

#include <algorithm>
#include <string_view>

namespace understudy::training {
namespace {

constexpr int kUsualDigits = 4;
constexpr int kMostDigits = 9;
// Other systems cannot have these in names, and shells, sequences and tokens read them as theirs.
constexpr std::string_view kForbidden = "<>:\"|?*\\#@%$`'{}";

bool isForbidden(char letter) {
    return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F ||
           kForbidden.find(letter) != std::string_view::npos;
}

std::string listOfTokens() {
    std::string list;
    for (const NameToken& token : nameTokens()) {
        list += (list.empty() ? "{" : ", {") + token.name + "}";
    }
    return list;
}

// What a token stands for, fit for a name.
std::string tamed(const std::string& value) {
    std::string name = value;
    std::replace_if(
        name.begin(), name.end(), [](char letter) { return isForbidden(letter) || letter == '/'; },
        '_');
    while (!name.empty() && (name.front() == '.' || name.front() == ' ')) {
        name.front() = '_';
    }
    return name.empty() ? "none" : name;
}

std::string valueOf(const std::string& token, const NameFields& fields) {
    const std::string& value = token == "project"     ? fields.project
                               : token == "performer" ? fields.performer
                               : token == "face"      ? fields.face
                               : token == "version"   ? fields.version
                               : token == "run"       ? fields.run
                               : token == "step"      ? fields.step
                               : token == "date"      ? fields.date
                                                      : fields.clip;
    return tamed(value);
}

std::vector<std::string> pieces(const std::string& path) {
    std::vector<std::string> found(1);
    for (const char letter : path) {
        if (letter == '/') {
            found.emplace_back();
        } else {
            found.back().push_back(letter);
        }
    }
    return found;
}

// Of each folder and of the file.
Status checkPieces(const std::string& path) {
    for (const std::string& piece : pieces(path)) {
        if (piece.empty() || piece == "." || piece == "..") {
            return Error{ErrorCode::usage, "a name may not be empty, . or ..", path,
                         "Names below the folder that is delivered to, such as "
                         "{version}/{clip}.{frame}"};
        }
        if (piece.front() == ' ' || piece.back() == ' ' || piece.back() == '.') {
            return Error{ErrorCode::usage,
                         "a name may not begin or end with a space, or end with a dot", piece,
                         "Take it away"};
        }
        if (piece.size() > NameTemplate::kMostName) {
            return Error{ErrorCode::usage, "the name is too long", piece.substr(0, 40) + "...",
                         "Leave some tokens out"};
        }
    }
    return {};
}

}  // namespace

const std::vector<NameToken>& nameTokens() {
    static const std::vector<NameToken> tokens = {
        {"project", "the project's name"},
        {"clip", "the clip's name"},
        {"shot", "the clip's name, as others call it"},
        {"version", "v003"},
        {"frame", "the frame's number; {frame:6} with six digits"},
        {"performer", "whose plate it is"},
        {"face", "whose face appears"},
        {"run", "the training run"},
        {"step", "the step of its checkpoint"},
        {"date", "today, 2026-03-12"},
    };
    return tokens;
}

Result<NameTemplate::Part> NameTemplate::partOf(const std::string& inBraces) {
    Part part;
    part.token = inBraces.substr(0, inBraces.find(':'));
    const auto& tokens = nameTokens();
    const bool known = std::any_of(tokens.begin(), tokens.end(), [&](const NameToken& token) {
        return token.name == part.token;
    });
    if (!known) {
        return Error{ErrorCode::usage, "there is no token {" + part.token + "}",
                     "{" + inBraces + "}", "There are: " + listOfTokens()};
    }
    part.digits = kUsualDigits;
    if (part.token.size() < inBraces.size()) {
        const std::string digits = inBraces.substr(part.token.size() + 1);
        const bool number = digits.size() == 1 && digits[0] >= '1' && digits[0] <= '9';
        if (part.token != "frame" || !number) {
            return Error{ErrorCode::usage, "this token cannot be read", "{" + inBraces + "}",
                         "Only {frame} takes a number of digits, 1 to " +
                             std::to_string(kMostDigits) + ": {frame:6}"};
        }
        part.digits = digits[0] - '0';
    }
    return part;
}

Status NameTemplate::checkWords() const {
    std::string shape;  // with a letter for each token
    int frames = 0;
    for (const Part& part : parts_) {
        const auto bad = std::find_if(part.words.begin(), part.words.end(), isForbidden);
        if (bad != part.words.end()) {
            return Error{ErrorCode::usage, "a file's name may not have this letter in it",
                         std::string(1, *bad), "Use letters, digits, _ - . and / for folders"};
        }
        shape += part.token.empty() ? part.words : "x";
        frames += part.token == "frame" ? 1 : 0;
    }
    if (shape.empty()) {
        return Error{ErrorCode::usage, "the name is empty", text_,
                     "Write one such as {clip}_{version}.{frame}"};
    }
    if (shape.front() == '/') {
        return Error{ErrorCode::usage, "the name begins with a /", text_,
                     "It is a name below the folder that is delivered to"};
    }
    if (frames > 1) {
        return Error{ErrorCode::usage, "{frame} stands in the name twice", text_,
                     "Leave the one in the file's name"};
    }
    const bool inFolder = frames == 1 && [this] {
        const size_t frame = text_.find("{frame");
        return text_.find('/', frame) != std::string::npos;
    }();
    if (inFolder) {
        return Error{ErrorCode::usage, "{frame} stands in the name of a folder", text_,
                     "Put it behind the last /"};
    }
    return checkPieces(shape);
}

Result<NameTemplate> NameTemplate::parse(const std::string& text) {
    NameTemplate name(text);
    size_t at = 0;
    while (at < text.size()) {
        const size_t open = text.find_first_of("{}", at);
        if (open > at) {
            name.parts_.push_back({text.substr(at, open - at), "", 0});
        }
        if (open == std::string::npos) {
            break;
        }
        const size_t close = text.find_first_of("{}", open + 1);
        if (text[open] == '}' || close == std::string::npos || text[close] == '{') {
            return Error{ErrorCode::usage, "a brace has no other one", text.substr(open),
                         "Tokens are written {clip}"};
        }
        US_ASSIGN(const auto part, partOf(text.substr(open + 1, close - open - 1)));
        name.parts_.push_back(part);
        at = close + 1;
    }
    US_TRY(name.checkWords());
    return name;
}

bool NameTemplate::hasFrame() const {
    return std::any_of(parts_.begin(), parts_.end(),
                       [](const Part& part) { return part.token == "frame"; });
}

Result<std::string> NameTemplate::resolve(const NameFields& fields, const std::string& ending,
                                          bool movie) const {
    if (!movie && !hasFrame()) {
        return Error{ErrorCode::usage, "the files of a sequence need a number", text_,
                     "Put {frame} into the name"};
    }
    std::string name;
    for (const Part& part : parts_) {
        if (part.token == "frame" && movie) {
            const size_t last = name.find_last_not_of("._- ");
            name.resize(last == std::string::npos ? 0 : last + 1);
        } else if (part.token == "frame") {
            name += std::string(static_cast<size_t>(part.digits), '#');
        } else {
            name += part.token.empty() ? part.words : valueOf(part.token, fields);
        }
    }
    US_TRY(checkPieces(name));
    return name + ending;
}

}  // namespace understudy::training
