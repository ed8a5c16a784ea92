// Finds the boxes of faces in a grey picture. Studios may plug in another detector behind this.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "media/align/transform.h"
#include "media/frame/image.h"

namespace understudy::media {

// A square or nearly square box in pixels, edges rather than centres: a box over the whole of a
// w x h picture is {0, 0, w, h}.
struct FaceBox {
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
    double score = 0;  // of the detector; above 0 is a face, above 1 a clear one

    Point centre() const { return {(left + right) / 2, (top + bottom) / 2}; }
    double size() const { return ((right - left) + (bottom - top)) / 2; }
};

// Intersection over union, 0 to 1.
double overlap(const FaceBox& a, const FaceBox& b);

// Not thread-safe: one per thread.
class FaceDetector {
  public:
    virtual ~FaceDetector() = default;

    // Faces of any size from smallestFace() up, best first. `gray`: u8, one channel. `threshold`:
    // lowest score that is returned.
    virtual std::vector<FaceBox> detect(const Image& gray, double threshold) = 0;

    // Only faces whose boxes are between smallestFace() and 1.6 times that, several times faster.
    virtual std::vector<FaceBox> detectSmallest(const Image& gray, double threshold) = 0;

    virtual double smallestFace() const = 0;
};

// Detectors of one kind, one for each thread that asks; thread-safe, and cheap once it is there.
using DetectorMaker = std::function<std::unique_ptr<FaceDetector>()>;

// dlib's detector of frontal faces (histograms of gradients, five views). Smallest face: 80 px.
DetectorMaker loadFaceDetector();

}  // namespace understudy::media
