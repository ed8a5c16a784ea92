// The one description of what an artist may turn: the renderer's and the CLI's options, the form in
// the window, a version's line of settings and what is said to have changed since all follow from
// it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "training/look/composite_options.h"

namespace understudy::training {

struct LookChoice {
    std::string name;   // "linear"
    std::string title;  // for people
};

struct LookOption {
    std::string key;                  // "color-window"; the option is "--color-window"
    std::string title;                // for people: "Soft edge"
    std::string help;                 // what it does, its range included
    std::vector<LookChoice> choices;  // of a mode; empty: a number
    double least = 0, most = 0;       // of a number
    double step = 0;                  // by which somebody turns it
    std::string unit = {};            // "frames"; empty: none
    bool rare = false;                // seldom touched

    std::string option() const { return "--" + key; }
};

// In the order of a version's line of settings.
const std::vector<LookOption>& lookOptions();
// Nothing: there is none of this key.
const LookOption* lookOption(std::string_view key);

// Errors: usage, naming the option and what it may be.
Status setLook(CompositeOptions& options, const std::string& key, const std::string& text);
std::string lookText(const CompositeOptions& options, const std::string& key);

// By option, as a renderer takes it: {"--color", "linear"}, ...
using Look = std::map<std::string, std::string>;
Look lookOf(const CompositeOptions& options);

}  // namespace understudy::training
