#include "media/source/frame_source.h"

#include <filesystem>

#include "media/source/found_sequence.h"
#include "media/source/movie_source.h"
#include "media/source/sequence_source.h"

namespace understudy::media {

Result<std::unique_ptr<FrameSource>> openSource(const std::string& path, WantedPixels wanted) {
    std::error_code code;
    if (path.empty()) {
        return Error{ErrorCode::missingInput, "no file was named", "",
                     "Name a movie, a picture sequence or a folder"};
    }
    if (std::filesystem::is_regular_file(path, code) && !isPicturePath(path)) {
        return openMovie(path, wanted);
    }
    US_ASSIGN(const FoundSequence found, findSequence(path));
    return openSequence(found);
}

}  // namespace understudy::media
