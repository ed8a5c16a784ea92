// Fills a pack with the crops and masks of found faces: one thread decodes, others resample, one
// appends in the order of the frames. Scene-linear plates become ACEScct in half floats, others
// keep their encoding.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "media/extract/kept_parts.h"
#include "media/faceset/pack.h"
#include "media/project/project.h"

namespace understudy::media {

struct CropJob {
    std::string plate;
    std::filesystem::path index;  // of the pack
    std::string clip;
    FaceType type = FaceType::wholeFace;
    int size = 256;
    double margin = 0.15;
    double pixelAspect = 1;
    std::string encoding;          // of the plate
    std::vector<FaceTruth> faces;  // those found, by frame
    // How readily what is in front of a face is taken out of its mask, 0 (never) to 1.
    double occlusion = 0;
    std::map<int64_t, MaskCorrection> corrections;  // painted into masks, by frame
    const KeptParts* kept = nullptr;                // what of the plate needs no decoding
    int threads = 1;
    std::stop_token stop;
    std::function<void(int64_t done)> progressed;         // in faces, of all of them
    std::function<void(const std::string& text)> warned;  // once, about $OCIO
    // For every face of the finished pack, what share of its outline is not in its mask.
    std::function<void(int64_t frame, float share)> hidden;

    std::shared_ptr<const FramePart> keptOf(const FaceTruth& face) const {
        return kept ? kept->partFor(face.frame, face.landmarks) : nullptr;
    }
};

// Frames that the pack has already, made from the same truth, are kept. Durable when it returns.
Status writeCrops(const CropJob& job);

FaceRecord recordOf(const CropJob& job, const FaceTruth& face);

// Error `saved` once the job is to stop.
Status stillWanted(const CropJob& job);

// The hash of everything that a pack's content follows from, pixels of the plate aside.
std::string packTruth(const CropJob& job);

}  // namespace understudy::media
