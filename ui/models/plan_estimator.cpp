// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/plan_estimator.h"

#include <unistd.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "media/base/paths.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

constexpr int kWaitForTyping = 400;  // milliseconds
constexpr int kNice = 5;             // what trains goes first

std::optional<double> numberIn(const QJsonObject& object, const char* key) {
    const QJsonValue value = object[QLatin1String(key)];
    return value.isDouble() ? std::optional(value.toDouble()) : std::nullopt;
}

QStringList wordsIn(const QJsonObject& object, const char* key) {
    QStringList words;
    for (const QJsonValue& value : object[QLatin1String(key)].toArray()) {
        words << value.toString();
    }
    return words;
}

QStringList argumentsFor(const training::Plan& plan, int64_t faces,
                         const std::filesystem::path& runs) {
    QStringList arguments = {QStringLiteral("--estimate"), QStringLiteral("--json-lines"),
                             QStringLiteral("--faces"), QString::number(faces)};
    for (const auto& option : training::planOptions()) {
        arguments << QStringLiteral("--set")
                  << text(option.key + "=" + training::optionValue(plan, option.key));
    }
    if (!runs.empty()) {
        arguments << QStringLiteral("--runs") << text(runs.string());
    }
    return arguments;
}

}  // namespace

Result<PlanEstimate> estimateFromJson(const QByteArray& json) {
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    PlanEstimate estimate;
    const auto memory = numberIn(object, "memory_bytes");
    estimate.devices = wordsIn(object, "devices");
    if (!memory || estimate.devices.isEmpty()) {
        return Error{ErrorCode::environment, "the trainer's estimate cannot be read", "",
                     "Install Understudy again, or build all of it"};
    }
    estimate.memory = *memory;
    estimate.free = numberIn(object, "free_bytes");
    estimate.fits = object[QStringLiteral("fits")].toBool(true);
    estimate.settings = wordsIn(object, "settings");
    estimate.rate = numberIn(object, "it_per_s");
    if (estimate.rate && *estimate.rate <= 0) {
        estimate.rate.reset();
    }
    estimate.rateFrom = object[QStringLiteral("rate_from")].toString();
    return estimate;
}

PlanEstimator::PlanEstimator(QObject* parent) : QObject(parent) {
    wait_.setSingleShot(true);
    wait_.setInterval(kWaitForTyping);
    connect(&wait_, &QTimer::timeout, this, &PlanEstimator::begin);
    process_.setStandardInputFile(QProcess::nullDevice());
    process_.setChildProcessModifier([] { [[maybe_unused]] const int now = ::nice(kNice); });
    connect(&process_, &QProcess::finished, this, &PlanEstimator::finish);
    connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            fail({ErrorCode::environment, "the trainer does not start", utf8(process_.program()),
                  "Install Understudy again, or build all of it"});
        }
    });
}

PlanEstimator::~PlanEstimator() {
    disconnect(&process_, nullptr, this, nullptr);
    if (running()) {
        process_.kill();
        process_.waitForFinished();
    }
}

void PlanEstimator::ask(const training::Plan& plan, int64_t faces,
                        const std::filesystem::path& runs) {
    QStringList arguments = argumentsFor(plan, faces, runs);
    if (arguments == arguments_) {
        return;
    }
    arguments_ = std::move(arguments);
    wait_.start();
    Q_EMIT changed();
}

void PlanEstimator::forget() {
    wait_.stop();
    arguments_.clear();
    estimate_.reset();
    problem_.reset();
    Q_EMIT changed();
}

void PlanEstimator::begin() {
    if (running() || arguments_.isEmpty()) {
        return;  // what is wanted by then is asked when it ends
    }
    const auto program = siblingProgram("understudy-trainer");
    if (!program.ok()) {
        fail(program.error());
        return;
    }
    asked_ = arguments_;
    process_.start(text(program->string()), asked_);
}

void PlanEstimator::finish() {
    const QByteArray said = process_.readAllStandardOutput().trimmed();
    if (asked_ != arguments_) {
        if (!wait_.isActive()) {
            begin();
        }
        return;
    }
    const auto message = training::decode(said.mid(said.lastIndexOf('\n') + 1).toStdString());
    const auto* finished = message.ok() ? std::get_if<training::JobFinished>(&*message) : nullptr;
    if (finished != nullptr && finished->error) {
        fail(training::errorOf(*finished->error));
        return;
    }
    auto estimate = estimateFromJson(
        finished != nullptr ? QByteArray::fromStdString(finished->result) : QByteArray());
    if (!estimate.ok()) {
        fail(estimate.error());
        return;
    }
    estimate_ = std::move(*estimate);
    problem_.reset();
    Q_EMIT changed();
}

void PlanEstimator::fail(const Error& error) {
    estimate_.reset();
    problem_ = error;
    Q_EMIT changed();
}

}  // namespace understudy::ui
