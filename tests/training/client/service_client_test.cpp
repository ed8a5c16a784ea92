#include "training/client/service_client.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QLocalServer>
#include <QLocalSocket>
#include <catch2/catch.hpp>

#include "media/base/file.h"
#include "tests/training/client/workplace.h"
#include "training/client/socket_path.h"
#include "training/protocol/codec.h"

using namespace understudy;
using namespace understudy::training;
using tests::pumpUntil;
using tests::Workplace;
using State = ServiceClient::State;

namespace {

// A service that does only what the test says.
class FakeService {
  public:
    FakeService() {
        REQUIRE(preparePrivateRuntimeFolder().ok());
        listen();
    }
    void listen() {
        const auto path = QString::fromStdString(socketPath().string());
        QLocalServer::removeServer(path);
        server_.setSocketOptions(QLocalServer::UserAccessOption);
        QObject::connect(&server_, &QLocalServer::newConnection, &server_, [this] {
            peer_ = server_.nextPendingConnection();
            QObject::connect(peer_, &QLocalSocket::readyRead, peer_, [this] { read(); });
        });
        REQUIRE(server_.listen(path));
    }
    void say(const Message& message) { raw(encode(message) + "\n"); }
    void raw(const std::string& text) { peer_->write(text.data(), qint64(text.size())); }
    void drop() { peer_->abort(); }
    void close() {
        server_.disconnect();
        server_.close();
        drop();
    }
    template <class Type>
    std::vector<Type> heard() const {
        std::vector<Type> all;
        for (const auto& message : messages) {
            if (const auto* content = std::get_if<Type>(&message)) {
                all.push_back(*content);
            }
        }
        return all;
    }
    std::vector<Message> messages;
    bool answersHello = true;
    bool answersLists = true;

  private:
    void read() {
        while (peer_->canReadLine()) {
            auto message = decode(peer_->readLine().trimmed().toStdString());
            REQUIRE(message.ok());
            messages.push_back(*message);
            if (std::holds_alternative<Hello>(*message) && answersHello) {
                say(Hello{kProtocolVersion, "fake", "0"});
            }
            if (const auto* list = std::get_if<ListJobs>(&*message); list && answersLists) {
                JobsListed page;
                page.request = list->request;
                page.total = 3;
                for (int64_t i = list->offset; i < std::min<int64_t>(3, list->offset + 2); ++i) {
                    page.jobs.emplace_back().job = "job-" + std::to_string(3 - i);
                }
                say(page);
            }
        }
    }
    QLocalServer server_;
    QLocalSocket* peer_ = nullptr;
};

struct Client {
    ServiceClient client{"test"};
    std::vector<std::pair<State, int>> states;
    std::vector<std::vector<JobInfo>> lists;
    std::vector<Error> errors;

    Client() {
        QObject::connect(&client, &ServiceClient::connectionChanged, &client,
                         [this](State state, int attempt) { states.emplace_back(state, attempt); });
        QObject::connect(&client, &ServiceClient::jobsListed, &client,
                         [this](const std::vector<JobInfo>& jobs) { lists.push_back(jobs); });
        QObject::connect(&client, &ServiceClient::connectionFailed, &client,
                         [this](const Error& error) { errors.push_back(error); });
    }
    bool connected() {
        return pumpUntil([this] { return client.state() == State::connected; });
    }
};

}  // namespace

TEST_CASE("the client says hello and asks for all pages of the jobs") {
    const Workplace workplace;
    FakeService service;
    Client client;
    client.client.connectToService(false);
    REQUIRE(pumpUntil([&] { return client.lists.size() == 1; }));
    REQUIRE(client.lists[0].size() == 3);
    CHECK(client.lists[0][2].job == "job-1");
    CHECK(service.heard<Hello>().front().program == "test");
    CHECK(service.heard<ListJobs>().size() == 2);
}

