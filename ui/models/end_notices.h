// SPDX-License-Identifier: GPL-3.0-or-later
// What somebody is told of jobs that ended while they looked elsewhere: of failures always, else of
// jobs that took long; those that end shortly after one another in one notice.
#pragma once

#include <QObject>
#include <QStringList>
#include <QTimer>

#include "ui/models/jobs_model.h"

namespace understudy::ui {

class EndNotices : public QObject {
    Q_OBJECT
  public:
    static constexpr int kTogetherMs = 10000;
    static constexpr double kLongSeconds = 30;

    explicit EndNotices(int togetherMs = kTogetherMs, QObject* parent = nullptr);

    // `watched`: the window is in front, so that its strip has said it. `project`: its name.
    void ended(const JobState& job, const QString& project, bool watched);

  Q_SIGNALS:
    void notice(const QString& title, const QString& detail, bool failed);

  private:
    struct End {
        QString title;
        QString detail;
        bool failed = false;
    };
    void tell();

    std::vector<End> waiting_;
    QTimer timer_;
};

}  // namespace understudy::ui
