#include "training/prepare/slurm_script.h"

#include <algorithm>
#include <utility>

namespace understudy::training {

namespace {

// For a POSIX shell: taken literally, whatever is in it.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + "'";
}

Error wrong(const std::string& option, const std::string& message, const std::string& remedy) {
    return {ErrorCode::usage, message, option, remedy};
}

// What ends up in a line that sbatch reads.
bool fitsLine(const std::string& text) {
    return std::none_of(text.begin(), text.end(),
                        [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

std::string directives(const SlurmRequest& request) {
    std::vector<std::pair<std::string, std::string>> lines = {
        {"job-name", "understudy-" + request.run},
        {"chdir", request.runFolder.string()},
        {"output", "slurm-%j.log"},
        {"open-mode", "append"},
        {"nodes", std::to_string(request.nodes)},
        {"ntasks-per-node", std::to_string(request.ranksPerNode)},
        {"cpus-per-task", std::to_string(request.cpusPerRank)},
        {"signal", "USR1@" + std::to_string(request.warnSeconds)}};
    if (request.gpusPerNode > 0) {
        lines.emplace_back("gpus-per-node", std::to_string(request.gpusPerNode));
    }
    for (const auto& [name, value] :
         {std::pair{"time", request.time}, std::pair{"partition", request.partition},
          std::pair{"account", request.account}}) {
        if (!value.empty()) {
            lines.emplace_back(name, value);
        }
    }
    std::string text;
    for (const auto& [name, value] : lines) {
        text += "#SBATCH --" + name + "=" + value + "\n";
    }
    text += "#SBATCH --requeue\n#SBATCH --export=NONE\n";
    for (const std::string& line : request.extra) {
        text += "#SBATCH " + line + "\n";
    }
    return text;
}

}  // namespace

Status SlurmRequest::check() const {
    for (const auto& [option, value, most] :
         {std::tuple{"--nodes", nodes, 1024}, std::tuple{"--ranks-per-node", ranksPerNode, 64},
          std::tuple{"--cpus-per-rank", cpusPerRank, 1024},
          std::tuple{"--warn", warnSeconds, 86400}}) {
        if (value < 1 || value > most) {
            return wrong(option, std::to_string(value) + " is not possible",
                         "Use 1 to " + std::to_string(most));
        }
    }
    if (gpusPerNode < 0 || (gpusPerNode > 0 && ranksPerNode > gpusPerNode)) {
        return wrong("--gpus-per-node",
                     "there are fewer GPUs on a node than ranks, and each rank drives one",
                     "Use as many as --ranks-per-node");
    }
    std::vector<std::string> texts = {run,     runFolder.string(), trainer.string(), time,
                                      account, partition,          stageIn};
    texts.insert(texts.end(), extra.begin(), extra.end());
    for (const std::string& text : texts) {
        if (!fitsLine(text)) {
            return wrong("submit", "a line break or control character is in '" + text + "'",
                         "Take it out");
        }
    }
    if (stageIn.find('"') != std::string::npos || stageIn.find('`') != std::string::npos ||
        stageIn.find("$(") != std::string::npos) {
        return wrong("--stage-in", "this is no folder: " + stageIn,
                     "Use a path; ${VARIABLES} of the node may be in it");
    }
    return {};
}

std::string slurmScript(const SlurmRequest& request) {
    std::string command = "srun --kill-on-bad-exit=1 " + quoted(request.trainer.string()) +
                          " \\\n    --slurm --run " + quoted(request.runFolder.string());
    for (const std::string& argument : request.arguments) {
        command += " " + quoted(argument);
    }
    if (!request.stageIn.empty()) {
        command += " \\\n    --stage-in \"" + request.stageIn + "\"";
    }
    return "#!/usr/bin/env bash\n"
           "# Trains the run " +
           request.run + ". Written by understudy-cli submit; sbatch takes it again as it is.\n" +
           directives(request) +
           R"(
# --export=NONE keeps the submitting shell's settings out; what is set here goes on to the tasks.
export SLURM_EXPORT_ENV=ALL

# Ranks meet at the first node, by the address that the cluster knows it under.
first=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
UNDERSTUDY_LEADER=$(scontrol show node "$first" --oneliner | tr ' ' '\n' | sed -n 's/^NodeAddr=//p')
export UNDERSTUDY_LEADER

# The warning before the end of the time goes to the trainer itself, which saves and ends with 85.
)" + command +
           R"(
code=$?

# 85: saved because the time is up. 75 and signals: a node or a process was lost; the last checkpoint
# is whole. Either way the job goes on where it was.
restarts=${SLURM_RESTART_COUNT:-0}
if [ "$code" -eq 85 ] || { { [ "$code" -eq 75 ] || [ "$code" -ge 128 ]; } && [ "$restarts" -lt 10 ]; }; then
    scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
)";
}

}  // namespace understudy::training
