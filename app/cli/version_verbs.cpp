// version, note: what was rendered, how it stands, what was said about it.
#include <filesystem>
#include <iostream>
#include <memory>

#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/base/file.h"
#include "media/notes/note_export.h"
#include "media/project/project.h"
#include "media/source/frame_list.h"
#include "media/source/frame_sink.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;
using media::NoteRecord;
using media::Project;
using media::VersionRecord;

struct Place {
    std::string project;
    std::string clip;
    std::string version;
    std::string author;

    // Asked of the system only where it is needed: that may be a call over the network.
    std::string who() const { return author.empty() ? media::personHere() : author; }
};

// Whether anything of a result is on disk.
bool isThere(const Project& project, const VersionRecord& version, const std::string& result) {
    const auto list = media::FrameList::parse(version.frames);
    const bool listed = !version.frames.empty() && list.ok();
    const std::string path = project.resultPath(result).string();
    std::error_code failed;
    if (media::isMoviePath(path)) {
        return fs::exists(path, failed);
    }
    if (listed) {
        return fs::exists(media::sequenceFile(path, list->ranges().front().first), failed);
    }
    const auto clip = project.clip(version.clip);
    return clip.ok() && fs::exists(media::sequenceFile(path, clip->first), failed);
}

Json versionJson(const Project& project, const VersionRecord& version,
                 const std::vector<NoteRecord>& notes) {
    int64_t all = 0;
    int64_t open = 0;
    for (const NoteRecord& note : notes) {
        all += note.version == version.id ? 1 : 0;
        open += note.version == version.id && note.open() ? 1 : 0;
    }
    const fs::path folder = project.versionFolder(version);
    std::error_code failed;
    return {{"clip", version.clip},
            {"version", media::versionName(version.number)},
            {"status", media::versionStatusName(version.status)},
            {"run", version.run},
            {"step", version.step < 0 ? Json(nullptr) : Json(version.step)},
            {"face", version.face},
            {"out", project.resultPath(version.out).string()},
            {"there", isThere(project, version, version.out)},
            {"matte", version.matte.empty() ? Json(nullptr)
                                            : Json(project.resultPath(version.matte).string())},
            {"frames", version.frames},
            {"author", version.author},
            {"created", version.created},
            {"model", fs::exists(folder, failed) ? Json(folder.string()) : Json(nullptr)},
            {"notes", all},
            {"open_notes", open}};
}

Json noteJson(const NoteRecord& note, const VersionRecord& version) {
    return {{"note", note.id},
            {"clip", version.clip},
            {"version", media::versionName(version.number)},
            {"first", note.first},
            {"last", note.last},
            {"text", note.text},
            {"action", media::noteActionName(note.action)},
            {"author", note.author},
            {"created", note.created},
            {"resolved", note.open() ? Json(nullptr) : Json(note.resolved)},
            {"resolved_by", note.open() ? Json(nullptr) : Json(note.resolvedBy)},
            {"drawing", note.drawing.marks.size()}};
}

Result<Json> listVersions(const Place& place) {
    US_ASSIGN(const auto project, Project::open(place.project, true));
    if (!place.clip.empty()) {
        US_TRY(project.clip(place.clip));
    }
    US_ASSIGN(const auto versions, project.versions());
    US_ASSIGN(const auto notes, project.notes());
    Json list = Json::array();
    for (const VersionRecord& version : versions) {
        if (place.clip.empty() || version.clip == place.clip) {
            list.push_back(versionJson(project, version, notes));
        }
    }
    return Json{{"versions", list}};
}

Result<Json> showVersion(const Place& place) {
    US_ASSIGN(const auto project, Project::open(place.project, true));
    US_ASSIGN(const auto version, project.version(place.clip, place.version));
    US_ASSIGN(const auto notes, project.notes());
    Json result = versionJson(project, version, notes);
    result["settings"] = version.settings;
    Json list = Json::array();
    for (const NoteRecord& note : notes) {
        if (note.version == version.id) {
            list.push_back(noteJson(note, version));
        }
    }
    result["notes"] = list;
    return result;
}

Result<Json> setStatus(const Place& place, const std::string& name) {
    const auto status = media::versionStatusFromName(name);
    if (!name.empty() && !status) {
        return Error{ErrorCode::usage, "there is no status '" + name + "'", "--set",
                     "Choose wip, pending-review, retake or approved"};
    }
    US_ASSIGN(auto project, Project::open(place.project, name.empty()));
    US_ASSIGN(const auto version, project.version(place.clip, place.version));
    if (status) {
        US_TRY(project.setVersionStatus(version.id, *status, place.who()));
    }
    return Json{{"clip", version.clip},
                {"version", media::versionName(version.number)},
                {"status", media::versionStatusName(status.value_or(version.status))},
                {"before", media::versionStatusName(version.status)}};
}

