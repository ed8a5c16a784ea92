#include "training/plan/plan.h"

#include <algorithm>
#include <set>

#include "training/plan/option_table.h"

namespace understudy::training {

namespace {

Error bad(const std::string& key, const std::string& message, const std::string& remedy) {
    return {ErrorCode::usage, message, key, remedy};
}

Status checkSwitches(const std::string& switches) {
    const std::set<char> distinct(switches.begin(), switches.end());
    if (distinct.size() != switches.size() ||
        switches.find_first_not_of("udt") != std::string::npos) {
        return bad("switches", "switches cannot be '" + switches.substr(0, 100) + "'",
                   "Use any of u, d and t, each at most once, for example ud");
    }
    return {};
}

Status checkResolution(const Plan& plan) {
    const bool doubled = plan.switches.find_first_of("dt") != std::string::npos;
    const int step = doubled ? 32 : 16;
    if (plan.resolution % step == 0) {
        return {};
    }
    const int below = std::max(64, plan.resolution / step * step);
    return bad("resolution",
               "resolution " + std::to_string(plan.resolution) + " is not divisible by " +
                   std::to_string(step) +
                   (doubled ? ", which the switches d and t need" : ", which the network needs"),
               "Use " + std::to_string(below) + " or " + std::to_string(below + step));
}

Status checkDims(const Plan& plan) {
    const std::pair<const char*, int> dims[] = {{"encoderDims", plan.encoderDims},
                                                {"decoderDims", plan.decoderDims},
                                                {"maskDims", plan.maskDims},
                                                {"bottleneck", plan.bottleneck}};
    for (const auto& [key, value] : dims) {
        if (value % 2 != 0) {
            return bad(key, std::string(key) + " cannot be " + std::to_string(value),
                       "Use an even number, for example " + std::to_string(value + 1));
        }
    }
    return {};
}

bool isGpu(const std::string& entry) {
    return entry.starts_with("cuda:") && entry.size() > 5 && entry.size() <= 8 &&
           entry.find_first_not_of("0123456789", 5) == std::string::npos;
}

// "GPU-1b2c3d4e-...", as nvidia-smi -L shows it.
bool isUuid(const std::string& entry) {
    return entry.starts_with("GPU-") && entry.size() > 4 && entry.size() <= 64 &&
           entry.find_first_not_of("0123456789abcdefABCDEF-", 4) == std::string::npos;
}

Status checkDiscriminators(const Plan& plan) {
    if (plan.trueFace > 0 && plan.model != "df") {
        return bad("trueFace",
                   "trueFace is " + numberText(plan.trueFace) + " and the model " + plan.model +
                       ", whose code is not one that both faces share",
                   "Set trueFace to 0, or use a df model");
    }
    if (plan.gan.patch != 0 && (plan.gan.patch < 3 || plan.gan.patch > plan.resolution)) {
        return bad("gan.patch",
                   "gan.patch cannot be " + std::to_string(plan.gan.patch) +
                       " at a resolution of " + std::to_string(plan.resolution),
                   "Use 3 to " + std::to_string(plan.resolution) +
                       ", or 0 for an eighth of the resolution");
    }
    return {};
}

// Source and destination may still be open, in a preset.
Status checkPerformers(const Plan& plan) {
    if (!plan.source.empty() && plan.source == plan.destination) {
        return bad("destination", "source and destination are both '" + plan.source + "'",
                   "Name two different performers");
    }
    const std::vector<std::string> all = performersOf(plan);
    if (all.size() > kMostIdentities) {
        return bad("others", "others names " + std::to_string(all.size() - 2) + " performers",
                   "Name at most " + std::to_string(kMostIdentities - 2));
    }
    for (size_t i = 2; i < all.size(); ++i) {
        if (all[i].empty()) {
            return bad("others", "others has an empty name",
                       "Put one comma between two names, for example anna,bela");
        }
        if (std::find(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i), all[i]) !=
            all.begin() + static_cast<std::ptrdiff_t>(i)) {
            return bad("others", "performer '" + all[i].substr(0, 100) + "' is named twice",
                       "Name each performer once, as source, as destination or among others");
        }
    }
    if (all.size() > 2 && plan.trueFace > 0) {
        return bad("trueFace",
                   "trueFace is " + numberText(plan.trueFace) + " and there are " +
                       std::to_string(all.size()) +
                       " performers, each of them source and destination in turn",
                   "Set trueFace to 0, or train two performers");
    }
    return {};
}

Status checkDevices(const Plan& plan) {
    const std::string& devices = plan.devices;
    if (devices == "auto" || devices == "all") {
        return checkParts(plan, 1);  // how many there are is known where they are opened
    }
    const std::string remedy =
        "Use auto, all, or a list with one entry for each process: cuda:0,cuda:1, the GPUs' UUIDs "
        "or cpu,cpu";
    std::set<std::string> gpus;
    int count = 0;
    int cpus = 0;
    for (size_t start = 0; start <= devices.size(); ++count) {
        const size_t end = std::min(devices.find(',', start), devices.size());
        const std::string entry = devices.substr(start, end - start);
        start = end + 1;
        if (entry == "cpu") {
            ++cpus;
        } else if (!isGpu(entry) && !isUuid(entry)) {
            return bad("devices", "devices has an entry '" + entry.substr(0, 100) + "'", remedy);
        } else if (!gpus.insert(entry).second) {
            return bad("devices", "devices names " + entry + " twice",
                       "Name each GPU once; one process uses all of it");
        }
    }
    if (cpus > 0 && !gpus.empty()) {
        return bad("devices", "devices mixes cpu and GPUs", remedy);
    }
    if (plan.batch < count) {
        return bad("batch",
                   "a batch of " + std::to_string(plan.batch) + " cannot be divided among " +
                       std::to_string(count) + " devices",
                   "Use a batch of at least " + std::to_string(count) + ", or fewer devices");
    }
    // A batch that cannot be shared evenly is refused where the devices are opened.
    return plan.batch % count == 0 ? checkParts(plan, count) : Status();
}

}  // namespace

