// model export-base: what a run has learned of faces at large, for other runs to start from.
#include <cstdio>
#include <iostream>
#include <memory>

#include "app/cli/output.h"
#include "app/cli/run_choice.h"
#include "app/cli/trainer_call.h"
#include "app/cli/verbs.h"

namespace understudy::cli {
namespace {

struct ExportOptions {
    RunChoice choice;
    std::string out;
};

// The trainer does it, which has the tensors.
Result<Json> exportBase(const ExportOptions& options) {
    return callTrainer({"--export-base",
                        QString::fromStdString(absolutePath(options.choice.path())), "--out",
                        QString::fromStdString(absolutePath(options.out))});
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
