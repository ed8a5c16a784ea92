// Ctrl-C, SIGTERM and a closed terminal as an event in Qt's loop.
#pragma once

#include <QObject>
#include <functional>

namespace understudy::cli {

// Calls `handler` for each such signal while `context` lives. One at a time in the process.
void onInterrupt(QObject* context, std::function<void()> handler);

}  // namespace understudy::cli
