// Places the 68 points in a face box. Studios may plug in another model behind this.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "media/align/landmarks.h"
#include "media/base/result.h"
#include "media/face/face_detector.h"
#include "media/frame/image.h"

namespace understudy::media {

// Thread-safe: one for all threads.
class Landmarker {
  public:
    virtual ~Landmarker() = default;
    // One set for each box, in pixels of `gray` (u8, one channel), centres at +0.5. Several boxes
    // about one face cost less together than one by one. Callers enlarge small faces first.
    virtual std::vector<Landmarks> landmarksIn(const Image& gray,
                                               std::span<const FaceBox> boxes) const = 0;
    Landmarks landmarks(const Image& gray, const FaceBox& box) const {
        return landmarksIn(gray, std::span(&box, 1)).front();
    }
};

// The landmark model: $UNDERSTUDY_LANDMARK_MODEL, else where Debian's libdlib-data and a local
// installation put it. Errors: environment, with the package to install.
Result<std::filesystem::path> findLandmarkModel();

// The trees of dlib's 68-point predictor (shape_trees.h). Errors: environment for a model that is
// missing or is none.
Result<std::shared_ptr<const Landmarker>> loadLandmarker(const std::filesystem::path& model);

}  // namespace understudy::media
