// Faces as another program knows them: by the names of the frames they are in. Read from
// faceswap's interchange JSON or from DeepFaceLab's aligned pictures, loose or packed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "media/align/landmarks.h"
#include "media/base/result.h"
#include "media/frame/frame.h"

namespace understudy::media {

struct ImportedFace {
    std::string frame;      // file name of the frame, as the other program has it
    Landmarks landmarks{};  // in the frame's pixels, centres at +0.5
};

struct ImportedFaces {
    std::string origin;  // "faceswap JSON /path", for people
    std::vector<ImportedFace> faces;
    std::vector<std::string> warnings;  // what was left out
};

// A .json file, a faceset.pak, an aligned JPEG or a folder of them. Single faces that cannot be
// used are left out with a warning. Errors: missingInput; corruptData, when there is no usable face
// or the file is damaged; usage for another kind of file.
Result<ImportedFaces> readImportedFaces(const std::filesystem::path& path);

// The last group of digits in the name before its extension: 17 for "00017.png" and
// "sh010_000017.mp4". Nothing where there is none.
std::optional<FrameNumber> frameNumberIn(const std::string& name);

// Collects what is wrong with single faces: the first few in full, then how many more.
class LeftOut {
  public:
    void add(const Error& error);
    size_t count() const { return count_; }
    const std::optional<Error>& first() const { return first_; }
    std::vector<std::string> warnings() const;

  private:
    size_t count_ = 0;
    std::optional<Error> first_;
    std::vector<std::string> texts_;
};

}  // namespace understudy::media
