// The .json beside an .onnx file, read with bounds (private to media/face).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "media/face/onnx_network.h"

namespace understudy::media {

struct OnnxDescription {
    OnnxInput input;
    // Detectors.
    std::string boxes;
    std::string scores;
    bool centreLayout = false;
    bool pixels = false;  // coordinates, of points too
    int classes = 1;
    int face = 0;
    double threshold = 0.5;
    double shift = 0;
    // Landmarkers.
    std::string output;
    bool heatmaps = false;
    std::vector<int> map;  // 68 indices, or empty

    double grow = 1;

    // `kind`: "detector" or "landmarker". Errors: environment (missing), corruptData.
    static Result<OnnxDescription> read(const std::filesystem::path& path, const std::string& kind);
};

}  // namespace understudy::media
