// Places the 68 points in a face box. Studios may plug in another model behind this.
#pragma once

#include <filesystem>
#include <memory>

#include "media/align/landmarks.h"
#include "media/base/result.h"
#include "media/face/face_detector.h"
#include "media/frame/image.h"

namespace understudy::media {

// Thread-safe: one for all threads.
class Landmarker {
  public:
    virtual ~Landmarker() = default;
    // In pixels of `gray` (u8, one channel), centres at +0.5. May be coarse to a pixel: callers
    // enlarge small faces first.
    virtual Landmarks landmarks(const Image& gray, const FaceBox& box) const = 0;
};

// The landmark model: $UNDERSTUDY_LANDMARK_MODEL, else where Debian's libdlib-data and a local
// installation put it. Errors: environment, with the package to install.
Result<std::filesystem::path> findLandmarkModel();

// dlib's 68-point predictor; loads about 100 MB in 2 s. Errors: environment for a model that is
// missing or is none.
Result<std::shared_ptr<const Landmarker>> loadLandmarker(const std::filesystem::path& model);

}  // namespace understudy::media
