// A clip with every field set and a face that is told by its frame, for tests of the project.
#pragma once

#include <cmath>
#include <filesystem>
#include <string>

#include "media/project/project.h"

namespace understudy::tests {

inline media::ClipRecord sampleClip(const std::string& path,
                                    const std::string& performer = "Anna") {
    media::ClipRecord clip;
    clip.performer = performer;
    clip.path = path;
    clip.name = std::filesystem::path(path).stem().string();
    clip.frames = 120;
    clip.first = 1001;
    clip.last = 1121;
    clip.fps = 24000.0 / 1001;
    clip.width = 1920;
    clip.height = 1080;
    clip.pixelAspect = 1.5;
    clip.encoding = "bt709";
    clip.missing = {1017, -4, int64_t{1} << 40};
    return clip;
}

inline media::FaceTruth sampleFace(int64_t frame, media::FoundHow how = media::FoundHow::detected) {
    media::FaceTruth face;
    face.frame = frame;
    face.how = how;
    face.confidence = 0.75f;
    face.jitter = 0.125f;
    if (how != media::FoundHow::missed) {
        for (size_t i = 0; i < face.landmarks.size(); ++i) {
            face.landmarks[i] = {std::sqrt(3.0) * static_cast<double>(i),
                                 static_cast<double>(frame) + 0.1};
        }
    }
    return face;
}

}  // namespace understudy::tests
