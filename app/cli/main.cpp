// understudy-cli: every step of the work by command.
#include <signal.h>

#include <cstring>

#include "app/cli/command_line.h"
#include "app/cli/output.h"

int main(int argc, char** argv) {
    using namespace understudy;
    ::signal(SIGPIPE, SIG_IGN);
    cli::CommandLine line;
    cli::addAllVerbs(line);
    const auto parsed = cli::parseCommandLine(line, argc, argv);
    if (!parsed.ok()) {
        // The flag may stand behind the mistake.
        line.settings.json = cli::flagGiven(argc, argv, "--json");
        const std::string verb = argc > 1 && argv[1][0] != '-' ? argv[1] : "";
        return cli::sayError(line.settings, verb, parsed.error());
    }
    if (*parsed) {
        return **parsed;
    }
    return cli::sayResult(line.settings, line.chosen, line.chosen.run());
}
