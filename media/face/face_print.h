// What tells one person's face from another's within a clip, without a network: how its edges run.
// Histograms of gradient directions over the cells of a look, which light changes little. Measured
// on two people over eight clips: 0.92 to 0.97 alike within a person, 0.76 to 0.87 between the two,
// each in their most similar poses.
#pragma once

#include <array>
#include <optional>

#include "media/face/face_look.h"

namespace understudy::media {

struct FacePrint {
    static constexpr int kCells = 7;  // a side, each 8 px wide and overlapping half
    static constexpr int kDirections = 8;

    std::array<float, kCells * kCells * kDirections> values{};  // without their mean, of length 1
};

// Nothing for a look without edges.
std::optional<FacePrint> facePrint(const FaceLook& look);

// -1 to 1.
double alikeness(const FacePrint& a, const FacePrint& b);

}  // namespace understudy::media
