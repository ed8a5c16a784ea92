#include "app/cli/signals.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <QSocketNotifier>

#include "media/base/check.h"

namespace understudy::cli {
namespace {

int interruptPipe[2] = {-1, -1};

void note(int number) {
    [[maybe_unused]] const auto ignored =
        ::write(interruptPipe[1], number == SIGINT ? "i" : "l", 1);
}

}  // namespace

void onInterrupt(QObject* context, std::function<void(Interrupt)> handler) {
    if (interruptPipe[0] < 0) {
        US_CHECK(::pipe2(interruptPipe, O_CLOEXEC | O_NONBLOCK) == 0);
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
            if (::signal(number, note) == SIG_IGN && number == SIGHUP) {
                ::signal(number, SIG_IGN);
            }
        }
    }
    auto* notifier = new QSocketNotifier(interruptPipe[0], QSocketNotifier::Read, context);
    QObject::connect(notifier, &QSocketNotifier::activated, context,
                     [handler = std::move(handler)] {
                         char byte = 0;
                         Interrupt why = Interrupt::leaving;
                         while (::read(interruptPipe[0], &byte, 1) == 1) {
                             why = byte == 'i' ? Interrupt::wanted : why;
                         }
                         handler(why);
                     });
}

}  // namespace understudy::cli
