#include "training/protocol/job_channel.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

#include "media/base/file.h"
#include "media/base/log.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"
#include "training/protocol/line_buffer.h"

namespace understudy::training {
namespace {

using Clock = std::chrono::steady_clock;

// Lines that wait for a slow reader; beyond it what files hold anyway (steps, progress) is dropped.
constexpr size_t kQueueLimit = 4096;
// A pipe that polls as writable takes this many bytes without blocking.
constexpr size_t kPieceSize = PIPE_BUF;
constexpr auto kFlushLimit = std::chrono::seconds(5);

// A signal handler may only write to a descriptor that is known to it.
std::atomic<int> signalPipe = -1;

void onSignal(int) {
    const int saved = errno;
    const char byte = 's';
    if (const int pipe = signalPipe.load(); pipe >= 0) {
        [[maybe_unused]] const auto ignored = ::write(pipe, &byte, 1);
    }
    errno = saved;
}

struct Pipe {
    FileHandle readEnd, writeEnd;
    Pipe() {
        int ends[2];
        US_CHECK(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
        readEnd = FileHandle(ends[0]);
        writeEnd = FileHandle(ends[1]);
    }
    void poke(char byte) { [[maybe_unused]] const auto n = ::write(writeEnd.get(), &byte, 1); }
};

std::string ownName() {
    std::error_code failed;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
    return failed ? "job" : self.filename().string();
}

bool mayBeDropped(const Message& event) {
    return std::holds_alternative<JobProgressed>(event) ||
           std::holds_alternative<StepFinished>(event);
}

struct Waiting {
    std::string line;
    bool mayBeDropped = false;
};

}  // namespace

struct JobChannel::State {
    State(bool sayToPipe, bool follow) : say(sayToPipe), followStdin(follow) {}

    void takeOverOutput();
    void takeOverSignals();
    void readLoop();
    void handleInput(LineBuffer& lines, bool& open);
    void handle(const std::string& line);
    void giveToHandler();
    void writeLoop();
    bool writeLine(const std::string& line);
    void tellPerson(const Message& event);

    const bool say;
    const bool followStdin;
    FileHandle output;  // the real stdout
    std::stop_source stop;
    Pipe wake;  // signals ('s'), new handler ('h'), end ('e')

    std::mutex callMutex;  // held while a handler is at work
    std::mutex handlerMutex;
    std::function<void(const Message&)> handler;
    std::vector<Message> unhandled;

    std::mutex queueMutex;
    std::condition_variable queueChanged;
    std::deque<Waiting> queue;
    bool writing = false;  // the writer holds a line
    bool closing = false;
    std::atomic<bool> readerGone = false;
    std::atomic<bool> giveUp = false;
    Clock::time_point lastTold{};

