// What DeepFaceLab writes into an aligned picture of a face: a JPEG segment (APP15) with a pickled
// dictionary of where the face lies in the picture and in the frame that it was cut from.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "media/align/landmarks.h"
#include "media/base/result.h"
#include "media/exchange/pickle.h"

namespace understudy::media {

// Landmarks have their pixel centres at +0.5, as everywhere here; DeepFaceLab counts centres at
// whole numbers.
struct DflFace {
    std::string sourceName;  // file name of the frame ("00017.png"), empty where it is not said
    std::string faceType;    // "whole_face", "full_face_no_align", "mark_only", ...
    int width = 0;           // of the picture
    int height = 0;
    Landmarks inPicture{};
    std::optional<Landmarks> inFrame;
};

// A file's name without its folders, with which some were kept; empty for what is no text or too
// long for a name.
std::string fileNameIn(const PickleValue& value);

// `jpeg`: the whole file. Errors: corruptData for what is no JPEG, one without this data, and one
// whose data are damaged or not plain (see pickle.h).
Result<DflFace> readDflFace(std::string_view jpeg, const std::string& where);

}  // namespace understudy::media
