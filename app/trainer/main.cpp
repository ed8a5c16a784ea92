// One training run in one process: see --help.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "app/trainer/arguments.h"
#include "training/engine/trainer/failure.h"
#include "training/protocol/codec.h"
#include "training/protocol/job_channel.h"
#include "training/protocol/job_state.h"

using namespace understudy;
using training::JobChannel;
using training::Message;

namespace {

// OpenMP's threads spin for milliseconds before they sleep, which is lost as soon as anything else
// runs on the machine: the thread that waits takes the time of the one it waits for. Some ten
// microseconds still bridge the gap between two layers. The library reads the setting when it is
// loaded, before main, so the program starts itself once more.
void shortenSpinning(char** argv) {
    if (std::getenv("GOMP_SPINCOUNT") == nullptr && std::getenv("OMP_WAIT_POLICY") == nullptr) {
        ::setenv("GOMP_SPINCOUNT", "10000", 1);
        ::execv("/proc/self/exe", argv);  // should it fail, training is merely slower
    }
}

int fail(const Error& error) {
    std::fprintf(stderr, "understudy-trainer: %s\n", describe(error).c_str());
    return static_cast<int>(error.code);
}

// The one answer of a program that is no job: a JSON object, or with --json-lines the end of one.
int answer(const Arguments& arguments, const Result<std::string>& result) {
    if (arguments.jsonLines && arguments.rank.rank == 0) {
        training::JobFinished finished;
        if (result.ok()) {
            finished.result = *result;
        } else {
            finished.exitCode = static_cast<int>(result.error().code);
            finished.error = training::jobError(result.error());
        }
        std::printf("%s\n", training::encode(finished).c_str());
        return finished.exitCode;
    }
    if (!result.ok()) {
        return fail(result.error());
    }
    if (!result->empty()) {
        std::printf("%s\n", result->c_str());
    }
    return 0;
}

Result<std::string> exportedBase(const Arguments& arguments) {
    US_ASSIGN(const auto exported, training::exportBase(arguments.exportBase, arguments.out));
    return resultJson(exported);
}

int follow(const Arguments& arguments) {
    const Status status =
        training::guarded([&] { return training::Trainer::follow(arguments.trainer); });
    return status.ok() ? 0 : fail(status.error());
}

int train(const Arguments& arguments) {
    JobChannel channel(arguments.jsonLines, arguments.followStdin);
    std::unique_ptr<training::Trainer> trainer;
    const Status status = training::guarded([&]() -> Status {
        training::TrainerHooks hooks;
        hooks.say = [&](const Message& event) { channel.send(event); };
        hooks.stop = channel.stopToken();
        US_ASSIGN(trainer, training::Trainer::open(arguments.trainer, hooks));
        channel.onRequest([&](const Message& request) {
            if (std::holds_alternative<training::WriteCheckpoint>(request)) {
                trainer->requestCheckpoint();
            } else if (std::holds_alternative<training::WritePreview>(request)) {
                trainer->requestPreview();
            } else if (const auto* change = std::get_if<training::ChangeSettings>(&request)) {
                trainer->requestChanges(change->settings, change->reason);
            }
        });
        return trainer->run();
    });
    channel.onRequest([](const Message&) {});  // the trainer goes before the channel
    const std::string result = trainer ? resultJson(trainer->result()) : "";
    trainer.reset();
    if (status.ok()) {
        return channel.finish(0, std::nullopt, result);
    }
    return channel.finish(static_cast<int>(status.error().code), training::jobError(status.error()),
                          result);
}

}  // namespace

int main(int argc, char** argv) {
    const Result<Arguments> arguments =
        parseArguments(std::vector<std::string>(argv + 1, argv + argc));
    if (!arguments.ok()) {
        return fail(arguments.error());
    }
    if (arguments->help || arguments->version) {
        std::printf("%s", arguments->help ? kUsage : "understudy-trainer " US_VERSION "\n");
        return 0;
    }
    shortenSpinning(argv);
    const bool first = arguments->rank.rank == 0;
    if (!first) {
        training::leaveStopsToRankZero();
        if (!arguments->trainer.slurm && !training::endWith(arguments->rankLeader)) {
            return static_cast<int>(ErrorCode::transient);
        }
    }
    if (!arguments->exportBase.empty()) {
        return answer(*arguments, training::guarded([&] { return exportedBase(*arguments); }));
    }
    if (arguments->estimate) {
        return answer(*arguments, training::guarded([&] {
            return training::estimatePlan(arguments->estimated);
        }));
    }
    if (arguments->bench) {
        return answer(*arguments, training::guarded([&] {
            return training::benchTraining(arguments->benchmark);
        }));
    }
    return first ? train(*arguments) : follow(*arguments);
}
