// Ranks of one machine through memory they share (SharedRanks): for CPUs and, by way of the host,
// for any number of ranks on one GPU. Deterministic.
#pragma once

#include "training/engine/distributed/comm.h"
#include "training/ranks/shared_ranks.h"

namespace understudy::training {

class ShmComm : public Comm {
  public:
    explicit ShmComm(SharedRanks ranks) : ranks_(std::move(ranks)) {}

    int rank() const override { return ranks_.rank(); }
    int size() const override { return ranks_.size(); }
    void average(const torch::Tensor& values) override;
    void broadcast(const torch::Tensor& values, int root) override;
    void barrier() override;
    void abort() override { ranks_.abort(); }

  private:
    SharedRanks ranks_;
};

}  // namespace understudy::training
