// The verbs of understudy-cli. Each group of verbs adds its subcommands to the command line; the
// one that was given leaves its work behind in Chosen, and main runs it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "app/cli/queueing.h"
#include "media/base/result.h"

namespace understudy::cli {

using Json = nlohmann::ordered_json;

struct Settings {
    bool json = false;   // the last stdout line is one object
    bool local = false;  // jobs without the service
    Queueing queue;      // of the verb's own jobs
};

struct Chosen {
    std::string verb;                        // "service start"
    std::function<Result<Json>()> run;       // the result's fields
    std::function<void(const Json&)> print;  // for people
};

// What a verb's set-up needs: where to add itself, what was said globally, where to leave its work.
struct CommandLine {
    CLI::App app{"Replaces the face of one performer by another's in film footage."};
    Settings settings;
    Chosen chosen;

    // A subcommand of `parent` whose work is `run`, its options bound by the caller.
    void onParsed(CLI::App* subcommand, const std::string& verb, std::function<Result<Json>()> run,
                  std::function<void(const Json&)> print);
};

void addProjectVerbs(CommandLine& line);  // new, import, faces
void addSettingsVerb(CommandLine& line);
void addExtractVerb(CommandLine& line);
void addMaskVerb(CommandLine& line);
void addAssignVerb(CommandLine& line);
void addTrainVerb(CommandLine& line);
void addSubmitVerb(CommandLine& line);  // Slurm
void addSwapVerb(CommandLine& line);
void addDeliverVerb(CommandLine& line);
void addVersionVerbs(CommandLine& line);  // version, note
void addModelVerbs(CommandLine& line);    // model info, model diff, model export-base
void addExportBaseVerb(CommandLine& line, CLI::App& model);
void addReproduceVerb(CommandLine& line);
void addJobVerbs(CommandLine& line);      // pause, resume, stop, checkpoint, preview, set
void addServiceVerbs(CommandLine& line);  // status, service
void addQueueVerbs(CommandLine& line);
void addWatchVerb(CommandLine& line);
void addLogVerb(CommandLine& line);
void addBenchVerbs(CommandLine& line);
void addTruthVerbs(CommandLine& line);     // performers, evaluate
void addExchangeVerbs(CommandLine& line);  // import-faces, export-faces
void addDemoVerb(CommandLine& line);

}  // namespace understudy::cli
