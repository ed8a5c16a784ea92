// model export-base: what a run has learned of faces at large, for other runs to start from.
#include <QProcess>
#include <cstdio>
#include <iostream>
#include <memory>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/run_choice.h"
#include "app/cli/verbs.h"
#include "media/base/paths.h"
#include "training/protocol/job_state.h"

namespace understudy::cli {
namespace {

struct ExportOptions {
    RunChoice choice;
    std::string out;
};

// "understudy-trainer: message (where). remedy", the last line that it said.
std::string lastLine(const QByteArray& text) {
    const QByteArray trimmed = text.trimmed();
    return trimmed.mid(trimmed.lastIndexOf('\n') + 1).toStdString();
}

// The trainer does it, which has the tensors.
Result<Json> exportBase(const ExportOptions& options) {
    ensureEventLoop();
    US_ASSIGN(const auto program, siblingProgram("understudy-trainer"));
    QProcess process;
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(QString::fromStdString(program.string()),
                  {"--export-base", QString::fromStdString(absolutePath(options.choice.path())),
                   "--out", QString::fromStdString(absolutePath(options.out))});
    process.waitForFinished(-1);
    const int code = process.exitStatus() == QProcess::NormalExit
                         ? process.exitCode()
                         : static_cast<int>(ErrorCode::transient);
    if (code != 0) {
        return Error{training::errorCodeOf(code).value_or(ErrorCode::environment),
                     lastLine(process.readAllStandardError()), options.choice.path().string(),
                     "See 'understudy-cli model export-base --help'"};
    }
    Json result = parsedResult(lastLine(process.readAllStandardOutput()));
    if (result.empty()) {
        return Error{ErrorCode::environment, "the trainer did not say what it wrote",
                     program.string(), "Install Understudy again, or build all of it"};
    }
    return result;
}

void print(const Json& result) {
    char size[32];
    std::snprintf(size, sizeof size, "%.1f MB", result["bytes"].get<double>() / 1e6);
    std::cout << "Wrote " << result["folder"].get<std::string>() << ": " << size << ", "
              << result["parameters"] << " numbers of step " << result["step"] << '\n'
              << "'understudy-cli train --base' starts from it\n";
}

}  // namespace

void addExportBaseVerb(CommandLine& line, CLI::App& model) {
    auto* verb = model.add_subcommand(
        "export-base", "Make a base model of a run: new runs start from it with train --base");
    auto options = std::make_shared<ExportOptions>();
    verb->add_option("PATH", options->choice.first,
                     "A run's folder, a checkpoint folder, or a project")
        ->required();
    verb->add_option("--run", options->choice.run, "The run, where PATH is a project");
    verb->add_option("--out", options->out, "The folder to make")->required();
    line.onParsed(
        verb, "model export-base", [options] { return exportBase(*options); }, print);
}

}  // namespace understudy::cli
