#include "app/renderer/arguments.h"

#include <CLI/CLI.hpp>

namespace understudy {

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 64 usage or unknown run, 65 corrupt checkpoint, 66 plate missing,\n"
    "69 no such device, 73 cannot write, 85 stopped on request.";

// Options that name how a face is set in; their texts become modes after parsing.
struct ModeTexts {
    std::string color = "linear";
    std::string mask = "learned";
};

void addCompositing(CLI::App& app, training::CompositeOptions& options, ModeTexts& modes) {
    const std::string group = "Compositing";
    const auto number = [&](const char* name, double& value, const char* help) {
        app.add_option(name, value, help)->capture_default_str()->group(group);
    };
    app.add_option("--color", modes.color, "Colour match: linear, mean or none")
        ->capture_default_str()
        ->group(group);
    app.add_option("--mask", modes.mask, "What the face covers: learned, hull or learned*hull")
        ->capture_default_str()
        ->group(group);
    number("--erode", options.erode, "Band inside the outline that stays plate, in face widths");
    number("--blur", options.blur, "Width of the soft edge, in face widths");
    number("--sharpen", options.sharpen,
           "Fine contrast: 0 as the network has it, 1 as the plate has it, up to 2");
    number("--occlusion", options.occlusion,
           "Sensitivity to hands and objects in front of the face, 0 (off) to 4");
    number("--lighting", options.lighting, "How much of the plate's broad light to take, 0 to 1");
    number("--grain", options.grain, "How much of the plate's grain stays at the edge, 0 to 1");
    number("--steady", options.steady, "Smoothing of the landmarks, in frames");
    number("--eye-fit", options.eyeFit,
           "How far the eyes are put onto the plate's: 0 as aligned, 1 all the way");
    number("--color-window", options.colorWindow, "Smoothing of the colour match, in frames");
    number("--mask-window", options.maskWindow, "Smoothing of the mask, in frames");
}

void addAll(CLI::App& app, Arguments& arguments, ModeTexts& modes) {
    training::RenderRequest& render = arguments.render;
    app.add_option("--project", render.project, "Project folder")->required();
    app.add_option("--run", render.run, "Name of the training run")->required();
    app.add_option("--clip", render.clip, "Name of the clip")->required();
    app.add_option("--out", render.out,
                   "Movie (.mp4, .mov, .mkv) or pattern of a sequence (out.####.png)")
        ->required();
    app.add_option("--matte", render.matte, "The same for what of each pixel is the new face");
    app.add_option("--frames", render.frames, "Frames to make, such as 1001-1010,1020");
    app.add_option("--checkpoint", render.checkpoint, "Step; the newest checkpoint if not given");
    app.add_option("--face", render.face,
                   "Performer whose face appears, of those the run learned; its source if not "
                   "given");
    app.add_option("--deliver", render.deliver,
                   "Version of the clip, v003: the result is it in another form, no new version");
    app.add_flag("--preview", render.preview,
                 "Nobody keeps the result: it becomes no version and is not entered in the audit "
                 "log");
    app.add_flag("--all", render.all, "Swap frames too that were rejected in review");
    app.add_option("--contact-sheet", render.contactSheet, "PNG with plate and swap side by side");
    app.add_option("--quality", render.quality, "x264's CRF for movies")
        ->check(CLI::Range(0, 51))
        ->capture_default_str();
    app.add_option("--device", render.device, "auto, cpu or cuda:0")->capture_default_str();
    app.add_option("--precision", render.precision, "auto, fp32 or bf16")->capture_default_str();
    app.add_option("--batch", render.batch, "Faces in one pass of the network")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    app.add_option("--threads", render.threads, "CPU threads, 0 for all cores")
        ->check(CLI::Range(0, 1024))
        ->capture_default_str();
    app.add_flag("--follow-stdin", arguments.followStdin,
                 "Requests come on stdin, its end means stop");
    app.add_flag("--json-lines", arguments.jsonLines,
                 "Events go to stdout, one JSON object a line");
    addCompositing(app, render.options, modes);
}

Status takeModes(const ModeTexts& modes, training::CompositeOptions& options) {
    const auto color = training::colorMatchFromName(modes.color);
    if (!color) {
        return Error{ErrorCode::usage, "there is no colour match of this name",
                     "--color " + modes.color, "Choose linear, mean or none."};
    }
    const auto mask = training::maskModeFromName(modes.mask);
    if (!mask) {
        return Error{ErrorCode::usage, "there is no mask of this name", "--mask " + modes.mask,
                     "Choose learned, hull or learned*hull."};
    }
    options.color = *color;
    options.mask = *mask;
    return options.check();
}

}  // namespace

Result<Arguments> parseArguments(int argc, char** argv) {
    Arguments arguments;
    ModeTexts modes;
    CLI::App app("Puts a trained face into a clip.", "understudy-renderer");
    app.footer(kFooter);
    app.set_version_flag("--version", "understudy-renderer " US_VERSION);
    addAll(app, arguments, modes);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        arguments.text = app.help();
        return arguments;
    } catch (const CLI::CallForVersion&) {
        arguments.text = std::string("understudy-renderer ") + US_VERSION + "\n";
        return arguments;
    } catch (const CLI::ParseError& error) {
        return Error{ErrorCode::usage, error.what(), "command line",
                     "See understudy-renderer --help."};
    }
    US_TRY(takeModes(modes, arguments.render.options));
    return arguments;
}

}  // namespace understudy
