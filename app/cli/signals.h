// Ctrl-C, SIGTERM and a closed terminal as an event in Qt's loop.
#pragma once

#include <QObject>
#include <functional>

namespace understudy::cli {

// Somebody at the terminal wants an end; a program or a terminal that goes does not say so.
enum class Interrupt { wanted, leaving };

// Calls `handler` for each such signal while `context` lives. One at a time in the process. A
// hangup that is ignored already (nohup) stays so.
void onInterrupt(QObject* context, std::function<void(Interrupt)> handler);

}  // namespace understudy::cli
