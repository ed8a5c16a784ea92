#include "app/cli/command_line.h"

#include <cstdlib>
#include <cstring>

#include "app/cli/near_name.h"

namespace understudy::cli {
namespace {

std::vector<std::string> verbNames(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(command->get_name());
    }
    return names;
}

std::vector<std::string> optionNames(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* at = &app; at != nullptr; at = at->get_parent()) {
        for (const auto* option : at->get_options()) {
            for (const auto& name : option->get_lnames()) {
                names.push_back("--" + name);
            }
        }
    }
    return names;
}

const CLI::App& deepestGiven(const CLI::App& app) {
    const auto given = app.get_subcommands();
    return given.empty() ? app : deepestGiven(*given.front());
}

std::string helpOf(const CLI::App& app) {
    std::string words = app.get_name();
    for (const auto* parent = app.get_parent(); parent != nullptr; parent = parent->get_parent()) {
        words.insert(0, parent->get_name() + " ");
    }
    return "See '" + words + " --help'";
}

// All that nobody took; a mark that only names follow is none of it.
std::vector<std::string> extraWords(const CLI::App& app) {
    auto words = app.remaining(true);
    std::erase(words, "--");
    return words;
}

// The first word that is neither a verb nor belongs to one, with the nearest right ones.
Error notExpected(const CLI::App& app, const std::vector<std::string>& words) {
    const CLI::App& deepest = deepestGiven(app);
    const std::string word = words.empty() ? "" : words.front();
    const bool isOption = word.rfind('-', 0) == 0;
    const auto verbs = verbNames(deepest);
    const bool wantsVerb = !isOption && !verbs.empty();
    const auto near = nearNames(word, isOption ? optionNames(deepest) : verbs);
    const std::string what = isOption ? "option" : wantsVerb ? "verb" : "argument";
    return {ErrorCode::usage, "there is no " + what + " '" + word + "' here", word,
            !isOption && !wantsVerb ? "Take it away. " + helpOf(deepest)
            : near.empty()          ? helpOf(deepest)
                                    : "Did you mean " + near + "?"};
}

Error usageError(const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App& deepest = deepestGiven(app);
    std::string message = error.what();
    message.erase(message.find_last_not_of(".\n ") + 1);
    return {ErrorCode::usage, message, "command line", helpOf(deepest)};
}

}  // namespace

void CommandLine::onParsed(CLI::App* subcommand, const std::string& verb,
                           std::function<Result<Json>()> run,
                           std::function<void(const Json&)> print) {
    subcommand->callback([this, verb, run = std::move(run), print = std::move(print)] {
        chosen = {verb, run, print};
    });
}

void addAllVerbs(CommandLine& line) {
    line.app.name("understudy-cli");
    line.app.set_version_flag("--version", US_VERSION);
    line.app.fallthrough();
    line.app.option_defaults()->take_last();
    line.app.add_flag("--json", line.settings.json,
                      "One JSON object as the last line of stdout; progress on stderr");
    line.app.add_flag("--local", line.settings.local,
                      "Run jobs directly, without the service (also UNDERSTUDY_LOCAL=1)");
    line.app.require_subcommand(1);
    addProjectVerbs(line);
    addSettingsVerb(line);
    addExtractVerb(line);
    addMaskVerb(line);
    addAssignVerb(line);
    addExchangeVerbs(line);
    addTrainVerb(line);
    addSubmitVerb(line);
    addModelVerbs(line);
    addReproduceVerb(line);
    addSwapVerb(line);
    addDeliverVerb(line);
    addVersionVerbs(line);
    addJobVerbs(line);
    addServiceVerbs(line);
    addQueueVerbs(line);
    addWatchVerb(line);
    addLogVerb(line);
    addBenchVerbs(line);
    addTruthVerbs(line);
    addDemoVerb(line);
}

Result<std::optional<int>> parseCommandLine(CommandLine& line, int argc, char** argv) {
    // Words nobody expects are looked at here, so that the nearest right one can be named.
    line.app.allow_extras();
    for (auto* command : line.app.get_subcommands([](CLI::App*) { return true; })) {
        command->allow_extras();
    }
    const char* local = std::getenv("UNDERSTUDY_LOCAL");
    line.settings.local = local != nullptr && std::strcmp(local, "1") == 0;
    try {
        line.app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            return std::optional(line.app.exit(error));
        }
        if (const auto extra = extraWords(line.app); !extra.empty()) {
            return notExpected(line.app, extra);
        }
        return usageError(line.app, error);
    }
    if (const auto extra = extraWords(line.app); !extra.empty()) {
        return notExpected(line.app, extra);
    }
    return std::optional<int>();
}

Status parseWords(CommandLine& line, const std::vector<std::string>& words) {
    std::vector<std::string> arguments = {"understudy-cli"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::vector<char*> pointers;
    for (std::string& argument : arguments) {
        pointers.push_back(argument.data());
    }
    US_ASSIGN(const auto done,
              parseCommandLine(line, static_cast<int>(pointers.size()), pointers.data()));
    if (done || !line.chosen.run) {
        return Error{ErrorCode::usage, "a verb is expected", words.empty() ? "" : words.front(),
                     "See 'understudy-cli --help'"};
    }
    return {};
}

bool flagGiven(int argc, char** argv, const std::string& flag) {
    for (int i = 1; i < argc; ++i) {
        if (flag == argv[i]) {
            return true;
        }
    }
    return false;
}

}  // namespace understudy::cli
