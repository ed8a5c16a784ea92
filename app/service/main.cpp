// understudyd: the background service of one user.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <QCoreApplication>
#include <QSocketNotifier>

#include "media/base/log_sink.h"
#include "training/client/json_log.h"
#include "training/service/service.h"

using namespace understudy;
using namespace understudy::training;

namespace {

int signalPipe[2] = {-1, -1};

void onSignal(int) {
    [[maybe_unused]] const auto ignored = ::write(signalPipe[1], "s", 1);
}

// Lines that cannot be kept go to stderr, and so do all of them where a person or a journal reads
// it.
void keepLog(bool alone) {
    auto log = JsonLog::open(serviceLog());
    if (!log.ok()) {
        logWarning(describe(log.error()));
        return;
    }
    const auto shared = std::make_shared<JsonLog>(std::move(*log));
    setLogSink([shared](const LogEntry& entry) { return shared->write(entry); }, alone);
}

int run(QCoreApplication& app, const ServiceOptions& options) {
    Service service(options);
    if (const auto started = service.start(); !started.ok()) {
        // Of two that are started at once one gives way, and that is as it should be.
        if (options.onDemand && started.error().code == ErrorCode::transient) {
            logInfo("a service runs already");
            return 0;
        }
        logError(describe(started.error()));
        return static_cast<int>(started.error().code);
    }
    QSocketNotifier notifier(signalPipe[0], QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &service, [&] {
        char byte = 0;
        [[maybe_unused]] const auto ignored = ::read(signalPipe[0], &byte, 1);
        service.shutDown();
    });
    // Queued, so that the last answers leave first.
    QObject::connect(&service, &Service::finished, &app, &QCoreApplication::quit,
                     Qt::QueuedConnection);
    return QCoreApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
    ServiceOptions options;
    CLI::App commandLine("The background service of Understudy: runs the jobs of one user.");
    commandLine.set_version_flag("--version", US_VERSION);
    commandLine.add_flag("--on-demand", options.onDemand,
                         "End when there was nothing to do for a while");
    commandLine
        .add_option("--idle-minutes", options.idleMinutes,
                    "With --on-demand: that while; else the setting service.idleMinutes")
        ->check(CLI::Range(0.0, 100000.0));
    try {
        commandLine.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return commandLine.exit(error) == 0 ? 0 : static_cast<int>(ErrorCode::usage);
    }
    if (options.onDemand) {
        // What the starter has open must not stay open here: a pipe that never ends would hang
        // whoever reads from the starter.
        ::close_range(3, ~0U, 0);
    }
    // Frames and movies that a job writes are not private as our own files are.
    options.mask = ::umask(0077);
    ::signal(SIGPIPE, SIG_IGN);
    if (::pipe2(signalPipe, O_CLOEXEC | O_NONBLOCK) != 0) {
        return static_cast<int>(ErrorCode::environment);
    }
    ::signal(SIGTERM, onSignal);
    ::signal(SIGINT, onSignal);
    QCoreApplication app(argc, argv);
    keepLog(options.onDemand);
    return run(app, options);
}
