#include "training/swap/composite_options.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace understudy::training {

namespace {

Status checkRange(const char* name, double value, double least, double most) {
    if (value >= least && value <= most) {
        return {};
    }
    std::ostringstream range;
    range << "Choose a number from " << least << " to " << most << ".";
    return Error{ErrorCode::usage, "--" + std::string(name) + " is out of range",
                 std::to_string(value), range.str()};
}

}  // namespace

Status CompositeOptions::check() const {
    US_TRY(checkRange("color-window", colorWindow, 0, 25));
    US_TRY(checkRange("lighting", lighting, 0, 1));
    US_TRY(checkRange("erode", erode, 0, 0.5));
    US_TRY(checkRange("blur", blur, 0, 0.5));
    US_TRY(checkRange("mask-window", maskWindow, 0, 5));
    US_TRY(checkRange("occlusion", occlusion, 0, 4));
    US_TRY(checkRange("sharpen", sharpen, 0, 2));
    US_TRY(checkRange("grain", grain, 0, 1));
    US_TRY(checkRange("steady", steady, 0, 10));
    US_TRY(checkRange("eye-fit", eyeFit, 0, 1));
    return {};
}

int CompositeOptions::reach() const {
    const double window = std::max(colorWindow, maskWindow);
    return static_cast<int>(std::ceil(2 * window));
}

std::string CompositeOptions::signature() const {
    std::ostringstream text;
    text << "color=" << colorMatchName(color) << " color-window=" << colorWindow
         << " lighting=" << lighting << " mask=" << maskModeName(mask) << " erode=" << erode
         << " blur=" << blur << " mask-window=" << maskWindow << " occlusion=" << occlusion
         << " sharpen=" << sharpen << " grain=" << grain << " steady=" << steady
         << " eye-fit=" << eyeFit;
    return text.str();
}

std::string_view colorMatchName(ColorMatch mode) {
    switch (mode) {
        case ColorMatch::none:
            return "none";
        case ColorMatch::mean:
            return "mean";
        case ColorMatch::linear:
            return "linear";
    }
    return "";
}

std::optional<ColorMatch> colorMatchFromName(std::string_view name) {
    for (const ColorMatch mode : {ColorMatch::none, ColorMatch::mean, ColorMatch::linear}) {
        if (colorMatchName(mode) == name) {
            return mode;
        }
    }
    return std::nullopt;
}

std::string_view maskModeName(MaskMode mode) {
    switch (mode) {
        case MaskMode::learned:
            return "learned";
        case MaskMode::hull:
            return "hull";
        case MaskMode::learnedHull:
            return "learned*hull";
    }
    return "";
}

std::optional<MaskMode> maskModeFromName(std::string_view name) {
    for (const MaskMode mode : {MaskMode::learned, MaskMode::hull, MaskMode::learnedHull}) {
        if (maskModeName(mode) == name) {
            return mode;
        }
    }
    return std::nullopt;
}

}  // namespace understudy::training
