// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/watched_application.h"

#include <QEventLoop>
#include <QTimer>
#include <catch2/catch.hpp>

#include "tests/ui/studio_fixture.h"

using namespace understudy;
using namespace understudy::tests;

namespace {

// Takes its events as slowly as it is told to.
class Slow : public QObject {
  public:
    std::function<void()> work;
    bool event(QEvent* event) override {
        if (event->type() == QEvent::User) {
            work();
            return true;
        }
        return QObject::event(event);
    }
};

struct Watch {
    Watch() {
        ensureApplication();
        application().setLimit(std::chrono::milliseconds(20));
        application().setReport([this](const QString& words) { told << words; });
        slow.setObjectName("slowOne");
    }
    ~Watch() {
        application().setLimit(std::chrono::hours(1));
        application().setReport([](const QString&) {});
    }
    static ui::WatchedApplication& application() {
        return *qobject_cast<ui::WatchedApplication*>(QCoreApplication::instance());
    }
    static void computeFor(std::chrono::milliseconds time) {
        const auto end = std::chrono::steady_clock::now() + time;
        while (std::chrono::steady_clock::now() < end) {
        }
    }
    void send() {
        QCoreApplication::postEvent(&slow, new QEvent(QEvent::User));
        QCoreApplication::processEvents();
        told.removeIf([](const QString& words) { return !words.contains("slowOne"); });
    }
    Slow slow;
    QStringList told;
};

}  // namespace

TEST_CASE("what holds up the window is told, with its name") {
    Watch watch;
    watch.slow.work = [] { Watch::computeFor(std::chrono::milliseconds(40)); };
    watch.send();
    REQUIRE(watch.told.size() == 1);
    CHECK(watch.told.front().startsWith("User of QObject slowOne took "));
}

TEST_CASE("what is quick is not told, nor is a dialog that waits for somebody") {
    Watch watch;
    watch.slow.work = [] {};
    watch.send();
    CHECK(watch.told.isEmpty());
    watch.slow.work = [] {
        QEventLoop loop;
        QTimer::singleShot(60, &loop, &QEventLoop::quit);
        loop.exec();
    };
    watch.send();
    CHECK(watch.told.isEmpty());
}
