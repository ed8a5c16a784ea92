// SPDX-License-Identifier: GPL-3.0-or-later
// Work that must not hold up the window: it runs on the thread pool, its result comes back to the
// GUI thread, and if the object that asked is gone by then, nothing happens.
#pragma once

#include <QCoreApplication>
#include <QObject>
#include <QPointer>
#include <QThreadPool>
#include <memory>
#include <utility>

namespace understudy::ui {

// Runs `then` on the GUI thread unless `context` has died meanwhile. Any thread.
template <class Then>
void onGuiThread(QPointer<QObject> context, Then then) {
    auto shared = std::make_shared<Then>(std::move(then));
    QMetaObject::invokeMethod(
        QCoreApplication::instance(),
        [context, shared] {
            if (context) {
                (*shared)();
            }
        },
        Qt::QueuedConnection);
}

// `work` returns a value; `then` takes it.
template <class Work, class Then>
void runInBackground(QObject* context, Work work, Then then,
                     QThreadPool* pool = QThreadPool::globalInstance()) {
    auto sharedWork = std::make_shared<Work>(std::move(work));
    auto sharedThen = std::make_shared<Then>(std::move(then));
    QPointer<QObject> guard(context);
    pool->start([sharedWork, sharedThen, guard] {
        using Value = decltype((*sharedWork)());
        auto value = std::make_shared<Value>((*sharedWork)());
        onGuiThread(guard, [sharedThen, value] { (*sharedThen)(std::move(*value)); });
    });
}

}  // namespace understudy::ui
