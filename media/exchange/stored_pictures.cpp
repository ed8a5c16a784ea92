#include "media/exchange/stored_pictures.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <set>

#include "media/base/file.h"
#include "media/base/log.h"
#include "media/base/sha256.h"
#include "media/exchange/dfl_faceset.h"
#include "media/exchange/imported_faces.h"

namespace understudy::media {

namespace fs = std::filesystem;

namespace {

struct Usable {
    size_t index = 0;  // in the set
    std::optional<FrameNumber> number;
    Landmarks landmarks{};
};

// Away with what was begun, unless it was finished.
class BegunFolder {
  public:
    explicit BegunFolder(fs::path path) : path_(std::move(path)) {}
    ~BegunFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    const fs::path& path() const { return path_; }

  private:
    const fs::path path_;
};

// "full_face_no_align" shows as much as "full_face".
std::optional<FaceType> typeNamed(std::string name) {
    constexpr std::string_view kTurned = "_no_align";
    if (name.ends_with(kTurned)) {
        name.resize(name.size() - kTurned.size());
    }
    return faceTypeFromName(name);
}

class Storing {
  public:
    Storing(const Project& project, const fs::path& path) : project_(project), path_(path) {}

    Result<StoredPictures> run() {
        US_ASSIGN(set_, DflFaceset::open(path_));
        look();
        if (usable_.empty()) {
            return leftOut_.first() ? *leftOut_.first()
                                    : Error{ErrorCode::missingInput, "there is no face in it",
                                            path_.string(), "Choose another faceset"};
        }
        number();
        const std::string name = stem();
        const fs::path folder = project_.folder() / "imported" / (name + "-" + hash_);
        US_TRY(createPrivateFolder(folder.parent_path()));
        std::error_code ignored;
        if (!fs::exists(folder, ignored)) {
            US_TRY(write(folder, name));
        }
        stored_.pattern = (folder / (name + ".######.jpg")).string();
        stored_.origin = "DeepFaceLab pictures " + path_.string();
        for (const Usable& picture : usable_) {
            stored_.faces.push_back({*picture.number, FoundHow::detected, 1, 0, picture.landmarks});
        }
        for (const std::string& text : leftOut_.warnings()) {
            stored_.warnings.push_back(text);
        }
        return std::move(stored_);
    }

  private:
    // Which pictures can be used, what they show, and what they are recognised by.
    void look() {
        std::array<size_t, 5> types{};
        Sha256 hash;
        for (size_t i = 0; i < set_.size(); ++i) {
            const auto jpeg = set_.picture(i);
            const auto face =
                jpeg.ok() ? readDflFace(*jpeg, set_.where(i)) : Result<DflFace>(jpeg.error());
            if (!face.ok()) {
                leftOut_.add(face.error());
                continue;
            }
            hash.add(std::to_string(jpeg->size()) + "\n" + face->sourceName + "\n");
            hash.add(*jpeg);
            if (const auto type = typeNamed(face->faceType)) {
                ++types[static_cast<size_t>(*type)];
            }
            usable_.push_back({i, frameNumberIn(face->sourceName), face->inPicture});
        }
        const auto most = std::max_element(types.begin(), types.end());
        if (*most > 0) {
            stored_.type = static_cast<FaceType>(most - types.begin());
        }
        hash_ = hash.finish().substr(0, 12);
    }

    void number() {
        std::set<FrameNumber> numbers;
        for (const Usable& picture : usable_) {
            if (picture.number) {
                numbers.insert(*picture.number);
            }
        }
        constexpr FrameNumber kWidest = 1'000'000;
        stored_.ownNumbers =
            numbers.size() < usable_.size() || *numbers.rbegin() - *numbers.begin() > kWidest;
        for (size_t i = 0; i < usable_.size() && stored_.ownNumbers; ++i) {
            usable_[i].number = static_cast<FrameNumber>(i + 1);
        }
        std::sort(usable_.begin(), usable_.end(),
                  [](const Usable& a, const Usable& b) { return *a.number < *b.number; });
    }

    // The clip's name follows from it.
    std::string stem() const {
        const fs::path whole = fs::absolute(path_).lexically_normal();
        fs::path named = whole.has_filename() ? whole : whole.parent_path();
        std::error_code ignored;
        if (!fs::is_directory(named, ignored)) {
            const bool generic = named.filename() == "faceset.pak";
            named = generic ? named.parent_path() : named.replace_extension();
        }
        std::string name;
        for (const char c : validUtf8(named.filename().string())) {
            const auto byte = static_cast<unsigned char>(c);
            name += byte >= 128 || std::isalnum(byte) != 0 || c == '-' ? c : '_';
        }
        return name.empty() || name.size() > 80 ? "faces" : name;
    }

    // All or nothing: beside, made durable at once, then renamed.
    Status write(const fs::path& folder, const std::string& name) {
        const BegunFolder begun(folder.string() + ".new-" + std::to_string(::getpid()));
        US_TRY(createPrivateFolder(begun.path()));
        for (const Usable& picture : usable_) {
            char number[32];
            std::snprintf(number, sizeof number, ".%06lld.jpg",
                          static_cast<long long>(*picture.number));
            US_ASSIGN(const std::string jpeg, set_.picture(picture.index));
            const fs::path file = begun.path() / (name + number);
            const FileHandle handle(
                ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
            if (!handle) {
                return writeError(errno, file);
            }
            US_TRY(writeAll(handle.get(), std::as_bytes(std::span(jpeg)), file));
        }
        const FileHandle all(::open(begun.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!all || ::syncfs(all.get()) != 0 ||
            ::rename(begun.path().c_str(), folder.c_str()) != 0) {
            return writeError(errno, folder);
        }
        return syncFolder(folder.parent_path());
    }

    const Project& project_;
    const fs::path path_;
    DflFaceset set_;
    std::vector<Usable> usable_;
    std::string hash_;
    LeftOut leftOut_;
    StoredPictures stored_;
};

}  // namespace

Result<StoredPictures> storePictures(const Project& project, const fs::path& path) {
    return Storing(project, path).run();
}

}  // namespace understudy::media