Status checkParts(const Plan& plan, int ranks) {
    const int share = plan.batch / ranks;
    if (plan.accumulate >= 1 && share % plan.accumulate == 0) {
        return {};
    }
    int below = std::max(1, std::min(plan.accumulate, share));
    while (share % below != 0) {
        --below;
    }
    return bad("accumulate",
               "a batch of " + std::to_string(plan.batch) +
                   (ranks > 1 ? ", " + std::to_string(share) + " for each of " +
                                    std::to_string(ranks) + " devices,"
                              : std::string()) +
                   " cannot be computed in " + std::to_string(plan.accumulate) + " equal parts",
               "Use accumulate=" + std::to_string(below) + ", or a batch that is a multiple of " +
                   std::to_string(int64_t{ranks} * std::max(1, plan.accumulate)));
}

std::vector<std::string> performersOf(const Plan& plan) {
    std::vector<std::string> performers = {plan.source, plan.destination};
    if (plan.others.empty()) {
        return performers;
    }
    for (size_t start = 0; start <= plan.others.size();) {
        const size_t end = std::min(plan.others.find(',', start), plan.others.size());
        std::string name = plan.others.substr(start, end - start);
        name.erase(0, name.find_first_not_of(' '));
        name.erase(name.find_last_not_of(' ') + 1);
        performers.push_back(std::move(name));
        start = end + 1;
    }
    return performers;
}

Status Plan::check() const {
    Plan copy = *this;  // the table hands out places to write to
    for (const Option& option : optionTable()) {
        US_TRY(checkOption(option, copy));
    }
    US_TRY(checkSwitches(switches));
    US_TRY(checkResolution(*this));
    US_TRY(checkDims(*this));
    US_TRY(checkDiscriminators(*this));
    US_TRY(checkPerformers(*this));
    US_TRY(checkDevices(*this));
    if (encoding.empty() || encoding.size() > 31) {
        return bad("encoding", "encoding cannot be '" + encoding.substr(0, 100) + "'",
                   "Use the name of a colour encoding of at most 31 bytes, for example srgb");
    }
    if (loss.dssim + loss.mse <= 0) {
        return bad("loss.dssim", "loss.dssim and loss.mse are both 0, so no face would be learned",
                   "Give at least one of them a weight, 10 is usual");
    }
    return {};
}

}  // namespace understudy::training
