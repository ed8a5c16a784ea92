// new, import, faces.
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "app/cli/clip_import.h"
#include "app/cli/faces_report.h"
#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/project/project.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

Result<Json> makeProject(const std::string& folder) {
    US_ASSIGN(const auto project, media::Project::create(folder));
    return Json{{"project", project.folder().string()}};
}

Json clipToJson(const ImportedClip& imported) {
    const media::ClipRecord& clip = imported.clip;
    return {{"clip", clip.name},       {"performer", clip.performer},
            {"path", clip.path},       {"frames", clip.frames},
            {"first", clip.first},     {"last", clip.last},
            {"fps", clip.fps},         {"width", clip.width},
            {"height", clip.height},   {"encoding", clip.encoding},
            {"missing", clip.missing}, {"warnings", imported.warnings}};
}

struct ImportOptions {
    std::string project;
    std::string performer;
    std::vector<std::string> clips;
};

Result<Json> import(const ImportOptions& options) {
    US_ASSIGN(auto project, media::Project::open(options.project));
    US_ASSIGN(const auto imported, importClips(project, options.performer, options.clips));
    Json clips = Json::array();
    for (const auto& clip : imported) {
        clips.push_back(clipToJson(clip));
        for (const auto& warning : clip.warnings) {
            std::cerr << "warning: " << clip.clip.name << ": " << warning << '\n';
        }
    }
    return Json{{"clips", clips}};
}

void printClips(const Json& result) {
    for (const auto& clip : result["clips"]) {
        std::cout << clip["clip"].get<std::string>() << ": " << clip["performer"].get<std::string>()
                  << ", " << clip["frames"] << " frames (" << clip["first"] << " to "
                  << clip["last"] << "), " << clip["width"] << " x " << clip["height"] << ", "
                  << shortNumber(clip["fps"], 3) << " fps, " << clip["encoding"].get<std::string>()
                  << '\n';
        if (!clip["missing"].empty()) {
            std::cout << "  missing frames: " << frameRanges(clip["missing"]) << '\n';
        }
    }
}

struct ClipOptions {
    std::string project;
    std::string clip;
    std::string encoding;
    std::optional<double> fps;
    bool asFile = false;
};

Result<Json> clip(const ClipOptions& options) {
    const bool changes = options.asFile || !options.encoding.empty() || options.fps;
    US_ASSIGN(auto project, media::Project::open(options.project, !changes));
    US_ASSIGN(auto record, project.clip(options.clip));
    if (changes) {
        media::ReadAs said = options.asFile ? media::ReadAs() : record.said;
        if (!options.encoding.empty()) {
            said.encoding = options.encoding;
        }
        said.rate = options.fps.value_or(said.rate);
        US_TRY(project.sayOfClip(record.name, said));
        US_ASSIGN(record, project.clip(options.clip));
    }
    return Json{{"clips", Json::array({clipToJson({record, {}})})}};
}

struct FacesOptions {
    std::string project;
    std::vector<std::string> clips;
    bool each = false;
    int64_t from = 0;
    int64_t count = 1000;
};

Result<Json> faces(const FacesOptions& options) {
    US_ASSIGN(const auto project, media::Project::open(options.project, true));
    US_ASSIGN(const auto clips, clipsAskedFor(project, options.clips));
    US_ASSIGN(Json report, facesReport(project, clips));
    if (options.each) {
        US_TRY(addEachFace(project, report, options.from, options.count));
    }
    return Json{{"clips", report}};
}

}  // namespace

void addProjectVerbs(CommandLine& line) {
    auto* create = line.app.add_subcommand("new", "Make a project");
    auto folder = std::make_shared<std::string>();
    create->add_option("PROJECT", *folder, "Its folder, usually NAME.understudy")->required();
    line.onParsed(
        create, "new", [folder] { return makeProject(*folder); },
        [](const Json& result) {
            std::cout << "Made " << result["project"].get<std::string>() << '\n';
        });

    auto* bring = line.app.add_subcommand("import", "Bring clips of a performer into a project");
    auto options = std::make_shared<ImportOptions>();
    bring->add_option("PROJECT", options->project, "The project's folder")->required();
    bring->add_option("--performer", options->performer, "Who is seen in the clips")->required();
    bring
        ->add_option("CLIP", options->clips,
                     "Movies, sequences (shot.####.exr) or folders; they stay where they are")
        ->required();
    line.onParsed(
        bring, "import", [options] { return import(*options); }, printClips);

    auto* say = line.app.add_subcommand(
        "clip", "Show a clip, or say what its file says wrongly or not at all");
    auto said = std::make_shared<ClipOptions>();
    say->add_option("PROJECT", said->project, "The project's folder")->required();
    say->add_option("--clip", said->clip, "The clip")->required();
    std::string encodings;
    for (const char* name : media::kColorEncodings) {
        encodings += (encodings.empty() ? "" : ", ") + std::string(name);
    }
    say->add_option("--encoding", said->encoding, "What its values mean: " + encodings);
    say->add_option("--fps", said->fps, "Frames a second: 23.976, 25")
        ->check(CLI::Range(1.0, 1000.0));
    say->add_flag("--as-file", said->asFile, "Forget what was said before: as its file has it");
    line.onParsed(
        say, "clip", [said] { return clip(*said); }, printClips);

    auto* look = line.app.add_subcommand("faces", "Show what is known of the faces in the clips");
    auto asked = std::make_shared<FacesOptions>();
    look->add_option("PROJECT", asked->project, "The project's folder")->required();
    look->add_option("--clip", asked->clips, "Only this clip (may be repeated)");
    look->add_flag("--each", asked->each, "With --json: also what was measured of each face");
    look->add_option("--from", asked->from, "With --each: faces of a clip to leave out first")
        ->check(CLI::NonNegativeNumber);
    look->add_option("--count", asked->count, "With --each: most faces of a clip to list")
        ->check(CLI::Range(int64_t{1}, int64_t{1000000}))
        ->capture_default_str();
    line.onParsed(
        look, "faces", [asked] { return faces(*asked); }, printFaces);
}

}  // namespace understudy::cli
