// What clients that watch a run cost the service: watch_clients [CLIENTS] [STEPS A SECOND]
// [SECONDS]
#include <unistd.h>

#include <QElapsedTimer>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <list>
#include <sstream>

#include "tests/support/process.h"
#include "tests/training/client/workplace.h"
#include "training/client/service_client.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;

namespace {

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "watch_clients: %s\n", why.c_str());
    std::exit(1);
}

struct Watcher {
    ServiceClient client{"bench"};
    bool listed = false;
    int64_t steps = 0;

    Watcher() {
        QObject::connect(&client, &ServiceClient::jobsListed, &client, [this] { listed = true; });
        QObject::connect(&client, &ServiceClient::stepFinished, &client, [this] { ++steps; });
        client.connectToService(false);
    }
};

// User and system time of a process, in seconds (proc(5): fields 14 and 15 of stat).
double cpuSeconds(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::stringstream text;
    text << file.rdbuf();
    const std::string all = text.str();
    std::istringstream fields(all.substr(std::min(all.size(), all.rfind(')') + 1)));
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        fields >> skipped;
    }
    double user = 0;
    double system = 0;
    if (!(fields >> user >> system)) {
        fail("the service is not there any more");
    }
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void measure(size_t count, int stepsASecond, double seconds, pid_t service) {
    std::list<Watcher> watchers(count);
    const auto all = [&](auto holds) {
        return [&watchers, holds] { return std::all_of(watchers.begin(), watchers.end(), holds); };
    };
    if (!pumpUntil(all([](const auto& watcher) { return watcher.listed && watcher.steps > 0; }))) {
        fail("a client hears nothing");
    }
    int64_t before = 0;
    for (const auto& watcher : watchers) {
        before += watcher.steps;
    }
    const double used = cpuSeconds(service);
    QElapsedTimer clock;
    clock.start();
    pumpUntil([] { return false; }, seconds);
    const double wall = static_cast<double>(clock.nsecsElapsed()) / 1e9;
    const double share = (cpuSeconds(service) - used) / wall;
    int64_t heard = -before;
    for (const auto& watcher : watchers) {
        heard += watcher.steps;
    }
    const double rate = static_cast<double>(heard) / wall / static_cast<double>(count);
    std::printf(
        "%3zu clients, %d steps a second: each hears %.1f, the service takes %.2f %% of a core\n",
        count, stepsASecond, rate, 100 * share);
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 50;
    const int stepsASecond = argc > 2 ? std::atoi(argv[2]) : 50;
    const double seconds = argc > 3 ? std::atof(argv[3]) : 20;
    if (count < 1 || stepsASecond < 1 || seconds <= 0) {
        fail("CLIENTS, STEPS A SECOND and SECONDS are above 0");
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const tests::Workplace workplace;
    tests::BackgroundProcess service("understudyd", {});
    Watcher starter;
    if (!pumpUntil([&] { return starter.listed; })) {
        fail("the service does not answer");
    }
    bool answered = false;
    starter.client.startJob(workplace.training("r01", "pace:" + std::to_string(stepsASecond)),
                            [&](const Result<std::string>& job) {
                                if (!job.ok()) {
                                    fail(describe(job.error()));
                                }
                                answered = true;
                            });
    if (!pumpUntil([&] { return answered && starter.steps > 0; })) {
        fail("the run does not begin");
    }
    measure(1, stepsASecond, seconds, service.pid());
    measure(static_cast<size_t>(count), stepsASecond, seconds, service.pid());
    return 0;
}
