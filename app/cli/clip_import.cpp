#include "app/cli/clip_import.h"

#include <algorithm>
#include <filesystem>

#include "media/source/frame_sink.h"
#include "media/source/frame_source.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;

// "shot.####.exr" and "shot_%04d.png" are "shot"; a pattern that is all number has its folder's
// name.
std::string nameOf(const media::SourceInfo& info) {
    const fs::path path = info.path;
    std::string name = path.stem().string();
    if (info.kind != media::SourceInfo::Kind::sequence) {
        return name;
    }
    name = name.substr(0, name.find_first_of("#@%$"));
    name.erase(name.find_last_not_of("._- ") + 1);
    return name.empty() ? path.parent_path().filename().string() : name;
}

Result<ImportedClip> look(const std::string& path, const std::string& performer) {
    US_ASSIGN(const auto source, media::openSource(path));
    const media::SourceInfo& info = source->info();
    ImportedClip found;
    found.warnings = info.warnings;
    media::ClipRecord& clip = found.clip;
    clip.name = nameOf(info);
    clip.performer = performer;
    clip.path = info.path;
    clip.frames = info.frames;
    clip.first = info.first;
    clip.last = info.last;
    clip.fps = info.rate.value();
    clip.width = info.width;
    clip.height = info.height;
    clip.pixelAspect = info.pixelAspect;
    clip.encoding = info.encoding.name;
    clip.missing = info.missing;
    return found;
}

std::vector<std::string> moviesIn(const fs::path& folder) {
    std::vector<std::string> movies;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end;
         at.increment(failed)) {
        if (at->is_regular_file(failed) && media::isMoviePath(at->path().string())) {
            movies.push_back(at->path().string());
        }
    }
    std::sort(movies.begin(), movies.end());
    return movies;
}

Status lookAtAll(const std::vector<std::string>& paths, const std::string& performer,
                 std::vector<ImportedClip>& found) {
    for (const auto& path : paths) {
        std::error_code failed;
        const auto movies =
            fs::is_directory(path, failed) ? moviesIn(path) : std::vector<std::string>();
        if (!movies.empty()) {
            US_TRY(lookAtAll(movies, performer, found));
            continue;
        }
        // The shell may have given every file of a sequence: it is read once.
        US_ASSIGN(auto clip, look(path, performer));
        const bool known = std::any_of(found.begin(), found.end(), [&](const auto& other) {
            return other.clip.path == clip.clip.path;
        });
        if (!known) {
            found.push_back(std::move(clip));
        }
    }
    return {};
}

}  // namespace

Result<std::vector<ImportedClip>> importClips(media::Project& project, const std::string& performer,
                                              const std::vector<std::string>& paths) {
    std::vector<ImportedClip> found;
    US_TRY(lookAtAll(paths, performer, found));
    for (auto& one : found) {
        US_ASSIGN(one.clip, project.addClip(one.clip));
        US_TRY(project.audit("import",
                             one.clip.performer + ": " + one.clip.name + " from " + one.clip.path));
    }
    return found;
}

}  // namespace understudy::cli
