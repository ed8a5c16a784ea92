#include "app/trainer/arguments.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>

#include "training/ranks/shared_ranks.h"
#include "training/record/calibration.h"

namespace understudy {

using training::setOption;

const char* const kUsage =
    "understudy-trainer --run FOLDER [--steps N] [--minutes M] [--until-loss L]\n"
    "                   [--stop-after N] [--price P] [--follow-stdin] [--json-lines]\n"
    "                   [--slurm [--stage-in FOLDER]]\n"
    "    Trains the run of FOLDER (plan.json, selection.json), or goes on with it.\n"
    "    --steps, --minutes and --until-loss are totals of the run.\n"
    "    --stop-after    ends after this step; the schedule stays that of the whole run\n"
    "    --price         of one device for an hour, for the cost in the result\n"
    "    --follow-stdin  requests come on stdin, its end means save and stop\n"
    "    --json-lines    events go to stdout, one JSON object a line\n"
    "    --slurm         one task of a Slurm job that understudy-cli submit wrote\n"
    "    --stage-in      folder of this node that faces are copied to before they are read\n"
    "understudy-trainer --bench [--model df-ud] [--resolution 128] [--batch 4] [--steps 12]\n"
    "                   [--warmup 3] [--threads N] [--device cpu] [--set key=value]...\n"
    "                   [--calibrate]\n"
    "    Measures the training step on made-up faces and prints one JSON object, with\n"
    "    --json-lines as the message that ends a job.\n"
    "    --calibrate     keeps the speed of one device, for runs of several\n"
    "understudy-trainer --estimate [--set key=value]... [--faces N] [--runs FOLDER]\n"
    "    Says what memory a plan needs, whether it is there, and how long its steps take\n"
    "    where runs of FOLDER or calibrations know it. One JSON object, as above.\n"
    "understudy-trainer --export-base FOLDER --out FOLDER\n"
    "    Makes a base model of a run or checkpoint and prints the same.\n"
    "Exit codes: 0 done, 64 usage or plan, 65 corrupt data, 66 missing input, 69 no such device,\n"
    "70 diverged, 73 cannot write, 75 try again, 78 environment, 85 saved on request.\n";

namespace {

Error usage(const std::string& message, const std::string& option) {
    return {ErrorCode::usage, message, option, "See understudy-trainer --help"};
}

template <class Number>
Result<Number> number(const std::string& option, const std::string& text) {
    Number value{};
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (parsed.ec != std::errc{} || parsed.ptr != end) {
        return usage("\"" + text + "\" is not a number that fits", option);
    }
    return value;
}

template <class Number>
Status into(const std::string& option, const std::string& text, Number& value) {
    US_ASSIGN(value, number<Number>(option, text));
    return {};
}

// "df-ud" to model and switches.
Status setModel(training::Plan& plan, const std::string& name) {
    const size_t dash = name.find('-');
    US_TRY(setOption(plan, "model", name.substr(0, dash)));
    return setOption(plan, "switches", dash == std::string::npos ? "" : name.substr(dash + 1));
}

Status setAny(training::Plan& plan, const std::string& text) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos) {
        return usage("\"" + text + "\" is not key=value", "--set");
    }
    return setOption(plan, text.substr(0, equals), text.substr(equals + 1));
}

Status checkTogether(const Arguments& result) {
    if (result.help || result.version) {
        return {};
    }
    if (result.exportBase.empty() != result.out.empty() ||
        (!result.out.empty() && (result.bench || !result.trainer.run.empty()))) {
        return usage("--export-base and --out go together, and without others", "--export-base");
    }
    if (!result.out.empty()) {
        return {};
    }
    if (result.estimate && (result.bench || !result.trainer.run.empty())) {
        return usage("--estimate goes without --run and --bench", "--estimate");
    }
    if (result.estimate) {
        return {};
    }
    if (result.bench == !result.trainer.run.empty()) {
        return usage(result.bench ? "--run and --bench exclude each other" : "--run is missing",
                     "--run");
    }
    const training::RankIdentity& rank = result.rank;
    if (rank.size < 1 || rank.size > training::SharedRanks::kMost || rank.rank < 0 ||
        rank.rank >= rank.size || (rank.size > 1 && rank.rank == 0 && !result.slurm)) {
        return usage("there is no such rank", "--rank");
    }
    return {};
}

}  // namespace

