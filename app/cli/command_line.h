// The whole command line: all verbs, parsed, with every mistake as an error that names the nearest
// right word.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/verbs.h"

namespace understudy::cli {

void addAllVerbs(CommandLine& line);

// The exit code if that is all there is to do (--help, --version); errors: usage.
Result<std::optional<int>> parseCommandLine(CommandLine& line, int argc, char** argv);

// The same of a verb and what belongs to it, without the program's name.
Status parseWords(CommandLine& line, const std::vector<std::string>& words);

// Whether a flag stands among the arguments, for when they could not be parsed.
bool flagGiven(int argc, char** argv, const std::string& flag);

}  // namespace understudy::cli
