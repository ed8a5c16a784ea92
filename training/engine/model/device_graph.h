// Work of a GPU that is recorded once and then started as a whole: at small sizes a step is a
// thousand kernels, and launching them one by one takes longer than they do.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>

#include "media/base/result.h"

namespace understudy::training {

class DeviceGraph {
  public:
    virtual ~DeviceGraph() = default;
    // Records what `work` gives the device, without running it. `work` must wait for nothing, and
    // what it touches must lie where it lies now whenever it is replayed; it has run a few times
    // before, so that nothing is chosen or made for the first time. No other thread may use the
    // device meanwhile. What it allocates is the graph's, and stays.
    virtual void record(const std::function<void()>& work) = 0;
    // Runs it, in order with the present stream.
    virtual void replay() = 0;
};

using MakeDeviceGraph = std::function<Result<std::unique_ptr<DeviceGraph>>()>;

// Errors: deviceUnavailable (no GPU, or the installation lacks its module).
Result<std::unique_ptr<DeviceGraph>> makeCudaGraph();

// Makes a stream of its own the calling thread's present one, as recording asks for.
void useOwnStream(torch::Device device);

// The entry of the module.
extern "C" {
using UsMakeCudaGraph = DeviceGraph* (*)();
}
constexpr const char* kCudaGraphEntry = "us_make_cuda_graph";

}  // namespace understudy::training
