#include "media/face/face_search.h"

#include <algorithm>

#include "media/face/face_follower.h"
#include "media/face/scene_cut.h"

namespace understudy::media {

namespace {

constexpr size_t kSearchEvery = 4;  // frames, while there is no face

bool consecutive(const AnalysisImage& a, const AnalysisImage& b) {
    return b.number == a.number + 1 && a.gray.width() == b.gray.width() &&
           a.gray.height() == b.gray.height();
}

bool sameFace(const FaceFound& a, const FaceFound& b) {
    return distance(a.landmarks[30], b.landmarks[30]) < 0.6 * interOcularDistance(b.landmarks);
}

struct Seen {
    FaceFound face;
    bool followed = false;  // from the frame before
};

// Goes through a batch forwards, then backwards from faces that begin in its middle.
class BatchSearch {
  public:
    BatchSearch(FaceFinder& finder, std::span<const AnalysisImage> frames)
        : finder_(finder), frames_(frames), seen_(frames.size()) {}

    void forwards(bool lastToo) {
        std::vector<FaceFollower> followers;
        for (size_t i = 0; i < frames_.size(); ++i) {
            const bool restart = i == 0 || !consecutive(frames_[i - 1], frames_[i]);
            const size_t last = followers.size();
            if (restart) {
                followers.clear();
            } else {
                step(followers, i);
            }
            const bool end = lastToo && i + 1 == frames_.size();
            if (restart || end || followers.size() < last || isDue(followers, i)) {
                search(followers, i);
                searched_ = i;
            }
            most_ = restart ? followers.size() : std::max(most_, followers.size());
        }
    }

    void backwards() {
        std::vector<FaceFollower> followers;
        for (size_t i = frames_.size(); i-- > 1;) {
            if (!consecutive(frames_[i - 1], frames_[i])) {
                followers.clear();
                continue;
            }
            for (const Seen& seen : seen_[i]) {
                const bool known = std::any_of(
                    followers.begin(), followers.end(),
                    [&](const FaceFollower& one) { return sameFace(one.face(), seen.face); });
                if (!seen.followed && !known) {
                    followers.emplace_back(finder_, frames_[i].gray, seen.face);
                }
            }
            std::vector<FaceFollower> on;
            for (FaceFollower& follower : followers) {
                const std::optional<FaceFound> found = follower.step(frames_[i - 1].gray);
                if (found && add(i - 1, {withoutMotion(*found), false})) {
                    on.push_back(std::move(follower));
                }
            }
            followers = std::move(on);
        }
    }

    std::vector<std::vector<FaceFound>> faces() const {
        std::vector<std::vector<FaceFound>> all(seen_.size());
        for (size_t i = 0; i < seen_.size(); ++i) {
            for (const Seen& seen : seen_[i]) {
                all[i].push_back(seen.face);
            }
        }
        return all;
    }

  private:
    // While somebody is missing, and after what may have been a cut: a face is where one was, but
    // no flow leads there.
    bool isDue(const std::vector<FaceFollower>& followers, size_t frame) const {
        const bool leapt =
            std::any_of(followers.begin(), followers.end(),
                        [](const FaceFollower& follower) { return !follower.face().hasMotion; });
        const size_t every = followers.empty() || leapt ? kSearchEvery : 2 * kSearchEvery;
        return (followers.empty() || leapt || followers.size() < most_) &&
               frame - searched_ >= every;
    }

    // Going backwards, flow tells how points will move next.
    static FaceFound withoutMotion(FaceFound face) {
        face.hasMotion = false;
        face.before = {};
        face.beforeError = {};
        return face;
    }

    // False for a face that lies on one of the frame's.
    bool add(size_t frame, const Seen& seen) {
        const bool there =
            std::any_of(seen_[frame].begin(), seen_[frame].end(),
                        [&](const Seen& other) { return sameFace(other.face, seen.face); });
        if (!there) {
            seen_[frame].push_back(seen);
        }
        return !there;
    }

    void step(std::vector<FaceFollower>& followers, size_t frame) {
        std::vector<FaceFollower> on;
        for (FaceFollower& follower : followers) {
            if (follower.step(frames_[frame].gray)) {
                on.push_back(std::move(follower));
            }
        }
        // Where two have come together the better one stays.
        std::stable_sort(on.begin(), on.end(), [](const FaceFollower& a, const FaceFollower& b) {
            return a.face().confidence > b.face().confidence;
        });
        followers.clear();
        for (FaceFollower& follower : on) {
            if (add(frame, {follower.face(), true})) {
                followers.push_back(std::move(follower));
            }
        }
    }

    void search(std::vector<FaceFollower>& followers, size_t frame) {
        std::vector<FaceFound> found = finder_.search(frames_[frame].gray);
        removeDoubles(found);
        for (const FaceFound& face : found) {
            if (add(frame, {face, false})) {
                followers.emplace_back(finder_, frames_[frame].gray, face);
            }
        }
    }

    FaceFinder& finder_;
    std::span<const AnalysisImage> frames_;
    std::vector<std::vector<Seen>> seen_;
    size_t searched_ = 0;  // the last frame that was
    size_t most_ = 0;      // faces at once since the last cut in the numbers
};

}  // namespace

void removeDoubles(std::vector<FaceFound>& faces) {
    std::stable_sort(faces.begin(), faces.end(), [](const FaceFound& a, const FaceFound& b) {
        return a.confidence > b.confidence;
    });
    std::vector<FaceFound> kept;
    for (const FaceFound& face : faces) {
        if (std::none_of(kept.begin(), kept.end(),
                         [&](const FaceFound& other) { return sameFace(other, face); })) {
            kept.push_back(face);
        }
    }
    faces = std::move(kept);
}

std::vector<std::vector<FaceFound>> searchBatch(FaceFinder& finder, const AnalysisImage* before,
                                                std::span<const AnalysisImage> frames,
                                                bool lastToo) {
    BatchSearch search(finder, frames);
    search.forwards(lastToo);
    search.backwards();
    std::vector<std::vector<FaceFound>> result = search.faces();
    for (size_t i = 0; i < frames.size(); ++i) {
        const AnalysisImage* last = i > 0 ? &frames[i - 1] : before;
        for (FaceFound& face : result[i]) {
            face.look = lookOf(frames[i].gray, face.landmarks);
            if (!face.hasMotion && last && consecutive(*last, frames[i])) {
                finder.measureMotion(frames[i].gray, last->gray, face);
                face.afterCut =
                    !face.hasMotion && sceneAlikeness(last->gray, frames[i].gray) < kSameScene;
            }
        }
    }
    return result;
}

}  // namespace understudy::media
