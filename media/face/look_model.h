// How one person's face looks in a clip, and so what does not look like it.
//
// Aligned faces follow mostly from pose and expression, which a robust regression takes in place by
// place, and beyond it vary in few ways (light, focus), which principal components with weights
// find: what fits badly has no say in either (iteratively reweighted least squares; Black and
// Rangarajan 1996, De la Torre and Black 2003). What a place often does all the same (eyes, jaws,
// the background beside a turned cheek) is its spread, and is tolerated there.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "media/face/occlusion_look.h"

namespace understudy::media {

// Safe to use by several threads at once once it is learned.
class LookModel {
  public:
    static constexpr size_t kFewest = 16;

    LookModel() = default;
    // Not known for too few looks. `ways`: components at most.
    LookModel(std::span<const OcclusionLook* const> looks, int ways);
    bool known() const { return !pixels_.empty(); }

    // How strange each place of the look is, in deviations; 0 outside of its outline. Compared with
    // the model, and with what the model makes of the learned looks of the most similar shape that
    // are more than `nearFrames` away: what it gets wrong of those is no sign of anything.
    std::array<float, OcclusionLook::kPixels> strangeness(const OcclusionLook& look,
                                                          int64_t nearFrames) const;

  private:
    using Planes = std::vector<float>;  // [3][places]
    struct Kept {
        OcclusionLook look;
        Planes left;  // [3][OcclusionLook::kPixels], smoothed
    };
    class Learning;

    Planes left(const OcclusionLook& look) const;
    std::vector<double> fitted(const Planes& apart, const OcclusionLook& look) const;
    void colorsOf(const OcclusionLook& look, float* planes) const;
    void takePoseFrom(float* planes, const OcclusionLook& look) const;

    std::vector<int> pixels_;  // that are judged: the first of the places
    size_t places_ = 0;        // with some that fill the last lanes, outside of all outlines
    std::vector<float> pose_;  // [kPoseTerms][3][places]
    int ways_ = 0;
    std::vector<float> basis_;   // [ways][3][places], for coefficients of variance 1/looks
    std::vector<float> spread_;  // [3][places], deviations
    double variance_ = 1;        // of coefficients
    std::vector<Kept> kept_;
};

}  // namespace understudy::media
