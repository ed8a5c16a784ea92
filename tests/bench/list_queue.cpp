// How long a client waits for pages of a long queue, and for changes of it:
// list_queue [JOBS] [ROUNDS]
#include <QElapsedTimer>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "media/base/paths.h"
#include "tests/support/process.h"
#include "tests/training/client/workplace.h"
#include "training/client/service_client.h"
#include "training/protocol/job_state.h"
#include "training/service/queue_store.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;

namespace {

constexpr int64_t kPage = 100;

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "list_queue: %s\n", why.c_str());
    std::exit(1);
}

// A queue of searches behind one that runs, as a service finds it that comes after a reboot.
void fillQueue(const tests::Workplace& workplace, int count) {
    auto store = QueueStore::open(stateFolder() / "queue.db");
    if (!store.ok()) {
        fail(describe(store.error()));
    }
    for (int i = 0; i < count; ++i) {
        StoredJob job;
        job.start = workplace.extraction("sh" + std::to_string(i) + "_plate_v001",
                                         i == 0 ? "wait" : "finish");
        job.info = queuedJob("", job.start, 1.75e9 + i);
        job.info.place = i;
        if (const auto added = store->add(job); !added.ok()) {
            fail(describe(added.error()));
        }
    }
}

// Median and slowest of the rounds, in milliseconds.
void measure(const char* what, int rounds, const std::function<void(std::function<void()>)>& ask) {
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        bool answered = false;
        QElapsedTimer clock;
        clock.start();
        ask([&] { answered = true; });
        if (!pumpUntil([&] { return answered; })) {
            fail(std::string(what) + ": no answer");
        }
        times.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    std::sort(times.begin(), times.end());
    std::printf("%-44s %8.2f ms, slowest %8.2f ms\n", what, times[times.size() / 2], times.back());
}

}  // namespace

int main(int argc, char** argv) {
    const int count = argc > 1 ? std::atoi(argv[1]) : 10000;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 20;
    if (count < kPage || rounds < 1) {
        fail("JOBS is 100 or more, ROUNDS 1 or more");
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const tests::Workplace workplace;
    QElapsedTimer clock;
    clock.start();
    fillQueue(workplace, count);
    std::printf("%-44s %8.2f ms a job\n", "added, each durable",
                static_cast<double>(clock.elapsed()) / count);

    clock.restart();
    tests::BackgroundProcess service("understudyd", {});
    ServiceClient client("bench");
    bool listed = false;
    QObject::connect(&client, &ServiceClient::jobsListed, &client, [&] { listed = true; });
    client.connectToService(false);
    if (!pumpUntil([&] { return listed; }, 120)) {
        fail("the service does not answer");
    }
    std::printf("%-44s %8.0f ms\n", "service started, all jobs heard of",
                static_cast<double>(clock.elapsed()));

    const auto page = [&](ListJobs what, int64_t offset) {
        return [&client, what, offset](const std::function<void()>& done) {
            ListJobs asked = what;
            asked.offset = offset;
            asked.limit = kPage;
            client.listPage(asked, [done](const Result<JobsListed>& jobs) {
                if (!jobs.ok() || jobs->jobs.size() != kPage) {
                    fail("a page is not what it should be");
                }
                done();
            });
        };
    };
    ListJobs waiting;
    waiting.states = {"queued"};
    waiting.project = workplace.project().string();
    measure("page of 100, the first", rounds, page({}, 0));
    measure("page of 100, in the middle", rounds, page({}, count / 2 - kPage / 2));
    measure("page of 100, the last", rounds, page({}, count - kPage));
    if (count > 2 * kPage) {
        measure("page of 100 by state and project, middle", rounds, page(waiting, count / 2));
    }
    int moves = 0;
    measure("moved first, durable", rounds, [&](const std::function<void()>& done) {
        ChangeJob change;
        change.job = nameOfJob(count - moves++ % 2);  // two of them in turn
        change.move = "first";
        client.changeJob(change, [done](const Result<std::string>& answer) {
            if (!answer.ok()) {
                fail(describe(answer.error()));
            }
            done();
        });
    });
    return 0;
}
