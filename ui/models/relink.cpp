// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/relink.h"

#include <QCoreApplication>
#include <algorithm>
#include <utility>

#include "media/source/frame_sink.h"
#include "media/source/frame_source.h"
#include "media/source/sequence_pattern.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

namespace fs = std::filesystem;

constexpr int kMostEntries = 500'000;  // below the folder that is looked through

struct Wanted {
    const media::ClipRecord* clip = nullptr;
    fs::path was;
    std::optional<media::SequencePattern> pattern;  // of sequences
    std::vector<fs::path> candidates;               // as openSource() takes them
};

fs::path plateOf(const media::ClipRecord& clip, const fs::path& project) {
    return (project / clip.path).lexically_normal();
}

std::optional<media::SequencePattern> patternOf(const fs::path& plate) {
    if (media::isMoviePath(plate.string())) {
        return std::nullopt;
    }
    const auto parsed = media::parseSequencePattern(plate.string());
    return parsed ? std::optional(parsed->pattern) : std::nullopt;
}

// How many folders from the file upwards have the same names.
size_t likeness(const fs::path& a, const fs::path& b) {
    const std::vector<fs::path> x(a.begin(), a.end());
    const std::vector<fs::path> y(b.begin(), b.end());
    size_t same = 0;
    while (same < x.size() && same < y.size() && x[x.size() - 1 - same] == y[y.size() - 1 - same]) {
        ++same;
    }
    return same;
}

void offer(Wanted& wanted, const fs::directory_entry& file) {
    const std::string name = file.path().filename().string();
    if (!wanted.pattern) {
        if (name == wanted.was.filename().string()) {
            wanted.candidates.push_back(file.path());
        }
    } else if (wanted.pattern->numberIn(name) == wanted.clip->first) {
        media::SequencePattern here = *wanted.pattern;
        here.folder = file.path().parent_path();
        wanted.candidates.emplace_back(here.text());
    }
}

struct RelinkText {
    Q_DECLARE_TR_FUNCTIONS(RelinkText)
};

std::string instead(const std::string& here, const std::string& wanted) {
    return utf8(RelinkText::tr("%1 instead of %2").arg(text(here), text(wanted)));
}

std::string sizeText(int width, int height) {
    return std::to_string(width) + " x " + std::to_string(height);
}

std::string rangeText(int64_t first, int64_t last) {
    return std::to_string(first) + "-" + std::to_string(last);
}

FoundPlate judged(const media::ClipRecord& clip, const fs::path& path) {
    FoundPlate found;
    found.clip = clip.name;
    found.found = path.string();
    const auto source = media::openSource(found.found);
    if (!source.ok()) {
        found.state = FoundPlate::State::unreadable;
        found.detail = source.error().message;
        return found;
    }
    const media::SourceInfo& info = (*source)->info();
    found.found = info.path;
    if (info.first != clip.first || info.last != clip.last) {
        found.state = FoundPlate::State::otherFrames;
        found.detail = instead(rangeText(info.first, info.last), rangeText(clip.first, clip.last));
    } else if (info.width != clip.width || info.height != clip.height) {
        found.state = FoundPlate::State::otherSize;
        found.detail =
            instead(sizeText(info.width, info.height), sizeText(clip.width, clip.height));
    } else {
        found.state = FoundPlate::State::matches;
    }
    return found;
}

FoundPlate best(Wanted& wanted) {
    std::stable_sort(wanted.candidates.begin(), wanted.candidates.end(),
                     [&](const fs::path& a, const fs::path& b) {
                         return likeness(a, wanted.was) > likeness(b, wanted.was);
                     });
    FoundPlate chosen;
    chosen.clip = wanted.clip->name;
    for (const fs::path& candidate : wanted.candidates) {
        FoundPlate found = judged(*wanted.clip, candidate);
        const bool better = chosen.found.empty() || found.state == FoundPlate::State::matches;
        chosen = better ? std::move(found) : std::move(chosen);
        if (chosen.state == FoundPlate::State::matches) {
            break;
        }
    }
    chosen.was = wanted.was.string();
    return chosen;
}

}  // namespace

std::set<std::string> platesGone(const std::vector<media::ClipRecord>& clips,
                                 const fs::path& folder) {
    std::set<std::string> gone;
    for (const media::ClipRecord& clip : clips) {
        const fs::path plate = plateOf(clip, folder);
        const auto pattern = patternOf(plate);
        std::error_code failed;
        if (!fs::exists(pattern ? pattern->file(clip.first) : plate, failed)) {
            gone.insert(clip.name);
        }
    }
    return gone;
}

Result<std::vector<FoundPlate>> findPlates(const fs::path& folder,
                                           const std::vector<media::ClipRecord>& clips,
                                           const fs::path& project, const std::stop_token& stop) {
    std::vector<Wanted> wanted;
    for (const media::ClipRecord& clip : clips) {
        const fs::path was = plateOf(clip, project);
        wanted.push_back({&clip, was, patternOf(was), {}});
    }
    std::error_code failed;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied,
                                        failed);
    if (failed) {
        return Error{ErrorCode::missingInput,
                     utf8(RelinkText::tr("this folder cannot be looked through")), folder.string(),
                     utf8(RelinkText::tr("Choose another one"))};
    }
    int entries = 0;
    for (const fs::recursive_directory_iterator end; at != end; at.increment(failed)) {
        if (failed) {
            return Error{ErrorCode::missingInput,
                         utf8(RelinkText::tr("this folder cannot be looked through")),
                         folder.string(), failed.message()};
        }
        if (stop.stop_requested()) {
            return Error{ErrorCode::saved, utf8(RelinkText::tr("the search was stopped")),
                         folder.string(), ""};
        }
        if (++entries > kMostEntries) {
            return Error{ErrorCode::usage,
                         utf8(RelinkText::tr("there are too many files below this folder")),
                         folder.string(), utf8(RelinkText::tr("Choose one nearer to the plates"))};
        }
        std::error_code ignored;
        if (at->is_regular_file(ignored)) {
            for (Wanted& each : wanted) {
                offer(each, *at);
            }
        }
    }
    std::vector<FoundPlate> found;
    for (Wanted& each : wanted) {
        found.push_back(best(each));
    }
    return found;
}

RelinkCommand::RelinkCommand(ProjectSession* session, Plates before, Plates after,
                             const QString& text)
    : QUndoCommand(text), session_(session), before_(std::move(before)), after_(std::move(after)) {}

void RelinkCommand::write(const Plates& plates) {
    if (session_) {
        session_->write([plates](media::Project& project) { return project.relinkClips(plates); },
                        [session = session_](const Status&) {
                            if (session) {
                                session->refresh();
                            }
                        });
    }
}

}  // namespace understudy::ui
