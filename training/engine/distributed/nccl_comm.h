// Ranks on GPUs, through NCCL, which is loaded when it is first asked for: a machine without it
// trains on one device. Joining does not block for good, and a watch notices what hangs or fails.
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>

#include "training/engine/distributed/comm.h"

namespace understudy::training {

struct NcclOptions {
    double patience = 600;   // seconds that ranks may wait for each other
    bool exact = false;      // only algorithms that add up in the same order in every run
    bool oneMachine = true;  // speak to this machine alone
};

class NcclComm : public Comm {
  public:
    // What rank 0 makes and all ranks join with: 128 bytes, to be passed on privately. The options
    // must be those of join(). Errors: environment, where NCCL is missing or does not start.
    static Result<std::string> makeId(const NcclOptions& options);

    // Waits for the others. Errors: environment, transient when not all come in time.
    static Result<std::shared_ptr<NcclComm>> join(const std::string& id, int rank, int size,
                                                  torch::Device device, const NcclOptions& options);
    ~NcclComm() override;
    NcclComm(const NcclComm&) = delete;
    NcclComm& operator=(const NcclComm&) = delete;

    int rank() const override;
    int size() const override;
    void average(const torch::Tensor& values) override;
    void broadcast(const torch::Tensor& values, int root) override;
    void barrier() override;
    void abort() override;

  private:
    struct State;
    explicit NcclComm(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace understudy::training
