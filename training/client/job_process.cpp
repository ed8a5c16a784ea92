#include "training/client/job_process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QProcess>
#include <QProcessEnvironment>
#include <QTimer>
#include <algorithm>
#include <cerrno>
#include <optional>
#include <span>

#include "media/base/file.h"
#include "media/base/log_sink.h"
#include "media/base/paths.h"
#include "media/base/sha256.h"
#include "training/client/rotated_log.h"
#include "training/client/socket_path.h"
#include "training/protocol/codec.h"
#include "training/protocol/line_buffer.h"

namespace understudy::training {
namespace {

namespace fs = std::filesystem;

constexpr int kTrimEvery = 30000;  // ms
constexpr const char* kGo = "run";

std::string fileNameOf(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '/' || c == '\0'; }, '_');
    return text;
}

// A shell that becomes the program when it is told to, and ends when its stdin does; QProcess
// returns only when there is a program in the process. It reads no byte beyond that line.
QStringList gatedArguments(const fs::path& program, const StartJob& start) {
    QStringList arguments = {
        QStringLiteral("-c"),
        QStringLiteral("read -r word && [ \"$word\" = %1 ] && exec \"$0\" \"$@\"; exit %2")
            .arg(QLatin1String(kGo))
            .arg(static_cast<int>(ErrorCode::transient)),
        QString::fromStdString(program.string()), QStringLiteral("--follow-stdin"),
        QStringLiteral("--json-lines")};
    for (const auto& argument : start.arguments) {
        arguments.append(QString::fromStdString(argument));
    }
    return arguments;
}

// A shell that cannot become the program says so with these; no program of ours does.
int codeOf(int exitCode) {
    return exitCode == 126 || exitCode == 127 ? static_cast<int>(ErrorCode::environment) : exitCode;
}

// A project that was moved must not come back as folders with nothing but a log in them.
Status checkPlace(const StartJob& start) {
    const fs::path project = start.project;
    const bool isRun = start.kind == "train" && !start.run.empty();
    std::error_code failed;
    if (project.empty() || fs::exists(isRun ? project / "runs" / start.run : project, failed) ||
        failed) {
        return {};
    }
    if (fs::exists(project, failed) || failed) {
        return Error{ErrorCode::missingInput, "the run is not there any more",
                     (project / "runs" / start.run).string(), "Start a new one"};
    }
    return Error{ErrorCode::missingInput, "the project is not there any more", project.string(),
                 "If it was moved, start the job again from where it is now"};
}

// Ours with what came with the job, and with `variables`.
QProcessEnvironment environmentOf(const StartJob& start,
                                  const std::map<std::string, std::string>& variables) {
    auto environment = QProcessEnvironment::systemEnvironment();
    for (const auto& name : jobVariables()) {
        if (const auto given = start.environment.find(name); given != start.environment.end()) {
            environment.insert(QString::fromStdString(name), QString::fromStdString(given->second));
        }
    }
    for (const auto& [name, value] : variables) {
        environment.insert(QString::fromStdString(name), QString::fromStdString(value));
    }
    return environment;
}

// How often the kernel has killed something on this machine because memory ran out.
int64_t outOfMemoryKills() {
    const auto text = readFile("/proc/vmstat", 1 << 20);
    const size_t at = text.ok() ? text->find("\noom_kill ") : std::string::npos;
    return at == std::string::npos ? 0 : std::atoll(text->c_str() + at + 10);
}

// In the child, before exec: its own group so that all of it can be ended, and an end with us.
void prepareChild(bool ownGroup, std::optional<mode_t> mask) {
    if (mask) {
        ::umask(*mask);
    }
    if (ownGroup) {
        ::setpgid(0, 0);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
}

}  // namespace

struct JobProcess::Private {
    Private(JobProcess* owner, bool group) : self(owner), ownGroup(group) {}

    void readOutput();
    void handle(const std::string& line);
    void finish(JobEnd end);
    void escalate();
    void signal(int number) const;

    JobProcess* self;
    const bool ownGroup;
    std::optional<mode_t> mask;
    std::map<std::string, std::string> variables;
    QProcess process;
    LineBuffer lines;
    QTimer stopTimer;
    QTimer trimTimer;
    std::filesystem::path log;
    int64_t pid = 0;
    int64_t killsBefore = 0;  // by the kernel, for want of memory
    double patience = kLeastPatience;
    bool termSent = false;
    bool over = true;
};

void JobProcess::Private::readOutput() {
    const QByteArray bytes = process.readAllStandardOutput();
    lines.append({bytes.constData(), static_cast<size_t>(bytes.size())});
    while (const auto line = lines.next()) {
        handle(*line);
    }
}

void JobProcess::Private::handle(const std::string& line) {
    const auto message = decode(line);
    if (!message.ok()) {
        logWarning("a job's line was not understood: " + describe(message.error()));
        return;
    }
    Q_EMIT self->eventReceived(*message);
}

// A group has the number of its first process. Without one (it never started) the call would end
// our own group.
void JobProcess::Private::signal(int number) const {
    if (pid > 1) {
        ::kill(static_cast<pid_t>(ownGroup ? -pid : pid), number);
    }
}

void JobProcess::Private::finish(JobEnd end) {
    if (over) {
        return;
    }
    readOutput();
    over = true;
    end.memoryRanOut = end.signal == SIGKILL && outOfMemoryKills() > killsBefore;
    stopTimer.stop();
    trimTimer.stop();
    if (ownGroup) {
        signal(SIGKILL);  // ranks of a trainer that crashed must not go on alone
    }
    Q_EMIT self->ended(end);
}

