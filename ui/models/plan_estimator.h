// SPDX-License-Identifier: GPL-3.0-or-later
// What a plan will take of this machine, asked of the trainer in the background, since only that
// knows the networks. What is typed meanwhile is asked next; answers to what nobody wants to know
// any more are dropped.
#pragma once

#include <QObject>
#include <QProcess>
#include <QStringList>
#include <QTimer>
#include <filesystem>
#include <optional>

#include "media/base/result.h"
#include "training/plan/plan.h"

namespace understudy::ui {

struct PlanEstimate {
    QStringList devices;         // one a rank: "cuda:0", "cpu"
    double memory = 0;           // bytes of each
    std::optional<double> free;  // of the device with the least
    bool fits = true;            // or it is not known
    QStringList settings;        // that would fit: "batch=6", "encoderDims=48 decoderDims=48"
    std::optional<double> rate;  // steps a second; nothing: not known yet
    QString rateFrom;            // "run r01", "calibration"
};

// From what the trainer prints. Errors: environment, for what is no such answer.
Result<PlanEstimate> estimateFromJson(const QByteArray& json);

class PlanEstimator : public QObject {
    Q_OBJECT
  public:
    explicit PlanEstimator(QObject* parent = nullptr);
    ~PlanEstimator() override;

    // `faces` of all performers; `runs`: the project's, or empty. The answer to an earlier question
    // stays until this one's comes.
    void ask(const training::Plan& plan, int64_t faces, const std::filesystem::path& runs);
    void forget();  // nobody wants to know any more

    const std::optional<PlanEstimate>& estimate() const { return estimate_; }
    // Why there is none.
    const std::optional<Error>& problem() const { return problem_; }
    bool asking() const { return wait_.isActive() || running(); }

  Q_SIGNALS:
    void changed();

  private:
    bool running() const { return process_.state() != QProcess::NotRunning; }
    void begin();
    void finish();
    void fail(const Error& error);

    QTimer wait_;
    QProcess process_;
    QStringList arguments_;  // of the question
    QStringList asked_;      // of the one that runs, or was answered
    std::optional<PlanEstimate> estimate_;
    std::optional<Error> problem_;
};

}  // namespace understudy::ui
