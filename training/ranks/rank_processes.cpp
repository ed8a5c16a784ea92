#include "training/ranks/rank_processes.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>

#include "media/base/check.h"
#include "media/base/exit_code.h"
#include "media/base/file.h"
#include "training/ranks/lost_rank.h"

extern char** environ;

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

constexpr double kGrace = 5;  // seconds between the end of orders and the kill

struct Child {
    int rank = 0;
    pid_t pid = -1;
    FileHandle process;  // readable once it has ended
    FileHandle orders;   // our end
    fs::path log;
    bool ended = false;
};

Error cannotStart(const std::string& what, int number) {
    return {ErrorCode::environment,
            "a training process cannot be started: " + what + ": " + errnoText(number), "rank",
            "Close other programs, or train on fewer devices"};
}

std::string lastLine(const fs::path& log) {
    const auto text = readFile(log);
    if (!text.ok()) {
        return "";
    }
    const size_t end = text->find_last_not_of(" \n");
    if (end == std::string::npos) {
        return "";
    }
    const size_t begin = text->find_last_of('\n', end);
    const size_t first = begin == std::string::npos ? 0 : begin + 1;
    return text->substr(first, end + 1 - first);
}

Error lossOf(const Child& child, const siginfo_t& end) {
    const std::string who = "the training process of rank " + std::to_string(child.rank);
    if (end.si_code != CLD_EXITED) {
        return lostRank(who + " was ended by signal " + std::to_string(end.si_status),
                        child.log.string());
    }
    const std::string said = lastLine(child.log);
    const std::string text = who + " ended with code " + std::to_string(end.si_status) +
                             (said.empty() ? "" : ": " + said);
    // What one rank refuses will be refused again. Only rank 0 saves on request.
    const auto code = errorCodeOf(end.si_status);
    const bool retry = !code || *code == ErrorCode::transient || *code == ErrorCode::saved;
    return retry ? lostRank(text, child.log.string())
                 : Error{*code, text, child.log.string(), "See what it says there"};
}

Result<Child> startOne(const RankProcesses::Options& options, int rank) {
    Child child;
    child.rank = rank;
    child.log = options.logFolder / ("trainer-" + std::to_string(rank) + ".log");
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return cannotStart("its orders", errno);
    }
    child.orders = FileHandle(ends[0]);
    const FileHandle theirs(ends[1]);
    const FileHandle log(
        ::open(child.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!log) {
        return writeError(errno, child.log);
    }
    std::vector<std::string> words = {"understudy-trainer"};
    words.insert(words.end(), options.arguments.begin(), options.arguments.end());
    const auto identity = rankArguments({rank, options.size, options.memory});
    words.insert(words.end(), identity.begin(), identity.end());
    std::vector<char*> pointers;
    for (std::string& word : words) {
        pointers.push_back(word.data());
    }
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, log.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, log.get(), STDERR_FILENO);
    const int failed =
        ::posix_spawn(&child.pid, "/proc/self/exe", &actions, nullptr, pointers.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        return cannotStart("the program", failed);
    }
    child.process = FileHandle(static_cast<int>(::syscall(SYS_pidfd_open, child.pid, 0)));
    if (!child.process) {
        const int number = errno;
        ::kill(child.pid, SIGKILL);
        ::waitpid(child.pid, nullptr, 0);
        return cannotStart("its supervision", number);
    }
    return child;
}

}  // namespace

std::vector<std::string> rankArguments(const RankIdentity& identity) {
    return {"--rank",        std::to_string(identity.rank),
            "--ranks",       std::to_string(identity.size),
            "--rank-memory", std::to_string(identity.memory),
            "--rank-leader", std::to_string(::getpid())};
}

struct RankProcesses::State {
    Options options;
    std::vector<Child> children;
    FileHandle wake;  // ends the watch
    mutable std::mutex mutex;
    mutable std::condition_variable lost;
    std::optional<Error> loss;
    bool endExpected = false;
    std::jthread watch;

    // Takes note of everybody who ended until woken, or until `limit` seconds are over. True when
    // all have ended.
    bool collect(double limit);
    void ended(Child& child);
};

