#include "app/cli/own_work.h"

#include <QEventLoop>
#include <QMetaObject>
#include <QObject>
#include <chrono>
#include <optional>
#include <thread>

#include "app/cli/job_runner.h"
#include "app/cli/progress.h"
#include "app/cli/signals.h"

namespace understudy::cli {

Status doOwnWork(const std::string& title, const std::string& unit,
                 const std::function<Status(const SayDone&, std::stop_token)>& work) {
    ensureEventLoop();
    QEventLoop loop;
    QObject context;
    Progress progress;
    std::stop_source stop;
    onInterrupt(&context, [&](Interrupt) {
        progress.say("stopping");
        stop.request_stop();
    });
    training::JobInfo info;
    info.title = title;
    info.unit = unit;
    info.state = "running";
    const auto started = std::chrono::steady_clock::now();
    const SayDone say = [&](int64_t done, int64_t total) {
        QMetaObject::invokeMethod(&context, [&, done, total] {
            const double seconds =
                std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
            info.done = static_cast<double>(done);
            info.total = static_cast<double>(total);
            info.rate = seconds > 0 ? info.done / seconds : 0;
            info.secondsLeftLow = info.secondsLeftHigh =
                info.rate > 0 ? (info.total - info.done) / info.rate : -1;
            progress.show(info);
        });
    };
    std::optional<Status> result;
    std::jthread worker([&] {
        Status status = work(say, stop.get_token());
        QMetaObject::invokeMethod(&context, [&, status = std::move(status)] {
            result = status;
            loop.quit();
        });
    });
    while (!result) {
        loop.exec();
    }
    return *result;
}

}  // namespace understudy::cli
