#include <dlib/image_processing/shape_predictor.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <exception>

#include "media/base/check.h"
#include "media/face/landmarker.h"

namespace understudy::media {

namespace {

constexpr const char* kRemedy =
    "Install the Debian package libdlib-data, or set UNDERSTUDY_LANDMARK_MODEL to a copy of "
    "shape_predictor_68_face_landmarks.dat";

class DlibLandmarker : public Landmarker {
  public:
    explicit DlibLandmarker(dlib::shape_predictor predictor) : predictor_(std::move(predictor)) {}

    Landmarks landmarks(const Image& gray, const FaceBox& box) const override {
        US_CHECK(gray.channels() == 1);
        dlib::array2d<unsigned char> picture(gray.height(), gray.width());
        for (int y = 0; y < gray.height(); ++y) {
            std::copy_n(gray.row<uint8_t>(y), gray.width(), picture.begin() + y * gray.width());
        }
        const dlib::rectangle rectangle(std::lround(box.left), std::lround(box.top),
                                        std::lround(box.right) - 1, std::lround(box.bottom) - 1);
        const dlib::full_object_detection found = predictor_(picture, rectangle);
        Landmarks result;
        for (int i = 0; i < kLandmarkCount; ++i) {
            // The model names pixels; a pixel's centre lies half a pixel further.
            result[i] = {found.part(i).x() + 0.5, found.part(i).y() + 0.5};
        }
        return result;
    }

  private:
    dlib::shape_predictor predictor_;
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
    dlib::shape_predictor predictor;
    try {
        dlib::deserialize(model.string()) >> predictor;
    } catch (const std::exception&) {
        return Error{ErrorCode::environment, "the face landmark model cannot be read",
                     model.string(), kRemedy};
    }
    if (predictor.num_parts() != kLandmarkCount) {
        return Error{ErrorCode::environment,
                     "the face landmark model has " + std::to_string(predictor.num_parts()) +
                         " points instead of 68",
                     model.string(), kRemedy};
    }
    return std::shared_ptr<const Landmarker>(
        std::make_shared<DlibLandmarker>(std::move(predictor)));
}

}  // namespace understudy::media