bool RankProcesses::State::collect(double limit) {
    const auto start = std::chrono::steady_clock::now();
    while (true) {
        std::vector<pollfd> wanted = {{wake.get(), POLLIN, 0}};
        std::vector<Child*> running;
        for (Child& child : children) {
            if (!child.ended) {
                wanted.push_back({child.process.get(), POLLIN, 0});
                running.push_back(&child);
            }
        }
        if (running.empty()) {
            return true;
        }
        const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - start;
        if (limit >= 0 && gone.count() >= limit) {
            return false;
        }
        const int wait = limit < 0 ? -1 : static_cast<int>((limit - gone.count()) * 1000) + 1;
        if (::poll(wanted.data(), wanted.size(), wait) < 0) {
            US_CHECK(errno == EINTR);
            continue;
        }
        if (limit < 0 && wanted[0].revents != 0) {
            return false;
        }
        for (size_t i = 0; i < running.size(); ++i) {
            if (wanted[i + 1].revents != 0) {
                ended(*running[i]);
            }
        }
    }
}

void RankProcesses::State::ended(Child& child) {
    siginfo_t end{};
    if (::waitid(P_PIDFD, static_cast<id_t>(child.process.get()), &end, WEXITED) != 0) {
        US_CHECK(errno == EINTR);
        return;  // it is still readable
    }
    child.ended = true;
    std::optional<Error> first;
    {
        const std::scoped_lock lock(mutex);
        if (!endExpected && !loss) {
            first = loss = lossOf(child, end);
        }
    }
    if (first) {
        lost.notify_all();
        if (options.lost) {
            options.lost(*first);
        }
    }
}

RankProcesses::RankProcesses(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<RankProcesses>> RankProcesses::start(Options options) {
    auto state = std::make_unique<State>();
    state->options = std::move(options);
    state->wake = FileHandle(::eventfd(0, EFD_CLOEXEC));
    if (!state->wake) {
        return cannotStart("its supervision", errno);
    }
    State& all = *state;
    std::unique_ptr<RankProcesses> processes(new RankProcesses(std::move(state)));
    for (int rank = 1; rank < all.options.size; ++rank) {
        US_ASSIGN(Child child, startOne(all.options, rank));
        all.children.push_back(std::move(child));
    }
    all.watch = std::jthread([&all] { all.collect(-1); });
    return processes;
}

RankProcesses::~RankProcesses() {
    expectEnd();
    const uint64_t one = 1;
    if (state_->watch.joinable()) {
        US_CHECK(::write(state_->wake.get(), &one, sizeof one) == sizeof one);
        state_->watch.join();
    }
    for (Child& child : state_->children) {
        child.orders = FileHandle();
    }
    if (!state_->collect(kGrace)) {
        for (const Child& child : state_->children) {
            if (!child.ended) {
                ::kill(child.pid, SIGKILL);
            }
        }
        state_->collect(kGrace);
    }
}

Status RankProcesses::tell(std::string_view message) {
    const auto length = static_cast<uint32_t>(message.size());
    std::string framed(reinterpret_cast<const char*>(&length), sizeof length);
    framed += message;
    for (const Child& child : state_->children) {
        size_t sent = 0;
        while (sent < framed.size()) {
            const ssize_t now = ::send(child.orders.get(), framed.data() + sent,
                                       framed.size() - sent, MSG_NOSIGNAL);
            if (now < 0 && errno != EINTR) {
                return loss(kGrace).value_or(
                    Error{ErrorCode::transient,
                          "the training process of rank " + std::to_string(child.rank) +
                              " takes no orders any more: " + errnoText(errno),
                          child.log.string(), "Start the training again"});
            }
            sent += now > 0 ? static_cast<size_t>(now) : 0;
        }
    }
    return {};
}

Result<std::string> RankProcesses::hear() {
    US_CHECK(false);  // rank 0 alone tells
    return std::string();
}

std::optional<Error> RankProcesses::loss(double seconds) const {
    std::unique_lock lock(state_->mutex);
    state_->lost.wait_for(lock, std::chrono::duration<double>(seconds),
                          [this] { return state_->loss.has_value(); });
    return state_->loss;
}

std::vector<int> RankProcesses::pids() const {
    std::vector<int> pids;
    for (const Child& child : state_->children) {
        pids.push_back(child.pid);
    }
    return pids;
}

void RankProcesses::expectEnd() {
    const std::scoped_lock lock(state_->mutex);
    state_->endExpected = true;
}

void leaveStopsToRankZero() {
    ::signal(SIGINT, SIG_IGN);
    ::signal(SIGTERM, SIG_IGN);
    ::signal(SIGUSR1, SIG_IGN);
    ::signal(SIGPIPE, SIG_IGN);
}

bool endWith(int leaderPid) {
    return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == leaderPid;
}

}  // namespace understudy::training
