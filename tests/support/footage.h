// The real clips that tests use where they are present: ${UNDERSTUDY_FOOTAGE}, else
// ../shared/footage beside the checkout. Tests without it say so and pass.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace understudy::tests {

// "performer_a/again.mkv" and so on; nothing when the footage is not there (a word is printed
// once).
std::optional<std::filesystem::path> footage(const std::string& relative);

}  // namespace understudy::tests
