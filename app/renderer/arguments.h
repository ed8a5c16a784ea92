// What understudy-renderer was asked to do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/swap/render_clip.h"

namespace understudy {

struct Arguments {
    training::RenderRequest render;
    bool followStdin = false;         // requests on stdin, its end means stop
    bool jsonLines = false;           // events on stdout
    bool serve = false;               // renders come as requests on stdin, none from here
    std::optional<std::string> text;  // to print instead of doing anything: help, version
};

// Of the words behind the program's name. Errors: usage, naming the option.
Result<Arguments> parseArguments(const std::vector<std::string>& words);

}  // namespace understudy
