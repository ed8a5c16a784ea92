// The whole command line: all verbs, parsed, with every mistake as an error that names the nearest
// right word.
#pragma once

#include <optional>

#include "app/cli/verbs.h"

namespace understudy::cli {

void addAllVerbs(CommandLine& line);

// The exit code if that is all there is to do (--help, --version); errors: usage.
Result<std::optional<int>> parseCommandLine(CommandLine& line, int argc, char** argv);

// Whether a flag stands among the arguments, for when they could not be parsed.
bool flagGiven(int argc, char** argv, const std::string& flag);

}  // namespace understudy::cli
