// Order, dependencies and history of the service's queue.
#include <algorithm>

#include "media/base/paths.h"
#include "tests/support/scoped_variable.h"
#include "tests/training/service/running_service.h"
#include "training/protocol/job_state.h"
#include "training/service/queue_store.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;
using tests::RunningService;
using tests::ServiceWatch;

namespace {

using Names = std::vector<std::string>;

// Waits behind `after`, with that priority.
StartJob queued(StartJob start, int64_t priority, const Names& after = {}) {
    start.priority = priority;
    start.after = after;
    return start;
}

// A service one of whose searches runs, so that the others wait.
struct BusyService : RunningService {
    std::string first;
    std::vector<std::string> order;  // of those that were started

    BusyService() {
        QObject::connect(&watch.client, &ServiceClient::jobChanged, &watch.client,
                         [this](const JobInfo& info) {
                             if (info.state == "starting") {
                                 order.push_back(info.job);
                             }
                         });
        first = watch.start(workplace.extraction("first", "wait"));
        REQUIRE(watch.reaches(first, "running"));
        order.clear();
    }
    std::string search(const std::string& clip, int64_t priority = 0, const Names& after = {}) {
        return watch.start(queued(workplace.extraction(clip, "finish"), priority, after));
    }
    int change(const ChangeJob& change) {
        return watch.ask([&](auto answer) { watch.client.changeJob(change, answer); });
    }
    int move(const std::string& job, const std::string& where, const std::string& before = "") {
        ChangeJob request;
        request.job = job;
        request.move = where;
        request.before = before;
        return change(request);
    }
    int stop(const std::string& job) {
        return watch.ask([&](auto answer) { watch.client.stopJob(job, answer); });
    }
    int resume(const std::string& job) {
        return watch.ask([&](auto answer) { watch.client.resumeJob(job, answer); });
    }
    // Lets the others go.
    Names orderOf(size_t count) {
        CHECK(stop(first) == 0);
        REQUIRE(pumpUntil([&] { return order.size() == count; }));
        return order;
    }
    void beginAgain() {
        end();
        watch.listed = false;
        begin();
        REQUIRE(pumpUntil([this] { return watch.listed; }));
    }
};

}  // namespace

TEST_CASE("jobs get their turn by priority, and then in the order in which they came") {
    BusyService service;
    const auto normal = service.search("normal");
    const auto low = service.search("low", -10);
    const auto high = service.search("high", 10);
    const auto later = service.search("later");
    CHECK(service.watch.jobs[high].priority == 10);
    ChangeJob change;
    change.job = low;
    change.priority = 11;
    CHECK(service.change(change) == 0);
    CHECK(service.orderOf(4) == Names{low, high, normal, later});
    CHECK(service.watch.reaches(later, "finished"));
    CHECK(service.change(change) == 64);  // it waits no more
}

TEST_CASE("a job that waits is moved, and a service that comes later keeps the order") {
    BusyService service;
    const auto a = service.search("a", 10);
    const auto b = service.search("b");
    const auto c = service.search("c");
    const auto d = service.search("d", -10);
    CHECK(service.move(d, "before", c) == 0);
    CHECK(service.move(a, "last") == 0);
    CHECK(service.move(c, "first") == 0);
    CHECK(service.move(c, "before", c) == 64);
    CHECK(service.move(c, "before", "job-99") == 64);
    CHECK(service.move(c, "aside") == 64);
    CHECK(service.move("job-99", "first") == 64);
    CHECK(service.move(service.first, "first") == 64);  // it runs
    ChangeJob change;
    change.job = c;
    change.priority = kPriorityLimit + 1;
    CHECK(service.change(change) == 64);
    service.beginAgain();
    REQUIRE(service.watch.reaches(service.first, "running"));
    CHECK(service.stop(service.first) == 0);
    for (const auto& job : {a, b, c, d}) {
        REQUIRE(service.watch.reaches(job, "finished"));
    }
    std::erase(service.order, service.first);
    CHECK(service.order == Names{c, b, d, a});
}

TEST_CASE("very many moves to one place still give an order") {
    BusyService service;
    const auto a = service.search("a");
    const auto b = service.search("b");
    const auto last = service.search("last");
    constexpr int kMoves = 120;  // a and b in turn: more than there are numbers between
    for (int i = 0; i < kMoves; ++i) {
        REQUIRE(service.move(i % 2 == 0 ? a : b, "before", last) == 0);
    }
    CHECK(service.orderOf(3) == Names{a, b, last});
}

