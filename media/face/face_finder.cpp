#include "media/face/face_finder.h"

#include <algorithm>
#include <cmath>

#include "media/align/face_alignment.h"
#include "media/face/face_flow.h"
#include "media/face/gray_patch.h"

namespace understudy::media {

namespace {

// Where the detector's box lies on the template face (face_alignment.h): measured, the median over
// frontal faces.
constexpr Point kBoxCentre = {0.490127, 0.505};
constexpr double kBoxSide = 1.28;

constexpr double kNearSize = 98;    // of a face where the detector looks for it again
constexpr double kNearPatch = 208;  // and of its neighbourhood
constexpr double kWidePatch = 420;  // where it was lost
constexpr double kNearThreshold = -0.25;
constexpr double kLandmarkBox = 160;  // of a face where landmarks are placed
constexpr double kLandmarkPatch = 256;
constexpr size_t kMostFaces = 4;

struct Shift {
    double x;
    double y;
    double scale;
};
// Boxes about the measured one: their mean cancels much of what depends on the box.
constexpr std::array<Shift, 3> kShifts = {
    {{-0.035, -0.02, 0.97}, {0.035, -0.02, 1.03}, {0, 0.04, 1}}};

FaceBox shifted(const FaceBox& box, const Shift& shift) {
    const double size = box.size();
    const Point centre = box.centre() + Point{shift.x * size, shift.y * size};
    const double half = shift.scale * size / 2;
    return {centre.x - half, centre.y - half, centre.x + half, centre.y + half, box.score};
}

double bell(double x, double width) {
    return std::exp(-(x / width) * (x / width));
}

}  // namespace

float confidenceOf(const FaceFound& face) {
    const double steady = bell(face.agreement, 0.09);
    const double alike = std::clamp((face.likeness - 0.3) / 0.6, 0.0, 1.0);
    if (face.detected) {
        const double seen = 1 / (1 + std::exp(-4.0 * (face.score + 0.25)));
        return static_cast<float>(steady * seen * (face.sinceDetected > 0 ? alike : 1));
    }
    return static_cast<float>(0.8 * steady * alike * std::pow(0.985, face.sinceDetected));
}

FaceFinder::FaceFinder(std::unique_ptr<FaceDetector> detector,
                       std::shared_ptr<const Landmarker> landmarker)
    : detector_(std::move(detector)), landmarker_(std::move(landmarker)) {}

FaceFinder::FaceFinder(std::shared_ptr<const Landmarker> landmarker)
    : FaceFinder(loadFaceDetector()(), std::move(landmarker)) {}

FaceFinder::Patch FaceFinder::patchFor(const Landmarks& landmarks, double boxSize,
                                       double patchSize) {
    // A half face without margin is the template's unit square.
    const Affine templateFromGray = alignedFromFrame(landmarks, FaceType::halfFace, 1);
    const double scale = boxSize / kBoxSide;
    Affine patchFromTemplate;
    patchFromTemplate.xx = patchFromTemplate.yy = scale;
    patchFromTemplate.x0 = patchSize / 2 - scale * kBoxCentre.x;
    patchFromTemplate.y0 = patchSize / 2 - scale * kBoxCentre.y;
    const double edge = (patchSize - boxSize) / 2;
    return {patchFromTemplate * templateFromGray,
            {edge, edge, edge + boxSize, edge + boxSize, 0},
            static_cast<int>(patchSize)};
}

Landmarks FaceFinder::draftFrom(const Image& gray, const FaceBox& box) const {
    const double scale = kLandmarkBox / box.size();
    const double edge = (kLandmarkPatch - kLandmarkBox) / 2;
    const Affine patchFromGray{scale, 0, edge - scale * box.left, 0, scale, edge - scale * box.top};
    const Image patch = grayPatch(gray, patchFromGray, static_cast<int>(kLandmarkPatch));
    const Landmarks found = landmarker_->landmarks(
        patch, {edge, edge, edge + kLandmarkBox, edge + kLandmarkBox, box.score});
    return transformed(found, patchFromGray.inverse());
}

FaceFound FaceFinder::placeLandmarks(const Landmarker& landmarker, const Image& gray,
                                     const Landmarks& draft) {
    const Patch patch = patchFor(draft, kLandmarkBox, kLandmarkPatch);
    const Image picture = grayPatch(gray, patch.fromGray, patch.size);
    std::array<FaceBox, kShifts.size()> boxes;
    std::transform(kShifts.begin(), kShifts.end(), boxes.begin(),
                   [&patch](const Shift& shift) { return shifted(patch.box, shift); });
    const std::vector<Landmarks> each = landmarker.landmarksIn(picture, boxes);
    Landmarks mean{};
    for (const Landmarks& one : each) {
        for (int i = 0; i < kLandmarkCount; ++i) {
            mean[i] = mean[i] + (1.0 / kShifts.size()) * one[i];
        }
    }
    double spread = 0;
    for (const Landmarks& one : each) {
        for (int i = 17; i < kLandmarkCount; ++i) {
            spread += distance(one[i], mean[i]) / (kShifts.size() * (kLandmarkCount - 17));
        }
    }
    FaceFound found;
    found.agreement = static_cast<float>(spread / std::max(1.0, interOcularDistance(mean)));
    found.landmarks = transformed(mean, patch.fromGray.inverse());
    return found;
}

std::optional<FaceFound> FaceFinder::examine(const Image& gray, const Landmarks& draft) {
    const Patch near = patchFor(draft, kNearSize, kNearPatch);
    if (!(near.fromGray.scale() > 0.01 && near.fromGray.scale() < 20)) {
        return std::nullopt;
    }
    const Image picture = grayPatch(gray, near.fromGray, near.size);
    const FaceBox* best = nullptr;
    const std::vector<FaceBox> boxes = detector_->detectSmallest(picture, kNearThreshold);
    for (const FaceBox& box : boxes) {
        if (overlap(box, near.box) > 0.35 && (!best || box.score > best->score)) {
            best = &box;
        }
    }
    if (!best) {
        return std::nullopt;
    }
    // From the detector's own box, so that the result does not depend on where the draft came
    // from.
    const Affine grayFromNear = near.fromGray.inverse();
    const double edge = (kLandmarkPatch - kLandmarkBox) / 2;
    const double scale = kLandmarkBox / best->size();
    const Affine patchFromNear{scale, 0,     edge - scale * best->left,
                               0,     scale, edge - scale * best->top};
    const Image patch =
        grayPatch(gray, patchFromNear * near.fromGray, static_cast<int>(kLandmarkPatch));
    const Landmarks start =
        landmarker_->landmarks(patch, {edge, edge, edge + kLandmarkBox, edge + kLandmarkBox, 0});
    FaceFound found = place(gray, transformed(start, grayFromNear * patchFromNear.inverse()));
    found.detected = true;
    found.score = static_cast<float>(best->score);
    found.confidence = confidenceOf(found);
    return found;
}

std::vector<FaceFound> FaceFinder::search(const Image& gray) {
    const int longest = std::max(gray.width(), gray.height());
    std::vector<FaceFound> faces;
    for (int factor = 1; factor <= (longest <= 800 ? 3 : 2) && faces.empty(); ++factor) {
        const Image larger = factor > 1 ? enlarged(gray, factor) : Image();
        for (FaceBox box : detector_->detect(factor > 1 ? larger : gray, 0.0)) {
            box = {box.left / factor, box.top / factor, box.right / factor, box.bottom / factor,
                   box.score};
            const Landmarks draft = draftFrom(gray, box);
            std::optional<FaceFound> face = examine(gray, draft);
            if (!face) {
                // The wide search saw it; the narrow one, in another orientation, need not.
                face = place(gray, draft);
                face->detected = true;
                face->score = static_cast<float>(box.score);
                face->confidence = confidenceOf(*face);
            }
            faces.push_back(*face);
        }
    }
    std::erase_if(faces, [](const FaceFound& face) { return face.confidence < kLeastConfidence; });
    std::stable_sort(faces.begin(), faces.end(), [](const FaceFound& a, const FaceFound& b) {
        return interOcularDistance(a.landmarks) > interOcularDistance(b.landmarks);
    });
    if (faces.size() > kMostFaces) {
        faces.resize(kMostFaces);
    }
    return faces;
}

std::optional<FaceFound> FaceFinder::searchNear(const Image& gray, const Landmarks& last) {
    const Patch wide = patchFor(last, kNearSize, kWidePatch);
    if (!(wide.fromGray.scale() > 0.01 && wide.fromGray.scale() < 20)) {
        return std::nullopt;
    }
    const Image picture = grayPatch(gray, wide.fromGray, wide.size);
    for (const FaceBox& box : detector_->detectSmallest(picture, 0.1)) {
        const Affine grayFromWide = wide.fromGray.inverse();
        const Point move = grayFromWide(box.centre()) - grayFromWide(wide.box.centre());
        Landmarks moved = last;
        for (Point& point : moved) {
            point = point + move;
        }
        std::optional<FaceFound> found = examine(gray, moved);
        if (found && found->confidence >= kLeastConfidence) {
            return found;
        }
    }
    return std::nullopt;
}

void FaceFinder::measureMotion(const Image& now, const Image& before, FaceFound& face) const {
    const std::optional<FaceFlow> flow = faceFlow(now, before, face.landmarks);
    face.hasMotion = flow.has_value() && flow->likeness > 0.5;
    if (face.hasMotion) {
        face.before = flow->moved;
        face.beforeError = flow->error;
    }
}

}  // namespace understudy::media
