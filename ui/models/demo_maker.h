// SPDX-License-Identifier: GPL-3.0-or-later
// Footage to try everything with: two made-up performers are rendered beside the window's work, and
// become the two clips of a new project.
#pragma once

#include <QObject>
#include <stop_token>

#include "ui/models/clip_import.h"
#include "ui/models/project_session.h"

namespace understudy::ui {

class DemoMaker : public QObject {
    Q_OBJECT
  public:
    explicit DemoMaker(ProjectSession* session, QObject* parent = nullptr);
    ~DemoMaker() override;

    // The performers' names in the project that is made.
    static QString source();
    static QString destination();
    // A folder inside `parent` that is not there yet: "Understudy demo", "Understudy demo 2", ...
    static QString freeFolder(const QString& parent);

    // Renders into `folder`, then opens demo.understudy in it with both clips. One at a time.
    void make(const QString& folder, int frames = 96);
    void cancel();  // what is rendered so far goes
    bool busy() const { return busy_; }

  Q_SIGNALS:
    void progressed(qint64 done, qint64 total);  // frames
    void made(const QString& project);           // opened, with its clips
    void failed(const understudy::Error& error);
    void cancelled();

  private:
    void rendered(const std::vector<std::filesystem::path>& clips);
    void importNext();
    void recordConsent();
    void fail(const Error& error);
    void end();  // nobody wants it any more
    QString project() const;

    ProjectSession* session_;
    ClipImport import_;
    QString folder_;
    QStringList clips_;  // still to be imported
    std::stop_source stop_;
    bool busy_ = false;
    bool opening_ = false;
};

}  // namespace understudy::ui