TEST_CASE("jobs that come, change and go while the pages are read are told once and right") {
    const Workplace workplace;
    FakeService service;
    service.answersLists = false;
    Client client;
    client.client.connectToService(false);
    const auto page = [&](int64_t total,
                          const std::vector<std::pair<std::string, std::string>>& jobs) {
        JobsListed listed;
        listed.request = service.heard<ListJobs>().back().request;
        listed.total = total;
        for (const auto& [job, state] : jobs) {
            JobInfo& info = listed.jobs.emplace_back();
            info.job = job;
            info.state = state;
        }
        service.say(listed);
    };
    const auto change = [&](const std::string& job, const std::string& state) {
        JobChanged event;
        event.info.job = job;
        event.info.state = state;
        service.say(event);
    };
    const auto asked = [&](size_t count, int64_t offset) {
        return pumpUntil([&] { return service.heard<ListJobs>().size() == count; }) &&
               service.heard<ListJobs>().back().offset == offset;
    };
    const auto told = [&] {
        std::vector<std::string> all;
        for (const auto& info : client.lists.back()) {
            all.push_back(info.job + " " + info.state);
        }
        return all;
    };
    using Jobs = std::vector<std::string>;
    REQUIRE(asked(1, 0));
    page(3, {{"job-3", "queued"}, {"job-2", "running"}});
    change("job-4", "queued");  // moves the others down by one
    change("job-2", "finished");
    REQUIRE(asked(2, 2));
    page(4, {{"job-2", "finished"}, {"job-1", "failed"}});
    REQUIRE(pumpUntil([&] { return client.lists.size() == 1; }));
    CHECK(told() == Jobs{"job-4 queued", "job-3 queued", "job-2 finished", "job-1 failed"});

    // One of the first page goes: the second would leave one out.
    client.client.listJobs([&](auto jobs) { client.lists.push_back(*jobs); });
    REQUIRE(asked(3, 0));
    page(4, {{"job-4", "queued"}, {"job-3", "queued"}});
    REQUIRE(asked(4, 2));
    page(3, {{"job-1", "failed"}});
    REQUIRE(asked(5, 0));
    page(3, {{"job-4", "queued"}, {"job-2", "finished"}});
    change("job-4", "running");
    REQUIRE(asked(6, 2));
    page(3, {{"job-1", "failed"}});
    REQUIRE(pumpUntil([&] { return client.lists.size() == 2; }));
    CHECK(told() == Jobs{"job-4 running", "job-2 finished", "job-1 failed"});
}

namespace {

// Answers the client's hello with `how`, until the client has an error to tell.
void refuseHello(FakeService& service, Client& client, const Message& how) {
    service.answersHello = false;
    client.client.connectToService(false);
    REQUIRE(pumpUntil([&] { return !service.messages.empty(); }));
    service.say(how);
    REQUIRE(pumpUntil([&] { return !client.errors.empty(); }));
}

}  // namespace

TEST_CASE("a service that refuses the client is heard") {
    const Workplace workplace;
    FakeService service;
    Client client;
    refuseHello(service, client, RequestFailed{0, {75, "64 clients", "", "Close some"}});
    CHECK(client.errors[0].message == "64 clients");
}

TEST_CASE("requests are answered once, events become signals") {
    const Workplace workplace;
    FakeService service;
    Client client;
    client.client.connectToService(false);
    REQUIRE(client.connected());
    std::optional<Result<std::string>> stopped, started;
    client.client.stopJob("job-7", [&](auto answer) { stopped = answer; });
    StartJob start;
    start.kind = "train";
    client.client.startJob(start, [&](auto answer) { started = answer; });
    REQUIRE(pumpUntil([&] { return service.heard<StartJob>().size() == 1; }));
    CHECK_FALSE(stopped);
    service.say(RequestFailed{service.heard<StartJob>()[0].request, {64, "no", "x", "y"}});
    service.say(RequestDone{service.heard<StopJob>()[0].request, "job-7"});
    REQUIRE(pumpUntil([&] { return started && stopped; }));
    CHECK(**stopped == "job-7");
    CHECK(started->error().code == ErrorCode::usage);
    CHECK(started->error().remedy == "y");

    std::optional<StepFinished> step;
    std::optional<JobInfo> changed;
    QObject::connect(&client.client, &ServiceClient::stepFinished, &client.client,
                     [&](const StepFinished& event) { step = event; });
    QObject::connect(&client.client, &ServiceClient::jobChanged, &client.client,
                     [&](const JobInfo& info) { changed = info; });
    StepFinished event;
    event.step = 12;
    service.say(event);
    JobChanged change;
    change.info.job = "job-9";
    service.raw("nonsense\n{\"message\":\"FromTheFuture\"}\n");
    service.say(change);
    REQUIRE(pumpUntil([&] { return step && changed; }));
    CHECK(step->step == 12);
    CHECK(changed->job == "job-9");
}

TEST_CASE("a lost connection rejects what is pending at once, and is made again") {
    const Workplace workplace;
    FakeService service;
    service.answersLists = false;
    Client client;
    client.client.connectToService(false);
    REQUIRE(client.connected());
    std::optional<Result<std::string>> answer;
    client.client.pauseJob("job-1", [&](auto how) { answer = how; });
    REQUIRE(pumpUntil([&] { return service.heard<PauseJob>().size() == 1; }));
    service.close();
    REQUIRE(pumpUntil([&] { return answer.has_value(); }, 5));
    CHECK(answer->error().code == ErrorCode::transient);

    // While there is none a request is refused at once, though not within the call itself.
    answer.reset();
    client.client.pauseJob("job-1", [&](auto how) { answer = how; });
    CHECK_FALSE(answer);
    REQUIRE(pumpUntil([&] { return answer.has_value(); }, 1));
    CHECK_FALSE(answer->ok());

    // Attempts are counted and wait longer; when the service is back the client is too.
    REQUIRE(pumpUntil([&] { return client.states.back().second >= 3; }));
    service.answersLists = true;
    service.listen();
    REQUIRE(client.connected());
    CHECK(client.states.back().second == 0);
    REQUIRE(pumpUntil([&] { return client.lists.size() == 1; }));
}