    struct sigaction oldTerm {};
    struct sigaction oldInt {};
    struct sigaction oldUser {};
    std::thread reader, writer;
};

// Whatever a library prints to stdout must not get between the messages, so that only this object
// knows the real stdout.
void JobChannel::State::takeOverOutput() {
    std::fflush(stdout);
    output = FileHandle(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

void JobChannel::State::takeOverSignals() {
    ::signal(SIGPIPE, SIG_IGN);
    signalPipe = wake.writeEnd.get();
    struct sigaction action {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGTERM, &action, &oldTerm);
    ::sigaction(SIGINT, &action, &oldInt);
    ::sigaction(SIGUSR1, &action, &oldUser);  // a cluster's warning that time is nearly up
    if (followStdin) {
        // Together with the end of stdin: the end alone is missed while another process still
        // holds the pipe's other side.
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    }
}

void JobChannel::State::readLoop() {
    LineBuffer lines;
    bool open = followStdin;
    while (true) {
        std::array<pollfd, 2> polled = {pollfd{wake.readEnd.get(), POLLIN, 0},
                                        pollfd{open ? STDIN_FILENO : -1, POLLIN, 0}};
        if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) {
            return;
        }
        if (polled[0].revents != 0) {
            char bytes[64];
            const ssize_t got = ::read(wake.readEnd.get(), bytes, sizeof bytes);
            for (ssize_t i = 0; i < got; ++i) {
                if (bytes[i] == 'e') {
                    return;
                }
                if (bytes[i] == 's') {
                    stop.request_stop();
                }
            }
            giveToHandler();
        }
        if (polled[1].revents != 0) {
            handleInput(lines, open);
        }
    }
}

void JobChannel::State::handleInput(LineBuffer& lines, bool& open) {
    char bytes[4096];
    const ssize_t got = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
        return;
    }
    if (got <= 0) {
        open = false;
        stop.request_stop();
        return;
    }
    lines.append({bytes, static_cast<size_t>(got)});
    while (const auto line = lines.next()) {
        handle(*line);
    }
}

void JobChannel::State::handle(const std::string& line) {
    const auto message = decode(line);
    if (!message.ok()) {
        logWarning("request not understood: " + describe(message.error()));
        return;
    }
    if (std::holds_alternative<StopJob>(*message) || std::holds_alternative<PauseJob>(*message)) {
        stop.request_stop();
    } else if (std::holds_alternative<ChangeSettings>(*message) ||
               std::holds_alternative<WriteCheckpoint>(*message) ||
               std::holds_alternative<WritePreview>(*message) ||
               std::holds_alternative<RenderPreview>(*message)) {
        const std::lock_guard lock(handlerMutex);
        unhandled.push_back(*message);
    }
    giveToHandler();
}

// Requests that come before there is a handler wait for it.
void JobChannel::State::giveToHandler() {
    const std::lock_guard call(callMutex);
    std::function<void(const Message&)> current;
    std::vector<Message> requests;
    {
        const std::lock_guard lock(handlerMutex);
        if (!handler) {
            return;
        }
        current = handler;
        requests.swap(unhandled);
    }
    for (const auto& request : requests) {
        current(request);
    }
}

void JobChannel::State::writeLoop() {
    while (true) {
        std::string line;
        {
            std::unique_lock lock(queueMutex);
            writing = false;
            queueChanged.notify_all();
            queueChanged.wait(lock, [this] { return closing || !queue.empty(); });
            if (queue.empty()) {
                return;
            }
            line = std::move(queue.front().line);
            queue.pop_front();
            writing = true;
        }
        if (!readerGone && !writeLine(line)) {
            readerGone = true;
        }
    }
}

bool JobChannel::State::writeLine(const std::string& line) {
    size_t done = 0;
    while (done < line.size()) {
        pollfd polled{output.get(), POLLOUT, 0};
        const int ready = ::poll(&polled, 1, 200);
        if (giveUp) {
            return false;
        }
        if (ready == 0 || (ready < 0 && errno == EINTR)) {
            continue;
        }
        const ssize_t n =
            ::write(output.get(), line.data() + done, std::min(line.size() - done, kPieceSize));
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            return false;
        }
        done += n > 0 ? static_cast<size_t>(n) : 0;
    }
    return true;
}

void JobChannel::State::tellPerson(const Message& event) {
    if (const auto* progress = std::get_if<JobProgressed>(&event)) {
        const std::lock_guard lock(queueMutex);
        const bool last = progress->total > 0 && progress->done >= progress->total;
        if (!last && Clock::now() - lastTold < std::chrono::seconds(1)) {
            return;
        }
        lastTold = Clock::now();
        std::fprintf(stderr, "%s: %.0f of %.0f %s, %.2f a second\n", progress->text.c_str(),
                     progress->done, progress->total, progress->unit.c_str(), progress->rate);
    } else if (const auto* step = std::get_if<StepFinished>(&event)) {
        std::fprintf(stderr, "step %lld: loss %.5f, %.2f a second\n",
                     static_cast<long long>(step->step), step->loss, step->iterationsPerSecond);
    } else if (const auto* warning = std::get_if<WarningRaised>(&event)) {
        logWarning(warning->text);
    } else if (const auto* written = std::get_if<CheckpointWritten>(&event)) {
        logInfo("saved " + written->path);
    } else if (const auto* preview = std::get_if<PreviewWritten>(&event)) {
        logInfo("wrote " + preview->path);
    }
}

JobChannel::JobChannel(bool say, bool followStdin)
    : state_(std::make_unique<State>(say, followStdin)) {
    state_->takeOverOutput();
    state_->takeOverSignals();
    state_->reader = std::thread([this] { state_->readLoop(); });
    state_->writer = std::thread([this] { state_->writeLoop(); });
    if (say) {
        send(Hello{kProtocolVersion, ownName(), US_VERSION});
    }
}

JobChannel::~JobChannel() {
    State& state = *state_;
    {
        std::unique_lock lock(state.queueMutex);
        state.queueChanged.wait_for(lock, kFlushLimit,
                                    [&] { return state.queue.empty() && !state.writing; });
        state.closing = state.giveUp = true;
        state.queueChanged.notify_all();
    }
    state.writer.join();
    state.wake.poke('e');
    state.reader.join();
    ::sigaction(SIGTERM, &state.oldTerm, nullptr);
    ::sigaction(SIGINT, &state.oldInt, nullptr);
    ::sigaction(SIGUSR1, &state.oldUser, nullptr);
    signalPipe = -1;
    std::fflush(stdout);
    ::dup2(state.output.get(), STDOUT_FILENO);
}

void JobChannel::send(const Message& event) {
    State& state = *state_;
    if (!state.say) {
        state.tellPerson(event);
        return;
    }
    if (state.readerGone) {
        return;
    }
    std::string line = encode(event) + '\n';
    const std::lock_guard lock(state.queueMutex);
    if (state.queue.size() >= kQueueLimit) {
        // The oldest goes: the newest says where the job is.
        const auto oldest = std::find_if(state.queue.begin(), state.queue.end(),
                                         [](const auto& waiting) { return waiting.mayBeDropped; });
        if (oldest != state.queue.end()) {
            state.queue.erase(oldest);
        }
    }
    state.queue.push_back({std::move(line), mayBeDropped(event)});
    state.queueChanged.notify_all();
}

std::stop_token JobChannel::stopToken() const {
    return state_->stop.get_token();
}

void JobChannel::onRequest(std::function<void(const Message&)> handler) {
    {
        const std::lock_guard call(state_->callMutex);
        const std::lock_guard lock(state_->handlerMutex);
        state_->handler = std::move(handler);
    }
    state_->wake.poke('h');
}

int JobChannel::finish(int exitCode, std::optional<JobError> error, const std::string& resultJson) {
    State& state = *state_;
    if (state.say) {
        logInfo(farewell(::getpid()) + std::to_string(exitCode));
        send(JobFinished{"", exitCode, error, resultJson});
        std::unique_lock lock(state.queueMutex);
        state.queueChanged.wait_for(lock, kFlushLimit, [&] {
            return state.readerGone || (state.queue.empty() && !state.writing);
        });
        return exitCode;
    }
    if (error) {
        logError(describe(Error{ErrorCode::usage, error->message, error->where, error->remedy}));
    }
    if (!resultJson.empty()) {
        const std::string line = resultJson + '\n';
        [[maybe_unused]] const auto status =
            writeAll(state.output.get(), std::as_bytes(std::span(line)), "stdout");
    }
    return exitCode;
}

}  // namespace understudy::training
