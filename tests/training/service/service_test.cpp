#include "training/service/service.h"

#include <QLocalSocket>
#include <fstream>

#include "media/base/file.h"
#include "tests/training/service/service_watch.h"
#include "training/client/socket_path.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;
using tests::ServiceWatch;
using tests::Workplace;

namespace {

// A service in this process, at a workplace of its own, with one client.
struct Running {
    Workplace workplace;
    std::unique_ptr<Service> service;
    ServiceWatch watch;

    Running() {
        begin();
        watch.connectNow();
    }
    ~Running() { end(); }
    void begin() {
        ServiceOptions options;
        options.retrySeconds = 0.01;
        service = std::make_unique<Service>(options);
        const auto started = service->start();
        INFO((started.ok() ? "" : describe(started.error())));
        REQUIRE(started.ok());
    }
    void end() {
        if (service) {
            bool finished = false;
            QObject::connect(service.get(), &Service::finished, [&] { finished = true; });
            service->shutDown();
            CHECK(pumpUntil([&] { return finished; }));
            service.reset();
        }
    }
};

using States = std::vector<std::string>;

}  // namespace

TEST_CASE("a job runs through its states, and every client hears it") {
    Running running;
    ServiceWatch other;
    other.connectNow();
    const auto job = running.watch.start(running.workplace.training("r01", "finish"));
    REQUIRE(running.watch.reaches(job, "finished"));
    CHECK(running.watch.states[job] == States{"queued", "starting", "running", "finished"});
    REQUIRE(pumpUntil([&] { return running.watch.finished.count(job) == 1; }));
    CHECK(running.watch.finished[job].exitCode == 0);
    CHECK(running.watch.finished[job].result.find("\"step\":3") != std::string::npos);
    CHECK(running.watch.jobs[job].done == 3);
    CHECK(running.watch.jobs[job].ended >= running.watch.jobs[job].started);
    CHECK(running.watch.steps.size() == 3);
    CHECK(running.watch.steps[0].job == job);
    CHECK(other.reaches(job, "finished"));
    CHECK(other.steps.size() == 3);
}

TEST_CASE("pause holds the place, resume goes on, stop ends") {
    Running running;
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "wait"));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "paused"));
    CHECK(watch.jobs[job].exitCode == 85);
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 64);
    CHECK(watch.ask([&](auto answer) { watch.client.writeCheckpoint(job, answer); }) == 64);

    CHECK(watch.ask([&](auto answer) { watch.client.resumeJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "running"));
    CHECK(running.workplace.starts("r01") == 2);
    CHECK(watch.ask([&](auto answer) { watch.client.writeCheckpoint(job, answer); }) == 0);
    CHECK(watch.ask([&](auto answer) { watch.client.writePreview(job, answer); }) == 0);
    REQUIRE(pumpUntil([&] { return watch.previews.size() == 1; }));
    CHECK(watch.checkpoints.at(0).job == job);

    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "cancelled"));
    REQUIRE(pumpUntil([&] { return watch.finished.count(job) == 1; }));
    CHECK(watch.finished[job].exitCode == 85);
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(job, answer); }) == 64);
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob("job-999", answer); }) == 64);
    // Also what was stopped can go on.
    CHECK(watch.ask([&](auto answer) { watch.client.resumeJob(job, answer); }) == 0);
    CHECK(watch.reaches(job, "running"));
}

TEST_CASE("trainings run one after the other, a search for faces beside them") {
    Running running;
    auto& watch = running.watch;
    const auto first = watch.start(running.workplace.training("r01", "wait"));
    const auto second = watch.start(running.workplace.training("r02", "finish"));
    const auto third = watch.start(running.workplace.training("r03", "finish"));
    const auto search = watch.start(running.workplace.extraction("bird", "finish"));
    REQUIRE(watch.reaches(search, "finished"));
    REQUIRE(watch.reaches(first, "running"));
    CHECK(watch.jobs[second].state == "queued");
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(third, answer); }) == 0);
    CHECK(watch.reaches(third, "cancelled"));
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(first, answer); }) == 0);
    REQUIRE(watch.reaches(second, "finished"));
    CHECK(running.workplace.starts("r03") == 0);
}

