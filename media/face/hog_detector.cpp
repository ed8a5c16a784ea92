#include <dlib/image_processing/frontal_face_detector.h>

#include <algorithm>
#include <sstream>

#include "media/base/check.h"
#include "media/face/detector_bytes.h"
#include "media/face/face_detector.h"

namespace understudy::media {

double overlap(const FaceBox& a, const FaceBox& b) {
    const double width = std::min(a.right, b.right) - std::max(a.left, b.left);
    const double height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
    if (width <= 0 || height <= 0) {
        return 0;
    }
    const double common = width * height;
    const double both =
        (a.right - a.left) * (a.bottom - a.top) + (b.right - b.left) * (b.bottom - b.top) - common;
    return both > 0 ? common / both : 0;
}

namespace {

dlib::frontal_face_detector unpacked() {
    dlib::frontal_face_detector detector;
    std::istringstream bytes{std::string(detectorBytes())};
    dlib::deserialize(detector, bytes);
    return detector;
}

// The same weights with the pyramid cut to its three largest scales (1, 5/6, 25/36).
dlib::frontal_face_detector cutToSmallest(const dlib::frontal_face_detector& all) {
    dlib::frontal_face_detector::image_scanner_type scanner;
    scanner.copy_configuration(all.get_scanner());
    scanner.set_max_pyramid_levels(3);
    std::vector<dlib::frontal_face_detector::feature_vector_type> weights;
    for (unsigned long i = 0; i < all.num_detectors(); ++i) {
        weights.push_back(all.get_w(i));
    }
    return {scanner, all.get_overlap_tester(), weights};
}

class HogDetector : public FaceDetector {
  public:
    HogDetector() : detector_(unpacked()), smallest_(cutToSmallest(detector_)) {}
    HogDetector(const HogDetector& other)
        : detector_(other.detector_), smallest_(other.smallest_) {}

    std::vector<FaceBox> detect(const Image& gray, double threshold) override {
        return run(detector_, gray, threshold);
    }
    std::vector<FaceBox> detectSmallest(const Image& gray, double threshold) override {
        return run(smallest_, gray, threshold);
    }
    double smallestFace() const override { return 80; }

  private:
    std::vector<FaceBox> run(dlib::frontal_face_detector& detector, const Image& gray,
                             double threshold) {
        US_CHECK(gray.channels() == 1);
        picture_.set_size(gray.height(), gray.width());
        for (int y = 0; y < gray.height(); ++y) {
            std::copy_n(gray.row<uint8_t>(y), gray.width(), picture_.begin() + y * gray.width());
        }
        std::vector<dlib::rect_detection> found;
        detector(picture_, found, threshold);
        std::vector<FaceBox> boxes;
        for (const dlib::rect_detection& one : found) {
            boxes.push_back({static_cast<double>(one.rect.left()),
                             static_cast<double>(one.rect.top()), one.rect.right() + 1.0,
                             one.rect.bottom() + 1.0, one.detection_confidence});
        }
        std::stable_sort(boxes.begin(), boxes.end(),
                         [](const FaceBox& a, const FaceBox& b) { return a.score > b.score; });
        return boxes;
    }

    dlib::frontal_face_detector detector_;
    dlib::frontal_face_detector smallest_;
    dlib::array2d<unsigned char> picture_;
};

}  // namespace

DetectorMaker loadFaceDetector() {
    // The weights are unpacked from text, which takes longer than looking at many pictures.
    return [original = std::make_shared<const HogDetector>()] {
        return std::make_unique<HogDetector>(*original);
    };
}

}  // namespace understudy::media
