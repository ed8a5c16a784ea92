#include "app/extractor/arguments.h"

#include <CLI/CLI.hpp>

#include "training/plan/search_options.h"

namespace understudy {

namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done (warnings are listed), 64 usage or unknown clip, 65 corrupt project,\n"
    "66 plate missing or unreadable, 73 cannot write, 75 the clip is being worked on,\n"
    "78 landmark model missing, 85 stopped on request.";

}  // namespace

Result<Arguments> parseArguments(int argc, char** argv) {
    Arguments arguments;
    std::string type = "whole_face";
    CLI::App app("Finds and aligns the performer's face in a clip.", "understudy-extractor");
    app.footer(kFooter);
    app.set_version_flag("--version", "understudy-extractor " US_VERSION);
    app.add_option("--project", arguments.project, "Project folder")->required();
    app.add_option("--clip", arguments.clip, "Name of the clip")->required();
    const auto help = [](const char* key) { return training::searchOption(key).info.help; };
    app.add_option("--size", arguments.extract.size, help("size"))->capture_default_str();
    app.add_option("--type", type,
                   help("type") + ": half_face, midfull_face, full_face, whole_face or head")
        ->capture_default_str();
    app.add_option("--threads", arguments.extract.threads, "CPU threads, 0 for all cores")
        ->capture_default_str();
    app.add_option("--person", arguments.extract.person, help("person"))->capture_default_str();
    app.add_option("--occlusion", arguments.extract.occlusion, help("occlusion"));
    app.add_flag("--replace-imported", arguments.extract.replaceImported, help("replace-imported"));
    app.add_flag("--follow-stdin", arguments.followStdin,
                 "Requests come on stdin, its end means stop");
    app.add_flag("--json-lines", arguments.jsonLines,
                 "Events go to stdout, one JSON object a line");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        arguments.text = app.help();
        return arguments;
    } catch (const CLI::CallForVersion&) {
        arguments.text = std::string("understudy-extractor ") + US_VERSION + "\n";
        return arguments;
    } catch (const CLI::ParseError& error) {
        return Error{ErrorCode::usage, error.what(), "command line",
                     "See understudy-extractor --help"};
    }
    const auto known = media::faceTypeFromName(type);
    if (!known) {
        return Error{ErrorCode::usage, "there is no face type of this name", "--type " + type,
                     "Choose half_face, midfull_face, full_face, whole_face or head"};
    }
    arguments.extract.type = *known;
    US_TRY(arguments.extract.check());
    return arguments;
}

}  // namespace understudy
