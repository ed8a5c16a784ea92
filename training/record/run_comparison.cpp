#include "training/record/run_comparison.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "media/faceset/pack.h"
#include "training/plan/selection.h"
#include "training/record/checkpoint_files.h"
#include "training/record/environment.h"

namespace understudy::training {

namespace fs = std::filesystem;

namespace {

// The steps that a line is the mean of: after `first` up to `last`.
using Window = std::pair<int64_t, int64_t>;

Result<std::map<Window, HistoryLine>> windowsOf(const RunFolder& run, int64_t steps) {
    uint64_t offset = 0;
    US_ASSIGN(const auto lines, readHistory(run.history(), offset));
    std::vector<int64_t> starts;
    if (std::error_code failed; fs::exists(run.environment(), failed)) {
        US_ASSIGN(const auto environments, readStarts(run.environment()));
        for (const Environment& start : environments) {
            starts.push_back(start.step);
        }
    }
    std::map<Window, HistoryLine> windows;
    int64_t previous = 0;
    for (const HistoryLine& line : lines) {
        int64_t first = previous;
        for (const int64_t start : starts) {
            first = start < line.step ? std::max(first, start) : first;
        }
        if (line.step <= steps) {
            windows[{first, line.step}] = line;
        }
        previous = line.step;
    }
    return windows;
}

// The losses of a line by name, the total first.
std::vector<std::pair<std::string, double>> lossesOf(const HistoryLine& line) {
    std::vector<std::pair<std::string, double>> losses = {{"loss", line.loss}};
    losses.insert(losses.end(), line.terms.begin(), line.terms.end());
    return losses;
}

double valueOf(const HistoryLine& line, const std::string& name) {
    const auto found = line.terms.find(name);
    return name == "loss" ? line.loss : found != line.terms.end() ? found->second : std::nan("");
}

double relativeDifference(double a, double b) {
    if (a == b || (std::isnan(a) && std::isnan(b))) {
        return 0;
    }
    const double size = std::max(std::abs(a), std::abs(b));
    const double relative = std::abs(a - b) / size;
    return std::isnan(relative) ? HUGE_VAL : relative;
}

void compareLine(const HistoryLine& before, const HistoryLine& again, RunComparison& result) {
    for (const auto& [name, value] : lossesOf(before)) {
        const double repeated = valueOf(again, name);
        const double off = relativeDifference(value, repeated);
        const bool worse = off > kRounding && result.mostRelative <= kRounding;
        if (off > 0 && (!result.first || worse)) {
            result.first = LossDifference{before.step, name, value, repeated};
        }
        result.mostRelative = std::max(result.mostRelative, off);
    }
}

// Whether the tensors of the newest checkpoint that both have are the same files.
Status compareWeights(const RunFolder& before, const RunFolder& again, int64_t steps,
                      RunComparison& result) {
    const std::vector<int64_t> mine = checkpointSteps(before), theirs = checkpointSteps(again);
    for (auto step = mine.rbegin(); step != mine.rend(); ++step) {
        if (*step > steps || !std::binary_search(theirs.begin(), theirs.end(), *step)) {
            continue;
        }
        US_ASSIGN(const Manifest left, loadManifest(before.checkpoint(*step)));
        US_ASSIGN(const Manifest right, loadManifest(again.checkpoint(*step)));
        bool equal = true;
        for (const char* name : {kModelFile, kEmaFile, kOptimizerFile}) {
            const auto a = left.find(name), b = right.find(name);
            const bool both = a != left.end() && b != right.end();
            equal = equal && (both ? a->second.sha256 == b->second.sha256
                                   : (a == left.end()) == (b == right.end()));
        }
        result.weightsEqual = equal;
        result.weightsStep = *step;
        return {};
    }
    return {};
}

Error changedFaces(const std::string& what, const fs::path& where) {
    return {ErrorCode::usage, "the faces of the run have changed: " + what, where.string(),
            "It can only be repeated with the faces it was trained on: restore the facesets folder "
            "of that time"};
}

}  // namespace

const char* nameOf(Verdict verdict) {
    switch (verdict) {
        case Verdict::equal:
            return "equal";
        case Verdict::rounding:
            return "equal within rounding";
        case Verdict::different:
            return "different";
        case Verdict::nothing:
            break;
    }
    return "nothing to compare";
}

Result<RunComparison> compareRuns(const RunFolder& before, const RunFolder& again, int64_t steps) {
    US_ASSIGN(const auto left, windowsOf(before, steps));
    US_ASSIGN(const auto right, windowsOf(again, steps));
    RunComparison result;
    for (const auto& [window, line] : left) {
        if (const auto other = right.find(window); other != right.end()) {
            ++result.lines;
            compareLine(line, other->second, result);
        }
    }
    US_TRY(compareWeights(before, again, steps, result));
    if (result.lines == 0 && !result.weightsEqual) {
        return result;
    }
    const bool same = result.mostRelative == 0 && result.weightsEqual.value_or(true);
    result.verdict = same                                                   ? Verdict::equal
                     : result.mostRelative <= kRounding && result.lines > 0 ? Verdict::rounding
                                                                            : Verdict::different;
    return result;
}

Status checkSelectedFaces(const RunFolder& run) {
    US_ASSIGN(const Selection selection, loadSelection(run.selection()));
    if (std::error_code failed; fs::exists(run.environment(), failed)) {
        US_ASSIGN(const auto starts, readStarts(run.environment()));
        std::vector<std::string> then = {starts.front().sourceFaces,
                                         starts.front().destinationFaces};
        then.insert(then.end(), starts.front().otherFaces.begin(), starts.front().otherFaces.end());
        std::vector<std::string> now;
        for (size_t i = 0; i < selection.identities.size(); ++i) {
            now.push_back(selection.facesetHash(i));
        }
        if (then != now) {
            return changedFaces("selection.json names others than it did", run.selection());
        }
    }
    std::vector<media::PackReader> packs;
    std::vector<fs::path> paths;
    for (size_t i = 0; i < selection.packs.size(); ++i) {
        paths.push_back(packPath(selection, i, run.path));
        if (std::error_code failed; !fs::exists(paths.back(), failed)) {
            return changedFaces("their pack is gone", paths.back());
        }
        US_ASSIGN(auto pack, media::PackReader::open(paths.back()));
        packs.push_back(std::move(pack));
    }
    for (const Identity& identity : selection.identities) {
        for (const SelectedFace& face : identity.faces) {
            if (face.pack >= packs.size() || face.record >= packs[face.pack].size() ||
                packs[face.pack].storedHash(face.record) != face.hash) {
                return changedFaces("that of frame " + std::to_string(face.frame) + " of " +
                                        identity.performer + " is another",
                                    face.pack < paths.size() ? paths[face.pack] : run.selection());
            }
        }
    }
    return {};
}

}  // namespace understudy::training
