// Where the time of a training step goes: profile_step [MODEL] [RESOLUTION] [BATCH] [STEPS]
//
// Operations by their own time (without those they call), on the CPU, summed over forward and
// backward and given as a part of the step; what no operation of torch covers is the program's own
// kernels and everything around them.
#include <ATen/record_function.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "training/engine/trainer/step_clock.h"
#include "training/engine/trainer/step_engine.h"

using namespace understudy;
using namespace understudy::training;

namespace {

struct OpTime {
    double seconds = 0;
    int64_t calls = 0;
};

// The operations that run now in this thread, the innermost last.
struct Running {
    double started = 0;
    double inner = 0;  // seconds of what it called
};
std::vector<Running> running;
std::map<std::string, OpTime> times;

std::unique_ptr<at::ObserverContext> entered(const at::RecordFunction&) {
    running.push_back({monotonicSeconds(), 0});
    return nullptr;
}

void left(const at::RecordFunction& function, at::ObserverContext*) {
    const Running own = running.back();
    running.pop_back();
    const double whole = monotonicSeconds() - own.started;
    OpTime& time = times[function.name()];
    time.seconds += whole - own.inner;
    ++time.calls;
    if (!running.empty()) {
        running.back().inner += whole;
    }
}

// "df-ud" -> model and switches.
void takeModel(const std::string& name, Plan& plan) {
    const size_t dash = name.find('-');
    plan.model = name.substr(0, dash);
    plan.switches = dash == std::string::npos ? "" : name.substr(dash + 1);
}

Status profile(const Plan& plan, int steps) {
    US_TRY(plan.check());
    prepareProcess(plan);
    StoreOptions store;
    store.resolution = plan.resolution;
    store.validationFaces = 0;
    US_ASSIGN(const auto engine,
              StepEngine::make(plan, torch::kCPU, FaceStore::synthetic(store, 64, plan.seed)));
    for (int step = 0; step < 2; ++step) {
        engine->step(step, plan.learningRate, 1);
    }
    const auto handle = at::addThreadLocalCallback(
        at::RecordFunctionCallback(&entered, &left)
            .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
    const double started = monotonicSeconds();
    for (int step = 2; step < 2 + steps; ++step) {
        engine->step(step, plan.learningRate, 1);
    }
    const double all = monotonicSeconds() - started;
    at::removeCallback(handle);

    std::vector<std::pair<std::string, OpTime>> sorted(times.begin(), times.end());
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
    double covered = 0;
    for (const auto& [name, time] : sorted) {
        covered += time.seconds;
    }
    std::printf("%.1f ms a step\n%6.1f %%  what is no operation of torch\n", all / steps * 1e3,
                100 * (all - covered) / all);
    for (size_t i = 0; i < std::min<size_t>(sorted.size(), 24); ++i) {
        const auto& [name, time] = sorted[i];
        std::printf("%6.1f %%  %s, %lld a step\n", 100 * time.seconds / all, name.c_str(),
                    static_cast<long long>(time.calls / steps));
    }
    return {};
}

}  // namespace

int main(int count, char** arguments) {
    Plan plan;
    takeModel(count > 1 ? arguments[1] : "df-ud", plan);
    plan.resolution = count > 2 ? std::atoi(arguments[2]) : 128;
    plan.batch = count > 3 ? std::atoi(arguments[3]) : 4;
    const int steps = count > 4 ? std::atoi(arguments[4]) : 6;
    plan.source = "source";
    plan.destination = "destination";
    if (steps < 1) {
        std::fprintf(stderr, "profile_step [MODEL] [RESOLUTION] [BATCH] [STEPS]\n");
        return 64;
    }
    if (const Status done = profile(plan, steps); !done.ok()) {
        std::fprintf(stderr, "%s\n", describe(done.error()).c_str());
        return 1;
    }
    return 0;
}