TEST_CASE("a swap waits for its training, and nobody waits for the swap meanwhile") {
    BusyService service;
    auto& watch = service.watch;
    const auto training = watch.start(service.workplace.training("r01", "wait"));
    const auto swap = watch.start(queued(service.workplace.swap("bird", "r01", "finish"), 10,
                                         {training, training, service.first}));
    const auto other = watch.start(service.workplace.swap("cat", "r00", "finish"));
    REQUIRE(watch.reaches(other, "finished"));
    CHECK(watch.jobs[swap].state == "queued");
    CHECK(watch.jobs[swap].text == "Waits for " + training + ", " + service.first);
    CHECK(service.workplace.starts("bird") == 0);
    // Also for a service that comes later.
    service.beginAgain();
    REQUIRE(watch.reaches(training, "running"));
    CHECK(watch.jobs[swap].state == "queued");
    CHECK(watch.jobs[swap].after == Names{training, service.first});
    CHECK(service.workplace.starts("bird") == 0);

    const auto finished = watch.start(queued(service.workplace.extraction("x", "finish"), 10));
    CHECK(service.stop(service.first) == 0);
    REQUIRE(watch.reaches(finished, "finished"));
    // One of the two was cancelled: it is said which, and that the other is still awaited.
    REQUIRE(watch.reaches(swap, "paused"));
    CHECK(watch.jobs[swap].heldBy == service.first);
    CHECK(watch.jobs[swap].error->code == 66);
    CHECK(watch.jobs[swap].error->message ==
          service.first + " (Find faces in first), which it waits for, is cancelled");
    CHECK(service.resume(swap) == 0);
    REQUIRE(watch.reaches(swap, "queued"));
    CHECK(watch.jobs[swap].after == Names{training});
    CHECK_FALSE(watch.jobs[swap].error);
    CHECK(service.stop(training) == 0);
    REQUIRE(watch.reaches(swap, "paused"));
    CHECK(service.resume(swap) == 0);  // it is known that the training is not done
    CHECK(watch.reaches(swap, "finished"));
    CHECK(watch.jobs[swap].after.empty());
}

TEST_CASE("a job whose training failed is held, and goes on when that is repeated and finishes") {
    BusyService service;
    auto& watch = service.watch;
    // Fails until it is repeated twice.
    const auto training = watch.start(service.workplace.training("r01", "transient:5"));
    const auto swap =
        watch.start(queued(service.workplace.swap("bird", "r01", "finish"), 0, {training}));
    const auto dropped =
        watch.start(queued(service.workplace.swap("dropped", "r01", "finish"), 0, {training}));
    const auto delivery = watch.start([&] {
        auto start = queued(service.workplace.swap("cat", "r01", "finish"), 0, {swap});
        start.kind = "deliver";
        return start;
    }());
    REQUIRE(watch.reaches(training, "failed"));
    REQUIRE(watch.reaches(swap, "paused"));
    CHECK(watch.jobs[swap].text.find("Held: " + training + " (Train r01)") == 0);
    CHECK(watch.jobs[swap].error->message.find("failed") != std::string::npos);
    CHECK(watch.jobs[delivery].state == "queued");  // the swap is not over
    // One that is held and then cancelled stays so, whatever becomes of what it waited for.
    REQUIRE(watch.reaches(dropped, "paused"));
    CHECK(service.stop(dropped) == 0);
    REQUIRE(watch.reaches(dropped, "cancelled"));
    // Somebody who waits for what has failed is told at once.
    CHECK(watch.ask([&](auto answer) {
        watch.client.startJob(queued(service.workplace.swap("dog", "r01", "finish"), 0, {training}),
                              answer);
    }) == 64);
    service.beginAgain();
    CHECK(watch.jobs[swap].state == "paused");
    CHECK(service.resume(training) == 0);
    REQUIRE(watch.reaches(delivery, "finished"));
    CHECK(watch.jobs[training].state == "finished");
    CHECK(watch.jobs[swap].state == "finished");
    CHECK(watch.jobs[swap].heldBy.empty());
    CHECK(service.workplace.starts("cat") == 1);
    CHECK(watch.jobs[dropped].state == "cancelled");
    // What has finished is not waited for.
    const auto late =
        watch.start(queued(service.workplace.swap("late", "r01", "finish"), 0, {training}));
    CHECK(watch.jobs[late].after.empty());
    CHECK(watch.reaches(late, "finished"));
}

TEST_CASE("a job waits for jobs that there are, and not for itself") {
    BusyService service;
    const auto refused = [&](const StartJob& start) {
        return service.watch.ask(
            [&](auto answer) { service.watch.client.startJob(start, answer); });
    };
    CHECK(refused(queued(service.workplace.extraction("a", "finish"), 0, {"job-99"})) == 64);
    CHECK(refused(queued(service.workplace.extraction("a", "finish"), 0, {"r01"})) == 64);
    CHECK(refused(queued(service.workplace.extraction("a", "finish"), 5000)) == 64);
    const auto a = service.search("a");
    const auto b = service.search("b", 0, {a});
    const auto c = service.search("c", 0, {b});
    ChangeJob change;
    change.job = a;
    for (const auto& others : {Names{a}, Names{c}, Names{service.first, b}, Names{"job-99"}}) {
        change.after = others;
        CHECK(service.change(change) == 64);
    }
    CHECK(service.watch.jobs[a].after.empty());
    change.job = b;
    change.after = Names{};
    CHECK(service.change(change) == 0);
    change.job = a;
    change.after = Names{c};
    CHECK(service.change(change) == 0);
    CHECK(service.orderOf(3) == Names{b, c, a});
}

