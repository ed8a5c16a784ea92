// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/watched_application.h"

#include <QMetaEnum>
#include <QPointer>
#include <QThread>
#include <utility>

#include "media/base/log.h"
#include "ui/models/formatting.h"

namespace understudy::ui {
namespace {

#ifdef NDEBUG
constexpr std::chrono::milliseconds kLimit{100};
#else
constexpr std::chrono::milliseconds kLimit{16};
#endif

using Clock = std::chrono::steady_clock;

QString nameOf(QEvent::Type type) {
    const char* name = QMetaEnum::fromType<QEvent::Type>().valueToKey(type);
    return name != nullptr ? QString::fromLatin1(name)
                           : QStringLiteral("event %1").arg(static_cast<int>(type));
}

}  // namespace

WatchedApplication::WatchedApplication(int& argc, char** argv)
    : QApplication(argc, argv),
      limit_(kLimit),
      report_([](const QString& words) { logWarning("the window waited: " + utf8(words)); }) {}

bool WatchedApplication::notify(QObject* receiver, QEvent* event) {
    const int level = QThread::currentThread()->loopLevel();
    if (level == watchedLevel_) {  // sent while another is taken, and part of that
        return QApplication::notify(receiver, event);
    }
    const QPointer<QObject> guard(receiver);
    const QString who = QString::fromLatin1(receiver->metaObject()->className());
    const QEvent::Type type = event->type();
    const int outer = std::exchange(watchedLevel_, level);
    looped_ = false;
    const auto begun = Clock::now();
    const bool taken = QApplication::notify(receiver, event);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    watchedLevel_ = outer;
    // One that ran a loop of its own, as a dialog does, waited for somebody.
    if (!looped_ && took > limit_) {
        report_(QStringLiteral("%1 of %2 %3 took %4 ms")
                    .arg(nameOf(type), who, guard ? guard->objectName() : QString())
                    .arg(took.count()));
    }
    looped_ = true;  // for whoever this came to in the middle
    return taken;
}

}  // namespace understudy::ui
