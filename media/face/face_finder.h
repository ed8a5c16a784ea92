// Finds the faces of one picture: detector, landmarks from several slightly different boxes, and
// one number for how far to believe it. FaceFollower goes on from there through other pictures.
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
    // Whether the detector sees it: here, or where it was last asked as the face was followed. Else
    // the face is followed against the detector's opinion.
    bool detected = false;
    float score = 0;        // of the detector where it saw it
    float agreement = 0;    // spread of the landmarks over the boxes, in inter-ocular distances
    float likeness = 1;     // correlation with the picture it was followed from
    int sinceDetected = 0;  // pictures since the detector saw it
    float confidence = 0;   // 0 to 1
    Landmarks landmarks{};
    bool hasMotion = false;  // whether the next two are known
    Landmarks before{};      // where these points were in the previous picture
    std::array<float, kLandmarkCount> beforeError{};  // in inter-ocular distances
    bool afterCut = false;                            // the previous picture shows another scene
    FaceLook look;
};

// From what is known of it.
float confidenceOf(const FaceFound& face);

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

    // The face that the detector sees where `draft` says one is.
    std::optional<FaceFound> examine(const Image& gray, const Landmarks& draft);

    // A face that the detector sees in the neighbourhood of where one was.
    std::optional<FaceFound> searchNear(const Image& gray, const Landmarks& last);

    // The landmarks near `draft` and how well they agree, without asking the detector.
    FaceFound place(const Image& gray, const Landmarks& draft) const {
        return placeLandmarks(*landmarker_, gray, draft);
    }

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

    static FaceFound placeLandmarks(const Landmarker& landmarker, const Image& gray,
                                    const Landmarks& draft);

  private:
    Landmarks draftFrom(const Image& gray, const FaceBox& box) const;

    std::unique_ptr<FaceDetector> detector_;
    std::shared_ptr<const Landmarker> landmarker_;
};

}  // namespace understudy::media
