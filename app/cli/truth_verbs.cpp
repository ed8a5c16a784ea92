// performers and evaluate: rendered clips whose true swap is known, and how near a swap comes to
// it.
#include "app/cli/truth_verbs.h"

#include <charconv>
#include <iostream>
#include <memory>

#include "app/cli/output.h"
#include "app/cli/own_work.h"
#include "media/truth/evaluation.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

// "640x480".
Status parseSize(const std::string& text, media::PerformerClips& clips) {
    const char* end = text.data() + text.size();
    const auto width = std::from_chars(text.data(), end, clips.width);
    if (width.ec == std::errc{} && width.ptr != end && *width.ptr == 'x') {
        const auto height = std::from_chars(width.ptr + 1, end, clips.height);
        if (height.ec == std::errc{} && height.ptr == end) {
            return {};
        }
    }
    return Error{ErrorCode::usage, "\"" + text + "\" is no size", "--size",
                 "Give width and height as 640x480"};
}

void printPerformers(const Json& result) {
    for (const auto& clip : result["clips"]) {
        std::cout << "Wrote " << clip.get<std::string>() << '\n';
    }
    if (!result["truth"].is_null()) {
        std::cout << "Truth is in " << result["truth"].get<std::string>() << '\n';
    }
}

}  // namespace

Result<Json> makePerformers(const media::PerformerClips& clips) {
    media::WrittenClips written;
    US_TRY(doOwnWork("Render performers", "frames",
                     [&](const SayDone& say, std::stop_token stop) -> Status {
                         US_ASSIGN(written, writePerformerClips(clips, {say, std::move(stop)}));
                         return {};
                     }));
    Json paths = Json::array();
    for (const fs::path& clip : written.clips) {
        paths.push_back(absolutePath(clip));
    }
    return Json{{"clips", paths},
                {"truth", written.truth.empty() ? Json() : Json(absolutePath(written.truth))}};
}

Result<Json> evaluate(const std::string& result, const fs::path& truth) {
    media::Evaluation found;
    US_TRY(doOwnWork(
        "Compare with the truth", "frames",
        [&](const SayDone& say, std::stop_token stop) -> Status {
            US_ASSIGN(found, media::evaluateSwap(result, truth, 0, {say, std::move(stop)}));
            return {};
        }));
    return Json{{"psnr", found.psnr},
                {"psnr_unchanged", found.psnrUnchanged},
                {"psnr_recolored", found.psnrRecolored},
                {"ssim", found.ssim},
                {"ssim_unchanged", found.ssimUnchanged},
                {"ssim_recolored", found.ssimRecolored},
                {"jitter_px", found.jitter},
                {"jitter_truth_px", found.jitterTruth},
                {"frames", found.frames}};
}

void printEvaluation(const Json& result) {
    const auto number = [&](const char* name, int decimals) {
        return shortNumber(result[name], decimals);
    };
    std::cout << "PSNR  " << number("psnr", 2) << " dB (the plate as it is "
              << number("psnr_unchanged", 2) << ", recoloured " << number("psnr_recolored", 2)
              << ")\nSSIM  " << number("ssim", 4) << " (the plate as it is "
              << number("ssim_unchanged", 4) << ", recoloured " << number("ssim_recolored", 4)
              << ")\nJitter  " << number("jitter_px", 3) << " px (the true swap "
              << number("jitter_truth_px", 3) << ")\n";
}

void addTruthVerbs(CommandLine& line) {
    struct PerformersOptions {
        media::PerformerClips clips;
        std::string out;
        std::string size = "640x480";
    };
    auto* performers = line.app.add_subcommand(
        "performers", "Render clips of made-up people, and what is true about them");
    auto options = std::make_shared<PerformersOptions>();
    media::PerformerClips& clips = options->clips;
    performers->add_option("--out", options->out, "Folder for the clips")->required();
    performers->add_option("--seed", clips.seed, "Other people and performances")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    performers->add_option("--count", clips.performers, "How many people")->capture_default_str();
    performers->add_option("--frames", clips.frames, "Frames of each")->capture_default_str();
    performers->add_option("--size", options->size, "Width and height")->capture_default_str();
    performers->add_flag("--truth", clips.truth,
                         "Frames without compression, landmarks, masks and true swaps too");
    performers
        ->add_option(
            "--take", clips.take,
            "Everybody gives this performance, in one body and light: what a base model is "
            "trained on with --set paired")
        ->check(CLI::NonNegativeNumber);
    performers->add_flag("--hand", clips.passingHand, "A hand passes before each face");
    line.onParsed(
        performers, "performers",
        [options]() -> Result<Json> {
            options->clips.folder = absolutePath(options->out);
            US_TRY(parseSize(options->size, options->clips));
            return makePerformers(options->clips);
        },
        printPerformers);

    auto* verb =
        line.app.add_subcommand("evaluate", "How near a swap comes to the true one of performers");
    auto result = std::make_shared<std::string>();
    auto truth = std::make_shared<std::string>();
    verb->add_option("--result", *result, "The swapped movie or sequence")->required();
    verb->add_option("--truth", *truth, "The folder truth/swap_S_on_D of performers")->required();
    line.onParsed(
        verb, "evaluate", [result, truth] { return evaluate(*result, *truth); }, printEvaluation);
}

}  // namespace understudy::cli
