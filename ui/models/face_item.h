// SPDX-License-Identifier: GPL-3.0-or-later
// One face as the grid, the plots and the sorting see it: plain numbers, 100,000 of them at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "media/project/project.h"

namespace understudy::ui {

// Names a face for as long as the project is open: clips are numbered in order of appearance and
// keep their number.
struct FaceKey {
    int clip = -1;
    int64_t frame = 0;
    bool operator==(const FaceKey&) const = default;
    auto operator<=>(const FaceKey&) const = default;
};

struct FaceItem {
    FaceKey key;
    int record = -1;  // in the clip's pack, -1 while it has no picture
    float confidence = 0;
    float jitter = 0;  // pixels
    float yaw = 0;     // -1 (looks to the picture's left) to 1, from the landmarks
    float size = 0;    // pixels between the outer corners of the eyes
    bool tracked = false;
    bool suspect = false;
    media::ReviewState state = media::ReviewState::undecided;
};

enum class FaceSort { suspects, confidence, jitter, yaw, size, time };

struct FaceFilter {
    int clip = -1;          // -1: all
    std::string performer;  // empty: all
    bool keep = true;       // states shown
    bool reject = true;
    bool undecided = true;
    bool suspectsOnly = false;
    float leastConfidence = 0;
    bool operator==(const FaceFilter&) const = default;
};

// Sideways turn of the head from the jaw and the nose: 0 frontal, +-1 profile.
float yawOf(const media::Landmarks& landmarks);

// Marks faces that want a look: low confidence, or jumping against the others of their clip.
void markSuspects(std::vector<FaceItem>& faces);

// Indices of the faces that pass, in order. `performerOfClip` by clip number.
std::vector<int> orderedFaces(const std::vector<FaceItem>& faces, const FaceFilter& filter,
                              FaceSort sort, const std::vector<std::string>& performerOfClip);

}  // namespace understudy::ui
