// Drawn faces in real packs and real run folders, for tests of the data path and the trainer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "media/faceset/pack.h"
#include "training/plan/plan.h"
#include "training/plan/selection.h"

namespace understudy::tests {

struct DrawnFaces {
    std::string performer = "a";
    std::string clip = "clip";
    int count = 24;
    int size = 96;
    double margin = 0.15;
    std::string encoding = "srgb";
    media::PackSample sample = media::PackSample::u8;
    // Skin, R G B in 0..1.
    double skin[3] = {0.8, 0.6, 0.5};
};

// A face with eyes, brows and a mouth that move from frame to frame; frames count from 1.
std::vector<uint8_t> drawFace(const DrawnFaces& faces, int frame, std::vector<uint8_t>& mask,
                              media::Landmarks& landmarks);

// Writes the pack into `folder`; its index.
std::filesystem::path writePack(const std::filesystem::path& folder, const DrawnFaces& faces);

// All faces of the packs, the first source, the second destination.
training::Selection selectionOf(const std::vector<std::filesystem::path>& packs,
                                const std::vector<std::string>& performers);

// Two performers of different skin and build.
DrawnFaces drawnSource();
DrawnFaces drawnDestination();

// A plan that trains in seconds.
training::Plan tinyPlan();

// Six performers of skins of their own, all alike otherwise: "a" and "b" as above, then "c" to "f".
std::vector<DrawnFaces> drawnPerformers();

// folder/plan.json and folder/selection.json over packs in folder/faces, of the performers that the
// plan names.
void writeRunOf(const std::filesystem::path& folder, const training::Plan& plan,
                const std::vector<DrawnFaces>& performers);

// folder/plan.json and folder/selection.json over packs in folder/faces.
void writeRun(const std::filesystem::path& folder, const training::Plan& plan,
              const DrawnFaces& source = drawnSource(),
              const DrawnFaces& destination = drawnDestination());

// The newest step in the run's history; 0 before the first. For who waits for a training.
int64_t lastStep(const std::filesystem::path& folder);

}  // namespace understudy::tests
