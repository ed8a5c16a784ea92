// changes.jsonl: what was changed after a run began, {"step", "key", "value", "reason"} a line.
// Append-only; resume and reproduce replay it over plan.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "training/plan/plan.h"
#include "training/plan/run_folder.h"

namespace understudy::training {

struct PlanChange {
    int64_t step = 0;  // the first step that runs with the new value is step + 1
    std::string key;
    std::string value;  // as for --set
    std::string reason;
};

// Durable when it returns; a torn last line of a crash before is cut off first.
Status appendChanges(const std::filesystem::path& file, std::span<const PlanChange> changes);

// In the order of the file; no file is no change. Lines that are not changes are skipped.
Result<std::vector<PlanChange>> readChanges(const std::filesystem::path& file);

// Applies every change whose step is at most `upTo`, in order, and checks the plan. Errors: usage.
Status applyChanges(Plan& plan, std::span<const PlanChange> changes, int64_t upTo);

// The plan a run has now: plan.json with its changes up to a step, or with all of them.
Result<Plan> currentPlan(const RunFolder& run, int64_t upTo = INT64_MAX);

// What "key=value" texts, as for --set, ask of the plan that a run has now: changes at `step`,
// without those that change nothing. Errors: usage, for what is no setting or out of range, and for
// what a run keeps; of a run `atRest` (no process trains it) the devices may change too.
Result<std::vector<PlanChange>> changesAsked(const Plan& current,
                                             std::span<const std::string> settings, int64_t step,
                                             const std::string& reason, bool atRest);

// Whether an option of a run may change after it began.
bool mayChange(const OptionInfo& option, bool atRest);

// What differs between two plans, as changes at `step`.
std::vector<PlanChange> changesBetween(const Plan& before, const Plan& after, int64_t step,
                                       const std::string& reason);

}  // namespace understudy::training
