// A cascade of regression trees that places the points of a face: Kazemi and Sullivan, "One
// millisecond face alignment with an ensemble of regression trees" (2014). Each tree compares
// pixels near the points placed so far and adds its leaf to all of them.
//
// Several boxes go through the cascade together, because what it costs is fetching the leaves: they
// are kept in 16 bits, one scale a stage, in one piece. The sum over a stage's trees is exact.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "media/align/landmarks.h"
#include "media/base/result.h"
#include "media/face/face_detector.h"
#include "media/frame/image.h"

namespace understudy::media {

class ShapeTrees {
  public:
    // A model file as dlib's shape_predictor writes it, 68 points. Errors: missingInput (absent,
    // unreadable), corruptData (something else, damaged, another number of points).
    static Result<ShapeTrees> read(const std::filesystem::path& file);

    // One set of points for each box, in pixels of `gray` (u8, one channel), centres at +0.5.
    // Thread-safe.
    std::vector<Landmarks> place(const Image& gray, std::span<const FaceBox> boxes) const;

  private:
    friend class ShapeTreesReader;
    friend class ShapeTreesKeeper;  // shape_trees_cache.cpp

    static constexpr int kValues = 2 * kLandmarkCount;  // x and y of each point in turn

    // Goes to the first child where pixel a - pixel b > threshold.
    struct Split {
        uint16_t a = 0;
        uint16_t b = 0;
        int16_t threshold = 0;
    };
    // A pixel to look at: `point` of the mean shape, moved by `offset` within the box.
    struct Probe {
        uint16_t point = 0;
        float x = 0;
        float y = 0;
    };
    struct Stage {
        std::vector<Probe> probes;
        size_t trees = 0;
        std::vector<Split> splits;    // (2^depth - 1) a tree
        std::vector<int16_t> leaves;  // 2^depth a tree, kValues each
        float scale = 0;              // of the leaves
    };

    void probePixels(const Stage& stage, const Image& gray, const FaceBox& box,
                     std::span<const float> shape, std::span<int16_t> pixels) const;
    // Which leaf of each tree each box reaches, tree by tree.
    void findLeaves(const Stage& stage, std::span<const int16_t> pixels,
                    std::span<uint32_t> leaves) const;
    void addLeaves(const Stage& stage, std::span<const uint32_t> leaves,
                   std::span<float> shapes) const;

    size_t depth_ = 0;
    std::vector<float> mean_;  // kValues, in the unit square of the box
    std::vector<Stage> stages_;
};

}  // namespace understudy::media
