#include "training/look/composite_options.h"

#include <algorithm>
#include <cmath>

#include "training/look/look_options.h"

namespace understudy::training {

Status CompositeOptions::check() const {
    CompositeOptions checked;
    for (const LookOption& option : lookOptions()) {
        US_TRY(setLook(checked, option.key, lookText(*this, option.key)));
    }
    return {};
}

int CompositeOptions::reach() const {
    const double window = std::max(colorWindow, maskWindow);
    return static_cast<int>(std::ceil(2 * window));
}

std::string CompositeOptions::signature() const {
    std::string text;
    for (const LookOption& option : lookOptions()) {
        text += (text.empty() ? "" : " ") + option.key + "=" + lookText(*this, option.key);
    }
    return text;
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
