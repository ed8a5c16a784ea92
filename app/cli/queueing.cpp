#include "app/cli/queueing.h"

#include "training/protocol/messages.h"

namespace understudy::cli {

void addPriorityOption(CLI::App& verb, int64_t& priority, const std::string& name) {
    using training::kNormalPriority;
    using training::kPriorityLimit;
    using training::kPriorityStep;
    verb.add_option(name, priority,
                    "low, normal, high or a number: of jobs that wait the higher is next")
        ->type_name("PRIORITY")
        ->transform(CLI::Transformer(std::vector<std::pair<std::string, std::string>>{
            {"low", std::to_string(kNormalPriority - kPriorityStep)},
            {"normal", std::to_string(kNormalPriority)},
            {"high", std::to_string(kNormalPriority + kPriorityStep)}}))
        ->check(CLI::Range(-kPriorityLimit, kPriorityLimit));
}

void addQueueing(CLI::App& verb, Queueing& queueing, const std::string& detachHelp) {
    verb.add_option("--after", queueing.after,
                    "Wait until this job has finished, job-17 (may be repeated)")
        ->allow_extra_args(false);
    addPriorityOption(verb, queueing.priority, "--priority");
    verb.add_flag("--detach", queueing.detach, detachHelp);
}

}  // namespace understudy::cli
