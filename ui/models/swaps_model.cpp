// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/swaps_model.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <optional>
#include <utility>

#include "media/source/frame_sink.h"
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
                                 {"version", swap.version},
                                 {"listed", swap.listed}});
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
                         object["version"].toString(), object["listed"].toBool(true)});
    }
    return swaps;
}

}  // namespace

bool isRender(const training::JobInfo& job) {
    return job.kind == "swap" || job.kind == "deliver";
}

SwapsModel::SwapsModel(ProjectSession* session, JobsModel* jobs, ResultsOnDisk* results,
                       QObject* parent)
    : QObject(parent), session_(session), jobs_(jobs), results_(results) {
    connect(session_, &ProjectSession::opened, this, &SwapsModel::load);
    connect(session_, &ProjectSession::closed, this, [this] {
        swaps_.clear();
        Q_EMIT changed();
    });
    connect(jobs_, &JobsModel::jobEnded, this, &SwapsModel::takeFinished);
    connect(jobs_, &JobsModel::changed, this, &SwapsModel::changed);
    connect(results_, &ResultsOnDisk::changed, this, &SwapsModel::changed);
}

void SwapsModel::load() {
    session_->look(
        this, [](media::Project& project) { return project.setting(kSetting); },
        [this](Result<std::optional<std::string>> setting) {
            const std::vector<SwapRecord> added = std::exchange(swaps_, {});  // meanwhile
            if (setting.ok() && setting->has_value()) {
                swaps_ = fromJson(**setting);
            }
            std::for_each(added.rbegin(), added.rend(),
                          [this](const SwapRecord& swap) { add(swap); });
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
                       find(out) != nullptr;
    if (!out.isEmpty() && !known) {
        const auto at =
            QDateTime::fromSecsSinceEpoch(static_cast<qint64>(job->info.started), Qt::UTC);
        add({out, text(job->info.run), text(job->info.clip), at.toString(Qt::ISODate),
             result["frame_list"].toString(), result["frames"].toInteger(),
             job->info.kind == "deliver" ? result["version"].toString() : QString()});
    }
    Q_EMIT changed();
}

const JobState* SwapsModel::jobOf(const SwapRecord& swap) const {
    const auto& jobs = jobs_->jobs();
    const auto found = std::find_if(jobs.begin(), jobs.end(), [&](const JobState& job) {
        return isRender(job.info) && job.info.out == utf8(swap.out);
    });
    return found == jobs.end() ? nullptr : &*found;
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
    const SeenResult& seen = results_->of(swap.out);
    if (!seen.known) {
        return {State::unknown};
    }
    if (media::isMoviePath(utf8(swap.out))) {  // is there as a whole or not at all
        return {seen.there ? State::done : State::missing, 0, 0, seen.bytes};
    }
    const std::vector<int64_t>& there = seen.frames;
    const std::vector<int64_t> wanted = framesOf(swap);
    Standing standing{State::incomplete, static_cast<int64_t>(there.size()),
                      static_cast<int64_t>(wanted.size()), seen.bytes};
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
        case State::unknown:
            return tr("looking…");
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
    return state == State::unknown     ? QStringLiteral("queued")
           : state == State::rendering ? QStringLiteral("running")
           : state == State::done      ? QStringLiteral("ok")
                                       : QStringLiteral("warning");
}

const SwapRecord* SwapsModel::find(const QString& out) const {
    const auto found = std::find_if(swaps_.begin(), swaps_.end(),
                                    [&](const SwapRecord& swap) { return swap.out == out; });
    return found == swaps_.end() ? nullptr : &*found;
}

void SwapsModel::add(const SwapRecord& swap) {
    std::erase_if(swaps_, [&](const SwapRecord& other) { return other.out == swap.out; });
    swaps_.insert(swaps_.begin(), swap);
    store();
}

void SwapsModel::setListed(const QString& out, bool listed) {
    for (SwapRecord& swap : swaps_) {
        swap.listed = swap.out == out ? listed : swap.listed;
    }
    store();
}

void SwapsModel::store() {
    if (!session_->readOnly()) {
        session_->write([json = toJson(swaps_).toStdString()](media::Project& project) {
            return project.putSetting(kSetting, json);
        });
    }
    Q_EMIT changed();
}

}  // namespace understudy::ui