TEST_CASE("crashes are retried while there is progress, and counted while there is none") {
    Running running;
    auto& watch = running.watch;
    const auto crashing = watch.start(running.workplace.training("r01", "crash"));
    REQUIRE(watch.reaches(crashing, "failed"));
    CHECK(running.workplace.starts("r01") == 4);
    CHECK(watch.jobs[crashing].error->message.find("signal 9") != std::string::npos);
    CHECK(watch.jobs[crashing].exitCode == 137);

    // Each start saves one step more than the one before: it is never given up.
    const auto saving = watch.start(running.workplace.training("r02", "crash-after-save"));
    REQUIRE(pumpUntil([&] { return running.workplace.starts("r02") > 6; }));
    CHECK_FALSE(isOver(watch.jobs[saving].state));
    CHECK(watch.ask([&](auto answer) { watch.client.stopJob(saving, answer); }) == 0);
    CHECK(watch.reaches(saving, "cancelled"));

    const auto transient = watch.start(running.workplace.training("r03", "transient:2"));
    REQUIRE(watch.reaches(transient, "finished"));
    CHECK(running.workplace.starts("r03") == 3);
}

TEST_CASE("errors that retrying does not mend are final; a full disk pauses") {
    Running running;
    auto& watch = running.watch;
    for (const int code : {64, 65, 66, 70, 78}) {
        const std::string number = std::to_string(code);
        const std::string run = "run" + number;
        const auto job = watch.start(running.workplace.training(run, "error:" + number));
        REQUIRE(watch.reaches(job, "failed"));
        CHECK(running.workplace.starts(run) == 1);
        CHECK(watch.jobs[job].error->code == code);
        CHECK(watch.jobs[job].error->remedy == "Ask otherwise");
    }
    const auto full = watch.start(running.workplace.training("full", "error:73"));
    REQUIRE(watch.reaches(full, "paused"));
    CHECK(watch.jobs[full].error->code == 73);
    std::filesystem::remove(running.workplace.bin() / "understudy-trainer");
    const auto missing = watch.start(running.workplace.training("missing", "finish"));
    REQUIRE(watch.reaches(missing, "failed"));
    CHECK(watch.jobs[missing].error->code == 78);
}

TEST_CASE("requests that make no sense are refused with a reason") {
    Running running;
    auto& watch = running.watch;
    const auto startCode = [&](const StartJob& start) {
        return watch.ask([&](auto answer) { watch.client.startJob(start, answer); });
    };
    auto start = running.workplace.training("r01", "wait");
    start.kind = "sing";
    CHECK(startCode(start) == 64);
    start = running.workplace.training("r01", "wait");
    start.project = "relative";
    CHECK(startCode(start) == 66);
    start = running.workplace.training("r01", "wait");
    start.run = "../up";
    CHECK(startCode(start) == 64);
    const auto job = watch.start(running.workplace.training("r01", "wait"));
    CHECK(startCode(running.workplace.training("r01", "wait")) == 64);
    REQUIRE(watch.reaches(job, "running"));
    // A paused one is replaced by a new one for the same run.
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(job, answer); }) == 0);
    REQUIRE(watch.reaches(job, "paused"));
    watch.start(running.workplace.training("r01", "finish"));
    CHECK(watch.reaches(job, "cancelled"));
}

TEST_CASE("a run in the hands of another process is waited for") {
    Running running;
    auto& watch = running.watch;
    const auto start = running.workplace.training("r01", "finish");
    auto lock = std::make_unique<Result<FileLock>>(
        FileLock::acquire(running.workplace.run("r01") / "lock"));
    REQUIRE(lock->ok());
    const auto job = watch.start(start);
    REQUIRE(pumpUntil([&] { return watch.jobs[job].text.find("Waiting") == 0; }));
    CHECK(watch.jobs[job].state == "queued");
    lock.reset();
    CHECK(watch.reaches(job, "finished"));
}

