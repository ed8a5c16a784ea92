// The command line of understudy-extractor.
#pragma once

#include <optional>
#include <string>

#include "media/base/result.h"
#include "media/extract/clip_extraction.h"

namespace understudy {

struct Arguments {
    std::string project;
    std::string clip;
    media::ExtractOptions extract;
    bool followStdin = false;
    bool jsonLines = false;
    std::optional<std::string> text;  // help or version to print instead of working
};

// Errors: usage.
Result<Arguments> parseArguments(int argc, char** argv);

}  // namespace understudy
