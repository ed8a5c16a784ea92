// What understudy-cli says: results for people or as one JSON line, errors the same way.
#pragma once

#include <filesystem>
#include <string>

#include "app/cli/verbs.h"
#include "media/base/result.h"

namespace understudy::cli {

// Prints the result of the verb; returns the exit code.
int sayResult(const Settings& settings, const Chosen& chosen, const Result<Json>& result);
int sayError(const Settings& settings, const std::string& verb, const Error& error);

// A number that may be absent or not finite, for JSON and for people.
Json numberOrNull(double number);
std::string shortNumber(const Json& number, int decimals);

// Seconds as people say them: "42 s", "8 min", "2 h 05 min".
std::string duration(double seconds);

// "1-3, 7, 12-20".
std::string frameRanges(const Json& frames);

// A path as jobs and results name it: absolute, without dots.
std::string absolutePath(const std::filesystem::path& path);

// Text of the result of a job, an object or not.
Json parsedResult(const std::string& text);

}  // namespace understudy::cli
