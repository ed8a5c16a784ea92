// How the project's own detector sees a rendered face.
#pragma once

#include <memory>
#include <optional>

#include "media/face/face_finder.h"
#include "media/synthetic/performer_renderer.h"

namespace understudy::tests {

struct Seen {
    double inner =
        0;           // mean distance of points 17-67 from the truth, in outer-eye-corner distances
    double jaw = 0;  // of points 0-16
};

class Judge {
  public:
    Judge();  // throws std::runtime_error without the landmark model
    // Nothing where no face is found within half a face of the true one.
    std::optional<Seen> look(const media::RenderedFrame& frame);

  private:
    std::unique_ptr<media::FaceFinder> finder_;
};

}  // namespace understudy::tests
