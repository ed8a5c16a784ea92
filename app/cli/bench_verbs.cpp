// bench: how fast this machine trains.
#include <QProcess>
#include <iostream>
#include <memory>

#include "app/cli/job_runner.h"
#include "app/cli/output.h"
#include "app/cli/verbs.h"
#include "media/base/paths.h"
#include "training/protocol/job_state.h"

namespace understudy::cli {
namespace {

struct BenchOptions {
    std::string model = "df-ud";
    int resolution = 128;
    int batch = 4;
    int steps = 12;
    int warmup = 3;
    int threads = 0;
    std::string device;
    std::vector<std::string> settings;
};

QStringList argumentsOf(const BenchOptions& options) {
    QStringList list = {"--bench", "--model", QString::fromStdString(options.model)};
    const auto add = [&](const char* name, int value) { list << name << QString::number(value); };
    add("--resolution", options.resolution);
    add("--batch", options.batch);
    add("--steps", options.steps);
    add("--warmup", options.warmup);
    if (options.threads > 0) {
        add("--threads", options.threads);
    }
    if (!options.device.empty()) {
        list << "--device" << QString::fromStdString(options.device);
    }
    for (const auto& setting : options.settings) {
        list << "--set" << QString::fromStdString(setting);
    }
    return list;
}

// "understudy-trainer: message (where). remedy", the last line that it said.
std::string lastLine(const QByteArray& text) {
    const QByteArray trimmed = text.trimmed();
    return trimmed.mid(trimmed.lastIndexOf('\n') + 1).toStdString();
}

Result<Json> bench(const BenchOptions& options) {
    ensureEventLoop();
    US_ASSIGN(const auto program, siblingProgram("understudy-trainer"));
    QProcess process;
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(QString::fromStdString(program.string()), argumentsOf(options));
    process.waitForFinished(-1);
    const QByteArray said = process.readAllStandardError();
    const int code = process.exitStatus() == QProcess::NormalExit
                         ? process.exitCode()
                         : static_cast<int>(ErrorCode::transient);
    if (code != 0) {
        return Error{training::errorCodeOf(code).value_or(ErrorCode::environment), lastLine(said),
                     program.string(), "See 'understudy-cli bench train --help'"};
    }
    std::cerr << said.toStdString();
    Json result = parsedResult(lastLine(process.readAllStandardOutput()));
    if (result.empty()) {
        return Error{ErrorCode::environment, "the trainer gave no measurement", program.string(),
                     "Install Understudy again, or build all of it"};
    }
    return result;
}

void print(const Json& result) {
    for (const auto& [name, value] : result.items()) {
        std::cout << name << ": " << value << '\n';
    }
}

}  // namespace

void addBenchVerbs(CommandLine& line) {
    auto* group = line.app.add_subcommand("bench", "Measure this machine");
    group->require_subcommand(1);
    auto* verb = group->add_subcommand("train", "Steps a second of a training, on made-up faces");
    auto options = std::make_shared<BenchOptions>();
    verb->add_option("--model", options->model, "df or liae, and switches")->capture_default_str();
    verb->add_option("--resolution", options->resolution, "Pixels")->capture_default_str();
    verb->add_option("--batch", options->batch, "Faces of each side")->capture_default_str();
    verb->add_option("--steps", options->steps, "Steps that are measured")->capture_default_str();
    verb->add_option("--warmup", options->warmup, "Steps before")->capture_default_str();
    verb->add_option("--threads", options->threads, "CPU threads, 0 for all");
    verb->add_option("--device", options->device, "cpu, cuda:0, ...");
    verb->add_option("--set", options->settings, "A key of the plan, key=value (may be repeated)")
        ->allow_extra_args(false);
    line.onParsed(
        verb, "bench train", [options] { return bench(*options); }, print);
}

}  // namespace understudy::cli
