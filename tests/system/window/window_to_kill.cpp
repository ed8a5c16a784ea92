// SPDX-License-Identifier: GPL-3.0-or-later
// A window for a test to kill: window_to_kill PROJECT FOLDER opens the project, rejects a face,
// starts a training by the window's own buttons, says "training" once its curve is drawn and the
// page is kept, and stays; otherwise it says what the page told.
#include <QApplication>
#include <cstdio>

#include "tests/system/window/window_robot.h"
#include "ui/models/formatting.h"

using namespace understudy;

int main(int argc, char** argv) {
    if (argc != 3) {
        return 64;
    }
    tests::WindowRobot robot(argv[2]);
    robot.open(argv[1]);
    ui::Studio& shared = robot.window->studio();
    robot.window->goTo(ui::PageId::faces);
    if (!robot.waitFor([&] { return shared.faces.total() > 0; })) {
        return 1;
    }
    shared.faces.selectRows(0, 0, false);
    robot.press(Qt::Key_X);
    robot.press(Qt::Key_3, Qt::AltModifier);
    // At once, while the service is still being started.
    const bool started =
        robot.click("preset.quick") && robot.setSmallTraining() && robot.click("trainPrimary") &&
        robot.waitForJob("train", "running") &&
        robot.waitFor([&] { return robot.curvePoints() > 3; }) &&
        robot.waitFor([&] { return robot.pageKept() == static_cast<int>(ui::PageId::train); });
    std::puts(started ? "training" : ui::utf8(robot.message("trainMessages")).c_str());
    std::fflush(stdout);
    return started ? QApplication::exec() : 1;
}
