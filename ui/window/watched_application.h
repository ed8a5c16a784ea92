// SPDX-License-Identifier: GPL-3.0-or-later
// The application, which notices what holds up the window: every event that takes longer than a
// frame in debug builds, than somebody feels in others, with who took it.
#pragma once

#include <QApplication>
#include <chrono>
#include <functional>

namespace understudy::ui {

class WatchedApplication : public QApplication {
    Q_OBJECT
  public:
    // "paint of FacesGrid facesGrid took 31 ms"
    using Report = std::function<void(const QString& words)>;

    // Warns in the log.
    WatchedApplication(int& argc, char** argv);
    void setLimit(std::chrono::milliseconds limit) { limit_ = limit; }
    void setReport(Report report) { report_ = std::move(report); }
    bool notify(QObject* receiver, QEvent* event) override;
    bool isHandling() const { return watchedLevel_ >= 0; }  // an event, on the window's thread

  private:
    std::chrono::milliseconds limit_;
    Report report_;
    int watchedLevel_ = -1;  // depth of loops that the event in hand came from; -1: none is
    bool looped_ = false;    // a loop ran inside it
};

}  // namespace understudy::ui
