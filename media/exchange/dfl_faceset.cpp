#include "media/exchange/dfl_faceset.h"

#include <algorithm>
#include <cstring>

#include "media/base/log.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t kLargestPicture = 64u << 20;
constexpr uint64_t kPackVersion = 1;
constexpr const char* kPackName = "faceset.pak";

Error damaged(const std::string& what, const std::string& where) {
    return {ErrorCode::corruptData, what, where, "Copy the file again, or pack the faces again"};
}

bool isJpegPath(const fs::path& path) {
    const std::string extension = lowerExtension(path);
    return extension == ".jpg" || extension == ".jpeg";
}

uint64_t wordAt(std::string_view file, size_t at) {
    uint64_t word = 0;
    std::memcpy(&word, file.data() + at, sizeof word);
    return word;
}

Result<std::vector<PackedPicture>> jpegsIn(const fs::path& folder) {
    std::vector<PackedPicture> pictures;
    std::error_code code;
    for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
        std::error_code ignored;
        if (isJpegPath(at->path()) && at->is_regular_file(ignored)) {
            pictures.push_back({at->path().filename().string(), 0, 0});
        }
    }
    if (code) {
        return Error{ErrorCode::missingInput, "the folder cannot be read: " + code.message(),
                     folder.string(), "Check that it exists and that you may read it"};
    }
    std::sort(pictures.begin(), pictures.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return pictures;
}

}  // namespace

Result<std::vector<PackedPicture>> readDflPackIndex(std::string_view file,
                                                    const std::string& where) {
    constexpr size_t kWord = sizeof(uint64_t);
    if (file.size() < 2 * kWord || wordAt(file, 0) != kPackVersion) {
        return damaged("this is no faceset.pak of version 1", where);
    }
    const uint64_t indexBytes = wordAt(file, kWord);
    if (indexBytes > file.size() - 2 * kWord) {
        return damaged("the faceset is cut short", where);
    }
    US_ASSIGN(const Pickle index, Pickle::read(file.substr(2 * kWord, indexBytes), where));
    if (index.value().kind() != PickleKind::list) {
        return damaged("the faceset has no list of its faces", where);
    }
    const size_t count = index.value().size();
    const uint64_t table = 2 * kWord + indexBytes;
    if ((file.size() - table) / kWord < count + 1) {
        return damaged("the faceset is cut short", where);
    }
    const uint64_t content = table + (count + 1) * kWord;
    // The last offset is counted from another place than the others: the file's end is meant.
    const uint64_t most = file.size() - content;
    std::vector<PackedPicture> pictures;
    pictures.reserve(count);
    for (size_t i = 0; i < count; ++i) {
        const uint64_t begin = wordAt(file, table + i * kWord);
        const uint64_t end = i + 1 < count ? wordAt(file, table + (i + 1) * kWord) : most;
        if (begin > end || end > most) {
            return damaged("face " + std::to_string(i) + " lies outside the faceset", where);
        }
        pictures.push_back(
            {fileNameIn(index.value().item(i).find("filename")), content + begin, end - begin});
    }
    return pictures;
}

Result<DflFaceset> DflFaceset::open(const fs::path& path) {
    DflFaceset set;
    set.path_ = path;
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        US_ASSIGN(set.pictures_, jpegsIn(path));
        if (!set.pictures_.empty()) {
            return set;
        }
        set.path_ = path / kPackName;
        if (!fs::exists(set.path_, ignored)) {
            return Error{ErrorCode::missingInput, "the folder has no aligned pictures in it",
                         path.string(),
                         "Name a folder of DeepFaceLab's JPEG files, or a faceset.pak"};
        }
    } else if (isJpegPath(path)) {
        set.path_ = path.parent_path();
        set.pictures_ = {{path.filename().string(), 0, 0}};
        return set;
    }
    US_ASSIGN(set.pack_, MappedFile::open(set.path_));
    const auto bytes = set.pack_.bytes();
    US_ASSIGN(set.pictures_,
              readDflPackIndex({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                               set.path_.string()));
    return set;
}

std::string DflFaceset::where(size_t i) const {
    const PackedPicture& picture = pictures_[i];
    if (pack_.bytes().empty()) {
        return (path_ / picture.name).string();
    }
    return path_.string() + ": " +
           (picture.name.empty() ? "face " + std::to_string(i) : picture.name);
}

Result<std::string> DflFaceset::picture(size_t i) const {
    US_CHECK(i < pictures_.size());
    const PackedPicture& picture = pictures_[i];
    if (pack_.bytes().empty()) {
        return readFile(path_ / picture.name, kLargestPicture);
    }
    if (picture.bytes > kLargestPicture) {
        return damaged("the picture is too large", where(i));
    }
    const auto bytes = pack_.bytes().subspan(picture.begin, picture.bytes);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

}  // namespace understudy::media
