// What understudy-renderer was asked to do.
#pragma once

#include <optional>
#include <string>

#include "media/base/result.h"
#include "training/swap/render_clip.h"

namespace understudy {

struct Arguments {
    training::RenderRequest render;
    bool followStdin = false;         // requests on stdin, its end means stop
    bool jsonLines = false;           // events on stdout
    std::optional<std::string> text;  // to print instead of doing anything: help, version
};

// Errors: usage, naming the option.
Result<Arguments> parseArguments(int argc, char** argv);

}  // namespace understudy
