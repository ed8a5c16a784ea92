// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/jobs_model.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

using namespace training;

double now() {
    return static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
}

bool isOver(const std::string& state) {
    return state == "finished" || state == "failed" || state == "cancelled";
}

// "job-17" sorts after "job-9".
int64_t numberOf(const std::string& job) {
    const auto digits = job.find_last_not_of("0123456789") + 1;
    return digits < job.size() ? std::strtoll(job.c_str() + digits, nullptr, 10) : 0;
}

}  // namespace

bool JobState::active() const {
    return !isOver(info.state);
}

bool JobState::running() const {
    return info.state == "starting" || info.state == "running" || info.state == "stopping";
}

QString JobState::stateText() const {
    static const std::map<std::string, const char*> kTexts = {
        {"queued", QT_TRANSLATE_NOOP("understudy::ui::JobsModel", "queued")},
        {"starting", QT_TRANSLATE_NOOP("understudy::ui::JobsModel", "starting")},
        {"running", QT_TRANSLATE_NOOP("understudy::ui::JobsModel", "running")},
        {"paused", QT_TRANSLATE_NOOP("understudy::ui::JobsModel", "paused")},
        {"stopping", QT_TRANSLATE_NOOP("understudy::ui::JobsModel", "saving")},
        {"finished", QT_TRANSLATE_NOOP("understudy::ui::JobsModel", "done")},
        {"failed", QT_TRANSLATE_NOOP("understudy::ui::JobsModel", "failed")},
        {"cancelled", QT_TRANSLATE_NOOP("understudy::ui::JobsModel", "stopped")},
    };
    const auto found = kTexts.find(info.state);
    return found == kTexts.end() ? text(info.state) : JobsModel::tr(found->second);
}

QString JobState::iconName() const {
    static const std::map<std::string, const char*> kIcons = {
        {"queued", "queued"}, {"starting", "running"},    {"running", "running"},
        {"paused", "paused"}, {"stopping", "running"},    {"finished", "ok"},
        {"failed", "error"},  {"cancelled", "cancelled"},
    };
    const auto found = kIcons.find(info.state);
    return QString::fromLatin1(found == kIcons.end() ? "queued" : found->second);
}

QString JobState::progressText() const {
    if (!active()) {
        return failed() && info.error ? text(info.error->message) : stateText();
    }
    if (info.state == "queued" || info.total <= 0) {
        return stateText();
    }
    const QString done = countText(std::llround(info.done));
    const QString total = countText(std::llround(info.total));
    if (info.unit == "steps") {
        return JobsModel::tr("step %1 of %2").arg(done, total);
    }
    if (info.unit == "seconds") {
        return JobsModel::tr("%1 of %2").arg(elapsedText(info.done), elapsedText(info.total));
    }
    QString words = JobsModel::tr("%1 of %2 %3").arg(done, total, text(info.unit));
    if (info.rate > 0) {
        words += JobsModel::tr(", %1 %2/s").arg(rateText(info.rate), text(info.unit));
    }
    return words;
}

QString JobState::warningText() const {
    constexpr size_t kLines = 3;
    QStringList lines;
    for (size_t i = 0; i < std::min(kLines, warnings.size()); ++i) {
        lines << warnings[i];
    }
    if (warnings.size() > kLines) {
        lines << JobsModel::tr("And %1 more.").arg(warnings.size() - kLines);
    }
    return lines.join('\n');
}

bool JobState::mayResume() const {
    return info.state == "paused" || info.state == "cancelled" || failed();
}

QString JobState::projectName() const {
    QString name = QFileInfo(QDir::cleanPath(text(info.project))).fileName();
    if (name.endsWith(QStringLiteral(".understudy"))) {
        name.chop(11);
    }
    return name;
}

QString JobState::folder() const {
    const bool renders = info.kind == "swap" || info.kind == "deliver";
    if (renders && info.state == "finished") {
        const QString out = QJsonDocument::fromJson(QByteArray::fromStdString(info.result))
                                .object()["out"]
                                .toString();
        if (!out.isEmpty()) {
            return QFileInfo(out).absolutePath();
        }
    }
    return text(info.run.empty() ? info.project : info.project + "/runs/" + info.run);
}

