// bench: how fast this machine trains.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <thread>

#include "app/cli/output.h"
#include "app/cli/trainer_call.h"
#include "app/cli/verbs.h"
#include "training/plan/scaling.h"

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
    bool calibrate = false;  // keeps the result, for runs of several devices
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
    if (options.calibrate) {
        list << "--calibrate";
    }
    for (const auto& setting : options.settings) {
        list << "--set" << QString::fromStdString(setting);
    }
    return list;
}

Result<Json> bench(const BenchOptions& options) {
    return callTrainer(argumentsOf(options));
}

struct ScaleOptions {
    BenchOptions bench;  // batch is a rank's share
    std::string kind;    // cpu or cuda
    int most = 0;        // ranks; 0: all that the machine has
    double bandwidth = 0;
};

std::string devicesOf(const std::string& kind, int ranks) {
    std::string list;
    for (int i = 0; i < ranks; ++i) {
        list += (i > 0 ? "," : "") + (kind == "cpu" ? kind : kind + ":" + std::to_string(i));
    }
    return list;
}

// The batch grows with the ranks, and each keeps its threads: what differs is what ranks cost.
Result<Json> measured(const ScaleOptions& options, int ranks) {
    BenchOptions one = options.bench;
    one.calibrate = ranks == 1;
    one.batch *= ranks;
    one.device = devicesOf(options.kind, ranks);
    return bench(one);
}

Json predictions(const training::StepCost& cost, double facesPerSecond, double bandwidth) {
    std::vector<training::Link> links = training::usualLinks();
    if (bandwidth > 0) {
        links.insert(links.begin(), {"as given", bandwidth * 1e9, 2, 64});
    }
    Json all = Json::array();
    for (const training::Link& link : links) {
        for (const int ranks : {2, 4, 8, 16}) {
            if (ranks < link.leastRanks || ranks > link.mostRanks) {
                continue;
            }
            const auto scaling = training::predictedScaling(cost, link, ranks);
            all.push_back({{"link", link.name},
                           {"bus_gb_per_s", link.busBandwidth / 1e9},
                           {"ranks", ranks},
                           {"communication_ms", 1000 * scaling.communicationSeconds},
                           {"exposed_ms", 1000 * scaling.exposedSeconds},
                           {"efficiency", scaling.efficiency},
                           {"faces_per_s", facesPerSecond * ranks * scaling.efficiency}});
        }
    }
    return all;
}

Result<Json> scale(ScaleOptions options) {
    if (options.kind != "cpu" && options.kind != "cuda") {
        return Error{ErrorCode::usage, "ranks run on cpu or cuda", "--device", "Use cpu or cuda"};
    }
    const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    if (options.most < 1) {
        options.most = options.kind == "cpu" ? cores : 1;
    }
    if (options.kind == "cpu" && options.bench.threads == 0) {
        options.bench.threads = std::max(1, cores / options.most);
    }
    Json all = Json::array();
    training::StepCost cost;
    double facesOfOne = 0;
    for (int ranks = 1; ranks <= options.most; ranks *= 2) {
        US_ASSIGN(const Json one, measured(options, ranks));
        const auto faces = one.value("faces_per_s", 0.0);
        if (ranks == 1) {
            facesOfOne = faces;
            cost.seconds = 1 / one.value("it_per_s", 1.0);
            cost.backwardSeconds = one["phases_ms"].value("backward", 0.0) / 1000;
            cost.gradientBytes = one.value("gradient_bytes", 0.0);
        }
        all.push_back({{"ranks", ranks},
                       {"it_per_s", one["it_per_s"]},
                       {"faces_per_s", faces},
                       {"efficiency", faces / (ranks * facesOfOne)},
                       {"exposed_ms", one["phases_ms"]["communication"]}});
    }
    return Json{{"model", options.bench.model},
                {"resolution", options.bench.resolution},
                {"batch_per_rank", options.bench.batch},
                {"device", options.kind},
                {"gradient_bytes", cost.gradientBytes},
                {"measured", all},
                {"predicted", predictions(cost, facesOfOne, options.bandwidth)}};
}

void printScale(const Json& result) {
    std::cout << result["model"].get<std::string>() << " " << result["resolution"] << ", "
              << result["batch_per_rank"] << " faces of each side a rank, on "
              << result["device"].get<std::string>() << "\n\nmeasured\n";
    const auto row = [](const Json& one) {
        std::printf("  %3d ranks  %9.2f faces/s  efficiency %5.1f %%  %8.2f ms not hidden\n",
                    one["ranks"].get<int>(), one["faces_per_s"].get<double>(),
                    100 * one["efficiency"].get<double>(), one["exposed_ms"].get<double>());
    };
    std::cout << std::flush;
    for (const Json& one : result["measured"]) {
        row(one);
    }
    std::string link;
    for (const Json& one : result["predicted"]) {
        if (one["link"] != link) {
            link = one["link"].get<std::string>();
            std::printf("predicted for %s (%.0f GB/s)\n", link.c_str(),
                        one["bus_gb_per_s"].get<double>());
        }
        row(one);
    }
}

void print(const Json& result) {
    for (const auto& [name, value] : result.items()) {
        std::cout << name << ": " << value << '\n';
    }
}

void addScaleVerb(CommandLine& line, CLI::App& group) {
    auto* verb = group.add_subcommand("scale", "What several devices give, measured and predicted");
    auto options = std::make_shared<ScaleOptions>();
    BenchOptions& bench = options->bench;
    options->kind = "cpu";
    verb->add_option("--model", bench.model, "df or liae, and switches")->capture_default_str();
    verb->add_option("--resolution", bench.resolution, "Pixels")->capture_default_str();
    verb->add_option("--batch", bench.batch, "Faces of each side a rank")->capture_default_str();
    verb->add_option("--steps", bench.steps, "Steps that are measured")->capture_default_str();
    verb->add_option("--threads", bench.threads, "CPU threads a rank");
    verb->add_option("--device", options->kind, "cpu or cuda")->capture_default_str();
    verb->add_option("--ranks", options->most, "Measure 1, 2, 4, ... up to so many");
    verb->add_option("--bandwidth", options->bandwidth,
                     "GB/s of sums over the link to predict for, as nccl-tests' bus bandwidth");
    verb->add_option("--set", bench.settings, "A key of the plan, key=value (may be repeated)")
        ->allow_extra_args(false);
    line.onParsed(
        verb, "bench scale", [options] { return scale(*options); }, printScale);
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
    addScaleVerb(line, *group);
}

}  // namespace understudy::cli
