// import-faces and export-faces: faces from and for other programs.
#include <iostream>
#include <memory>

#include "app/cli/clip_import.h"
#include "app/cli/faces_report.h"
#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/base/file.h"
#include "media/exchange/attach_faces.h"
#include "media/exchange/interchange.h"
#include "media/exchange/stored_pictures.h"

namespace understudy::cli {
namespace {

struct ImportFacesOptions {
    std::string project;
    std::string from;
    std::string clip;
    std::string performer;
    int64_t offset = 0;
    int size = 256;
    std::string type;  // empty: whole_face, or what imported pictures show
};

struct ImportedInto {
    std::string clip;
    std::string type;
    int64_t faces = 0;
    int64_t others = 0;
    std::vector<std::string> warnings;
};

Result<ImportedInto> intoClip(media::Project& project, const ImportFacesOptions& options) {
    US_TRY(project.clip(options.clip));
    US_ASSIGN(const auto imported, media::readImportedFaces(absolutePath(options.from)));
    US_ASSIGN(const auto attached,
              media::attachFaces(project, options.clip, imported, options.offset));
    return ImportedInto{options.clip, "whole_face", attached.attached, attached.others,
                        attached.warnings};
}

// Pictures without a plate become a clip.
Result<ImportedInto> asClip(media::Project& project, const ImportFacesOptions& options) {
    US_ASSIGN(const auto stored, media::storePictures(project, absolutePath(options.from)));
    US_ASSIGN(const auto clips, importClips(project, options.performer, {stored.pattern}));
    const std::string& clip = clips.front().clip.name;
    US_TRY(project.putImportedFaces(clip, stored.faces, stored.origin));
    ImportedInto into{clip, std::string(media::faceTypeName(stored.type)),
                      static_cast<int64_t>(stored.faces.size()), 0, stored.warnings};
    US_TRY(project.audit("import-faces", clip + ": " + std::to_string(into.faces) +
                                             " pictures from " + stored.origin));
    if (stored.ownNumbers) {
        into.warnings.push_back(
            "the pictures are counted from 1: their plates' frame numbers are not all different");
    }
    if (into.type != "whole_face") {
        into.warnings.push_back("the pictures show " + into.type +
                                ": train with --set faceType=" + into.type);
    }
    return into;
}

Result<Json> importFaces(const Settings& settings, const ImportFacesOptions& options) {
    if (options.clip.empty() == options.performer.empty()) {
        return Error{ErrorCode::usage, "it is not said what the faces belong to", "command line",
                     "Give --clip for faces of a clip of the project, or --performer for aligned "
                     "pictures without a plate"};
    }
    US_ASSIGN(auto project, media::Project::open(options.project));
    US_ASSIGN(const auto into,
              options.clip.empty() ? asClip(project, options) : intoClip(project, options));
    auto request = extractRequest(options.project, into.clip, options.size,
                                  options.type.empty() ? into.type : options.type);
    request.start.title = "Cut the faces of " + into.clip;
    US_ASSIGN(const auto outcome, runJob(settings, request));
    std::vector<std::string> warnings = into.warnings;
    warnings.insert(warnings.end(), outcome.warnings.begin(), outcome.warnings.end());
    US_ASSIGN(const auto record, project.clip(into.clip));
    US_ASSIGN(const Json report, facesReport(project, {record}, {{into.clip, warnings}}));
    return Json{{"clips", report}, {"imported", into.faces}, {"others", into.others}};
}

Result<Json> exportFaces(const std::string& folder, const std::string& clip,
                         const std::string& out) {
    US_ASSIGN(const auto project, media::Project::open(folder, true));
    US_ASSIGN(const auto exported, media::writeInterchange(project, clip));
    if (exported.faces == 0) {
        return Error{ErrorCode::usage, "clip '" + clip + "' has no face to export", folder,
                     "'understudy-cli extract' finds faces; rejected ones are not exported"};
    }
    US_TRY(writeFileAtomic(out, exported.json));
    return Json{{"clip", clip}, {"out", absolutePath(out)}, {"faces", exported.faces}};
}

void addImportFaces(CommandLine& line) {
    auto* verb = line.app.add_subcommand(
        "import-faces",
        "Take faces from faceswap (its interchange JSON) or DeepFaceLab (aligned JPEG files or "
        "faceset.pak) and cut them. Later runs of extract keep them");
    auto options = std::make_shared<ImportFacesOptions>();
    verb->add_option("PROJECT", options->project, "The project's folder")->required();
    verb->add_option("FROM", options->from, "A .json file, faceset.pak, or aligned pictures")
        ->required();
    verb->add_option("--clip", options->clip,
                     "Clip that the faces are of: only their landmarks are taken");
    verb->add_option("--performer", options->performer,
                     "Who is seen in aligned pictures without a plate: they become a clip");
    verb->add_option("--offset", options->offset,
                     "Added to the frame numbers in the files' names (with --clip)");
    verb->add_option("--size", options->size, "Size of the crops in pixels")->capture_default_str();
    verb->add_option("--type", options->type, "Part of the head in the crops");
    line.onParsed(
        verb, "import-faces", [&line, options] { return importFaces(line.settings, *options); },
        printFaces);
}

}  // namespace

void addExchangeVerbs(CommandLine& line) {
    addImportFaces(line);

    auto* verb = line.app.add_subcommand(
        "export-faces", "Write the landmarks of a clip as faceswap's interchange JSON");
    auto project = std::make_shared<std::string>();
    auto clip = std::make_shared<std::string>();
    auto out = std::make_shared<std::string>();
    verb->add_option("PROJECT", *project, "The project's folder")->required();
    verb->add_option("--clip", *clip, "Its faces that are found and not rejected")->required();
    verb->add_option("--out", *out, "The .json file")->required();
    line.onParsed(
        verb, "export-faces", [=] { return exportFaces(*project, *clip, *out); },
        [](const Json& result) {
            std::cout << "Wrote " << result["faces"] << " faces to "
                      << result["out"].get<std::string>() << '\n';
        });
}

}  // namespace understudy::cli
