// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/swaps_model.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <algorithm>

#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr const char* kSetting = "window.swaps";

QByteArray toJson(const std::vector<SwapRecord>& swaps) {
    QJsonArray array;
    for (const auto& swap : swaps) {
        array.append(QJsonObject{
            {"out", swap.out}, {"run", swap.run}, {"clip", swap.clip}, {"created", swap.created}});
    }
    return QJsonDocument(array).toJson(QJsonDocument::Compact);
}

std::vector<SwapRecord> fromJson(const std::string& json) {
    std::vector<SwapRecord> swaps;
    const QJsonArray array = QJsonDocument::fromJson(QByteArray::fromStdString(json)).array();
    for (const auto& value : array) {
        const QJsonObject object = value.toObject();
        swaps.push_back({object["out"].toString(), object["run"].toString(),
                         object["clip"].toString(), object["created"].toString()});
    }
    return swaps;
}

// Whether anything of it is on disk; of a sequence any one frame.
bool exists(const QString& out) {
    static const QRegularExpression kPattern(QStringLiteral("#+|@+|%0?\\d*d"));
    const QFileInfo info(out);
    if (!info.fileName().contains(kPattern)) {
        return info.exists();
    }
    const QString glob = QString(info.fileName()).replace(kPattern, QStringLiteral("*"));
    return !info.dir().entryList({glob}, QDir::Files).isEmpty();
}

}  // namespace

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
    if (job == nullptr || job->info.kind != "swap" || job->info.state != "finished") {
        return;
    }
    const QJsonObject result =
        QJsonDocument::fromJson(QByteArray::fromStdString(job->info.result)).object();
    const QString out = result["out"].toString();
    const bool known = std::any_of(swaps_.begin(), swaps_.end(),
                                   [&](const SwapRecord& s) { return s.out == out; });
    if (!out.isEmpty() && !known) {
        const auto at =
            QDateTime::fromSecsSinceEpoch(static_cast<qint64>(job->info.started), Qt::UTC);
        add({out, text(job->info.run), text(job->info.clip), at.toString(Qt::ISODate)});
    }
    Q_EMIT changed();
}

SwapsModel::State SwapsModel::state(const SwapRecord& swap) const {
    const JobState* job = jobs_->active("swap", utf8(swap.run), utf8(swap.clip));
    const auto newest = std::find_if(swaps_.begin(), swaps_.end(), [&](const SwapRecord& other) {
        return other.run == swap.run && other.clip == swap.clip;
    });
    if (job != nullptr && newest != swaps_.end() && newest->out == swap.out) {
        return State::rendering;
    }
    return exists(swap.out) ? State::done : State::missing;
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

QString SwapsModel::proposal(const QString& run, const QString& clip, const QString& ending) const {
    for (int number = 1;; ++number) {
        const QString name = QStringLiteral("%1/deliveries/%2_%3_v%4%5")
                                 .arg(session_->folder(), clip, run)
                                 .arg(number, 3, 10, QChar('0'))
                                 .arg(ending);
        const bool taken = std::any_of(swaps_.begin(), swaps_.end(),
                                       [&](const SwapRecord& swap) { return swap.out == name; });
        if (!taken && !exists(name)) {
            return name;
        }
    }
}

}  // namespace understudy::ui
