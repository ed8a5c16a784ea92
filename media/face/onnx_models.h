// Detectors and landmarkers of other makers: an .onnx file with a .json beside it (same name) that
// says how to use it.
//
//   {"kind": "detector",
//    "input": {"width": 320, "height": 240, "channels": 3, "mean": 127, "scale": 0.0078125},
//    "boxes": "boxes",          name of the output with 4 numbers a box; "" for the only output
//    "scores": "scores",        name of the output with a probability for each box and class
//    "layout": "corners",       left, top, right, bottom; or "centre": middle, width, height
//    "coordinates": "unit",     of the input picture; or "pixels"
//    "classes": 2, "face": 1,   numbers a box in scores, and which is the face's
//    "threshold": 0.7,          probability that counts as a face
//    "grow": 1, "shift": 0}     makes its boxes those of the default detector: side times `grow`,
//                               moved down by `shift` sides
//
//   {"kind": "landmarker", "input": {...},
//    "output": "",              68 (or `map`'s) points as x, y pairs, or as one heat map a point
//    "form": "unit",            or "pixels", "heatmaps"
//    "grow": 1.2,               the picture is the default detector's box times this
//    "map": [0, 2, ...]}        for 98-point models: which of theirs are the 68
#pragma once

#include <filesystem>
#include <memory>

#include "media/base/result.h"
#include "media/face/landmarker.h"

namespace understudy::media {

// The detectors share the network. Errors: environment where a file is missing, corruptData where
// it is not what it should be.
Result<DetectorMaker> loadOnnxDetector(const std::filesystem::path& model);
Result<std::shared_ptr<const Landmarker>> loadOnnxLandmarker(const std::filesystem::path& model);

// Where the description of a model lies.
std::filesystem::path onnxDescription(const std::filesystem::path& model);

}  // namespace understudy::media
