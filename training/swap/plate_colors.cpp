#include "training/swap/plate_colors.h"

#include <utility>

#include "media/color/color_transforms.h"

namespace understudy::training {

using media::ColorEncoding;
using media::Image;

struct PlateColors::State {
    media::ColorTransforms transforms;
    ColorEncoding plate;
    ColorEncoding network;
};

Result<PlateColors> PlateColors::between(const ColorEncoding& plate, const std::string& network,
                                         std::string* notice) {
    PlateColors colors;
    if (plate.name == network) {
        return colors;
    }
    if (!plate.sceneLinear() || network != "acescct") {
        return Error{
            ErrorCode::usage,
            "the network was trained on " + network + " faces, but this plate is " + plate.name,
            plate.name,
            "Render a plate with the encoding of the training clips, or train on faces of "
            "this one."};
    }
    auto transforms = media::ColorTransforms::fromEnvironment();
    if (notice != nullptr && !transforms.notice().empty()) {
        *notice = transforms.notice();
    }
    const State state{std::move(transforms), plate, {network}};
    // Once, so that it cannot fail later.
    US_TRY(state.transforms.convert(Image(1, 1, 3, media::SampleType::f32), plate, {network}));
    colors.state_ = std::make_shared<const State>(state);
    return colors;
}

Image PlateColors::toNetwork(Image image) const {
    if (!state_) {
        return image;
    }
    auto converted = state_->transforms.convert(image, state_->plate, state_->network);
    US_CHECK(converted.ok());
    return std::move(converted).value();
}

Image PlateColors::toPlate(Image image) const {
    if (!state_) {
        return image;
    }
    auto converted = state_->transforms.convert(image, state_->network, state_->plate);
    US_CHECK(converted.ok());
    return std::move(converted).value();
}

}  // namespace understudy::training
