#include "tests/media/synthetic/judge.h"

#include <stdexcept>

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
    Image gray(frame.picture.width(), frame.picture.height(), 1, SampleType::u8);
    for (int y = 0; y < gray.height(); ++y) {
        const auto* from = frame.picture.row<uint8_t>(y);
        auto* to = gray.row<uint8_t>(y);
        for (int x = 0; x < gray.width(); ++x) {
            to[x] = static_cast<uint8_t>(
                (299 * from[3 * x] + 587 * from[3 * x + 1] + 114 * from[3 * x + 2]) / 1000);
        }
    }
    const double eyes = interOcularDistance(frame.landmarks);
    for (const FaceFound& face : finder_->search(gray)) {
        Seen seen;
        for (size_t i = 0; i < kLandmarkCount; ++i) {
            const double apart = distance(face.landmarks[i], frame.landmarks[i]) / eyes;
            (i < 17 ? seen.jaw : seen.inner) += apart / (i < 17 ? 17 : 51);
        }
        if (seen.inner < 0.5) {
            return seen;
        }
    }
    return std::nullopt;
}

}  // namespace understudy::tests
