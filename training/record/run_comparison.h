// Whether a run that was repeated from its start went the same way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/base/result.h"
#include "training/plan/run_folder.h"

namespace understudy::training {

enum class Verdict { equal, rounding, different, nothing };

// "equal", "equal within rounding", "different", "nothing to compare".
const char* nameOf(Verdict verdict);

// Losses that differ by less than this fraction may be rounded differently: another number of
// threads or another GPU adds in another order.
constexpr double kRounding = 1e-3;

struct LossDifference {
    int64_t step = 0;
    std::string term;  // "loss" or the name of a term
    double before = 0, again = 0;
};

struct RunComparison {
    Verdict verdict = Verdict::nothing;
    int lines = 0;                        // of history that both have
    double mostRelative = 0;              // difference of a loss
    std::optional<LossDifference> first;  // that is not rounding; else the first at all
    // Whether the weights are the same to the bit at `weightsStep`; nothing where the run has no
    // checkpoint of a step that was repeated.
    std::optional<bool> weightsEqual;
    int64_t weightsStep = -1;
};

// Compares history and checkpoints up to `steps`. A line is the mean over the steps since the line
// before or since a start of the trainer, and is compared when both cover the same steps. Errors:
// missingInput, corruptData.
Result<RunComparison> compareRuns(const RunFolder& before, const RunFolder& again, int64_t steps);

// Whether all selected faces are still where they were and what they were. Errors: usage, which
// says what has changed; missingInput, corruptData.
Status checkSelectedFaces(const RunFolder& run);

}  // namespace understudy::training
