#include <cstdlib>
#include <memory>

#include "media/base/paths.h"
#include "media/face/landmarker.h"
#include "media/face/shape_trees_cache.h"

namespace understudy::media {

namespace {

constexpr const char* kRemedy =
    "Install the Debian package libdlib-data, or set UNDERSTUDY_LANDMARK_MODEL to a copy of "
    "shape_predictor_68_face_landmarks.dat";

class TreeLandmarker : public Landmarker {
  public:
    explicit TreeLandmarker(ShapeTrees trees) : trees_(std::move(trees)) {}

    std::vector<Landmarks> landmarksIn(const Image& gray,
                                       std::span<const FaceBox> boxes) const override {
        return trees_.place(gray, boxes);
    }

  private:
    ShapeTrees trees_;
};

}  // namespace

Result<std::filesystem::path> findLandmarkModel() {
    if (const char* named = std::getenv("UNDERSTUDY_LANDMARK_MODEL"); named && *named) {
        if (std::error_code ignored; std::filesystem::is_regular_file(named, ignored)) {
            return std::filesystem::path(named);
        }
        return Error{ErrorCode::environment,
                     "the landmark model that UNDERSTUDY_LANDMARK_MODEL names is not there", named,
                     kRemedy};
    }
    const char* const file = "shape_predictor_68_face_landmarks.dat";
    for (const char* folder : {"/usr/share/dlib", "/usr/local/share/dlib", "/usr/local/share"}) {
        const std::filesystem::path path = std::filesystem::path(folder) / file;
        if (std::error_code ignored; std::filesystem::is_regular_file(path, ignored)) {
            return path;
        }
    }
    return Error{ErrorCode::environment, "the face landmark model is not installed",
                 std::string("/usr/share/dlib/") + file, kRemedy};
}

Result<std::shared_ptr<const Landmarker>> loadLandmarker(const std::filesystem::path& model) {
    Result<ShapeTrees> trees = readKeptShapeTrees(model, cacheFolder());
    if (!trees.ok()) {
        return Error{ErrorCode::environment, trees.error().message, model.string(), kRemedy};
    }
    return std::shared_ptr<const Landmarker>(std::make_shared<TreeLandmarker>(std::move(*trees)));
}

}  // namespace understudy::media
