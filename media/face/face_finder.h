// Finds one face after the other in a picture, and the same face in the next picture: detector,
// landmarks from several slightly different boxes, optical flow between pictures, and one number
// for how far to believe it.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "media/face/face_detector.h"
#include "media/face/face_look.h"
#include "media/face/landmarker.h"

namespace understudy::media {

// Coordinates are those of the grey picture it was found in.
struct FaceFound {
    bool detected = false;  // by the detector in this picture; else only tracked
    float score = 0;        // of the detector where detected
    float agreement = 0;    // spread of the landmarks over the boxes, in inter-ocular distances
    float likeness = 1;     // correlation with the picture it was followed from
    int sinceDetected = 0;  // pictures since the detector last agreed
    float confidence = 0;   // 0 to 1
    Landmarks landmarks{};
    bool hasMotion = false;  // whether the next two are known
    Landmarks before{};      // where these points were in the previous picture
    std::array<float, kLandmarkCount> beforeError{};  // in inter-ocular distances
    FaceLook look;
};

constexpr float kLeastConfidence = 0.3f;  // below it a face counts as missed

// Not thread-safe: one per thread.
class FaceFinder {
  public:
    FaceFinder(std::unique_ptr<FaceDetector> detector,
               std::shared_ptr<const Landmarker> landmarker);
    // With the default detector.
    explicit FaceFinder(std::shared_ptr<const Landmarker> landmarker);

    // All faces in the picture, largest first, at most four. Where none is seen the picture is
    // enlarged twice and, if it is small, three times, so that faces from 40 px are found.
    std::vector<FaceFound> search(const Image& gray);

    // The face of `here` in `there`, the next or the previous picture.
    std::optional<FaceFound> follow(const Image& here, const FaceFound& face, const Image& there);

    // Fills the motion of `face`, found in `now`, since `before`.
    void measureMotion(const Image& now, const Image& before, FaceFound& face) const;

    // The box that a detector gives a face with these landmarks, upright in the face's own
    // orientation; its coordinates are the patch's.
    struct Patch {
        Affine fromGray;
        FaceBox box;
        int size = 0;
    };
    static Patch patchFor(const Landmarks& landmarks, double boxSize, double patchSize);

    // The landmarks near `draft` and how well they agree, without asking a detector.
    static FaceFound placeLandmarks(const Landmarker& landmarker, const Image& gray,
                                    const Landmarks& draft);

  private:
    std::optional<FaceFound> examine(const Image& gray, const Landmarks& draft, bool trust);
    Landmarks draftFrom(const Image& gray, const FaceBox& box) const;

    std::unique_ptr<FaceDetector> detector_;
    std::shared_ptr<const Landmarker> landmarker_;
};

}  // namespace understudy::media
