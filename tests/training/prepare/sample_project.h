// A project of two performers with faces and packs, as preparing a run meets it.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "media/faceset/pack.h"
#include "media/project/project.h"
#include "training/prepare/prepare.h"

namespace understudy::tests {

struct PackOf {
    std::string clip;
    int size = 96;
    media::FaceType type = media::FaceType::wholeFace;
    std::string encoding = "bt709";
    int frames = 6;  // from 1
};

inline void makePack(const media::Project& project, const PackOf& wanted) {
    media::PackHeader header;
    header.size = wanted.size;
    header.type = wanted.type;
    header.encoding = wanted.encoding;
    const auto index =
        project.facesetFolder() / media::packIndexName(wanted.clip, header.type, header.size);
    auto writer = media::PackWriter::open(index, header);
    REQUIRE(writer.ok());
    const auto area = static_cast<size_t>(wanted.size) * static_cast<size_t>(wanted.size);
    for (int frame = 1; frame <= wanted.frames; ++frame) {
        media::FaceRecord record;
        record.frame = frame;
        const std::vector<std::byte> pixels(area * 3, static_cast<std::byte>(frame));
        const std::vector<uint8_t> mask(area, 255);
        REQUIRE(writer->append(record, pixels, mask).ok());
    }
    REQUIRE(writer->sync().ok());
}

inline void addClip(media::Project& project, const std::string& name, const std::string& performer,
                    int frames = 6) {
    media::ClipRecord clip;
    clip.name = name;
    clip.performer = performer;
    clip.path = "/plates/" + name + ".mov";
    REQUIRE(project.addClip(clip)->name == name);
    std::vector<media::FaceTruth> faces;
    for (int frame = 1; frame <= frames; ++frame) {
        media::FaceTruth face;
        face.frame = frame;
        face.how = frame == 4 ? media::FoundHow::missed : media::FoundHow::detected;
        faces.push_back(face);
    }
    REQUIRE(project.putFaces(name, faces).ok());
}

// Anna with two clips, Ben with one, six frames each of which the fourth was missed.
inline media::Project sampleProject(const std::filesystem::path& path) {
    auto project = media::Project::create(path);
    REQUIRE(project.ok());
    addClip(*project, "bird", "Anna");
    addClip(*project, "milk", "Anna");
    addClip(*project, "again", "Ben");
    for (const char* clip : {"bird", "milk", "again"}) {
        makePack(*project, {clip});
    }
    return std::move(*project);
}

inline training::RunRequest sampleRequest() {
    training::RunRequest request;
    request.plan.source = "Anna";
    request.plan.destination = "Ben";
    request.plan.resolution = 64;
    return request;
}

}  // namespace understudy::tests
