// Finds what is in front of the faces of a clip by the clip alone: most of its frames show the face
// uncovered, so what is unlike them is in front. A hand is found even where it has the skin's own
// colour, because it has neither the face's features nor its shading, and because it comes and
// goes: every frame is judged by what the rest of the clip looks like, and what stays only for a
// moment is not learned for that moment. What is in front for much of a clip passes for the face.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "media/face/look_model.h"
#include "media/face/occlusion_look.h"
#include "media/frame/image.h"

namespace understudy::media {

// Looks, spread over a clip, that are enough for any length, and the fewest that make a model.
constexpr size_t kOcclusionLooks = 64;
constexpr size_t kFewestOcclusionLooks = 32;

// Safe to use by several threads at once once it is learned.
class OcclusionModel {
  public:
    OcclusionModel() = default;
    // Ordered by frame. Not known for too few. The same for any number of threads.
    OcclusionModel(std::span<const OcclusionLook> looks, int threads);
    bool known() const { return whole_.known(); }

    // f32, 1 channel, OcclusionLook::kSide square: how surely something is in front, 0 to 1.
    // `sensitivity` 1 is usual, 0 finds nothing. Rather misses than makes holes.
    Image hidden(const OcclusionLook& look, double sensitivity) const;

  private:
    struct Part {
        int64_t until = 0;  // the first frame after it
        LookModel others;   // of the clip
    };

    LookModel whole_;
    std::vector<Part> parts_;
    int64_t near_ = 0;  // frames
};

}  // namespace understudy::media
