// How a swapped face is set into its plate: everything an artist may turn, in fractions of the face
// so that one setting fits every size of plate and network.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "media/base/result.h"

namespace understudy::training {

enum class ColorMatch {
    none,   // the network's colours as they are
    mean,   // the face's mean takes the plate's
    linear  // mean and covariance take the plate's (linear Monge-Kantorovich map)
};

enum class MaskMode {
    learned,     // the new face in the eyes of the network, as far as it reaches
    hull,        // the outline of the plate's landmarks
    learnedHull  // both: the product
};

struct CompositeOptions {
    ColorMatch color = ColorMatch::linear;
    // Standard deviation, in frames, of the window over which colour statistics are smoothed. The
    // window looks both ways, so it has no lag; 0 looks at each frame alone.
    double colorWindow = 4;
    // How much of the plate's broad light and shade the face takes, 0 to 1.
    double lighting = 0.3;

    MaskMode mask = MaskMode::learned;
    // Width of the band inside the outline that stays plate, then of the ramp that follows it, both
    // in widths of the face.
    double erode = 0;
    double blur = 0.08;
    // Standard deviation, in frames, over which masks are smoothed.
    double maskWindow = 0.7;
    // What hides the face: where the plate differs from the destination's own reconstruction far
    // more than is usual for this clip, something is in front and the plate stays. 0 is off, 1 the
    // usual sensitivity, 2 twice that. Judged at the scale of fingers, so that the softness of a
    // young network does not count.
    double occlusion = 1;

    // How much of the fine contrast that the plate has and the network lacks is brought back, by an
    // unsharp mask at the network's scale: 0 leaves the face soft, 1 makes it as crisp as the plate
    // (within limits), 2 twice that. A network as sharp as its plate is never sharpened.
    double sharpen = 0.5;
    double grain = 1;  // how much of the plate's grain stays where the mask fades, 0 to 1

    // Standard deviation, in frames, over which landmarks are smoothed before alignment, by a local
    // quadratic fit that neither lags nor flattens a turn; 0 takes them as they are.
    double steady = 1.5;
    // How far the swap is shifted and scaled, the same in all frames, towards where its eyes lie on
    // the plate's: 0 leaves it as aligned, 1 is all the way.
    double eyeFit = 1;
    // Size of the new face, about the middle of its eyes, on top of that: two people's features
    // differ in size against their heads, which no crop can tell.
    double scale = 1;

    // Errors: usage, naming the option and its range.
    Status check() const;
    // Frames before and after one that its picture depends on.
    int reach() const;
    // The settings as one line of text; equal texts mean equal pictures.
    std::string signature() const;
};

// "none", "mean", "linear"; "learned", "hull", "learned*hull".
std::string_view colorMatchName(ColorMatch mode);
std::optional<ColorMatch> colorMatchFromName(std::string_view name);
std::string_view maskModeName(MaskMode mode);
std::optional<MaskMode> maskModeFromName(std::string_view name);

}  // namespace understudy::training
