// Aligned pictures whose plate is not there: they become a clip themselves, each a frame with the
// landmarks that are stored with it, so that training can go on from an old faceset.
//
// The JPEG files are copied as they are, byte by byte, to <project>/imported/<name>-<hash>, because
// those in a faceset.pak are no files, and those in a folder have names that are no sequence. A
// frame has the number of the plate's frame where all pictures have different ones; otherwise they
// are counted from 1 in the order of their names. What such a clip cannot give is what the pictures
// do not show: a crop wider than they are repeats their border.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/align/face_alignment.h"
#include "media/project/project.h"

namespace understudy::media {

struct StoredPictures {
    std::string pattern;                  // of the sequence that they are now
    std::string origin;                   // for people
    FaceType type = FaceType::wholeFace;  // what most of the pictures show
    bool ownNumbers = false;              // counted from 1, not the plate's numbers
    std::vector<FaceTruth> faces;         // by frame
    std::vector<std::string> warnings;
};

// `path`: as DflFaceset::open takes it. The same pictures are stored once. Errors: missingInput,
// corruptData (no usable picture), cannotWrite, which leave nothing behind.
Result<StoredPictures> storePictures(const Project& project, const std::filesystem::path& path);

}  // namespace understudy::media
