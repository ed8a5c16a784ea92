// How a service begins where something is in the way: another one, what a crash left, folders that
// are missing, too deep or not ours to write.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "media/base/paths.h"
#include "tests/support/process.h"
#include "tests/training/service/service_watch.h"
#include "training/client/json_log.h"
#include "training/client/socket_path.h"

using namespace understudy;
using namespace understudy::training;
using tests::BackgroundProcess;
using tests::pumpUntil;
using tests::ScopedVariable;
using tests::ServiceWatch;
using tests::Workplace;

namespace {

// Whether a client reaches the service, which then has a socket of its user alone.
void checkReached() {
    ServiceWatch watch;
    watch.connectNow();
    struct stat info {};
    REQUIRE(::stat(socketPath().parent_path().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);
}

}  // namespace

TEST_CASE("of two services that start at once one stays, and the other says so") {
    const Workplace workplace;
    BackgroundProcess first("understudyd", {});
    BackgroundProcess second("understudyd", {});
    REQUIRE(pumpUntil([&] { return !first.running() || !second.running(); }));
    BackgroundProcess& loser = first.running() ? second : first;
    BackgroundProcess& winner = first.running() ? first : second;
    CHECK(loser.wait(10) == 75);
    checkReached();
    // On demand that is no failure: somebody else was faster.
    BackgroundProcess third("understudyd", {"--on-demand"});
    CHECK(third.wait(30) == 0);
    winner.signal(SIGTERM);
    CHECK(winner.wait(30) == 0);
}

TEST_CASE("what a crash left behind is in nobody's way") {
    const Workplace workplace;
    auto service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
    checkReached();
    service->signal(SIGKILL);
    service->wait(10);
    REQUIRE(std::filesystem::exists(socketPath()));
    REQUIRE(std::filesystem::exists(stateFolder() / "service.lock"));
    service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
    checkReached();
    // A file that is no socket neither.
    service->signal(SIGKILL);
    service->wait(10);
    std::filesystem::remove(socketPath());
    std::ofstream(socketPath()) << "no socket\n";
    service = std::make_unique<BackgroundProcess>("understudyd", std::vector<std::string>());
    checkReached();
}

TEST_CASE("without a runtime folder, or with one too deep for a socket, there is one still") {
    const Workplace workplace;
    const auto temporary = workplace.folder() / "tmp";
    std::filesystem::create_directory(temporary);
    const ScopedVariable place("TMPDIR", temporary.string());
    for (const bool missing : {true, false}) {
        const auto deep = workplace.folder() / std::string(120, 'x');
        const ScopedVariable runtime("XDG_RUNTIME_DIR",
                                     missing ? std::optional<std::string>() : deep.string());
        CHECK(runtimeFolder().parent_path() == temporary);
        BackgroundProcess service("understudyd", {});
        checkReached();
        CHECK_FALSE(std::filesystem::exists(deep));
    }
}

TEST_CASE("a runtime folder that cannot be made is told with what to do") {
    const Workplace workplace;
    std::ofstream(workplace.folder() / "file") << "no folder\n";
    const ScopedVariable runtime("XDG_RUNTIME_DIR", (workplace.folder() / "file").string());
    const auto result = tests::runProcess("understudyd", {});
    CHECK(result.exitCode == 73);
    CHECK(result.err.find("XDG_RUNTIME_DIR") != std::string::npos);
}

TEST_CASE("a state folder that cannot be written is told, not died of") {
    const Workplace workplace;
    std::ofstream(workplace.folder() / "file") << "no folder\n";
    const ScopedVariable state("XDG_STATE_HOME", (workplace.folder() / "file").string());
    const auto result = tests::runProcess("understudyd", {});
    CHECK(result.exitCode == 73);
    CHECK(result.err.find((workplace.folder() / "file").string()) != std::string::npos);
}

TEST_CASE("the service's log is dated JSON lines that name the job") {
    const Workplace workplace;
    BackgroundProcess service("understudyd", {"--on-demand"});
    ServiceWatch watch;
    watch.connectNow();
    const auto job = watch.start(workplace.training("r01", "error:65"));
    REQUIRE(watch.reaches(job, "failed"));
    std::ifstream file(serviceLog());
    bool said = false;
    for (std::string text; std::getline(file, text);) {
        INFO(text);
        const auto line = loggedLine(text);
        REQUIRE(line);
        CHECK(line->time.size() == std::string("2026-03-01T12:00:00.000Z").size());
        said = said || (line->about == job && line->level == "warning" &&
                        line->text.find("ended with code 65: as asked") != std::string::npos);
    }
    CHECK(said);
    CHECK((std::filesystem::status(serviceLog()).permissions() &
           std::filesystem::perms::others_all) == std::filesystem::perms::none);
}
