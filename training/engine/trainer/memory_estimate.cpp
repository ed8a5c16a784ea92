#include "training/engine/trainer/memory_estimate.h"

#include <algorithm>
#include <cstdio>

#include "training/engine/model/discriminators.h"
#include "training/engine/model/parts.h"
#include "training/engine/trainer/adversary.h"

namespace understudy::training {

namespace {

constexpr double kMiB = 1024.0 * 1024, kGiB = 1024 * kMiB;

// Numbers of one image that forward keeps, and those of the largest layer.
struct Kept {
    double all = 0, largest = 0;

    void add(int64_t channels, int64_t side) {
        const double count = static_cast<double>(channels) * static_cast<double>(side * side);
        all += count;
        largest = std::max(largest, count);
    }
    void up(int64_t channels, int64_t side) {
        add(channels, side);  // the convolution's, before its channels become pixels
        add(channels, side);
    }
    void residual(int64_t channels, int64_t side) {
        add(channels, side);
        add(channels, side);
    }
};

Kept encoderKept(const ModelSpec& spec) {
    Kept kept;
    kept.add(3, spec.resolution);
    const auto widths = encoderWidths(spec);
    int64_t side = spec.resolution;
    for (size_t n = 0; n < widths.size(); ++n) {
        side /= 2;
        kept.add(widths[n], side);
        if (spec.has('t') && (n == 0 || n + 1 == widths.size())) {
            kept.residual(widths[n], side);
        }
    }
    kept.add(Encoder::size(spec), 1);
    return kept;
}

Kept interKept(const ModelSpec& spec) {
    Kept kept;
    const int64_t side = Inter::side(spec);
    kept.add(spec.bottleneck, 1);
    kept.add(interChannels(spec), side);
    if (!spec.has('t')) {
        kept.up(interChannels(spec), 2 * side);
    }
    return kept;
}

Kept decoderKept(const ModelSpec& spec) {
    Kept kept;
    const int64_t first = Inter::side(spec) * (spec.has('t') ? 1 : 2);
    int64_t side = first;
    for (const int width : decoderWidths(spec)) {
        side *= 2;
        kept.up(width, side);
        kept.residual(width, side);
    }
    side = first;
    for (const int width : maskWidths(spec)) {
        side *= 2;
        kept.up(width, side);
    }
    return kept;
}

// What a decoder keeps of one image when it is computed again in stages: where they begin, and what
// the largest of them has inside while it is computed.
struct Stages {
    double kept = 0, inside = 0;
};

Stages decoderStages(const ModelSpec& spec) {
    Stages stages;
    Kept mask, last;
    int64_t side = Inter::codeSide(spec);
    for (const int width : decoderWidths(spec)) {
        side *= 2;
        Kept stage = last;  // the residual layer before
        stage.up(width, side);
        stages.inside = std::max(stages.inside, stage.all);
        last = {};
        last.residual(width, side);
        stages.kept += last.largest;
    }
    side = Inter::codeSide(spec);
    for (const int width : maskWidths(spec)) {
        side *= 2;
        mask.up(width, side);
    }
    stages.inside = std::max({stages.inside, last.all, mask.all});
    return stages;
}

// A discriminator: its weights, and what it keeps of one image.
struct Judge {
    double parameters = 0;
    Kept kept;