Result<Json> listNotes(const Place& place, bool openOnly) {
    US_ASSIGN(const auto project, Project::open(place.project, true));
    US_ASSIGN(const auto noted, media::chosenNotes(project, {place.clip, place.version, openOnly}));
    Json list = Json::array();
    for (const auto& each : noted) {
        for (const NoteRecord& note : each.notes) {
            list.push_back(noteJson(note, each.version));
        }
    }
    return Json{{"notes", list}};
}

struct NoteOptions {
    std::string frames;
    std::string text;
    std::string action = "none";
    int64_t note = 0;
    bool reopen = false;
    std::string format;
    std::string out;
    bool openOnly = false;
};

Status takeFrames(const Project& project, const std::string& frames, const VersionRecord& version,
                  NoteRecord& note) {
    US_ASSIGN(const auto list, media::FrameList::parse(frames));
    if (list.ranges().size() != 1 || list.ranges().front().step != 1) {
        return Error{ErrorCode::usage, "a note is about one frame or one range", frames,
                     "Write 1034 or 1034-1041; make a note for each range"};
    }
    note.first = list.ranges().front().first;
    note.last = list.ranges().front().last;
    const auto clip = project.clip(version.clip);
    if (clip.ok() && (note.first < clip->first || note.last > clip->last)) {
        return Error{
            ErrorCode::usage, "the clip has no frames " + frames, clip->name,
            "Its frames are " + std::to_string(clip->first) + " to " + std::to_string(clip->last)};
    }
    return {};
}

Result<Json> addNote(const Place& place, const NoteOptions& options) {
    NoteRecord note;
    const auto action = media::noteActionFromName(options.action);
    if (!action) {
        return Error{ErrorCode::usage, "there is no action '" + options.action + "'", "--action",
                     "Choose none, add-frames, fix-alignment, paint-mask, train-further or "
                     "change-setting"};
    }
    US_ASSIGN(auto project, Project::open(place.project));
    US_ASSIGN(const auto version, project.version(place.clip, place.version));
    US_TRY(takeFrames(project, options.frames, version, note));
    note.version = version.id;
    note.text = options.text;
    note.action = *action;
    note.author = place.who();
    US_ASSIGN(note, project.putNote(note));
    return noteJson(note, version);
}

// Of a note by its number: `change`, and then how it is.
Result<Json> changeNote(const Place& place, int64_t id,
                        const std::function<Status(Project&)>& change) {
    US_ASSIGN(auto project, Project::open(place.project));
    US_TRY(change(project));
    US_ASSIGN(const auto noted, media::chosenNotes(project, {}));
    for (const auto& each : noted) {
        for (const NoteRecord& note : each.notes) {
            if (note.id == id) {
                return noteJson(note, each.version);
            }
        }
    }
    return Json{{"note", id}};
}

Result<Json> exportNotes(const Place& place, const NoteOptions& options) {
    const auto format = media::noteFormatFromName(options.format);
    if (!format) {
        return Error{ErrorCode::usage, "notes cannot be written as '" + options.format + "'",
                     "--format", "Choose html, csv or otio"};
    }
    US_ASSIGN(const auto project, Project::open(place.project, true));
    US_ASSIGN(const auto notes,
              media::notesToWrite(project, {place.clip, place.version, options.openOnly}));
    US_ASSIGN(const auto done, media::writeNotes(notes, *format, options.out));
    return Json{{"out", absolutePath(options.out)},
                {"format", options.format},
                {"notes", done.notes},
                {"versions", done.versions},
                {"warnings", done.warnings}};
}

std::string framesOf(const Json& note) {
    const auto first = note["first"].get<int64_t>();
    const auto last = note["last"].get<int64_t>();
    return std::to_string(first) + (last > first ? "-" + std::to_string(last) : "");
}

void printNote(const Json& note) {
    if (!note.contains("text")) {
        std::cout << "Note " << note["note"] << " is gone\n";
        return;
    }
    std::cout << note["note"] << "  " << note["clip"].get<std::string>() << ' '
              << note["version"].get<std::string>() << "  " << framesOf(note) << "  "
              << (note["resolved"].is_null() ? "open" : "resolved") << "  "
              << note["author"].get<std::string>() << ": " << note["text"].get<std::string>();
    if (note["action"] != "none") {
        std::cout << "  [" << note["action"].get<std::string>() << ']';
    }
    std::cout << '\n';
}

void printVersion(const Json& version) {
    std::cout << version["clip"].get<std::string>() << ' ' << version["version"].get<std::string>()
              << "  " << version["status"].get<std::string>() << "  run "
              << version["run"].get<std::string>();
    if (version["step"].is_number()) {
        std::cout << " step " << version["step"];
    }
    std::cout << "  " << version["out"].get<std::string>()
              << (version["there"].get<bool>() ? "" : " (not there)") << '\n';
}

CLI::App* placed(CLI::App* parent, const std::string& name, const std::string& help,
                 const std::shared_ptr<Place>& place, bool needsVersion) {
    auto* verb = parent->add_subcommand(name, help);
    verb->add_option("PROJECT", place->project, "The project's folder")->required();
    auto* clip = verb->add_option("--clip", place->clip, "The plate's clip");
    auto* version = verb->add_option("--version", place->version, "Its version: v001");
    if (needsVersion) {
        clip->required();
        version->required();
    } else {
        version->needs(clip);
    }
    return verb;
}

