// The picture that people judge a training by: a few fixed faces, what the network makes of them,
// and the swap, as one atlas of square cells.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/engine/trainer/step_engine.h"
#include "training/plan/run_folder.h"

namespace understudy::training {

struct Preview {
    int width = 0, height = 0;
    std::vector<uint8_t> pixels;  // R G B
    PreviewInfo info;
};

// Six columns (source, source_out, destination, destination_out, swap, mask), up to six rows, of
// faces held out of training where there are any, with the averaged weights and no augmentation.
// Where `faces` are named, those of source and destination in their columns instead, the rest
// filled up. The same faces every time. Waits for the device.
Preview renderPreview(StepEngine& engine, const std::vector<std::string>& faces = {});

// Those of `faces` that neither source nor destination has.
std::vector<std::string> unknownFaces(const FaceStore& store,
                                      const std::vector<std::string>& faces);

// previews/step-<n>.json, then .png, each whole or not at all. Errors: cannotWrite.
Status writePreview(const Preview& preview, const RunFolder& run, int64_t step);

}  // namespace understudy::training