TEST_CASE("a service that ends lets its jobs save, and the next goes on with them") {
    Running running;
    auto& watch = running.watch;
    const auto job = watch.start(running.workplace.training("r01", "wait"));
    const auto waiting = watch.start(running.workplace.training("r02", "finish"));
    const auto paused = watch.start(running.workplace.training("r03", "finish"));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(watch.ask([&](auto answer) { watch.client.pauseJob(paused, answer); }) == 0);
    running.end();
    CHECK(std::filesystem::exists(running.workplace.run("r01") / "saves"));
    CHECK(running.workplace.starts("r01") == 1);
    watch.listed = false;
    running.begin();
    REQUIRE(pumpUntil([&] { return watch.listed; }));
    REQUIRE(pumpUntil([&] { return running.workplace.starts("r01") == 2; }));
    REQUIRE(watch.reaches(job, "running"));
    CHECK(watch.jobs[waiting].state == "queued");
    CHECK(watch.jobs[paused].state == "paused");
}

TEST_CASE("only one service runs for a user") {
    Running running;
    Service second({});
    const auto started = second.start();
    REQUIRE_FALSE(started.ok());
    CHECK(started.error().code == ErrorCode::transient);
}

TEST_CASE("an idle service that was started on demand ends; a job or a client keeps it") {
    const Workplace workplace;
    ServiceOptions options;
    options.onDemand = true;
    options.idleMinutes = 0.002;
    options.retrySeconds = 0.01;
    Service service(options);
    bool finished = false;
    QObject::connect(&service, &Service::finished, [&] { finished = true; });
    REQUIRE(service.start().ok());
    {
        ServiceWatch watch;
        watch.connectNow();
        const auto job = watch.start(workplace.training("r01", "transient:2"));
        CHECK_FALSE(pumpUntil([&] { return finished; }, 0.5));
        watch.client.disconnectFromService();
        CHECK(job == "job-1");
    }
    CHECK(pumpUntil([&] { return finished; }));
    CHECK(workplace.starts("r01") == 3);
}

TEST_CASE("clients that talk nonsense, too much or not at all cost only themselves") {
    Running running;
    const auto path = QString::fromStdString(socketPath().string());
    const auto say = [&](const std::string& text) {
        QLocalSocket socket;
        socket.connectToServer(path);
        REQUIRE(socket.waitForConnected(5000));
        socket.write(text.data(), static_cast<qint64>(text.size()));
        std::string heard;
        pumpUntil([&] {
            heard += socket.readAll().toStdString();
            return socket.state() == QLocalSocket::UnconnectedState ||
                   heard.find("RequestFailed") != std::string::npos;
        });
        return heard;
    };
    CHECK(say("nonsense\n").find("RequestFailed") != std::string::npos);
    CHECK(say(encode(StopService()) + "\n").find("Hello") != std::string::npos);  // must come first
    say(std::string(kMessageLimit + 10, 'x'));
    const std::string hello = encode(Hello{kProtocolVersion, "x", "0"}) + "\n";
    CHECK(say(hello + R"({"message":"ListJobs","limit":"many"})" + "\n").find("limit") !=
          std::string::npos);
    const auto job = running.watch.start(running.workplace.training("r01", "finish"));
    CHECK(running.watch.reaches(job, "finished"));
}

TEST_CASE("a client that does not read does not hold up the others") {
    Running running;
    QLocalSocket deaf;
    deaf.setReadBufferSize(1);
    deaf.connectToServer(QString::fromStdString(socketPath().string()));
    REQUIRE(deaf.waitForConnected(5000));
    deaf.write(QByteArray::fromStdString(encode(Hello{kProtocolVersion, "deaf", "0"}) + "\n"));
    const auto job = running.watch.start(running.workplace.training("r01", "flood:20000"));
    REQUIRE(pumpUntil(
        [&] { return !running.watch.steps.empty() && running.watch.steps.back().step == 20000; }));
    CHECK(running.watch.ask([&](auto answer) { running.watch.client.stopJob(job, answer); }) == 0);
    CHECK(running.watch.reaches(job, "cancelled"));
    deaf.abort();
}
