// Aligned pictures of DeepFaceLab as one set, however they lie on disk: a folder of them, one of
// them, or packed into faceset.pak.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "media/base/file.h"
#include "media/base/result.h"
#include "media/exchange/dfl_face.h"

namespace understudy::media {

// Where the pictures lie in a faceset.pak, and their names.
struct PackedPicture {
    std::string name;  // may be empty
    uint64_t begin = 0;
    uint64_t bytes = 0;
};
// `file`: the whole of it. Errors: corruptData.
Result<std::vector<PackedPicture>> readDflPackIndex(std::string_view file,
                                                    const std::string& where);

class DflFaceset {
  public:
    // Errors: missingInput (absent, or no JPEG and no faceset.pak in the folder), corruptData.
    static Result<DflFaceset> open(const std::filesystem::path& path);

    size_t size() const { return pictures_.size(); }
    // For people and errors: "aligned/00017_0.jpg", "faceset.pak: 00017_0.jpg".
    std::string where(size_t i) const;
    // The JPEG file. Errors: missingInput, corruptData (more than 64 MiB).
    Result<std::string> picture(size_t i) const;

  private:
    std::filesystem::path path_;
    MappedFile pack_;
    std::vector<PackedPicture> pictures_;  // names of files where there is no pack
};

}  // namespace understudy::media
