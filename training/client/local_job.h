// A job started directly by the program that wants it, without the service (--local): the same job
// programs, the same signals.
#pragma once

#include <QObject>
#include <filesystem>
#include <memory>

#include "media/base/result.h"
#include "training/client/job_process.h"
#include "training/protocol/messages.h"

namespace understudy::training {

class LocalJob : public QObject {
    Q_OBJECT
  public:
    explicit LocalJob(QObject* parent = nullptr);
    ~LocalJob() override;

    // `log`: empty for where such jobs log, logOfJob().
    Status start(const StartJob& start, const std::filesystem::path& log = {});
    const JobInfo& info() const;
    // Save and end; jobFinished comes when it has ended.
    void stop();
    void writeCheckpoint();
    void writePreview();

  Q_SIGNALS:
    void jobChanged(const understudy::training::JobInfo& info);
    void stepFinished(const understudy::training::StepFinished& event);
    void previewWritten(const understudy::training::PreviewWritten& event);
    void checkpointWritten(const understudy::training::CheckpointWritten& event);
    void facesFound(const understudy::training::FacesFound& event);
    void warningRaised(const understudy::training::WarningRaised& event);
    void settingsChanged(const understudy::training::SettingsChanged& event);
    void jobFinished(const understudy::training::JobFinished& event);

  private:
    struct Private;
    std::unique_ptr<Private> private_;
};

}  // namespace understudy::training
