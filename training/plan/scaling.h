// What more devices would give, before anybody buys them: a step computes as it does on one device,
// and its gradients travel over the links between them while backward still computes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace understudy::training {

// Of one device with its share of the batch, measured.
struct StepCost {
    double seconds = 0;          // of a whole step
    double backwardSeconds = 0;  // of it: what communication can hide behind
    double gradientBytes = 0;    // that every step adds up
};

// How devices are joined. `busBandwidth` is what nccl-tests calls so: bytes a second, measured on
// large sums, of the slowest link that a sum has to pass.
struct Link {
    std::string name;
    double busBandwidth = 0;
    int leastRanks = 2;
    int mostRanks = 8;
};
// Usual ones: NVLink in one machine, PCIe in one machine, machines of eight over 400 and 100
// Gbit/s.
const std::vector<Link>& usualLinks();

struct Scaling {
    int ranks = 1;
    double communicationSeconds = 0;  // bytes / bandwidth * 2 (n - 1) / n: a ring or better
    double exposedSeconds = 0;        // of it that backward does not hide
    double efficiency = 1;            // T(1) / (n T(n)), the batch growing with n
};
// The last bucket can hide behind nothing: it is full when backward is over.
Scaling predictedScaling(const StepCost& one, const Link& link, int ranks);

}  // namespace understudy::training
