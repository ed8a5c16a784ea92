// SPDX-License-Identifier: GPL-3.0-or-later
// A person at the real window, offscreen: presses its buttons, drops files, waits for what it
// shows. The service and the job programs are the real ones.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "tests/ui/studio_fixture.h"
#include "ui/models/service_gateway.h"
#include "ui/window/main_window.h"

namespace understudy::tests {

class WindowRobot {
  public:
    // Settings of the window and pictures of it lie in `folder`; pictures only where the
    // environment's UNDERSTUDY_SHOTS names a folder for them.
    explicit WindowRobot(const std::filesystem::path& folder);
    ~WindowRobot();

    void open(const std::string& project);  // and waits until its faces are known
    void closeWindow();                     // as its user does; the robot may open a new one
    void newWindow();

    template <class T>
    T* find(const char* name) const {
        return window->findChild<T*>(QString::fromLatin1(name));
    }
    // Presses a button that can be seen and is enabled; waits for that first.
    bool click(const char* button);
    QString textOf(const char* button) const;
    QString message(const char* bar) const;  // that a page shows, empty if none
    bool drop(const char* widget, const std::vector<std::filesystem::path>& files);
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    // Puts a value into an option's field as typing it would.
    bool setOption(const char* key, const QString& value);
    // Sets all options of a training that is small enough for a test, but real.
    bool setSmallTraining();

    bool waitFor(const std::function<bool()>& condition, int seconds = 120) const {
        return runUntil(condition, seconds * 1000);
    }
    // The newest job of the kind is in this state.
    bool waitForJob(const char* kind, const char* state, int seconds = 120) const;
    std::string jobState(const char* kind) const;
    int curvePoints() const;
    int pageKept() const;                        // on disk, of the project; -1: none
    bool seesPicture(const char* widget) const;  // not all of one colour
    void shoot(const char* name) const;

    ScriptedDialogs dialogs;
    std::unique_ptr<ui::UiSettings> settings;
    std::unique_ptr<ui::ServiceGateway> gateway;
    std::unique_ptr<ui::MainWindow> window;

  private:
    std::filesystem::path folder_;
};

// Steps that the run's history tells of.
int64_t lastStep(const std::filesystem::path& run);

}  // namespace understudy::tests
