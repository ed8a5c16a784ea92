// SPDX-License-Identifier: GPL-3.0-or-later
// Every state of the window that is worth looking at, one after the other: for pictures that people
// judge (ui_screenshots) and for what a program can judge (test_ui_look).
#pragma once

#include <functional>
#include <string>

#include "tests/ui/rendered_show.h"
#include "tests/ui/studio_fixture.h"

namespace understudy::tests {

class Scenes {
  public:
    using Seen = std::function<void(const std::string& name, QWidget& shown)>;
    // `size` of the window in device-independent pixels.
    Scenes(const RenderedShow& show, QSize size, Seen seen);
    void walk();

    StudioFixture& fixture() { return fixture_; }

  private:
    // Waits until nothing on the window changes any more, then shows it to whoever looks.
    void see(const std::string& name, QWidget* shown = nullptr);
    void seeNow(const std::string& name, QWidget* shown = nullptr);
    void seePages(const std::string& state);
    void settle(int quiet = 250);  // milliseconds without anything painted

    void start();
    void openFull();
    void ingest();
    void ingestClips();
    void seeMissing();
    void faces();
    void train();
    void review();
    void deliver();
    void window();  // keys, log, moved plates, the demo's strip
    void working();
    void writeResults();
    void errors();
    void readOnly();
    void moreOfTrain();
    void reviewError();
    void startError();

    template <class T>
    T* find(const char* name) const {
        return fixture_.find<T>(name);
    }
    void choose(const char* combo, int index) const;
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {});

    RenderedShow show_;
    QSize size_;
    Seen seen_;
    StudioFixture fixture_;
    QString project_;
};

// A pointer over `widget`; with `held` its left button is down.
void movePointer(QWidget* widget, QPointF to, bool held = false);

// What the service says of a machine with three GPUs: two train, one is kept for the viewport.
training::DevicesListed workstation();
training::JobInfo sceneJob(const QString& project, const char* id, const char* kind,
                           const char* title, const char* state);

// Programs in the place of trainer and renderer, for UNDERSTUDY_BIN: one estimates, the other gives
// a copy of `picture` for each frame.
void writePrograms(const std::filesystem::path& folder, const std::filesystem::path& picture);

}  // namespace understudy::tests
