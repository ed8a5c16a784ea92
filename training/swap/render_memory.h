// What a render leaves for the next one in the same process, so that single frames are previewed
// without waiting for what is the same each time: the network, and what is usual in the clip. Each
// is made anew where anything that it depends on has changed; a render with memory gives the same
// picture, to the bit, as one without.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "media/source/frame_source.h"
#include "training/swap/face_network.h"
#include "training/swap/swapper.h"

namespace understudy::training {

class RenderMemory {
  public:
    // Errors: those of loadFaceNetwork.
    Result<std::shared_ptr<FaceNetwork>> network(const NetworkRequest& request);

    UsualFaces usual;  // of that network; gone with it

  private:
    std::string networkOf_;
    std::shared_ptr<FaceNetwork> network_;
};

std::string hashOf(const std::map<media::FrameNumber, media::Landmarks>& faces);
// What the usual faces of a clip depend on beside the network: the files of the plate as they are
// now, the task's faces, and how much they are steadied.
std::string usualFacesKey(const media::SourceInfo& plate, const SwapTask& task);

}  // namespace understudy::training
