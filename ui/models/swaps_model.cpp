// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/swaps_model.h"

#include <QDateTime>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <filesystem>
#include <optional>

#include "media/source/frame_sink.h"
#include "media/source/sequence_pattern.h"
#include "ui/models/formatting.h"
#include "ui/models/swap_frames.h"

namespace understudy::ui {
namespace {

constexpr const char* kSetting = "window.swaps";

QByteArray toJson(const std::vector<SwapRecord>& swaps) {
    QJsonArray array;
    for (const auto& swap : swaps) {
        array.append(QJsonObject{{"out", swap.out},
                                 {"run", swap.run},
                                 {"clip", swap.clip},
                                 {"created", swap.created},
                                 {"frames", swap.frames},
                                 {"count", static_cast<qint64>(swap.count)},
                                 {"version", swap.version}});
    }
    return QJsonDocument(array).toJson(QJsonDocument::Compact);
}

std::vector<SwapRecord> fromJson(const std::string& json) {
    std::vector<SwapRecord> swaps;
    const QJsonArray array = QJsonDocument::fromJson(QByteArray::fromStdString(json)).array();
    for (const auto& value : array) {
        const QJsonObject object = value.toObject();
        swaps.push_back({object["out"].toString(), object["run"].toString(),
                         object["clip"].toString(), object["created"].toString(),
                         object["frames"].toString(), object["count"].toInteger(),
                         object["version"].toString()});
    }
    return swaps;
}

std::optional<media::SequencePattern> patternOf(const QString& out) {
    const auto parsed = media::parseSequencePattern(utf8(out));
    return parsed && !media::isMoviePath(utf8(out)) ? std::optional(parsed->pattern) : std::nullopt;
}

// Sorted; no folder is no frame.
std::vector<int64_t> framesOnDisk(const media::SequencePattern& pattern) {
    std::vector<int64_t> frames;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(pattern.folder, failed)) {
        if (const auto number = pattern.numberIn(entry.path().filename().string())) {
            frames.push_back(*number);
        }
    }
    std::sort(frames.begin(), frames.end());
    return frames;
}

}  // namespace

bool isRender(const training::JobInfo& job) {
    return job.kind == "swap" || job.kind == "deliver";
}

SwapsModel::SwapsModel(ProjectSession* session, JobsModel* jobs, QObject* parent)
    : QObject(parent), session_(session), jobs_(jobs) {
    connect(session_, &ProjectSession::opened, this, &SwapsModel::load);
    connect(session_, &ProjectSession::closed, this, [this] {
        swaps_.clear();
        Q_EMIT changed();
    });
    connect(jobs_, &JobsModel::jobEnded, this, &SwapsModel::takeFinished);
    connect(jobs_, &JobsModel::changed, this, &SwapsModel::changed);
}

void SwapsModel::load() {
    session_->ask(
        this, [](media::Project& project) { return project.setting(kSetting); },
        [this](Result<std::optional<std::string>> setting) {
            swaps_.clear();
            if (setting.ok() && setting->has_value()) {
                swaps_ = fromJson(**setting);
            }
            for (const auto& job : jobs_->jobs()) {
                takeFinished(text(job.info.job));
            }
            Q_EMIT changed();
        });
}

// Swaps that the command line asked for.
void SwapsModel::takeFinished(const QString& id) {
    const JobState* job = jobs_->find(utf8(id));
    if (job == nullptr || !isRender(job->info) || job->info.state != "finished") {
        return;
    }
    const QJsonObject result =
        QJsonDocument::fromJson(QByteArray::fromStdString(job->info.result)).object();
    const QString out = result["out"].toString();
    const bool known = result["restored"].toBool() ||  // pictures of a version
                       std::any_of(swaps_.begin(), swaps_.end(),
                                   [&](const SwapRecord& s) { return s.out == out; });
    if (!out.isEmpty() && !known) {
        const auto at =
            QDateTime::fromSecsSinceEpoch(static_cast<qint64>(job->info.started), Qt::UTC);
        add({out, text(job->info.run), text(job->info.clip), at.toString(Qt::ISODate),
             result["frame_list"].toString(), result["frames"].toInteger(),
             job->info.kind == "deliver" ? result["version"].toString() : QString()});
    }
    Q_EMIT changed();
}

