// faceswap's interchange JSON: {"frame.png":[{"detected":[left,top,right,bottom],
// "landmarks_2d":[[x,y] x 68]}]}. Its pixel centres lie at whole numbers; here they lie at +0.5.
#pragma once

#include <filesystem>
#include <string>

#include "media/base/result.h"
#include "media/exchange/imported_faces.h"
#include "media/project/project.h"

namespace understudy::media {

// Fields that are not known are ignored; faces without 68 landmarks are left out with a warning.
// Errors: corruptData.
Result<ImportedFaces> readInterchange(const std::string& text, const std::string& where);

// The faces of `clip` that are its performer's, found and not rejected. Frames are called as their
// files where the plate is a sequence, else as faceswap calls a movie's: "shot_000017.mov" is
// frame 17.
struct ExportedFaces {
    std::string json;
    int64_t faces = 0;
};
Result<ExportedFaces> writeInterchange(const Project& project, const std::string& clip);

}  // namespace understudy::media
