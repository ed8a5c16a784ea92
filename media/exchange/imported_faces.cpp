#include "media/exchange/imported_faces.h"

#include <algorithm>

#include "media/base/file.h"
#include "media/exchange/dfl_faceset.h"
#include "media/exchange/interchange.h"
#include "media/source/frame_list.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kLargestJson = 512u << 20;
constexpr size_t kMostWarnings = 5;

Result<ImportedFaces> readFaceset(const fs::path& path) {
    US_ASSIGN(const DflFaceset set, DflFaceset::open(path));
    ImportedFaces imported;
    imported.origin = "DeepFaceLab faces " + path.string();
    LeftOut leftOut;
    for (size_t i = 0; i < set.size(); ++i) {
        const auto face = [&]() -> Result<DflFace> {
            US_ASSIGN(const std::string jpeg, set.picture(i));
            return readDflFace(jpeg, set.where(i));
        }();
        if (!face.ok()) {
            leftOut.add(face.error());
        } else if (!face->inFrame || face->sourceName.empty()) {
            leftOut.add({ErrorCode::corruptData,
                         "the picture does not say where in which frame its face is", set.where(i),
                         "Import the pictures themselves, for a performer instead of a clip"});
        } else {
            imported.faces.push_back({face->sourceName, *face->inFrame});
        }
    }
    if (imported.faces.empty() && leftOut.first()) {
        return *leftOut.first();
    }
    imported.warnings = leftOut.warnings();
    return imported;
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

void LeftOut::add(const Error& error) {
    ++count_;
    if (!first_) {
        first_ = error;
    }
    if (texts_.size() < kMostWarnings) {
        texts_.push_back("left out: " + error.message + " (" + error.where + ")");
    }
}

std::vector<std::string> LeftOut::warnings() const {
    std::vector<std::string> all = texts_;
    if (count_ > texts_.size()) {
        all.push_back(std::to_string(count_ - texts_.size()) + " more faces are left out");
    }
    return all;
}

std::optional<FrameNumber> frameNumberIn(const std::string& name) {
    std::string_view stem = name;
    const size_t dot = stem.find_last_of('.');
    if (dot != std::string_view::npos &&
        !std::all_of(stem.begin() + static_cast<std::ptrdiff_t>(dot) + 1, stem.end(), isDigit)) {
        stem = stem.substr(0, dot);
    }
    size_t end = stem.size();
    while (end > 0 && !isDigit(stem[end - 1])) {
        --end;
    }
    size_t begin = end;
    while (begin > 0 && isDigit(stem[begin - 1])) {
        --begin;
    }
    if (begin == end || end - begin > kMostDigits) {
        return std::nullopt;
    }
    FrameNumber number = 0;
    for (const char c : stem.substr(begin, end - begin)) {
        number = 10 * number + (c - '0');
    }
    return number;
}

Result<ImportedFaces> readImportedFaces(const fs::path& path) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) {
        return Error{ErrorCode::missingInput, "there is no such file", path.string(),
                     "Check the name and that the disk is connected"};
    }
    const std::string extension = lowerExtension(path);
    if (fs::is_directory(path, ignored) || extension == ".pak" || extension == ".jpg" ||
        extension == ".jpeg") {
        return readFaceset(path);
    }
    if (extension == ".json") {
        US_ASSIGN(const std::string text, readFile(path, kLargestJson));
        US_ASSIGN(ImportedFaces imported, readInterchange(text, path.string()));
        imported.origin = "faceswap JSON " + path.string();
        return imported;
    }
    return Error{ErrorCode::usage, "this is no kind of file that faces are imported from",
                 path.string(),
                 extension == ".fsa"
                     ? "Opening it would run what is in it: let faceswap's alignments tool export "
                       "it as JSON, and import that"
                     : "Name faceswap's .json, DeepFaceLab's faceset.pak, or its aligned pictures"};
}

}  // namespace understudy::media
