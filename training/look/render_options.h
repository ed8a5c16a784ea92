// What else is said of a render, besides its look: told once for renderer, CLI and window.
#pragma once

namespace understudy::training {

// Of movies: x264's CRF, where less is more.
constexpr int kBestQuality = 0;
constexpr int kWorstQuality = 51;
constexpr int kUsualQuality = 14;
constexpr const char* kQualityHelp =
    "x264's CRF for movies, 0 to 51: 0 loses nothing, 14 cannot be told from that, 23 is small";
constexpr const char* kRejectedHelp = "Swap frames too that were rejected in review";

}  // namespace understudy::training
