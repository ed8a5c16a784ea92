#include "training/plan/preview_faces.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "media/base/file.h"

namespace understudy::training {

using Json = nlohmann::json;

namespace {

constexpr uint64_t kLimit = 1u << 20;  // bytes of the file

// "again:1034".
bool isFace(const std::string& entry) {
    const size_t colon = entry.rfind(':');
    if (colon == std::string::npos || colon == 0) {
        return false;
    }
    const size_t digits = entry.compare(colon + 1, 1, "-") == 0 ? colon + 2 : colon + 1;
    return digits < entry.size() &&
           entry.find_first_not_of("0123456789", digits) == std::string::npos;
}

Error noFace(const std::string& entry) {
    return {ErrorCode::usage, "'" + entry.substr(0, 100) + "' is no face", "faces",
            "Name faces as clip:frame with commas between, for example again:1034"};
}

}  // namespace

Result<std::vector<std::string>> readPreviewFaces(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        return std::vector<std::string>();
    }
    US_ASSIGN(const std::string text, readFile(file, kLimit));
    try {
        return Json::parse(text).get<std::vector<std::string>>();
    } catch (const Json::exception&) {
        return Error{ErrorCode::corruptData, "the list of faces for previews cannot be read",
                     file.string(), "Choose the faces again"};
    }
}

Status writePreviewFaces(const std::filesystem::path& file, const std::vector<std::string>& faces) {
    if (faces.size() > kMostPreviewFaces) {
        return Error{ErrorCode::usage, std::to_string(faces.size()) + " faces are chosen", "faces",
                     "Choose at most " + std::to_string(kMostPreviewFaces)};
    }
    if (const auto wrong = std::find_if_not(faces.begin(), faces.end(), isFace);
        wrong != faces.end()) {
        return noFace(*wrong);
    }
    return writeFileAtomic(file,
                           Json(faces).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

// A comma that divides stands behind a frame's number.
Result<std::vector<std::string>> previewFacesOf(const std::string& text) {
    std::vector<std::string> faces;
    std::string entry;
    for (size_t start = 0; start < text.size();) {
        const size_t end = std::min(text.find(',', start), text.size());
        entry += text.substr(start, end - start);
        start = end + 1;
        if (isFace(entry)) {
            faces.push_back(entry);
            entry.clear();
        } else if (start < text.size()) {
            entry += ',';
        }
    }
    if (!entry.empty()) {
        return noFace(entry);
    }
    return faces;
}

}  // namespace understudy::training
