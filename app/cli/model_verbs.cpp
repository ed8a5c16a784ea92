// model info, model diff: what is inside a checkpoint, and how two of them differ.
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>

#include "app/cli/output.h"
#include "app/cli/run_choice.h"
#include "app/cli/verbs.h"
#include "media/base/file.h"
#include "training/record/environment.h"
#include "training/record/loss_trend.h"
#include "training/record/model_contents.h"

namespace understudy::cli {
namespace {

namespace fs = std::filesystem;
using training::ModelContents;
using training::ModelDifference;
using training::RunFolder;

struct InfoOptions {
    RunChoice choice;
    std::optional<int64_t> step;
    std::optional<double> untilLoss;
};

struct DiffOptions {
    std::string a, b;
};

Json tensorsOf(const ModelContents& contents) {
    Json tensors = Json::array();
    for (const auto& file : contents.files) {
        for (const auto& tensor : file.tensors) {
            tensors.push_back({{"file", file.name},
                               {"name", tensor.name},
                               {"type", training::nameOf(tensor.type)},
                               {"shape", tensor.shape}});
        }
    }
    return tensors;
}

Json filesOf(const ModelContents& contents) {
    Json files = Json::array();
    for (const auto& file : contents.files) {
        files.push_back({{"name", file.name},
                         {"bytes", file.bytes},
                         {"sha256", file.sha256},
                         {"tensors", file.tensors.size()},
                         {"numbers", file.elements()}});
    }
    return files;
}

// What determines the network, of the plan that the checkpoint carries.
Json specOf(const Json& plan) {
    Json spec = Json::object();
    for (const char* key : {"model", "switches", "resolution", "encoderDims", "decoderDims",
                            "maskDims", "bottleneck"}) {
        spec[key] = plan.contains(key) ? plan[key] : Json();
    }
    return spec;
}

void addState(const training::CheckpointInfo& info, Json& result) {
    const Json plan = parsedResult(info.planJson);
    result["step"] = info.step;
    result["seconds"] = numberOrNull(info.seconds);
    result["program"] = info.program;
    result["model"] = specOf(plan);
    result["faces"] = {{"source", info.sourceFaces}, {"destination", info.destinationFaces}};
    if (!info.otherFaces.empty()) {
        result["faces"]["others"] = info.otherFaces;
    }
    Json numbers = Json::object();
    for (const auto& [name, value] : info.numbers) {
        numbers[name] = numberOrNull(value);
    }
    result["numbers"] = numbers;
    result["plan"] = plan;
}

std::string nameIn(const fs::path& pointer) {
    const auto text = readFile(pointer, 4096);
    return text.ok() ? text->substr(0, text->find_first_of("\r\n")) : "";
}

Json checkpointsOf(const RunFolder& run) {
    Json list = Json::array();
    const std::string latest = nameIn(run.latest()), best = nameIn(run.best());
    for (const int64_t step : training::checkpointSteps(run)) {
        const auto info = training::loadInfo(run.checkpoint(step));
        const auto validation = info.ok() ? info->ownValidation() : std::nullopt;
        const std::string name = training::stepName(step);
        list.push_back({{"step", step},
                        {"good", info.ok()},
                        {"validation", validation ? Json(*validation) : Json()},
                        {"latest", name == latest},
                        {"best", name == best}});
    }
    return list;
}

Status addRun(const RunFolder& run, const InfoOptions& options, Json& result) {
    result["checkpoints"] = checkpointsOf(run);
    uint64_t offset = 0;
    US_ASSIGN(const auto history, training::readHistory(run.history(), offset));
    result["history"] = {{"lines", history.size()},
                         {"step", history.empty() ? Json() : Json(history.back().step)},
                         {"loss", history.empty() ? Json() : numberOrNull(history.back().loss)}};
    result["environment"] = Json();
    if (std::error_code failed; fs::exists(run.environment(), failed)) {
        US_ASSIGN(const auto starts, training::readStarts(run.environment()));
        Json list = Json::array();
        for (const auto& start : starts) {
            list.push_back(parsedResult(training::environmentToJson(start)));
        }
        result["environment"] = list;
    }
    if (options.untilLoss) {
        const auto time = training::timeToLoss(history, *options.untilLoss);
        result["seconds_to_loss"] = time ? Json{{"loss", *options.untilLoss},
                                                {"expected", time->seconds},
                                                {"low", time->low},
                                                {"high", numberOrNull(time->high)}}
                                         : Json();
    }
    return {};
}

Result<Json> info(const InfoOptions& options) {
    const fs::path chosen = options.choice.path();
    const RunFolder run{chosen};
    const fs::path path = options.step ? run.checkpoint(*options.step) : chosen;
    US_ASSIGN(const ModelContents contents, training::readModel(path));
    const bool isRun = !options.step && !contents.folder.empty() && contents.folder != path;
    Json result = {{"path", absolutePath(contents.folder.empty() ? path : contents.folder)},
                   {"kind", isRun           ? "run"
                            : contents.info ? "checkpoint"
                                            : "tensors"},
                   {"parameters", contents.parameters()},
                   {"bytes", contents.bytes()},
                   {"verified", contents.info.has_value()}};
    if (contents.info) {
        addState(*contents.info, result);
    }
    result["files"] = filesOf(contents);
    result["tensors"] = tensorsOf(contents);
    result["warnings"] = contents.warnings;
    if (isRun) {
        US_TRY(addRun(run, options, result));
    }
    return result;
}

std::string millions(uint64_t count) {
    return shortNumber(static_cast<double>(count) / 1e6, count < 10'000'000 ? 2 : 1) + " million";
}

void printInfo(const Json& result) {
    std::cout << result["path"].get<std::string>() << '\n';
    for (const auto& warning : result["warnings"]) {
        std::cout << "warning: " << warning.get<std::string>() << '\n';
    }
    std::cout << millions(result["parameters"].get<uint64_t>()) << " parameters, "
              << shortNumber(result["bytes"].get<double>() / 1e6, 1) << " MB\n";
    if (result.contains("model")) {
        const Json& model = result["model"];
        std::cout << "network: ";
        bool first = true;
        for (const auto& [key, value] : model.items()) {
            std::cout << (first ? "" : ", ") << key << ' '
                      << (value.is_string() ? value.get<std::string>() : value.dump());
            first = false;
        }
        std::cout << "\nstep " << result["step"] << ", "
                  << duration(result["seconds"].is_number() ? result["seconds"].get<double>() : 0)
                  << " of training, written by version " << result["program"].get<std::string>()
                  << '\n';
        // A base model is of nobody's.
        if (const auto source = result["faces"]["source"].get<std::string>(); !source.empty()) {
            std::cout << "faces: source " << source.substr(0, 12) << ", destination "
                      << result["faces"]["destination"].get<std::string>().substr(0, 12) << '\n';
        }
    }
    for (const auto& file : result["files"]) {
        std::cout << file["name"].get<std::string>() << ": " << file["tensors"] << " tensors, "
                  << millions(file["numbers"].get<uint64_t>()) << " numbers, sha256 "
                  << file["sha256"].get<std::string>().substr(0, 12) << '\n';
    }
    for (const auto& tensor : result["tensors"]) {
        std::cout << "  " << tensor["file"].get<std::string>() << ": "
                  << tensor["name"].get<std::string>() << ' ' << tensor["shape"].dump() << ' '
                  << tensor["type"].get<std::string>() << '\n';
    }
    if (!result.contains("checkpoints")) {
        return;
    }
    for (const auto& checkpoint : result["checkpoints"]) {
        std::cout << "checkpoint of step " << checkpoint["step"]
                  << (checkpoint["latest"].get<bool>() ? ", latest" : "")
                  << (checkpoint["best"].get<bool>() ? ", best" : "")
                  << (checkpoint["good"].get<bool>() ? "" : ", damaged");
        if (checkpoint["validation"].is_number()) {
            std::cout << ", validation " << shortNumber(checkpoint["validation"], 4);
        }
        std::cout << '\n';
    }
    if (result.contains("seconds_to_loss")) {
        const Json& time = result["seconds_to_loss"];
        std::cout << "to that loss: "
                  << (time.is_null() ? "not in sight, the loss does not fall"
                                     : duration(time["expected"].get<double>()) + " of training")
                  << '\n';
    }
}

Json differences(const ModelDifference& difference) {
    Json list = Json::array();
    for (const auto& one : difference.tensors) {
        list.push_back({{"file", one.file},
                        {"name", one.name},
                        {"max_difference", numberOrNull(one.most)},
                        {"relative_norm", numberOrNull(one.relative)}});
    }
    return list;
}

Result<Json> diff(const DiffOptions& options) {
    US_ASSIGN(const ModelContents a, training::readModel(options.a));
    US_ASSIGN(const ModelContents b, training::readModel(options.b));
    US_ASSIGN(const ModelDifference difference, training::compareModels(a, b));
    const auto pathOf = [](const ModelContents& one) {
        return absolutePath(one.folder.empty() ? one.single : one.folder);
    };
    Json shapes = Json::array(), plan = Json::array();
    for (const auto& one : difference.shapes) {
        shapes.push_back({{"file", one.file}, {"name", one.name}, {"a", one.a}, {"b", one.b}});
    }
    if (a.info && b.info) {
        for (const auto& one : training::comparePlans(a.info->planJson, b.info->planJson)) {
            plan.push_back({{"key", one.key}, {"a", one.a}, {"b", one.b}});
        }
    }
    return Json{{"a", pathOf(a)},
                {"b", pathOf(b)},
                {"step_a", a.info ? Json(a.info->step) : Json()},
                {"step_b", b.info ? Json(b.info->step) : Json()},
                {"equal", difference.equal()},
                {"same_names", difference.onlyInA.empty() && difference.onlyInB.empty()},
                {"same_shapes", difference.shapes.empty()},
                {"max_difference", numberOrNull(difference.most())},
                {"relative_norm", numberOrNull(difference.relative())},
                {"only_in_a", difference.onlyInA},
                {"only_in_b", difference.onlyInB},
                {"different_shapes", shapes},
                {"tensors", differences(difference)},
                {"plan", plan}};
}

void printDiff(const Json& result) {
    for (const auto& [key, who] : {std::pair{"only_in_a", "a"}, std::pair{"only_in_b", "b"}}) {
        for (const auto& name : result[key]) {
            std::cout << "only in " << who << ": " << name.get<std::string>() << '\n';
        }
    }
    for (const auto& one : result["different_shapes"]) {
        std::cout << one["file"].get<std::string>() << ": " << one["name"].get<std::string>()
                  << ": " << one["a"].get<std::string>() << " and " << one["b"].get<std::string>()
                  << '\n';
    }
    size_t equal = 0;
    for (const auto& one : result["tensors"]) {
        if (one["max_difference"] == 0) {
            ++equal;
            continue;
        }
        std::cout << one["file"].get<std::string>() << ": " << one["name"].get<std::string>()
                  << ": largest difference " << one["max_difference"] << ", relative norm "
                  << one["relative_norm"] << '\n';
    }
    for (const auto& one : result["plan"]) {
        std::cout << "plan: " << one["key"].get<std::string>() << " is "
                  << one["a"].get<std::string>() << " and " << one["b"].get<std::string>() << '\n';
    }
    std::cout << equal << " of " << result["tensors"].size() << " tensors are equal\n";
}

}  // namespace

void addModelVerbs(CommandLine& line) {
    auto* group = line.app.add_subcommand("model", "Look into trained networks");
    group->require_subcommand(1);
    auto* verb = group->add_subcommand("info", "What is inside a checkpoint or a run");
    auto options = std::make_shared<InfoOptions>();
    verb->add_option("PATH", options->choice.first,
                     "A checkpoint folder, a run's folder, a .safetensors file, or a project")
        ->required();
    verb->add_option("--run", options->choice.run, "The run, where PATH is a project");
    verb->add_option("--step", options->step, "Its checkpoint of this step, not the newest");
    verb->add_option("--until-loss", options->untilLoss,
                     "Also how long a run will take to this loss");
    line.onParsed(
        verb, "model info", [options] { return info(*options); }, printInfo);

    addExportBaseVerb(line, *group);

    auto* other = group->add_subcommand("diff", "How two checkpoints or runs differ");
    auto two = std::make_shared<DiffOptions>();
    other->add_option("A", two->a, "A checkpoint folder, a run's folder or a .safetensors file")
        ->required();
    other->add_option("B", two->b, "Another one")->required();
    line.onParsed(
        other, "model diff", [two] { return diff(*two); }, printDiff);
}

}  // namespace understudy::cli
