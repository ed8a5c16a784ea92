// Which channels of a picture are the picture. Renders hold layers beside it (diffuse, depth,
// normals), and one that is read by mistake trains a network on the wrong thing in silence.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace understudy::media {

// The layers that hold R, G and B, in this order of preference: the one without a name (a file's
// default by OpenEXR's convention), one that is called rgba, rgb, beauty, combined, composite,
// color, colour or main, the first. Without such a layer a luminance channel Y, or the only one.
struct PictureChannels {
    enum class Why { unnamed, calledSo, first, grey };

    int begin = 0;               // first that is needed
    int end = 0;                 // behind the last that is needed
    int count = 0;               // 1, 3 or 4 with alpha
    std::array<int, 4> order{};  // R, G, B, A counted from `begin`
    Why why = Why::unnamed;
    std::string layer;                // "" without a name
    std::vector<std::string> others;  // layers with colours that are not read
};

// `names` as they stand in the file: "R" or "diffuse.R"; `part` is the name of the part of a
// multi-part file that holds them, which names the layer of channels without one. Nothing when no
// channel is the picture.
std::optional<PictureChannels> chooseChannels(const std::vector<std::string>& names,
                                              const std::string& part = "");

}  // namespace understudy::media