    void conv(int64_t inputs, int64_t outputs, int64_t kernel, int64_t side) {
        parameters += static_cast<double>(outputs * (inputs * kernel * kernel + 1));
        kept.add(outputs, side);
    }
};

Judge patchJudge(const Plan& plan) {
    Judge judge;
    if (plan.gan.power <= 0) {
        return judge;
    }
    const Strides strides = ganStrides(plan);
    const std::vector<int> widths = patchWidths(strides, plan.gan.dims);
    std::vector<int64_t> sides = {plan.resolution};
    judge.conv(3, widths[0], 1, plan.resolution);
    for (size_t i = 0; i < strides.size(); ++i) {
        sides.push_back((sides[i] + strides[i] - 1) / strides[i]);
        judge.conv(widths[i], widths[i + 1], 3, sides[i + 1]);
    }
    judge.conv(widths.back(), widths.back(), 1, sides.back());
    judge.conv(widths.back(), 1, 1, sides.back());
    for (size_t i = strides.size(); i-- > 0;) {
        const bool first = i + 1 == strides.size();
        judge.conv((first ? 1 : 2) * widths[i + 1], widths[i], 3, sides[i]);
        judge.kept.add(2 * widths[i], sides[i]);  // beside what came in
    }
    judge.conv(2 * widths[0], 1, 1, plan.resolution);
    return judge;
}

Judge codeJudge(const Plan& plan, const ModelSpec& spec) {
    Judge judge;
    if (plan.trueFace <= 0) {
        return judge;
    }
    const int side = Inter::codeSide(spec);
    int64_t inputs = interChannels(spec), edge = side / 2;
    int64_t kernel = 4;
    for (const int width : codeJudgeWidths(side)) {
        judge.conv(inputs, width, kernel, edge);
        inputs = width;
        edge = (edge + 1) / 2;
        kernel = 3;
    }
    judge.conv(inputs, 1, 1, edge);
    return judge;
}

// Pictures in fp32 that the losses and the augmentation of one face keep, in planes of R x R.
constexpr double kPlanes = 60;
// Likewise of one pair of faces: what a discriminator is shown, what the styles compare.
constexpr double kGanPlanes = 24, kFaceStylePlanes = 40, kBackgroundStylePlanes = 100;
// The largest layer once for each: its gradient, that of its input, and what a convolution lays
// out anew.
constexpr double kTransient = 3;
constexpr double kFragments = 1.1;  // what an allocator rounds up and cannot give to others
// On a CPU convolutions keep and lay out less.
constexpr double kCpuShare = 0.55;
constexpr double kCpuPrograms = 350 * kMiB, kGpuPrograms = 500 * kMiB;

uint64_t whole(double bytes) {
    return static_cast<uint64_t>(std::max(0.0, bytes));
}

bool hasStyle(const Plan& plan) {
    return plan.loss.faceStyle > 0 || plan.loss.backgroundStyle > 0;
}

double planesOf(const Plan& plan) {
    double planes = 2 * kPlanes;
    planes += plan.gan.power > 0 ? kGanPlanes : 0;
    planes += plan.loss.faceStyle > 0 ? kFaceStylePlanes : 0;
    planes += plan.loss.backgroundStyle > 0 ? kBackgroundStylePlanes : 0;
    return planes;
}

// Bytes of a pass over `faces` of each side, when there are most. `element`: bytes of a number.
double activationBytes(const Plan& plan, double faces, double element) {
    const ModelSpec spec = specOf(plan);
    const Kept encoder = encoderKept(spec), inter = interKept(spec), decoder = decoderKept(spec);
    const bool liae = spec.model == "liae";
    // liae sends both faces through inter AB and the destination through B as well.
    const double inters = liae ? 3 : 2;
    const double drawn = hasStyle(plan) ? 3 : 2;
    // The encoder sees both sides as one batch, and so does the one decoder of liae.
    const double together = liae ? 2 : 1;
    double kept = inters * inter.all + 2 * encoder.all + drawn * decoder.all;
    if (plan.recompute) {
        const Stages stages = decoderStages(spec);
        // When backward comes to the encoder, nothing of the decoders is left.
        kept = inters * inter.all +
               std::max(2 * encoder.all, drawn * stages.kept + together * stages.inside);
    }
    const double largest =
        std::max({2 * encoder.largest, inters * inter.largest, together * decoder.largest});
    const Judge patches = patchJudge(plan), codes = codeJudge(plan, spec);
    const double pixels = static_cast<double>(spec.resolution) * spec.resolution * 4;
    const double network =
        (kept + patches.kept.all + codes.kept.all + kTransient * largest) * element +
        planesOf(plan) * pixels;
    // A discriminator learns from real and made ones when the network's pass is over.
    const Kept& judged = patches.kept.all > codes.kept.all ? patches.kept : codes.kept;
    const double learning =
        2 * (judged.all + kTransient * judged.largest) * element + planesOf(plan) / 2 * pixels;
    return faces * std::max(network, learning);
}

// The first of `candidates`, from the best to the worst, with which the plan fits.
template <class Set>
std::optional<int> firstThatFits(const Plan& plan, const MemoryTerms& terms, uint64_t bytes,
                                 const std::vector<int>& candidates, Set set) {
    for (const int value : candidates) {
        Plan smaller = plan;
        set(smaller, value);
        MemoryTerms scaled = terms;
        const double edge = static_cast<double>(smaller.resolution) / plan.resolution;
        scaled.faceBytes = whole(static_cast<double>(terms.faceBytes) * edge * edge);
        const auto estimate = estimateMemory(smaller, scaled);
        const bool possible =
            smaller.check().ok() && checkParts(smaller, std::max(1, terms.ranks)).ok();
        if (possible && estimate.ok() && estimate->total() <= bytes) {
            return value;
        }
    }
    return std::nullopt;
}

// Those with which the training learns the same.
std::vector<std::string> sparingSettings(const Plan& plan, const MemoryTerms& terms,
                                         uint64_t bytes) {
    std::vector<std::string> settings;
    std::vector<int> parts;
    const int share = plan.batch / std::max(1, terms.ranks);
    for (int count = plan.accumulate + 1; count <= share; ++count) {
        parts.push_back(count);
    }
    const auto inParts = [](Plan& smaller, int value) { smaller.accumulate = value; };
    const auto again = [](Plan& smaller, int value) { smaller.recompute = value != 0; };
    if (!plan.recompute && firstThatFits(plan, terms, bytes, {1}, again)) {
        settings.emplace_back("recompute=true");
    }
    if (const auto count = firstThatFits(plan, terms, bytes, parts, inParts)) {
        settings.push_back("accumulate=" + std::to_string(*count));
    }
    if (settings.empty() && !plan.recompute) {
        Plan both = plan;
        both.recompute = true;
        if (const auto count = firstThatFits(both, terms, bytes, parts, inParts)) {
            settings.push_back("recompute=true accumulate=" + std::to_string(*count));
        }
    }
    return settings;
}

}  // namespace

Result<MemoryEstimate> estimateMemory(const Plan& plan, const MemoryTerms& terms) {
    const ModelSpec spec = specOf(plan);
    US_ASSIGN(const int64_t count, parameterCount(spec));
    const auto parameters = static_cast<double>(count);
    const double judges = patchJudge(plan).parameters + codeJudge(plan, spec).parameters;
    const bool narrow = terms.precision == Precision::bf16;
    const double element = narrow ? 2 : 4;
    const int ranks = std::max(1, terms.ranks), parts = std::max(1, plan.accumulate);
    const double faces = (plan.batch + ranks * parts - 1) / (ranks * parts);
    // Several parts are added up in fp32, and ranks send from a buffer.
    const double sent = plan.gradients == "bf16" ? 2 : 4;
    double gradient = parts > 1 ? 4 : ranks > 1 ? sent : element;
    if ((parts > 1 || ranks > 1) && plan.recompute && hasStyle(plan)) {
        gradient += element;  // what a pass hands over bit by bit
    }
    // When weights are left out of an update, there is a copy of those before it.
    const double before = plan.lrDropout < 1 ? parameters * 4 : 0;

    MemoryEstimate estimate;
    estimate.weights = whole((parameters + judges) * (narrow ? 6 : 4));
    estimate.gradients = whole((parameters + judges) * gradient);
    estimate.moments = whole((parameters + judges) * 8);
    estimate.average = plan.emaDecay > 0 ? whole(parameters * 4) : 0;
    estimate.activations = whole(std::max(
        before, (terms.gpu ? 1 : kCpuShare) * kFragments * activationBytes(plan, faces, element)));
    estimate.faces = terms.faceBytes;
    estimate.programs = whole(terms.gpu ? kGpuPrograms : kCpuPrograms);
    estimate.host = whole(parameters * (plan.emaDecay > 0 ? 16 : 12) + judges * 12);
    if (!terms.gpu) {
        estimate.programs += estimate.host;  // the copy for a checkpoint lies in the same memory
    }
    return estimate;
}

std::string bytesText(uint64_t bytes) {
    const auto size = static_cast<double>(bytes);
    char text[32];
    if (size < kGiB) {
        std::snprintf(text, sizeof text, "%.0f MiB", size / kMiB);
    } else {
        std::snprintf(text, sizeof text, "%.1f GiB", size / kGiB);
    }
    return text;
}

std::string memoryText(const MemoryEstimate& estimate) {
    std::string text = bytesText(estimate.total()) + ": ";
    const std::pair<const char*, uint64_t> parts[] = {
        {"weights ", estimate.weights},         {"gradients ", estimate.gradients},
        {"moments ", estimate.moments},         {"average ", estimate.average},
        {"activations ", estimate.activations}, {"faces ", estimate.faces},
        {"programs ", estimate.programs}};
    bool first = true;
    for (const auto& [name, bytes] : parts) {
        text.append(first ? "" : ", ").append(name).append(bytesText(bytes));
        first = false;
    }
    return text;
}

std::vector<std::string> settingsThatFit(const Plan& plan, const MemoryTerms& terms,
                                         uint64_t bytes) {
    std::vector<std::string> settings = sparingSettings(plan, terms, bytes);
    std::vector<int> batches, resolutions, dims;
    const int ranks = std::max(1, terms.ranks);
    for (int share = (plan.batch - 1) / ranks; share >= 1; --share) {
        batches.push_back(share * ranks);  // it is shared evenly
    }
    const int step = specOf(plan).has('d') || specOf(plan).has('t') ? 32 : 16;
    for (int resolution = plan.resolution - step; resolution >= 64; resolution -= step) {
        resolutions.push_back(resolution);
    }
    const int widest = std::max(plan.encoderDims, plan.decoderDims);
    for (int width = (widest - 1) / 4 * 4; width >= 8; width -= 4) {
        dims.push_back(width);
    }
    const auto batch = firstThatFits(plan, terms, bytes, batches,
                                     [](Plan& smaller, int value) { smaller.batch = value; });
    if (batch) {
        settings.push_back("batch=" + std::to_string(*batch));
    }
    const auto resolution =
        firstThatFits(plan, terms, bytes, resolutions,
                      [](Plan& smaller, int value) { smaller.resolution = value; });
    if (resolution) {
        settings.push_back("resolution=" + std::to_string(*resolution));
    }
    const auto narrower = [](Plan& smaller, int value) {
        smaller.encoderDims = std::min(smaller.encoderDims, value);
        smaller.decoderDims = std::min(smaller.decoderDims, value);
    };
    if (const auto width = firstThatFits(plan, terms, bytes, dims, narrower)) {
        Plan smaller = plan;
        narrower(smaller, *width);
        settings.push_back("encoderDims=" + std::to_string(smaller.encoderDims) +
                           " decoderDims=" + std::to_string(smaller.decoderDims));
    }
    return settings;
}

Error outOfMemory(const Plan& plan, const MemoryTerms& terms, uint64_t available,
                  const std::string& said) {
    const auto estimate = estimateMemory(plan, terms);
    const uint64_t needed = estimate.ok() ? estimate->total() : 0;
    // It did not fit, whatever the estimate says.
    const uint64_t limit = std::min(available, needed / 10 * 9);
    std::string remedy;
    for (const std::string& setting : settingsThatFit(plan, terms, limit)) {
        remedy.append(remedy.empty() ? "It should fit with " : ", or with ").append(setting);
    }
    return {ErrorCode::usage,
            "the network and its batch do not fit in memory: about " + bytesText(needed) +
                " are needed and " + bytesText(available) + " were free",
            said,
            remedy.empty() ? "Nothing smaller would fit: use a device with more memory"
                           : remedy + "; or use a device with more memory"};
}

}  // namespace understudy::training
