#include "app/cli/slurm.h"

#include <QProcess>
#include <QStandardPaths>
#include <QStringList>
#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <sstream>

namespace understudy::cli {

namespace {

std::string trimmed(const std::string& text) {
    const size_t begin = text.find_first_not_of(" \n");
    return begin == std::string::npos
               ? ""
               : text.substr(begin, text.find_last_not_of(" \n") + 1 - begin);
}

Error noController(const std::string& program, const std::string& said) {
    return {ErrorCode::transient,
            "the cluster's controller does not answer" + (said.empty() ? "" : ": " + said), program,
            "Try again; what is prepared goes on with submit --resume"};
}

Error noSlurm(const std::string& program) {
    return {ErrorCode::environment, "there is no " + program + " here", program,
            "Submit from a machine of the cluster, where Slurm's programs are"};
}

struct Said {
    int code = 0;
    std::string out;
    std::string err;
};

Result<Said> runSlurm(const QString& program, const QStringList& arguments) {
    constexpr int kLimit = 60'000;  // milliseconds: a busy controller answers late
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForStarted(kLimit)) {
        return noSlurm(program.toStdString());
    }
    process.closeWriteChannel();
    if (!process.waitForFinished(kLimit)) {
        process.kill();
        process.waitForFinished();
        return noController(program.toStdString(), "");
    }
    Said said;
    said.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : 1;
    said.out = process.readAllStandardOutput().toStdString();
    said.err = process.readAllStandardError().toStdString();
    return said;
}

// Slurm's programs say what failed in words alone: one exit code stands for everything.
bool saysOneOf(const std::string& text, std::initializer_list<const char*> parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](const char* part) { return text.find(part) != std::string::npos; });
}

// When it was Slurm that failed, and not what was asked of it.
std::optional<Error> failureOfSlurm(const std::string& program, const std::string& said) {
    if (saysOneOf(said, {"Unable to contact slurm controller", "timed out", "Connection refused",
                         "temporarily unable", "Zero Bytes were transmitted"})) {
        return noController(program, said);
    }
    if (saysOneOf(said, {"establish a configuration source", "Unable to process configuration",
                         "slurm.conf", "Protocol authentication error", "Munge encode failed"})) {
        return Error{ErrorCode::environment, "Slurm is not set up here: " + said, program,
                     "Submit from a machine of the cluster, or ask who looks after it"};
    }
    return std::nullopt;
}

int numberOf(const std::string& text) {
    return text.empty() ? 0 : static_cast<int>(std::strtol(text.c_str(), nullptr, 10));
}

}  // namespace

bool SlurmJob::isOver() const {
    static constexpr std::array kOver = {"COMPLETED", "FAILED",        "CANCELLED", "TIMEOUT",
                                         "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE"};
    return std::any_of(kOver.begin(), kOver.end(),
                       [this](const char* word) { return state == word; });
}

SlurmJob parseSlurmJob(const std::string& text) {
    SlurmJob job;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        const size_t equals = word.find('=');
        const std::string key = word.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
        if (key == "JobId") {
            job.id = value;
        } else if (key == "JobState") {
            job.state = value;
        } else if (key == "Reason") {
            job.reason = value == "None" ? "" : value;
        } else if (key == "Restarts") {
            job.restarts = numberOf(value);
        } else if (key == "ExitCode") {
            const int signal = numberOf(value.substr(std::min(value.size(), value.find(':') + 1)));
            job.exitCode = signal > 0 ? 128 + signal : numberOf(value);
        }
    }
    return job;
}

Status findSlurm() {
    for (const char* program : {"sbatch", "scontrol"}) {
        if (QStandardPaths::findExecutable(program).isEmpty()) {
            return noSlurm(program);
        }
    }
    return {};
}

Result<std::string> submitScript(const std::filesystem::path& script) {
    US_ASSIGN(const Said said,
              runSlurm("sbatch", {"--parsable", QString::fromStdString(script.string())}));
    if (said.code != 0) {
        if (auto failure = failureOfSlurm("sbatch", trimmed(said.err))) {
            return *failure;
        }
        return Error{ErrorCode::usage, "sbatch did not take the job: " + trimmed(said.err),
                     script.string(), "Correct the options, or the script, and submit it again"};
    }
    const std::string id = trimmed(said.out);
    return id.substr(0, id.find(';'));  // the cluster's name follows where there are several
}

Result<SlurmJob> slurmJob(const std::string& id) {
    US_ASSIGN(const Said said,
              runSlurm("scontrol", {"show", "job", "--oneliner", QString::fromStdString(id)}));
    if (said.code != 0) {
        if (auto failure = failureOfSlurm("scontrol", trimmed(said.err))) {
            return *failure;
        }
        return Error{ErrorCode::missingInput,
                     "the cluster does not know the job any more: " + trimmed(said.err),
                     "job " + id, "See the log in the run's folder"};
    }
    return parseSlurmJob(said.out);
}

}  // namespace understudy::cli
