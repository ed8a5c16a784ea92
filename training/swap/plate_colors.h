// The way of colours between a plate and its network: none for display-referred plates, which are
// trained as they are; scene-linear plates are seen by the network as ACEScct.
#pragma once

#include <memory>
#include <string>

#include "media/base/result.h"
#include "media/frame/frame.h"

namespace understudy::training {

// May be used by several threads at once.
class PlateColors {
  public:
    PlateColors() = default;  // changes nothing

    // Errors: usage when a network of encoding `network` cannot work on this plate; `notice` gets a
    // word for the user about $OCIO, or stays as it is.
    static Result<PlateColors> between(const media::ColorEncoding& plate,
                                       const std::string& network, std::string* notice = nullptr);

    // f32 images. In the network's encoding, and back.
    media::Image toNetwork(media::Image image) const;
    media::Image toPlate(media::Image image) const;

  private:
    struct State;
    std::shared_ptr<const State> state_;
};

}  // namespace understudy::training
