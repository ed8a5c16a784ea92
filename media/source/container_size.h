// Matroska and AVI files say in front how long they are. libav reads one that was cut off to its
// end and is content; an artist wants to know that half the take is missing.
#pragma once

#include <filesystem>

namespace understudy::media {

// Whether a file is as long as it says; `unknown` where its format does not say.
enum class Ending { complete, cut, unknown };
Ending endingOf(const std::filesystem::path& movie);

}  // namespace understudy::media