// Jobs do not say where they write: the newest of a run and clip belongs to their newest swap.
const JobState* SwapsModel::jobOf(const SwapRecord& swap) const {
    const auto newest = std::find_if(swaps_.begin(), swaps_.end(), [&](const SwapRecord& other) {
        return other.run == swap.run && other.clip == swap.clip;
    });
    if (newest == swaps_.end() || newest->out != swap.out) {
        return nullptr;
    }
    for (const JobState& job : jobs_->jobs()) {
        if (isRender(job.info) && job.info.run == utf8(swap.run) &&
            job.info.clip == utf8(swap.clip)) {
            return &job;
        }
    }
    return nullptr;
}

// The frames that the plate has of those that were asked for; empty when that cannot be known.
std::vector<int64_t> SwapsModel::framesOf(const SwapRecord& swap) const {
    for (const media::ClipRecord& clip : session_->snapshot().clips) {
        if (clip.name == utf8(swap.clip)) {
            return renderedFrames(clip.first, clip.last, clip.missing, utf8(swap.frames));
        }
    }
    return {};
}

SwapsModel::Standing SwapsModel::standing(const SwapRecord& swap) const {
    const JobState* job = jobOf(swap);
    if (job != nullptr && job->active()) {
        return {State::rendering};
    }
    const auto pattern = patternOf(swap.out);
    if (!pattern) {  // a movie is there as a whole or not at all
        return {QFileInfo::exists(swap.out) ? State::done : State::missing};
    }
    const std::vector<int64_t> there = framesOnDisk(*pattern);
    const std::vector<int64_t> wanted = framesOf(swap);
    Standing standing{State::incomplete, static_cast<int64_t>(there.size()),
                      static_cast<int64_t>(wanted.size())};
    bool whole = std::includes(there.begin(), there.end(), wanted.begin(), wanted.end());
    if (swap.frames.isEmpty() && swap.count > 0) {
        standing.wanted = swap.count;
        whole = standing.there >= swap.count;
    }
    // One that was stopped may stand among the frames of an older one.
    const bool broken = job != nullptr && job->info.state != "finished";
    if (there.empty()) {
        standing.state = State::missing;
    } else if (whole && !broken) {
        standing.state = State::done;
    }
    return standing;
}

QString SwapsModel::stateText(const SwapRecord& swap, const Standing& now) const {
    switch (now.state) {
        case State::rendering: {
            const JobState* job = jobOf(swap);
            return job != nullptr ? job->progressText() : tr("rendering");
        }
        case State::done:
            return tr("done");
        case State::incomplete:
            return now.there < now.wanted ? tr("incomplete: %1 of %2 frames")
                                                .arg(countText(now.there), countText(now.wanted))
                                          : tr("incomplete: its render did not end");
        case State::missing:
            break;
    }
    return tr("not there");
}

QString SwapsModel::iconName(State state) {
    return state == State::rendering ? QStringLiteral("running")
           : state == State::done    ? QStringLiteral("ok")
                                     : QStringLiteral("warning");
}

bool SwapsModel::isThere(const QString& out) {
    const auto pattern = patternOf(out);
    return pattern ? !framesOnDisk(*pattern).empty() : QFileInfo::exists(out);
}

void SwapsModel::add(const SwapRecord& swap) {
    std::erase_if(swaps_, [&](const SwapRecord& other) { return other.out == swap.out; });
    swaps_.insert(swaps_.begin(), swap);
    if (!session_->readOnly()) {
        session_->write([json = toJson(swaps_).toStdString()](media::Project& project) {
            return project.putSetting(kSetting, json);
        });
    }
    Q_EMIT changed();
}

}  // namespace understudy::ui
