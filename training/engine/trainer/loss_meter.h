// Gathers the losses of steps on the device and reads them only when somebody looks, because every
// read waits for the device. Keeps the smoothed total that --until-loss and people go by.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "training/engine/distributed/comm.h"
#include "training/engine/loss/face_loss.h"

namespace understudy::training {

struct LossReading {
    double total = 0;                     // mean over the steps since the last reading
    std::map<std::string, double> terms;  // likewise
    int64_t steps = 0;
    // Not finite, or far above what the smoothed total was: the weights went astray.
    bool diverged = false;
};

class LossMeter {
  public:
    void add(const LossResult& loss);
    // Waits for the device and begins anew. Not finite when any step was not. With `comm` the means
    // are those of all ranks, which must all read now.
    LossReading read(Comm* comm = nullptr);
    void forget();  // what was not read

    // Mean of the recent totals, half of whose weight is younger than about 50 steps; NaN before
    // the first reading.
    double smoothed() const;

    // For the checkpoint and back.
    void save(std::map<std::string, double>& numbers) const;
    void restore(const std::map<std::string, double>& numbers);

  private:
    torch::Tensor sums_;  // total, then the terms
    std::vector<std::string> names_;
    int64_t steps_ = 0;
    double average_ = 0, weight_ = 0;  // not yet debiased
};

}  // namespace understudy::training
