#include "app/cli/trainer_call.h"

#include <QProcess>
#include <iostream>
#include <optional>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "media/base/exit_code.h"
#include "media/base/paths.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_state.h"

namespace understudy::cli {
namespace {

std::string lastLine(const QByteArray& text) {
    const QByteArray trimmed = text.trimmed();
    return trimmed.mid(trimmed.lastIndexOf('\n') + 1).toStdString();
}

std::optional<training::JobFinished> finishedIn(const std::string& line) {
    const auto message = training::decode(line);
    if (message.ok()) {
        if (const auto* finished = std::get_if<training::JobFinished>(&*message)) {
            return *finished;
        }
    }
    return std::nullopt;
}

}  // namespace

Result<Json> callTrainer(QStringList arguments) {
    ensureEventLoop();
    US_ASSIGN(const auto program, siblingProgram("understudy-trainer"));
    const Error noAnswer{ErrorCode::environment, "the trainer gave no answer", program.string(),
                         "Install Understudy again, or build all of it"};
    arguments << "--json-lines";
    QProcess process;
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(QString::fromStdString(program.string()), arguments);
    if (!process.waitForStarted(-1)) {
        return noAnswer;
    }
    process.waitForFinished(-1);
    const QByteArray words = process.readAllStandardError();
    const auto finished = finishedIn(lastLine(process.readAllStandardOutput()));
    if (finished && finished->error) {
        return training::errorOf(*finished->error);
    }
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        // It did not come so far as to say it in order.
        const bool crashed = process.exitStatus() != QProcess::NormalExit;
        const auto code = crashed ? ErrorCode::transient : errorCodeOf(process.exitCode());
        const std::string said = lastLine(words);
        return Error{code.value_or(ErrorCode::environment),
                     said.empty() ? "the trainer ended without a word" : said, program.string(),
                     "See 'understudy-trainer --help'"};
    }
    std::cerr << words.toStdString();
    Json result = finished ? parsedResult(finished->result) : Json();
    if (result.empty()) {
        return noAnswer;
    }
    return result;
}

}  // namespace understudy::cli