Result<Arguments> parseArguments(const std::vector<std::string>& arguments) {
    Arguments result;
    training::Plan& plan = result.benchmark.plan;
    plan.batch = 4;
    std::map<std::string, std::string> given;
    std::map<std::string, bool*> const flags = {{"--help", &result.help},
                                                {"--version", &result.version},
                                                {"--bench", &result.bench},
                                                {"--estimate", &result.estimate},
                                                {"--calibrate", &result.calibrate},
                                                {"--follow-stdin", &result.followStdin},
                                                {"--json-lines", &result.jsonLines},
                                                {"--slurm", &result.slurm}};
    const auto benchOption = [&](const char* key) {
        return [&plan, key](const std::string& text) { return setOption(plan, key, text); };
    };
    const std::map<std::string, std::function<Status(const std::string&)>> options = {
        {"--run",
         [&](const std::string& text) -> Status {
             result.trainer.run = text;
             return {};
         }},
        {"--export-base",
         [&](const std::string& text) -> Status {
             result.exportBase = text;
             return {};
         }},
        {"--out",
         [&](const std::string& text) -> Status {
             result.out = text;
             return {};
         }},
        {"--steps",
         [&](const std::string& text) -> Status {
             US_ASSIGN(const int64_t steps, number<int64_t>("--steps", text));
             result.trainer.steps = steps;
             result.benchmark.steps = static_cast<int>(std::clamp<int64_t>(steps, 0, 1000000));
             return {};
         }},
        {"--minutes",
         [&](const std::string& text) -> Status {
             US_ASSIGN(result.trainer.minutes, number<double>("--minutes", text));
             return {};
         }},
        {"--until-loss",
         [&](const std::string& text) -> Status {
             US_ASSIGN(result.trainer.untilLoss, number<double>("--until-loss", text));
             return {};
         }},
        {"--stop-after",
         [&](const std::string& text) -> Status {
             US_ASSIGN(result.trainer.stopAfter, number<int64_t>("--stop-after", text));
             return {};
         }},
        {"--price",
         [&](const std::string& text) -> Status {
             US_ASSIGN(result.trainer.pricePerHour, number<double>("--price", text));
             return {};
         }},
        {"--warmup",
         [&](const std::string& text) -> Status {
             US_ASSIGN(result.benchmark.warmup, number<int>("--warmup", text));
             return {};
         }},
        {"--model", [&](const std::string& text) { return setModel(plan, text); }},
        {"--resolution", benchOption("resolution")},
        {"--batch", benchOption("batch")},
        {"--threads", benchOption("threads")},
        {"--device", benchOption("devices")},
        {"--set", [&](const std::string& text) { return setAny(plan, text); }},
        {"--stage-in",
         [&](const std::string& text) -> Status {
             result.trainer.stageIn = text;
             return {};
         }},
        {"--faces",
         [&](const std::string& text) -> Status {
             US_TRY(into("--faces", text, result.estimated.faces));
             return result.estimated.faces >= 0 && result.estimated.faces <= int64_t{1} << 30
                        ? Status()
                        : usage("there are never so many faces", "--faces");
         }},
        {"--runs",
         [&](const std::string& text) -> Status {
             result.estimated.runs = text;
             return {};
         }},
        {"--rank", [&](const std::string& text) { return into("--rank", text, result.rank.rank); }},
        {"--ranks",
         [&](const std::string& text) { return into("--ranks", text, result.rank.size); }},
        {"--rank-memory",
         [&](const std::string& text) { return into("--rank-memory", text, result.rank.memory); }},
        {"--rank-leader",
         [&](const std::string& text) { return into("--rank-leader", text, result.rankLeader); }},
        {"--rank-threads", [&](const std::string& text) {
             return into("--rank-threads", text, result.trainer.rankThreads);
         }}};
    for (size_t i = 0; i < arguments.size(); ++i) {
        const std::string& name = arguments[i];
        if (const auto flag = flags.find(name); flag != flags.end()) {
            *flag->second = true;
            continue;
        }
        const auto option = options.find(name);
        if (option == options.end()) {
            return usage("there is no option " + name, name);
        }
        if (i + 1 == arguments.size()) {
            return usage(name + " wants a value", name);
        }
        US_TRY(option->second(arguments[++i]));
    }
    if (result.slurm) {
        US_ASSIGN(const training::SlurmPlace place, training::slurmPlace([](const char* name) {
                      const char* value = std::getenv(name);
                      return std::string(value != nullptr ? value : "");
                  }));
        result.rank = {place.rank, place.size, -1};
        result.trainer.slurm = result.benchmark.rank.slurm = place;
    }
    US_TRY(checkTogether(result));
    result.trainer.calibrations = training::calibrationFolder();
    if (result.calibrate) {
        result.benchmark.calibrations = training::calibrationFolder();
    }
    result.estimated.plan = result.benchmark.plan;
    result.estimated.calibrations = training::calibrationFolder();
    result.trainer.rank = result.benchmark.rank.identity = result.rank;
    result.benchmark.rank.threads = result.trainer.rankThreads;
    result.benchmark.rank.arguments = arguments;
    result.benchmark.rank.logFolder = std::filesystem::temp_directory_path();
    return result;
}

}  // namespace understudy