TEST_CASE("a service that hangs counts as lost, one that is only quiet does not") {
    const Workplace workplace;
    FakeService service;
    Client client;
    client.client.setPatience({20, 40});
    client.client.connectToService(false);
    REQUIRE(client.connected());
    REQUIRE(pumpUntil([&] { return client.lists.size() == 1; }));
    // Two pages at first; each further one is a question whether it is there.
    REQUIRE(pumpUntil([&] { return service.heard<ListJobs>().size() >= 6; }));
    CHECK(client.client.state() == State::connected);
    CHECK(client.errors.empty());
    service.answersLists = false;
    service.answersHello = false;
    REQUIRE(pumpUntil([&] { return !client.errors.empty(); }));
    CHECK(client.errors.front().message == "the service does not answer");
    CHECK(client.client.state() != State::connected);
    service.answersLists = service.answersHello = true;
    service.close();
    service.listen();
    REQUIRE(client.connected());
}

TEST_CASE("a service of another protocol is named, not spoken to") {
    const Workplace workplace;
    FakeService service;
    Client client;
    refuseHello(service, client, Hello{kProtocolVersion + 1, "understudyd", "9.9"});
    CHECK(client.errors[0].code == ErrorCode::environment);
    CHECK(client.errors[0].message.find("9.9") != std::string::npos);
    CHECK(client.client.state() != State::connected);
}

TEST_CASE("the service is started where there is none, and once for two clients") {
    const Workplace workplace;
    Client first, second;
    first.client.connectToService(true);
    second.client.connectToService(true);
    REQUIRE(first.connected());
    REQUIRE(second.connected());
    const auto holder = readFile(workplace.folder() / "state/understudy/service.lock", 64);
    REQUIRE(holder.ok());
    const pid_t pid = std::stoi(*holder);
    CHECK(::getsid(pid) != ::getsid(0));
    struct stat info {};
    REQUIRE(::stat(socketPath().c_str(), &info) == 0);
    CHECK((info.st_mode & 0077) == 0);
    REQUIRE(::stat(socketPath().parent_path().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);

    // Killed, it is started again by those who want it.
    ::kill(pid, SIGKILL);
    REQUIRE(pumpUntil([&] { return first.client.state() != State::connected; }));
    REQUIRE(first.connected());
    REQUIRE(second.connected());
    CHECK(*readFile(workplace.folder() / "state/understudy/service.lock", 64) != *holder);

    bool ending = false;
    first.client.connectToService(false);
    second.client.connectToService(false);
    first.client.stopService([&](auto answer) { ending = answer.ok(); });
    CHECK(pumpUntil([&] {
        return ending &&
               FileLock::acquire(workplace.folder() / "state/understudy/service.lock").ok();
    }));
}

TEST_CASE("what the starter has open is closed in the service") {
    const Workplace workplace;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);  // without close-on-exec, as careless code leaves it
    Client client;
    client.client.connectToService(true);
    REQUIRE(client.connected());
    ::close(ends[1]);
    char byte = 0;
    CHECK(::read(ends[0], &byte, 1) == 0);  // an end, since nobody else holds the other side
    ::close(ends[0]);
    client.client.connectToService(false);
    client.client.stopService();
    CHECK(pumpUntil([&] {
        return FileLock::acquire(workplace.folder() / "state/understudy/service.lock").ok();
    }));
}

TEST_CASE("a service that cannot be started is an error, and tried again") {
    const Workplace workplace;
    std::filesystem::remove(workplace.bin() / "understudyd");
    Client client;
    client.client.connectToService(true);
    REQUIRE(pumpUntil([&] { return !client.errors.empty(); }));
    CHECK(client.errors[0].code == ErrorCode::environment);
    CHECK(client.client.state() != State::connected);
}

TEST_CASE("a runtime folder that others can enter is made private") {
    const Workplace workplace;
    std::filesystem::create_directories(socketPath().parent_path());
    std::filesystem::permissions(socketPath().parent_path(), std::filesystem::perms::all);
    REQUIRE(preparePrivateRuntimeFolder().ok());
    struct stat info {};
    REQUIRE(::stat(socketPath().parent_path().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);

    std::filesystem::remove(socketPath().parent_path());
    std::filesystem::create_symlink(workplace.folder() / "home", socketPath().parent_path());
    CHECK(preparePrivateRuntimeFolder().error().code == ErrorCode::environment);
}
