#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <utility>

#include "media/base/paths.h"

namespace understudy::tests {
namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point after(double seconds) {
    return Clock::now() +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

std::string resolved(const std::string& program) {
    if (program.rfind("understudy", 0) == 0) {
        if (auto path = siblingProgram(program)) {
            return path->string();
        }
    }
    return program;
}

// Forks; in the child the three descriptors become stdin, stdout and stderr, in a process group of
// its own.
pid_t start(const std::string& program, const std::vector<std::string>& arguments,
            const Environment& environment, int in, int out, int err) {
    const std::string path = resolved(program);
    std::vector<char*> argv = {const_cast<char*>(path.c_str())};
    for (const auto& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::setpgid(0, 0);
        ::dup2(in, 0);
        ::dup2(out, 1);
        ::dup2(err, 2);
        for (const auto& [name, value] : environment) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
        ::execvp(path.c_str(), argv.data());
        ::_exit(127);
    }
    if (pid < 0) {
        throw std::runtime_error("cannot fork for " + program);
    }
    ::setpgid(pid, pid);
    return pid;
}

struct Pipe {
    int readEnd, writeEnd;
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) {
            throw std::runtime_error("no pipe");
        }
        readEnd = ends[0], writeEnd = ends[1];
    }
    ~Pipe() {
        closeRead();
        closeWrite();
    }
    void closeRead() { closeEnd(readEnd); }
    void closeWrite() { closeEnd(writeEnd); }

  private:
    static void closeEnd(int& end) {
        if (end >= 0) {
            ::close(end);
        }
        end = -1;
    }
};

}  // namespace

ProcessResult runProcess(const std::string& program, const std::vector<std::string>& arguments,
                         const Environment& environment, const std::string& input,
                         double limitSeconds) {
    Pipe in, out, err;
    const pid_t pid =
        start(program, arguments, environment, in.readEnd, out.writeEnd, err.writeEnd);
    in.closeRead(), out.closeWrite(), err.closeWrite();
    ::signal(SIGPIPE, SIG_IGN);
    // Inputs are small enough for the pipe's buffer.
    if (!input.empty() && ::write(in.writeEnd, input.data(), input.size()) < 0) {
        throw std::runtime_error("cannot write to " + program);
    }
    in.closeWrite();

    ProcessResult result;
    const auto deadline = after(limitSeconds);
    std::array<pollfd, 2> polled = {pollfd{out.readEnd, POLLIN, 0}, pollfd{err.readEnd, POLLIN, 0}};
    while (polled[0].fd >= 0 || polled[1].fd >= 0) {
        ::poll(polled.data(), polled.size(), 200);
        for (size_t i = 0; i < 2; ++i) {
            char buffer[65536];
            if (polled[i].fd >= 0 && polled[i].revents != 0) {
                const ssize_t got = ::read(polled[i].fd, buffer, sizeof buffer);
                if (got <= 0) {
                    polled[i].fd = -1;
                } else {
                    (i == 0 ? result.out : result.err).append(buffer, static_cast<size_t>(got));
                }
            }
        }
        if (Clock::now() > deadline) {
            ::kill(-pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
            throw std::runtime_error(program + " outlived its limit; stderr: " + result.err);
        }
    }
    int status = 0;
    rusage used{};
    ::wait4(pid, &status, 0, &used);
    result.peakMebibytes = static_cast<double>(used.ru_maxrss) / 1024;
    result.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return result;
}

BackgroundProcess::BackgroundProcess(const std::string& program,
                                     const std::vector<std::string>& arguments,
                                     const Environment& environment, const std::string& outFile) {
    const std::string file = outFile.empty() ? "/dev/null" : outFile;
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const std::string errFile = outFile.empty() ? "/dev/null" : outFile + ".err";
    const int err = ::open(errFile.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    Pipe in;
    pid_ = start(program, arguments, environment, in.readEnd, out, err);
    input_ = std::exchange(in.writeEnd, -1);
    ::close(out);
    ::close(err);
}

BackgroundProcess::~BackgroundProcess() {
    closeInput();
    if (running()) {
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, &status_, 0);
    } else {
        ::kill(-pid_, SIGKILL);
    }
}

void BackgroundProcess::write(const std::string& text) {
    if (::write(input_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        throw std::runtime_error("the program does not take its input");
    }
}

void BackgroundProcess::closeInput() {
    if (input_ >= 0) {
        ::close(input_);
    }
    input_ = -1;
}

void BackgroundProcess::signal(int number) {
    ::kill(pid_, number);
}

void BackgroundProcess::signalGroup(int number) {
    ::kill(-pid_, number);
}

bool BackgroundProcess::running() {
    if (!ended_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) {
        ended_ = true;
    }
    return !ended_;
}

int BackgroundProcess::wait(double limitSeconds) {
    if (!waitUntil([this] { return !running(); }, limitSeconds)) {
        throw std::runtime_error("the program outlived its limit");
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

bool waitUntil(const std::function<bool()>& condition, double limitSeconds) {
    const auto deadline = after(limitSeconds);
    while (!condition()) {
        if (Clock::now() > deadline) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

}  // namespace understudy::tests