void addAuthor(CLI::App* verb, const std::shared_ptr<Place>& place) {
    verb->add_option("--author", place->author, "Who says so; else the name that the system has");
}

void addVersionVerb(CommandLine& line) {
    auto* version = line.app.add_subcommand("version", "Versions of clips and their status");
    version->require_subcommand(1);
    auto listed = std::make_shared<Place>();
    auto* list = version->add_subcommand("list", "All versions, or those of a clip");
    list->add_option("PROJECT", listed->project, "The project's folder")->required();
    list->add_option("--clip", listed->clip, "Only of this clip");
    line.onParsed(
        list, "version list", [listed] { return listVersions(*listed); },
        [](const Json& result) {
            for (const auto& each : result["versions"]) {
                printVersion(each);
            }
        });
    auto shown = std::make_shared<Place>();
    line.onParsed(
        placed(version, "show", "One version with its notes", shown, true), "version show",
        [shown] { return showVersion(*shown); },
        [](const Json& result) {
            printVersion(result);
            for (const auto& note : result["notes"]) {
                printNote(note);
            }
        });
    auto set = std::make_shared<Place>();
    auto wanted = std::make_shared<std::string>();
    auto* status = placed(version, "status", "How a version stands", set, true);
    status->add_option("--set", *wanted, "wip, pending-review, retake or approved");
    addAuthor(status, set);
    line.onParsed(
        status, "version status", [set, wanted] { return setStatus(*set, *wanted); },
        [](const Json& result) {
            std::cout << result["clip"].get<std::string>() << ' '
                      << result["version"].get<std::string>() << " is "
                      << result["status"].get<std::string>() << '\n';
        });
}

void addNoteChanges(CommandLine& line, CLI::App* note) {
    auto place = std::make_shared<Place>();
    auto options = std::make_shared<NoteOptions>();
    auto* resolve = note->add_subcommand("resolve", "Say that a note is dealt with");
    resolve->add_option("PROJECT", place->project, "The project's folder")->required();
    resolve->add_option("--note", options->note, "Its number, as 'note list' shows it")->required();
    resolve->add_flag("--reopen", options->reopen, "Say that it is not");
    addAuthor(resolve, place);
    line.onParsed(
        resolve, "note resolve",
        [place, options] {
            return changeNote(*place, options->note, [&](Project& project) {
                return project.resolveNote(options->note, !options->reopen, place->who());
            });
        },
        printNote);
    auto* remove = note->add_subcommand("remove", "Take a note away");
    remove->add_option("PROJECT", place->project, "The project's folder")->required();
    remove->add_option("--note", options->note, "Its number")->required();
    line.onParsed(
        remove, "note remove",
        [place, options]() -> Result<Json> {
            US_ASSIGN(auto project, Project::open(place->project));
            US_TRY(project.removeNote(options->note));
            return Json{{"note", options->note}};
        },
        printNote);
}

void addNoteVerb(CommandLine& line) {
    auto* note = line.app.add_subcommand("note", "What was said about versions");
    note->require_subcommand(1);
    auto place = std::make_shared<Place>();
    auto options = std::make_shared<NoteOptions>();
    auto* list = placed(note, "list", "Notes, of all versions or some", place, false);
    list->add_flag("--open", options->openOnly, "Only what is not resolved");
    line.onParsed(
        list, "note list", [place, options] { return listNotes(*place, options->openOnly); },
        [](const Json& result) {
            for (const auto& each : result["notes"]) {
                printNote(each);
            }
        });
    auto* add = placed(note, "add", "Write a note on frames of a version", place, true);
    add->add_option("--frames", options->frames, "Of the plate: 1034 or 1034-1041")->required();
    add->add_option("--text", options->text, "What is to be said")->required();
    add->add_option("--action", options->action,
                    "What it asks for: add-frames, fix-alignment, paint-mask, train-further, "
                    "change-setting")
        ->capture_default_str();
    addAuthor(add, place);
    line.onParsed(
        add, "note add", [place, options] { return addNote(*place, *options); }, printNote);
    addNoteChanges(line, note);
    auto* write = placed(note, "export", "Write notes for people or other programs", place, false);
    write->add_option("--format", options->format, "html, csv or otio")->required();
    write->add_option("--out", options->out, "The file to write")->required();
    write->add_flag("--open", options->openOnly, "Only what is not resolved");
    line.onParsed(
        write, "note export", [place, options] { return exportNotes(*place, *options); },
        [](const Json& result) {
            std::cout << "Wrote " << result["notes"] << " notes to "
                      << result["out"].get<std::string>() << '\n';
            for (const auto& warning : result["warnings"]) {
                std::cerr << warning.get<std::string>() << '\n';
            }
        });
}

}  // namespace

void addVersionVerbs(CommandLine& line) {
    addVersionVerb(line);
    addNoteVerb(line);
}

}  // namespace understudy::cli