void JobProcess::Private::escalate() {
    signal(termSent ? SIGKILL : SIGTERM);
    logWarning("process " + std::to_string(pid) +
               " does not stop: " + (termSent ? "killed" : "asked by SIGTERM"));
    if (!termSent) {
        termSent = true;
        stopTimer.start(static_cast<int>((killPatience(patience) - patience) * 1000));
    }
}

std::filesystem::path logOfJob(const StartJob& start) {
    if (start.kind == "train" && !start.run.empty()) {
        return std::filesystem::path(start.project) / "runs" / start.run / "trainer-0.log";
    }
    const std::string what = start.clip.empty() ? "job" : start.clip;
    const std::string project = fs::path(start.project).lexically_normal().string();
    const std::string mark = sha256Of(std::as_bytes(std::span(project))).substr(0, 8);
    return logFolder() / fileNameOf(start.kind + "-" + what + "." + mark + ".log");
}

double stopPatience(double lastSaveSeconds, double least) {
    return std::max(least, 3 * lastSaveSeconds);
}

double killPatience(double patience) {
    return patience * 4 / 3;
}

JobProcess::JobProcess(bool ownGroup, QObject* parent)
    : QObject(parent), private_(std::make_unique<Private>(this, ownGroup)) {
    Private& d = *private_;
    d.stopTimer.setSingleShot(true);
    connect(&d.stopTimer, &QTimer::timeout, this, [&d] { d.escalate(); });
    connect(&d.trimTimer, &QTimer::timeout, this, [&d] {
        trimLog(d.log);
        // What it has survived did not kill it.
        d.killsBefore = outOfMemoryKills();
    });
    connect(&d.process, &QProcess::readyReadStandardOutput, this, [&d] { d.readOutput(); });
    connect(&d.process, &QProcess::finished, this, [&d](int code, QProcess::ExitStatus status) {
        // After a crash QProcess gives the signal as the code.
        d.finish(status == QProcess::NormalExit ? JobEnd{codeOf(code), 0} : JobEnd{0, code});
    });
    connect(&d.process, &QProcess::errorOccurred, this, [this, &d](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            logError("cannot start a job: " + d.process.errorString().toStdString());
            // Not from within start(): its caller does not expect the end yet.
            QTimer::singleShot(0, this, [&d] {
                d.finish({static_cast<int>(ErrorCode::environment), 0});
            });
        }
    });
}

JobProcess::~JobProcess() {
    Private& d = *private_;
    d.process.disconnect(this);
    if (d.process.state() != QProcess::NotRunning) {
        d.signal(SIGKILL);
        d.process.waitForFinished(2000);
    }
}

Status JobProcess::start(const StartJob& start, const std::filesystem::path& log) {
    US_TRY(prepare(start, log));
    letRun();
    return {};
}

Status JobProcess::prepare(const StartJob& start, const std::filesystem::path& log) {
    Private& d = *private_;
    const std::string name = programOfKind(start.kind);
    if (name.empty()) {
        return Error{ErrorCode::usage, "there is no kind of job named '" + start.kind + "'", "",
                     "Kinds are extract, train, swap and deliver"};
    }
    US_ASSIGN(const auto program, siblingProgram(name));
    US_TRY(checkPlace(start));
    US_TRY(prepareLog(log));
    // Qt says of a log that it cannot open only that the program did not start.
    if (!FileHandle(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600))) {
        return writeError(errno, log);
    }
    d.log = log;
    d.lines.clear();
    d.termSent = false;
    d.over = false;
    d.pid = 0;
    d.killsBefore = outOfMemoryKills();
    d.process.setProgram(QStringLiteral("/bin/sh"));
    d.process.setArguments(gatedArguments(program, start));
    d.process.setStandardErrorFile(QString::fromStdString(log.string()), QIODevice::Append);
    d.process.setProcessEnvironment(environmentOf(start, d.variables));
    d.process.setChildProcessModifier(
        [group = d.ownGroup, mask = d.mask] { prepareChild(group, mask); });
    d.process.start();
    d.pid = d.process.processId();
    d.trimTimer.start(kTrimEvery);
    return {};
}

void JobProcess::letRun() {
    private_->process.write(QByteArray(kGo) + '\n');
}

void JobProcess::setMask(mode_t mask) {
    private_->mask = mask;
}

void JobProcess::setVariables(std::map<std::string, std::string> variables) {
    private_->variables = std::move(variables);
}

bool JobProcess::running() const {
    return !private_->over;
}

int64_t JobProcess::pid() const {
    return private_->pid;
}

const std::filesystem::path& JobProcess::log() const {
    return private_->log;
}

void JobProcess::send(const Message& request) {
    if (running()) {
        private_->process.write(QByteArray::fromStdString(encode(request) + '\n'));
    }
}

void JobProcess::kill() {
    if (running()) {
        private_->signal(SIGKILL);
    }
}

void JobProcess::note(const std::string& text) {
    const std::string line = logText(LogLevel::warning, text) + "\n";
    const FileHandle file(::open(private_->log.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (file) {
        [[maybe_unused]] const auto written =
            writeAll(file.get(), std::as_bytes(std::span(line)), private_->log);
    }
}

void JobProcess::stop(double patienceSeconds) {
    Private& d = *private_;
    if (running() && !d.stopTimer.isActive()) {
        send(StopJob());
        d.patience = patienceSeconds;
        d.stopTimer.start(static_cast<int>(patienceSeconds * 1000));
    }
}

}  // namespace understudy::training