JobsModel::JobsModel(JobGateway* gateway, QObject* parent) : QObject(parent), gateway_(gateway) {
    repaint_.setSingleShot(true);
    repaint_.setInterval(500);
    connect(&repaint_, &QTimer::timeout, this, &JobsModel::changed);
    connect(gateway_, &JobGateway::received, this, &JobsModel::handle);
    connect(gateway_, &JobGateway::stateChanged, this, [this] { Q_EMIT changed(); });
    connect(gateway_, &JobGateway::listed, this, [this](const std::vector<JobInfo>& jobs) {
        all_ = jobs;
        takeList(all_);
    });
}

void JobsModel::setProject(const QString& folder) {
    project_ = utf8(folder);
    jobs_.clear();
    failedUnseen_ = 0;
    takeList(all_);
}

const JobState* JobsModel::find(const std::string& job) const {
    const auto found = std::find_if(jobs_.begin(), jobs_.end(),
                                    [&](const JobState& state) { return state.info.job == job; });
    return found == jobs_.end() ? nullptr : &*found;
}

std::vector<JobState> JobsModel::everyones() const {
    std::vector<JobState> jobs = jobs_;
    for (const JobInfo& info : all_) {
        if (!isOver(info.state) && info.project != project_) {
            jobs.push_back({info, {}, 0});
        }
    }
    std::stable_sort(jobs.begin(), jobs.end(), [](const JobState& a, const JobState& b) {
        return numberOf(a.info.job) > numberOf(b.info.job);
    });
    return jobs;
}

JobState* JobsModel::findMutable(const std::string& job) {
    return const_cast<JobState*>(find(job));
}

const JobState* JobsModel::active(const std::string& kind, const std::string& run,
                                  const std::string& clip) const {
    for (const auto& state : jobs_) {
        if (state.active() && state.info.kind == kind && (run.empty() || state.info.run == run) &&
            (clip.empty() || state.info.clip == clip)) {
            return &state;
        }
    }
    return nullptr;
}

const JobState* JobsModel::newest(const std::string& kind, const std::string& run) const {
    for (const auto& state : jobs_) {
        if (state.info.kind == kind && (run.empty() || state.info.run == run)) {
            return &state;
        }
    }
    return nullptr;
}

const JobState* JobsModel::foremost() const {
    const auto rank = [](const JobState& job) {
        return job.running() ? 3 : job.info.state == "paused" ? 2 : job.active() ? 1 : 0;
    };
    const auto before = [&](const JobState& a, const JobState& b) {
        if (rank(a) != rank(b)) {
            return rank(a) > rank(b);
        }
        if (rank(a) == 3) {
            return a.info.started > b.info.started;
        }
        return rank(a) == 1 &&
               (a.info.priority != b.info.priority ? a.info.priority > b.info.priority
                                                   : a.info.place < b.info.place);
    };
    // The first of equals, so the newest.
    const auto best = std::min_element(jobs_.begin(), jobs_.end(), before);
    return best == jobs_.end() ? nullptr : &*best;
}

int JobsModel::activeCount() const {
    return static_cast<int>(
        std::count_if(jobs_.begin(), jobs_.end(), [](const JobState& s) { return s.active(); }));
}

void JobsModel::markFailuresSeen() {
    failedUnseen_ = 0;
    Q_EMIT changed();
}

JobGateway::Answer JobsModel::reporting(JobGateway::Answer answer) {
    QPointer<JobsModel> guard(this);
    return [guard, answer = std::move(answer)](const Status& status) {
        if (answer) {
            answer(status);
        } else if (guard && !status.ok()) {
            Q_EMIT guard->refused(status.error());
        }
    };
}

void JobsModel::start(StartJob job, JobGateway::Answer answer) {
    job.project = project_;
    gateway_->start(std::move(job), reporting(std::move(answer)));
}

