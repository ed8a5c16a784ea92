// What a rendered performer does before the camera over a take: looks about, talks, blinks, smiles,
// in one place and one light. Deterministic by seed.
#pragma once

#include <cstdint>
#include <vector>

#include "media/synthetic/performer_renderer.h"

namespace understudy::media {

struct TakeOptions {
    uint64_t seed = 1;   // of what is done, and of the place
    uint64_t stage = 1;  // of the light: takes on one stage are lit alike
    int frames = 240;
    double rate = 24;  // frames a second
    // A hand passes before the face once, in the middle of the take.
    bool passingHand = false;
};

// The moments of the frames of a take, the first frame first. Turns up to 35 degrees aside and 20
// up and down.
std::vector<Moment> performedTake(const TakeOptions& options);

}  // namespace understudy::media
