#include "training/engine/trainer/memory_estimate.h"

#include <algorithm>
#include <cstdio>

#include "training/engine/model/parts.h"

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

// Pictures in fp32 that the losses and the augmentation of one face keep, in planes of R x R.
constexpr double kPlanes = 60;
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

// The largest value of `candidates` (descending) with which the plan fits.
template <class Set>
std::optional<int> largestThatFits(const Plan& plan, const MemoryTerms& terms, uint64_t bytes,
                                   const std::vector<int>& candidates, Set set) {
    for (const int value : candidates) {
        Plan smaller = plan;
        set(smaller, value);
        MemoryTerms scaled = terms;
        const double edge = static_cast<double>(smaller.resolution) / plan.resolution;
        scaled.faceBytes = whole(static_cast<double>(terms.faceBytes) * edge * edge);
        const auto estimate = estimateMemory(smaller, scaled);
        if (smaller.check().ok() && estimate.ok() && estimate->total() <= bytes) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace

Result<MemoryEstimate> estimateMemory(const Plan& plan, const MemoryTerms& terms) {
    const ModelSpec spec = specOf(plan);
    US_ASSIGN(const int64_t count, parameterCount(spec));
    const auto parameters = static_cast<double>(count);
    const bool narrow = terms.precision == Precision::bf16;
    const double element = narrow ? 2 : 4;
    const int ranks = std::max(1, terms.ranks);
    const double faces = (plan.batch + ranks - 1) / ranks;

    const Kept encoder = encoderKept(spec), inter = interKept(spec), decoder = decoderKept(spec);
    // liae sends both faces through inter AB and the destination through B as well.
    const double inters = spec.model == "liae" ? 3 : 2;
    const double kept = faces * (2 * encoder.all + inters * inter.all + 2 * decoder.all);
    // The encoder sees both sides as one batch, and so does the one decoder of liae.
    const double together = spec.model == "liae" ? 2 : 1;
    const double largest =
        faces * std::max({2 * encoder.largest, inters * inter.largest, together * decoder.largest});
    const double planes = 2 * faces * kPlanes * 4 * spec.resolution * spec.resolution;

    MemoryEstimate estimate;
    estimate.weights = whole(parameters * (narrow ? 6 : 4));
    estimate.gradients = whole(parameters * element);
    estimate.moments = whole(parameters * 8);
    estimate.average = plan.emaDecay > 0 ? whole(parameters * 4) : 0;
    estimate.activations = whole((terms.gpu ? 1 : kCpuShare) * kFragments *
                                 ((kept + kTransient * largest) * element + planes));
    estimate.faces = terms.faceBytes;
    estimate.programs = whole(terms.gpu ? kGpuPrograms : kCpuPrograms);
    estimate.host = whole(parameters * (plan.emaDecay > 0 ? 16 : 12));
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
    std::vector<std::string> settings;
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
    const auto batch = largestThatFits(plan, terms, bytes, batches,
                                       [](Plan& smaller, int value) { smaller.batch = value; });
    if (batch) {
        settings.push_back("batch=" + std::to_string(*batch));
    }
    const auto resolution =
        largestThatFits(plan, terms, bytes, resolutions,
                        [](Plan& smaller, int value) { smaller.resolution = value; });
    if (resolution) {
        settings.push_back("resolution=" + std::to_string(*resolution));
    }
    const auto narrower = [](Plan& smaller, int value) {
        smaller.encoderDims = std::min(smaller.encoderDims, value);
        smaller.decoderDims = std::min(smaller.decoderDims, value);
    };
    if (const auto width = largestThatFits(plan, terms, bytes, dims, narrower)) {
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
