#include "tests/media/synthetic/judge.h"

#include <stdexcept>

#include "media/face/analysis_image.h"

namespace understudy::tests {

using namespace media;

Judge::Judge() {
    const auto path = findLandmarkModel();
    const auto landmarker = path.ok() ? loadLandmarker(*path) : path.error();
    if (!landmarker.ok()) {
        throw std::runtime_error(landmarker.error().message);
    }
    finder_ = std::make_unique<FaceFinder>(*landmarker);
}

std::optional<Seen> Judge::look(const RenderedFrame& frame) {
    Frame plate;
    plate.pixels = frame.picture;
    const AnalysisImage seenAs = analysisImage(plate);
    const double eyes = interOcularDistance(transformed(frame.landmarks, seenAs.analysisFromFrame));
    for (const FaceFound& face : finder_->search(seenAs.gray)) {
        Seen seen;
        for (size_t i = 0; i < kLandmarkCount; ++i) {
            const Point truth = seenAs.analysisFromFrame(frame.landmarks[i]);
            const double apart = distance(face.landmarks[i], truth) / eyes;
            (i < 17 ? seen.jaw : seen.inner) += apart / (i < 17 ? 17 : 51);
        }
        if (seen.inner < 0.5) {
            return seen;
        }
    }
    return std::nullopt;
}

}  // namespace understudy::tests
