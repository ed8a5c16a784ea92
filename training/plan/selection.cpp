#include "training/plan/selection.h"

#include <nlohmann/json.hpp>

#include "media/base/file.h"
#include "media/base/sha256.h"

namespace understudy::training {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

constexpr int kVersion = 1;
constexpr uint64_t kLimit = 1u << 30;      // bytes of the file
constexpr size_t kMostFaces = 20'000'000;  // of one identity
constexpr size_t kMostPacks = 100'000;

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool isHash(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// What is wrong with the file, or nothing. All access to the JSON may throw on a wrong type.
std::string fill(Selection& selection, const Json& json) {
    if (const int version = json.at("version").get<int>(); version != kVersion) {
        return "it has format version " + std::to_string(version) + ", this program reads " +
               std::to_string(kVersion);
    }
    selection.packs = json.at("packs").get<std::vector<std::string>>();
    if (selection.packs.size() > kMostPacks) {
        return "it names too many packs";
    }
    for (const Json& part : json.at("identities")) {
        Identity identity;
        identity.performer = part.at("performer").get<std::string>();
        const Json& faces = part.at("faces");
        if (!faces.is_array() || faces.size() > kMostFaces) {
            return "its faces are not a list, or too many";
        }
        identity.faces.reserve(faces.size());
        for (const Json& item : faces) {
            SelectedFace face;
            const int64_t pack = item.at("pack").get<int64_t>();
            const int64_t record = item.at("record").get<int64_t>();
            face.hash = item.at("hash").get<std::string>();
            face.frame = item.at("frame").get<int64_t>();
            if (pack < 0 || pack >= static_cast<int64_t>(selection.packs.size()) || record < 0 ||
                record > UINT32_MAX || !isHash(face.hash)) {
                return "face " + std::to_string(identity.faces.size()) + " of " +
                       identity.performer + " is not valid";
            }
            face.pack = static_cast<uint32_t>(pack);
            face.record = static_cast<uint32_t>(record);
            identity.faces.push_back(std::move(face));
        }
        selection.identities.push_back(std::move(identity));
    }
    return "";
}

}  // namespace

std::string Selection::facesetHash(size_t identity) const {
    US_CHECK(identity < identities.size());
    Sha256 sum;
    for (const SelectedFace& face : identities[identity].faces) {
        sum.add(face.hash + "\n");
    }
    return sum.finish();
}

Result<Selection> loadSelection(const fs::path& path) {
    US_ASSIGN(const std::string text, readFile(path, kLimit));
    Selection selection;
    std::string wrong;
    try {
        wrong = fill(selection, Json::parse(text));
    } catch (const Json::exception&) {
        wrong = "it is not a whole selection file";
    }
    if (!wrong.empty()) {
        return Error{ErrorCode::corruptData, "the list of faces cannot be read: " + wrong,
                     path.string(), "Start a new run; the faces themselves are not lost"};
    }
    return selection;
}

Status saveSelection(const Selection& selection, const fs::path& path) {
    // One face a line: people can read and compare it.
    std::string text = "{\n\"version\": " + std::to_string(kVersion) +
                       ",\n\"packs\": " + dumped(selection.packs) + ",\n\"identities\": [";
    for (size_t i = 0; i < selection.identities.size(); ++i) {
        const Identity& identity = selection.identities[i];
        text += std::string(i > 0 ? "," : "") + "\n{\"performer\": " + dumped(identity.performer) +
                ", \"faces\": [";
        for (size_t k = 0; k < identity.faces.size(); ++k) {
            const SelectedFace& face = identity.faces[k];
            text += std::string(k > 0 ? "," : "") + "\n {\"pack\": " + std::to_string(face.pack) +
                    ", \"record\": " + std::to_string(face.record) +
                    ", \"frame\": " + std::to_string(face.frame) +
                    ", \"hash\": " + dumped(face.hash) + "}";
        }
        text += "\n]}";
    }
    text += "\n]\n}\n";
    return writeFileAtomic(path, text);
}

fs::path packPath(const Selection& selection, size_t pack, const fs::path& runFolder) {
    US_CHECK(pack < selection.packs.size());
    return (runFolder / selection.packs[pack]).lexically_normal();
}

}  // namespace understudy::training
