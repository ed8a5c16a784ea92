#include "training/swap/delivered_version.h"

#include <vector>

#include "media/source/frame_sink.h"
#include "training/look/look_options.h"
#include "training/swap/output_place.h"

namespace understudy::training {
namespace {

struct Setting {
    std::string key;
    std::string says;
    std::string usual;  // what a version means that was made before there was such a setting
};

std::vector<Setting> settingsOfPictures() {
    std::vector<Setting> settings = {{"weights", "the network", ""},
                                     {"faces", "the clip's faces", ""},
                                     {"painted", "painted masks", ""},
                                     {"encoding", "what the plate's values mean", ""}};
    for (const LookOption& option : lookOptions()) {
        settings.push_back({option.key, option.key, lookText(CompositeOptions(), option.key)});
    }
    return settings;
}

// Settings stand behind names of files, which may hold anything; `painted` may be absent.
std::string valueOf(const std::string& settings, const Setting& setting) {
    const std::string start = " " + setting.key + "=";
    const size_t at = settings.rfind(start);
    if (at == std::string::npos) {
        return setting.usual;
    }
    const size_t from = at + start.size();
    return settings.substr(from, settings.find(' ', from) - from);
}

// "faces, mask"; empty where nothing makes other pictures.
std::string changedSince(const std::string& then, const std::string& now) {
    std::string changed;
    for (const Setting& setting : settingsOfPictures()) {
        if (valueOf(then, setting) != valueOf(now, setting)) {
            changed += (changed.empty() ? "" : ", ") + setting.says;
        }
    }
    return changed;
}

// Whether two results, of one kind, are the same files.
bool sameResult(const std::string& a, const std::string& b) {
    return media::isMoviePath(a) == media::isMoviePath(b) &&
           sameFile(media::sequenceFile(a, 1), media::sequenceFile(b, 1));
}

Status checkRestored(const media::Project& project, const media::VersionRecord& version,
                     const RenderRequest& request) {
    const auto isOwn = [&project](const std::string& kept, const std::string& wanted) {
        return kept.empty()
                   ? wanted.empty()
                   : !wanted.empty() && sameResult(project.resultPath(kept).string(), wanted);
    };
    if (!isOwn(version.out, request.out) || !isOwn(version.matte, request.matte)) {
        return Error{ErrorCode::usage, "these are not the pictures of " + request.deliver,
                     request.out,
                     "Its own are " + version.out +
                         (version.matte.empty() ? "" : " with --matte " + version.matte)};
    }
    if (media::isMoviePath(request.out) && !request.frames.empty() &&
        request.frames != version.frames) {
        return Error{ErrorCode::usage, "a movie is restored as a whole", request.frames,
                     "Give its frames: " + version.frames};
    }
    return {};
}

}  // namespace

Result<media::VersionRecord> deliveredVersion(const media::Project& project,
                                              const RenderRequest& request) {
    US_ASSIGN(auto version, project.version(request.clip, request.deliver));
    const bool sameStep = version.step < 0 || request.checkpoint == version.step;
    if (version.run != request.run || !sameStep) {
        return Error{
            ErrorCode::usage, "this is not what " + request.deliver + " was made with", request.run,
            "It is of run " + version.run + ", --checkpoint " + std::to_string(version.step)};
    }
    if (request.restore) {
        US_TRY(checkRestored(project, version, request));
        return version;
    }
    US_ASSIGN(const auto versions, project.versions());
    for (const media::VersionRecord& made : versions) {
        for (const std::string& kept : {made.out, made.matte}) {
            if (!kept.empty() && sameResult(project.resultPath(kept).string(), request.out)) {
                return Error{ErrorCode::usage,
                             "these are the pictures of " + media::versionName(made.number) +
                                 " of " + made.clip,
                             request.out, "Choose another name; a version never changes."};
            }
        }
    }
    return version;
}

Result<std::vector<std::string>> compareSettings(const media::VersionRecord& version,
                                                 const RenderRequest& request,
                                                 const std::string& settings) {
    std::vector<std::string> warnings;
    const std::string changed = changedSince(version.settings, settings);
    if (!changed.empty() && request.restore) {
        return Error{ErrorCode::usage, request.deliver + " would not be what it was: " + changed,
                     request.out, "Render a new version; a version never changes."};
    }
    if (!changed.empty()) {
        warnings.push_back("not as " + request.deliver + " was made: " + changed);
    }
    const Setting program{"version", "", "an older one"};
    const std::string then = valueOf(version.settings, program);
    if (request.restore && then != valueOf(settings, program)) {
        warnings.push_back(request.deliver + " was made by another version of this program, " +
                           then + ": its frames may differ a little from those beside them");
    }
    return warnings;
}

}  // namespace understudy::training
