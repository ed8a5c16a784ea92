// How near a swap comes to the true one that was rendered.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "media/base/result.h"

namespace understudy::media {

// Over the pixels of the true mask, in the picture's own 8-bit sRGB values. PSNR in dB from the
// mean squared error over all frames; SSIM (Wang et al. 2004, luma, Gaussian window of 1.5 px) as
// the mean over the mask's pixels. Jitter is the mean distance of the 51 inner landmarks, as the
// landmark model sees them, from the middle of where they are a frame before and after; in pixels.
struct Evaluation {
    int64_t frames = 0;
    double psnr = 0;
    double psnrUnchanged = 0;  // of the plate as it is
    // Of the plate with the face recoloured by the best affine fit a channel to the truth: what
    // tone alone reaches.
    double psnrRecolored = 0;
    double ssim = 0;
    double ssimUnchanged = 0;
    double ssimRecolored = 0;
    double jitter = 0;
    double jitterTruth = 0;  // the same measure on the true swap
};

struct EvaluationHooks {
    std::function<void(int64_t done, int64_t total)> progress;
    std::stop_token stop;
};

// `result`: a movie or a sequence; `truth`: truth/swap_<s>_on_<d>. Errors: missingInput (a file, or
// frames that the result lacks, named), usage (another size), corruptData, environment (no landmark
// model), saved when stopped.
Result<Evaluation> evaluateSwap(const std::string& result, const std::filesystem::path& truth,
                                int threads = 0, const EvaluationHooks& hooks = {});

}  // namespace understudy::media
