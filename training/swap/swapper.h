// Takes a clip through a network: decode -> align -> batches -> network -> composite on all cores
// -> write in order, with a bounded number of frames in memory.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "media/align/landmarks.h"
#include "media/align/mask_correction.h"
#include "media/base/result.h"
#include "media/source/frame_source.h"
#include "training/look/composite_options.h"
#include "training/swap/face_network.h"
#include "training/swap/occlusion.h"

namespace understudy::training {

// Faces from all over a clip as the network sees and makes them, which say what is usual there.
// Whoever swaps single frames of one clip again and again keeps them from swap to swap.
struct UsualFaces {
    std::string of;  // whatever they depend on: plate, faces, network
    std::vector<FaceSample> samples;
};

struct SwapTask {
    // Frames to make, ascending; all must exist in the plate.
    std::vector<media::FrameNumber> frames;
    // The faces to replace, of the whole clip: neighbours outside `frames` are looked at too, so
    // that a frame looks the same whichever others are made with it. Frames without one pass
    // through unchanged.
    std::map<media::FrameNumber, media::Landmarks> faces;
    // Painted into masks, by frame: the face is not set in where it is removed, and is where it is
    // added, whatever is found in front of it.
    std::map<media::FrameNumber, media::MaskCorrection> corrections;
    CompositeOptions options;
    // Takes the matte of every frame (matteOver, with the frame's number) before the frame itself
    // is handed on, on the same thread; none where it is not set.
    std::function<Status(media::Frame matte)> matteMade;
    int batch = 8;    // faces a forward pass
    int threads = 0;  // for compositing, 0 = all cores
    // Taken where they are of `usualOf`, else made anew; none: nobody keeps them.
    UsualFaces* usual = nullptr;
    std::string usualOf = {};
    std::function<void(const std::string& text)> warned;  // once, about $OCIO
};

// Called in the order of the frames, from one thread, which is not the caller's.
using FrameMade = std::function<Status(media::Frame frame, bool swapped)>;

// Errors: those of plate, network and `made`; usage when the plate's encoding is not the network's;
// saved when asked to stop.
Status swapFrames(media::FrameSource& plate, FaceNetwork& network, const SwapTask& task,
                  const FrameMade& made, std::stop_token stop);

}  // namespace understudy::training
