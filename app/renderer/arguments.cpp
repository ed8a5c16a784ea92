#include "app/renderer/arguments.h"

#include <CLI/CLI.hpp>

#include "training/look/look_options.h"
#include "training/look/render_options.h"

namespace understudy {

namespace {

constexpr const char* kServe = "--serve";
constexpr const char* kFooter =
    "With --serve alone it renders what RenderPreview asks for on stdin, one after the other, and\n"
    "keeps what the next one needs too.\n"
    "Exit codes: 0 done, 64 usage or unknown run, 65 corrupt checkpoint, 66 plate missing,\n"
    "69 no such device, 73 cannot write, 85 stopped on request.";

void addCompositing(CLI::App& app, training::Look& look) {
    for (const training::LookOption& option : training::lookOptions()) {
        app.add_option(option.option(), look[option.option()], option.help)
            ->capture_default_str()
            ->group("Compositing");
    }
}

void addAll(CLI::App& app, Arguments& arguments, training::Look& look) {
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
    auto* deliver = app.add_option(
        "--deliver", render.deliver,
        "Version of the clip, v003: the result is it in another form, no new version");
    app.add_flag("--restore", render.restore,
                 "With --deliver: these frames of the version's own pictures once more, because "
                 "they are damaged or gone")
        ->needs(deliver);
    app.add_flag("--preview", render.preview,
                 "Nobody keeps the result: it becomes no version and is not entered in the audit "
                 "log");
    app.add_flag("--all", render.all, training::kRejectedHelp);
    app.add_option("--contact-sheet", render.contactSheet, "PNG with plate and swap side by side");
    app.add_option("--quality", render.quality, training::kQualityHelp)
        ->check(CLI::Range(training::kBestQuality, training::kWorstQuality))
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
    addCompositing(app, look);
}

Status takeLook(const training::Look& look, training::CompositeOptions& options) {
    for (const training::LookOption& option : training::lookOptions()) {
        US_TRY(training::setLook(options, option.key, look.at(option.option())));
    }
    return {};
}

}  // namespace

Result<Arguments> parseArguments(const std::vector<std::string>& words) {
    Arguments arguments;
    if (words == std::vector<std::string>{kServe}) {
        arguments.serve = arguments.followStdin = arguments.jsonLines = true;
        return arguments;
    }
    training::Look look = training::lookOf(training::CompositeOptions());
    CLI::App app("Puts a trained face into a clip.", "understudy-renderer");
    app.footer(kFooter);
    app.set_version_flag("--version", "understudy-renderer " US_VERSION);
    addAll(app, arguments, look);
    try {
        app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
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
    US_TRY(takeLook(look, arguments.render.options));
    return arguments;
}

}  // namespace understudy
