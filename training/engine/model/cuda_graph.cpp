// DeviceGraph by CUDA: the one file that needs CUDA's headers.
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>

#include <exception>
#include <optional>

#include "training/engine/model/device_graph.h"

namespace understudy::training {

namespace {

class CudaGraph final : public DeviceGraph {
  public:
    void record(const std::function<void()>& work) override {
        graph_.emplace();  // what was recorded before goes first, with its memory
        c10::cuda::device_synchronize();
        // Threads of backward call the driver too, in ways that only the strictest mode minds.
        graph_->capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
        try {
            work();
        } catch (...) {
            // The stream records until it is ended, and the first error is the one to report.
            const std::exception_ptr first = std::current_exception();
            try {
                graph_->capture_end();
            } catch (const std::exception&) {
                graph_.reset();
            }
            std::rethrow_exception(first);
        }
        graph_->capture_end();
    }

    void replay() override { graph_->replay(); }

  private:
    std::optional<at::cuda::CUDAGraph> graph_;
};

}  // namespace

extern "C" DeviceGraph* us_make_cuda_graph() {
    return new CudaGraph();
}

}  // namespace understudy::training
