// Clients as no program of ours behaves: none of them harms the service or the others.
#include <QCoreApplication>
#include <QLocalSocket>
#include <algorithm>

#include "tests/training/service/running_service.h"
#include "training/client/socket_path.h"
#include "training/protocol/codec.h"
#include "training/protocol/line_buffer.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;
using tests::RunningService;
using tests::ServiceWatch;

namespace {

// Reads nothing of what it is told until its buffer is set to 0, which is without limit.
class DeafClient : public QLocalSocket {
  public:
    DeafClient() {
        setReadBufferSize(1);
        connectToServer(QString::fromStdString(socketPath().string()));
        REQUIRE(waitForConnected(5000));
    }
    void sayHello() {
        write(QByteArray::fromStdString(encode(Hello{kProtocolVersion, "deaf", "0"}) + "\n"));
    }
};

}  // namespace

TEST_CASE("clients that talk nonsense, too much or not at all cost only themselves") {
    RunningService running;
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
    const auto answer = say(hello + R"({"message":"ListJobs","request":7,"limit":"many"})" + "\n");
    CHECK(answer.find("limit") != std::string::npos);
    CHECK(answer.find("\"request\":7") != std::string::npos);  // its asker must not wait for ever
    const auto job = running.watch.start(running.workplace.training("r01", "finish"));
    CHECK(running.watch.reaches(job, "finished"));
}

TEST_CASE("a client that does not read does not hold up the others") {
    RunningService running;
    DeafClient deaf;
    deaf.sayHello();
    const auto job = running.watch.start(running.workplace.training("r01", "flood:20000"));
    REQUIRE(pumpUntil(
        [&] { return !running.watch.steps.empty() && running.watch.steps.back().step == 20000; }));
    CHECK(running.watch.ask([&](auto answer) { running.watch.client.stopJob(job, answer); }) == 0);
    CHECK(running.watch.reaches(job, "cancelled"));
    deaf.abort();
}

TEST_CASE("of a job that is over nothing else is heard afterwards, also by who hears late") {
    RunningService running;
    DeafClient late;
    late.sayHello();
    // Enough that what comes next waits for the client to read.
    const auto large = running.watch.start(running.workplace.extraction("bird", "large:4000000"));
    REQUIRE(running.watch.reaches(large, "finished"));
    const auto job = running.watch.start(running.workplace.training("r01", "finish"));
    REQUIRE(running.watch.reaches(job, "finished"));
    late.setReadBufferSize(0);
    LineBuffer lines;
    std::vector<std::string> heard;  // of the job
    REQUIRE(pumpUntil([&] {
        lines.append(late.readAll().toStdString());
        while (const auto line = lines.next()) {
            const auto message = decode(*line);
            REQUIRE(message.ok());
            if (const auto* changed = std::get_if<JobChanged>(&*message);
                changed != nullptr && changed->info.job == job) {
                heard.push_back(changed->info.state);
            }
            if (const auto* finished = std::get_if<JobFinished>(&*message);
                finished != nullptr && finished->job == job) {
                heard.emplace_back("JobFinished");
            }
        }
        const auto has = [&](const char* what) {
            return std::count(heard.begin(), heard.end(), what) > 0;
        };
        return has("finished") && has("JobFinished");
    }));
    CHECK(heard == std::vector<std::string>{"finished", "JobFinished"});
}

TEST_CASE("a client that does not read its answers is not read on, and loses none") {
    ServiceOptions options;
    options.helloSeconds = 600;  // it never says who it is
    RunningService running(options);
    DeafClient deaf;
    constexpr int kLines = 80000;
    const std::string line = std::string(99, 'x') + '\n';
    std::string nonsense;
    for (int i = 0; i < kLines; ++i) {
        nonsense += line;
    }
    deaf.write(nonsense.data(), static_cast<qint64>(nonsense.size()));
    const auto job = running.watch.start(running.workplace.training("r01", "flood:2000"));
    REQUIRE(running.watch.reaches(job, "running"));
    CHECK(running.watch.ask([&](auto answer) { running.watch.client.stopJob(job, answer); }) == 0);
    REQUIRE(running.watch.reaches(job, "cancelled"));
    CHECK_FALSE(pumpUntil([&] { return deaf.bytesToWrite() == 0; }, 1));
    deaf.setReadBufferSize(0);
    std::ptrdiff_t answers = 0;
    CHECK(pumpUntil([&] {
        const QByteArray bytes = deaf.readAll();
        answers += std::count(bytes.begin(), bytes.end(), '\n');
        return answers == kLines;
    }));
}

TEST_CASE("who does not say hello is let go; one too many hears why") {
    ServiceOptions options;
    options.helloSeconds = 1;
    RunningService running(options);
    const auto path = QString::fromStdString(socketPath().string());
    std::vector<std::unique_ptr<QLocalSocket>> silent;
    std::vector<std::string> heard(64);
    for (size_t i = 0; i < heard.size(); ++i) {  // one more than there is room for
        silent.push_back(std::make_unique<QLocalSocket>());
        silent.back()->connectToServer(path);
        REQUIRE(silent.back()->waitForConnected(5000));
        QCoreApplication::processEvents();  // the queue before the server is short
    }
    REQUIRE(pumpUntil([&] {
        for (size_t i = 0; i < heard.size(); ++i) {
            heard[i] += silent[i]->readAll().toStdString();
        }
        return std::all_of(silent.begin(), silent.end(), [](const auto& socket) {
            return socket->state() == QLocalSocket::UnconnectedState;
        });
    }));
    CHECK(heard.front().find("Hello in time") != std::string::npos);
    CHECK(heard.back().find("64 clients") != std::string::npos);
    ServiceWatch later;
    later.connectNow();
}
