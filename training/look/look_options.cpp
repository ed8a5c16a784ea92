#include "training/look/look_options.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <variant>

#include "media/base/check.h"

namespace understudy::training {
namespace {

using Place = std::variant<double CompositeOptions::*, ColorMatch CompositeOptions::*,
                           MaskMode CompositeOptions::*>;

struct Entry {
    LookOption says;
    Place place;
};

constexpr bool kRare = true;

struct Range {
    double least = 0, most = 0, step = 0;
};

Entry number(const char* key, double CompositeOptions::*place, const char* title, Range range,
             const char* unit, bool rare, const char* help) {
    return {{key, title, help, {}, range.least, range.most, range.step, unit, rare}, place};
}

const std::vector<Entry>& table() {
    using Options = CompositeOptions;
    static const std::vector<Entry> entries = {
        {{"color",
          "Colour",
          "Colour match: linear, mean or none",
          {{"linear", "Match the plate's tones"},
           {"mean", "Match the plate's mean only"},
           {"none", "As the network draws it"}}},
         &Options::color},
        number("color-window", &Options::colorWindow, "Colour over", {0, 25, 1}, "frames", kRare,
               "Smoothing of the colour match, in frames, 0 to 25"),
        number("lighting", &Options::lighting, "Plate's light", {0, 1, 0.1}, "", kRare,
               "How much of the plate's broad light to take, 0 to 1"),
        {{"mask",
          "Mask",
          "What the face covers: learned, hull or learned*hull",
          {{"learned", "As far as the new face reaches"},
           {"hull", "Outline of the landmarks"},
           {"learned*hull", "Learned, within the outline"}}},
         &Options::mask},
        number("erode", &Options::erode, "Edge stays plate", {0, 0.5, 0.01}, "face widths", false,
               "Band inside the outline that stays plate, in face widths, 0 to 0.5"),
        number("blur", &Options::blur, "Soft edge", {0, 0.5, 0.01}, "face widths", false,
               "Width of the soft edge, in face widths, 0 to 0.5"),
        number("mask-window", &Options::maskWindow, "Mask over", {0, 5, 0.5}, "frames", kRare,
               "Smoothing of the mask, in frames, 0 to 5"),
        number("occlusion", &Options::occlusion, "Hands in front", {0, 4, 0.25}, "", kRare,
               "Sensitivity to hands and objects in front of the face, 0 (off) to 4"),
        number("sharpen", &Options::sharpen, "Sharpen", {0, 2, 0.1}, "", kRare,
               "Fine contrast: 0 as the network has it, 1 as the plate has it, up to 2"),
        number("grain", &Options::grain, "Grain at the edge", {0, 1, 0.1}, "", kRare,
               "How much of the plate's grain stays at the edge, 0 to 1"),
        number("steady", &Options::steady, "Steady", {0, 10, 0.5}, "frames", kRare,
               "Smoothing of the landmarks, in frames, 0 to 10"),
        number("eye-fit", &Options::eyeFit, "Fit to the eyes", {0, 1, 0.1}, "", kRare,
               "How far the face is moved so that its eyes lie on the plate's: 0 as aligned, 1 all "
               "the way"),
        number("scale", &Options::scale, "Face size", {0.5, 2, 0.01}, "", false,
               "Size of the new face about its eyes: 1 as aligned, 0.5 to 2. Two people's features "
               "differ in size against their heads"),
    };
    return entries;
}

const Entry* entryOf(std::string_view key) {
    const auto found = std::find_if(table().begin(), table().end(),
                                    [&](const Entry& entry) { return entry.says.key == key; });
    return found == table().end() ? nullptr : &*found;
}

// The text as a value of the type of the third; nothing where it is none.
std::optional<ColorMatch> read(const std::string& text, const LookOption&, ColorMatch) {
    return colorMatchFromName(text);
}

std::optional<MaskMode> read(const std::string& text, const LookOption&, MaskMode) {
    return maskModeFromName(text);
}

std::optional<double> read(const std::string& text, const LookOption& option, double) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, value);
    const bool fits = value >= option.least && value <= option.most;
    return failed == std::errc() && stop == end && fits ? std::optional(value) : std::nullopt;
}

std::string written(ColorMatch mode) {
    return std::string(colorMatchName(mode));
}

std::string written(MaskMode mode) {
    return std::string(maskModeName(mode));
}

std::string written(double value) {
    std::ostringstream text;
    text << value;
    return text.str();
}

Error refused(const LookOption& option, const std::string& text) {
    std::ostringstream remedy;
    if (option.choices.empty()) {
        remedy << "Choose a number from " << option.least << " to " << option.most << ".";
    } else {
        remedy << "Choose one of";
        for (size_t i = 0; i < option.choices.size(); ++i) {
            remedy << (i == 0 ? " " : ", ") << option.choices[i].name;
        }
        remedy << ".";
    }
    return {ErrorCode::usage,
            option.option() + (option.choices.empty() ? " is out of range" : " is unknown"), text,
            remedy.str()};
}

}  // namespace

const std::vector<LookOption>& lookOptions() {
    static const std::vector<LookOption> options = [] {
        std::vector<LookOption> all;
        for (const Entry& entry : table()) {
            all.push_back(entry.says);
        }
        return all;
    }();
    return options;
}

const LookOption* lookOption(std::string_view key) {
    const Entry* entry = entryOf(key);
    return entry == nullptr ? nullptr : &entry->says;
}

Status setLook(CompositeOptions& options, const std::string& key, const std::string& text) {
    const Entry* entry = entryOf(key);
    if (entry == nullptr) {
        return Error{ErrorCode::usage, "there is no setting of this name", "--" + key,
                     "See understudy-cli swap --help."};
    }
    const bool taken = std::visit(
        [&](auto place) {
            const auto value = read(text, entry->says, options.*place);
            options.*place = value.value_or(options.*place);
            return value.has_value();
        },
        entry->place);
    return taken ? Status() : Status(refused(entry->says, text));
}

std::string lookText(const CompositeOptions& options, const std::string& key) {
    const Entry* entry = entryOf(key);
    US_CHECK(entry != nullptr);
    return std::visit([&](auto place) { return written(options.*place); }, entry->place);
}

Look lookOf(const CompositeOptions& options) {
    Look look;
    for (const LookOption& option : lookOptions()) {
        look[option.option()] = lookText(options, option.key);
    }
    return look;
}

}  // namespace understudy::training