void JobsModel::act(JobAction action, const std::string& job, JobGateway::Answer answer) {
    gateway_->act(action, job, reporting(std::move(answer)));
}

void JobsModel::change(const ChangeJob& change, JobGateway::Answer answer) {
    gateway_->change(change, reporting(std::move(answer)));
}

void JobsModel::changeSettings(const std::string& job, std::vector<std::string> settings,
                               const std::string& reason, JobGateway::Answer answer) {
    gateway_->changeSettings(job, std::move(settings), reason, reporting(std::move(answer)));
}

// What this window saw at work and is over now ended while nothing was heard; other old endings are
// no news.
void JobsModel::takeList(const std::vector<JobInfo>& jobs) {
    const std::vector<JobState> before = std::exchange(jobs_, {});
    for (const auto& info : jobs) {
        const auto known = std::find_if(before.begin(), before.end(), [&](const JobState& state) {
            return state.info.job == info.job && state.active();
        });
        takeInfo(info, known != before.end() && isOver(info.state));
    }
    for (const JobState& earlier : before) {  // the list does not repeat warnings
        if (JobState* state = findMutable(earlier.info.job)) {
            state->warnings = earlier.warnings;
        }
    }
    touch(true);
}

void JobsModel::takeInfo(const JobInfo& info, bool endedUnheard) {
    if (project_.empty() || info.project != project_) {
        touch(false);
        return;
    }
    JobState* state = findMutable(info.job);
    if (state == nullptr) {
        JobState fresh;
        fresh.info.job = info.job;
        fresh.info.state = info.state;
        const auto place = std::find_if(jobs_.begin(), jobs_.end(), [&](const JobState& other) {
            return numberOf(other.info.job) < numberOf(info.job);
        });
        state = &*jobs_.insert(place, std::move(fresh));
    }
    const bool ended = endedUnheard || (!isOver(state->info.state) && isOver(info.state));
    const bool stateChanged = state->info.state != info.state;
    state->info = info;
    state->lastHeard = now();
    if (ended && info.state == "failed") {
        ++failedUnseen_;
    }
    touch(stateChanged);
    if (ended) {
        Q_EMIT jobEnded(text(info.job));
    }
}

// Jobs of other projects are kept too: one of them may be opened next.
void JobsModel::remember(const JobInfo& info) {
    for (auto& known : all_) {
        if (known.job == info.job) {
            known = info;
            return;
        }
    }
    all_.push_back(info);
}

void JobsModel::handle(const Message& event) {
    if (const auto* jobChanged = std::get_if<JobChanged>(&event)) {
        remember(jobChanged->info);
        takeInfo(jobChanged->info);
    } else if (const auto* faces = std::get_if<FacesFound>(&event)) {
        if (find(faces->job) != nullptr) {
            Q_EMIT facesFound(text(faces->clip));
        }
    } else if (const auto* step = std::get_if<StepFinished>(&event)) {
        if (const JobState* state = find(step->job)) {
            Q_EMIT stepFinished(text(state->info.run));
        }
    } else if (const auto* preview = std::get_if<PreviewWritten>(&event)) {
        if (const JobState* state = find(preview->job)) {
            Q_EMIT previewWritten(text(state->info.run));
        }
    } else if (const auto* settings = std::get_if<SettingsChanged>(&event)) {
        if (find(settings->job) != nullptr) {
            Q_EMIT settingsChanged(*settings);
        }
    } else if (const auto* warning = std::get_if<WarningRaised>(&event)) {
        if (JobState* state = findMutable(warning->job)) {
            const QString words = text(warning->text);
            const bool known =
                std::count(state->warnings.begin(), state->warnings.end(), words) > 0;
            if (!known && state->warnings.size() < 100) {
                state->warnings.push_back(words);
                touch(false);
            }
        }
    }
}

void JobsModel::touch(bool atOnce) {
    if (atOnce) {
        repaint_.stop();
        Q_EMIT changed();
    } else if (!repaint_.isActive()) {
        repaint_.start();
    }
}

}  // namespace understudy::ui