TEST_CASE("who waits for a paused training waits for the one that replaces it") {
    BusyService service;
    auto& watch = service.watch;
    const auto training = watch.start(service.workplace.training("r01", "wait"));
    const auto swap =
        watch.start(queued(service.workplace.swap("bird", "r01", "finish"), 0, {training}));
    REQUIRE(watch.reaches(training, "running"));
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(training, answer); }) == 0);
    REQUIRE(watch.reaches(training, "paused"));
    CHECK(watch.jobs[swap].state == "queued");
    // One that waits for the swap, in turn, could never begin.
    auto circle = service.workplace.training("r01", "finish");
    circle.after = {swap};
    CHECK(watch.ask([&](auto answer) { watch.client.startJob(circle, answer); }) == 64);
    const auto again = watch.start(service.workplace.training("r01", "finish"));
    REQUIRE(watch.reaches(training, "cancelled"));
    REQUIRE(watch.reaches(swap, "finished"));
    CHECK(watch.jobs[again].state == "finished");
    CHECK(watch.states[swap] == Names{"queued", "starting", "running", "finished"});
}

TEST_CASE("a job may be held from the start, and has the environment of whoever asked for it") {
    RunningService running;
    auto& watch = running.watch;
    auto start = running.workplace.swap("bird", "r01", "finish");
    start.hold = true;
    start.environment = {{"OCIO", "/studio/config.ocio"}};
    const auto job = watch.start(start);
    CHECK(watch.jobs[job].state == "paused");
    CHECK(watch.jobs[job].text.find("Held") == 0);
    CHECK(watch.ask([&](auto answer) { watch.client.resumeJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "finished"));
    CHECK(watch.jobs[job].result.find("\"ocio\":\"/studio/config.ocio\"") != std::string::npos);
    start.hold = false;
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"LD_PRELOAD", "x.so"}, {"OCIO", std::string(5000, 'x')}}) {
        start.environment = {{name, value}};
        CHECK(watch.ask([&](auto answer) { watch.client.startJob(start, answer); }) == 64);
    }
    // A client says its own unasked.
    const tests::ScopedVariable ocio("OCIO", "/home/config.ocio");
    const auto own = watch.start(running.workplace.swap("cat", "r01", "finish"));
    REQUIRE(watch.reaches(own, "finished"));
    CHECK(watch.jobs[own].result.find("\"ocio\":\"/home/config.ocio\"") != std::string::npos);
}

TEST_CASE("what is over stays listed page by page, and can still be repeated") {
    constexpr int kEnded = 450;
    RunningService running;
    running.end();
    {
        auto store = QueueStore::open(stateFolder() / "queue.db");
        REQUIRE(store.ok());
        for (int i = 1; i <= kEnded; ++i) {
            StoredJob job;
            job.start = running.workplace.extraction("clip" + std::to_string(i), "finish");
            job.info = queuedJob("", job.start, i);
            job.info.state = i % 2 == 0 ? "finished" : "failed";
            REQUIRE(store->add(job).ok());
        }
    }
    running.begin();
    ServiceWatch watch;
    watch.connectNow();
    CHECK(watch.jobs.size() == kRecentJobs);
    CHECK(watch.jobs.count("job-450") == 1);
    CHECK(watch.jobs.count("job-250") == 0);

    std::optional<Result<std::vector<JobInfo>>> all;
    watch.client.listJobs(ListJobs(), [&](auto jobs) { all = jobs; });
    REQUIRE(pumpUntil([&] { return all.has_value(); }));
    REQUIRE(all->ok());
    REQUIRE((*all)->size() == kEnded);
    CHECK((**all)[0].job == "job-450");
    CHECK((**all)[kEnded - 1].job == "job-1");

    ListJobs failed;
    failed.states = {"failed"};
    failed.offset = 220;
    failed.limit = 10;
    std::optional<Result<JobsListed>> page;
    watch.client.listPage(failed, [&](auto listed) { page = listed; });
    REQUIRE(pumpUntil([&] { return page.has_value(); }));
    REQUIRE(page->ok());
    CHECK((*page)->total == 225);
    REQUIRE((*page)->jobs.size() == 5);
    CHECK((*page)->jobs.back().job == "job-1");

    CHECK(watch.ask([&](auto answer) { watch.client.stopJob("job-1", answer); }) == 64);
    CHECK(watch.ask([&](auto answer) { watch.client.resumeJob("job-1", answer); }) == 0);
    REQUIRE(watch.reaches("job-1", "finished"));
    CHECK(running.workplace.starts("clip1") == 1);
}
