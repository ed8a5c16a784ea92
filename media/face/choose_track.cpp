#include <algorithm>
#include <cmath>

#include "media/face/face_track.h"

namespace understudy::media {

namespace {

constexpr size_t kLookBack = 64;      // frames with faces
constexpr double kLongestJump = 0.9;  // face sizes, more after a gap
constexpr double kCutCost = 3;        // frames' worth
constexpr double kOtherPersonCost = 60;

double sizeOf(const FaceFound& face) {
    return 1.7 * interOcularDistance(face.landmarks);
}

// Distance in face sizes, discounted after a gap, though not so far that anyone may have come from
// anywhere; above kLongestJump it is not the same motion.
double jump(const FaceFound& from, const FaceFound& to, FrameNumber frames) {
    const double size = std::max(1.0, (sizeOf(from) + sizeOf(to)) / 2);
    const double ratio =
        std::abs(std::log(std::max(1.0, sizeOf(to)) / std::max(1.0, sizeOf(from))));
    return (distance(from.landmarks[30], to.landmarks[30]) / size + ratio) /
           (1 + 0.25 * static_cast<double>(std::min<FrameNumber>(frames - 1, 4)));
}

struct Node {
    size_t frame;
    size_t face;
    double reward;  // of the best path that ends here
    int previous;   // node, -1 at a start
};

double ownReward(const FaceFound& face, double largest, int width, int height) {
    const Point nose = face.landmarks[30];
    const double off = std::hypot((nose.x - width / 2.0) / width, (nose.y - height / 2.0) / height);
    return face.confidence * (0.4 + 0.6 * sizeOf(face) / largest) * (1 - 0.3 * std::min(1.0, off));
}

double transitionCost(const FrameFaces& before, size_t from, const FaceFound& to,
                      FrameNumber frames) {
    const double moved = jump(before.faces[from], to, frames);
    if (moved < kLongestJump) {
        return moved;
    }
    for (size_t other = 0; other < before.faces.size(); ++other) {
        if (other != from && jump(before.faces[other], to, frames) < kLongestJump) {
            return kOtherPersonCost;
        }
    }
    return kCutCost;
}

}  // namespace

std::vector<std::optional<size_t>> chooseTrack(std::span<const FrameFaces> frames, int width,
                                               int height) {
    double largest = 1;
    for (const FrameFaces& frame : frames) {
        for (const FaceFound& face : frame.faces) {
            largest = std::max(largest, sizeOf(face));
        }
    }
    std::vector<Node> nodes;
    std::vector<std::pair<size_t, size_t>> spans;  // of nodes, one entry a frame with faces
    int best = -1;
    for (size_t f = 0; f < frames.size(); ++f) {
        const size_t first = nodes.size();
        for (size_t k = 0; k < frames[f].faces.size(); ++k) {
            const FaceFound& face = frames[f].faces[k];
            Node node{f, k, 0, -1};
            const size_t oldest = spans.size() > kLookBack ? spans.size() - kLookBack : 0;
            for (size_t s = spans.size(); s-- > oldest;) {
                for (size_t p = spans[s].first; p < spans[s].second; ++p) {
                    const FrameFaces& before = frames[nodes[p].frame];
                    const double reward =
                        nodes[p].reward - transitionCost(before, nodes[p].face, face,
                                                         frames[f].number - before.number);
                    if (reward > node.reward) {
                        node.reward = reward;
                        node.previous = static_cast<int>(p);
                    }
                }
            }
            node.reward += ownReward(face, largest, width, height);
            nodes.push_back(node);
            if (best < 0 || node.reward > nodes[best].reward) {
                best = static_cast<int>(nodes.size()) - 1;
            }
        }
        if (nodes.size() > first) {
            spans.emplace_back(first, nodes.size());
        }
    }
    std::vector<std::optional<size_t>> chosen(frames.size());
    for (; best >= 0; best = nodes[best].previous) {
        chosen[nodes[best].frame] = nodes[best].face;
    }
    return chosen;
}

}  // namespace understudy::media
