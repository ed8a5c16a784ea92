// assign: says whose faces of a clip are, where it shows others than its performer.
#include <iostream>
#include <memory>

#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/project/project.h"
#include "media/source/frame_list.h"

namespace understudy::cli {
namespace {

struct AssignOptions {
    std::string project;
    std::string clip;
    std::string frames;
    std::string to;
    bool nobody = false;
};

// Of those asked for that have a face. Errors: usage where none has.
Result<std::vector<int64_t>> facesAsked(const media::Project& project,
                                        const AssignOptions& options) {
    US_ASSIGN(const auto list, media::FrameList::parse(options.frames));
    US_ASSIGN(const auto faces, project.faces(options.clip));
    std::vector<int64_t> frames;
    for (const media::FaceTruth& face : faces) {
        if (face.how != media::FoundHow::missed && list.contains(face.frame)) {
            frames.push_back(face.frame);
        }
    }
    if (frames.empty()) {
        return Error{ErrorCode::usage, "no face was found in frames " + options.frames,
                     options.clip, "'understudy-cli faces' shows where there are some"};
    }
    return frames;
}

Result<Json> assign(const AssignOptions& options) {
    if (options.to.empty() != options.nobody) {
        return Error{ErrorCode::usage, "it is not said whose faces these are", "command line",
                     "Give --to PERFORMER or --nobody"};
    }
    US_ASSIGN(auto project, media::Project::open(options.project));
    US_ASSIGN(const auto clip, project.clip(options.clip));
    US_ASSIGN(const auto frames, facesAsked(project, options));
    US_TRY(project.assignFaces(clip.name, frames, options.to));
    US_TRY(project.audit("assign", clip.name + ": " + std::to_string(frames.size()) +
                                       " faces of frames " + options.frames + " to " +
                                       (options.nobody ? "nobody" : options.to)));
    return Json{{"clip", clip.name},
                {"performer", options.nobody ? Json(nullptr) : Json(options.to)},
                {"frames", frames}};
}

void print(const Json& result) {
    std::cout << result["clip"].get<std::string>() << ": " << result["frames"].size()
              << " faces are "
              << (result["performer"].is_null() ? "nobody's in this project"
                                                : result["performer"].get<std::string>() + "'s")
              << " (frames " << frameRanges(result["frames"]) << ")\n";
}

}  // namespace

void addAssignVerb(CommandLine& line) {
    auto* verb = line.app.add_subcommand(
        "assign",
        "Say whose faces of a clip are, where it shows others than its performer: they train that "
        "performer, and swaps of the clip's own leave them as they are");
    auto options = std::make_shared<AssignOptions>();
    verb->add_option("PROJECT", options->project, "The project's folder")->required();
    verb->add_option("--clip", options->clip, "The clip")->required();
    verb->add_option("--frames", options->frames, "The plate's frames: 1001-1040,1050")->required();
    verb->add_option("--to", options->to,
                     "The performer; the clip's own takes the assignment away");
    verb->add_flag("--nobody", options->nobody, "Of nobody in the project: neither");
    line.onParsed(
        verb, "assign", [options] { return assign(*options); }, print);
}

}  // namespace understudy::cli
