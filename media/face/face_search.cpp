#include "media/face/face_search.h"

#include <algorithm>

namespace understudy::media {

namespace {

constexpr size_t kSearchEvery = 4;  // frames, while there is no face

bool consecutive(const AnalysisImage& a, const AnalysisImage& b) {
    return b.number == a.number + 1 && a.gray.width() == b.gray.width() &&
           a.gray.height() == b.gray.height();
}

std::vector<FaceFound> followAll(FaceFinder& finder, const AnalysisImage& here,
                                 const std::vector<FaceFound>& faces, const AnalysisImage& there) {
    std::vector<FaceFound> found;
    for (const FaceFound& face : faces) {
        if (std::optional<FaceFound> one = finder.follow(here.gray, face, there.gray)) {
            found.push_back(*one);
        }
    }
    removeDoubles(found);
    return found;
}

}  // namespace

void removeDoubles(std::vector<FaceFound>& faces) {
    std::stable_sort(faces.begin(), faces.end(), [](const FaceFound& a, const FaceFound& b) {
        return a.confidence > b.confidence;
    });
    std::vector<FaceFound> kept;
    for (const FaceFound& face : faces) {
        const double eyes = interOcularDistance(face.landmarks);
        const bool doubled = std::any_of(kept.begin(), kept.end(), [&](const FaceFound& other) {
            return distance(other.landmarks[30], face.landmarks[30]) < 0.6 * eyes;
        });
        if (!doubled) {
            kept.push_back(face);
        }
    }
    faces = std::move(kept);
}

std::vector<std::vector<FaceFound>> searchBatch(FaceFinder& finder, const AnalysisImage* before,
                                                std::span<const AnalysisImage> frames) {
    std::vector<std::vector<FaceFound>> result(frames.size());
    for (size_t i = 0; i < frames.size(); ++i) {
        if (i > 0 && !result[i - 1].empty() && consecutive(frames[i - 1], frames[i])) {
            result[i] = followAll(finder, frames[i - 1], result[i - 1], frames[i]);
        }
        const bool restart = i == 0 || !consecutive(frames[i - 1], frames[i]);
        const bool justLost = i > 0 && !result[i - 1].empty();
        if (result[i].empty() && (restart || justLost || i % kSearchEvery == 0)) {
            result[i] = finder.search(frames[i].gray);
            removeDoubles(result[i]);
        }
    }
    for (size_t i = frames.size(); i-- > 1;) {
        if (result[i - 1].empty() && !result[i].empty() && consecutive(frames[i - 1], frames[i])) {
            result[i - 1] = followAll(finder, frames[i], result[i], frames[i - 1]);
        }
    }
    for (size_t i = 0; i < frames.size(); ++i) {
        for (FaceFound& face : result[i]) {
            face.look = lookOf(frames[i].gray, face.landmarks);
        }
        const AnalysisImage* last = i > 0 ? &frames[i - 1] : before;
        if (!last || !consecutive(*last, frames[i])) {
            continue;
        }
        for (FaceFound& face : result[i]) {
            finder.measureMotion(frames[i].gray, last->gray, face);
        }
    }
    return result;
}

}  // namespace understudy::media
